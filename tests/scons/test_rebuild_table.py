"""After each edit exactly the stale nodes are built, and the next build has nothing to do."""

from __future__ import annotations

import shutil
import sysconfig
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

from project import Build, Project
from witness import witnessed
from workspaces import TWO, MakeWorkspace

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

# What follows when a module's bytes changed: everything that there is.
ALL = "compile strip verify brotli check measure gate manifest"
# With every kind of output: `alpha` has a target, `beta` has none.
ALPHA, BETA = f"{ALL} gzip precompile", f"{ALL} gzip"

# What is done to a workspace that is up to date, and what runs then, by artifact.
SOURCES: dict[str, tuple[Edit, dict[str, str]]] = {
    "a new file in a package, with nothing used": (
        write("beta/unused.go", "package main\n\nfunc unused() int {\n\treturn 1\n}\n"),
        {"shared": "list", "beta": "compile strip"},
    ),
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
        {"beta": ALL},
    ),
    "code in the shared library": (
        edit("lib/lib.go", "return 42", 'x := 40\n\tprint("")\n\treturn x + 2'),
        {"alpha": ALL, "beta": ALL},
    ),
    "code of one artifact": (
        edit("beta/main.go", "println(lib.Answer())", "println(lib.Answer(), true)"),
        {"beta": ALL},
    ),
    "a new import": (
        both(
            edit("beta/main.go", 'import "', 'import (\n\t"strconv"\n\n\t"'),
            edit("beta/main.go", 'two/lib"', 'two/lib"\n)'),
            edit("beta/main.go", "lib.Answer(), true", "strconv.Itoa(lib.Answer())"),
        ),
        {"shared": "list", "beta": ALL},
    ),
    "a new file in a package, with an init": (
        write("beta/started.go", 'package main\n\nfunc init() {\n\tprintln("started")\n}\n'),
        {"shared": "list", "beta": ALL},
    ),
    "a renamed file": (
        lambda project: (project.root / "beta/extra.go").rename(project.root / "beta/other.go"),
        {"shared": "list", "beta": ALL},
    ),
    "a removed file": (remove("beta/other.go"), {"shared": "list", "beta": ALL}),
    "a test file": (write("lib/lib_test.go", "package lib\n"), {}),
    "a file for another platform": (
        write("lib/lib_windows.go", "package lib\n"),
        {"shared": "list"},
    ),
    "an embedded file": (write("alpha/greeting.txt", "good day "), {"alpha": ALL}),
    "default.pgo": (write("beta/default.pgo", ""), {"beta": ALL}),
    "a comment in go.mod": (edit("go.mod", "go 1.25", "go 1.25 // or later"), {"shared": "list"}),
    "the go line of go.mod": (
        edit("go.mod", "go 1.25", "go 1.22"),
        {"shared": "list", "alpha": ALL, "beta": ALL},
    ),
}

EVERY_KIND = """spec-version = 1

[defaults]
compress.formats = ["br", "gz"]
compress.brotli-quality = 1

[artifact.alpha]
package = "./alpha"
aot.targets = ["x86_64-unknown-linux-gnu"]
grants.dirs = [{ host = "alpha/data", guest = "/data", mode = "ro", reason = "the name" }]
budget.wasm = "4MiB"

[[artifact.alpha.check]]
name = "greets"
expect = { exit = 0, stdout = "hello world none\\n" }

[artifact.beta]
package = "./beta"
budget.wasm = "4MiB"
"""

SPEC: dict[str, tuple[Edit, dict[str, str]]] = {
    "a comment at the top": (edit("wasip1.toml", "spec-version", "# Ours.\n\nspec-version"), {}),
    "a budget": (
        edit(
            "wasip1.toml",
            f'{SPEC_BETA}\nbudget.wasm = "4MiB"',
            f'{SPEC_BETA}\nbudget.wasm = "5MiB"',
        ),
        {"beta": "measure gate manifest"},
    ),
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
    "a grant": (
        edit("wasip1.toml", SPEC_BETA, f'{SPEC_BETA}\ngrants.args = ["x"]'),
        {"beta": "verify check launcher manifest"},
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
        {"beta": BETA.replace("compile ", "") + " launcher"},
    ),
    "an AOT target more": (
        edit("wasip1.toml", 'linux-gnu"]', 'linux-gnu", "aarch64-unknown-linux-gnu"]'),
        {"alpha": "precompile measure gate manifest"},
    ),
    "no AOT target": (
        edit("wasip1.toml", '"x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"', ""),
        {"alpha": "check measure gate manifest"},
    ),
}


def ran(build: Build) -> dict[str, set[str]]:
    """What a build ran, by artifact."""
    found: dict[str, set[str]] = {}
    for verb, path in build.steps:
        owner = next((o for o in ("alpha", "beta") if f"/{o}/" in path or f"/{o}.json" in path), "")
        found.setdefault(owner or "shared", set()).add(verb)
    return found


def wanted(expected: dict[str, str]) -> dict[str, set[str]]:
    return {owner: set(verbs.split()) for owner, verbs in expected.items()}


def rebuilds_exactly(
    project: Project, table: Mapping[str, tuple[Edit, dict[str, str]]]
) -> list[str]:
    """Takes a workspace that is up to date through a table, each edit on top of those before it,
    and at the end puts it back. What was wrong."""
    clean, before, wrong = project.outputs(), project.sources(), {}
    for name, (change, expected) in table.items():
        change(project)
        build = project.scons("-Q")
        again = project.scons("-Q")
        if ran(build) != wanted(expected) or build.status or again.steps:
            wrong[name] = (ran(build), again.steps, build.output)
    project.put_back(before)
    project.build("-Q")
    if project.outputs() != clean:
        wrong["put back"] = ("it builds other bytes",)
    return [f"{name}: {what}" for name, what in wrong.items()]


@pytest.mark.long
def test_each_edit_of_a_source_rebuilds_exactly_the_stale_nodes(project: Project) -> None:
    project.write("beta/extra.go", 'package main\n\nfunc init() {\n\tprintln("extra")\n}\n')
    project.build()
    wrong = rebuilds_exactly(project, SOURCES)
    assert not wrong, "\n".join(wrong)


@pytest.mark.long
def test_each_edit_of_a_spec_rebuilds_exactly_the_stale_nodes(
    make_workspace: MakeWorkspace,
) -> None:
    project = make_workspace(TWO | {"wasip1.toml": EVERY_KIND})
    project.build()
    wrong = rebuilds_exactly(project, SPEC)
    assert not wrong, "\n".join(wrong)


def test_a_second_build_runs_no_tool_and_reads_no_large_file(
    project: Project, tmp_path: Path
) -> None:
    again = witnessed(project, tmp_path / "witness", "-Q")
    assert again.build.status == 0
    assert "is up to date" in again.build.output
    assert again.ran == ()
    large = (".wasm", ".br", ".gz", ".cwasm")
    assert not [name for name in again.opened if name.endswith(large)]
    assert project.scons("-q").status == 0


def test_the_order_of_jobs_and_a_profile_and_back_rebuild_nothing(project: Project) -> None:
    assert not project.build("-j1").steps
    dev = project.build("PROFILE=dev", "-j4")
    assert "build/@dev/alpha/alpha.manifest.json" in dev.output
    assert not (project.root / "build/@dev/alpha/alpha.wasm.br").exists()
    assert not project.build("-Q").steps
    assert not project.build("-Q", "PROFILE=dev").steps
    shutil.rmtree(project.root / "build/@dev")


def test_two_edits_within_a_second_are_both_seen(project: Project) -> None:
    outputs = set()
    for answer in ("43", "44", "45"):
        project.edit("beta/main.go", "lib.Answer()", f"lib.Answer() + {answer}")
        assert ("strip", "build/beta/beta.wasm") in project.build("-Q").steps
        outputs.add((project.root / "build/beta/beta.wasm").read_bytes())
        project.edit("beta/main.go", f"lib.Answer() + {answer}", "lib.Answer()")
    assert len(outputs) == 3


def test_a_dropped_target_takes_its_file_with_it(project: Project) -> None:
    target = f'{SPEC_BETA}\naot.targets = ["pulley64"]'
    project.edit("wasip1.toml", SPEC_BETA, target)
    project.build()
    cwasm = project.root / "build/beta/beta.pulley64.cwasm"
    assert cwasm.exists()
    project.edit("wasip1.toml", target, SPEC_BETA)
    mine = project.write("build/beta/mine.txt", "not ours")
    project.build()
    assert not cwasm.exists()
    assert mine.exists()
    mine.unlink()


def test_a_dropped_artifact_takes_its_directory_with_it(project: Project) -> None:
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
    project.edit("wasip1.toml", SPEC_BETA, f'{SPEC_BETA}\naot.targets = ["pulley64"]')
    project.build()
    wheel = Path(sysconfig.get_path("purelib")) / "wasmtime_cli/wasmtime"
    other = tmp_path / "wasmtime"
    other.write_bytes(wheel.read_bytes() + b"\0")
    other.chmod(0o755)
    spec = (project.root / "wasip1.toml").read_text()
    pin = f'[toolchain]\nwasmtime = {{ path = "{other}" }}\n\n[defaults]'
    project.write("wasip1.toml", spec.replace("[defaults]", pin))
    assert ran(project.build("-Q")) == wanted({"beta": "precompile"})
