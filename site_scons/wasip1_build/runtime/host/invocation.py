"""What became of one invocation: plain data, the same whichever way the guest was isolated."""

from __future__ import annotations

from typing import Literal, NamedTuple

# exit: the guest ended, with `exit`. return: an export returned. trap: its code did what wasm
# forbids. timeout: it was stopped after its time. memory: its program said that it got no more.
# output: it wrote more than it may, and was stopped. error: it never ran, or a function of the
# host failed. crash: the process that ran it did not survive it.
Ended = Literal["exit", "return", "trap", "timeout", "memory", "output", "error", "crash"]

Arguments = tuple[int | float, ...]  # of an export, coerced to its types


class Invocation(NamedTuple):
    """One invocation that is over.

    `exit` is the guest's own exit code, None where it did not end by itself. `stdout` and `stderr`
    are what it wrote until its end, each up to the host's `output_bytes`. `error` is one line
    for people, "" where nothing is wrong with the way it ended; `backtrace` are a trap's functions
    as the engine names them. `peak_memory_bytes` is the size of its linear memory at the end, which
    never shrinks; None where it is not known. `returns` are the results of an export.
    """

    ended: Ended
    exit: int | None = None
    stdout: bytes = b""
    stderr: bytes = b""
    error: str = ""
    backtrace: str = ""
    peak_memory_bytes: int | None = None
    returns: tuple[int | float, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it ended as a program that succeeded: exit code 0, or an export returned."""
        return self.ended == "return" or (self.ended == "exit" and self.exit == 0)
