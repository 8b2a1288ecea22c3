// Beside the report: findings, what it rests on, earlier versions; and the list of drafts above.
const SIDES = [["findings", "核查意见"], ["sources", "依据"], ["versions", "版本"]];
const LEVELS = {error: "错误", warning: "警告", info: "提示"};
const showSide = (side, key) => {
  S.side = side;
  if (key) activate(key);
  if (side === "versions") S.versions = null;
  paintSide();
  if (window.innerWidth <= 900) element.querySelector("#desk-side").scrollIntoView({block: "start"});
};
const jumpTo = (key, span) => {
  S.step = "report";
  activate(key);
  paint();
  const node = element.querySelector(`section[data-key="${CSS.escape(key)}"]`);
  if (!node) return;
  const box = editorOf(key);
  if (box && span) {
    box.focus({preventScroll: true});
    box.setSelectionRange(span[0], span[1]);
    const share = box.value.length ? span[0] / box.value.length : 0;
    const pane = element.querySelector("#draft-paper");
    const [from, to] = [box.getBoundingClientRect(), pane.getBoundingClientRect()];
    const isScrolled = pane.scrollHeight > pane.clientHeight + 1;
    if (isScrolled) pane.scrollTop += from.top - to.top + share * from.height - pane.clientHeight / 3;
    else window.scrollBy(0, from.top + share * from.height - window.innerHeight / 3);
    flash(box);
    return;
  }
  node.scrollIntoView({block: "nearest"});
  flash(node.querySelector(".head"));
};
const jumpToFinding = (finding) => {
  if (finding.section === "@title") { S.step = "report"; paint(); element.querySelector("#desk-title textarea").focus(); return; }
  if (finding.section === "@ending") { S.step = "report"; paint(); const date = element.querySelector("#desk-ending input"); date.scrollIntoView({block: "center"}); date.focus(); return; }
  jumpTo(finding.section, finding.heading ? null : finding.span);
  if (S.editing === finding.section) return;
  const mark = element.querySelector(`mark[data-finding~="${CSS.escape(finding.id)}"]`);
  if (!mark) return;
  mark.scrollIntoView({block: "center"});
  const range = document.createRange();
  range.selectNodeContents(mark);
  const chosen = window.getSelection();
  chosen.removeAllRanges();
  chosen.addRange(range);
  const sentence = mark.closest(".sentence");
  if (sentence) sentence.focus({preventScroll: true});
  chosen.removeAllRanges();
  chosen.addRange(range);
  flash(mark);
};
const findingsSide = () => {
  if (!S.view || !S.view.written) return h("div", {class: "empty"}, h("b", {}, "核查意见"), h("span", {}, "写完后自动核查，边改边更新，问题列在这里。"));
  if (!S.view.findings.length) return h("div", {class: "notice ok", role: "status"}, "核查没有发现问题。");
  const order = {error: 0, warning: 1, info: 2};
  const found = [...S.view.findings].sort((a, b) => order[a.level] - order[b.level]);
  const counts = Object.keys(LEVELS).map((level) => [level, found.filter((one) => one.level === level).length]).filter(([, n]) => n);
  return h("div", {}, h("div", {class: "chips"}, counts.map(([level, n]) => h("span", {class: `chip ${level}`}, `${LEVELS[level]} ${n}`))),
    h("ul", {class: "findings"}, found.map((one) => {
      const section = sectionOf(one.section);
      const place = section ? nameOf(section) : one.section === "@title" ? "标题" : "落款";
      return h("li", {class: one.level, "data-finding": one.id},
        h("button", {type: "button", class: "finding", onclick: () => jumpToFinding(one), title: "跳到这一处"},
          h("span", {class: `level ${one.level}`}, one.label), h("span", {class: "message"}, one.message), h("span", {class: "from"}, `${place} · ${one.rule}`)),
        one.fix !== null ? button(one.fix ? `改成“${one.fix}”` : "删去", () => applyFix(one), {class: "fix-button"}) : null);
    })));
};
const applyFix = async (finding) => {
  if (dirty[`edit-${finding.section}`]) await flush();
  const answer = await act("fix", finding.section, {finding: finding.id}, "side");
  if (answer.error) return;
  const box = editorOf(finding.section);
  if (box) { box.value = sectionOf(finding.section).text; grow(box); box.focus({preventScroll: true}); }
};
const factItem = (id) => {
  const fact = S.view.facts.find((one) => one.id === id);
  return h("li", {}, button(id, () => goToFact(id), {class: "link"}), fact ? fact.text : "");
};
const sourcesSide = () => {
  if (!S.view || !S.view.written) return h("div", {class: "empty"}, h("b", {}, "依据"), h("span", {}, "写完后，这里列出每一部分用到的要点和参考的往年写法。"));
  if (S.passages === null) loadPassages();
  const passages = S.passages || {};
  const unused = S.view.unused;
  return h("div", {class: "sources"},
    unused.length ? h("div", {class: "note-box"}, h("b", {}, `还有 ${unused.length} 条要点没有写全：`), h("ul", {}, unused.map(factItem))) : null,
    S.view.sections.filter((one) => one.written).map((section) => h("details", {open: section.key === S.active || !S.active, "data-key": section.key},
      h("summary", {}, nameOf(section)),
      section.facts.length ? [h("h4", {}, `用到的要点（${section.facts.length} 条）`), h("ul", {}, section.facts.map(factItem))] : h("div", {class: "from"}, "由固定写法连接，没有引用要点。"),
      (passages[section.key] || []).length ? [h("h4", {}, "参考的往年写法（数字和名称已遮住）"), h("ul", {class: "masked"}, passages[section.key].map((text) => h("li", {}, text)))] : null,
      section.note ? h("div", {class: "note"}, section.note) : null)));
};
const loadPassages = async () => {
  S.passages = {};
  const answer = await call("passages", {}, {where: "side"});
  S.passages = answer.passages || {};
  paintSide(true);
};
const versionsSide = () => {
  const section = sectionOf(S.active) || (S.view && S.view.sections.find((one) => one.written));
  if (!section || !section.written) return h("div", {class: "empty"}, h("b", {}, "版本"), h("span", {}, "每次起草、改写和手工修改都留一版，可以对照、恢复。"));
  const mark = `${section.key} ${section.version}`;
  if (S.versions === null || S.versions.mark !== mark) { loadVersions(section.key, mark); }
  const rows = (S.versions && S.versions.key === section.key && S.versions.rows) || [];
  const pick = choice(section.key, S.view.sections.filter((one) => one.written).map((one) => [one.key, nameOf(one)]), (key) => { activate(key); }, {"aria-label": "哪一部分的版本"});
  return h("div", {class: "versions"}, pick, h("ol", {}, folded(rows).map((row, n) => h("li", {},
    h("div", {class: "version-head"}, h("b", {}, n ? row.origin : `${row.origin}（现在的）`), h("span", {class: "from"}, `${clock(row.at)} · ${row.chars} 字`)),
    n ? h("details", {"data-version": row.number}, h("summary", {}, "和现在的对照"), diffNode(row)) : null,
    n ? button("恢复这一版", () => act("restore", section.key, {number: row.number}, "side"), {class: "soft"}) : null))));
};
// A run of autosaves within ten minutes is shown as one version.
const folded = (rows) => rows.filter((row, n) => {
  const newer = rows[n - 1];
  if (!newer || row.origin !== "手工修改" || newer.origin !== "手工修改") return true;
  return new Date(newer.at) - new Date(row.at) > 600000;
});
const diffNode = (row) => {
  if (!row.diff) return h("p", {class: "old"}, row.text);
  const [old, now] = [h("div", {class: "old"}), h("div", {class: "new"})];
  old.innerHTML = row.diff.old;  // escaped by the server, nothing but <mark> in it
  now.innerHTML = row.diff.new;
  return h("div", {class: "diff"}, h("h4", {}, "那一版"), old, h("h4", {}, "现在的"), now);
};
const loadVersions = async (key, mark) => {
  S.versions = {mark, key, rows: (S.versions && S.versions.key === key && S.versions.rows) || []};
  const answer = await call("versions", {key}, {where: "side"});
  if (answer.versions) S.versions = {mark, key, rows: answer.versions};
  paintSide(true);
};
const paintSide = (isForced) => {
  const box = element.querySelector("#desk-side-body");
  if (!box) return;
  const count = S.view ? S.view.findings.length : 0;
  for (const [key, title] of SIDES) {
    const tab = element.querySelector(`#side-${key}`);
    tab.setAttribute("aria-selected", String(S.side === key));
    tab.tabIndex = S.side === key ? 0 : -1;
    const label = key === "findings" && S.view && S.view.written ? `${title}（${count}）` : title;
    if (tab.textContent !== label) tab.textContent = label;
  }
  const view = S.view || {};
  const parts = {findings: [view.id, view.written, view.findings, (view.sections || []).map((s) => s.number + s.title)], sources: [view.id, view.unused, S.active, S.passages, (view.sections || []).map((s) => [s.key, s.facts, s.title])],
    versions: [view.id, S.active, (view.sections || []).map((s) => [s.key, s.version]), S.versions && S.versions.rows.length]};
  const key = JSON.stringify([S.side, parts[S.side]]);
  if (box.dataset.key === key && !isForced) return;
  const isSame = (box.dataset.key || "").startsWith(`["${S.side}"`);
  const top = isSame ? box.scrollTop : 0;
  box.dataset.key = key;
  const make = {findings: findingsSide, sources: sourcesSide, versions: versionsSide}[S.side];
  const open = new Set([...box.querySelectorAll("details[open]")].map((one) => one.dataset.version).filter(Boolean));
  const had = box.contains(document.activeElement) ? document.activeElement.closest("[data-finding]")?.dataset.finding : null;
  box.replaceChildren(make());
  box.querySelectorAll("details[data-version]").forEach((one) => { one.open = open.has(one.dataset.version); });
  box.scrollTop = top;
  if (had) { const again = box.querySelector(`[data-finding="${CSS.escape(had)}"] button`) || box.querySelector("[data-finding] button"); if (again) again.focus({preventScroll: true}); }
};

// --- the list of drafts ---
const STATES = {facts: "填要点", writing: "正在写", stopped: "没写完", failed: "没写完", done: "已写好"};
const loadList = async () => {
  const answer = await call("list", {}, {where: "bar"});
  if (answer.drafts) S.list = answer;
  if (answer.claimed) S.claimed = answer.claimed;
  paint();
};
const openDraft = async (id) => {
  await flush();
  S.view = null;
  S.typed = {};
  const answer = await call("open", {id}, {where: "bar"});
  if (answer.error) { S.view = null; S.rows = []; loadList(); return; }
  S.open = false;
  S.progress = answer.progress;
  S.step = S.view.written || isWriting() ? "report" : "facts";
  remember();
  paint();
  if (isWriting()) follow();
  else if (S.progress && S.progress.error) tellEnd();
  else if (S.view.state === "stopped") say("paper", "上次没有写完，写好的部分都在；点“重新起草”接着写完，或逐个“写这一部分”。", "");
};
const newDraft = async () => {
  await flush();
  Object.assign(S, {view: null, rows: [], typed: {}, progress: null, step: "facts", editing: "", active: "", open: false, notes: {}, saved: ""});
  for (const id of ["#desk-intake", "#desk-basics"]) delete element.querySelector(id).dataset.key;
  remember();
  paint(true);
  const box = element.querySelector("#draft-facts textarea");
  if (box) box.focus();
};
const draftsPanel = () => {
  const {drafts, trash} = S.list;
  const code = h("input", {type: "text", placeholder: "取稿码", maxlength: 40, "aria-label": "取稿码"});
  const rows = drafts.map((row) => h("tr", {class: S.view && S.view.id === row.id ? "current" : ""},
    h("td", {}, button(row.title, () => openDraft(row.id), {class: "name"}), h("div", {class: "from"}, `${STATES[row.state] || ""} · ${row.facts} 条要点${row.chars ? ` · ${row.chars} 字` : ""}`)),
    h("td", {class: "when"}, clock(row.updated)),
    h("td", {class: "row-actions"},
      button("打开", () => openDraft(row.id)),
      button("复制到下一年", async () => { const a = await call("next_year", {id: row.id}, {where: "list"}); if (a.view) { S.open = false; S.step = "facts"; say("table", "要点都带过来了，标着“去年的要点”的请改成今年的数字，或确认沿用；去年的总结已设为对照。", "ok"); loadList(); } }),
      button("共享", () => shareDraft(row)),
      button("删除", async () => { await removeDraft(row); }, {class: "danger"}))));
  return h("div", {class: "drafts"},
    drafts.length ? h("table", {}, h("tbody", {}, rows)) : h("p", {class: "hint"}, "还没有稿子。填写要点后自动保存到这里。"),
    noteBox("list"),
    h("div", {class: "drafts-foot"},
      h("form", {class: "take", onsubmit: async (event) => { event.preventDefault(); const a = await call("take", {code: code.value}, {where: "list"}); if (a.view) { S.open = false; S.step = a.view.written ? "report" : "facts"; loadList(); } }},
        h("span", {}, "打开同事共享的稿子："), code, h("button", {type: "submit"}, "取稿")),
      trash.length ? h("details", {class: "trash"}, h("summary", {}, `回收站（${trash.length}），留 30 天`), h("ul", {}, trash.map((row) => h("li", {}, row.title, " ",
        button("恢复", async () => { const a = await call("trash", {id: row.id, undo: true}, {where: "list"}); if (a.drafts) { S.list = a; paint(); } }, {class: "link"}),
        button("彻底删除", () => confirmBox(`彻底删除“${row.title}”？删除后找不回来。`, "彻底删除", async () => { const a = await call("remove", {id: row.id}, {where: "list"}); if (a.drafts) { S.list = a; paint(); } }), {class: "link danger"}))))) : null));
};
const choiceBox = (text, actions, no = "取消") => {
  const box = h("dialog", {class: "dialog small", "aria-label": text}, h("p", {}, text),
    h("div", {class: "buttons"}, actions.map(([label, onclick, kind]) => button(label, () => { box.close(); onclick(); }, {class: kind})),
      button(no, () => box.close(), {autofocus: true})));
  box.addEventListener("close", () => box.remove());
  root.append(box);
  box.showModal();
};
const confirmBox = (text, label, onyes, {no = "取消", kind = "danger"} = {}) => choiceBox(text, [[label, onyes, kind]], no);
const removeDraft = (row) => confirmBox(`把“${row.title}”放进回收站？可以再恢复。`, "删除", async () => {
  await flush();
  const answer = await call("trash", {id: row.id}, {where: "list"});
  if (!answer.drafts) return;
  S.list = answer;
  if (S.view && S.view.id === row.id) { Object.assign(S, {view: null, rows: [], progress: null, step: "facts", editing: ""}); delete element.querySelector("#desk-intake").dataset.key; }
  say("list", `“${row.title}”在回收站里，可以恢复。`, "ok");
  paint(true);
});
const shareDraft = async (row) => {
  const answer = await call("share", {id: row.id}, {where: "list"});
  if (!answer.code) return;
  say("list", `取稿码：${answer.code}。同事在“打开同事共享的稿子”里填上，就得到一份副本，各改各的。`, "ok",
    ["停止共享", async () => { await call("share", {id: row.id, undo: true}, {where: "list"}); say("list", "取稿码作废了。", "ok"); }]);
};
