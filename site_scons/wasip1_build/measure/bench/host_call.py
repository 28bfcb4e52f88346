"""What does one small host call cost here? Asked of a module that does nothing but make many."""

from __future__ import annotations

import statistics
from dataclasses import replace

from wasip1_build.runtime.launch import launch
from wasip1_build.runtime.request import Request
from wasip1_build.runtime.staging import remove_tree
from wasip1_build.runtime.trial import Subject
from wasip1_build.wasm.leb128 import encode_unsigned

CALLS = 10_000
RUNS = 5
_I32, _FUNC = b"\x7f", b"\x60"


def host_call_ns(subject: Subject) -> int | None:
    """The median of some runs, each of CALLS calls of fd_write with one byte, to a pipe that is
    read, as the output of a check is. None where the engine does not run it. Raises OSError."""
    limits = replace(subject.standard, timeout_s=30.0)
    place = subject.place()
    try:
        module = place / "calls.wasm"
        module.write_bytes(calling_module(CALLS))
        request = Request("run", str(module), compiled_code=False, library=subject.library)
        times: list[int] = []
        for number in range(RUNS):
            outcome = launch(request, place / str(number), limits)
            response = outcome.response
            if response is None or response.exit != 0 or len(outcome.stdout) != CALLS:
                return None
            times.append(response.phases_ns["run"])
    finally:
        remove_tree(place)
    return round(statistics.median(times) / CALLS)


def calling_module(calls: int) -> bytes:
    """A command that calls fd_write so often, each time with one byte for stdout."""
    types = _vector(_FUNC + _vector(*[_I32] * 4) + _vector(_I32), _FUNC + b"\0\0")
    imports = _vector(_name("wasi_snapshot_preview1") + _name("fd_write") + b"\0\0")
    exports = _vector(_name("memory") + b"\2\0", _name("_start") + b"\0\1")
    #   loop; i32.const 1 0 1 16; call 0; drop; local.tee 0 (local.get 0 + 1); < calls: br_if 0
    body = (
        b"\x01\x01\x7f\x03\x40\x41\x01\x41\x00\x41\x01\x41\x10\x10\x00\x1a"
        + b"\x20\x00\x41\x01\x6a\x22\x00\x41"
        + _signed(calls)
        + b"\x49\x0d\x00\x0b\x0b"
    )
    data = _vector(b"\0\x41\0\x0b" + _vector_bytes(b"\x08\0\0\0\1\0\0\0."))  # one iovec, and "."
    sections = (
        (1, types),
        (2, imports),
        (3, b"\1\1"),
        (5, b"\1\0\1"),
        (7, exports),
        (10, _vector(_vector_bytes(body))),
        (11, data),
    )
    found = b"".join(bytes([number]) + _vector_bytes(content) for number, content in sections)
    return b"\0asm\1\0\0\0" + found


def _vector(*items: bytes) -> bytes:
    return encode_unsigned(len(items)) + b"".join(items)


def _vector_bytes(content: bytes) -> bytes:
    return encode_unsigned(len(content)) + content


def _name(text: str) -> bytes:
    return _vector_bytes(text.encode())


def _signed(value: int) -> bytes:
    """LEB128 of a number from 0 on, whose last byte must not look negative."""
    found = encode_unsigned(value)
    return found if found[-1] < 0x40 else found[:-1] + bytes([found[-1] | 0x80, 0])
