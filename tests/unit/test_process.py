"""Children that cannot outlive their parent, their time, their memory or their output."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wasip1_build import process

PYTHON = sys.executable
FOREVER = "import signal; signal.pause()"


def python(code: str, **limits: object) -> process.Result:
    """Runs Python code as a child with nothing in its environment."""
    return process.run([PYTHON, "-I", "-c", code], env={}, **limits)  # type: ignore[arg-type]


@pytest.fixture(params=["told", "refused", "missing"])
def waiting(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that tells of a child's end, one that refuses to, and one that cannot."""
    if request.param == "refused":
        monkeypatch.setattr(os, "pidfd_open", _refuse, raising=False)
    elif request.param == "missing":
        monkeypatch.delattr(os, "pidfd_open", raising=False)


def _refuse(_pid: int) -> int:
    raise OSError(errno.EMFILE, "Too many open files")


def is_alive(pid: int) -> bool:
    """Whether a process is there and no zombie (which waits for an init that may not care)."""
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return shown.stdout.strip()[:1] not in ("", "Z")


def ends(pid: int) -> bool:
    """Whether a process that is no child of ours ends within a minute."""
    deadline = time.monotonic() + 60
    while is_alive(pid):
        if time.monotonic() > deadline:
            return False
    return True


def test_output_and_exit_code_are_returned() -> None:
    result = python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")
    assert (result.stdout, result.stderr, result.returncode) == (b"out\n", b"err\n", 3)
    assert result.killed == ""


def test_both_streams_come_together_in_their_order() -> None:
    code = "import os; [os.write(number, b'%d' % number) for number in (1, 2, 1, 2)]"
    done = python(code, together=True)
    assert (done.stdout, done.stderr) == (b"1212", b"")


def test_the_environment_is_exactly_what_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "1")
    code = "import os; print(sorted(set(os.environ) - {'LC_CTYPE'}))"
    assert python(code).stdout == b"[]\n"
    result = process.run([PYTHON, "-I", "-c", code], env={"A": "1"})
    assert result.stdout == b"['A']\n"


@pytest.mark.parametrize("size", [0, 5, 1 << 20])
def test_stdin_is_bytes_or_a_file(tmp_path: Path, size: int) -> None:
    code = "import sys; print(len(sys.stdin.buffer.read()))"
    data = b"x" * size
    (tmp_path / "in").write_bytes(data)
    assert python(code, stdin=data).stdout == f"{size}\n".encode()
    assert python(code, stdin=tmp_path / "in").stdout == f"{size}\n".encode()


def test_without_stdin_it_is_empty() -> None:
    assert python("import sys; print(repr(sys.stdin.read()))").stdout == b"''\n"


def test_stdin_that_is_not_read_does_no_harm() -> None:
    assert python("print(1)", stdin=b"x" * (1 << 20)).stdout == b"1\n"


def test_a_program_that_is_not_there_raises() -> None:
    with pytest.raises(OSError, match="nowhere"):
        process.run(["/nowhere/nothing"], env={})


@pytest.mark.usefixtures("waiting")
def test_a_child_that_takes_too_long_is_killed_and_its_output_kept() -> None:
    result = python(f"print(1, flush=True); {FOREVER}", timeout_s=2.0)
    assert result.killed == "timeout"
    assert result.stdout == b"1\n"
    assert result.returncode == -signal.SIGKILL


def test_a_flood_of_output_is_cut_and_ends_the_child() -> None:
    for stream in ("stdout", "stderr"):
        code = f"import sys\nwhile True: sys.{stream}.write('x' * 4096)"
        result = python(code, output_bytes=100_000)
        assert result.killed == "output"
        assert len(getattr(result, stream)) == 100_000


def test_output_up_to_the_limit_is_no_flood() -> None:
    result = python("print('x' * 99, end='')", output_bytes=99)
    assert (result.killed, len(result.stdout)) == ("", 99)


@pytest.mark.skipif(sys.platform != "linux", reason="macOS ignores RLIMIT_AS")
def test_memory_beyond_the_limit_is_refused() -> None:
    code = "x = bytearray(1 << 30)"
    assert b"MemoryError" in python(code, memory_bytes=512 << 20).stderr
    assert python("x = bytearray(1 << 20)", memory_bytes=512 << 20).returncode == 0


def test_a_file_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    code = f"open({str(tmp_path / 'big')!r}, 'wb').write(b'x' * 10000)"
    assert b"File too large" in python(code, file_bytes=5000).stderr
    assert (tmp_path / "big").stat().st_size <= 5000
    assert python(code, file_bytes=10000).returncode == 0


def test_a_crash_leaves_no_core_file(tmp_path: Path) -> None:
    code = "import os, resource; print(resource.getrlimit(resource.RLIMIT_CORE)); os.abort()"
    result = process.run([PYTHON, "-I", "-c", code], env={}, cwd=tmp_path)
    assert result.returncode == -signal.SIGABRT
    assert os.listdir(tmp_path) == []


@pytest.mark.usefixtures("waiting")
def test_a_watch_ends_the_child_when_it_says_so() -> None:
    asked = []

    def watch() -> bool:
        asked.append(True)
        return len(asked) > 2

    assert python(FOREVER, watch=watch).killed == "watch"
    assert len(asked) == 3


def test_grandchildren_are_killed_with_a_child_that_takes_too_long() -> None:
    code = (
        "import subprocess, sys, signal\n"
        f"child = subprocess.Popen([sys.executable, '-I', '-c', {FOREVER!r}])\n"
        "print(child.pid, flush=True)\nsignal.pause()"
    )
    result = python(code, timeout_s=3.0)
    assert result.killed == "timeout"
    assert ends(int(result.stdout))


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize("timeout_s", [60.0, 1e12])
def test_a_child_that_ends_in_time_is_not_killed(timeout_s: float) -> None:
    for watch in (None, lambda: False):
        result = python("import sys; sys.exit(7)", timeout_s=timeout_s, watch=watch)
        assert (result.returncode, result.killed) == (7, "")


@pytest.mark.usefixtures("waiting")
def test_a_flood_ends_a_child_that_also_has_a_time_and_a_watch() -> None:
    code = "while True: print('x' * 4096)"
    result = python(code, output_bytes=100_000, timeout_s=60.0, watch=lambda: False)
    assert (result.killed, len(result.stdout)) == ("output", 100_000)


@pytest.mark.usefixtures("waiting")
def test_time_runs_out_for_a_child_that_is_also_watched() -> None:
    assert python(FOREVER, timeout_s=1.0, watch=lambda: False).killed == "timeout"


@pytest.mark.usefixtures("waiting")
def test_a_watch_that_raises_ends_the_child() -> None:
    children = []

    def watch() -> bool:
        children.extend(_children())
        raise RuntimeError("the watch broke")

    with pytest.raises(RuntimeError, match="the watch broke"):
        python(FOREVER, timeout_s=60.0, watch=watch)
    assert children
    assert not any(is_alive(pid) for pid in children)


def _children() -> list[int]:
    """The processes that this one has started and that still run, but for the one that asks."""
    asked = subprocess.Popen(["ps", "-A", "-o", "pid=,ppid="], stdout=subprocess.PIPE, text=True)
    lines = [line.split() for line in asked.communicate()[0].splitlines()]
    ours = [int(pid) for pid, parent in lines if int(parent) == os.getpid()]
    return [pid for pid in ours if pid != asked.pid]


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux tells of a child's end")
def test_nobody_sleeps_where_the_system_tells_of_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def sleep(_seconds: float) -> None:
        pytest.fail("it looks again and again")

    monkeypatch.setattr(time, "sleep", sleep)
    for watch in (None, lambda: False):
        assert python("print(1)", timeout_s=60.0, watch=watch).stdout == b"1\n"


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_no_descriptor_is_left_open() -> None:
    before = os.listdir("/proc/self/fd")
    python("print(1)", timeout_s=60.0)
    python(FOREVER, timeout_s=60.0, watch=lambda: True)
    assert os.listdir("/proc/self/fd") == before


@pytest.mark.usefixtures("waiting")
def test_grandchildren_do_not_outlive_a_child_that_ends_by_itself() -> None:
    code = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-I', '-c', {FOREVER!r}])\n"
        "print(child.pid, flush=True)"
    )
    result = python(code, timeout_s=60.0)
    assert (result.killed, result.returncode) == ("", 0)
    assert ends(int(result.stdout))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has PR_SET_PDEATHSIG")
def test_a_child_dies_with_its_parent() -> None:
    package = str(Path(process.__file__).parents[1])
    parent = (
        f"import sys; sys.path.insert(0, {package!r})\n"
        "from wasip1_build import process\n"
        f"process.run([sys.executable, '-I', '-c', {FOREVER!r}], env={{}})"
    )
    running = subprocess.Popen([PYTHON, "-I", "-c", parent])
    # The child's pid is read from /proc: what it prints would go to the parent, which is killed.
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    while not (found := children.read_text().split()):
        assert running.poll() is None
    running.kill()
    running.wait()
    assert ends(int(found[0]))
