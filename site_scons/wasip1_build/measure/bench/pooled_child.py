"""The program in which a host serves one case again and again: it reads what, and reports how long.

Started by pooled.py as `python -I pooled_child.py DIRECTORY`, where request.json says all. Every
invocation is verified: what it wrote and how it ended.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wasip1_build.runtime.host import Host, Invocation

REQUEST, RESPONSE = "request.json", "response.json"
TRAP_EXIT = 134  # what expect.exit has for a trap
WARM_UP = 2  # invocations of each thread that are not timed: the pool is filled by them


def main(directory: Path) -> None:
    """Carries out the request in a directory and leaves the times beside it."""
    sys.path.append(str(Path(__file__).parents[3]))
    asked: dict[str, Any] = json.loads((directory / REQUEST).read_text())
    try:
        record = {"error": "", **served(asked)}
    except Exception as problem:  # whatever it is, it is told to whoever asked
        record = {"error": str(problem) or type(problem).__name__}
    unfinished = directory / f"{RESPONSE}.part"
    unfinished.write_text(json.dumps(record))
    unfinished.rename(directory / RESPONSE)


def served(asked: dict[str, Any]) -> dict[str, Any]:
    """Opens the host and lets the threads call it. Raises Failure and ValueError."""
    if asked["library"]:
        from wasip1_build.runtime.child import use_library

        use_library(Path(asked["library"]))
    from wasip1_build.runtime.host import Host

    threads: int = asked["threads"]
    with Host.open(
        asked["manifest"], asked["root"], concurrency=threads, functions=asked["functions"]
    ) as host:
        for _ in range(WARM_UP * threads):
            _once(host, asked)
        crew = _Crew(host, asked)
        return crew.served(threads)


class _Crew:
    """Threads that call a host, each at least so often, until the time is over or one fails."""

    def __init__(self, host: Host, asked: dict[str, Any]) -> None:
        self.host, self.asked = host, asked
        self.done: list[int] = []
        self.problems: list[str] = []

    def served(self, threads: int) -> dict[str, Any]:
        """What all of them took together. Raises ValueError where an invocation went wrong."""
        crew = [threading.Thread(target=self._work) for _ in range(threads)]
        cpu_ns, started_ns = time.process_time_ns(), time.perf_counter_ns()
        for thread in crew:
            thread.start()
        for thread in crew:
            thread.join()
        wall_ns = time.perf_counter_ns() - started_ns
        used_ns = time.process_time_ns() - cpu_ns
        if self.problems:
            raise ValueError(self.problems[0])
        return {"wall_ns": wall_ns, "cpu_ns": used_ns, "requests": sum(self.done)}

    def _work(self) -> None:
        end = time.monotonic() + self.asked["seconds"]
        done = 0
        while not self.problems and (done < self.asked["least"] or time.monotonic() < end):
            try:
                _once(self.host, self.asked)
            except Exception as problem:
                self.problems.append(str(problem) or type(problem).__name__)
            done += 1
        self.done.append(done)


def _once(host: Host, asked: dict[str, Any]) -> None:
    """One invocation. Raises ValueError where it does not do what is expected."""
    stdin = None if asked["stdin"] is None else Path(asked["stdin"]).read_bytes()
    if asked["invoke"]:
        result = host.call(asked["invoke"], *asked["numbers"], timeout_s=asked["timeout_s"])
    else:
        result = host.invoke(asked["args"], stdin, asked["env"], timeout_s=asked["timeout_s"])
    _require(result, asked)


def _require(result: Invocation, asked: dict[str, Any]) -> None:
    if asked["invoke"]:
        if result.ended != "return":
            raise ValueError(f"{asked['invoke']} ended by {result.ended}: {result.error}")
        if asked["returns"] is not None and list(result.returns) != asked["returns"]:
            raise ValueError(f"{asked['invoke']} returned {list(result.returns)}")
    else:
        got = TRAP_EXIT if result.ended == "trap" else result.exit
        if got is None or asked["exit"] not in (None, got):
            how = result.ended if result.exit is None else f"{result.ended} {result.exit}"
            raise ValueError(f"it ended by {how}, expected {asked['exit']}: {result.error}")
    if asked["stdout"] is not None and result.stdout != Path(asked["stdout"]).read_bytes():
        raise ValueError("stdout differs from what is expected")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
