"""What moved a size is told by package and import chain, and adds up to the byte."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from wasip1_build.measure.moved import Change, Moved, chain_to, moved
from wasip1_build.spec.sizes_file import UNKNOWN, Accepted

BEFORE = Accepted(
    compiler="go 1.27.3",
    size_bytes={"wasm": 1000, "br": 300},
    code_bytes={"std": {"fmt": 100, "os": 50}, "example.com/w": {"example.com/w/a": 40}},
    data_bytes={"pclntab": 200},
    modules={"example.com/w": "(devel)"},
)
# main -> w/lib -> net/http -> crypto/tls -> crypto/x; main -> os
IMPORTS = {
    "example.com/w/a": ("os", "fmt", "example.com/w/lib"),
    "example.com/w/lib": ("net/http",),
    "net/http": ("crypto/tls", "os"),
    "crypto/tls": ("crypto/x",),
}
MAIN = "example.com/w/a"


def after(**changes: object) -> Accepted:
    return replace(BEFORE, **changes)  # type: ignore[arg-type]


def test_nothing_has_moved_where_all_is_as_it_was() -> None:
    found = moved(BEFORE, BEFORE)
    assert not found.has_moved
    assert (found.packages, found.data, found.rest_bytes) == ((), (), 0)


def test_what_was_never_accepted_is_new() -> None:
    found = moved(None, BEFORE, IMPORTS, MAIN)
    assert found.has_moved and found.before is None
    assert found.packages == ()


def test_changes_come_by_weight_with_what_is_gone() -> None:
    now = after(
        size_bytes={"wasm": 1010, "br": 300},
        code_bytes={"std": {"fmt": 90}, "example.com/w": {"example.com/w/a": 110}},
    )
    found = moved(BEFORE, now, IMPORTS, MAIN)
    assert [(each.name, each.delta_bytes, each.module) for each in found.packages] == [
        ("example.com/w/a", 70, "example.com/w"),
        ("os", -50, "std"),
        ("fmt", -10, "std"),
    ]
    assert [each.now_bytes for each in found.packages] == [110, None, 90]
    assert (found.standard_bytes, found.other_bytes, found.rest_bytes) == (-60, 70, 0)


def test_a_newcomer_has_its_chain_and_what_it_brings() -> None:
    std = {"fmt": 100, "os": 50, "net/http": 300, "crypto/tls": 500, "crypto/x": 20}
    now = after(size_bytes={"wasm": 2000, "br": 300}, code_bytes={**BEFORE.code_bytes, "std": std})
    found = moved(BEFORE, now, IMPORTS, MAIN)
    [http] = found.packages
    assert http == Change(
        "net/http",
        None,
        300,
        "std",
        chain=(MAIN, "example.com/w/lib", "net/http"),
        brings=2,
        brings_bytes=520,
        largest_brought="crypto/tls",
    )
    assert http.total_bytes == 820
    assert [each.name for each in found.brought] == ["crypto/tls", "crypto/x"]
    assert found.brought[1].chain == (*http.chain, "crypto/tls", "crypto/x")
    assert found.rest_bytes == 1000 - 820


def test_an_own_newcomer_brings_nothing_for_what_it_imports_was_decided_here() -> None:
    std = {"fmt": 100, "os": 50, "net/http": 300, "crypto/tls": 500}
    own = {MAIN: 40, "example.com/w/lib": 7}
    for lib, modules in (("example.com/w", {}), ("example.com/z", {"example.com/z": "(devel)"})):
        code = {"std": std, "example.com/w": {MAIN: 40}}
        code.setdefault(lib, {})["example.com/w/lib"] = own["example.com/w/lib"]
        code = {**code, "example.com/w": {MAIN: 40, **code["example.com/w"]}}
        found = moved(BEFORE, after(code_bytes=code, modules=modules), IMPORTS, MAIN)
        assert [(each.name, each.brings) for each in found.packages] == [
            ("net/http", 1),
            ("example.com/w/lib", 0),
        ]
    code["example.com/z"] = {"example.com/w/lib": 7}
    foreign = after(code_bytes=code, modules={"example.com/z": "v1.0.0"})
    found = moved(BEFORE, foreign, IMPORTS, MAIN)
    assert [(each.name, each.brings) for each in found.packages] == [("example.com/w/lib", 2)]


def test_a_newcomer_that_no_listing_knows_has_no_chain() -> None:
    now = after(code_bytes={**BEFORE.code_bytes, "": {"(linker)": 9}})
    for imports in ({}, IMPORTS):
        [change] = moved(BEFORE, now, imports, MAIN).packages
        assert (change.name, change.chain, change.is_new) == ("(linker)", (), True)


def test_a_chain_is_a_shortest_one_and_the_same_always() -> None:
    both = {"m": ("b", "a"), "a": ("x",), "b": ("x",), "x": ("m",)}
    assert chain_to(both, "m", "x") == ("m", "a", "x")
    assert chain_to(both, "m", "m") == ("m",)
    assert chain_to(both, "m", "other") == ()


def test_another_compiler_is_told_apart_also_where_no_size_moved() -> None:
    found = moved(BEFORE, after(compiler="go 1.28.0"))
    assert found.compiler == ("go 1.27.3", "go 1.28.0")
    assert found.has_moved
    assert moved(BEFORE, BEFORE).compiler is None


def test_modules_that_come_go_and_change_are_told() -> None:
    before = after(modules={"a": "v1.0.0", "b": "v1.0.0", "c": "v1.0.0"})
    found = moved(before, after(modules={"b": "v1.1.0", "c": "v1.0.0", "d": "v0.1.0"}))
    assert found.modules == {
        "a": ("v1.0.0", ""),
        "b": ("v1.0.0", "v1.1.0"),
        "d": ("", "v0.1.0"),
    }
    assert found.new_modules == ("d",)


def test_where_owners_are_not_known_no_package_is_a_newcomer() -> None:
    nameless = after(code_bytes={"": {UNKNOWN: 190}})
    for before, now in ((nameless, BEFORE), (BEFORE, nameless), (BEFORE, after(code_bytes={}))):
        found = moved(before, now, IMPORTS, MAIN)
        assert found.packages == () and found.unknown
    assert moved(BEFORE, BEFORE, unknown="no names").unknown == "no names"


def test_a_form_that_only_one_of_both_has_is_told() -> None:
    found = moved(BEFORE, after(size_bytes={"wasm": 1000}))
    assert found.has_moved
    assert found.delta_bytes("br") is None and found.delta_bytes("wasm") == 0


NAMES = st.sampled_from(["a", "b", "c", "d", "(linker)", MAIN])
COUNTS = st.dictionaries(NAMES, st.integers(0, 1 << 20), max_size=6)
CODE = st.dictionaries(st.sampled_from(["std", "x", ""]), COUNTS, min_size=1, max_size=3)
GRAPH = st.dictionaries(NAMES, st.lists(NAMES, max_size=4), max_size=6)


@given(code=st.tuples(CODE, CODE), data=st.tuples(COUNTS, COUNTS), imports=GRAPH)
def test_the_parts_are_the_whole(
    code: tuple[dict[str, dict[str, int]], ...],
    data: tuple[dict[str, int], ...],
    imports: dict[str, list[str]],
) -> None:
    before, now = (
        Accepted("go", {"wasm": 5 << 20}, code_bytes=c, data_bytes=d)
        for c, d in zip(code, data, strict=True)
    )
    now = replace(now, size_bytes={"wasm": 6 << 20})
    found: Moved = moved(before, now, imports, MAIN)
    every = (*found.packages, *found.brought, *found.data)
    assert sum(each.delta_bytes for each in every) + found.rest_bytes == 1 << 20
    assert sum(each.brings for each in found.packages) == len(found.brought)
    assert sum(each.brings_bytes for each in found.packages) == sum(
        each.delta_bytes for each in found.brought
    )
    if not found.unknown:
        both = found.standard_bytes + found.other_bytes + found.unowned_bytes
        assert both == sum(each.delta_bytes for each in (*found.packages, *found.brought))
