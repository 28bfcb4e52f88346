"""What the page is given: small, safe within a script element, and the same in every build."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from page_fixture import DATA, HARMFUL, MANIFEST, PACKAGES, REST, hostile, mixed, owners
from report_files import CHECKS, outcome
from wasip1_build.report.page import page as pages
from wasip1_build.report.page.assets import SCRIPTS, assets
from wasip1_build.report.page.bench_part import bench_part
from wasip1_build.report.page.data import artifact_data, in_script, page_json
from wasip1_build.report.page.owners import owners_data, standard_packages
from wasip1_build.report.page.page import html_page
from wasip1_build.report.render import render
from wasip1_build.report.rendering import Rendering
from wasip1_build.report.summary import report, summarize
from wasip1_build.steps.owners import Owner

PAGE = Path(pages.__file__).parent


def read_owners(text: str) -> dict[str, list[list[Any]]]:
    """By module its packages, as the script reads them."""
    record = json.loads(text)
    modules = {
        module: [flat[at : at + 3] for at in range(0, len(flat), 3)]
        for module, flat in record["p"].items()
    }
    numbers = [int(digits, 36) for digits in record["s"].split()]
    for at in range(0, len(numbers), 3):
        name = standard_packages()[numbers[at]]
        modules.setdefault("std", []).append([name, numbers[at + 1], numbers[at + 2]])
    return modules


@pytest.mark.parametrize("text", HARMFUL)
def test_json_in_a_page_has_nothing_that_ends_its_element(text: str) -> None:
    written = page_json({text: [text]})
    assert "<" not in written and written.isascii() and written.isprintable()
    assert json.loads(written)
    kept = in_script(json.dumps(text, ensure_ascii=False))
    assert "<" not in kept and "\u2028" not in kept and json.loads(kept) == text


def test_all_packages_come_back_from_the_pages_data() -> None:
    text = owners_data(owners())
    found = read_owners(text)
    assert sum(size for each in found.values() for _, size, _ in each) == 751_000
    assert ["encoding/json", 180_000, 210] in found["std"]
    assert found["example.com/x"] == [["example.com/x/render", 60_000, 40]]
    assert (json.loads(text)["d"], json.loads(text)["o"]) == (DATA, REST)


def test_a_standard_package_that_is_not_listed_is_written_out() -> None:
    assert "brand/new" not in standard_packages()
    found = read_owners(owners_data(owners((Owner("brand/new", "std", 9, 1),))))
    assert found == {"std": [["brand/new", 9, 1]]}


def test_the_list_of_standard_packages_is_sorted_and_has_no_name_twice() -> None:
    listed = standard_packages()
    assert list(listed) == sorted(set(listed)) and {"fmt", "net/http", "runtime"} <= set(listed)


def test_where_there_is_no_room_the_smallest_of_each_module_are_one() -> None:
    found = read_owners(owners_data(owners(), 2))
    assert found["std"] == [
        ["", 90_000, 80],
        ["runtime", 400_000, 900],
        ["encoding/json", 180_000, 210],
    ]
    assert found["example.com/hello"] == [["", 20_000, 12]]
    assert sum(size for each in found.values() for _, size, _ in each) == 751_000


def test_where_there_is_no_room_small_sections_are_one() -> None:
    sections = {"data framing": 990, "type": 8, "import": 2}
    assert json.loads(owners_data(owners(sections=sections)))["o"] == sections
    few = json.loads(owners_data(owners(sections=sections), 2))["o"]
    assert few == {"data framing": 990, "other sections": 10}


def test_why_packages_are_not_known_is_said_with_what_all_code_takes() -> None:
    record = json.loads(owners_data(owners((), unknown="no names")))
    assert (record["u"], record["c"]) == ("no names", 751_000)
    assert "u" not in json.loads(owners_data(owners()))


def test_what_nothing_is_known_of_takes_no_room(tmp_path: Path) -> None:
    one = summarize(outcome(tmp_path, "x:a", sizes=None, checks=None, manifest=None, gate=None))
    assert json.loads(artifact_data(one)) == {"a": "x:a", "v": "not-built"}


@pytest.mark.parametrize("wrong", [None, 3, "x", [], {}, [3], {"x": []}])
def test_a_manifest_of_other_types_is_shown_as_far_as_it_can_be(wrong: Any, tmp_path: Path) -> None:
    names = [name for name in MANIFEST if name != "verdict"]
    manifest = {"verdict": "pass", **dict.fromkeys(names, wrong)}
    checks = CHECKS | {"checks": [{"name": "c", "verdict": "pass", "forms": wrong}]}
    one = summarize(outcome(tmp_path, "x:a", manifest=manifest, checks=checks))
    assert one.verdict == "pass"
    assert json.loads(artifact_data(one))["k"] == [["c", 0, ""]]


def test_imports_are_there_without_a_manifest_and_known_ones_by_position(tmp_path: Path) -> None:
    imports = tmp_path / "a.imports.json"
    odd = {"module": "wasi_snapshot_preview1", "name": "fd_write", "type": "()"}
    imports.write_text(json.dumps({"imports": [*MANIFEST["imports"], odd]}))
    made = replace(outcome(tmp_path, "x:a", manifest=None, gate=None), imports=imports)
    known, own, other = json.loads(artifact_data(summarize(made)))["i"]
    assert isinstance(known, int) and own == ["env", "emit", "(i32)"]
    assert other == ["wasi_snapshot_preview1", "fd_write", "()"]


def many(directory: Path, number: int) -> Rendering:
    directory.mkdir()
    (one,) = render(report("release", [outcome(directory, ".:a")]), directory).artifacts.values()
    long = one._replace(
        notes=f"<li>{'n' * 1000}</li>",
        owners='"every"',
        largest_owners='"most"',
        findings=(0, 0, 1),
    )
    artifacts = {f"x:a{each:04}": long for each in range(number)}
    return Rendering("release", artifacts, render(report("release", []), directory).workspace)


def test_a_page_that_would_be_too_large_has_the_largest_packages_and_some_notes(
    tmp_path: Path,
) -> None:
    large = html_page(many(tmp_path / "large", 1500))
    assert len(large) < 2_000_000
    assert '"whole":false' in large and '"most"' in large and '"every"' not in large
    assert "The others are in report.md" in large and large.count("<li>nnn") == 99
    small = html_page(many(tmp_path / "small", 2))
    assert '"whole":true' in small and small.count("<li>nnn") == 2
    assert "report.md" not in small


def test_errors_come_before_warnings_of_other_artifacts(tmp_path: Path) -> None:
    text = mixed(tmp_path)
    assert text.index("broken is too large") < text.index("hello has no size budget")


def test_all_of_the_style_and_of_the_scripts_is_in_the_page() -> None:
    written = {path.stem for path in PAGE.glob("*.js")}
    assert written == set(SCRIPTS)
    own = assets()
    assert all((PAGE / f"{name}.js").read_text() in own.script for name in SCRIPTS)
    assert "</" not in own.script.replace("</script", "") and "</script" not in own.script
    for name in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert name not in own.script
    assert (
        max(len(path.read_text().splitlines()) for path in PAGE.iterdir() if path.is_file()) < 400
    )


def test_the_policy_lets_only_this_style_and_this_script_be(tmp_path: Path) -> None:
    policy = assets().policy
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy and "http" not in policy
    assert policy in mixed(tmp_path)
    changed = replace(assets(), script=assets().script + " ")
    assert changed.policy != policy


def test_a_page_says_the_same_each_time(tmp_path: Path) -> None:
    pairs = [html_page(hostile(tmp_path / name)) for name in "ab"]
    assert pairs[0] == pairs[1]


def test_figures_that_are_too_many_are_left_out_and_what_follows_from_them_is_not() -> None:
    before = {"x:a": {"accounts": ["kept"], "figures": ["f" * 400_000]}}
    found = json.loads(bench_part([], json.dumps(before)))
    assert found == {"x:a": {"accounts": ["kept"], "figures": []}}
    few = {"x:a": {"accounts": [], "figures": ["f"]}, "x:b": 3}
    assert json.loads(bench_part([], json.dumps(few))) == {"x:a": few["x:a"]}
    for damaged in ("", "{", "[]", "null"):
        assert bench_part([], damaged) == "{}"


def test_the_packages_of_the_fixture_are_the_largest_first() -> None:
    sizes = [each.code_bytes for each in PACKAGES]
    assert sizes == sorted(sizes, reverse=True)
