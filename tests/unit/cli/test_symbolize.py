"""`wasip1 symbolize` names the functions of real traps, and of no other module's."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from wasip1_build.cli import main
from wasip1_build.runtime.programs import RUNTIMES
from wasip1_build.wasm.strip import strip
from wasm_writer import custom, module

# The functions of the trap of trapping_wasm, innermost first.
CALLS = ["main.__store_.read", "main.main", "runtime.main", "wasm_pc_f_loop", "_rt0_wasm_wasip1"]
# Not node:wasi, which crashes by itself in node 20: here it is always the same time, and whatever
# else is asked is answered with 0, so that main begins.
NODE = """
const bytes = require("node:fs").readFileSync(process.argv[1]);
let memory;
const clock_time_get = (_clock, _precision, result) => {
  new DataView(memory.buffer).setBigUint64(result, 1n << 60n, true);
  return 0;
};
const answers = new Proxy({ clock_time_get }, { get: (known, name) => known[name] ?? (() => 0) });
const module = new WebAssembly.Module(bytes);
const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: answers });
memory = instance.exports.memory;
instance.exports._start();
"""


@pytest.fixture(scope="module")
def debug(trapping_wasm: Path) -> Path:
    """The debug module of a program that traps. Not to be written."""
    return trapping_wasm


@pytest.fixture(scope="module")
def stripped(debug: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its release module."""
    path = tmp_path_factory.mktemp("symbolize") / "a.wasm"
    path.write_bytes(strip(debug.read_bytes(), max_pages=1024))
    return path


def symbolized(
    capfdbinary: pytest.CaptureFixture[bytes], *words: str | Path
) -> tuple[int, bytes, str]:
    """The exit code, stdout and stderr."""
    code = main(["symbolize", *map(str, words)])
    out, err = capfdbinary.readouterr()
    return code, out, err.decode()


def command_of(runtime: str, path: Path) -> list[str]:
    """What runs a module in a runtime; skips the test where it is not on this machine."""
    if runtime == "wasmtime":
        code = "import sys; from wasip1_build.cli import main; sys.exit(main())"
        return [sys.executable, "-c", code, "exec", str(path)]
    program = shutil.which(runtime)
    if program is None:
        pytest.skip(f"needs {runtime} on PATH: {RUNTIMES[runtime].get_it}")
    return {
        "node": [program, "--eval", NODE, str(path)],
        "wazero": [program, "run", str(path)],
        "wasmedge": [program, str(path)],
    }[runtime]


@pytest.mark.parametrize("runtime", ["wasmtime", "wazero", "node", "wasmedge"])
def test_a_real_trap_gets_names(
    runtime: str,
    debug: Path,
    stripped: Path,
    tmp_path: Path,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    package = str(Path(__file__).parents[3] / "site_scons")
    environment = {**os.environ, "PYTHONPATH": package, "WASIP1_CACHE_DIR": str(tmp_path)}
    command = command_of(runtime, stripped)
    run = subprocess.run(command, capture_output=True, env=environment, timeout=300)
    trace = run.stdout + run.stderr
    assert run.returncode != 0, trace
    (tmp_path / "trace.txt").write_bytes(trace)
    modules = ("--module", stripped, "--debug", debug)
    code, out, err = symbolized(capfdbinary, tmp_path / "trace.txt", *modules)
    assert (code, err) == (0, ""), out + trace
    before, after = trace.splitlines(), out.splitlines()
    assert len(before) == len(after)
    added = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    if runtime == "wasmedge":  # which says them all in one line
        assert CALLS[0].encode() in b" ".join(new for _, new in added)
        return
    for name, (old, new) in zip(CALLS, added, strict=True):
        assert new.replace(b" " + name.encode(), b"", 1) == old


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """A line of a trace, between bytes that are no text."""
    path = tmp_path / "trace.txt"
    path.write_bytes(b"\xff\xfe\r\n\t.$0()\n\0 the end")
    return path


def test_every_other_byte_stays(
    debug: Path, stripped: Path, trace: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    code, out, _ = symbolized(capfdbinary, trace, "--module", stripped, "--debug", debug)
    assert code == 0
    name = out.removeprefix(b"\xff\xfe\r\n\t.$0 ").removesuffix(b"()\n\0 the end")
    assert trace.read_bytes() == out.replace(b" " + name, b"", 1)


def test_stdin_is_read_where_no_file_is_named(
    debug: Path,
    stripped: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    for words in ((), ("-",)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"wasm-function[0]")))
        modules = ("--module", stripped, "--debug", debug)
        code, out, _ = symbolized(capfdbinary, *words, *modules)
        assert code == 0
        assert out.startswith(b"wasm-function[0] ")


def test_input_without_a_trace_is_passed_on_and_said(
    debug: Path, stripped: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "log").write_bytes(b"panic: no\n\tmain.main()\n")
    words = (tmp_path / "log", "--module", stripped, "--debug", debug)
    code, out, err = symbolized(capfdbinary, *words)
    assert (code, out) == (1, b"panic: no\n\tmain.main()\n")
    assert "no function of a WebAssembly trace" in err


def test_a_trace_of_another_module_is_not_named(
    debug: Path, stripped: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    line = b"0: 0x10 - <unknown>!<wasm function 900>\n"
    (tmp_path / "log").write_bytes(line)
    words = (tmp_path / "log", "--module", stripped, "--debug", debug)
    code, out, err = symbolized(capfdbinary, *words)
    assert (code, out) == (1, line)
    assert "or not there: 1" in err


def test_another_debug_module_is_refused(
    hello_wasm: Path, stripped: Path, trace: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    code, out, err = symbolized(capfdbinary, trace, "--module", stripped, "--debug", hello_wasm)
    assert (code, out) == (2, b"")
    assert "is not the debug module of" in err
    assert "sections differ" in err


def test_one_byte_of_code_makes_it_another(
    debug: Path,
    stripped: Path,
    trace: Path,
    tmp_path: Path,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    data = bytearray(debug.read_bytes())
    data[0x1228B1] ^= 1  # in the code of main.main
    other = tmp_path / "d.wasm"
    other.write_bytes(data)
    code, _, err = symbolized(capfdbinary, trace, "--module", stripped, "--debug", other)
    assert code == 2
    assert "their code sections differ" in err


def test_tinygos_debug_module_is_told_apart(
    stripped: Path, trace: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    other = tmp_path / "d.wasm"
    other.write_bytes(module() + custom(".debug_info", b"\0"))
    code, _, err = symbolized(capfdbinary, trace, "--module", stripped, "--debug", other)
    assert code == 2
    assert "why: TinyGo makes other code with debug information" in err


def test_a_module_without_names_is_no_debug_module(
    stripped: Path, trace: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    code, _, err = symbolized(capfdbinary, trace, "--module", stripped, "--debug", stripped)
    assert code == 2
    assert "has no name section" in err


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A workspace with one artifact, in which the test runs; nothing is built."""
    root = tmp_path / "workspace"
    root.mkdir()
    (root / "wasip1.toml").write_text('spec-version = 1\n[artifact.app]\npackage = "."\n')
    monkeypatch.chdir(root)
    yield root


def test_an_artifact_has_both_modules_in_the_build_directory(
    workspace: Path,
    debug: Path,
    stripped: Path,
    trace: Path,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    missing = symbolized(capfdbinary, "app", trace)
    assert missing[0] == 2
    assert "there is no build/app/app.wasm" in missing[2]
    assert "fix: scons .:app" in missing[2]
    for profile in ("", "@dev/"):
        place = workspace / f"build/{profile}app"
        place.mkdir(parents=True)
        shutil.copy(stripped, place / "app.wasm")
        shutil.copy(debug, place / "app.debug.wasm")
    assert symbolized(capfdbinary, "app", trace)[0] == 0
    assert symbolized(capfdbinary, "app", trace, "--profile", "dev")[0] == 0
    # The one that shipped may be elsewhere.
    (workspace / "build/app/app.wasm").unlink()
    assert symbolized(capfdbinary, "app", trace, "--module", stripped)[0] == 0


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "no artifact is named"),
        (("--module", "a.wasm"), "no artifact is named"),
        (("nothing",), "nothing"),
        (("app", "log", "--module", "a.wasm", "--debug", "b.wasm"), "app beside --module"),
        (("log", "--module", "a.wasm", "--debug", "b.wasm"), "a.wasm cannot be read"),
        (("log", "--module", "wasip1.toml", "--debug", "b.wasm"), "b.wasm cannot be read"),
        (("log", "--module", "wasip1.toml", "--debug", "wasip1.toml"), "is not a WebAssembly"),
    ],
)
def test_what_is_asked_wrongly_is_told(
    words: tuple[str, ...], said: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    code, out, err = symbolized(capfdbinary, *words)
    assert (code, out) == (2, b"")
    assert said in err


def test_a_trace_that_cannot_be_read_is_told(
    debug: Path, stripped: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    modules = ("--module", stripped, "--debug", debug)
    code, _, err = symbolized(capfdbinary, "nowhere.txt", *modules)
    assert code == 2
    assert "nowhere.txt cannot be read: No such file" in err
