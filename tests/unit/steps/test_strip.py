"""The strip step makes of one link what a second one with -s -w would make."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from wasip1_build.digests import Digests
from wasip1_build.findings import Failure
from wasip1_build.steps.step import Context
from wasip1_build.steps.strip import Strip
from wasip1_build.toolchain.tools import Tools
from wasip1_build.wasm.module import read_module
from wasip1_build.wasm.sections import read_sections
from wasm_writer import module


@pytest.fixture
def context(tmp_path: Path) -> Context:
    digests = Digests(None)
    tools = Tools(tmp_path, digests, {}, tmp_path / "cache", [])
    return Context(tmp_path, "build", tools, digests, stage=tmp_path / "stage")


def stripped(context: Context, data: bytes, **settings: object) -> bytes:
    context.path("in.wasm").write_bytes(data)
    step = Strip("in.wasm", "build/out.wasm", **settings)  # type: ignore[arg-type]
    step.run(context)
    return context.out("build/out.wasm").read_bytes()


def standard(data: bytes) -> dict[str, bytes]:
    return {
        part.name: data[part.start : part.end] for part in read_sections(data) if not part.custom
    }


def test_standard_sections_equal_those_of_a_link_with_s_and_w(
    context: Context, hello_wasm: Path, hello_stripped_by_go: Path
) -> None:
    release = stripped(context, hello_wasm.read_bytes())
    assert standard(release) == standard(hello_stripped_by_go.read_bytes())
    assert len(release) < hello_stripped_by_go.stat().st_size


def test_an_independent_judge_accepts_the_result(
    context: Context, hello_wasm: Path, wasm_tools: Path
) -> None:
    stripped(context, hello_wasm.read_bytes(), keep=("producers",), max_memory_bytes=64 << 20)
    path = context.out("build/out.wasm")
    subprocess.run([wasm_tools, "validate", path], check=True)
    (memory,) = read_module(path.read_bytes()).memories
    assert memory.max_pages == 1024


def test_a_limit_below_what_hello_needs_is_refused(context: Context, hello_wasm: Path) -> None:
    with pytest.raises(Failure, match="bytes of memory at its start"):
        stripped(context, hello_wasm.read_bytes(), max_memory_bytes=1 << 20)


def test_what_is_no_module_is_refused_by_its_path(context: Context) -> None:
    with pytest.raises(Failure, match=r"in\.wasm is not a WebAssembly module"):
        stripped(context, b"hello")


def test_a_missing_module_is_said(context: Context) -> None:
    with pytest.raises(Failure, match=r"none\.wasm cannot be read"):
        Strip("none.wasm", "out.wasm").run(context)


def test_inputs_outputs_and_key_name_what_decides_the_result(context: Context) -> None:
    step = Strip("in.wasm", "out.wasm", keep=("b", "a", "b"), max_memory_bytes=65536)
    assert (step.inputs, step.outputs) == (("in.wasm",), ("out.wasm",))
    assert step.key(context) == {"keep": ["a", "b"], "max_memory_bytes": 65536}


def test_the_same_module_gives_the_same_bytes(context: Context) -> None:
    data = module(customs=[("name", b"x")])
    assert stripped(context, data) == stripped(context, data) == module()
