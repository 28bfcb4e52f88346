"""When a run must end: counted from its start, and over what it was given."""

from __future__ import annotations

from pathlib import Path

from wasip1_build.runtime.scratch_watch import ScratchWatch, Usage, usage


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def watch(root: Path, clock: Clock, *, size_bytes: int = 1000, files: int = 10) -> ScratchWatch:
    (root / "granted").mkdir(exist_ok=True)
    return ScratchWatch(
        (root / "granted",),
        root / "started",
        timeout_s=5.0,
        size_bytes=size_bytes,
        files=files,
        clock=clock,
    )


def test_time_counts_from_when_the_run_has_started(tmp_path: Path) -> None:
    clock = Clock()
    asked = watch(tmp_path, clock)
    clock.now_s += 1000
    assert not asked()
    (tmp_path / "started").touch()
    assert not asked()
    clock.now_s += 4.9
    assert not asked()
    clock.now_s += 0.1
    assert asked()
    assert asked.reason == "timeout"


def test_a_run_without_a_time_limit_never_times_out(tmp_path: Path) -> None:
    clock = Clock()
    (tmp_path / "started").touch()
    asked = ScratchWatch((), tmp_path / "started", timeout_s=None, size_bytes=1, files=1)
    assert not asked()
    clock.now_s += 1e9
    assert not asked()


def test_what_was_there_before_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "granted").mkdir()
    (tmp_path / "granted/in").write_bytes(b"x" * 5000)
    asked = watch(tmp_path, Clock())
    (tmp_path / "granted/out").write_bytes(b"x" * 999)
    assert not asked()
    (tmp_path / "granted/out").write_bytes(b"x" * 1000)
    assert asked()
    assert asked.reason == "scratch"


def test_many_files_are_too_much_even_if_they_are_empty(tmp_path: Path) -> None:
    asked = watch(tmp_path, Clock())
    for number in range(9):
        (tmp_path / "granted" / str(number)).touch()
    assert not asked()
    (tmp_path / "granted/last").mkdir()
    assert asked()


def test_usage_counts_what_links_are_and_not_where_they_lead(tmp_path: Path) -> None:
    (tmp_path / "granted").mkdir()
    (tmp_path / "large").write_bytes(b"x" * 5000)
    (tmp_path / "granted/link").symlink_to(tmp_path / "large")
    (tmp_path / "granted/up").symlink_to("..")
    assert usage((tmp_path / "granted",)) == Usage(0, 2)
