// The frame, and what happens first.
const FILES = [["word", "下载 Word", "draft-word"], ["sources", "数据来源表", "draft-sources-file"], ["markdown", "下载 Markdown", "draft-markdown"]];
const MORE_FILES = [["word-sources", "Word，附数据来源表", "draft-word-sources"], ["text", "纯文本", "draft-text"], ["facts", "要点（文本）", "draft-facts-file"]];
const exportFile = async (kind) => {
  await flush();
  if (kind.startsWith("word") && S.view.holes) confirmBox(S.view.holes, "仍要下载", () => takeFile(kind), {no: "回去改", kind: ""});
  else takeFile(kind);
};
const takeFile = async (kind) => {
  const answer = await call("export", {kind}, {where: "paper"});
  if (answer.file) download(answer.file);
};
const stepTab = (key, label) => h("button", {type: "button", role: "tab", id: `step-${key}`, "aria-controls": `desk-${key}`,
  onclick: () => { S.step = key; remember(); paint(); }, onkeydown: (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    S.step = key === "facts" ? "report" : "facts";
    paint();
    element.querySelector(`#step-${S.step}`).focus();
  }}, label);
const frame = () => h("div", {},
  h("div", {class: "desk-bar"},
    button("我的稿子", () => { S.open = !S.open; paint(); if (S.open) loadList(); }, {id: "desk-list-button", "aria-expanded": "false", "aria-controls": "desk-list"}),
    button("＋ 新写一份", newDraft, {id: "desk-new"}),
    h("span", {id: "desk-name"}), h("span", {id: "desk-saved", class: "saved", role: "status"})),
  noteBox("bar"),
  h("div", {id: "desk-list", hidden: true}),
  h("div", {class: "steps", role: "tablist", "aria-label": "步骤"}, stepTab("facts", "① 要点"), stepTab("report", "② 总结")),
  h("div", {id: "desk-facts", role: "tabpanel", "aria-labelledby": "step-facts"}),
  h("div", {id: "desk-report", role: "tabpanel", "aria-labelledby": "step-report", hidden: true},
    h("div", {class: "status-row"}, h("div", {id: "draft-status", class: "status"}), button("停止", () => call("stop", {}, {where: "paper"}), {id: "draft-stop", hidden: true}),
      h("div", {class: "downloads-row"}, FILES.map(([kind, label, id]) => button(label, () => exportFile(kind), {id, class: kind === "word" ? "primary" : ""})),
        menu("其他格式", MORE_FILES.map(([kind, label, id]) => button(label, () => exportFile(kind), {id})), {class: "menu right", id: "draft-more"}))),
    noteBox("paper"),
    h("div", {class: "desk-columns"},
      h("div", {id: "draft-paper", class: "desk-pane paper"}),
      h("div", {id: "desk-side", class: "desk-pane side"},
        h("div", {class: "side-tabs", role: "tablist", "aria-label": "旁边看什么"}, SIDES.map(([key, title]) => h("button", {type: "button", role: "tab", id: `side-${key}`, onclick: () => showSide(key),
          onkeydown: (event) => { const at = SIDES.findIndex(([k]) => k === S.side); const step = {ArrowRight: 1, ArrowLeft: 2}[event.key]; if (!step) return; showSide(SIDES[(at + step) % 3][0]); element.querySelector(`#side-${S.side}`).focus(); }}, title))),
        noteBox("side"), h("div", {id: "desk-side-body"})))),
  tip);
const statusLine = () => {
  const view = S.view;
  if (isWriting()) return [S.progress.told, S.progress.share, true];
  if (S.progress && S.progress.state === "failed") return ["没有写完", 0, false];
  if (S.progress && S.progress.state === "stopped") return [S.progress.told, 0, false];
  if (!view || !view.written) return ["还没有开始", 0, false];
  const written = view.sections.filter((one) => one.written);
  const todo = written.filter((one) => one.unwritten).length;
  const total = view.facts.filter((one) => one.text.trim() && one.place && one.place !== "-").length;
  const waiting = Object.entries(UNCONFIRMED).map(([mark, {name}]) => [name, view.unconfirmed[mark].length]).filter(([, n]) => n);
  return [`写完 ${written.length} 个部分 · 要点用了 ${Math.min(view.told, total)}/${total} 条 · 没有出处的 ${view.unsourced} 处${waiting.map(([name, n]) => ` · ${name}没有确认 ${n} 条`).join("")}${todo ? ` · 待补充 ${todo} 处` : ""} · ${view.chars} 字`, 1, false];
};
const paintStatus = () => {
  const [text, share, isBar] = statusLine();
  const box = element.querySelector("#draft-status");
  const key = JSON.stringify([text, share, isBar]);
  if (box.dataset.key !== key) {
    box.dataset.key = key;
    box.replaceChildren(h("div", {class: "bar", role: "status", "aria-live": "polite"},
      isBar ? h("div", {class: "track"}, h("div", {class: "fill", style: `width:${Math.round(share * 100)}%`})) : null, h("span", {class: "what"}, text)));
  }
  element.querySelector("#draft-stop").hidden = !isWriting();
  const isReady = Boolean(S.view && S.view.written) && !isWriting();
  for (const [, , id] of FILES) element.querySelector(`#${id}`).disabled = !isReady;
  element.querySelector("#draft-more").classList.toggle("off", !isReady);
};
const paint = (isForced) => {
  const count = S.list.drafts.length;
  const list = element.querySelector("#desk-list");
  list.hidden = !S.open;
  const opener = element.querySelector("#desk-list-button");
  opener.setAttribute("aria-expanded", String(S.open));
  opener.textContent = count ? `我的稿子（${count}）` : "我的稿子";
  if (S.open) list.replaceChildren(draftsPanel());
  const name = element.querySelector("#desk-name");
  name.textContent = S.view ? S.view.shown_title : "新稿子";
  for (const key of ["facts", "report"]) {
    const tab = element.querySelector(`#step-${key}`);
    tab.setAttribute("aria-selected", String(S.step === key));
    tab.tabIndex = S.step === key ? 0 : -1;
    element.querySelector(`#desk-${key}`).hidden = S.step !== key;
  }
  const facts = S.rows.filter((row) => row.text.trim()).length;
  element.querySelector("#step-facts").textContent = facts ? `① 要点（${facts}）` : "① 要点";
  element.querySelector("#step-report").textContent = S.view && S.view.written ? `② 总结（${S.view.chars} 字）` : "② 总结";
  paintFacts(isForced);
  paintPaper();
  paintSide();
  paintStatus();
  paintNotes();
  paintSaved();
  if (S.step === "facts") element.querySelectorAll(".fact-text").forEach((box) => { if (!box.style.height || box.style.height === "auto") grow(box); });
};
// How the writing ended; a model that failed can be done without.
const GO_ON = "改用按要点直接成文，接着写";
const writingPlace = () => S.progress.kind === "rewrite" && S.rewriting ? `sec:${S.rewriting}` : "paper";
const goOn = async () => {
  const where = writingPlace();
  say(where, "");
  const answer = await call("go_on", {}, {where});
  if (answer.error) return;
  S.progress = answer.progress;
  paint();
  follow();
};
const tellEnd = () => {
  const {error, notes, can_go_on: canGoOn} = S.progress;
  if (error) say(writingPlace(), error, "error", ...(canGoOn ? [[GO_ON, goOn]] : []));
  else say(writingPlace(), notes.join(" "), "");
};
const tellWaiting = () => {
  const {waiting, can_go_on: canGoOn} = S.progress;
  const where = writingPlace();
  const told = S.notes[where];
  if (!waiting) { if (told && told.isWaiting) say(where, ""); return; }
  const text = `模型${waiting}秒没有回应，仍在等……`;
  if (told && told.text === text) return;
  say(where, text, "", ["停止", () => call("stop", {}, {where})], ...(canGoOn ? [[GO_ON, goOn]] : []));
  S.notes[where].isWaiting = true;
};
// Asks how far the writing is until it has ended.
let following = 0;
const follow = async () => {
  const mine = ++following;
  const id = S.view.id;
  while (mine === following && S.view && S.view.id === id && isWriting()) {
    await wait(300);
    const answer = await call("progress", {}, {isKept: true, where: "paper"});
    if (mine !== following || !S.view || S.view.id !== id) return;
    S.progress = answer.progress || null;
    if (!S.progress) break;
    if (isWriting()) tellWaiting();
    else {
      tellEnd();
      S.passages = null;
      trigger("select", {draft: id});
      loadList();
    }
    paint();
  }
};
const growAll = () => element.querySelectorAll("textarea.title,textarea.editor,.fact-text").forEach(grow);
let width = window.innerWidth;
window.addEventListener("resize", () => { if (window.innerWidth !== width) { width = window.innerWidth; growAll(); } });
const root = h("div", {id: "desk", class: "desk"});
element.replaceChildren(root);
root.append(frame());
paint();
(async () => {
  const kept = recall();
  await loadList();
  const id = S.list.drafts.some((row) => row.id === kept.id) ? kept.id : "";
  if (id) {
    await openDraft(id);
    if (kept.step && S.view && !isWriting()) { S.step = kept.step; remember(); paint(); }
  }
  if (S.claimed) say("bar", `设登录以前在这个浏览器里写的 ${S.claimed} 份稿子，现在归您了，在“我的稿子”里；不是您的，请点“共享”把取稿码告诉写的人。`, "ok");
})();
