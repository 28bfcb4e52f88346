"""Which settings of Go's collector are worth trying on a program, by what it was seen to need."""

from __future__ import annotations

from collections.abc import Iterator

from wasip1_build.dataclass import dataclass
from wasip1_build.spec.model import Runtime
from wasip1_build.spec.values import shown_size
from wasip1_build.wasm.types import PAGE_BYTES

GOGC = ("50", "100", "200", "400")
GO_DEFAULT = "100"  # https://go.dev/doc/gc-guide#GOGC
MIB = 1 << 20


@dataclass(frozen=True)
class Setting:
    """GOGC, GOMEMLIMIT and the most linear memory; None: not set."""

    gogc: str | None = None
    memory_limit_bytes: int | None = None
    max_memory_bytes: int | None = None

    @property
    def name(self) -> str:
        """As a person would write it: "GOGC=off GOMEMLIMIT=24MiB"."""
        limit = self.memory_limit_bytes
        parts = (
            f"GOGC={self.gogc}" if self.gogc else "",
            f"GOMEMLIMIT={shown_size(limit).replace(' bytes', 'B')}" if limit is not None else "",
        )
        return " ".join(part for part in parts if part) or "Go's defaults"

    @property
    def is_off(self) -> bool:
        """Whether only the limit makes Go collect."""
        return self.gogc == "off"

    @property
    def is_gos_default(self) -> bool:
        """Whether it is what Go does where nothing is set."""
        return self.gogc in (None, GO_DEFAULT) and self.memory_limit_bytes is None

    def does_as(self, other: Setting) -> bool:
        """Whether Go does the same under both."""
        return self._effect == other._effect

    @property
    def _effect(self) -> tuple[object, ...]:
        return self.gogc or GO_DEFAULT, self.memory_limit_bytes, self.max_memory_bytes


@dataclass(frozen=True)
class Need:
    """What a program was seen to need: its peak of linear memory under Go's defaults, exactly, and
    the most that a collection found live, within some MiB; None where none took place."""

    peak_bytes: int
    live_bytes: int | None


def declared(runtime: Runtime) -> Setting:
    """What the spec says."""
    return Setting(runtime.gogc, runtime.memory_limit_bytes, runtime.max_memory_bytes)


def settings(runtime: Runtime, need: Need | None) -> tuple[Setting, ...]:
    """The settings to try: what is declared first, then GOGC alone, with a limit, and off.

    Limits follow from `need`: without it none is tried. GOGC=off is tried only where it can be
    declared, and with a cap: the declared one or half as much again as the limit.
    """
    cap = runtime.max_memory_bytes
    found = [declared(runtime), Setting(None, None, cap)]
    found += [Setting(each, None, cap) for each in GOGC]
    if need:
        found += [Setting(None, limit, cap) for limit in _limits(need)]
        if runtime.lifetime == "oneshot":
            found += [
                Setting("off", limit, cap or cap_over(limit)) for limit in _limits_alone(need)
            ]
    return tuple(_without_repeats(each for each in found if _fits(each)))


def _limits(need: Need) -> Iterator[int]:
    """Under the live set by a quarter, over it by one, and half-way to the peak. From the peak on a
    limit changes nothing while GOGC stays as it is."""
    if not need.live_bytes:
        return
    above = need.live_bytes + MIB  # Go traces whole MiB, rounded down
    for limit in (need.live_bytes * 3 // 4, above * 5 // 4, (above + need.peak_bytes) // 2):
        if _round(limit) < need.peak_bytes:
            yield _round(limit)


def _limits_alone(need: Need) -> Iterator[int]:
    """Half-way from the live set to the peak, the peak, and twice that."""
    if need.live_bytes:
        yield _round((need.live_bytes + MIB + need.peak_bytes) // 2)
    yield _round(need.peak_bytes)
    yield _round(2 * need.peak_bytes)


def _round(size_bytes: int) -> int:
    """Up to a number that one would write: whole MiB from 8 MiB on, else quarters of one."""
    unit = MIB if size_bytes >= 8 * MIB else MIB // 4
    return -(-size_bytes // unit) * unit


def cap_over(size_bytes: int) -> int:
    """Half as much again: the limit is soft, and below it is no room for what Go does not count."""
    return -(-size_bytes * 3 // 2 // PAGE_BYTES) * PAGE_BYTES


def _fits(setting: Setting) -> bool:
    """Whether the limit is not above the cap, as the spec asks."""
    limit, cap = setting.memory_limit_bytes, setting.max_memory_bytes
    return limit is None or cap is None or limit <= cap


def _without_repeats(found: Iterator[Setting]) -> Iterator[Setting]:
    seen: list[Setting] = []
    for each in found:
        if not any(each.does_as(other) for other in seen):
            seen.append(each)
            yield each
