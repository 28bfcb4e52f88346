"""Environment(tools=["wasip1"]) and env.Wasip1Workspace(): a workspace beside other things."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from project import SITE_SCONS, Build, Project

TOOL = 'env = Environment(tools=["wasip1"], toolpath=[PyPackageDir("wasip1_build.tools")])\n'
SPEC = """spec-version = 1

[profile.dev]
define = { "main.kind" = "dev" }

[artifact.app]
package = "./app"
compress.formats = []
define = { "main.kind" = "release" }
budget.wasm = "4MiB"

[[artifact.app.check]]
name = "says"
expect = { stderr = "any\\n" }
"""
MAIN = 'package main\n\nvar kind string\n\nfunc main() {\n\tprintln("any")\n}\n'
STEPS = ["check", "compile", "gate", "launcher", "list", "manifest", "measure", "strip", "verify"]


@pytest.fixture
def below(empty_project: Project) -> Project:
    """A repository whose go.mod is at its top, and whose workspace is wasm/."""
    p = empty_project
    p.write("go.mod", "module example.com/top\n\ngo 1.25\n")
    p.write("wasm/app/main.go", MAIN)
    p.write("wasm/wasip1.toml", SPEC)
    return p


def read(project: Project, sconstruct: str, *words: str) -> Build:
    """What scons says when it has read a SConstruct and has nothing to build."""
    project.write("SConstruct", sconstruct)
    return project.scons("-Q", "-n", "nothing.txt", *words)


def test_a_checkout_has_the_tool_in_its_site_tools(below: Project) -> None:
    """As in this repository: SCons itself looks into site_scons/site_tools."""
    shutil.copytree(SITE_SCONS / "site_tools", below.root / "site_scons/site_tools")
    (below.root / "site_scons/wasip1_build").symlink_to(SITE_SCONS / "wasip1_build")
    below.write(
        "SConstruct",
        'env = Environment(tools=["wasip1"])\nenv.Wasip1Workspace("wasm/wasip1.toml")\n',
    )
    build = below.scons("-Q", "-n", "app", env={"PYTHONPATH": ""})
    assert build.status == 0, build.output
    assert "manifest   wasm/build/app/app.manifest.json" in build.output


def test_a_package_has_the_tool_in_its_tools(below: Project) -> None:
    below.write("SConstruct", TOOL + 'env.Wasip1Workspace("wasm/wasip1.toml")\n')
    assert "manifest   wasm/build/app/app.manifest.json" in below.build("-Q", "-n", "app").output


LOOK = """
import gc, SCons.Defaults, SCons.Node, SCons.SConsign, SCons.Script
def look(env):
    options = ("num_jobs", "hash_format", "implicit_cache", "max_drift", "no_exec", "question")
    found = {name: GetOption(name) for name in options}
    found["keep_going"] = SCons.Script.Main.OptionsParser.values.keep_going
    found["decider"] = [env.decide_source, env.decide_target]
    found["sconsign"] = [SCons.SConsign.DB_Name, SCons.SConsign.DB_Module]
    found["targets"] = [DEFAULT_TARGETS[:], BUILD_TARGETS[:], COMMAND_LINE_TARGETS[:]]
    found["help"] = SCons.Script.help_text
    found["default"] = SCons.Defaults._default_env
    found["gc"] = [gc.isenabled(), gc.get_threshold()]
    found["variables"] = env.Dictionary()
    for name in [n for n in found["variables"] if n.startswith(("WASM", "WASIP1", "TOOLS"))]:
        del found["variables"][name]
    found["progress"] = [SCons.Node.implicit_cache, SCons.Node.do_store_info]
    return found
"""


def test_nothing_that_is_not_its_own_is_changed(below: Project) -> None:
    setup = LOOK + 'place = PyPackageDir("wasip1_build.tools")\nenv = Environment(tools=[])\n'
    setup += 'env.Decider("content-timestamp")\n'
    use = 'env.Tool("wasip1", toolpath=[place])\n'
    use += 'env.Wasip1Workspace("wasm/wasip1.toml")\nenv.GoWasm("x.debug.wasm", "./wasm/app")\n'
    use += "after = look(env)\n"
    use += "print([name for name in after if before[name] != after[name]] or 'the same')\n"
    build = read(below, setup + "before = look(env)\n" + use)
    assert "the same\n" in build.output


def test_two_calls_on_one_file_give_the_same_workspace(below: Project) -> None:
    calls = (
        'a = env.Wasip1Workspace("wasm/wasip1.toml")\n'
        'b = env.Clone().Wasip1Workspace("#/wasm/../wasm/wasip1.toml")\n'
        'c = Environment(tools=["wasip1"], toolpath=[PyPackageDir("wasip1_build.tools")])\n'
        'd = c.Wasip1Workspace(File("wasm/wasip1.toml"))\n'
        "print(a is b is d, a['app']['wasm'], sorted(a['.:app']) == sorted(b['app']))\n"
    )
    assert "True wasm/build/app/app.wasm True" in read(below, TOOL + calls).output


def test_two_profiles_of_one_file_stand_side_by_side(below: Project) -> None:
    below.write(
        "SConstruct",
        TOOL + 'env.Wasip1Workspace("wasm/wasip1.toml", prefix="r-")\n'
        'env.Wasip1Workspace("wasm/wasip1.toml", prefix="d-", profile="dev")\n',
    )
    assert below.build("-Q").verbs == sorted([*STEPS, *(s for s in STEPS if s != "list")])
    assert {"app/app.manifest.json", "@dev/app/app.manifest.json"} <= set(
        below.outputs("wasm/build")
    )
    assert "is up to date" in below.build("-Q").output
    assert "is up to date" in below.build("-Q", "r-app").output
    assert "is up to date" in below.build("-Q", "d-app").output


def test_two_files_may_share_a_build_directory(below: Project) -> None:
    below.write("wasm/other.toml", SPEC.replace("[artifact.app", "[artifact.other"))
    both = 'env.Wasip1Workspace("wasm/wasip1.toml")\nenv.Wasip1Workspace("wasm/other.toml")\n'
    below.write("SConstruct", TOOL + both)
    below.build("-Q")
    made = set(below.outputs("wasm/build"))
    assert "is up to date" in below.build("-Q").output
    # One of them alone leaves what belongs to the other.
    below.write("SConstruct", TOOL + both.splitlines()[1] + "\n")
    below.build("-Q")
    assert set(below.outputs("wasm/build")) == made
    below.write("SConstruct", TOOL + both)
    assert "is up to date" in below.build("-Q").output


def test_what_a_spec_no_longer_names_is_removed(below: Project) -> None:
    below.write("SConstruct", TOOL + 'env.Wasip1Workspace("wasm/wasip1.toml")\n')
    below.edit("wasm/wasip1.toml", "compress.formats = []", 'compress.formats = ["gz"]')
    below.build("-Q")
    assert (below.root / "wasm/build/app/app.wasm.gz").is_file()
    below.edit("wasm/wasip1.toml", 'compress.formats = ["gz"]', "compress.formats = []")
    below.scons("-Q", "-n")
    assert (below.root / "wasm/build/app/app.wasm.gz").is_file()
    below.build("-Q")
    assert not (below.root / "wasm/build/app/app.wasm.gz").exists()


BROKEN = SPEC.replace("compress", "compres").replace("[profile.dev]", "[profile.dev]\nkind = 1")


def test_a_broken_spec_is_a_user_error_with_all_that_is_wrong(below: Project) -> None:
    below.write("wasm/wasip1.toml", BROKEN)
    build = read(below, TOOL + 'env.Wasip1Workspace("wasm/wasip1.toml")\n')
    assert build.status == 2
    assert "scons: *** wasm/wasip1.toml, which SConstruct:2 declares\n" in build.output
    assert 'wasm/wasip1.toml:9:1: error: unknown key "compres"' in build.output
    assert "wasm/wasip1.toml:4:1: error:" in build.output
    assert "  fix: did you mean" in build.output


def test_a_missing_spec_is_a_user_error(below: Project) -> None:
    build = read(below, TOOL + 'env.Wasip1Workspace("wasi/wasip1.toml")\n')
    assert build.status == 2
    assert "wasi/wasip1.toml: error: wasip1.toml cannot be read" in build.output


@pytest.fixture
def profiled(below: Project) -> Iterator[Project]:
    below.write("SConstruct", TOOL + 'env.Wasip1Workspace("wasm/wasip1.toml")\n')
    yield below


def test_the_profile_is_named_on_the_command_line(profiled: Project) -> None:
    build = profiled.build("-Q", "-n", "WASIP1_PROFILE=dev")
    assert "wasm/build/@dev/app/app.manifest.json" in build.output
    assert "wasm/build/app" not in build.output


def test_arguments_without_the_prefix_belong_to_others(profiled: Project) -> None:
    build = profiled.build("-Q", "-n", "PROFILE=dev", "ANYTHING=1")
    assert "wasm/build/app/app.manifest.json" in build.output
    assert "@dev" not in build.output


def test_an_unknown_profile_is_a_user_error(profiled: Project) -> None:
    build = profiled.scons("-Q", "-n", "WASIP1_PROFILE=devv")
    assert build.status == 2
    assert 'unknown profile "devv"' in build.output
    assert 'did you mean "dev"?' in build.output


@pytest.mark.dear
def test_a_workspace_may_lie_below_the_top(below: Project) -> None:
    below.write("SConstruct", TOOL + 'env.Wasip1Workspace("wasm/wasip1.toml", prefix="wasm-")\n')
    assert below.build("-Q", "wasm-app").verbs == STEPS
    assert "is up to date" in below.build("-Q", "wasm").output
    assert below.scons("-Q", "-u", directory="wasm/app").status == 0
    assert not (below.root / "build").exists()
    below.edit("wasm/app/main.go", '"any"', '"other"')
    build = below.scons("-Q", "wasm-app")
    assert build.status == 2
    assert "wasm/build/app/app.manifest.json" not in build.output.split("error:")[0]


def test_an_sconscript_may_declare_the_workspace_of_its_directory(below: Project) -> None:
    below.write("SConstruct", TOOL + 'Export("env")\nSConscript("wasm/SConscript")\n')
    below.write(
        "wasm/SConscript",
        'Import("env")\nw = env.Wasip1Workspace(prefix="wasm-")\n'
        'env.Install("#/dist", w["app"]["wasm"])\n',
    )
    assert below.build("-Q", "dist").verbs == ["compile", "list", "strip"]
    rest = sorted({*STEPS} - {"compile", "list", "strip"})
    assert below.build("-Q", "wasm-app").verbs == rest
    variant = 'Export("env")\nSConscript("wasm/SConscript", variant_dir="v")\n'
    below.write("SConstruct", TOOL + variant)
    assert "is up to date" in below.build("-Q", "wasm-app").output


def test_another_copy_than_the_installed_one_is_refused(below: Project, tmp_path: Path) -> None:
    site = tmp_path / "site"
    (site / "wasip1_scons-0.0.9.dist-info").mkdir(parents=True)
    below.write("SConstruct", TOOL)
    build = below.scons("-Q", env={"PYTHONPATH": f"{SITE_SCONS}:{site}"})
    assert build.status == 2
    assert f"wasip1_scons-0.0.9 is installed in {site}" in build.output


def test_nodes_in_the_directory_of_a_package_always_run_and_make_nothing_of_ours_stale(
    below: Project,
) -> None:
    below.write(
        "SConstruct",
        TOOL + 'env.Wasip1Workspace("wasm/wasip1.toml")\n'
        'own = env.AlwaysBuild(env.Command("wasm/app/own.txt", [], "echo OWN > $TARGET"))\n'
        'env.Requires(env.Command("after.txt", own, "echo AFTER > $TARGET"), own)\n',
    )
    first = below.build("-Q", "-j2")
    assert first.verbs == STEPS
    for _ in range(2):
        again = below.build("-Q", "-j2")
        assert again.steps == ()
        assert "echo OWN" in again.output
        assert "echo AFTER" not in again.output
