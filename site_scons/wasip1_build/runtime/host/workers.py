"""Serves invocations in worker processes, one guest at a time in each.

A worker that has to be stopped is killed, and another takes its place: whatever the guest waits
for, and whatever the engine did.
"""

from __future__ import annotations

import mmap
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, suppress
from typing import IO, Any, get_args

from wasip1_build import process
from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure, Finding, failure
from wasip1_build.runtime.host import wire, worker
from wasip1_build.runtime.host.addresses import pool_addresses
from wasip1_build.runtime.host.given import Given
from wasip1_build.runtime.host.invocation import Arguments, Ended, Invocation
from wasip1_build.runtime.host.sealed import memory_file
from wasip1_build.runtime.host.sinks import Written, written
from wasip1_build.runtime.launch import ADDRESS_SPACE_BYTES, START_S, child_environment

LARGEST_MEMORY_BYTES = 1 << 32
SLOTS = 2
STDERR_CHARS = 500
_Shared = Written | wire.SharedSink


@dataclass(frozen=True)
class Plan:
    """What a worker is started with. `code` and its seal are inherited as a descriptor."""

    settings: dict[str, Any]
    code: int
    memory_bytes: int | None
    output_bytes: int


class Workers:
    """So many workers. One thread starts them all, for a child dies with the thread that made it.

    Callers see to it that no more come at once than there are workers.
    """

    def __init__(self, plan: Plan, count: int) -> None:
        """Starts them, and waits for the first; closes the plan's code at the end.

        Raises Failure where it does not come up.
        """
        self.notes: tuple[str, ...] = ()
        self._plan = plan
        self._free: queue.LifoQueue[_Worker | Failure] = queue.LifoQueue()
        self._wanted: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._starter = threading.Thread(
            target=self._start, name="wasip1-host-starter", daemon=True
        )
        self._count = count
        for _ in range(count):
            self._wanted.put(True)
        self._starter.start()
        first = self._free.get()
        self._free.put(first)
        if isinstance(first, Failure):
            self.close()
            raise first
        self.notes = first.notes

    def invoke(self, given: Given, timeout_s: float | None) -> Invocation:
        """Runs a command in a worker."""
        asked = {"do": "invoke", **words(given), "stdin": len(given.stdin)}
        return self._ask(wire.message(asked, given.stdin), timeout_s)

    def call(self, export: str, args: Arguments, timeout_s: float | None) -> Invocation:
        """Calls an export of a reactor in a worker."""
        return self._ask(wire.message({"do": "call", "export": export, "args": args}), timeout_s)

    def close(self) -> None:
        """Ends all workers. Nothing may be running."""
        for _ in range(self._count):
            each = self._free.get()
            if isinstance(each, _Worker):
                each.discard()
        self._wanted.put(False)
        self._starter.join()
        os.close(self._plan.code)

    def _ask(self, message: bytes, timeout_s: float | None) -> Invocation:
        worker = self._free.get()
        alive = False
        try:
            if isinstance(worker, Failure):
                return Invocation("crash", error=worker.findings[0].what)
            ended = worker.ask(message, timeout_s)
            alive = worker.alive
            return ended
        finally:
            if alive:
                self._free.put(worker)
            else:
                if isinstance(worker, _Worker):
                    worker.discard()
                self._wanted.put(True)

    def _start(self) -> None:
        while self._wanted.get():
            try:
                self._free.put(_Worker(self._plan))
            except Failure as refused:
                self._free.put(refused)
            except (OSError, subprocess.SubprocessError) as error:
                self._free.put(_no_worker(str(error)))


class _Worker:
    """One worker process, which serves one caller at a time."""

    def __init__(self, plan: Plan) -> None:
        """Raises OSError or Failure where it does not come up."""
        self.alive = True
        self._ended = False
        self._limit = plan.output_bytes
        self._sinks: list[_Shared] = []
        self._prepares = plan.settings["lifetime"] == "pooled"
        with ExitStack() as where_it_fails, ExitStack() as here:
            self._log = where_it_fails.enter_context(memory_file())
            shared = _written if plan.settings["kind"] == "command" else _mapped
            outputs = []
            for _stream in ("stdout", "stderr"):
                sink, descriptor = shared(self._limit, here)
                where_it_fails.callback(sink.close)
                self._sinks.append(sink)
                outputs.append(descriptor)
            theirs, self._requests = os.pipe()
            here.callback(os.close, theirs)
            where_it_fails.callback(os.close, self._requests)
            self._responses, answers = os.pipe()
            here.callback(os.close, answers)
            where_it_fails.callback(os.close, self._responses)
            descriptors = (theirs, answers, plan.code, *outputs)
            self._process = _started(plan, descriptors, self._log)
            where_it_fails.pop_all()
        paths = [each.path for each in self._sinks if isinstance(each, Written)]
        try:
            wire.send(self._requests, wire.message({**plan.settings, "paths": paths}))
            told = wire.receive(self._responses, time.monotonic() + START_S)
        except (wire.ClosedError, wire.LateError):
            why = self._said() or "it ended before it was ready"
            self.discard()
            raise _no_worker(why) from None
        if "failed" in told:
            self.discard()
            raise Failure(tuple(Finding.from_json(each) for each in told["failed"]))
        self.notes = tuple(map(str, told.get("notes", ())))

    def ask(self, message: bytes, timeout_s: float | None) -> Invocation:
        """Has it serve one request; afterwards it may not be alive any more."""
        for sink in self._sinks:
            sink.clear()
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        try:
            wire.send(self._requests, message)
            ended = self._invocation(wire.receive(self._responses, deadline))
        except wire.LateError:
            self.alive = False
            self.end()
            ended = Invocation("timeout", error="it was stopped after its time")
        except (wire.ClosedError, ValueError, TypeError, KeyError):
            self.alive = False
            ended = self._crashed()
        out, err = (sink.value() for sink in self._sinks)
        if self.alive:
            self._after()
        else:
            self.discard()
        return ended._replace(stdout=out, stderr=err)

    def _after(self) -> None:
        """What can be done once its output was read: the next guest's may come."""
        for sink in self._sinks:
            sink.clear()
        if self._prepares:
            with suppress(wire.ClosedError):  # the next request will find out
                wire.send(self._requests, wire.message({"do": "prepare"}))

    def discard(self) -> None:
        """Ends it, and gives back what its guest wrote too."""
        self.end()
        for sink in self._sinks:
            sink.close()

    def end(self) -> None:
        """Kills it; what its guest wrote can still be read. Once: its numbers, of the process and
        of descriptors, may be others' afterwards."""
        self.alive = False
        if self._ended:
            return
        self._ended = True
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        os.close(self._requests)
        os.close(self._responses)
        self._log.close()

    def _invocation(self, told: dict[str, Any]) -> Invocation:
        """What it answered. Raises ValueError, TypeError or KeyError for what is no answer."""
        if told["ended"] not in get_args(Ended):
            raise ValueError(told["ended"])
        exit_code, peak = told["exit"], told["peak_memory_bytes"]
        return Invocation(
            told["ended"],
            exit=None if exit_code is None else int(exit_code),
            error=str(told["error"]),
            backtrace=str(told["backtrace"]),
            peak_memory_bytes=None if peak is None else int(peak),
            returns=tuple(
                float(each) if isinstance(each, float) else int(each) for each in told["returns"]
            ),
        )

    def _crashed(self) -> Invocation:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)  # it closed its end: it is about to be gone
        status, said = self._process.poll(), self._said()
        self.end()
        if status == worker.OVERFULL:
            return Invocation("output", error=f"it wrote more than {self._limit:,} bytes")
        told = f"the process that ran it crashed (status {status})"
        return Invocation("crash", error=f"{told}: {said}" if said else told)

    def _said(self) -> str:
        """The last line that it wrote on its own stderr."""
        self._log.seek(0)
        lines = self._log.read(1 << 20).decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:STDERR_CHARS] if lines else ""


def _no_worker(why: str) -> Failure:
    fix = "free memory or processes, or ask for less concurrency"
    return failure("host-worker", f"no worker process comes up: {why}", fix=fix)


def words(given: Given) -> dict[str, Any]:
    """What a guest is started with, as JSON has it."""
    return {
        "argv": [each.decode() for each in given.argv],
        "env": [[name.decode(), value.decode()] for name, value in given.env],
    }


def _written(limit: int, _here: ExitStack) -> tuple[_Shared, int]:
    """A file for one stream of commands, and the descriptor for the worker."""
    made = written(limit)
    return made, made.descriptor


def _mapped(limit: int, here: ExitStack) -> tuple[_Shared, int]:
    """Memory for one stream of reactors, and the descriptor for the worker."""
    file = here.enter_context(memory_file())
    size = wire.shared_bytes(limit)
    file.truncate(size)
    return wire.SharedSink(mmap.mmap(file.fileno(), size), limit), file.fileno()


def _started(plan: Plan, descriptors: tuple[int, ...], log: IO[bytes]) -> subprocess.Popen[bytes]:
    memory = LARGEST_MEMORY_BYTES if plan.memory_bytes is None else plan.memory_bytes
    limit = ADDRESS_SPACE_BYTES + pool_addresses(SLOTS) + 2 * memory
    return subprocess.Popen(
        [sys.executable, "-I", "-B", worker.__file__, *map(str, descriptors)],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env=child_environment(),
        pass_fds=descriptors,
        start_new_session=True,
        preexec_fn=process.prepared(os.getpid(), limit, None),
    )
