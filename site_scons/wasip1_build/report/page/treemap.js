// Who owns the bytes: areas to look at and to walk through by keyboard, and the same as a table.

const HUES = 7;

/** The owners of a module as a tree: groups of parts, each {name, bytes, functions}. */
function treeOf(owners, standard) {
  const modules = new Map(Object.entries(owners.p || {}));
  const numbers = (owners.s || "").split(" ").filter(Boolean).map((digits) => Number.parseInt(digits, 36));
  if (numbers.length) {
    const known = numbers.map((each, at) => (at % 3 ? each : standard[each]));
    modules.set("std", known.concat(modules.get("std") || []));
  }
  const groups = [...modules].map(([module, flat]) => {
    const parts = [];
    for (let at = 0; at < flat.length; at += 3) {
      parts.push({ name: flat[at] || "(smaller packages)", bytes: flat[at + 1], functions: flat[at + 2] });
    }
    return { name: module === "std" ? "standard library" : module || "(of no module)", parts };
  });
  if (owners.c) groups.push({ name: "code", parts: [{ name: "code, by package not known", bytes: owners.c }] });
  for (const [name, members] of [["data", owners.d], ["rest of the file", owners.o]]) {
    const parts = Object.entries(members || {}).map(([kind, bytes]) => ({ name: kind, bytes }));
    if (parts.length) groups.push({ name, parts });
  }
  for (const group of groups) {
    group.parts = group.parts.filter((part) => part.bytes > 0).sort((a, b) => b.bytes - a.bytes);
    group.bytes = group.parts.reduce((sum, part) => sum + part.bytes, 0);
  }
  groups.sort((a, b) => b.bytes - a.bytes);
  groups.forEach((group, place) => {
    group.hue = `h${place % HUES}`;
    group.parts.forEach((part) => { part.hue = group.hue; part.group = group; });
  });
  return groups;
}

/** Rectangles in proportion, as near to squares as rows of them can be (Bruls, Huizing, van Wijk:
 * Squarified Treemaps, 2000). Parts are by size, the largest first. */
function squarified(parts, x, y, width, height) {
  const whole = parts.reduce((sum, part) => sum + part.bytes, 0);
  const found = [];
  const scale = (width * height) / whole;
  let start = 0;
  while (start < parts.length && width > 0 && height > 0) {
    const side = Math.min(width, height);
    let end = start;
    let area = 0;
    let worst = Infinity;
    while (end < parts.length) {
      const more = area + parts[end].bytes * scale;
      const ratio = Math.max((side * side * parts[start].bytes * scale) / (more * more),
        (more * more) / (side * side * parts[end].bytes * scale));
      if (ratio > worst) break;
      [worst, area, end] = [ratio, more, end + 1];
    }
    const thick = area / side;
    let along = 0;
    for (; start < end; start += 1) {
      const long = (parts[start].bytes * scale) / thick;
      found.push(width >= height
        ? [parts[start], x, y + along, thick, long] : [parts[start], x + along, y, long, thick]);
      along += long;
    }
    if (width >= height) { x += thick; width -= thick; } else { y += thick; height -= thick; }
  }
  return found;
}

/** The map with its path, its search and its table. */
function treemap(groups) {
  const whole = groups.reduce((sum, group) => sum + group.bytes, 0);
  const map = el("div", { class: "treemap", role: "group", "aria-label": "Bytes by owner" });
  const path = el("nav", { class: "tools", "aria-label": "Where in the file" });
  const table = el("div");
  const status = el("span", { class: "quiet", role: "status" });
  const input = el("input", { type: "search", placeholder: "Find a package",
    "aria-label": "Find a package or a kind of data", input: () => draw() });
  let inside = null;

  const isMatch = (part) => {
    const word = input.value.trim().toLowerCase();
    return !word || part.name.toLowerCase().includes(word);
  };
  const said = (part) => `${part.name}, ${exactSize(part.bytes)}, ${percentOf(part.bytes, whole)} of the file`
    + (part.functions ? `, ${plural(part.functions, "function")}` : "");
  const enter = (group, focus) => {
    inside = group;
    draw();
    if (focus) (map.querySelector("button") || input).focus();
  };

  function cell(part, x, y, width, height, group) {
    const button = el("button", { type: "button", class: `${part.hue}${group ? " group" : ""}`,
      title: said(part), "aria-label": said(part), tabindex: "-1",
      click: () => { if (!inside) enter(group ? part : part.group, true); } },
    width > 24 && height > 14 ? part.name : "");
    if (!(group ? part.parts.some(isMatch) : isMatch(part))) button.classList.add("other-match");
    Object.assign(button.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
    map.append(button);
  }

  function drawMap() {
    map.replaceChildren();
    const { clientWidth: width, clientHeight: height } = map;
    if (inside) {
      for (const [part, ...place] of squarified(inside.parts, 0, 0, width, height)) {
        if (place[2] >= 2 && place[3] >= 2) cell(part, ...place, false);
      }
    } else {
      for (const [group, x, y, wide, high] of squarified(groups, 0, 0, width, height)) {
        cell(group, x, y, wide, high, true);
        if (wide < 40 || high < 40) continue;
        for (const [part, ...place] of squarified(group.parts, x + 1, y + 18, wide - 2, high - 19)) {
          if (place[2] >= 6 && place[3] >= 6) cell(part, ...place, false);
        }
      }
    }
    map.querySelector("button")?.setAttribute("tabindex", "0");
  }

  function drawTable() {
    const parts = (inside ? [inside] : groups).flatMap((group) => group.parts).filter(isMatch)
      .sort((a, b) => b.bytes - a.bytes);
    const most = 200;
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    status.textContent = input.value.trim()
      ? `${plural(parts.length, "match").replace("matchs", "matches")}, ${humanSize(bytes)}` : "";
    const rows = parts.slice(0, most).map((part) => [
      part.name, part.group.name, number(part.bytes.toLocaleString("en")),
      number(percentOf(part.bytes, whole)), counted(part.functions), bar(part.bytes, parts[0].bytes, true)]);
    const more = parts.length > most ? `, the largest ${most} of ${parts.length}` : "";
    table.replaceChildren(tableOf(`${inside ? inside.name : "The whole file"}: ${exactSize(bytes)}${more}`,
      ["owner", "module or kind", number("bytes"), number("of the file"), number("functions"), ""], rows));
  }

  function draw() {
    const step = (text, group) => el("button", { type: "button",
      "aria-current": inside === group ? "true" : null, click: () => enter(group, false) }, text);
    path.replaceChildren(step("whole file", null), ...groups.map((group) =>
      step(`${group.name} ${humanSize(group.bytes)}`, group)));
    drawMap();
    drawTable();
  }

  map.addEventListener("keydown", (event) => walk(event, map, () => {
    const wasInside = inside !== null;
    if (wasInside) enter(null, true);
    return wasInside;
  }));
  new ResizeObserver(() => drawMap()).observe(map);
  draw();
  return el("div", null, path, el("div", { class: "tools" }, input, status), map, table);
}

/** Arrows go to what lies next in their direction, Escape and Backspace out of a group. */
function walk(event, map, out) {
  if (event.key === "Escape" || event.key === "Backspace") {
    if (out()) {
      event.preventDefault();
      event.stopPropagation();
    }
    return;
  }
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!way || event.target === map) return;
  event.preventDefault();
  const centre = (each) => [each.offsetLeft + each.offsetWidth / 2, each.offsetTop + each.offsetHeight / 2];
  const [x, y] = centre(event.target);
  let best = null;
  let least = Infinity;
  for (const each of map.children) {
    const [dx, dy] = [centre(each)[0] - x, centre(each)[1] - y];
    const ahead = dx * way[0] + dy * way[1];
    const aside = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
    if (each !== event.target && ahead > 0.5 && ahead + 2 * aside < least) [best, least] = [each, ahead + 2 * aside];
  }
  if (!best) return;
  event.target.tabIndex = -1;
  best.tabIndex = 0;
  best.focus();
}
