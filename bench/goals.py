"""Is it as fast as this project says that it is? Each claim, its bound, and what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Wall or CPU of a null build against an empty scons, by artifacts.
NULL_RATIOS = {100: 1.2, 1000: 1.5}
NULL_PEAK_BYTES = 64_000_000
BEYOND_TOOLS_S = 0.15  # CPU beside the tools and an empty scons, one file changed in one of 1000
COLD_TO_LEAST = 1.10
COLD_TO_MAKE = 1.0


@dataclass(frozen=True)
class Goal:
    """One claim. `unit` follows the number: " s", " MB", or nothing for a ratio or a count."""

    what: str
    at_most: float
    measured: float
    unit: str = ""

    @property
    def verdict(self) -> str:
        """Whether it holds."""
        return "holds" if self.measured <= self.at_most else "does not hold"


def goals(result: Mapping[str, Any]) -> Iterator[Goal]:
    """All claims about what a run measured."""
    for part in result["null"]:
        yield from _null(part)
    for part in result["one_file"]:
        if part["artifacts"] == max(NULL_RATIOS):
            what = f"one {part['what']} changed in one of 1,000 artifacts: CPU beyond the tools"
            yield Goal(what, BEYOND_TOOLS_S, part["beyond_cpu_s"]["median"], " s")
    for part in result["cold"]:
        count = part["artifacts"]
        to_least = part["scons_to_least"]["median"]
        yield Goal(f"{count} artifacts from nothing, to the least", COLD_TO_LEAST, to_least)
        if part["scons_to_make"]:
            to_make = part["scons_to_make"]["median"]
            yield Goal(f"{count} artifacts from nothing, to make", COLD_TO_MAKE, to_make)
    for part in result["mains"]:
        what = f"{part['artifacts']} mains of a module changed: calls of go build"
        yield Goal(what, 1, part["go_build_calls"])


def _null(part: Mapping[str, Any]) -> Iterator[Goal]:
    count = part["artifacts"]
    for row in part["rows"]:
        if count not in NULL_RATIOS or not row["what"].startswith("whole_build"):
            continue
        name = f"{row['what']}, null, {count:,} artifacts"
        yield Goal(f"{name}: CPU", NULL_RATIOS[count], row["cpu_ratio"]["median"])
        yield Goal(f"{name}: wall", NULL_RATIOS[count], row["wall_ratio"]["median"])
        yield Goal(f"{name}: peak memory", NULL_PEAK_BYTES / 1e6, row["peak_bytes"] / 1e6, " MB")
