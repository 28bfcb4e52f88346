"""The scanner sees the keys that tomllib sees, at the places where they are, and never fails."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from wasip1_build.spec.scanner import Path, Position, scan


def paths_of(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every key and array element of a document, as the scanner names them."""
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for part, below in items:
        yield (*path, part)
        yield from paths_of(below, (*path, part))


def test_keys_headers_and_elements_have_their_line_and_column() -> None:
    text = 'a = 1\n[t.u]\n  b.c = [10, "x"]\n[[t.u.d]]\ne = {f = 1}\n[[t.u.d]]\n'
    assert scan(text).positions == {
        ("a",): Position(1, 1),
        ("t",): Position(2, 1),
        ("t", "u"): Position(2, 1),
        ("t", "u", "b"): Position(3, 3),
        ("t", "u", "b", "c"): Position(3, 5),
        ("t", "u", "b", "c", 0): Position(3, 10),
        ("t", "u", "b", "c", 1): Position(3, 14),
        ("t", "u", "d"): Position(4, 1),
        ("t", "u", "d", 0): Position(4, 1),
        ("t", "u", "d", 0, "e"): Position(5, 1),
        ("t", "u", "d", 0, "e", "f"): Position(5, 6),
        ("t", "u", "d", 1): Position(6, 1),
    }


def test_a_table_of_its_own_is_where_its_header_is_and_not_where_it_is_implied() -> None:
    assert scan("[a.b]\n[a]\n").positions[("a",)] == Position(2, 1)


@pytest.mark.parametrize(
    "value",
    [
        '"""\nb = 1\n"""',
        "'''\nb = 1\n[c]\n'''",
        '"""a""\\"""""',
        "'''a'''''",
        '"# \\" b = 1"',
        "'#\"'",
        "1979-05-27 07:32:00",
        "0x1F",
        '[ # one\n 1, # two, "\n [2], \n ]',
        '{ "b" . c = [ { d = 1 } ], e."f.g" = "}" } # g = 1',
    ],
)
def test_what_is_inside_of_a_value_is_no_key_of_its_own(value: str) -> None:
    text = f"a = {value}\nlast = true\n"
    assert set(scan(text).positions) == set(paths_of(tomllib.loads(text)))


@pytest.mark.parametrize("key", ['"a\\u00e9\\n"', "'a\\n'", '""', "1.2", "a . 'b' .\"c\"", "-_"])
def test_keys_are_read_as_tomllib_reads_them(key: str) -> None:
    text = f"[t]\n{key} = 1\n[{key}]\n"
    assert set(scan(text).positions) == set(paths_of(tomllib.loads(text)))


def test_windows_line_ends_count_as_one() -> None:
    assert scan("a = 1\r\nb = 2\r\n").positions[("b",)] == Position(2, 1)


def test_traps_of_inline_tables_are_seen() -> None:
    scanned = scan("a = {\n b = 1 }\nc = { d = 1 }\nc.e = 2\n[c.f]\n")
    assert [(trap.kind, trap.position.line, trap.path) for trap in scanned.traps] == [
        ("inline-newline", 1, ("a",)),
        ("inline-extended", 4, ("c",)),
        ("inline-extended", 5, ("c",)),
    ]


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = " + "{b=" * 100_000, "=", "[", '"'])
def test_what_is_not_toml_gives_what_was_seen_before(text: str) -> None:
    assert set(scan(f"first = 1\n{text}").positions) >= {("first",)}


# ---- generated documents ------------------------------------------------------------------------

WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=4)
KEYS = st.one_of(st.sampled_from(["a", "b", "c-d", "0", "name"]), WORDS)
BLANKS = st.sampled_from(["", " ", "\t", "  "])
COMMENTS = st.sampled_from(["", "", " # note", "# [x] = 'y' \"", "\t#"])
SCALARS = st.one_of(
    st.integers(-(2**31), 2**31).map(str),
    st.booleans().map(json.dumps),
    st.sampled_from(
        [
            "1.5e3",
            "inf",
            "1979-05-27T07:32:00Z",
            "1979-05-27 07:32:00.5",
            "07:32:00",
            "0b1_0",
            "'''\n[a]\nb = 1'''",
            "'''a'''''",
            '"""\n # a \\\n  b"\n"""""',
            '"""a\\"""" # """',
        ]
    ),
    WORDS.map(lambda text: json.dumps(text, ensure_ascii=False)),
    WORDS.filter(lambda text: "'" not in text).map(lambda text: f"'{text}'"),
)


@st.composite
def written_keys(draw: st.DrawFn) -> str:
    """A dotted key of one to three parts, bare or quoted."""
    parts = []
    for name in draw(st.lists(KEYS, min_size=1, max_size=3)):
        bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
        quoted = json.dumps(name, ensure_ascii=False)
        literal = f"'{name}'" if "'" not in name else quoted
        parts.append(
            draw(st.sampled_from([name, name, quoted, literal] if bare else [quoted, literal]))
        )
    return f"{draw(BLANKS)}.{draw(BLANKS)}".join(parts)


@st.composite
def arrays(draw: st.DrawFn, items: st.SearchStrategy[str]) -> str:
    """An array over one line or several, with or without a comma at its end."""
    space = draw(st.sampled_from([" ", "\n", " # x\n ", ""]))
    inside = f"{space},{space}".join(draw(st.lists(items, max_size=3)))
    comma = draw(st.sampled_from(["", ","])) if inside else ""
    return f"[{space}{inside}{space}{comma}{space}]"


@st.composite
def inline_tables(draw: st.DrawFn, items: st.SearchStrategy[str]) -> str:
    """An inline table on one line, if its values are."""
    pairs = draw(st.lists(st.tuples(written_keys(), items), max_size=3))
    blank = draw(BLANKS)
    return "{" + ",".join(f"{blank}{key}{blank}= {value}{blank}" for key, value in pairs) + "}"


VALUES = st.recursive(
    SCALARS, lambda items: st.one_of(arrays(items), inline_tables(items)), max_leaves=6
)


@st.composite
def statements(draw: st.DrawFn) -> str:
    """A header, a key with its value, or nothing, with blanks and a comment."""
    shape = draw(
        st.sampled_from(["{key}{blank}={blank}{value}"] * 3 + ["[{key}]", "[[ {key} ]]", ""])
    )
    value = draw(VALUES) if "value" in shape else ""
    statement = shape.format(key=draw(written_keys()), blank=draw(BLANKS), value=value)
    return f"{draw(BLANKS)}{statement}{draw(COMMENTS)}"


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Some statements. Not every document is valid: the same key may come twice."""
    return draw(st.sampled_from(["\n", "\r\n"])).join(draw(st.lists(statements(), max_size=5)))


def assert_same_keys(text: str) -> None:
    scanned = scan(text)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        event("not TOML")
        return
    event("TOML")
    assert set(scanned.positions) == set(paths_of(data))
    lines = text.replace("\r\n", "\n").split("\n")
    for position in scanned.positions.values():
        assert 1 <= position.column <= len(lines[position.line - 1])


@given(documents())
def test_generated_documents_have_the_keys_that_tomllib_sees(text: str) -> None:
    assert_same_keys(text)


@given(st.text(st.sampled_from("ab.=[]{},\"'#\\ \n1"), max_size=40))
def test_any_text_of_toml_characters_is_scanned_without_an_error(text: str) -> None:
    assert_same_keys(text)
