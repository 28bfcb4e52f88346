"""The sidecars: smaller, the same bytes every time, and proved to give the module back."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import brotli
import deflate
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from small_project import EMPTY_MODULE, MODULE, context_in, put, run
from wasip1_build.findings import Failure
from wasip1_build.steps.compress import GZIP_HEADER, Brotli, Gzip, encoder_version

BR = Brotli("a.wasm", "a.wasm.br", 11)
GZ = Gzip("a.wasm", "a.wasm.gz")


def packed(root: Path, step: Brotli | Gzip, module: bytes = MODULE) -> bytes:
    put(root, step.module, module)
    run(step, context_in(root))
    return (root / step.output).read_bytes()


def refused(root: Path, step: Brotli | Gzip, module: bytes = MODULE) -> Failure:
    with pytest.raises(Failure) as caught:
        packed(root, step, module)
    assert not (root / step.output).exists()
    return caught.value


def test_a_real_module_comes_back_and_is_much_smaller(tmp_path: Path, hello_wasm: Path) -> None:
    module = hello_wasm.read_bytes()
    small = packed(tmp_path, Brotli("a.wasm", "a.wasm.br", 5), module)
    assert brotli.decompress(small) == module
    assert len(small) < len(module) / 3
    small = packed(tmp_path, GZ, module)
    assert gzip.decompress(small) == module
    assert len(small) < len(gzip.compress(module, 9, mtime=0))


# What compresses: a sidecar larger than its module is refused, which other tests are about.
compressible = st.binary(max_size=2000).map(lambda data: data * 2 + bytes(200))


@settings(max_examples=30, deadline=None)
@given(module=compressible)
def test_any_module_that_compresses_comes_back(
    module: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("any")
    assert brotli.decompress(packed(root, BR, module)) == module
    assert gzip.decompress(packed(root, GZ, module)) == module


@pytest.mark.parametrize("step", [BR, GZ], ids=["br", "gz"])
def test_the_same_module_gives_the_same_bytes(step: Brotli | Gzip, tmp_path: Path) -> None:
    assert packed(tmp_path / "one", step) == packed(tmp_path / "two", step)


def test_the_gzip_header_has_no_time_no_name_and_no_system(tmp_path: Path) -> None:
    data = packed(tmp_path, GZ)
    assert data[:10] == GZIP_HEADER == bytes.fromhex("1f8b08000000000002ff")


def test_quality_is_what_was_asked_for(tmp_path: Path, hello_wasm: Path) -> None:
    module = hello_wasm.read_bytes()[:200_000]
    fast = packed(tmp_path, Brotli("a.wasm", "a.wasm.br", 1), module)
    slow = packed(tmp_path, BR, module)
    assert len(slow) < len(fast)


@pytest.mark.parametrize("step", [BR, GZ], ids=["br", "gz"])
def test_a_sidecar_larger_than_its_module_is_refused(step: Brotli | Gzip, tmp_path: Path) -> None:
    (finding,) = refused(tmp_path, step, EMPTY_MODULE).findings
    assert finding.rule == "compress-larger"
    form = step.output.rpartition(".")[2]
    assert finding.fix == f'take "{form}" out of compress.formats of this artifact'
    assert finding.key == "compress.formats"


@pytest.mark.parametrize(
    ("step", "library", "function"),
    [(BR, brotli, "compress"), (GZ, deflate, "deflate_compress")],
    ids=["br", "gz"],
)
def test_a_sidecar_that_does_not_give_the_module_back_is_refused(
    step: Brotli | Gzip,
    library: object,
    function: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right = getattr(library, function)
    monkeypatch.setattr(library, function, lambda data, *a, **kw: right(data + b"!", *a, **kw))
    (finding,) = refused(tmp_path, step).findings
    assert finding.rule == "compress-mismatch"


@pytest.mark.parametrize(("step", "library"), [(BR, "brotli"), (GZ, "deflate")])
def test_a_missing_encoder_is_said_with_what_brings_it(
    step: Brotli | Gzip, library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    assert step.key(context_in(tmp_path))[library] == "missing"
    (finding,) = refused(tmp_path, step).findings
    assert finding.rule == "encoder-missing"
    assert "pip install" in finding.fix


def test_the_encoder_is_part_of_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = context_in(tmp_path)
    before = BR.key(context)
    assert before["brotli"] == encoder_version("brotli") == brotli.__version__
    monkeypatch.setattr(brotli, "__version__", "9.9.9")
    assert BR.key(context) != before
    assert GZ.key(context)["deflate"] == deflate.__version__
