// What is to be seen over all artifacts: what they are granted, import, and are made by.

const REVIEW = new Set(["capability-new", "capability-gone", "capability-changed", "grants-file"]);

function showWorkspace(data) {
  const place = document.getElementById("workspace");
  const has = (member) => data.artifacts.some((each) => each[member]);
  const part = (title, content) => {
    // Made when it is first looked at: a thousand artifacts have tens of thousands of imports.
    const made = el("details", { toggle: () => { if (made.children.length === 1) made.append(content()); } },
      el("summary", null, el("h2", null, title)));
    return made;
  };
  if (has("d")) place.append(part("Grants", () => allGrants(data.artifacts)));
  if (has("i")) place.append(part("Imports", () => allImports(data.artifacts, data.shared.preview1)));
  if (has("t")) place.append(part("Toolchains", () => allTools(data.artifacts)));
}

const link = (artifact) => el("a", { href: linkTo(artifact.a) }, artifact.a);

/** Links to some artifacts, the first of many. */
function links(artifacts) {
  const most = 20;
  const shown = artifacts.slice(0, most).flatMap((each, at) => (at ? [", ", link(each)] : [link(each)]));
  if (artifacts.length > most) shown.push(` and ${artifacts.length - most} more`);
  return el("span", null, shown);
}

function allGrants(artifacts) {
  const rows = artifacts.flatMap((each) => (each.g || []).map((grant) => ({ each, grant })));
  const rank = (kind) => (kind === "directory, rw" ? 0 : kind.startsWith("directory") ? 1 : 2);
  rows.sort((one, other) => rank(one.grant[0]) - rank(other.grant[0]));
  const differ = [...document.querySelectorAll("#build .findings code")].filter((each) => REVIEW.has(each.textContent));
  return el("div", null,
    el("p", null, differ.length
      ? [`${plural(differ.length, "finding")} above: capabilities are not as they were accepted. Review them, then run `,
        el("code", null, "scons grants"), "."]
      : "No difference from accepted capabilities was found, where a wasip1.grants has them."),
    rows.length ? tableOf("What writes comes first", ["artifact", "capability", "what", "why"],
      rows.slice(0, 500).map(({ each, grant }) => [link(each), ...grant])) : el("p", null, "Nothing is granted."),
    rows.length > 500 ? el("p", { class: "quiet" }, `and ${rows.length - 500} more`) : null);
}

function allImports(artifacts, preview1) {
  const users = new Map();
  for (const artifact of artifacts) {
    const seen = new Set();
    for (const [module, name, type] of importRows(artifact, preview1)) {
      const key = JSON.stringify([module, name, type]);
      if (seen.has(key)) continue;  // Go imports fd_write twice
      seen.add(key);
      if (!users.has(key)) users.set(key, []);
      users.get(key).push(artifact);
    }
  }
  const rows = [...users].map(([key, found]) => [JSON.parse(key), found]);
  rows.sort((one, other) => one[1].length - other[1].length || (one[0][1] < other[0][1] ? -1 : 1));
  return tableOf("What few import comes first",
    ["function", "type", "module", number("artifacts"), "which"],
    rows.map(([[module, name, type], found]) => [name, el("code", null, type), module, counted(found.length),
      found.length === artifacts.length && found.length > 1 ? "all" : links(found)]));
}

function allTools(artifacts) {
  const users = new Map();
  for (const artifact of artifacts) {
    for (const [name, version] of artifact.t || []) {
      const key = JSON.stringify([name, version]);
      if (!users.has(key)) users.set(key, []);
      users.get(key).push(artifact);
    }
  }
  const rows = [...users].sort().map(([key, found]) => [...JSON.parse(key), counted(found.length), links(found)]);
  return tableOf("", ["tool", "version", number("artifacts"), "which"], rows);
}
