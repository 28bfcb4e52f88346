"""Which part of the program may know of which: a package imports only from its left."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import wasip1_build

PACKAGE = Path(wasip1_build.__file__).parent
# Left to right. `tools` is the door through which SCons finds the tool of an installed package.
ORDER = (
    "wasm",
    "spec",
    "toolchain",
    "runtime",
    "steps",
    "planned",
    "plan",
    "plan_tests",
    "plan_audit",
    "plan_gate",
    "test_places",
    "measure",
    "advise",
    "release",
    "cache",
    "report",
    "scons",
    "tools",
    "cli",
)


def violations(package: Path) -> list[str]:
    """One sentence for each import, anywhere in a file, that the order forbids."""
    return [
        sentence
        for path in sorted(package.rglob("*.py"))
        for module in imports(path)
        if (sentence := _verdict(path.relative_to(package), module))
    ]


def imports(path: Path) -> Iterator[str]:
    """The dotted name of everything that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import hides what it imports"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _verdict(path: Path, module: str) -> str:
    top, *inner = module.split(".")
    here = path.parts[0].removesuffix(".py")
    if top == "SCons" and here != "scons":
        return f"{path} imports SCons"
    if top != "wasip1_build" or not inner or inner[0] not in ORDER:
        return ""
    if here not in ORDER:
        return f"{path}, a root module, imports the package {inner[0]}"
    if ORDER.index(inner[0]) > ORDER.index(here):
        return f"{path} imports {inner[0]}, which is on its right"
    return ""


def test_every_package_imports_only_from_its_left_and_only_scons_imports_scons() -> None:
    assert violations(PACKAGE) == []


def test_every_package_has_its_place_in_the_order() -> None:
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert packages <= set(ORDER)


@pytest.mark.parametrize(
    ("file", "line", "sentence"),
    [
        ("wasm/x.py", "from wasip1_build.spec.model import Budget", "spec, which is on its right"),
        ("wasm/x.py", "import wasip1_build.steps.gate", "steps, which is on its right"),
        ("plan.py", "from wasip1_build import report", "report, which is on its right"),
        ("spec/x.py", "def f():\n    from wasip1_build.plan import plan", "plan, which is"),
        ("files.py", "from wasip1_build.wasm import module", "a root module, imports the package"),
        ("cli/x.py", "import SCons.Script", "imports SCons"),
        ("steps/x.py", "from SCons import Node", "imports SCons"),
    ],
)
def test_an_import_from_the_right_is_seen(
    file: str, line: str, sentence: str, tmp_path: Path
) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(line)
    (seen,) = violations(tmp_path)
    assert sentence in seen


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("steps/x.py", "from wasip1_build.wasm.module import read_module"),
        ("steps/x.py", "from wasip1_build import files, process"),
        ("plan.py", "from wasip1_build.steps.gate import Gate"),
        ("digests.py", "from wasip1_build.files import write_atomically"),
        ("scons/x.py", "import SCons.Script"),
        ("cli/x.py", "from wasip1_build import __version__"),
    ],
)
def test_an_import_from_the_left_is_not(file: str, line: str, tmp_path: Path) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(line)
    assert violations(tmp_path) == []
