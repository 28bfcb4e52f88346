// What is shown is what the address names: all artifacts, or the one of #artifact=DIR:NAME.

const data = dataIn("data");
const bench = dataIn("bench");

/** The place of the artifact that the address names; -1 for none, null where there is no such. */
function asked() {
  const match = /^#artifact=(.*)$/s.exec(location.hash);
  if (!match) return -1;
  let name = match[1];
  try {
    name = decodeURIComponent(name);
  } catch {
    return null;
  }
  const place = data.artifacts.findIndex((each) => each.a === name);
  return place < 0 ? null : place;
}

let scrolled = 0;

function show(isFirst) {
  const place = asked();
  const all = document.getElementById("build");
  const one = document.getElementById("artifact");
  if (!all.hidden) scrolled = window.scrollY;
  all.hidden = place !== -1;
  one.hidden = place === -1;
  if (place === -1) {
    one.replaceChildren();
    document.title = title;
    window.scrollTo(0, scrolled);
    return;
  }
  if (place === null) {
    one.replaceChildren(el("p", null, "This build has no such artifact. ", el("a", { href: "#" }, "All artifacts")));
    return;
  }
  showArtifact(place, data, bench);
  document.title = `${data.artifacts[place].a}: ${title}`;
  window.scrollTo(0, 0);
  if (!isFirst) one.querySelector("h2").focus();
}

const title = document.title;
if (data) {
  enhanceTable(data.artifacts);
  showWorkspace(data);
  show(true);
  addEventListener("hashchange", () => show(false));
  addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof HTMLInputElement;
    if (event.key === "/" && !isTyping && !document.getElementById("build").hidden) {
      event.preventDefault();
      document.getElementById("filter").focus();
    } else if (event.key === "Escape" && !isTyping && asked() !== -1) {
      location.hash = "";
    }
  });
}
