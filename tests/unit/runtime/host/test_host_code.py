"""Which machine code a host executes, what it compiles instead, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hosted_modules import ENDS, Built, built, wasmtime_major
from small_modules import command, precompile

from wasip1_build.files import sha256_of_bytes
from wasip1_build.findings import Failure, Finding
from wasip1_build.runtime.host import Host
from wasip1_build.runtime.host.sealed import sealed

PRINTS = command("(call $print (i32.const 1024) (i32.const 5))", "hello")
OTHER = command("(call $print (i32.const 1024) (i32.const 5))", "other")


@pytest.fixture
def artifact(tmp_path: Path) -> Built:
    return built(tmp_path / "build", PRINTS)


def refusal(manifest: Path, **how: object) -> Finding:
    """Why a host is not opened, which must be refused in both isolations before a worker starts."""
    with pytest.raises(Failure) as refused:
        Host.open(manifest, cache=manifest.parent / "cache", **how)  # type: ignore[arg-type]
    (finding,) = refused.value.findings
    return finding


def output(manifest: Path, cache: Path, **how: float) -> tuple[bytes, tuple[str, ...]]:
    """What the module prints, and the notes of its host."""
    with Host.open(manifest, cache=cache, concurrency=1, **how) as host:  # type: ignore[arg-type]
        return host.invoke().stdout, host.notes


def changed(code: bytes) -> bytes:
    at = len(code) // 2
    return code[:at] + bytes([code[at] ^ 1]) + code[at + 1 :]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (changed, "it is of another build (stale), or it was changed"),
        (lambda code: code[:-100], "it is truncated: it has"),
        (lambda _code: b"", "is empty"),
        (lambda _code: Path(sys.executable).read_bytes(), "a native program or library (ELF)"),
        (lambda _code: b"(module)", "the text format (wat)"),
        (lambda code: code + b"\0", "(stale), or it was changed"),
    ],
    ids=["tampered", "truncated", "empty", "foreign", "text", "longer"],
)
def test_a_file_that_is_not_the_manifests_is_refused_and_not_executed(
    artifact: Built, spoil: Callable[[bytes], bytes], why: str
) -> None:
    artifact.code.write_bytes(spoil(artifact.code.read_bytes()))
    finding = refusal(artifact.manifest)
    assert finding.rule == "host-code" and "is not the file of the manifest" in finding.what
    assert why in finding.why and "it was not executed" in finding.why and finding.fix


def test_machine_code_of_another_build_is_refused(artifact: Built, tmp_path: Path) -> None:
    other = built(tmp_path / "other", OTHER)
    artifact.code.write_bytes(other.code.read_bytes())
    assert "(stale)" in refusal(artifact.manifest).why


def test_machine_code_that_the_manifest_says_is_of_another_module_is_refused(
    artifact: Built,
) -> None:
    artifact.entry("cwasm")["module_sha256"] = "0" * 64
    assert "machine code of another module" in refusal(artifact.save()).what


def test_a_manifest_that_lies_about_the_machine_is_found_out(artifact: Built) -> None:
    engine = b"\0\2" + wasmtime_major().encode()
    code = artifact.code.read_bytes()
    assert code.count(engine) >= 1
    code = code.replace(engine, b"\0\2" + b"11")
    artifact.code.write_bytes(code)
    artifact.entry("cwasm").update(sha256=sha256_of_bytes(code))
    assert "and wasmtime 11, and the manifest says" in refusal(artifact.save()).why


def test_what_the_manifest_names_is_loaded_without_a_word(artifact: Built, tmp_path: Path) -> None:
    (artifact.directory / "a.wasm").unlink()  # nobody needs it
    assert output(artifact.manifest, tmp_path / "cache") == (b"hello", ())
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"engine": "11"}, "for wasmtime 11, and"),
        ({"target": "s390x-unknown-linux-gnu"}, "for other machines (s390x-unknown-linux-gnu)"),
        ({"path": "gone.cwasm"}, "gone.cwasm is not there"),
    ],
)
def test_where_no_machine_code_fits_the_module_is_compiled_once(
    artifact: Built, tmp_path: Path, entry: dict[str, str], why: str
) -> None:
    artifact.entry("cwasm").update(entry)
    artifact.save()
    stdout, (note,) = output(artifact.manifest, tmp_path / "cache")
    assert stdout == b"hello" and why in note and "it was compiled by this host" in note
    stdout, (note,) = output(artifact.manifest, tmp_path / "cache")
    assert stdout == b"hello" and "what an earlier host compiled was taken" in note


def test_a_time_out_has_interruptible_code_made_where_there_is_none(tmp_path: Path) -> None:
    artifact = built(tmp_path, ENDS, interruptible=False)
    with Host.open(artifact.manifest, cache=tmp_path / "cache", timeout_s=0.05) as host:
        assert "cannot be stopped by time" in host.notes[0]
        assert host.invoke(stdin=b"s").ended == "timeout"


def test_a_declared_time_out_holds(tmp_path: Path) -> None:
    artifact = built(tmp_path, ENDS, runtime={"timeout_ns": 50_000_000})
    with Host.open(artifact.manifest) as host:
        assert host.invoke(stdin=b"s").ended == "timeout"


def test_code_that_cannot_be_stopped_is_not_given_a_time_out(tmp_path: Path) -> None:
    artifact = built(tmp_path, ENDS, interruptible=False)
    with Host.open(artifact.manifest) as host:
        with pytest.raises(Failure, match="cannot be stopped by time"):
            host.invoke(stdin=b"p", timeout_s=1)
        assert host.invoke(stdin=b"p").ok


def test_what_is_kept_is_not_taken_once_it_was_damaged(artifact: Built, tmp_path: Path) -> None:
    artifact.entry("cwasm")["engine"] = "11"
    artifact.save()
    cache = tmp_path / "cache"
    output(artifact.manifest, cache)
    (kept,) = cache.rglob("*.cwasm")
    kept.write_bytes(changed(kept.read_bytes()))
    stdout, (note,) = output(artifact.manifest, cache)
    assert stdout == b"hello" and f"not taken: {kept} is damaged" in note
    assert sha256_of_bytes(kept.read_bytes()) == kept.stem


def test_a_cache_that_others_can_write_is_not_used(artifact: Built, tmp_path: Path) -> None:
    artifact.entry("cwasm")["engine"] = "11"
    artifact.save()
    cache = tmp_path / "cache"
    output(artifact.manifest, cache)
    (place,) = cache.iterdir()
    planted = precompile((tmp_path / "build/a.wasm").read_bytes())
    (place / f"{sha256_of_bytes(planted)}.cwasm").write_bytes(planted)
    place.chmod(0o777)
    _stdout, (note,) = output(artifact.manifest, cache)
    assert "it is not kept" in note and "can be written by others" in note


def test_a_module_that_is_not_the_manifests_is_not_compiled(artifact: Built) -> None:
    artifact.entry("cwasm")["engine"] = "11"
    (artifact.directory / "a.wasm").write_bytes(b"\0asm\1\0\0\0")
    assert "is not the module of the manifest" in refusal(artifact.save()).what
    (artifact.directory / "a.wasm").unlink()
    assert "cannot be read" in refusal(artifact.manifest).what


def test_a_module_that_the_engine_refuses_is_told_with_its_words(tmp_path: Path) -> None:
    artifact = built(tmp_path, PRINTS)
    wasm = (tmp_path / "a.wasm").read_bytes()[:-20]
    (tmp_path / "a.wasm").write_bytes(wasm)
    digest = {"sha256": sha256_of_bytes(wasm), "size_bytes": len(wasm)}
    artifact.record["module"].update(digest)
    artifact.entry("module").update(digest)
    artifact.entry("cwasm")["engine"] = "11"
    finding = refusal(artifact.save())
    assert finding.rule == "host-compile" and "Error" in finding.details


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ("[]", 'it does not say "spec-version": 1'),
        ('{"spec-version": 1}', "KeyError"),
        ('{"spec-version": 1, "verdict": "fail"}', "its verdict is 'fail'"),
    ],
)
def test_a_file_that_is_no_manifest_is_told(tmp_path: Path, text: str, why: str) -> None:
    manifest = tmp_path / "a.manifest.json"
    manifest.write_text(text)
    finding = refusal(manifest)
    assert finding.rule == "host-manifest" and why in finding.why


def test_a_manifest_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "there is no manifest" in refusal(tmp_path / "a.manifest.json").what


@pytest.mark.parametrize(
    ("how", "what"),
    [
        ({"concurrency": 0}, "concurrency is 0"),
        ({"concurrency": 1000}, "concurrency is 1000"),
        ({"concurrency": "4"}, "concurrency is '4'"),
        ({"isolation": "vm"}, "isolation is 'vm'"),
        ({"output_bytes": -1}, "output_bytes is -1"),
        ({"timeout_s": 0}, "timeout_s is 0"),
    ],
)
def test_what_a_host_cannot_be_is_refused(
    artifact: Built, how: dict[str, object], what: str
) -> None:
    assert refusal(artifact.manifest, **how).what == what


@pytest.mark.skipif(sys.platform != "linux", reason="memfd_create")
def test_what_was_hashed_cannot_be_written_any_more() -> None:
    descriptor = sealed(b"code")
    assert descriptor is not None
    with pytest.raises(OSError), open(f"/proc/self/fd/{descriptor}", "r+b", buffering=0) as file:
        file.write(b"evil")
    with open(descriptor, "rb") as file:
        file.seek(0)
        assert file.read() == b"code"


def test_a_process_that_hands_guests_to_workers_never_loads_the_engine(artifact: Built) -> None:
    program = (
        "import sys; from wasip1_build.runtime.host import Host\n"
        f"with Host.open({str(artifact.manifest)!r}, isolation='process', concurrency=1) as host:\n"
        "    print(host.invoke().stdout.decode(), 'wasmtime' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "hello False\n", done.stderr
