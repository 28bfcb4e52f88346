"""Which numbers are values of a WebAssembly type, and when two of them are the same."""

from __future__ import annotations

import math
import struct

_BITS = {"i32": 32, "i64": 64}


def coerced(value: object, kind: str) -> int | float:
    """A number as the engine takes it: integers signed, an unsigned one wrapped; f32 rounded.

    `kind` is "i32", "i64", "f32" or "f64". Raises ValueError where it is no value of that type.
    """
    if kind in _BITS:
        return _integer(value, kind)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is not a number, as {kind} needs")
    return _rounded(float(value)) if kind == "f32" else float(value)


def equal(one: int | float, other: int | float) -> bool:
    """Whether two coerced values are the same; a NaN equals a NaN, whatever its bits."""
    if math.isnan(one) and math.isnan(other):
        return True
    return one == other


def shown(value: int | float) -> int | float | str:
    """A value as JSON can hold it: "nan", "inf" and "-inf" are texts."""
    return value if math.isfinite(value) else str(value)


def _integer(value: object, kind: str) -> int:
    bits = _BITS[kind]
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{value!r} is not an integer, as {kind} needs")
    if not -(1 << bits - 1) <= value < 1 << bits:
        raise ValueError(f"{value} does not fit into {kind}")
    return value - (1 << bits) if value >= 1 << bits - 1 else value


def _rounded(value: float) -> float:
    try:
        return float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        raise ValueError(f"{value} does not fit into f32") from None
