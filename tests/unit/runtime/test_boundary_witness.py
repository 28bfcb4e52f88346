"""What is counted between a module and its host is what wasmtime itself traces of the same run."""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import wasmtime
from small_modules import module

from wasip1_build.runtime.crossings import crossings
from wasip1_build.runtime.execute import execute
from wasip1_build.runtime.request import Crossing, Preopen, Request, Response
from wasip1_build.wasm.module import read_module
from wasip1_build.wasm.preview1 import ERRNOS

WRITES = 200_000 if os.environ.get("WASIP1_SOAK") == "1" else 20_000
# A line of each call, and of each result: "result=Ok(5)", "result=Err(Error { inner: Badf ...".
CALL = re.compile(r'TRACE wiggle abi\{module="(\w+)" function="(\w+)"\}: [\w:]+: (.*)')
OK, ERROR = re.compile(r"result=Ok\((\d+)\)"), re.compile(r"result=Err\(Error \{ inner: (\w+)")


@pytest.fixture
def both(
    wasmtime_cli: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> Callable[..., tuple[Counter[object], Counter[object], Response]]:
    """What a module does by wasmtime's trace, and by our counts."""

    def run(
        code: bytes, given: Path | None = None
    ) -> tuple[Counter[object], Counter[object], Response]:
        path = tmp_path / "a.wasm"
        path.write_bytes(code)
        environment = {"WASMTIME_LOG": "wasmtime_wasi::p1=trace", "NO_COLOR": "1"}
        environment |= {"RUST_BACKTRACE": "0", "HOME": str(tmp_path)}
        dirs = ["--dir", f"{given}::/data"] if given else []
        done = subprocess.run(
            [wasmtime_cli, "run", "-C", "cache=n", "-O", "opt-level=0", *dirs, path],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        imports = crossings(read_module(code))
        assert not isinstance(imports, str)
        request = Request("run", str(path), compiled_code=False, argv=("a.wasm",), counted=imports)
        if given:
            request = request._replace(preopens=(Preopen(str(given), "/data", False),))
        with capfd.disabled():
            saved = os.dup(1), os.dup(2)
            null = os.open(os.devnull, os.O_WRONLY)
            try:
                os.dup2(null, 1), os.dup2(null, 2)
                response = execute(request, lambda: None)
            finally:
                for number, descriptor in enumerate(saved, 1):
                    os.dup2(descriptor, number)
                    os.close(descriptor)
                os.close(null)
        assert response.crossings is not None, response.error
        return traced(done.stderr.decode(errors="replace")), counted(response.crossings), response

    return run


def traced(text: str) -> Counter[object]:
    """Calls by function; errors by function and errno; bytes and sizes by function."""
    found: Counter[object] = Counter()
    ends: Counter[object] = Counter()
    for _module, name, what in CALL.findall(text):
        ends[name] += what.startswith("result=")
        if error := ERROR.match(what):
            found[name, error[1].upper()] += 1
        elif moved := OK.match(what):
            if name in ("fd_write", "fd_read", "fd_pread"):
                size = int(moved[1])
                found[name, "bytes"] += size
                found[name, "size", size.bit_length()] += 1
        elif not what.startswith("result="):
            found[name] += 1
    # What takes no arguments has no line of its call, and proc_exit none of its result.
    return found | +ends


def counted(found: tuple[Crossing, ...]) -> Counter[object]:
    """The same of our counts, all positions of a function together."""
    same: Counter[object] = Counter()
    for each in found:
        same[each.name] += each.calls
        for errno, calls in each.errors:
            same[each.name, ERRNOS[errno].upper()] += calls
        if each.name in ("fd_write", "fd_read", "fd_pread"):
            same[each.name, "bytes"] += each.size_bytes or 0
            for bucket, calls in enumerate(each.sizes):
                same[each.name, "size", bucket] += calls
    return +same


def looping(end: str) -> bytes:
    """A module that writes 0 to 6 bytes again and again, each third time to a closed descriptor."""
    return bytes(
        wasmtime.wat2wasm(
            module(
                f"""(func (export "_start") (local $i i32)
                  (loop $again
                    (call $send (select (i32.const 9) (i32.const 1)
                        (i32.eqz (i32.rem_u (local.get $i) (i32.const 3))))
                      (i32.const 1024) (i32.rem_u (local.get $i) (i32.const 7)))
                    (local.set $i (i32.add (local.get $i) (i32.const 1)))
                    (br_if $again (i32.lt_u (local.get $i) (i32.const {WRITES}))))
                  {end})""",
                "abcdefg",
            )
        )
    )


@pytest.mark.parametrize(
    ("end", "stopped"),
    [
        ("", (0, False)),
        ("(call $proc_exit (i32.const 7))", (7, False)),
        ("unreachable", (None, True)),
    ],
    ids=["returns", "exits", "traps"],
)
def test_many_writes_some_of_which_fail_are_counted_as_wasmtime_traces_them(
    end: str, stopped: tuple[int | None, bool], both: Callable[..., tuple[Counter[object], ...]]
) -> None:
    trace, counts, response = both(looping(end))
    assert (response.exit, response.trapped) == stopped
    assert trace == counts
    assert counts["fd_write"] == WRITES
    assert counts["fd_write", "BADF"] == -(-WRITES // 3)
    assert counts["proc_exit"] == (stopped[0] == 7)


GO = """package main

import (
	"crypto/rand"
	"io"
	"os"
)

func main() {
	for i := 0; i < 300; i++ {
		println("to stderr", i)
		os.Stdout.WriteString("to stdout\\n")
	}
	os.ReadFile("/data/missing")
	file, _ := os.Open("/data/in")
	for part := make([]byte, 7); ; {
		if _, err := file.Read(part); err == io.EOF {
			break
		}
	}
	file.ReadAt(make([]byte, 3), 5)
	rand.Read(make([]byte, 9))
	os.WriteFile("/data/out", make([]byte, 5000), 0o600)
	panic("ends")
}
"""
# Which Go's runtime asks as often as time goes by, or that depend on where a run is made.
UNSTEADY = {"clock_time_get", "poll_oneoff", "sched_yield", "environ_get", "environ_sizes_get"}


@pytest.mark.dear
def test_a_go_program_is_counted_as_wasmtime_traces_it(
    go_module: Callable[[str], Path],
    both: Callable[..., tuple[Counter[object], ...]],
    tmp_path: Path,
) -> None:
    given = tmp_path / "data"
    given.mkdir()
    (given / "in").write_bytes(b"x" * 100)
    trace, counts, response = both(go_module(GO).read_bytes(), given)
    assert response.exit == 2
    for found in (trace, counts):
        for name in UNSTEADY:
            del found[name]
    assert trace == counts
    assert counts["path_open", "NOENT"] == 1
    assert counts["fd_read", "size", 0] == 1 and counts["fd_read", "size", 3] == 14
    [random] = [each for each in response.crossings or () if each.name == "random_get"][-1:]
    assert random.size_bytes and sum(random.sizes) == random.calls
