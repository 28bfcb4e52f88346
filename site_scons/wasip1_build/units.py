"""How numbers of bytes and of nanoseconds are shown to a person, and sizes written in a spec."""

from __future__ import annotations

_UNITS = (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10))


def human_size(size_bytes: int) -> str:
    """A size with its unit and three significant digits: "2.31 MiB", "524 KiB", "812 B"."""
    for name, unit_bytes in _UNITS:
        # From half a digit below the unit on, the smaller unit would be rounded to "1024".
        if size_bytes >= unit_bytes - unit_bytes // 2048:
            return f"{_three_digits(size_bytes / unit_bytes)} {name}"
    return f"{size_bytes} B"


def signed_size(delta_bytes: int) -> str:
    """How much a size has moved, with its sign: "+412 KiB", "-812 B", "+0 B"."""
    return f"{'-' if delta_bytes < 0 else '+'}{human_size(abs(delta_bytes))}"


def human_time(ns: int) -> str:
    """A time with its unit and three significant digits: "1.5 s", "24.3 ms", "812 ns"."""
    for unit, unit_ns in (("s", 10**9), ("ms", 10**6), ("us", 10**3)):
        if ns >= unit_ns:
            return f"{ns / unit_ns:.3g} {unit}"
    return f"{ns} ns"


def exact_size(size_bytes: int) -> str:
    """A size to the byte and at a glance: "2,426,797 B (2.31 MiB)"; small ones only once."""
    exact = f"{size_bytes:,} B"
    return exact if size_bytes < 1 << 10 else f"{exact} ({human_size(size_bytes)})"


def spec_size(size_bytes: int) -> str:
    """A size as the spec takes it, rounded up to three digits: "2490KiB", "550KiB", "7400B".

    The spec's sizes are whole numbers of a unit, so the unit is one of which there are a hundred.
    """
    for name, unit_bytes in (*_UNITS, ("B", 1)):
        units = -(-size_bytes // unit_bytes)
        if units >= 100 or unit_bytes == 1:
            step = 10 ** max(0, len(str(units)) - 3)
            return f"{-(-units // step) * step}{name}"
    raise AssertionError("a byte is a unit")


def with_headroom(size_bytes: int, percent: int) -> int:
    """A size and so many percent more, rounded up to a whole byte."""
    return -(-size_bytes * (100 + percent) // 100)


def _three_digits(value: float) -> str:
    if value < 9.995:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < 99.95 else f"{value:.0f}"
