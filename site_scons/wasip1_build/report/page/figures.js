// What was measured of an artifact: sizes against budgets, checks with their counts, phases.

/** Sizes, memory and calls, each with what of its budget is used. */
function sizesOf(artifact) {
  const rows = [];
  const isMoved = (artifact.s || []).some((size) => typeof size[4] === "number");
  const add = (name, value, limit, shown, moved) => {
    rows.push([name, number(value === null ? "not known" : shown(value)),
      ...(isMoved ? [number(moved)] : []),
      number(name === "debug" ? "" : limit === null ? "no budget" : shown(limit)),
      limit === null || value === null ? "" : el("span", { class: "cell" }, bar(value, limit),
        `${Math.ceil((100 * value) / Math.max(limit, 1))} %`)]);
  };
  for (const [form, bytes, target, budget, accepted] of artifact.s || []) {
    const moved = typeof accepted !== "number" ? "new" : accepted === bytes ? "same" : signedSize(bytes - accepted);
    add(target ? `${form}, ${target}` : form, bytes, budget ?? null, exactSize, form === "debug" ? "" : moved);
  }
  const [peak, budget] = artifact.m || [];
  if (typeof peak === "number") add("peak memory of the checks", peak, budget ?? null, exactSize, "");
  for (const [name, limit, calls] of artifact.c || []) {
    add(`${name}, most of a check`, calls, limit, (count) => plural(count, "call"), "");
  }
  return rows.length ? tableOf("", ["form", number("size"), ...(isMoved ? [number("since accepted")] : []),
    number("budget"), "used"], rows) : null;
}

/** Each check with what it did; what was not counted is a dash. */
function checksOf(artifact) {
  const rows = (artifact.k || []).map(([name, verdict, ended, peak, stdout, calls, writes]) => [
    name, el("span", { class: verdict ? "fail" : "pass" }, verdict || "pass"),
    typeof ended === "number" ? `exit ${ended}` : ended || "\u2014",
    number(typeof peak === "number" ? humanSize(peak) : "\u2014"), counted(stdout), counted(calls), counted(writes)]);
  const own = (artifact.k || []).flatMap(([name, , , , , , , calls]) =>
    (calls || []).map(([called, count]) => [name, called, counted(count)]));
  if (!rows.length) return null;
  const isCounted = (artifact.k || []).some((each) => typeof each[5] === "number");
  return el("div", null,
    tableOf("", ["check", "verdict", "ended", number("peak memory"), number("stdout bytes"),
      number("host calls"), number("fd_write calls")], rows),
    isCounted ? null : el("p", { class: "quiet" },
      "Calls are counted where budget.host-calls or budget.fd-write asks for it; ",
      el("code", null, "wasip1 boundary"), " counts them now."),
    own.length ? tableOf("Calls of the host\u2019s own functions", ["check", "function", number("calls")], own) : null);
}

/** The last benchmark, and whether it was of this module. */
function benchOf(artifact, bench, profile) {
  if (!bench || !Object.hasOwn(bench, artifact.a)) return null;
  try {
    return phasesOf(artifact, bench[artifact.a], profile);
  } catch {
    return el("p", null, "It was measured, and its figures are damaged: run ", el("code", null, "scons bench"), " again.");
  }
}

function phasesOf(artifact, record, profile) {
  const isOf = artifact.h && record.module === artifact.h && record.profile === profile;
  const accounts = (record.accounts || []).map((each) => el("li", null,
    el("p", null, `${each.life} of ${each.case}: ${humanTime(each.total_ns)} (computed): ${each.said}`),
    shares(each.shares || [])));
  const figures = (record.figures || []).map(([phase, way, runtime, name, n, median, low, high, facts]) => [
    phase, way, runtime, name, counted(n), number(humanTime(median)),
    number(typeof low === "number" && typeof high === "number" ? `${humanTime(low)} to ${humanTime(high)}` : "\u2014"),
    Object.entries(facts || {}).map(([key, value]) => factText(key, value)).join(", ")]);
  return el("div", null,
    el("p", { class: "quiet" }, `Measured at ${record.at}, ${plural(record.rounds, "round")}. `,
      isOf ? "Of this module." : ["Of another build: run ", el("code", null, "scons bench"), " again."]),
    accounts.length ? el("ul", { class: "findings" }, accounts) : null,
    (record.choices || []).map((line) => el("p", null, line)),
    figures.length ? el("details", null, el("summary", null, plural(figures.length, "figure")),
      tableOf("Median, and between which two times it lies with 95 % certainty", ["phase", "way", "runtime", "case",
        number("n"), number("time"), number("between"), "counted"], figures)) : null,
    el("p", null, el("a", { href: "bench.html" }, "All of the last run of scons bench")));
}

function shares(parts) {
  return el("dl", null, parts.flatMap(([part, share]) =>
    [el("dt", null, part),
      el("dd", null, el("span", { class: "cell" }, bar(share, 1, true), `${(100 * share).toFixed(0)} %`))]));
}

function factText(name, value) {
  if (name.endsWith("_bytes")) return `${name.slice(0, -6)} ${humanSize(value)}`;
  if (name.endsWith("_ns")) return `${name.slice(0, -3)} ${humanTime(value)}`;
  return `${name} ${value.toLocaleString("en")}`;
}
