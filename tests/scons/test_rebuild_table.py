"""After each edit exactly the stale nodes are built, and the next build has nothing to do."""

from __future__ import annotations

import shutil
import sysconfig
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from project import Build, Project
from witness import witnessed

Edit = Callable[[Project], None]


def edit(name: str, old: str, new: str) -> Edit:
    return lambda project: project.edit(name, old, new)


def write(name: str, text: str) -> Edit:
    def apply(project: Project) -> None:
        project.write(name, text)

    return apply


def remove(name: str) -> Edit:
    return lambda project: (project.root / name).unlink()


def both(*edits: Edit) -> Edit:
    def apply(project: Project) -> None:
        for one in edits:
            one(project)

    return apply


SPEC_ALPHA = 'package = "./alpha"'
SPEC_BETA = 'package = "./beta"'

# What follows when a module's bytes changed: everything, for an artifact with or without a target.
ALPHA = "compile strip verify brotli gzip precompile check measure gate manifest"
BETA = "compile strip verify brotli gzip check measure gate manifest"

# What is done to a workspace that is up to date, and what runs then, by artifact.
SOURCES: dict[str, tuple[Edit, dict[str, str]]] = {
    "an end-of-line comment in a library": (
        edit("lib/lib.go", "return 42", "return 42 // the answer"),
        {"alpha": "compile", "beta": "compile"},
    ),
    "an end-of-line comment in main": (
        edit("beta/main.go", "println(lib.Answer())", "println(lib.Answer()) // prints"),
        {"beta": "compile strip"},
    ),
    "a comment that shifts lines": (
        edit("beta/main.go", "func main() {", "// main prints.\nfunc main() {"),
        {"beta": BETA},
    ),
    "code in the shared library": (
        edit("lib/lib.go", "return 42", 'x := 40\n\tprint("")\n\treturn x + 2'),
        {"alpha": ALPHA, "beta": BETA},
    ),
    "code of one artifact": (
        edit("beta/main.go", "println(lib.Answer())", "println(lib.Answer(), true)"),
        {"beta": BETA},
    ),
    "a new import": (
        both(
            edit("beta/main.go", 'import "', 'import (\n\t"strconv"\n\n\t"'),
            edit("beta/main.go", 'two/lib"', 'two/lib"\n)'),
            edit("beta/main.go", "println(lib.Answer())", "println(strconv.Itoa(lib.Answer()))"),
        ),
        {"shared": "list", "beta": BETA},
    ),
    "a new file in a package, with nothing used": (
        write("beta/unused.go", "package main\n\nfunc unused() int {\n\treturn 1\n}\n"),
        {"shared": "list", "beta": "compile strip"},
    ),
    "a new file in a package, with an init": (
        write("beta/started.go", 'package main\n\nfunc init() {\n\tprintln("started")\n}\n'),
        {"shared": "list", "beta": BETA},
    ),
    "a renamed file": (
        lambda project: (project.root / "beta/extra.go").rename(project.root / "beta/other.go"),
        {"shared": "list", "beta": BETA},
    ),
    "a removed file": (remove("beta/extra.go"), {"shared": "list", "beta": BETA}),
    "a test file": (write("lib/lib_test.go", "package lib\n"), {}),
    "a file for another platform": (
        write("lib/lib_windows.go", "package lib\n"),
        {"shared": "list"},
    ),
    "an embedded file": (
        both(
            write("alpha/greeting.txt", "good day "),
            edit("wasip1.toml", "hello world", "good day world"),
        ),
        {"alpha": ALPHA},
    ),
    "default.pgo": (write("beta/default.pgo", ""), {"beta": BETA}),
    "a comment in go.mod": (edit("go.mod", "go 1.25", "go 1.25 // or later"), {"shared": "list"}),
    "the go line of go.mod": (
        edit("go.mod", "go 1.25", "go 1.22"),
        {"shared": "list", "alpha": ALPHA, "beta": BETA},
    ),
}

SPEC: dict[str, tuple[Edit, dict[str, str]]] = {
    "a comment at the top": (edit("wasip1.toml", "spec-version", "# Ours.\n\nspec-version"), {}),
    "a tag": (
        edit("wasip1.toml", SPEC_BETA, SPEC_BETA + '\ntags = ["production"]'),
        {"shared": "list", "beta": BETA},
    ),
    "a definition": (
        both(
            edit("wasip1.toml", SPEC_ALPHA, f'{SPEC_ALPHA}\ndefine = {{ "main.version" = "1" }}'),
            edit("wasip1.toml", "hello world none", "hello world 1"),
        ),
        {"alpha": ALPHA},
    ),
    "brotli-quality": (
        edit("wasip1.toml", "brotli-quality = 1", "brotli-quality = 2"),
        {"alpha": "brotli measure gate manifest", "beta": "brotli measure gate manifest"},
    ),
    "a budget": (
        edit(
            "wasip1.toml",
            f'{SPEC_BETA}\nbudget.wasm = "4MiB"',
            f'{SPEC_BETA}\nbudget.wasm = "5MiB"',
        ),
        {"beta": "measure gate manifest"},
    ),
    "a grant": (
        edit("wasip1.toml", SPEC_BETA, f'{SPEC_BETA}\ngrants.args = ["x"]'),
        {"beta": "verify check manifest"},
    ),
    "the reason of a grant": (
        edit("wasip1.toml", "the name", "whom to greet"),
        {"alpha": "manifest"},
    ),
    "a file in a granted directory": (
        both(
            write("alpha/data/name.txt", "moon "),
            edit("wasip1.toml", "hello world", "hello moon"),
        ),
        {"alpha": "check measure gate manifest"},
    ),
    "a new file in a granted directory": (write("alpha/data/other.txt", "x"), {"alpha": "check"}),
    "a check's expectation": (
        edit("wasip1.toml", "exit = 0, stdout", 'exit = 0, stderr = "", stdout'),
        {"alpha": "check"},
    ),
    "a memory cap": (
        edit("wasip1.toml", SPEC_BETA, f'{SPEC_BETA}\nruntime.max-memory = "64MiB"'),
        {"beta": BETA.replace("compile ", "")},
    ),
    "an AOT target more": (
        edit("wasip1.toml", 'linux-gnu"]', 'linux-gnu", "aarch64-unknown-linux-gnu"]'),
        {"alpha": "precompile measure gate manifest"},
    ),
    "no AOT target": (
        edit("wasip1.toml", '["x86_64-unknown-linux-gnu"]', "[]"),
        {"alpha": "check measure gate manifest"},
    ),
}


def ran(build: Build) -> dict[str, set[str]]:
    """What a build ran, by artifact."""
    found: dict[str, set[str]] = {}
    for verb, path in build.steps:
        name = Path(path).name.split(".")[0]
        found.setdefault(name if name in ("alpha", "beta") else "shared", set()).add(verb)
    return found


def wanted(expected: dict[str, str]) -> dict[str, set[str]]:
    return {owner: set(verbs.split()) for owner, verbs in expected.items()}


def sources(project: Project) -> dict[Path, bytes]:
    """Everything but what is built."""
    return {
        path: path.read_bytes()
        for path in project.root.rglob("*")
        if path.is_file() and path.relative_to(project.root).parts[0] != "build"
    }


def put_back(project: Project, before: dict[Path, bytes]) -> None:
    now = sources(project)
    for path in now.keys() - before.keys():
        path.unlink()
    for path, data in before.items():
        if now.get(path) != data:
            path.write_bytes(data)


@pytest.mark.parametrize("table", [SOURCES, SPEC], ids=["sources", "spec"])
def test_each_edit_rebuilds_exactly_the_stale_nodes(
    project: Project, table: dict[str, tuple[Edit, dict[str, str]]]
) -> None:
    """One workspace, taken through the table; after each edit it is put back and built again."""
    project.write("beta/extra.go", 'package main\n\nfunc init() {\n\tprintln("extra")\n}\n')
    project.build()
    clean = project.outputs()
    before = sources(project)
    wrong = {}
    for name, (change, expected) in table.items():
        change(project)
        build = project.scons("-Q")
        again = project.scons("-Q")
        if ran(build) != wanted(expected) or build.status or again.steps:
            wrong[name] = (ran(build), again.steps, build.output)
        put_back(project, before)
        project.build("-Q")
        if project.outputs() != clean:
            wrong[name] = ("put back, it builds other bytes",)
    report = [f"{name}: {what}" for name, what in wrong.items()]
    assert not wrong, "\n".join(report)


def test_a_second_build_runs_no_tool_and_reads_no_large_file(
    project: Project, tmp_path: Path
) -> None:
    project.build()
    again = witnessed(project, tmp_path / "witness", "-Q")
    assert again.build.status == 0
    assert "is up to date" in again.build.output
    assert again.ran == ()
    large = (".wasm", ".br", ".gz", ".cwasm")
    assert not [name for name in again.opened if name.endswith(large)]
    assert project.scons("-q").status == 0


def test_the_order_of_jobs_and_a_profile_and_back_rebuild_nothing(project: Project) -> None:
    project.build("-j1")
    dev = project.build("PROFILE=dev", "-j4")
    assert "build/@dev/alpha/alpha.manifest.json" in dev.output
    assert not (project.root / "build/@dev/alpha/alpha.wasm.br").exists()
    assert not project.build("-Q").steps
    assert not project.build("-Q", "PROFILE=dev").steps


def test_two_edits_within_a_second_are_both_seen(project: Project) -> None:
    project.build()
    outputs = set()
    for answer in ("43", "44", "45"):
        project.edit("beta/main.go", "lib.Answer()", f"lib.Answer() + {answer}")
        assert ("strip", "build/beta/beta.wasm") in project.build("-Q").steps
        outputs.add((project.root / "build/beta/beta.wasm").read_bytes())
        project.edit("beta/main.go", f"lib.Answer() + {answer}", "lib.Answer()")
    assert len(outputs) == 3


def test_a_dropped_target_takes_its_file_with_it(project: Project) -> None:
    project.build()
    cwasm = project.root / "build/alpha/alpha.x86_64-unknown-linux-gnu.cwasm"
    assert cwasm.exists()
    project.edit("wasip1.toml", '["x86_64-unknown-linux-gnu"]', "[]")
    project.write("build/alpha/mine.txt", "not ours")
    project.build()
    assert not cwasm.exists()
    assert (project.root / "build/alpha/mine.txt").exists()


def test_a_dropped_artifact_takes_its_directory_with_it(project: Project) -> None:
    project.build()
    spec = (project.root / "wasip1.toml").read_text()
    project.write("wasip1.toml", spec[: spec.index("[artifact.beta]")])
    project.build()
    assert not (project.root / "build/beta").exists()
    assert (project.root / "build/alpha/alpha.wasm").exists()


def linked_copy(tree: Path, to: Path, replaced: Iterable[str]) -> Path:
    """A copy of a directory tree by symbolic links, but for some files that are real copies."""
    for source in tree.rglob("*"):
        target = to / source.relative_to(tree)
        if source.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        elif str(source.relative_to(tree)) in replaced:
            shutil.copy2(source, target)
        else:
            target.symlink_to(source)
    return to


def test_another_go_compiles_again(project: Project, tmp_path: Path) -> None:
    """The same version with another go.env is another Go; its equal modules end the rebuild."""
    tree = Path(sysconfig.get_path("purelib")) / "go"
    other = linked_copy(tree, tmp_path / "go", ["bin/go", "go.env", "VERSION"])
    project.build()
    with (other / "go.env").open("a") as settings:
        settings.write("# another one\n")
    spec = (project.root / "wasip1.toml").read_text()
    pin = f'[toolchain]\ngo = {{ path = "{other}/bin/go" }}\n\n[defaults]'
    project.write("wasip1.toml", spec.replace("[defaults]", pin))
    assert ran(project.build("-Q")) == wanted(
        {"shared": "list", "alpha": "compile", "beta": "compile"}
    )


def test_another_wasmtime_precompiles_again(project: Project, tmp_path: Path) -> None:
    """The same program with a byte more is another wasmtime; equal bytes end the rebuild."""
    project.build()
    wheel = Path(sysconfig.get_path("purelib")) / "wasmtime_cli/wasmtime"
    other = tmp_path / "wasmtime"
    other.write_bytes(wheel.read_bytes() + b"\0")
    other.chmod(0o755)
    spec = (project.root / "wasip1.toml").read_text()
    pin = f'[toolchain]\nwasmtime = {{ path = "{other}" }}\n\n[defaults]'
    project.write("wasip1.toml", spec.replace("[defaults]", pin))
    assert ran(project.build("-Q")) == wanted({"alpha": "precompile"})
