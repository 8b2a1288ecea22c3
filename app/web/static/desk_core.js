// The writers' desk: one state, calls one after the other, everything typed is kept at once.
const PLACE = "pingan-desk";
const S = {
  list: {drafts: [], trash: [], has_model: false}, view: null, rows: [], base: [], step: "facts", side: "findings",
  active: "", editing: "", progress: null, passages: null, versions: null, open: false,
  notes: {}, typed: {}, savingFacts: 0, isSkippedOpen: false, pending: 0, broken: false, saved: "",
};
const h = (tag, attributes, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value") node.value = value;
    else if (name === "checked" || name === "selected" || name === "disabled") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
};
const button = (label, onclick, attributes) =>
  h("button", {type: "button", onclick, ...(attributes || {})}, label);
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const clock = (iso) => {
  const at = new Date(iso);
  const two = (n) => String(n).padStart(2, "0");
  const day = at.toDateString() === new Date().toDateString() ? "" : `${at.getMonth() + 1}月${at.getDate()}日 `;
  return isNaN(at) ? "" : `${day}${two(at.getHours())}:${two(at.getMinutes())}`;
};
const recall = () => { try { return JSON.parse(localStorage.getItem(PLACE)) || {}; } catch { return {}; } };
const remember = () => {
  try { localStorage.setItem(PLACE, JSON.stringify({id: S.view ? S.view.id : "", step: S.step})); } catch { /* none */ }
};

let making = null;

// --- calls: one at a time; a call that must not be lost is made again until it is answered ---
let line = Promise.resolve();
const ask = async (call) => {
  const answer = await server.desk_call(JSON.stringify(call));
  return typeof answer === "string" ? JSON.parse(answer) : null;
};
const queue = (work) => {
  const done = line.then(work, work);
  line = done.catch(() => {});
  return done;
};
// What is kept or looked at by itself is no step of the writer's. Any other call is one: what an
// earlier step has told goes, but for a save that has failed and still stands.
const SAVES = new Set(["fields", "facts", "edit"]);
const BY_ITSELF = new Set([...SAVES, "new", "list", "progress", "passages", "versions"]);
const beginStep = () => {
  for (const [where, note] of Object.entries(S.notes)) if (!note.isStanding) delete S.notes[where];
  paintNotes();
};
const call = (op, more, {isKept = false, where = "bar"} = {}) => {
  const id = S.view ? S.view.id : "";
  if (!BY_ITSELF.has(op)) beginStep();
  S.pending += 1;
  paintSaved();
  return queue(async () => {
    let answer = null;
    try {
      for (;;) {
        try { answer = await ask({op, id, ...(typeof more === "function" ? more() : more || {})}); } catch { answer = null; }
        if (answer || !isKept) break;
        S.broken = true;
        paintSaved();
        await wait(1500);
      }
    } finally {
      S.pending -= 1;
    }
    S.broken = false;
    if (!answer) answer = {error: "与程序的连接断开了，请确认程序还开着，再试一次。"};
    if (answer.error) { say(where, answer.error); S.notes[where].isStanding = SAVES.has(op); }
    else if (S.notes[where] && S.notes[where].kind === "error" && S.notes[where].isStanding === SAVES.has(op)) say(where, "");
    if (!answer.error && SAVES.has(op)) say("run", "");  // what was missing may be there now
    if (answer.view) take(answer.view);
    if (!answer.error && answer.view) S.saved = new Date().toISOString();
    paintSaved();
    return answer;
  });
};
// ``base`` is what the rows were made of: by it the server puts two windows' changes together.
const copyRows = (rows) => rows.map((row) => ({...row}));
const takeRows = () => { S.rows = copyRows(S.view.facts); S.base = copyRows(S.view.facts); };
const take = (view) => {
  const isOther = !S.view || S.view.id !== view.id;
  if (!isOther || making) Object.assign(view, S.typed);
  S.view = view;
  if (isOther) Object.assign(S, {rows: [], editing: "", active: "", passages: null, versions: null, notes: {}});
  if (isOther || !(dirty.facts || S.savingFacts)) takeRows();
  remember();
  paint();
};

// --- what is typed goes to the disk a moment later ---
const dirty = {};
const later = (name, ms, save) => {
  if (dirty[name]) clearTimeout(dirty[name].timer);
  const run = () => { delete dirty[name]; return save(); };
  dirty[name] = {run, timer: setTimeout(run, ms)};
  paintSaved();
};
const flush = async () => {
  for (const name of Object.keys(dirty)) {
    clearTimeout(dirty[name].timer);
    await dirty[name].run();
  }
  await line;
};
window.addEventListener("beforeunload", (event) => {
  if (Object.keys(dirty).length || S.pending) { flush(); event.preventDefault(); }
});
document.addEventListener("visibilitychange", () => { if (document.hidden) flush(); });

const ensure = async () => {
  if (S.view) return S.view;
  making = making || call("new", {}, {isKept: true}).then((made) => { making = null; loadList(); return made.view; });
  return making;
};
const setField = (name, value) => {
  S.typed[name] = value;
  if (S.view) S.view[name] = value;
  later(`field-${name}`, 500, async () => {
    await ensure();
    const answer = await call("fields", {[name]: value}, {isKept: true, where: "run"});
    if (S.typed[name] === value) delete S.typed[name];
    return answer;
  });
};
const say = (where, text, kind = "error", ...actions) => {
  if (text) S.notes[where] = {text, kind, actions, isStanding: false};
  else delete S.notes[where];
  paintNotes();
};
const paintNotes = () => {
  for (const box of element.querySelectorAll("[data-note]")) {
    const note = S.notes[box.dataset.note];
    if (box.note === note) continue;
    box.note = note;
    box.replaceChildren(note ? h("div", {class: `notice ${note.kind}`, role: note.kind === "error" ? "alert" : "status"}, note.text,
      note.actions.map(([label, onclick]) => button(label, onclick, {class: "soft"}))) : "");
  }
};
const noteBox = (where, id) => h("div", {"data-note": where, id});
const paintSaved = () => {
  const box = element.querySelector("#desk-saved");
  if (!box) return;
  const isBusy = S.pending || Object.keys(dirty).length;
  const text = S.broken ? "没有存上，正在重试：请确认程序还开着" : isBusy ? "正在保存……"
    : S.saved ? `已自动保存 ${clock(S.saved)}` : S.view ? "已自动保存" : "";
  box.className = S.broken ? "saved broken" : "saved";
  if (box.textContent !== text) box.textContent = text;
};

// --- files ---
const download = (file) => {
  const bytes = Uint8Array.from(atob(file.data), (char) => char.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], {type: file.mime}));
  const link = h("a", {href: url, download: file.name});
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 20000);
};
const readFile = (file) => new Promise((done, failed) => {
  const reader = new FileReader();
  reader.onload = () => done(String(reader.result).split(",")[1] || "");
  reader.onerror = failed;
  reader.readAsDataURL(file);
});
const picker = (label, accept, id, onfile) => {
  const input = h("input", {type: "file", accept, class: "hidden-file", "aria-label": label, tabindex: "-1",
    onchange: async () => {
      const file = input.files[0];
      input.value = "";
      if (!file) return;
      if (file.size > 20 * 1024 * 1024) { say("intake", `文件超过 20 MB，没有上传：${file.name}`); return; }
      onfile(file.name, await readFile(file));
    }});
  return h("span", {id, class: "picker"}, input, button(label, () => input.click()));
};
// A box that opens at a click and closes at the next one elsewhere, or at Esc.
const menu = (label, items, attributes) => {
  const box = h("details", {class: "menu", ...(attributes || {})}, h("summary", {}, label), h("div", {class: "menu-items"}, items));
  box.addEventListener("click", (event) => { if (event.target.closest("button")) box.open = false; });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { box.open = false; box.querySelector("summary").focus(); }
  });
  return box;
};
document.addEventListener("click", (event) => {
  for (const box of element.querySelectorAll("details.menu[open]")) if (!box.contains(event.target)) box.open = false;
});
const grow = (box) => {
  box.style.height = "auto";
  if (box.scrollHeight) box.style.height = `${box.scrollHeight + 2}px`;
};
