// A row's handlers look it up by its number: the rows are read anew after every save.
// Step 1: unit and year, what is pasted or uploaded, and the table of facts.
const TYPES = [["", "自动识别"], ["机关", "机关"], ["国企", "国企"], ["乡镇", "乡镇"], ["市级", "市级"]];
const LENGTHS = ["", "1500", "2000", "3000", "4000", "5000"];
const FACT_FILES = ".txt,.md,.csv,.tsv,.docx,.doc,.wps,.xlsx,.pdf";
const PASTE_HINT = `单位：临溪县云渡镇
年度：2025

- 全年排查矛盾纠纷192件，化解188件
- 检查企业246家次，发现隐患337处，整改333处
- 存在问题：旺季停车位不够
- 下一步：增设临时停车点2处

每行一条，粘贴后自动列到下面的表里；没写到的事，总结里不会出现。`;

const field = (label, control, id, hint) =>
  h("label", {class: "field", id}, h("span", {class: "field-name"}, label), control, hint ? h("small", {}, hint) : null);
const choice = (value, options, onchange, attributes) =>
  h("select", {...(attributes || {}), onchange: (event) => onchange(event.target.value)},
    options.map(([key, title]) => h("option", {value: key, selected: key === value}, title)));

const basics = () => {
  const view = S.view || {};
  const text = (name, more) => h("input", {type: "text", value: view[name] || "", autocomplete: "off",
    oninput: (event) => setField(name, event.target.value), "data-field": name, ...(more || {})});
  const modes = S.list.has_model ? [["model", "由模型起草"], ["composer", "按要点直接成文"]] : [["composer", "按要点直接成文"]];
  return h("div", {class: "basics"},
    h("div", {class: "pair"},
      field("单位", text("unit", {maxlength: 100, placeholder: "如：临溪县云渡镇"}), "draft-unit"),
      field("年度", text("year", {maxlength: 4, inputmode: "numeric", placeholder: "2025"}), "draft-year")),
    h("div", {class: "pair even"},
      field("单位类型", choice(view.unit_type || "", view.profile && !view.unit_type ? [["", `自动（${view.profile}）`], ...TYPES.slice(1)] : TYPES, (v) => setField("unit_type", v)), "draft-type"),
      field("写法", choice(view.mode || modes[0][0], modes, (v) => setField("mode", v)), "draft-mode")),
    h("div", {class: "pair even"},
      field("大约字数", h("input", {type: "text", value: view.length || "", inputmode: "numeric", maxlength: 6, list: "desk-lengths",
        placeholder: "不限", "data-field": "length", oninput: (event) => setField("length", event.target.value)}), "draft-length"),
      field("成文日期", text("date", {maxlength: 20, placeholder: "2025年12月18日"}), "draft-date")),
    h("datalist", {id: "desk-lengths"}, LENGTHS.map((n) => h("option", {value: n}))),
    h("div", {class: "previous"},
      h("span", {class: "field-name"}, "去年的总结"),
      view.previous
        ? h("span", {class: "chips"}, h("span", {class: "chip present"}, `${view.previous.name}（${view.previous.chars} 字）`),
          button("去掉", () => call("previous", {}, {where: "run"}), {class: "link"}))
        : picker("选择文件（可不选）", ".txt,.md,.docx,.doc,.wps,.pdf", "draft-previous", async (name, data) => {
          await ensure();
          call("previous", {name, data}, {where: "run"});
        }),
      h("small", {}, "选了就核对照抄的段落和所引的去年数。")));
};

const runBox = () => {
  const isWriting = S.progress && S.progress.state === "writing";
  const isWritten = S.view && S.view.written;
  return h("div", {class: "run"},
    h("div", {class: "buttons"},
      button(isWritten ? "重新起草" : "起草", startWriting, {class: "primary", id: "draft-run", disabled: isWriting}),
      S.list.has_model && (!S.view || S.view.mode !== "composer") ? button("将发送什么", showOutgoing, {id: "draft-outgoing"}) : null),
    isWritten ? h("small", {}, "锁定的部分不动；原来的写法都留在“版本”里。") : null,
    noteBox("run", "draft-notice"));
};
const startWriting = async () => {
  beginStep();
  await flush();
  const box = element.querySelector("#draft-facts textarea");
  if (box && box.value.trim()) {
    const answer = await intake({text: box.value});
    if (answer.error) { say("run", answer.error); return; }
  }
  if (!S.view) { say("run", "还没有要点，请逐条粘贴本单位今年的事实和数字，或上传要点文件。"); return; }
  write({});
};
const write = async (more) => {
  const where = more.key ? `sec:${more.key}` : "run";
  const answer = await call("write", more, {where});
  if (answer.error) return;
  S.step = "report";
  S.progress = answer.progress;
  remember();
  paint();
  follow();
};
const showOutgoing = async () => {
  await flush();
  if (!S.view) { say("run", "还没有要点，先粘贴要点再看。"); return; }
  const answer = await call("outgoing", {}, {where: "run"});
  if (answer.error) return;
  const run = answer.outgoing;
  const told = [
    `发往：${run.address}（模型 ${run.model}，${run.trusted ? "本机或信任的主机" : "外部主机"}），共 ${run.calls.length} 次，约 ${run.tokens} 个词元。`,
    run.composed.length ? `不发送、由要点直接成文的部分：${run.composed.join("、")}。` : "",
    run.leaks.length ? `外发检查发现：${run.leaks.join("；")}。${run.blocked ? "起草时会拒绝发送。" : "因为是信任的主机，起草时会照常发送。"}`
      : "外发检查没有发现密级标志和个人信息。",
    run.needs_consent ? `还没有往 ${run.host} 发送过，同意以后才会发送，以后不再问。` : "",
    "现在什么都没有发送。",
  ].filter(Boolean);
  const box = h("dialog", {class: "dialog", "aria-label": "将发送什么"},
    h("h3", {}, "将发送什么"), told.map((line) => h("p", {}, line)),
    run.calls.map((one) => h("details", {}, h("summary", {}, `${one.section}（约 ${one.tokens} 个词元）`),
      h("h4", {}, "系统提示"), h("pre", {}, one.system), h("h4", {}, "内容"), h("pre", {}, one.user))),
    h("div", {class: "buttons"},
      run.needs_consent && !run.blocked ? button("同意发送", async () => {
        const agreed = await call("agree", {host: run.host}, {where: "run"});
        box.close();
        if (!agreed.error) say("run", `已同意往 ${run.host} 发送，点“起草”就开始。`, "ok");
      }, {class: "primary", id: "draft-agree"}) : null,
      button("关闭", () => box.close(), {class: run.needs_consent ? "" : "primary"})));
  box.addEventListener("close", () => box.remove());
  root.append(box);
  box.showModal();
};

const intake = async (more) => {
  await ensure();
  for (const name of ["facts", "field-inbox"]) if (dirty[name]) { clearTimeout(dirty[name].timer); if (name === "facts") await dirty[name].run(); else delete dirty[name]; }
  if (!more.data) delete S.typed.inbox;
  const op = more.example ? "example" : "intake";
  const answer = await call(op, more.example ? {name: more.example} : more, {where: "intake"});
  if (answer.error) return answer;
  if (!more.data) { const box = element.querySelector("#draft-facts textarea"); if (box) box.value = ""; }
  const doubled = answer.doubled ? `，${answer.doubled} 条表里已有` : "";
  const doubts = answer.doubts ? `，另有 ${answer.doubts} 条写的时候还拿不准，标在表里` : "";
  say("intake", [`加入了 ${answer.taken} 条要点${doubled}${doubts}。`, answer.notes.map((note) => h("p", {class: "assumed"}, note))], "ok");
  paint(true);
  return answer;
};
const intakeBox = () => {
  const isFirst = !S.rows.length;
  const box = h("textarea", {rows: isFirst ? 6 : 2, class: isFirst ? "" : "small", placeholder: isFirst ? PASTE_HINT : "继续粘贴要点，每行一条；已在表里的不会重复加入。", "aria-label": "粘贴要点，每行一条", value: (S.view && S.view.inbox) || "",
    oninput: () => setField("inbox", box.value),
    onpaste: () => setTimeout(() => { if (box.value.includes("\n") || box.value.length > 12) intake({text: box.value}); }, 0),
    onkeydown: (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) intake({text: box.value}); }});
  return h("div", {class: "intake"},
    h("div", {id: "draft-facts"}, box),
    h("div", {class: "buttons"},
      button("加入要点表", () => intake({text: box.value}), {id: "draft-take", class: "primary soft"}),
      picker("上传要点文件", FACT_FILES, "draft-upload", (name, data) => intake({name, data})),
      button("下载填写模板", async () => { const a = await call("template", {}, {where: "intake"}); if (a.file) download(a.file); }, {id: "draft-template"}),
      menu("填入示例", ["乡镇", "国企", "市级", "机关"].map((name) => button(name, () => intake({example: name}))), {id: "draft-example"})),
    h("small", {}, "聊天记录、表格可以直接粘贴；文件可以是 Word、WPS、Excel、PDF、csv、tsv、txt、md。"),
    noteBox("intake"));
};

// Rows that nobody has confirmed, by their mark: a click or another text confirms them.
const UNCONFIRMED = {
  stale: {name: "去年的要点", label: "去年的要点，确认沿用", say: "是去年的，确认沿用", title: "改成今年的数字就行；今年也是这样的，点一下确认",
    how: "改成今年的数字，或逐条点“确认沿用”；没有确认的，写进总结也算没有出处。", ask: (n) => `${n} 条去年的要点，今年都照旧，一字不改？确认以后不再标出。`},
  doubt: {name: "拿不准的要点", label: "还拿不准，核实后点确认", say: "还拿不准，核实后点确认", title: "写的人自己也拿不准；改成核实过的数字，或核实无误后点一下确认",
    how: "核实后改正，或点“确认”；没有确认的不写进总结。"},
};
const takeSkipped = async (number) => {
  await flush();
  const answer = await call("take_skipped", {number}, {where: "table"});
  if (answer.error) return;
  const id = `F${S.rows.length}`;
  say("table", `写进了要点表，是 ${id}。`, "ok", ["看这一条", () => goToFact(id)]);
};
// What became no fact, by its reason: the fewest first, which are the likeliest to be missed.
const skippedBox = () => {
  const found = S.view ? S.view.skipped : [];
  if (!found.length) return "";
  const reasons = new Map();
  for (const one of found) reasons.set(one.why, [...(reasons.get(one.why) || []), one]);
  return h("details", {class: "skipped", open: S.isSkippedOpen, ontoggle: (event) => { S.isSkippedOpen = event.target.open; }},
    h("summary", {}, `没有写进要点的（${found.length}处）`),
    h("div", {class: "skipped-list"}, [...reasons].sort(([, a], [, b]) => a.length - b.length).map(([why, all]) => [h("h4", {}, `${why}（${all.length}处）`),
      h("ul", {}, all.map((one) => h("li", {}, h("span", {class: "from"}, `第${one.line}行`), h("span", {class: "words"}, one.text),
        button("写进要点", () => takeSkipped(one.number), {class: "link", "aria-label": `写进要点：${one.text.slice(0, 30)}`}))))])),
    button("都不要了，清除", () => call("clear_skipped", {}, {where: "table"}), {class: "link", id: "draft-clear-skipped"}));
};
const MARKS = {...UNCONFIRMED, both: {label: "两边都改过，核对好了", say: "两边都改过，核对好了", title: "这一条在两个窗口里都改过，两种写法都留着；删去不要的，留下的点一下"}};
const unmark = (row) => { row.mark = ""; };
const saveFacts = () => later("facts", 600, async () => {
  S.savingFacts += 1;
  const id = S.view.id;
  let sent = [];
  const answer = await call("facts", () => { sent = copyRows(S.rows); return {facts: sent, base: S.base}; }, {isKept: true, where: "table"});
  S.savingFacts -= 1;
  if (answer.error || S.view.id !== id) return answer;
  if (dirty.facts || S.savingFacts) S.base = sent;
  else { takeRows(); paint(); }
  if (answer.told) say("table", answer.told, "");
  return answer;
});
const changeRows = (change) => {
  change();
  saveFacts();
  paint(true);
};
const move = (list, from, to) => { if (to >= 0 && to < list.length) list.splice(to, 0, ...list.splice(from, 1)); };
const places = (row) => {
  const planned = partTitle(row.place);
  return [["", planned ? `自动：${planned}` : "自动"], ...S.view.parts.map((part) => [part.key, part.title]), ["-", "不写进总结"],
    ...S.view.removed.filter((one) => row.part === `-${one.key}`).map((one) => [row.part, `和“${one.title}”一起不写`])];
};
const factRow = (row, n) => {
  const text = h("textarea", {rows: 1, class: "fact-text", "aria-label": `要点 ${n + 1}`, value: row.text,
    oninput: () => { S.rows[n].text = text.value; if (S.rows[n].mark in UNCONFIRMED) unmark(S.rows[n]); grow(text); saveFacts(); },
    onkeydown: (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      changeRows(() => S.rows.splice(n + 1, 0, {text: "", heading: S.rows[n].heading, part: S.rows[n].part, mark: "", figures: [], place: ""}));
      const next = element.querySelectorAll(".fact-text")[n + 1];
      if (next) next.focus();
    }});
  const tools = h("div", {class: "row-tools"},
    button("↑", () => changeRows(() => move(S.rows, n, n - 1)), {"aria-label": `要点 ${n + 1} 上移`, title: "上移", disabled: n === 0}),
    button("↓", () => changeRows(() => move(S.rows, n, n + 1)), {"aria-label": `要点 ${n + 1} 下移`, title: "下移", disabled: n === S.rows.length - 1}),
    button("✕", () => {
      const gone = S.rows[n];
      changeRows(() => S.rows.splice(n, 1));
      say("table", "删掉了一条要点。", "ok", ["撤销", () => { say("table", ""); changeRows(() => S.rows.splice(n, 0, gone)); }]);
    }, {"aria-label": `删掉要点 ${n + 1}`, title: "删掉"}));
  const select = choice(row.part, places(row), (value) => { S.rows[n].part = value; saveFacts(); }, {"aria-label": `要点 ${n + 1} 写在哪一部分`, class: row.part.startsWith("-") ? "out" : ""});
  const mark = MARKS[row.mark];
  return h("tr", {"data-row": n, "data-mark": row.mark, class: `${mark ? "marked" : ""} ${isUnsure(row) ? "unsure" : ""}`},
    h("td", {class: "fact-id"}, `F${n + 1}`),
    h("td", {class: "fact"}, h("span", {class: "unsure-tag"}, "待归类"), row.heading ? h("span", {class: "fact-head"}, row.heading) : null, row.source ? h("span", {class: "fact-head source"}, `${row.source}报`) : null,
      mark ? button(mark.label, () => changeRows(() => unmark(S.rows[n])), {class: "mark", "aria-label": `要点 ${n + 1} ${mark.say}`, title: mark.title}) : null, text),
    h("td", {class: "figures"}, figureChips(row)),
    h("td", {class: "place"}, select), h("td", {}, tools));
};
const figureChips = (row) => (row.figures || []).map((figure) => h("span", {class: "figure"}, figure));
const factsTable = () => {
  if (!S.rows.length)
    return h("div", {class: "empty"}, h("b", {}, "要点会列在这里"), h("span", {}, "① 在上面粘贴要点，或上传要点文件"),
      h("span", {}, "② 核对识别出的数字，看看每条写在哪一部分"), h("span", {}, "③ 点“起草”，各部分依次写出"));
  return h("table", {class: "facts"},
    h("thead", {}, h("tr", {}, ["", "要点", "识别到的数字", "写在哪一部分", ""].map((name) => h("th", {scope: "col"}, name)))),
    h("tbody", {}, S.rows.map(factRow)),
    h("tfoot", {}, h("tr", {}, h("td", {}), h("td", {colspan: 4}, button("＋ 添一条", () => {
      changeRows(() => S.rows.push({text: "", heading: "", part: "", mark: "", figures: [], place: ""}));
      const all = element.querySelectorAll(".fact-text");
      all[all.length - 1].focus();
    }, {class: "link"})))));
};
const waitingRows = (mark) => S.rows.flatMap((row, n) => row.mark === mark && row.text.trim() ? [[`F${n + 1}`, row]] : []);
const waitingBox = (mark) => {
  const {name, how, ask} = UNCONFIRMED[mark];
  const found = waitingRows(mark);
  if (!found.length) return null;
  return h("div", {class: "contradictions", role: "status", "data-waiting": mark}, h("b", {}, `有 ${found.length} 条是${name}，还没有确认。`), how,
    ask ? button("全部确认", () => confirmBox(ask(found.length), "全部确认", () => changeRows(() => waitingRows(mark).forEach(([, row]) => unmark(row))), {kind: ""}), {id: "draft-confirm-all", class: "soft"})
      : h("ul", {}, found.map(([id, row]) => h("li", {}, button(id, () => goToFact(id), {class: "link"}), `：${row.text}`))));
};
const waitingBoxes = () => h("div", {}, Object.keys(UNCONFIRMED).map(waitingBox));
const contradictions = () => {
  const found = (S.view && S.view.contradictions) || [];
  if (!found.length) return h("div", {class: "contradictions"});
  return h("div", {class: "contradictions", role: "status"},
    h("b", {}, `要点之间有 ${found.length} 处对不上，请先核对：`),
    h("ul", {}, found.map((one) => h("li", {},
      one.facts.map((id) => button(id, () => goToFact(id), {class: "link"})), `：${one.message}`))));
};
// Facts that fit no part clearly: one click each puts them where the writer wants them.
const partTitle = (key) => (S.view.parts.find((part) => part.key === key) || {}).title || "";
const isUnsure = (row) => Boolean(row.unsure && !row.part && row.text.trim());
const trayRows = () => S.rows.flatMap((row, n) => isUnsure(row) ? [[n, row]] : []);
const tray = () => {
  const found = trayRows();
  if (!found.length) return "";
  const put = (n, part) => changeRows(() => { S.rows[n].part = part; });
  return h("div", {class: "tray", role: "group", "aria-label": "待归类"},
    h("div", {}, h("b", {}, `待归类：${found.length} 条要点看不出该写在哪一部分。`), "选一个部分；没有选的，先写在括号里的部分。"),
    h("ul", {}, found.map(([n, row]) => h("li", {},
      h("span", {class: "words"}, button(`F${n + 1}`, () => goToFact(`F${n + 1}`), {class: "link"}), ` ${row.text}`),
      choice("", [["", "选写在哪一部分"], ...S.view.parts.map((part) => [part.key, part.title]), ["-", "不写进总结"]], (part) => put(n, part), {"aria-label": `要点 ${n + 1} 归到哪一部分`}),
      button(`就放在这里（${partTitle(row.place)}）`, () => put(n, row.place), {class: "soft", "aria-label": `要点 ${n + 1} 就放在这里`})))));
};
const goToFact = (id) => {
  S.step = "facts";
  paint();
  const row = element.querySelector(`tr[data-row="${Number(id.slice(1)) - 1}"]`);
  if (!row) return;
  row.scrollIntoView({block: "center"});
  row.querySelector("textarea").focus();
  flash(row);
};
const flash = (node) => {
  node.classList.remove("flash");
  void node.offsetWidth;
  node.classList.add("flash");
};

// A box is made anew where what it shows has changed, but not under somebody's hands.
const put = (id, key, make, isForced) => {
  const box = element.querySelector(id);
  const isTyping = box.contains(document.activeElement) && document.activeElement.matches("input,textarea,select");
  if (box.dataset.key === key || (isTyping && !isForced)) return;
  box.dataset.key = key;
  box.replaceChildren(make());
};
const paintFacts = (isForced) => {
  const panel = element.querySelector("#desk-facts");
  if (!panel.firstChild) {
    panel.append(h("div", {class: "inputs-column"}, h("div", {id: "desk-basics"}), h("div", {id: "desk-run"})),
      h("div", {class: "facts-column"}, h("div", {id: "desk-intake"}), h("div", {id: "desk-skipped"}), h("div", {id: "desk-waiting"}), h("div", {id: "desk-contradictions"}),
        noteBox("table"), h("div", {id: "desk-tray"}), h("div", {id: "desk-table", class: "table-pane"})));
  }
  const view = S.view || {};
  const who = view.id || "";
  put("#desk-basics", JSON.stringify([who, view.unit, view.year, view.unit_type, view.profile, view.mode, view.length, view.date, view.previous, S.list.has_model]), basics, isForced);
  put("#desk-run", JSON.stringify([who, S.progress && S.progress.state, view.written, view.mode, S.list.has_model]), runBox, isForced);
  put("#desk-intake", `${who} ${S.rows.length > 0}`, intakeBox, isForced);
  put("#desk-skipped", JSON.stringify((view.skipped || []).map((one) => one.number)), skippedBox);
  put("#desk-waiting", JSON.stringify(["stale", "doubt"].map((mark) => waitingRows(mark).map(([id, row]) => mark === "doubt" ? [id, row.text] : id))), waitingBoxes);
  put("#desk-contradictions", JSON.stringify(view.contradictions || []), contradictions);
  paintTable(isForced);
  paintNotes();
};
const paintTable = (isForced) => {
  const box = element.querySelector("#desk-table");
  const known = new Map(S.view ? S.view.facts.map((fact) => [fact.id, fact]) : []);
  S.rows.forEach((row, n) => {
    const fresh = known.get(`F${n + 1}`);
    if (fresh && fresh.text === row.text) Object.assign(row, {figures: fresh.figures, place: fresh.place, unsure: fresh.unsure});
  });
  put("#desk-tray", JSON.stringify([trayRows().map(([n, row]) => [n, row.text, row.place]), S.view && S.view.parts]), tray, isForced);
  const rows = [...box.querySelectorAll("tr[data-row]")];
  const isSame = rows.length === S.rows.length && rows.length && box.dataset.who === S.view.id
    && rows.every((tr, n) => tr.querySelector("textarea").value === S.rows[n].text && tr.dataset.mark === S.rows[n].mark);
  if (!isSame) {
    box.dataset.who = S.view ? S.view.id : "";
    const top = box.scrollTop;
    const had = document.activeElement && box.contains(document.activeElement) ? document.activeElement : null;
    const at = had && had.closest("tr") && Number(had.closest("tr").dataset.row);
    box.replaceChildren(factsTable());
    box.querySelectorAll(".fact-text").forEach(grow);
    box.scrollTop = top;
    if (Number.isInteger(at)) {
      const all = [...box.querySelectorAll(".fact-text")];
      const same = all.filter((one) => one.value === had.value);  // rows of another window may stand before it now
      const again = same.includes(all[at]) ? all[at] : same[0] || all[at];
      if (again) again.focus({preventScroll: true});
      if (again && same.length) again.setSelectionRange(had.selectionStart, had.selectionEnd);
    }
    return;
  }
  rows.forEach((tr, n) => {
    const row = S.rows[n];
    tr.classList.toggle("unsure", isUnsure(row));
    const chips = tr.querySelector(".figures");
    if (chips.textContent !== (row.figures || []).join("")) chips.replaceChildren(...figureChips(row));
    const select = tr.querySelector("select");
    const wanted = places(row);
    const isOld = select.options.length !== wanted.length || wanted.some(([key, title], i) => select.options[i].value !== key || select.options[i].text !== title);
    if (isOld && document.activeElement !== select)
      select.replaceChildren(...wanted.map(([key, title]) => h("option", {value: key, selected: key === row.part}, title)));
    select.value = row.part;
    select.className = row.part.startsWith("-") ? "out" : "";
  });
};
