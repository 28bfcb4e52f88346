"""After each edit exactly the stale nodes are built, and the next build has nothing to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from project import Project

ALPHA = "build/alpha/alpha"
POST = ("verify", "brotli", "gzip", "check", "measure", "manifest")

Edit = Callable[[Project], None]


def nothing(_project: Project) -> None:
    """No edit."""


def edit(name: str, old: str, new: str) -> Edit:
    return lambda project: project.edit(name, old, new)


def write(name: str, text: str) -> Edit:
    return lambda project: project.write(name, text) and None


def remove(name: str) -> Edit:
    return lambda project: (project.root / name).unlink()


def both(*edits: Edit) -> Edit:
    def apply(project: Project) -> None:
        for one in edits:
            one(project)

    return apply


NEW_FILE = "package lib\n\nfunc Unused() int {\n\treturn 1\n}\n"
USE = "func main() {\n\tprintln(lib.Answer())"
PGO = b""

# What is done to a workspace that is up to date, and what then runs: "artifact: verbs" for each.
# `all` is everything after the module changed, for an artifact with a check and a target.
ALL = "brotli check compile gate gzip manifest measure precompile strip verify"
BETA_ALL = "brotli check compile gate gzip manifest measure strip verify"
TABLE: dict[str, tuple[Edit, dict[str, str]]] = {
    "nothing": (nothing, {}),
    "an end-of-line comment in a library": (
        edit("lib/lib.go", "return 42", "return 42 // the answer"),
        {"alpha": "compile", "beta": "compile"},
    ),
    "an end-of-line comment in main": (
        edit("beta/main.go", "println(lib.Answer())", "println(lib.Answer()) // prints"),
        {"beta": "compile strip measure"},
    ),
    "a comment that shifts lines": (
        edit("beta/main.go", "func main() {", "// main prints.\nfunc main() {"),
        {"beta": BETA_ALL},
    ),
    "code in the shared library": (
        edit("lib/lib.go", "return 42", "x := 40\n\tprint(\"\")\n\treturn x + 2"),
        {"alpha": ALL, "beta": BETA_ALL},
    ),
    "a new import": (
        both(
            edit("beta/main.go", 'import "example.com/two/lib"',
                 'import (\n\t"strconv"\n\n\t"example.com/two/lib"\n)'),
            edit("beta/main.go", "println(lib.Answer())", "println(strconv.Itoa(lib.Answer()))"),
        ),
        {"shared": "list", "beta": BETA_ALL},
    ),
    "a new file in a package, not used": (
        write("lib/unused.go", NEW_FILE),
        {"shared": "list", "alpha": "compile strip measure", "beta": "compile strip measure"},
    ),
    "a removed file": (
        both(edit("lib/lib.go", "package lib", "package lib"), remove("beta/extra.go")),
        {"shared": "list", "beta": BETA_ALL},
    ),
    "a test file": (write("lib/lib_test.go", "package lib\n"), {}),
    "an embedded file": (
        both(
            write("alpha/greeting.txt", "good day "),
            edit("wasip1.toml", 'stdout = "hello world', 'stdout = "good day world'),
        ),
        {"alpha": ALL},
    ),
    "a tag": (
        edit("wasip1.toml", 'package = "./beta"', 'package = "./beta"\ntags = ["production"]'),
        {"shared": "list", "beta": "compile"},
    ),
    "a comment in go.mod": (edit("go.mod", "go 1.25", "go 1.25 // or later"), {"shared": "list"}),
    "the go line of go.mod": (
        edit("go.mod", "go 1.25", "go 1.22"),
        {"shared": "list", "alpha": ALL, "beta": BETA_ALL},
    ),
    "brotli-quality": (
        edit("wasip1.toml", "brotli-quality = 1", "brotli-quality = 2"),
        {"alpha": "brotli measure gate manifest", "beta": "brotli measure gate manifest"},
    ),
    "a budget": (
        edit("wasip1.toml", '[artifact.beta]\npackage = "./beta"\nbudget.wasm = "4MiB"',
             '[artifact.beta]\npackage = "./beta"\nbudget.wasm = "5MiB"'),
        {"beta": "measure manifest"},
    ),
    "a grant": (
        edit("wasip1.toml", 'package = "./beta"', 'package = "./beta"\ngrants.args = ["x"]'),
        {"beta": "check manifest"},
    ),
    "a file in a granted directory": (
        both(
            write("alpha/data/name.txt", "moon "),
            edit("wasip1.toml", "hello world", "hello moon"),
        ),
        {"alpha": "check"},
    ),
    "a check's expectation, made stricter": (
        edit("wasip1.toml", "exit = 0, stdout", 'exit = 0, stderr = "", stdout'),
        {"alpha": "check"},
    ),
    "a definition": (
        both(
            edit("wasip1.toml", 'package = "./alpha"',
                 'package = "./alpha"\ndefine = { "main.version" = "some" }'),
            edit("wasip1.toml", "hello world none", "hello world some"),
        ),
        {"alpha": ALL},
    ),
    "a comment at the top of the spec": (
        edit("wasip1.toml", "spec-version = 1", "# Ours.\n\nspec-version = 1"),
        {},
    ),
    "an AOT target more": (
        edit("wasip1.toml", '["x86_64-unknown-linux-gnu"]',
             '["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"]'),
        {"alpha": "precompile measure manifest"},
    ),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing yet."""


def test_each_edit_rebuilds_exactly_the_stale_nodes(project: Project) -> None:
    """One workspace, taken through the whole table; after each edit it is put back and rebuilt."""
    project.write("beta/extra.go", "package main\n\nfunc init() {\n\tprint(\"\")\n}\n")
    first = project.build()
    wrong = {}
    for name, (change, expected) in TABLE.items():
        before = {path: path.read_bytes() for path in project.root.rglob("*")
                  if path.is_file() and "build" not in path.relative_to(project.root).parts[:1]}
        change(project)
        build = project.scons("-Q")
        ran: dict[str, set[str]] = {}
        for verb, path in build.steps:
            owner = next((a for a in ("alpha", "beta") if f"/{a}." in path), "shared")
            ran.setdefault(owner, set()).add(verb)
        wanted = {owner: set(verbs.split()) for owner, verbs in expected.items()}
        again = project.scons("-Q")
        asked = project.scons("-Q", "-q")
        if ran != wanted or build.status or again.steps or asked.status:
            wrong[name] = (ran, wanted, build.status, again.steps, asked.status)
        for path in list(project.root.rglob("*")):
            inside = path.relative_to(project.root).parts[:1]
            if path.is_file() and "build" not in inside and path not in before:
                path.unlink()
        for path, data in before.items():
            if not path.exists() or path.read_bytes() != data:
                path.write_bytes(data)
        project.build("-Q")
    assert first.status == 0
    assert not wrong, "\n".join(f"{name}: {what}" for name, what in wrong.items())
