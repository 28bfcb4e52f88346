"""The page as a person uses it, in a real Chromium: what it shows, and what it lets be done."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.browser import MISSING, Browser, browser, chromium
from page_fixture import HARMFUL, hostile, mixed
from wasip1_build.report.page.page import html_page
from wasip1_build.texts import escaped

# The least contrast of each text with what is behind it (WCAG 2.2, 1.4.3), of all that is visible.
CONTRAST = """
(() => {
  const channel = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (each) => {
    for (let at = each; at; at = at.parentElement) {
      const color = numbers(getComputedStyle(at).backgroundColor);
      if (color.length < 4 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const at = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !at.checkVisibility()) continue;
    const [a, b] = [light(numbers(getComputedStyle(at).color)), light(behind(at))];
    found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), walker.currentNode.data]);
  }
  return found.sort((one, other) => one[0] - other[0])[0];
})()
"""


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    program = chromium()
    if program is None:
        pytest.skip(MISSING)
    with browser(program) as found:
        yield found


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("page")
    file = directory / "index.html"
    file.write_text(mixed(directory), "utf-8")
    return file


@pytest.fixture
def opened(chrome: Browser, page: Path) -> Iterator[Browser]:
    """All artifacts. Whatever is done then, nothing is loaded and nothing is complained of."""
    chrome.screen(1280, 900)
    chrome.open(page)
    yield chrome
    assert chrome.console == []
    assert [each.partition("#")[0] for each in chrome.requests] == [page.resolve().as_uri()]


def text(of: Browser, selector: str) -> str:
    return str(of.value(f"document.querySelector({json.dumps(selector)}).innerText"))


def texts(of: Browser, selector: str) -> list[str]:
    """Of all that is visible."""
    listed = f"[...document.querySelectorAll({json.dumps(selector)})]"
    found: list[str] = of.value(
        f"{listed}.filter(each => each.checkVisibility()).map(each => each.innerText.trim())"
    )
    return found


def click(of: Browser, selector: str) -> None:
    of.value(f"document.querySelector({json.dumps(selector)}).click()")


def settle(of: Browser) -> None:
    """Until the address and the layout have had their effect."""
    of.painted_ms()


def go(of: Browser, fragment: str) -> None:
    of.value(f"location.hash = {json.dumps(fragment)}")
    settle(of)


def focused(of: Browser) -> str:
    return str(of.value("document.activeElement.getAttribute('aria-label') || ''"))


def test_verdicts_and_findings_come_first_and_a_note_is_folded_away(opened: Browser) -> None:
    assert text(opened, "h1") == "WASI modules"
    assert text(opened, "#totals").startswith("3 artifacts: 1 passed, 1 failed, 1 not built")
    assert "broken is too large" in text(opened, "ul.findings .error")
    assert texts(opened, "#notes li") == []
    click(opened, "#notes summary")
    assert "hello has no size budget" in texts(opened, "#notes li")[0]
    assert texts(opened, "#artifacts tbody th") == ["hello", "broken", "later"]


def test_a_column_sorts_by_what_its_texts_stand_for(opened: Browser) -> None:
    def order() -> list[str]:
        return texts(opened, "#artifacts tbody th")

    wasm = "#artifacts th:nth-child(3) button"
    click(opened, wasm)
    assert order() == ["hello", "broken", "later"]  # 2.31MiB before 801B
    assert opened.value("document.querySelector('[aria-sort]').ariaSort") == "descending"
    click(opened, wasm)
    assert order() == ["later", "broken", "hello"]
    click(opened, "#artifacts th:last-child button")
    assert order() == ["broken", "later", "hello"]  # what failed first
    click(opened, "#artifacts th:first-child button")
    assert order() == ["broken", "hello", "later"]
    assert opened.value("document.querySelectorAll('[aria-sort]').length") == 1


def test_the_table_is_filtered_by_name_and_by_verdict(opened: Browser) -> None:
    opened.press("/")
    for letter in "brok":
        opened.press(letter)
    assert texts(opened, "#artifacts tbody th") == ["broken"]
    assert text(opened, "#tools [role=status]") == "1 of 3 shown"
    opened.value("(i => { i.value = ''; i.dispatchEvent(new Event('input')) })(filter)")
    click(opened, "#tools button:nth-of-type(2)")
    assert texts(opened, "#artifacts tbody th") == ["later"]
    assert texts(opened, "#tools [aria-pressed=true]") == ["not built: 1"]
    click(opened, "#tools button:nth-of-type(2)")
    assert len(texts(opened, "#artifacts tbody th")) == 3


def test_an_artifact_opens_to_all_that_is_known_of_it(opened: Browser) -> None:
    click(opened, "#artifacts tbody a")
    settle(opened)
    assert opened.value("location.hash") == "#artifact=.%3Ahello"
    assert texts(opened, "#artifacts") == []
    assert text(opened, "h2") and opened.value("document.activeElement.tagName") == "H2"
    shown = text(opened, "#artifact")
    for part in (
        "./cmd/hello",
        "hello has no size budget",
        "536,117 B (524 KiB)",
        "90 %",
        "/out from out",
        "thumbnails",
        "max-memory",
        "1,234",
        "env.emit",
        "cold start of c: 90 ms (computed): delivery dominates",
        "Of this module.",
        "ab" * 8,
    ):
        assert part in shown
    opened.press("Escape")
    settle(opened)
    assert len(texts(opened, "#artifacts tbody th")) == 3


def test_an_address_names_its_artifact_and_a_wrong_one_says_so(opened: Browser, page: Path) -> None:
    opened.open(page, "#artifact=x%3Abroken")
    assert text(opened, "#artifact h2") == "x:broken FAIL"
    assert "broken is too large" in text(opened, "#artifact")
    assert opened.value("document.title").startswith("x:broken: ")
    assert "101 %" in text(opened, "#artifact")
    opened.open(page, "#artifact=y%3Alater")
    assert text(opened, "#artifact h2") == "y:later not built"
    for wrong in ("none", "%E0%A4%A"):
        opened.open(page, f"#artifact={wrong}")
        assert "no such artifact" in text(opened, "#artifact")


def test_the_treemap_has_every_byte_and_its_table_says_the_same(opened: Browser) -> None:
    go(opened, "artifact=.%3Ahello")
    caption = next(each for each in texts(opened, "#artifact caption") if "whole file" in each)
    assert caption == "The whole file: 2,426,797 B (2.31 MiB)"
    cells = opened.value("[...document.querySelectorAll('.treemap button')].map(b => b.ariaLabel)")
    assert "encoding/json, 180,000 B (176 KiB), 7.4 % of the file, 210 functions" in cells
    assert "standard library, 670,000 B (654 KiB), 27.6 % of the file" in cells
    areas = opened.value(
        "[...document.querySelectorAll('.treemap .group')].map(b =>"
        " [b.ariaLabel.split(',')[0], parseFloat(b.style.width) * parseFloat(b.style.height)])"
    )
    sizes = {"data": 1_675_000, "standard library": 670_000, "example.com/x": 60_000}
    known = dict(areas)
    for name, size in sizes.items():
        assert known[name] / sum(known.values()) == pytest.approx(size / 2_426_797, rel=0.02)


def test_the_treemap_is_walked_by_keys_alone(opened: Browser) -> None:
    go(opened, "artifact=.%3Ahello")
    opened.value("document.querySelector('.treemap button').focus()")
    assert focused(opened).startswith("data, ")
    assert opened.value("document.querySelectorAll('.treemap [tabindex=\"0\"]').length") == 1
    for _ in range(6):
        opened.press("ArrowRight")
        if focused(opened).startswith(("runtime, ", "standard library, ")):
            break
    assert focused(opened).startswith(("runtime, ", "standard library, "))
    opened.press("Enter")
    inside = texts(opened, "#artifact .treemap button")
    assert inside == ["runtime", "encoding/json", "fmt"]
    assert focused(opened).startswith("runtime, ")
    opened.press("ArrowRight")
    assert not focused(opened).startswith("runtime, ")
    opened.press("Escape")  # out of the group, and not yet out of the artifact
    assert "data" in texts(opened, "#artifact .treemap button")
    opened.press("Escape")
    settle(opened)
    assert len(texts(opened, "#artifacts tbody th")) == 3


def test_a_package_is_found_by_a_part_of_its_name(opened: Browser) -> None:
    go(opened, "artifact=.%3Ahello")
    find = "document.querySelector('#artifact input')"
    opened.value(f"{find}.value = 'JSON'; {find}.dispatchEvent(new Event('input'))")
    clear = "document.querySelectorAll('.treemap button:not(.other-match)')"
    assert opened.value(f"[...{clear}].map(each => each.innerText.trim())") == [
        "standard library",
        "encoding/json",
    ]
    assert "1 match, 176 KiB" in texts(opened, "#artifact [role=status]")


def test_what_all_artifacts_have_in_common_is_below_the_table(opened: Browser) -> None:
    for title in ("Grants", "Imports", "Toolchains"):
        assert title in texts(opened, "#workspace summary")
    opened.value("document.querySelectorAll('#workspace > details').forEach(d => d.open = true)")
    settle(opened)
    assert "directory, rw" in texts(opened, "#workspace tbody")[0].splitlines()[0]
    assert "emit\t(i32)\tenv\t1\t.:hello" in text(opened, "#workspace")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("fragment", ["", "#artifact=.%3Ahello", "#artifact=x%3Abroken"])
def test_every_text_stands_out_and_fits_on_a_phone(
    opened: Browser, page: Path, scheme: str, fragment: str
) -> None:
    opened.screen(360, 740, ("prefers-color-scheme", scheme))
    opened.open(page, fragment)
    opened.value("document.querySelectorAll('details').forEach(each => { each.open = true })")
    settle(opened)
    ratio, where = opened.value(CONTRAST)
    assert ratio >= 4.5, where
    assert opened.value("document.documentElement.scrollWidth") <= 360


def test_nothing_moves_for_who_does_not_want_it(opened: Browser, page: Path) -> None:
    moves = (
        "[...document.querySelectorAll('*')]"
        ".filter(e => parseFloat(getComputedStyle(e).transitionDuration) > 0).length"
    )
    assert opened.value(moves) > 0
    opened.screen(1280, 900, ("prefers-reduced-motion", "reduce"))
    opened.open(page)
    assert opened.value(moves) == 0


def test_without_a_script_the_table_and_the_findings_are_there(opened: Browser, page: Path) -> None:
    opened.command("Emulation.setScriptExecutionDisabled", value=True)
    try:
        opened.open(page)
        assert "broken is too large" in text(opened, "ul.findings")
        assert texts(opened, "#artifacts tbody th") == ["hello", "broken", "later"]
        assert texts(opened, "#tools, #artifact, button") == []
    finally:
        opened.command("Emulation.setScriptExecutionDisabled", value=False)


def test_figures_of_another_module_and_damaged_ones_are_not_taken_for_this_one(
    opened: Browser, page: Path
) -> None:
    other = page.with_name("other.html")
    for before, after, said in (
        ('"module": "abab', '"module": "cdab', "Of another build"),
        ('{".:hello": {"at"', '{".:hello": {"at', "peak memory of the checks"),
        ('"rounds": 12', '"rounds": null', "its figures are damaged"),
    ):
        other.write_text(page.read_text("utf-8").replace(before, after), "utf-8")
        assert other.read_bytes() != page.read_bytes()
        opened.open(other, "#artifact=.%3Ahello")
        assert said in text(opened, "#artifact")
        assert "Of this module" not in text(opened, "#artifact")
    opened.open(page)


@pytest.fixture(scope="module")
def harmful_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("hostile")
    file = directory / "index.html"
    bench: dict[str, Any] = {
        f"{name}:{name}": {"at": name, "rounds": 1, "choices": [name]} for name in HARMFUL
    }
    file.write_text(html_page(hostile(directory), json.dumps(bench)), "utf-8")
    return file


def test_no_name_is_more_than_a_text(chrome: Browser, harmful_page: Path) -> None:
    chrome.screen(1280, 900)
    chrome.open(harmful_page)
    chrome.value("document.querySelectorAll('details').forEach(each => { each.open = true })")
    settle(chrome)
    everything = chrome.value("document.documentElement.innerText")
    for place, name in enumerate(HARMFUL):
        shown = escaped(name)
        assert shown in everything
        click(chrome, f"#artifacts tbody tr:nth-child({place + 1}) a")
        settle(chrome)
        chrome.value("document.querySelectorAll('details').forEach(each => { each.open = true })")
        assert text(chrome, "#artifact h2") == f"{shown}:{shown} FAIL"
        assert text(chrome, "#artifact").count(shown) > 12
        labels = chrome.value(
            "[...document.querySelectorAll('.treemap button')].map(each => each.ariaLabel)"
        )
        assert any(label.startswith(f"{shown}, 100 B") for label in labels)
        go(chrome, "")
    assert chrome.value("window.harmed === undefined && ({}).harmed === undefined")
    assert chrome.value("document.querySelectorAll('img, script').length") == 3
    assert chrome.value("[...document.links].every(each => /^(file|#)/.test(each.href))")
    assert chrome.value("[...document.querySelectorAll('*')].every(e => !e.onmouseover)")
    assert chrome.requests == [harmful_page.resolve().as_uri()]
    assert chrome.console == []


def test_a_script_that_is_not_the_pages_own_is_not_run(chrome: Browser, harmful_page: Path) -> None:
    changed = harmful_page.with_name("changed.html")
    added = "<script>window.harmed = 1</script><img src='http://127.0.0.1:9/'></main>"
    changed.write_text(harmful_page.read_text("utf-8").replace("</main>", added), "utf-8")
    chrome.open(changed)
    assert chrome.value("window.harmed === undefined")
    assert any("Content Security Policy" in each for each in chrome.console)
    shutil.copyfile(harmful_page, changed)
    chrome.open(changed)
    assert chrome.console == []
