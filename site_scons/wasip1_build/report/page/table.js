// The table of artifacts, which is there without this, gets links, bars, an order and a filter.

const VERDICTS = [["FAIL", "fail"], ["not built", ""], ["pass", "pass"]];

/** Makes the rows of the page work; each knows its artifact by its place. */
function enhanceTable(artifacts) {
  const table = document.querySelector("table#artifacts");
  const rows = [...table.tBodies[0].rows];
  const headings = [...table.tHead.rows[0].cells].map((each) => each.textContent);
  const verdictAt = headings.indexOf("verdict");
  const budgetAt = headings.indexOf("budget");
  rows.forEach((row, place) => {
    const name = row.cells[0].textContent;
    row.cells[0].replaceChildren(el("a", { href: linkTo(artifacts[place].a) }, name));
    const verdict = VERDICTS.find(([text]) => text === row.cells[verdictAt].textContent);
    if (verdict && verdict[1]) row.cells[verdictAt].className = verdict[1];
    const text = row.cells[budgetAt].textContent;
    const percent = Number.parseInt(text, 10);
    if (!Number.isNaN(percent)) {
      row.cells[budgetAt].replaceChildren(el("span", { class: "cell" }, bar(percent, 100), text));
    }
  });
  const records = rows.map((row, place) => ({ row, artifact: artifacts[place], place }));
  sortable(table, headings, records, verdictAt);
  filtering(headings, records, verdictAt);
}

/** What a column is sorted by: texts by their letters, all else by what it stands for. */
function keyOf(heading, record, at, verdictAt) {
  const text = record.row.cells[at].textContent;
  if (at === verdictAt) return VERDICTS.findIndex(([word]) => word === text);
  const sizes = (record.artifact.s || []).filter((size) => size[0] === heading);
  if (sizes.length) return Math.max(...sizes.map((size) => size[1]));
  const figure = Number.parseFloat(text.replace("\u2212", "-"));
  if (heading === "artifact") return text;
  return Number.isNaN(figure) ? -Infinity : figure;
}

function sortable(table, headings, records, verdictAt) {
  const cells = [...table.tHead.rows[0].cells];
  cells.forEach((cell, at) => {
    const click = () => {
      const isUp = cell.getAttribute("aria-sort") === "ascending";
      // Of numbers and verdicts the reader first looks for the worst.
      const first = at === 0 || at === verdictAt ? "ascending" : "descending";
      const order = cell.hasAttribute("aria-sort") ? (isUp ? "descending" : "ascending") : first;
      cells.forEach((each) => each.removeAttribute("aria-sort"));
      cell.setAttribute("aria-sort", order);
      const sign = order === "ascending" ? 1 : -1;
      const keyed = records.map((record) => [keyOf(headings[at], record, at, verdictAt), record]);
      keyed.sort(([a, one], [b, other]) =>
        (a < b ? -sign : a > b ? sign : one.place - other.place));
      table.tBodies[0].append(...keyed.map(([, record]) => record.row));
    };
    cell.replaceChildren(el("button", { type: "button", click }, headings[at]));
  });
}

function filtering(headings, records, verdictAt) {
  const tools = document.getElementById("tools");
  const chosen = { text: "", verdict: "" };
  const status = el("span", { class: "quiet", role: "status" });
  const apply = () => {
    const words = chosen.text.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { row, artifact } of records) {
      const name = artifact.a.toLowerCase();
      const isIn = words.every((word) => name.includes(word))
        && (!chosen.verdict || row.cells[verdictAt].textContent === chosen.verdict);
      row.hidden = !isIn;
      shown += isIn;
    }
    status.textContent = shown === records.length ? "" : `${shown} of ${records.length} shown`;
  };
  const input = el("input", {
    type: "search", id: "filter", "aria-label": "Filter artifacts by name", placeholder: "Filter by name",
    input: () => { chosen.text = input.value; apply(); },
  });
  const counts = VERDICTS.map(([word]) =>
    [word, records.filter(({ row }) => row.cells[verdictAt].textContent === word).length]);
  const buttons = counts.filter(([, count]) => count && count < records.length).map(([word, count]) => {
    const button = el("button", { type: "button", "aria-pressed": "false", click: () => {
      chosen.verdict = chosen.verdict === word ? "" : word;
      buttons.forEach((each) => each.setAttribute("aria-pressed", String(each === button && chosen.verdict !== "")));
      apply();
    } }, `${word}: ${count}`);
    return button;
  });
  tools.append(input, ...buttons, status);
  tools.hidden = !records.length;
}
