"""What the strings of a spec stand for: sizes, durations and function types."""

from __future__ import annotations

import re

from wasip1_build.spec.model import FunctionType

SIZE_UNITS_BYTES = {
    "B": 1,
    "kB": 1000,
    "MB": 1000**2,
    "KiB": 1024,
    "MiB": 1024**2,
    "GiB": 1024**3,
}
DURATION_UNITS_MS = {"ms": 1, "s": 1000, "m": 60_000}

_SIZE = re.compile(r"([0-9]+)(B|kB|MB|KiB|MiB|GiB)")
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m)")
_FUNCTION_TYPE = re.compile(r"\(([^()]*)\)(?:\s*->\s*(?:\(([^()]*)\)|(\w+)))?\s*")
_VALUE_TYPES = frozenset({"i32", "i64", "f32", "f64"})


def size_bytes(value: int | str) -> int:
    """The bytes of a size: 4096, "3MiB". Raises ValueError where it is no size."""
    if isinstance(value, int):
        return value
    match = _SIZE.fullmatch(value)
    if match is None:
        raise ValueError(f"not a size: {value!r}")
    return int(match[1]) * SIZE_UNITS_BYTES[match[2]]


def duration_s(value: str) -> float:
    """The seconds of a duration: "250ms", "5s", "2m". Raises ValueError where it is none."""
    match = _DURATION.fullmatch(value)
    if match is None:
        raise ValueError(f"not a duration: {value!r}")
    return float(match[1]) * DURATION_UNITS_MS[match[2]] / 1000


def function_type(value: str) -> FunctionType:
    """A function type: "(i32, i32) -> i64", "()". Raises ValueError where it is none."""
    match = _FUNCTION_TYPE.fullmatch(value)
    if match is None:
        raise ValueError(f"not a function type: {value!r}")
    return FunctionType(_types(match[1]), _types(match[2] or match[3] or ""))


def _types(listed: str) -> tuple[str, ...]:
    if not listed.strip():
        return ()
    types = tuple(part.strip() for part in listed.split(","))
    if unknown := [name for name in types if name not in _VALUE_TYPES]:
        raise ValueError(f"not a value type: {unknown[0]!r}")
    return types


def shown_size(size_in_bytes: int) -> str:
    """A size as a user would write it: "64KiB", or plain bytes where no unit divides it."""
    for unit in ("GiB", "MiB", "KiB"):
        if size_in_bytes and size_in_bytes % SIZE_UNITS_BYTES[unit] == 0:
            return f"{size_in_bytes // SIZE_UNITS_BYTES[unit]}{unit}"
    return f"{size_in_bytes} bytes"
