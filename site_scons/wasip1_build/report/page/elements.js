// How is anything shown? As elements made here, and texts that are never read as markup.

/** An element. `properties` are set as attributes; a function listens to the event of its name;
 * true is an attribute without a value, and what is false or null is left out. */
function el(tag, properties, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((each) => each !== null && each !== undefined));
  return made;
}

const UNITS = [["GiB", 2 ** 30], ["MiB", 2 ** 20], ["KiB", 2 ** 10]];

/** "2.31 MiB", as the table of a build shows it. */
function humanSize(bytes) {
  for (const [unit, size] of UNITS) {
    if (bytes >= size - Math.floor(size / 2048)) return `${threeDigits(bytes / size)} ${unit}`;
  }
  return `${bytes} B`;
}

function threeDigits(value) {
  return value < 9.995 ? value.toFixed(2) : value < 99.95 ? value.toFixed(1) : value.toFixed(0);
}

/** "2,426,797 B (2.31 MiB)" */
function exactSize(bytes) {
  const exact = `${bytes.toLocaleString("en")} B`;
  return bytes < 1024 ? exact : `${exact} (${humanSize(bytes)})`;
}

/** "+412 KiB", with a true minus sign. */
function signedSize(bytes) {
  return (bytes < 0 ? "\u2212" : "+") + humanSize(Math.abs(bytes));
}

const TIMES = [["s", 1e9], ["ms", 1e6], ["us", 1e3]];

function humanTime(ns) {
  for (const [unit, size] of TIMES) {
    if (ns >= size) return `${Number((ns / size).toPrecision(3))} ${unit}`;
  }
  return `${ns} ns`;
}

function percentOf(part, whole) {
  return whole ? `${((100 * part) / whole).toFixed(1)} %` : "";
}

/** A bar that fills as a limit is used up, or of a share that has no limit. It is only a picture:
 * its words stand beside it. */
function bar(part, whole, isShare) {
  const share = whole ? part / whole : 0;
  const fill = el("i", { class: isShare ? null : share > 1 ? "over" : share >= 0.9 ? "near" : null });
  fill.style.width = `${Math.min(100, 100 * share)}%`;
  return el("span", { class: "bar", "aria-hidden": "true" }, fill);
}

/** A table with a caption; a cell is a text, an element, or {text, number: true}. */
function tableOf(caption, headings, rows) {
  const cell = (tag, each, scope) => {
    const isNumber = each !== null && typeof each === "object" && each.number;
    return el(tag, { class: isNumber ? "number" : null, scope }, isNumber ? each.text : each);
  };
  return el("div", { class: "scroll" },
    el("table", null,
      caption ? el("caption", null, caption) : null,
      el("thead", null, el("tr", null, headings.map((each) => cell("th", each, "col")))),
      el("tbody", null, rows.map(([first, ...rest]) =>
        el("tr", null, cell("th", first, "row"), rest.map((each) => cell("td", each)))))));
}

const number = (text) => ({ text: String(text), number: true });
const counted = (count) => number(count === undefined || count === null ? "\u2014" : count.toLocaleString("en"));

function plural(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** What a script element holds, or null where it is damaged. */
function dataIn(id) {
  try {
    return JSON.parse(document.getElementById(id).textContent);
  } catch {
    return null;
  }
}

const linkTo = (artifact) => `#artifact=${encodeURIComponent(artifact)}`;
