// Tables that sort at a click on their heads, rows that open, and the buttons under each finding.
const rank = {asc: 1, desc: -1};
const valueOf = (row, at) => {
  const cell = row.cells[at];
  return cell ? cell.dataset.value ?? cell.textContent.trim() : "";
};
const sort = () => {
  const table = element.querySelector("table[data-sortable]");
  const [at, way] = (element.dataset.sort || "").split(" ");
  if (!table || !way) return;
  const rows = [...table.tBodies[0].rows];
  rows.sort((a, b) => {
    const [x, y] = [valueOf(a, +at), valueOf(b, +at)];
    const both = x !== "" && y !== "" && !isNaN(x) && !isNaN(y);
    return rank[way] * (both ? x - y : x.localeCompare(y, "zh-CN", {numeric: true}));
  });
  table.tBodies[0].append(...rows);
  for (const head of table.tHead.rows[0].cells)
    head.setAttribute("aria-sort", head.cellIndex !== +at ? "none" : way === "asc" ? "ascending" : "descending");
};
element.addEventListener("click", (event) => {
  const head = event.target.closest("button[data-order]");
  if (head) {
    const at = head.closest("th").cellIndex;
    const first = head.dataset.order;
    const other = first === "asc" ? "desc" : "asc";
    element.dataset.sort = `${at} ${element.dataset.sort === `${at} ${first}` ? other : first}`;
    sort();
    return;
  }
  const verdict = event.target.closest("button[data-verdict]");
  if (verdict) {
    const entry = verdict.closest("[data-finding]");
    const reason = entry.querySelector("input.reason");
    if (verdict.dataset.verdict === "waived" && !reason.value.trim()) {
      reason.classList.add("wanted");
      reason.placeholder = "豁免要写理由";
      reason.focus();
      return;
    }
    trigger("select", {
      finding: entry.dataset.finding, verdict: verdict.dataset.verdict, reason: reason.value,
    });
    return;
  }
  const row = event.target.closest("tr[data-open]");
  if (row) trigger("select", {open: row.dataset.open});
});
watch("value", sort);
