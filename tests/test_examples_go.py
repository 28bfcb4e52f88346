"""Are the Go sources of the examples sound: formatted, vetted, and do their own tests pass?"""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"
# host-go has a go.work of its own and needs more than Go: tests/third_party builds it.
MODULES = sorted(
    path.parent for path in EXAMPLES.glob("*/go.mod") if not path.with_name("go.work").exists()
)
GO = Path(sysconfig.get_path("purelib")) / "go" / "bin" / "go"
WASIP1 = {"GOOS": "wasip1", "GOARCH": "wasm"}

pytestmark = pytest.mark.skipif(
    not GO.is_file(), reason="no pinned Go: pip install 'wasip1-scons[toolchain]'"
)


def go(*arguments: str, cwd: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs the pinned Go with nothing of the user's own settings but where its caches are."""
    settings = {"GOENV": "off", "GOFLAGS": "", "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
    inherited = {k: v for k, v in os.environ.items() if k not in {"GOOS", "GOARCH", "GOWORK"}}
    return subprocess.run(
        [str(GO), *arguments],
        cwd=cwd,
        env=inherited | settings | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def packages() -> list[str]:
    return [f"./{module.relative_to(ROOT).as_posix()}/..." for module in MODULES]


def test_every_module_is_in_go_work() -> None:
    listed = go("list", "-m", "-f", "{{.Dir}}")
    assert listed.returncode == 0, listed.stderr
    assert sorted(map(Path, listed.stdout.split())) == MODULES


def test_the_sources_are_formatted() -> None:
    gofmt = GO.with_name("gofmt")
    done = subprocess.run([gofmt, "-l", EXAMPLES], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.parametrize("platform", [{}, WASIP1], ids=["native", "wasip1"])
def test_go_vet_finds_nothing(platform: dict[str, str]) -> None:
    vetted = go("vet", *packages(), **platform)
    assert vetted.returncode == 0, vetted.stderr


def test_the_examples_own_tests_pass() -> None:
    tested = go("test", *packages())
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_a_template_is_rendered_by_the_host_that_the_example_shows(tmp_path: Path) -> None:
    wasmtime = pytest.importorskip("wasmtime", reason="pip install wasmtime")
    host: dict[str, object] = {"__name__": "host"}
    source = EXAMPLES / "template" / "host.py"
    exec(compile(source.read_text(), str(source), "exec"), host)

    module = tmp_path / "template.wasm"
    flags = ("-trimpath", "-buildvcs=false", "-buildmode=c-shared", "-o", str(module))
    built = go("build", *flags, "./examples/template/cmd/template", **WASIP1)
    assert built.returncode == 0, built.stderr
    engine = wasmtime.Engine()
    templates = host["Templates"](engine, wasmtime.Module(engine, module.read_bytes()))  # type: ignore[operator]

    greeting = templates.compile("Hello {{.name}}!")
    assert templates.render(greeting, '{"name": "Zoë"}') == "Hello Zoë!"
    for template, data in ((greeting, "{}"), (greeting, "no JSON"), (greeting + 1, "{}")):
        with pytest.raises(host["TemplateError"]):  # type: ignore[call-overload]
            templates.render(template, data)
    # One instance serves on after failures and collections, with nothing leaked.
    for number in range(2000):
        assert templates.render(greeting, f'{{"name": "{number}"}}') == f"Hello {number}!"
