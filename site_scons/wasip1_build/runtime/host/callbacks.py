"""What the engine calls while a guest runs: for what it writes, and to ask whether it must stop.

The Python library has callbacks for output and functions too. They are not used here: it keeps
them in lists whose slots two threads can be given at once, and what a function raises in a
variable that all threads share (wasmtime 49: _slab.py, LAST_EXCEPTION in _func.py), so that one
guest could get another's output or end with another's error.
"""

from __future__ import annotations

import ctypes
import errno
import itertools
from collections.abc import Callable
from typing import Any

from wasmtime import _ffi as ffi

from wasip1_build.runtime.host.guest import Guest
from wasip1_build.runtime.host.sinks import Sinks

_WRITE = ctypes.CFUNCTYPE(
    ctypes.c_ssize_t, ctypes.c_void_p, ctypes.POINTER(ctypes.c_ubyte), ctypes.c_size_t
)
_ASK = ctypes.CFUNCTYPE(
    ctypes.c_size_t,
    ctypes.POINTER(ffi.wasmtime_context_t),
    ctypes.c_void_p,
    ctypes.POINTER(ctypes.c_uint64),
    ctypes.POINTER(ffi.wasmtime_update_deadline_kind_t),
)
_FINALIZER = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
NOTHING = ctypes.cast(0, _FINALIZER)
CONTINUE = 0  # WASMTIME_UPDATE_DEADLINE_CONTINUE
STOPPED = b"stopped by the host"


class Callbacks:
    """The callbacks of one host, and the guests that they are about."""

    def __init__(self, sinks: Sinks, overflowed: Callable[[], None]) -> None:
        """`sinks` are those of stdout and stderr; `overflowed` is called when a guest wrote more
        than fits."""
        self.sinks = sinks
        self.guests: dict[int, Guest] = {}
        self._numbers = itertools.count(1)
        self.overflowed = overflowed
        self.wrote_out = _WRITE(self._wrote_out)
        self.wrote_err = _WRITE(self._wrote_err)
        self.asked = _ASK(self._asked)

    def guest(self) -> Guest:
        """A new guest, to be forgotten when its store is gone."""
        guest = Guest(next(self._numbers), *self.sinks.take())
        self.guests[guest.number] = guest
        return guest

    def guest_of(self, context: Any) -> Guest:
        """The guest of a store, which has its number as data."""
        number: Any = ffi.wasmtime_context_get_data(context)
        return self.guests[number]

    def forget(self, guest: Guest) -> None:
        """Its store is gone: the engine does not call for it any more."""
        del self.guests[guest.number]
        self.sinks.give(guest.out, guest.err)

    def _wrote_out(self, number: int, pointer: Any, size: int) -> int:
        guest = self.guests[number]
        return self._wrote(guest, guest.out, pointer, size)

    def _wrote_err(self, number: int, pointer: Any, size: int) -> int:
        guest = self.guests[number]
        return self._wrote(guest, guest.err, pointer, size)

    def _wrote(self, guest: Guest, into: Any, pointer: Any, size: int) -> int:
        try:
            if guest.wrote(into, ctypes.string_at(pointer, size)):
                return size
            self.overflowed()
        except BaseException as error:  # ctypes would print it, and go on
            guest.fail(error, f"its output was not taken: {error}")
        return -errno.EFBIG

    def _asked(self, _context: Any, number: int, delta: Any, kind: Any) -> int:
        guest = self.guests[number]
        try:
            if guest.must_stop():
                return error_address(STOPPED)
        except BaseException as error:  # as above: an interrupt comes wherever Python runs
            guest.fail(error, f"it was stopped: {type(error).__name__}")
            return error_address(STOPPED)
        delta[0] = 1
        kind[0] = CONTINUE
        return 0


def error_address(message: bytes) -> int:
    """A new error of the engine's, which takes it over."""
    return ctypes.cast(ffi.wasmtime_error_new(message), ctypes.c_void_p).value or 0


def trap_address(message: bytes) -> int:
    """A new trap, which the engine takes over."""
    trap = ffi.wasmtime_trap_new(message, len(message))
    return ctypes.cast(trap, ctypes.c_void_p).value or 0
