"""Many callers of one host: who waits, who is refused, and that no guest's end touches another."""

from __future__ import annotations

import gc
import os
import random
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hosted_modules import ENDS, built
from small_modules import module

from wasip1_build.findings import Failure
from wasip1_build.runtime.host import Host, Invocation
from wasip1_build.runtime.host.clock import Clock

SOAK = os.environ.get("WASIP1_SOAK") == "1"
THREADS = 8
INVOCATIONS = 100_000 if SOAK else 2_400
WORKER_INVOCATIONS = 2_000 if SOAK else 48
ENTERS = module(
    '(func (export "enter") (param i32) (call $enter (local.get 0)))',
    imports='(import "env" "enter" (func $enter (param i32)))',
)


class Door:
    """A host function that guests stand in until it is opened."""

    def __init__(self) -> None:
        self.inside = threading.Semaphore(0)
        self.open = threading.Event()
        self.most = self.now = 0
        self.lock = threading.Lock()

    def enter(self, _guest: Any, _number: int) -> None:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.inside.release()
        assert self.open.wait(60)
        with self.lock:
            self.now -= 1


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def two_at_once(tmp_path: Path, door: Door) -> Iterator[Host]:
    artifact = built(tmp_path, ENTERS, kind="reactor")
    with Host.open(artifact.manifest, concurrency=2, functions={"env.enter": door.enter}) as host:
        yield host


def test_no_more_run_at_once_than_asked_for_and_the_rest_get_their_turn(
    two_at_once: Host, door: Door
) -> None:
    with ThreadPoolExecutor(5) as callers:
        results = [callers.submit(two_at_once.call, "enter", each) for each in range(5)]
        for _ in range(2):
            assert door.inside.acquire(timeout=60)
        door.open.set()
        assert [each.result(60).ended for each in results] == ["return"] * 5
    assert door.most == 2


def test_closing_refuses_who_waits_and_waits_for_who_is_served(
    two_at_once: Host, door: Door
) -> None:
    with ThreadPoolExecutor(4) as callers:
        served = [callers.submit(two_at_once.call, "enter", each) for each in range(2)]
        for _ in range(2):
            assert door.inside.acquire(timeout=60)
        waiting = callers.submit(two_at_once.call, "enter", 2)
        closing = threading.Thread(target=two_at_once.close)
        closing.start()
        with pytest.raises(Failure, match="the host is closed"):
            waiting.result(60)
        assert closing.is_alive()
        door.open.set()
        closing.join(60)
        assert [each.result(60).ended for each in served] == ["return"] * 2
    with pytest.raises(Failure, match="the host is closed"):
        two_at_once.call("enter", 0)
    two_at_once.close()


def prints(random_: random.Random) -> tuple[bytes, dict[str, Any]]:
    text = b"%x" % random_.getrandbits(64)
    return b"p" + text, {"ended": "exit", "exit": 0, "stdout": text}


def exits(random_: random.Random) -> tuple[bytes, dict[str, Any]]:
    text = bytes([random_.randrange(256)]) + b"%x" % random_.getrandbits(64)
    return b"e" + text, {"ended": "exit", "exit": text[0], "stderr": text}


def traps(random_: random.Random) -> tuple[bytes, dict[str, Any]]:
    text = b"%x" % random_.getrandbits(64)
    return b"t" + text, {"ended": "trap", "exit": None, "stdout": text}


def runs_out_of_memory(_random: random.Random) -> tuple[bytes, dict[str, Any]]:
    return b"m", {"ended": "memory", "exit": 2}


def spins(_random: random.Random) -> tuple[bytes, dict[str, Any]]:
    return b"s", {"ended": "timeout", "exit": None}  # before or after it has printed


def writes_without_end(_random: random.Random) -> tuple[bytes, dict[str, Any]]:
    return b"w" + b"x" * 250, {"ended": "output", "exit": None}


def sleeps(_random: random.Random) -> tuple[bytes, dict[str, Any]]:
    return b"z", {"ended": "timeout", "exit": None}


KINDS: dict[Callable[[random.Random], tuple[bytes, dict[str, Any]]], int] = {
    prints: 100,
    exits: 100,
    traps: 100,
    runs_out_of_memory: 20,
    writes_without_end: 10,
    spins: 2,
}


def wrong(host: Host, kinds: list[Any], count: int, seed: int) -> list[tuple[Any, Invocation]]:
    """The invocations of one caller that did not end as they had to."""
    random_, found = random.Random(seed), []
    for _ in range(count):
        kind = random_.choice(kinds)
        stdin, expected = kind(random_)
        # Only those that never end may be stopped, however slow this machine is.
        timeout_s = 0.02 if kind in (spins, sleeps) else 60
        result = host.invoke(stdin=stdin, timeout_s=timeout_s)
        if {name: getattr(result, name) for name in expected} != expected:
            found.append((stdin, result))
    return found


def resident_bytes() -> int:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.soak
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads /proc")
def test_guests_of_eight_callers_end_as_they_have_to_in_flat_memory(tmp_path: Path) -> None:
    kinds = [kind for kind, weight in KINDS.items() for _ in range(weight)]
    artifact = built(tmp_path, ENDS)
    how: dict[str, Any] = {"concurrency": 4, "timeout_s": 60, "output_bytes": 20_000}
    with Host.open(artifact.manifest, **how) as host, ThreadPoolExecutor(THREADS) as callers:
        assert wrong(host, kinds, 300, seed=1) == []
        before = resident_bytes()
        share = INVOCATIONS // THREADS
        found = callers.map(lambda seed: wrong(host, kinds, share, seed), range(THREADS))
        assert [each for caller in found for each in caller] == []
        assert resident_bytes() - before < 32 << 20, "some 8 MiB a slot, whatever the count"
        assert Counter(host.invoke(stdin=b"palive").stdout for _ in range(8)) == {b"alive": 8}


@pytest.mark.soak
def test_guests_in_workers_end_as_they_have_to_and_no_worker_is_lost(tmp_path: Path) -> None:
    kinds = [kind for kind, weight in KINDS.items() for _ in range(weight)]
    artifact = built(tmp_path, ENDS, interruptible=False)
    how: dict[str, Any] = {"isolation": "process", "concurrency": 2, "output_bytes": 20_000}
    with Host.open(artifact.manifest, **how) as host, ThreadPoolExecutor(4) as callers:
        share = WORKER_INVOCATIONS // 4
        found = callers.map(lambda seed: wrong(host, [*kinds, sleeps], share, seed), range(4))
        assert [each for caller in found for each in caller] == []
        assert wrong(host, [sleeps, prints], 4, seed=3) == []
        assert host.invoke(stdin=b"palive").stdout == b"alive"


def test_a_clock_ticks_once_for_a_deadline_and_not_for_those_that_were_kept() -> None:
    ticked: list[float] = []
    due = threading.Event()
    clock = Clock(lambda: (ticked.append(0), due.set())[1])
    clock.begin(1, -1.0)
    assert due.wait(60)
    clock.begin(2, float("1e9"))
    clock.end(2)
    clock.begin(3, float("1e9"))
    clock.close()
    assert len(ticked) == 1


def test_a_clock_looks_at_a_guest_until_it_ends() -> None:
    looked = threading.Semaphore(0)
    clock = Clock(lambda: None)
    clock.begin(1, None, looked.release)
    for _ in range(3):
        assert looked.acquire(timeout=60)
    clock.end(1)
    while looked.acquire(blocking=False):
        pass
    clock.begin(2, -1.0)  # it wakes for this one, at once
    clock.close()
    assert not looked.acquire(blocking=False)


def test_a_host_has_one_thread_of_its_own_from_its_first_guest_to_its_end(tmp_path: Path) -> None:
    before = threading.active_count()
    with Host.open(built(tmp_path, ENDS).manifest) as host:
        assert threading.active_count() == before
        assert host.invoke(stdin=b"p").ok
        assert host.invoke(stdin=b"p", timeout_s=60).ok
        assert threading.active_count() == before + 1
    assert threading.active_count() == before


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="reads /proc")
def test_a_closed_host_leaves_no_descriptor_and_no_process(tmp_path: Path) -> None:
    manifest = built(tmp_path, ENDS).manifest
    before = (sorted(os.listdir("/proc/self/fd")), children())
    for isolation in ("thread", "process"):
        with Host.open(manifest, isolation=isolation, concurrency=2) as host:  # type: ignore[arg-type]
            assert host.invoke(stdin=b"p").ok
        assert (sorted(os.listdir("/proc/self/fd")), children()) == before


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="reads /proc")
def test_workers_that_do_not_come_up_are_told_and_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = built(tmp_path, ENDS).manifest
    before = (sorted(os.listdir("/proc/self/fd")), children())
    for program, why in (("/nowhere/python", "No such file"), ("/bin/false", "ended before it")):
        monkeypatch.setattr(sys, "executable", program)
        with pytest.raises(Failure, match=f"no worker process comes up.*{why}"):
            Host.open(manifest, isolation="process", concurrency=2)
        assert (sorted(os.listdir("/proc/self/fd")), children()) == before


def children() -> list[str]:
    """The processes that this one started and that are still there, dead or alive."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            after_name = path.read_text().rpartition(")")[2].split()
            found += [path.parent.name] if after_name[1] == str(os.getpid()) else []
    return sorted(found)
