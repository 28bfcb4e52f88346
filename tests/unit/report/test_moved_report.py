"""What moved a size is a few lines on the terminal and in Markdown, and whole in JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from jsonschema import Draft7Validator

from report_files import outcome
from wasip1_build.measure.moved import Moved, moved
from wasip1_build.report.cells import delta_cell
from wasip1_build.report.console import table
from wasip1_build.report.json_report import json_report
from wasip1_build.report.markdown import markdown_report
from wasip1_build.report.moved import MANY, moved_lines
from wasip1_build.report.render import render
from wasip1_build.report.summary import Report, Summary, summarize
from wasip1_build.schema_files import schema_path
from wasip1_build.spec.sizes_file import Accepted

KIB = 1024
BEFORE = Accepted(
    "go 1.27.3",
    {"wasm": 2_426_797 - 412 * KIB, "br": 500},
    code_bytes={"std": {"encoding/json": 100 * KIB}, "example.com/x": {"main": 5}},
    data_bytes={"pclntab": 300 * KIB},
    modules={"example.com/x": "(devel)"},
)
NOW = replace(
    BEFORE,
    size_bytes={"wasm": 2_426_797, "br": 500},
    code_bytes={
        "std": {"encoding/json": 280 * KIB, "reflect": 95 * KIB, "unicode": 20 * KIB},
        "example.com/x": {"main": 5},
    },
    data_bytes={"pclntab": 400 * KIB},
    modules={"example.com/x": "(devel)", "example.com/y": "v1.2.0"},
)
IMPORTS = {"main": ("encoding/json",), "encoding/json": ("reflect",), "reflect": ("unicode",)}
MOVED = replace(moved(BEFORE, NOW, IMPORTS, "main"), tidy="clean")


def summary(directory: Path, told: Moved | None, accepted: int | None) -> Summary:
    found = summarize(outcome(directory, ".:hello"))
    sizes = tuple(
        replace(size, accepted_bytes=accepted) if size.form == "wasm" else size
        for size in found.sizes
    )
    return replace(found, sizes=sizes, moved=told)


def test_a_delta_is_told_by_package_with_its_chain() -> None:
    assert moved_lines("hello", MOVED) == (
        "hello: wasm +412 KiB (+21.0 %): encoding/json +180 KiB, reflect +95.0 KiB new "
        "(main > encoding/json > reflect; brings unicode, +20.0 KiB)",
        "  data and the rest: pclntab +100 KiB; the rest +17.0 KiB",
        "  modules: example.com/y v1.2.0 new",
        "  go mod tidy -diff: clean",
    )


def test_another_compiler_is_called_that_and_std_is_told_apart() -> None:
    lines = moved_lines("a", moved(BEFORE, replace(NOW, compiler="go 1.28.0"), IMPORTS, "main"))
    assert (
        "  the compiler is another: go 1.27.3, now go 1.28.0; of the code, the standard library "
        "has moved by +295 KiB, other packages by +0 B, and what is of no package by +0 B"
    ) in lines


def test_what_has_not_moved_has_no_lines_and_what_is_new_has_one() -> None:
    assert moved_lines("a", moved(BEFORE, BEFORE)) == ()
    assert moved_lines("a", moved(None, NOW)) == ("a: new, 2.31 MiB of wasm",)


def test_forms_are_told_where_the_module_is_as_it_was() -> None:
    other = replace(
        BEFORE,
        size_bytes={"wasm": BEFORE.size_bytes["wasm"], "br": 700, "gz": 5},
        engine="wasmtime 50.0.0",
    )
    lines = moved_lines("a", moved(replace(BEFORE, engine="wasmtime 49.0.3"), other))
    assert lines == (
        "a: wasm as it was, br +200 B, gz new",
        "  what precompiles is another: wasmtime 49.0.3, now wasmtime 50.0.0",
    )


def test_of_many_packages_the_first_are_named_and_the_others_added_up() -> None:
    code = {"std": {f"p{n}": 1000 + n for n in range(MANY + 3)}}
    before = replace(BEFORE, code_bytes={"std": {"p0": 1}})
    now = replace(NOW, code_bytes=code)
    [head, *_] = moved_lines("a", moved(before, now))
    assert head.count(" new") == MANY
    assert "; 3 other packages +" in head


def test_where_packages_are_not_known_it_is_said_why() -> None:
    [head, *_] = moved_lines("a", moved(BEFORE, NOW, unknown="it has no names"))
    assert "by package it is not known: it has no names" in head


def test_the_cell_tells_growth_sameness_and_newness(tmp_path: Path) -> None:
    now = 2_426_797
    assert delta_cell(summary(tmp_path, None, None)) == ""
    assert delta_cell(summary(tmp_path, None, now)) == "same"
    assert delta_cell(summary(tmp_path, MOVED, now - 412 * KIB)) == "+412KiB"
    assert delta_cell(summary(tmp_path, MOVED, now + 5)) == "-5B"
    assert delta_cell(summary(tmp_path, moved(None, NOW), None)) == "new"


def test_the_table_has_the_column_only_where_something_was_accepted(tmp_path: Path) -> None:
    plain = render(Report("release", (summary(tmp_path, None, None),)), tmp_path)
    assert "delta" not in table(plain)
    moving = render(Report("release", (summary(tmp_path, MOVED, 5),)), tmp_path)
    assert "delta: how much larger wasm is" in table(moving)


def test_json_has_all_packages_and_is_as_its_schema_says(tmp_path: Path) -> None:
    schema = json.loads(schema_path("report").read_bytes())
    told = replace(moved(BEFORE, replace(NOW, compiler="go 2"), IMPORTS, "main"), tidy="clean")
    for each in (told, moved(None, NOW), moved(BEFORE, NOW, unknown="no names"), None):
        built = render(Report("release", (summary(tmp_path, each, 5),)), tmp_path)
        record = json.loads(json_report(built))
        Draft7Validator(schema).validate(record)
        [artifact] = record["artifacts"]
        assert ("moved" in artifact) is (each is not None)
    built = render(Report("release", (summary(tmp_path, MOVED, 5),)), tmp_path)
    [artifact] = json.loads(json_report(built))["artifacts"]
    assert [each["name"] for each in artifact["moved"]["packages"]] == [
        *("encoding/json", "reflect", "unicode"),
    ]
    assert artifact["moved"]["packages"][1]["chain"] == ["main", "encoding/json", "reflect"]
    assert artifact["moved"]["go_mod_tidy"] == "clean"
    assert artifact["sizes"][1]["accepted_bytes"] == 5


def test_names_are_only_text_in_markdown(tmp_path: Path) -> None:
    hostile = "<b>|](javascript:x)\n# x`"
    now = replace(NOW, code_bytes={"std": {hostile: 9}}, modules={})
    built = render(Report("release", (summary(tmp_path, moved(BEFORE, now), 5),)), tmp_path)
    text = markdown_report(built)
    assert "### Sizes that moved" in text
    assert "\\<b\\>\\|\\](javascript:x)<br>\\# x\\` +9 B new" in text
    assert "\n# x" not in text
    unmoved = render(Report("release", (summary(tmp_path, None, 5),)), tmp_path)
    assert "### Sizes that moved" not in markdown_report(unmoved)
