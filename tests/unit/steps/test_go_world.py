"""The digest of a tree moves with what `go list` would answer, and with nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from wasip1_build.digests import Digests
from wasip1_build.steps.go_world import (
    World,
    embed_bases,
    head_now,
    is_still,
    package_of,
    read_world,
    with_heads,
)

FILES = {
    "go.mod": "module m\n",
    "a/a.go": 'package a\n\nimport "fmt"\n\nfunc A() { fmt.Println() }\n',
    "a/page.go": 'package a\n\nimport _ "embed"\n\n//go:embed static/*.txt\nvar page string\n',
    "a/static/x.txt": "x",
    "nested/go.mod": "module nested\n",
    "nested/n.go": "package nested\n",
    "build/made.go": "package made\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def world(root: Path, *skip: str) -> World:
    return read_world(root, ["."], ["build", *skip], Digests(None))


def digest(root: Path) -> str:
    return world(root).digest


def facts_stay(before: World) -> bool:
    return all(is_still(path, fact, Digests(None)) for path, fact in before.facts.items())


def change(name: str, text: str) -> Callable[[Path], None]:
    def apply(root: Path) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)

    return apply


MOVES = {
    "an import": change("a/a.go", FILES["a/a.go"].replace('"fmt"', '"os"')),
    "a build line": change("a/a.go", "//go:build wasip1\n\n" + FILES["a/a.go"]),
    "a package clause": change("a/a.go", FILES["a/a.go"].replace("package a", "package b")),
    "an embed pattern": change("a/page.go", FILES["a/page.go"].replace("*.txt", "*")),
    "a new source": change("a/b.go", "package a\n"),
    "a new assembly file": change("a/b_wasm.s", ""),
    "a removed source": lambda root: (root / "a/page.go").unlink(),
    "a new package": change("c/c.go", "package c\n"),
    "a new embedded file": change("a/static/y.txt", ""),
    "a directory that becomes a module": change("a/go.mod", "module a\n"),
    "a module that becomes a directory": lambda root: (root / "nested/go.mod").unlink(),
    "an embedded directory that goes": lambda root: shutil.rmtree(root / "a/static"),
}

STAYS = {
    "code": change("a/a.go", FILES["a/a.go"].replace("Println()", "Print()")),
    "a comment above the imports": change("a/a.go", "// A says it.\n" + FILES["a/a.go"]),
    "a comment at an import": change("a/a.go", FILES["a/a.go"].replace('"fmt"', '"fmt" // why')),
    "a test file": change("a/a_test.go", "package a\n"),
    "an embedded file's content": change("a/static/x.txt", "other"),
    "a nested module's source": change("nested/n.go", 'package nested\n\nimport "os"\n'),
    "what is built": change("build/made.go", 'package made\n\nimport "os"\n'),
    "a hidden directory": change(".cache/x.go", "package x\n"),
    "a text file": change("a/README.md", "text"),
}


@pytest.mark.parametrize("name", MOVES)
def test_it_moves_with(name: str, root: Path) -> None:
    before = world(root)
    assert facts_stay(before)
    MOVES[name](root)
    assert digest(root) != before.digest
    assert not facts_stay(before)


@pytest.mark.parametrize("name", STAYS)
def test_it_stays_with(name: str, root: Path) -> None:
    before = digest(root)
    STAYS[name](root)
    assert digest(root) == before


def test_it_is_the_same_in_another_place(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    for name, text in FILES.items():
        change(name, text)(other)
    assert digest(other) == world(root, "elsewhere").digest


def test_directories_that_link_in_a_circle_end(root: Path) -> None:
    (root / "a/again").symlink_to(root / "a")
    assert digest(root)


def test_embed_lines_name_where_their_files_are(root: Path) -> None:
    assert embed_bases(root, ["."], ["build"], Digests(None)) == {str(root / "a/static")}


@pytest.mark.parametrize("name", STAYS)
def test_no_fact_moves_with(name: str, root: Path) -> None:
    before = world(root)
    STAYS[name](root)
    assert facts_stay(before)


def changed_packages(before: World) -> set[str | None]:
    """For each fact that is no longer so, the package that it is about."""
    moved = ((p, f) for p, f in before.facts.items() if not is_still(p, f, Digests(None)))
    return {package_of(path, fact) for path, fact in moved}


@pytest.mark.parametrize(
    "name",
    [
        *("an import", "a build line", "a package clause", "an embed pattern"),
        *("a new source", "a new assembly file", "a removed source"),
    ],
)
def test_a_change_within_one_package_is_known_as_such(name: str, root: Path) -> None:
    before = world(root)
    MOVES[name](root)
    assert changed_packages(before) == {str(root / "a")}


@pytest.mark.parametrize(
    "name",
    [
        *("a new package", "a new embedded file", "a directory that becomes a module"),
        *("a module that becomes a directory", "an embedded directory that goes"),
    ],
)
def test_a_change_that_can_be_of_other_packages_too_is_of_none(name: str, root: Path) -> None:
    before = world(root)
    MOVES[name](root)
    assert None in changed_packages(before)


def test_a_package_that_loses_its_last_source_may_be_found_elsewhere(root: Path) -> None:
    before = world(root)
    for source in (root / "a").glob("*.go"):
        source.unlink()
    assert None in changed_packages(before)


HEADS = ("an import", "a build line", "a package clause")


@pytest.mark.parametrize("what", HEADS)
def test_where_only_heads_changed_the_digest_is_known_without_reading_the_rest(
    root: Path, what: str
) -> None:
    before = world(root)
    MOVES[what](root)
    fact = before.facts[str(root / "a/a.go")]
    now = head_now(str(root / "a/a.go"), fact)
    assert now and now != fact
    assert with_heads(before.digest, {"a/a.go": (fact, now)}) == digest(root)
    assert world(root).facts[str(root / "a/a.go")] == now


def test_what_else_depends_on_a_head_must_be_read(root: Path) -> None:
    before = world(root)
    change("a/page.go", FILES["a/page.go"].replace("*.txt", "x.txt"))(root)
    assert head_now(str(root / "a/page.go"), before.facts[str(root / "a/page.go")]) is None
    MOVES["a removed source"](root)
    assert head_now(str(root / "a/page.go"), before.facts[str(root / "a/page.go")]) is None
    assert head_now(str(root / "a"), before.facts[str(root / "a")]) is None


def test_a_go_file_that_is_embedded_too_keeps_its_head(root: Path) -> None:
    change("a/z.go", 'package a\n\nimport _ "embed"\n\n//go:embed a.go page.go\nvar z string\n')(
        root
    )
    before = world(root)
    MOVES["an import"](root)
    assert not facts_stay(before)
