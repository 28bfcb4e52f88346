"""Go sources, embedded and granted files that other nodes generate."""

from __future__ import annotations

import pytest

from project import Build, Project
from rules_project import TOOL, settled

GENERATED = """package main

import _ "embed"

//go:embed made.txt
var made string

func main() {
	print(greeting, made)
}
"""
GENERATORS = (
    "env.Command('app/gen.go', 'greeting.in', "
    "'''(echo 'package main'; echo; echo \"const greeting = `cat $SOURCE`\") > $TARGET''')\n"
    "env.Command('app/made.txt', 'made.in', Copy('$TARGET', '$SOURCE'))\n"
)
BY_RULES = (
    'env.WasmStrip(env.GoWasm("out/app.debug.wasm", "./app"))\n'
    'env.WasmStrip(env.GoWasm("out/small.debug.wasm", "./cmd/small"))\n'
)
BY_WORKSPACE = "w = env.Wasip1Workspace()\n"
SPEC = """spec-version = 1

[artifact.app]
package = "./app"
compress.formats = []

[artifact.small]
package = "./cmd/small"
compress.formats = []
"""


@pytest.fixture(
    params=[
        pytest.param(BY_RULES, marks=pytest.mark.dear, id="rules"),
        pytest.param(BY_WORKSPACE, id="workspace"),
    ]
)
def generating(plain: Project, request: pytest.FixtureRequest) -> Project:
    """A program with a Go file and an embedded file that Commands make, and one without."""
    plain.write("app/main.go", GENERATED)
    plain.write("greeting.in", '"hello "')
    plain.write("made.in", "made")
    plain.write("wasip1.toml", SPEC)
    plain.write("SConstruct", TOOL + request.param + GENERATORS)
    return plain


def module_of(project: Project) -> bytes:
    """The module of `app`, wherever it is."""
    paths = [project.root / "out/app.wasm", project.root / "build/app/app.wasm"]
    return next(path.read_bytes() for path in paths if path.is_file())


def only_app(build: Build) -> set[str]:
    """What ran, all of it for `app`."""
    assert all("/app" in path for verb, path in build.steps if verb not in ("list", "gate"))
    return set(build.verbs)


def test_generated_sources_and_embeds_are_built_first_and_followed(generating: Project) -> None:
    first = generating.build("-Q")
    assert first.output.index("Copy(") < first.output.index("\nlist ")
    assert b"hello " in module_of(generating)
    assert settled(generating)

    generating.write("made.in", "another")
    assert {"compile", "strip"} <= only_app(generating.build("-Q"))
    assert b"another" in module_of(generating)
    assert settled(generating)

    generating.write("greeting.in", '"good day "')
    edited = only_app(generating.build("-Q"))
    assert {"compile", "strip"} <= edited
    assert "list" not in edited  # its head, with the imports, is what it was
    assert b"good day " in module_of(generating)
    assert settled(generating)

    # A generated file with other imports, and the same bytes from another command.
    generating.edit("SConstruct", "echo; echo", "echo 'import _ \\\"strconv\\\"'; echo")
    assert "list" in only_app(generating.build("-Q"))
    assert settled(generating)
    generating.edit("SConstruct", "Copy('$TARGET', '$SOURCE')", "'cat $SOURCE > $TARGET'")
    assert generating.build("-Q").verbs == []
    assert settled(generating)


def test_a_generated_source_may_embed_a_generated_file(generating: Project) -> None:
    generating.write("app/main.go", "package main\n\nfunc main() {\n\tprint(made)\n}\n")
    generating.write(
        "greeting.in", 'package main\n\nimport _ "embed"\n\n//go:embed made.txt\nvar made string\n'
    )
    text = (generating.root / "SConstruct").read_text()
    start = text.index("env.Command('app/gen.go'")
    generating.write(
        "SConstruct",
        text[:start] + "env.Command('app/gen.go', 'greeting.in', Copy('$TARGET', '$SOURCE'))\n"
        "env.Command('app/made.txt', 'made.in', Copy('$TARGET', '$SOURCE'))\n",
    )
    generating.build("-Q")
    assert b"made" in module_of(generating)
    assert settled(generating)
    generating.write("made.in", "changed")
    generating.build("-Q")
    assert b"changed" in module_of(generating)
    assert settled(generating)


HOST = """package main

import _ "embed"

//go:embed small.wasm
var module string

func main() {
	print(module)
}
"""


def test_a_go_program_of_the_same_module_may_embed_what_is_built(plain: Project) -> None:
    """A host beside its guests: its embedded module comes after the listing, not before it."""
    plain.write("host/main.go", HOST)
    plain.write(
        "SConstruct",
        TOOL
        + 'env.Install("host", env.WasmStrip(env.GoWasm("out/small.debug.wasm", "./cmd/small")))',
    )
    plain.build("-Q")
    assert settled(plain)
    plain.edit("cmd/small/main.go", '"small"', '"smaller"')
    assert plain.build("-Q").verbs == ["compile", "strip"]
    assert b"smaller" in (plain.root / "host/small.wasm").read_bytes()
    assert settled(plain)


def test_one_artifact_may_embed_another(plain: Project) -> None:
    plain.write("host/main.go", HOST)
    plain.write("wasip1.toml", SPEC.replace("./app", "./host"))
    plain.write(
        "SConstruct", TOOL + 'w = env.Wasip1Workspace()\nenv.Install("host", w["small"]["wasm"])\n'
    )
    plain.build("-Q")
    assert b"small" in module_of(plain)
    # Both are of one Go module, which is listed before anything is built: what it lacked then is
    # listed once more.
    assert set(plain.build("-Q").verbs) <= {"list", "compile"}
    assert settled(plain)
    plain.edit("cmd/small/main.go", '"small"', '"another one"')
    plain.build("-Q")
    assert b"another one" in module_of(plain)
    assert settled(plain)


def test_a_granted_directory_and_a_profile_may_be_generated(plain: Project) -> None:
    plain.write(
        "wasip1.toml",
        'spec-version = 1\n\n[artifact.small]\npackage = "./cmd/small"\ncompress.formats = []\n'
        'grants.dirs = [{ host = "data", guest = "/data", mode = "ro", reason = "it" }]\n\n'
        '[[artifact.small.check]]\nname = "reads"\nexpect = { stdout = "from a command" }\n',
    )
    plain.write(
        "cmd/small/main.go",
        'package main\n\nimport "os"\n\nfunc main() {\n'
        '\tdata, _ := os.ReadFile("/data/made.txt")\n\tos.Stdout.Write(data)\n}\n',
    )
    plain.write("made.in", "from a command")
    plain.write("data/README", "")
    plain.write(
        "SConstruct",
        TOOL + "env.Wasip1Workspace()\n"
        "env.Command('data/made.txt', 'made.in', Copy('$TARGET', '$SOURCE'))\n",
    )
    plain.build("-Q")
    assert settled(plain)
    plain.write("made.in", "from another")
    failed = plain.scons("-Q")
    assert failed.status == 2
    assert "from another" in failed.output
