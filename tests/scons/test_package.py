"""The wheel, installed where nothing else of this project is, in a repository of someone else's."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from project import Build, Project

REPOSITORY = Path(__file__).resolve().parents[2]
EMBEDDERS = REPOSITORY / "site_scons/wasip1_build/embedders"
PAGE = REPOSITORY / "site_scons/wasip1_build/report/page"
EVERYTHING = "brotli check compile gate launcher manifest measure strip verify"


@dataclass(frozen=True)
class Monorepo(Project):
    """Someone else's repository, built by the scons of an environment that has the wheel."""

    python: Path

    def scons(  # type: ignore[override]  # (no limits here)
        self, *words: str, env: Mapping[str, str] | None = None, directory: str = "."
    ) -> Build:
        """Runs that environment's scons, without this repository on the path."""
        done = run(self.python, "-m", "SCons", *words, cwd=self.root / directory, env=self.env(env))
        assert "Traceback" not in done.stdout, done.stdout
        return Build(done.returncode, done.stdout)

    def env(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of its processes."""
        kept = self.environment(extra)
        del kept["PYTHONPATH"]
        return kept

    def said(self, *words: str, directory: str = ".") -> str:
        """The output of scons, which must succeed."""
        build = self.scons("-Q", *words, directory=directory)
        assert build.status == 0, build.output
        return build.output


def run(
    program: Path | str, *words: str, cwd: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs a program to its end, stdout and stderr as one text."""
    return subprocess.run(
        [str(program), *words],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree."""
    pytest.importorskip("hatchling", reason="pip install 'wasip1-scons[test]'")
    directory = tmp_path_factory.mktemp("wheel")
    words = ("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(directory))
    done = run(sys.executable, "-m", "pip", *words, str(REPOSITORY), cwd=directory)
    assert done.returncode == 0, done.stdout
    return next(directory.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, pinned_go: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a new virtual environment that has the wheel and what it depends on.

    SCons, wasmtime and the toolchain, 400 MB, are not copied but found by a .pth file in the
    environment that runs the tests. Where this repository is installed there as editable, its own
    .pth file stays without effect: such files count in site directories only. So wasip1_build
    comes from the wheel, and the test below looks whether it does.
    """
    assert pinned_go.is_file()
    root = tmp_path_factory.mktemp("installed") / "venv"
    made = run(sys.executable, "-m", "venv", "--without-pip", str(root), cwd=root.parent)
    assert made.returncode == 0, made.stdout
    names = {"base": str(root), "platbase": str(root)}
    site = Path(sysconfig.get_path("purelib", "venv", names))
    shared = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (site / "shared.pth").write_text("".join(f"{path}\n" for path in sorted(shared)))
    # Whether all that it depends on is there, in versions that fit, is for `pip check` to say.
    words = ("--python", str(root), "install", "--no-index", "--ignore-installed", "--no-deps")
    done = run(sys.executable, "-m", "pip", *words, str(wheel), cwd=root.parent)
    assert done.returncode == 0, done.stdout
    return root / "bin" / "python"


SCONSTRUCT = """\
# What this repository builds beside WebAssembly has nothing to do with it.
env = Environment(
    tools=["wasip1"], toolpath=[PyPackageDir("wasip1_build.tools")], ENV={"PATH": "/usr/bin:/bin"}
)
if "cache" in ARGUMENTS:
    CacheDir(ARGUMENTS["cache"])
if "decider" in ARGUMENTS:
    env.Decider(ARGUMENTS["decider"])
wasm = env.Wasip1Workspace("wasip1.toml", prefix="wasm-")
text = "services/one/text.txt"
upper = env.Command("upper.txt", text, "echo UPPER; tr a-z A-Z < $SOURCE > $TARGET")
count = env.Command("count.txt", wasm["one"]["wasm"], "echo COUNT; wc -c < $SOURCE > $TARGET")
again = env.AlwaysBuild(env.Command("again.txt", [], "echo AGAIN > $TARGET; cat $TARGET"))
placed = env.Install("dist", wasm["one"]["wasm"])
env.Alias("own", [upper, count, again, placed])
"""
ALWAYS = "echo AGAIN > again.txt; cat again.txt\nAGAIN\n"  # what a build with nothing to do says
MAIN = """package main

import _ "embed"

//go:embed text.txt
var text string

func main() { print(text) }
"""
MEMBER = """spec-version = 1

[artifact.{name}]
package = "."
compress = {{ formats = ["br"], brotli-quality = 0 }}
budget.wasm = "4MiB"
"""


@pytest.fixture
def monorepo(installed: Path, tmp_path: Path, shared_cache: Path) -> Monorepo:
    """Two services, each a Go module and a member, and four nodes of the repository's own."""
    (shared_cache / "home").mkdir(exist_ok=True)
    p = Monorepo(tmp_path / "monorepo", shared_cache, installed)
    p.write("SConstruct", SCONSTRUCT)
    p.write("wasip1.toml", 'spec-version = 1\n\n[workspace]\nmembers = ["services/*"]\n')
    p.write("go.work", "go 1.25\n\nuse (\n\t./services/one\n\t./services/two\n)\n")
    for name in ("one", "two"):
        p.write(f"services/{name}/go.mod", f"module example.com/{name}\n\ngo 1.25\n")
        p.write(f"services/{name}/main.go", MAIN)
        p.write(f"services/{name}/text.txt", f"{name}\n")
        p.write(f"services/{name}/wasip1.toml", MEMBER.format(name=name))
    return p


def test_the_wheel_holds_the_tool_the_schemas_and_the_marker_of_types(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    needed = {
        *(f"schemas/{path.name}" for path in (REPOSITORY / "schemas").iterdir()),
        *("tools/__init__.py", "tools/wasip1.py", "py.typed", "scons/tool.py"),
        *(f"embedders/{path.name}" for path in EMBEDDERS.iterdir()),
        *(f"report/page/{path.name}" for path in PAGE.iterdir() if path.suffix),
    }
    assert {f"wasip1_build/{name}" for name in needed} <= names
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"wasip1_build"}


def test_the_package_comes_from_the_wheel_and_has_its_dependencies(installed: Path) -> None:
    code = "import wasip1_build; print(wasip1_build.__file__)"
    where = Path(run(installed, "-c", code, cwd=installed.parent).stdout.strip())
    assert where.is_relative_to(installed.parents[1])
    venv = str(installed.parents[1])
    checked = run(sys.executable, "-m", "pip", "--python", venv, "check", cwd=installed.parent)
    assert "wasip1-scons" not in checked.stdout, checked.stdout


def test_the_console_script_works(monorepo: Monorepo) -> None:
    script = monorepo.python.with_name("wasip1")
    version = run(script, "--version", cwd=monorepo.root, env=monorepo.env())
    assert re.fullmatch(r"wasip1 \d+\.\d+\.\d+\n", version.stdout)
    doctor = run(script, "doctor", cwd=monorepo.root, env=monorepo.env())
    assert doctor.returncode == 0, doctor.stdout
    assert f"workspace: {monorepo.root / 'wasip1.toml'}" in doctor.stdout


@pytest.mark.dear
def test_ours_and_theirs_are_built_as_each_graph_says(monorepo: Monorepo) -> None:
    first = monorepo.build("-Q")
    assert first.verbs == sorted(["list", *EVERYTHING.split() * 2])
    assert {"UPPER", "COUNT", "AGAIN"} <= set(first.output.split())
    module = monorepo.root / "build/services/one/one/one.wasm"
    assert (monorepo.root / "dist/one.wasm").read_bytes() == module.read_bytes()

    # Nothing of ours is stale; their AlwaysBuild is, whenever it is asked for.
    second = monorepo.said()
    assert second == ALWAYS
    assert monorepo.said("wasm-one", "wasm-services/two:two").count("is up to date") == 2
    assert monorepo.said("build", "services").count("is up to date") == 2
    assert monorepo.scons("-q", "wasm-one", "upper.txt").status == 0

    # An edit goes through our steps and theirs, and no further.
    monorepo.write("services/one/text.txt", "one, and more of it\n")
    assert monorepo.scons("-q", "wasm-one").status == 1
    planned = monorepo.said("-n", "--debug=explain")
    assert "`services/one/text.txt' changed" in planned
    edited = monorepo.build("-Q", "--debug=explain")
    assert {path.split("/")[-1].split(".")[0] for _, path in edited.steps} == {"one"}
    assert {"UPPER", "COUNT"} <= set(edited.output.split())
    assert (monorepo.root / "dist/one.wasm").read_bytes() == module.read_bytes()
    assert b"and more of it" in module.read_bytes()
    assert monorepo.said() == second

    tree = monorepo.said("--tree=all,status", "wasm-two")
    assert "build/services/two/two/two.debug.wasm" in tree
    assert "services/two/text.txt" in tree


def test_up_and_clean_work_as_for_every_other_node(monorepo: Monorepo) -> None:
    below = monorepo.scons("-Q", "-u", directory="services/two")
    assert {path.split("/")[2] for verb, path in below.steps if verb == "compile"} == {"two"}
    assert "AGAIN" not in below.output
    made = set(monorepo.outputs())
    listed = monorepo.said("-n", "-c", "wasm-two")
    assert set(monorepo.outputs()) == made
    assert monorepo.said("-c", "wasm-two") == listed
    assert not monorepo.outputs()
    assert monorepo.said("-c", "wasm-two") == ""
    again = monorepo.build("-Q", "wasm-two")
    assert sorted([*again.verbs]) == sorted([*EVERYTHING.split(), "list"])


def test_looking_writes_nothing(monorepo: Monorepo) -> None:
    before = {path for path in monorepo.root.rglob("*") if path.is_file()}
    for words in (["-n"], ["-q"], ["-h"], ["-c", "-n"]):
        monorepo.scons(*words)
    made = {path for path in monorepo.root.rglob("*") if path.is_file()} - before
    # SCons's own file, and what reading the spec came to.
    assert {path.name for path in made} <= {".sconsign.dblite", "spec"}


def test_another_clone_takes_our_outputs_from_a_cache_directory(
    monorepo: Monorepo, tmp_path: Path
) -> None:
    cache = f"cache={tmp_path / 'cache'}"
    clone = Monorepo(tmp_path / "elsewhere" / "clone", monorepo.cache, monorepo.python)
    shutil.copytree(monorepo.root, clone.root)
    monorepo.build("-Q", cache)
    first = clone.build("-Q", cache)
    assert first.verbs == []
    assert "Retrieved `build/services/one/one/one.manifest.json' from cache" in first.output
    assert clone.outputs() == monorepo.outputs()
    assert clone.said(cache) == "Retrieved `again.txt' from cache\n"
    # What was retrieved is watched like what was made.
    (clone.root / "build/services/one/one/one.wasm").write_bytes(b"tampered")
    clone.build("-Q", cache)
    assert clone.outputs() == monorepo.outputs()


@pytest.mark.parametrize(
    "words",
    [
        [],
        pytest.param(["--hash-format=sha1"], marks=pytest.mark.dear),
        pytest.param(["--hash-format=sha256"], marks=pytest.mark.dear),
        ["decider=content-timestamp"],
        pytest.param(["decider=timestamp-newer"], marks=pytest.mark.dear),
        pytest.param(["--max-drift=1"], marks=pytest.mark.dear),
    ],
    ids=lambda words: " ".join(words) or "md5",
)
def test_a_source_shared_with_another_builder_makes_neither_stale(
    monorepo: Monorepo, words: list[str]
) -> None:
    """text.txt is embedded in a module and read by a Command, and either may be asked for first."""
    text, upper = monorepo.root / "services/one/text.txt", monorepo.root / "upper.txt"
    ours, theirs = ["build/services/one/one/one.wasm", *words], ["upper.txt", *words]
    for number, order in enumerate(([ours, theirs], [theirs, ours])):
        text.write_text(f"text {number}\n")
        # SCons compares times in whole seconds, and timestamp-newer with the target's.
        os.utime(text, (10**9, 10**9 + number))
        if upper.exists():
            os.utime(upper, (10**8, 10**8))
        for asked in order:
            built = monorepo.build("-Q", *asked)
            assert ("UPPER" in built.output) == (asked is theirs)
            assert ("compile" in built.verbs) == (asked is ours)
        for asked in (*order, [*order[0], *order[1]]):
            assert "is up to date" in monorepo.said(*asked)
        assert upper.read_text() == f"TEXT {number}\n"
