"""A host of one artifact: opened by its manifest, it serves invocations until it is closed."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol

from wasip1_build.findings import failure
from wasip1_build.runtime.host.artifact import Hosted, hosted
from wasip1_build.runtime.host.given import Given, Giving
from wasip1_build.runtime.host.invocation import Invocation
from wasip1_build.runtime.host.places import Places
from wasip1_build.runtime.values import coerced

Isolation = Literal["thread", "process"]
OUTPUT_BYTES = 16 << 20  # as for a check
RULE = "host-call"
NOT_CALLED = ("_initialize", "_start")  # the host's own business
Timeout = float | Literal["declared"] | None  # seconds; runtime.timeout of the manifest; no limit


class Serving(Protocol):
    """What carries invocations out: in this process, or in others."""

    notes: tuple[str, ...]

    def invoke(self, given: Given, timeout_s: float | None) -> Invocation:
        """Runs a command."""

    def call(
        self, export: str, args: tuple[int | float, ...], timeout_s: float | None
    ) -> Invocation:
        """Calls an export of a reactor."""

    def close(self) -> None:
        """Gives everything back."""


class Host:
    """One artifact, compiled once and served many times. All its methods may be called by any
    thread; no more than `concurrency` invocations run at once, and further callers wait.

        with Host.open("build/hello/hello.manifest.json") as host:
            result = host.invoke(stdin=b"...")
    """

    def __init__(
        self,
        artifact: Hosted,
        gives: Giving,
        serving: Serving,
        concurrency: int,
        notes: tuple[str, ...],
        timeout_s: float | None,
        stops: bool,
    ) -> None:
        """For `open`. `stops`: whether guests can be stopped by time."""
        self.id = artifact.id
        self.concurrency = concurrency
        self._artifact = artifact
        self._giving = gives
        self._serving = serving
        self._places = Places(concurrency)
        self._notes = notes
        self._timeout_s = timeout_s
        self._stops = stops

    @staticmethod
    def open(
        manifest: str | os.PathLike[str],
        root: str | os.PathLike[str] | None = None,
        *,
        concurrency: int = 4,
        isolation: Isolation = "thread",
        timeout_s: Timeout = "declared",
        output_bytes: int = OUTPUT_BYTES,
        functions: Mapping[str, Callable[..., Any]] | str | os.PathLike[str] | None = None,
        cache: str | os.PathLike[str] | None = None,
    ) -> Host:
        """A host of the artifact that a manifest describes.

        `root` is what its relative granted directories are relative to (left out: the nearest
        directory above the manifest with a wasip1.toml). `isolation`: "thread" runs guests in
        this process; "process" in workers, which can be stopped whatever they wait for, and whose
        crash is a result. `timeout_s` holds for every invocation that says nothing else (left
        out: runtime.timeout; None: no limit). `output_bytes` of stdout and of stderr are kept, and
        a guest that writes more is ended. `functions` are what the module imports beside preview 1,
        by "module.function", or a Python file that has them as a check's host.py; workers take a
        file only. `cache` is where code is kept that this host has to compile.

        Raises Failure where the manifest, the machine code, a granted directory or a function is
        not what it has to be.
        """
        from wasip1_build.runtime.host.opening import Wanted, opened

        wanted = Wanted(
            root=None if root is None else Path(root),
            concurrency=concurrency,
            isolation=isolation,
            timeout_s=timeout_s,
            output_bytes=output_bytes,
            functions=functions,
            cache=None if cache is None else Path(cache),
        )
        return opened(hosted(Path(manifest)), wanted)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is worth knowing of how it was opened: what had to be compiled, and why."""
        return self._notes + self._serving.notes

    def invoke(
        self,
        args: Sequence[str] | None = None,
        stdin: bytes | None = None,
        env: Mapping[str, str] | None = None,
        timeout_s: Timeout = "declared",
    ) -> Invocation:
        """Runs a command once, from its start to its end, in an instance of its own.

        As for a check: `args` take the place of grants.args; `env` gives values to variables that
        are granted (grants.env, grants.env-inherit), in place of the declared or inherited ones;
        `stdin` needs grants.stdin. How the guest ends is told by the result, never by an exception.
        Raises Failure for what is not granted, for a reactor, and when the host is closed.
        """
        if self._artifact.kind != "command":
            raise failure(RULE, f"{self.id} is a reactor", fix="call its exports: host.call(...)")
        given = self._giving.given(args, stdin, env)
        limit_s = self._limit_s(timeout_s)
        with self._places:
            return self._serving.invoke(given, limit_s)

    def call(self, export: str, *args: int | float, timeout_s: Timeout = "declared") -> Invocation:
        """Calls an export of a reactor with numbers; `returns` of the result has what it returned.

        runtime.lifetime says in which instance. "oneshot": one of its own. "pooled": one that was
        made ahead and is used once. "resident": one that lives on, of which there are up to
        `concurrency`, each with a state of its own; after anything but a return it is replaced.
        Raises Failure for what is no declared call, and when the host is closed.
        """
        values = self._values(export, args)
        limit_s = self._limit_s(timeout_s)
        with self._places:
            return self._serving.call(export, values, limit_s)

    def close(self) -> None:
        """Refuses new callers and those who wait, waits for the guests that run, and gives
        everything back."""
        if self._places.close():
            self._serving.close()

    def __enter__(self) -> Host:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def _limit_s(self, timeout_s: Timeout) -> float | None:
        if timeout_s == "declared":
            return self._timeout_s
        require_time(timeout_s)
        if timeout_s is not None and not self._stops:
            raise failure(
                RULE,
                f"{self.id} cannot be stopped by time",
                why="its machine code is not interruptible, and it runs in this process",
                fix="say timeout_s to Host.open, which then sees to it",
            )
        return timeout_s

    def _values(self, export: str, args: tuple[int | float, ...]) -> tuple[int | float, ...]:
        if self._artifact.kind != "reactor":
            raise failure(RULE, f"{self.id} is a command", fix="run it whole: host.invoke(...)")
        known = [name for name in self._artifact.exports if name not in NOT_CALLED]
        if export not in known:
            what = f"{self.id} exports no function {export}"
            raise failure(RULE, what, fix=f"known: {', '.join(known) or 'none'}")
        params = self._artifact.exports[export].params
        if len(args) != len(params):
            what = f"{export} takes {len(params)} arguments, and is given {len(args)}"
            raise failure(RULE, what, fix=f"its type is {self._artifact.exports[export]}")
        try:
            return tuple(coerced(value, kind) for value, kind in zip(args, params, strict=True))
        except ValueError as error:
            raise failure(RULE, f"{export}: {error}") from None


def require_time(timeout_s: float | None) -> float | None:
    """The time, if it is one. Raises Failure for what is no time to wait."""
    is_number = isinstance(timeout_s, int | float)
    if timeout_s is not None and not (is_number and 0 < timeout_s < math.inf):
        raise failure(RULE, f"timeout_s is {timeout_s!r}", fix="it is a number of seconds, or None")
    return timeout_s
