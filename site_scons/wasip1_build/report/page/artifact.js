// One artifact, all that is known of it.

function showArtifact(place, data, bench) {
  const artifact = data.artifacts[place];
  const view = document.getElementById("artifact");
  const verdict = { pass: "pass", fail: "FAIL" }[artifact.v] || "not built";
  const section = (title, content) => (content ? el("section", null, el("h3", null, title), content) : null);
  view.replaceChildren(...[
    el("nav", { class: "tools", "aria-label": "Artifacts" }, el("a", { href: "#" }, "All artifacts")),
    el("h2", { tabindex: "-1" }, artifact.a, " ", el("span", { class: artifact.v }, verdict)),
    facts(named(["package", "kind", "compiler", "flags"], artifact.d)),
    section("Findings", findingsOf(artifact.a)),
    section("Sizes against budgets", sizesOf(artifact)),
    section("What moved since the sizes were accepted", movedOf(artifact.mv)),
    section("Who owns the bytes", ownersOf(data, place)),
    section("Checks, and what crossed to the host", checksOf(artifact)),
    section("Phases, as last measured", benchOf(artifact, bench, data.profile)),
    el("div", { class: "grid" }, ...[
      section("Grants", grantsOf(artifact)),
      section("Imports", importsOf(artifact, data.shared.preview1)),
      section("Exports", exportsOf(artifact)),
      section("Runtime", facts(runtimeOf(artifact.r))),
      section("Toolchain", facts(artifact.t || [])),
    ].filter(Boolean)),
    artifact.h ? el("p", { class: "quiet" }, "Module: sha256 ", el("code", null, artifact.h), "\u2026") : null,
  ].filter(Boolean));
  return view;
}

function facts(pairs) {
  return pairs.length ? el("dl", null, pairs.flatMap(([name, value]) =>
    [el("dt", null, name), el("dd", null, String(value))])) : null;
}

/** Those of the page that are of this artifact. */
function findingsOf(name) {
  const own = [...document.querySelectorAll("#build li[data-artifact]")]
    .filter((each) => each.dataset.artifact === name).map((each) => each.cloneNode(true));
  return own.length ? el("ul", { class: "findings" }, own) : null;
}

function movedOf(moved) {
  if (!moved || !moved.said.length) return null;
  const rows = moved.rows.map(([name, bytes, chain]) => [name, number(signedSize(bytes)), chain || ""]);
  return el("div", null, moved.said.map((line) => el("p", null, line)), rows.length ? el("details", null,
    el("summary", null, plural(rows.length, "change")), tableOf("", ["package or kind of data", number("moved"), "by which imports"], rows)) : null);
}

function ownersOf(data, place) {
  const owners = data.owners[place];
  if (!owners) return null;
  const more = data.whole ? null : el("p", { class: "quiet" },
    "Of so many artifacts each has its largest packages here; ", el("code", null, "wasip1 why"), " tells all.");
  const why = owners.u ? el("p", null, `Packages are not known: ${owners.u}`) : null;
  return el("div", null, ...[why, treemap(treeOf(owners, data.shared.std)), more].filter(Boolean));
}

function grantsOf(artifact) {
  if (!artifact.d) return null;  // (not built: what it is granted is not in what was made)
  const rows = (artifact.g || []).map(([kind, what, reason]) => [kind, what, reason]);
  return rows.length ? tableOf("", ["capability", "what", "why"], rows) : el("p", null, "Nothing is granted.");
}

/** Each import by module, name and type. */
function importRows(artifact, preview1) {
  return (artifact.i || []).map((each) =>
    (typeof each === "number" ? ["wasi_snapshot_preview1", ...preview1[each]] : each));
}

function importsOf(artifact, preview1) {
  const rows = importRows(artifact, preview1);
  return rows.length ? el("details", null, el("summary", null, plural(rows.length, "function")),
    tableOf("In the module\u2019s order", ["function", "type", "module"],
      rows.map(([module, name, type]) => [name, el("code", null, type), module]))) : null;
}

function exportsOf(artifact) {
  const rows = (artifact.x || []).map(([kind, name, type]) => [name, kind, el("code", null, type)]);
  return rows.length ? el("details", null, el("summary", null, plural(rows.length, "export")),
    tableOf("", ["name", "kind", "type"], rows)) : null;
}

function runtimeOf(values) {
  const [lifetime, gogc, limit, most, timeout] = values || [];
  return named(["lifetime", "gogc", "memory-limit", "max-memory", "timeout"], [lifetime, gogc,
    limit && exactSize(limit), most && exactSize(most), timeout && humanTime(timeout)]);
}

/** Names with their values, but for those that have none. */
function named(names, values) {
  return names.map((name, at) => [name, (values || [])[at]]).filter(([, value]) => value);
}
