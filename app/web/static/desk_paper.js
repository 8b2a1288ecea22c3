// Step 2: the report, section by section, edited in place; what has no fact is marked.
const TODO = /【待(?:补充|核实)[^】]*】/g;
const TOOLS = [["更简练", "更简练"], ["更充实", "更充实"], ["更正式", "更正式"]];
const sectionOf = (key) => S.view && S.view.sections.find((one) => one.key === key);
const DIGITS = "一二三四五六七八九十";
const ordinal = (n) => n <= 10 ? DIGITS[n - 1] : `${n < 20 ? "" : DIGITS[Math.floor(n / 10) - 1]}十${n % 10 ? DIGITS[n % 10 - 1] : ""}`;
const nameOf = (section) => section.title ? `${section.number}${section.title}` : "引言";
const isWriting = () => Boolean(S.progress && S.progress.state === "writing");
const seenOf = (key) => (sectionOf(key) || {}).version || 0;

// The text of a section as nodes: sentences that tell their facts, marks for what needs a look.
const marksOf = (section) => {
  const marks = [];
  for (const sentence of section.sentences)
    for (const [start, end, message] of sentence.bad) marks.push({start, end, class: "nofact", message});
  for (const match of section.text.matchAll(TODO)) marks.push({start: match.index, end: match.index + match[0].length, class: "todo", message: ""});
  for (const finding of S.view.findings)
    if (finding.section === section.key && !finding.heading && finding.span[1] > finding.span[0])
      marks.push({start: finding.span[0], end: finding.span[1], class: `found ${finding.level}`, message: finding.message, finding: finding.id});
  return marks;
};
const pieces = (text, start, end, marks) => {
  const cuts = new Set([start, end]);
  for (const mark of marks) for (const at of [mark.start, mark.end]) if (at > start && at < end) cuts.add(at);
  const ordered = [...cuts].sort((a, b) => a - b);
  const out = [];
  for (let n = 0; n + 1 < ordered.length; n += 1) {
    const [low, high] = [ordered[n], ordered[n + 1]];
    const over = marks.filter((mark) => mark.start < high && mark.end > low);
    const words = text.slice(low, high);
    if (!over.length) { out.push(words); continue; }
    const ids = over.filter((mark) => mark.finding).map((mark) => mark.finding);
    out.push(h("mark", {class: [...new Set(over.map((mark) => mark.class))].join(" "), "data-finding": ids.join(" ") || null,
      "data-why": [...new Set(over.map((mark) => mark.message).filter(Boolean))].join("；") || null}, words));
  }
  return out;
};
const textNodes = (section) => {
  const marks = marksOf(section);
  const out = [];
  let from = 0;
  for (const paragraph of section.text.split("\n")) {
    const to = from + paragraph.length;
    const nodes = [];
    let at = from;
    for (const sentence of section.sentences) {
      const [start, end] = [Math.max(sentence.span[0], from), Math.min(sentence.span[1], to)];
      if (start >= end || start < at) continue;
      nodes.push(...pieces(section.text, at, start, marks));
      nodes.push(h("span", {class: `sentence${sentence.facts.length ? " held" : ""}`, tabindex: "-1", "data-facts": sentence.facts.join(" ")},
        pieces(section.text, start, end, marks)));
      at = end;
    }
    nodes.push(...pieces(section.text, at, to, marks));
    if (paragraph.trim()) out.push(h("p", {}, nodes));
    from = to + 1;
  }
  return out;
};

// --- one section ---
const act = (op, key, more, where) => call(op, () => ({key, seen: seenOf(key), ...(more || {})}), {where: where || `sec:${key}`});
const sectionTools = (section) => {
  const key = section.key;
  const isEditing = S.editing === key;
  const busy = isWriting();
  const wish = h("input", {type: "text", maxlength: 300, placeholder: "如：合并成一段，先说排查", "aria-label": "改写要求"});
  const free = h("form", {class: "wish", onsubmit: (event) => { event.preventDefault(); if (wish.value.trim()) rewrite(key, "自定", wish.value); }}, wish, h("button", {type: "submit"}, "改写"));
  const name = nameOf(section);
  const label = (what) => ({"aria-label": `${what}：${name}`});
  return h("div", {class: "tools", role: "group", "aria-label": `${name}的工具`},
    isEditing ? button("完成", () => stopEditing(), {class: "primary soft"})
      : button("编辑", () => startEditing(key), {disabled: busy || section.locked, ...label("编辑")}),
    section.written ? menu("改写", [...TOOLS.map(([tool, title]) => button(title, () => rewrite(key, tool))), S.list.has_model && S.view.mode !== "composer" ? free : null], {class: busy || section.locked ? "menu right off" : "menu right"}) : null,
    button(section.written ? "重写" : "写这一部分", () => write({key}), {disabled: busy || section.locked, title: "按安排在这里的要点重新写", ...label("重写")}),
    section.written ? button(section.locked ? "🔒 已锁定" : "锁定", () => act("lock", key, {locked: !section.locked}), {"aria-pressed": String(section.locked), title: section.locked ? "点一下解锁" : "重新起草时这一部分不动", ...label(section.locked ? "解锁" : "锁定")}) : null,
    menu("更多", [
      section.written ? button("看依据", () => showSide("sources", key)) : null,
      section.written ? button(`看版本（${section.versions}）`, () => showSide("versions", key)) : null,
      section.title ? button("改标题", () => renameSection(section)) : null,
      button("上移", () => act("move", key, {step: -1})), button("下移", () => act("move", key, {step: 1})),
      button("在后面添一部分", () => addSection(key)),
      button("不要这一部分", () => leaveOut(section)),
    ], {...label("更多"), class: "menu right"}));
};
const leaveOut = async (section) => {
  await flush();
  const {planned} = sectionOf(section.key);
  const gone = `“${nameOf(section)}”不写进总结了，文字还留着，可以在最下面恢复。`;
  const out = async (more, tell) => {
    const answer = await act("leave_out", section.key, more, "paper");
    if (!answer.error) say("paper", `${gone}${tell()}`, "ok");
  };
  const moved = () => {
    const places = planned.map((id) => [id, S.view.facts.find((one) => one.id === id).place]);
    const told = [...new Set(places.map(([, key]) => key))].map((key) => `${places.filter(([, its]) => its === key).map(([id]) => id).join("、")}写在“${partTitle(key)}”`);
    return `要点${told.join("，")}，在那里点“重写”就写进去了；要放到别处，在“要点”的“待归类”里选。`;
  };
  if (!planned.length) { out({}, () => ""); return; }
  choiceBox(`“${nameOf(section)}”里有 ${planned.length} 条要点（${planned.join("、")}），怎么办？`, [
    ["要点留下，改写在别的部分", () => out({}, moved), "primary"],
    [`连同 ${planned.length} 条要点一起不写`, () => out({with_facts: true}, () => `${planned.length} 条要点也不写了，恢复时一起回来。`), ""],
  ]);
};
const askLine = (title, value, ondone) => {
  const input = h("input", {type: "text", value, maxlength: 60, "aria-label": title});
  const box = h("dialog", {class: "dialog small", "aria-label": title},
    h("form", {method: "dialog", onsubmit: () => { if (input.value.trim()) ondone(input.value.trim()); }},
      h("h3", {}, title), input, h("div", {class: "buttons"}, h("button", {type: "submit", class: "primary"}, "确定"), button("取消", () => box.close()))));
  box.addEventListener("close", () => box.remove());
  root.append(box);
  box.showModal();
  input.select();
};
const renameSection = (section) => askLine("这一部分的标题", section.title, (title) => act("rename", section.key, {title}));
const addSection = (after) => askLine("新的部分叫什么", "", async (title) => {
  const answer = await call("add", {title, after}, {where: "paper"});
  if (answer.key) jumpTo(answer.key);
});
const rewrite = async (key, tool, wish) => {
  await flush();
  const answer = await act("rewrite", key, {tool, wish: wish || ""});
  if (answer.error) return;
  S.progress = answer.progress;
  S.rewriting = key;
  paint();
  follow();
};
const startEditing = async (key, at) => {
  if (S.editing && S.editing !== key) await stopEditing();
  S.editing = key;
  S.active = key;
  paint();
  const box = editorOf(key);
  if (!box) return;
  grow(box);
  box.focus({preventScroll: true});
  if (at !== undefined) box.setSelectionRange(at, at);
};
const stopEditing = async () => {
  const key = S.editing;
  if (dirty[`edit-${key}`]) { clearTimeout(dirty[`edit-${key}`].timer); await dirty[`edit-${key}`].run(); }
  S.editing = "";
  paint();
  const text = element.querySelector(`section[data-key="${CSS.escape(key)}"] .text`);
  if (text) text.focus({preventScroll: true});
};
const editorOf = (key) => element.querySelector(`section[data-key="${CSS.escape(key)}"] textarea`);
const editor = (section) => {
  const box = h("textarea", {class: "editor", value: section.text, "aria-label": `编辑：${nameOf(section)}`, spellcheck: "false",
    oninput: () => {
      grow(box);
      later(`edit-${section.key}`, 700, () => call("edit", () => ({key: section.key, text: box.value, seen: seenOf(section.key)}), {isKept: true, where: `sec:${section.key}`}).then((answer) => {
        if (answer.told) say(`sec:${section.key}`, answer.told);
        return answer;
      }));
    },
    onkeydown: (event) => { if (event.key === "Escape") { event.preventDefault(); stopEditing(); } }});
  return box;
};
const sectionBody = (section, live) => {
  if (live && !live.done) return h("div", {class: "text"}, live.text ? live.text.split("\n").map((line, n, all) => h("p", {class: n === all.length - 1 ? "caret" : ""}, line)) : h("p", {class: "waiting caret"}, "正在写"));
  if (live) return h("div", {class: "text"}, live.text.split("\n").map((line) => h("p", {}, line)));
  if (S.editing === section.key) return h("div", {class: "editing"}, editor(section), h("small", {}, "改动自动保存，右边的核查意见跟着更新；按 Esc 完成"));
  if (!section.written)
    return h("div", {class: "text unwritten"}, h("p", {}, section.planned.length ? `还没有写，安排了 ${section.planned.length} 条要点（${section.planned.join("、")}）。点“写这一部分”。` : "还没有写，也没有安排要点。可以点“编辑”自己写，或在“要点”里把要点安排到这里。"));
  return h("div", {class: "text", tabindex: "0", role: "group", "aria-label": `${nameOf(section)}的正文，左右键逐句看依据`,
    onkeydown: (event) => walk(event), ondblclick: (event) => { if (!section.locked && !isWriting()) startEditing(section.key, caretAt(event, section)); },
    onclick: () => activate(section.key)}, textNodes(section));
};
const caretAt = (event, section) => {
  const words = (event.target.closest(".sentence") || event.target).textContent;
  const at = section.text.indexOf(words);
  return at < 0 ? section.text.length : at;
};
const activate = (key) => {
  if (S.active === key) return;
  S.active = key;
  for (const one of element.querySelectorAll("section[data-key]")) one.classList.toggle("active", one.dataset.key === key);
  paintSide();
};
const walk = (event) => {
  const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
  if (event.key === "Enter" && event.target.closest("section")) { event.preventDefault(); startEditing(event.target.closest("section").dataset.key); return; }
  if (!step) return;
  event.preventDefault();
  const all = [...event.currentTarget.querySelectorAll(".sentence")];
  const next = all[Math.max(0, Math.min(all.indexOf(document.activeElement) + step, all.length - 1))];
  if (next) next.focus();
};

// --- what a sentence rests on, at the mouse and at the keyboard ---
const tip = h("div", {id: "desk-tip", role: "tooltip", hidden: true});
const showTip = (sentence, mark) => {
  const facts = new Map(S.view.facts.map((fact) => [fact.id, fact.text]));
  const ids = (sentence.dataset.facts || "").split(" ").filter(Boolean);
  const why = mark && mark.dataset.why;
  tip.replaceChildren(...(why ? [h("p", {class: "why"}, why)] : []),
    ...(ids.length ? ids.map((id) => h("p", {}, h("b", {}, id), ` ${facts.get(id) || ""}`)) : [h("p", {}, "衔接的话，没有引用要点")]));
  tip.hidden = false;
  const place = (mark || sentence).getClientRects()[0] || sentence.getBoundingClientRect();
  const box = tip.getBoundingClientRect();
  const above = place.top - box.height - 6;
  tip.style.left = `${Math.max(8, Math.min(place.left, window.innerWidth - box.width - 8))}px`;
  tip.style.top = `${above > 4 ? above : place.bottom + 6}px`;
};
const hideTip = () => { tip.hidden = true; };

// --- the whole report ---
const paintPaper = () => {
  const pane = element.querySelector("#draft-paper");
  const view = S.view;
  if (!pane.firstChild) {
    pane.append(h("div", {class: "report desk-report"}, h("div", {id: "desk-title"}), h("div", {id: "desk-sections"}), h("div", {id: "desk-ending"})));
    pane.addEventListener("mouseover", (event) => {
      const sentence = event.target.closest(".sentence");
      if (sentence) showTip(sentence, event.target.closest("mark")); else hideTip();
    });
    pane.addEventListener("mouseleave", hideTip);
    pane.addEventListener("focusin", (event) => { const s = event.target.closest(".sentence"); if (s) showTip(s, s.querySelector("mark")); else hideTip(); });
    pane.addEventListener("focusout", hideTip);
    pane.addEventListener("scroll", hideTip);
  }
  const isEmpty = !view || (!view.written && !isWriting());
  const list = element.querySelector("#desk-sections");
  const isNear = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 120;
  if (isEmpty) {
    for (const id of ["#desk-title", "#desk-ending"]) { element.querySelector(id).replaceChildren(); delete element.querySelector(id).dataset.key; }
    list.replaceChildren(h("div", {class: "empty"}, h("b", {}, "总结会写在这里"), h("span", {}, "① 在“要点”里粘贴或上传本单位的要点"), h("span", {}, "② 核对单位、年度、类型"), h("span", {}, "③ 点“起草”，各部分依次写出"),
      button("去填要点", () => { S.step = "facts"; paint(); }, {class: "primary soft"})));
    list.dataset.who = "";
    return;
  }
  paintEnds(view);
  if (list.dataset.who !== view.id) { list.replaceChildren(); list.dataset.who = view.id; }
  const live = new Map(isWriting() ? S.progress.sections.map((one) => [one.key, one]) : []);
  const shown = view.sections.map((section) => [section, live.get(section.key)]);
  for (const one of live.values()) if (!sectionOf(one.key)) shown.push([{...one, number: "", sentences: [], planned: [], versions: 0}, one]);
  let number = 0;
  for (const pair of shown) {
    const isThere = pair[0].written || pair[1];
    if (pair[0].title && isThere) number += 1;
    pair[0] = {...pair[0], number: pair[0].title && isThere ? `${ordinal(number)}、` : ""};
  }
  const old = new Map([...list.children].map((node) => [node.dataset.key, node]));
  const nodes = shown.map(([section, part]) => sectionNode(section, part, old.get(section.key)));
  nodes.push(removedNode(view));
  if (nodes.length !== list.children.length || nodes.some((node, n) => list.children[n] !== node)) {
    const top = pane.scrollTop;
    list.replaceChildren(...nodes);
    pane.scrollTop = top;
  }
  if (isWriting() && isNear && S.progress.kind === "draft" && S.progress.sections.length > 1) pane.scrollTop = pane.scrollHeight;
};
const sectionNode = (section, live, old) => {
  const findings = S.view.findings.filter((one) => one.section === section.key);
  const isEditing = S.editing === section.key;
  const tools = JSON.stringify([section.number, section.title, section.locked, section.versions, section.written, isEditing, isWriting(), S.list.has_model, S.view.mode]);
  const body = isEditing ? `editing ${section.key}` : JSON.stringify([live || null, section, findings]);
  const node = old || h("section", {"data-key": section.key}, h("div", {class: "head"}), noteBox(`sec:${section.key}`), h("div", {class: "body"}));
  node.classList.toggle("active", S.active === section.key);
  node.classList.toggle("locked", Boolean(section.locked));
  node.classList.toggle("busy", isWriting() && S.progress.kind === "rewrite" && S.rewriting === section.key);
  const [head, , place] = node.children;
  if (head.dataset.key !== tools && !head.contains(document.activeElement?.closest(".wish"))) {
    head.dataset.key = tools;
    const had = head.contains(document.activeElement) ? [...head.querySelectorAll("button,summary")].indexOf(document.activeElement) : -1;
    head.replaceChildren(section.title ? h("h3", {}, nameOf(section)) : h("span", {class: "lead"}, "引言"), sectionTools(section));
    if (had >= 0) { const again = head.querySelectorAll("button,summary")[had]; if (again) again.focus({preventScroll: true}); }
  }
  if (place.dataset.key !== body) {
    place.dataset.key = body;
    place.replaceChildren(sectionBody(section, live), section.note && !live ? h("small", {class: "note"}, section.note) : "");
    if (isEditing) setTimeout(() => { const box = editorOf(section.key); if (box) grow(box); }, 0);
  }
  return node;
};
const removedNode = (view) => {
  const node = h("div", {class: "removed", "data-key": "@removed"});
  if (view.removed.length) node.append("不写的部分：", ...view.removed.map((one) => button(`恢复“${one.title}”`, () => call("leave_out", {key: one.key, undo: true}, {where: "paper"}), {class: "link"})));
  return node;
};
const paintEnds = (view) => {
  const put = (id, key, make) => {
    const box = element.querySelector(id);
    if (box.dataset.key === key || box.contains(document.activeElement)) return;
    box.dataset.key = key;
    box.replaceChildren(...make());
  };
  put("#desk-title", JSON.stringify([view.id, view.title, view.default_title]), () => {
    const box = h("textarea", {class: "title", rows: 1, value: view.title || view.default_title, "aria-label": "总结的标题", maxlength: 100,
      oninput: () => { grow(box); setField("title", box.value === view.default_title ? "" : box.value); }});
    setTimeout(() => grow(box), 0);
    return [box];
  });
  put("#desk-ending", JSON.stringify([view.id, view.unit, view.date]), () => [
    h("p", {class: "ending"}, view.unit),
    h("p", {class: "ending"}, h("input", {class: "date", value: view.date, placeholder: "填成文日期", "aria-label": "成文日期", maxlength: 20, oninput: (event) => setField("date", event.target.value)}))]);
};
