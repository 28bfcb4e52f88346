"""The tables of docs/performance.md, made from the numbers of one run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bench.goals import goals

Result = Mapping[str, Any]
Row = Iterable[object]
# <!-- table: NAME --> ... <!-- end of table -->
_PLACE = re.compile(r"(<!-- table: ([a-z-]+) -->\n).*?(<!-- end of table -->)", re.DOTALL)


def filled(text: str, result: Result, makers: Mapping[str, Callable[[Result], str]]) -> str:
    """A document with every table in its place anew. Raises KeyError for a table nobody makes."""

    def place(match: re.Match[str]) -> str:
        return f"{match[1]}\n{makers[match[2]](result)}\n{match[3]}"

    return _PLACE.sub(place, text)


def _machine(result: Result) -> str:
    facts = result["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in facts["versions"].items())
    rows = [
        ("CPU", f"{facts['cpu']}, {facts['cores']} cores used"),
        ("system", facts["system"]),
        ("versions", versions),
        *([("runs of each", _repetitions(result))] if "repetitions" in result else []),
        ("command", f"`{result['command']}`"),
    ]
    return table(("", ""), rows)


def _repetitions(result: Result) -> str:
    return ", ".join(f"{count} ({name})" for name, count in result["repetitions"].items())


def _null(result: Result) -> str:
    blocks = []
    for part in result["null"]:
        head = f"{part['artifacts']:,} artifacts, {part['sources']:,} sources"
        rows = [
            (
                row["what"],
                f"`{row['command']}`",
                _seconds(row["wall_s"]),
                _seconds(row["cpu_s"]),
                _ratio(row["cpu_ratio"]),
                f"{row['peak_bytes'] / 1e6:.0f}" if "peak_bytes" in row else "",
            )
            for row in part["rows"]
        ]
        columns = (head, "command", "wall s", "CPU s", "CPU, ratio to the first", "peak MB")
        skipped = "".join(f"\nSkipped: {reason}.\n" for reason in part["skipped"])
        blocks.append(table(columns, rows) + skipped)
    return "\n".join(blocks)


def _one_file(result: Result) -> str:
    rows = [
        (
            f"{part['artifacts']:,}",
            "real" if part["real"] else "stand-ins",
            part["what"],
            _seconds(part["scons_cpu_s"]),
            f"{_tools_s(part):.3f}",
            _seconds(part["empty_cpu_s"]),
            _range(part["beyond_cpu_s"]),
        )
        for part in result["one_file"]
    ]
    columns = ("artifacts", "tools", "changed", "scons", "its tools", "empty scons", "beyond")
    return table(columns, rows)


def _tools_s(part: Result) -> float:
    return float(sum(spread["median"] for spread in part["tools_cpu_s"].values()))


def _tools(result: Result) -> str:
    parts = result["one_file"]
    kinds = sorted({kind for part in parts for kind in part["tools_cpu_s"]})
    rows = [
        (
            f"{part['artifacts']:,}, {part['what']}",
            *(_seconds(part["tools_cpu_s"].get(kind)) for kind in kinds),
        )
        for part in parts
    ]
    return table(("artifacts, changed", *kinds), rows)


def _cold(result: Result) -> str:
    blocks = []
    for part in result["cold"]:
        rows = [
            (name, _range(spread), _range(part["cpu_s"][name]))
            for name, spread in part["wall_s"].items()
        ]
        rows.append(("the tools' CPU by cores", _halved(part), ""))
        rows.append(("the longest chain", _range(part["longest_chain_s"]), ""))
        rows.append(("scons -j2 to the tools alone, ratio", "", _ratio(part["scons_to_tools_cpu"])))
        rows.append(("scons -j2 to the larger of both, ratio", _ratio(part["scons_to_least"]), ""))
        if part["scons_to_make"]:
            rows.append(("scons -j2 to make -j2, ratio", _ratio(part["scons_to_make"]), ""))
        columns = (f"{part['artifacts']} artifacts from nothing", "wall s", "CPU s")
        blocks.append(table(columns, rows))
    return "\n".join(blocks)


def _halved(part: Result) -> str:
    cpu_s = part["tools_cpu_s"]
    return _range({name: value / part["jobs"] for name, value in cpu_s.items()})


def _mains(result: Result) -> str:
    blocks = []
    for part in result["mains"]:
        calls = part["go_build_calls"]
        rows = [
            (name, _range(spread), _range(part["cpu_s"][name]))
            for name, spread in part["wall_s"].items()
        ]
        ratios = (_ratio(part["each_to_one_wall"]), _ratio(part["each_to_one_cpu"]))
        rows.append(("a go build each to one, ratio", *ratios))
        head = f"{part['artifacts']} mains changed; scons calls go build {_times(calls)}"
        blocks.append(table((head, "wall s", "CPU s"), rows))
    return "\n".join(blocks)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _goals(result: Result) -> str:
    rows = [
        (goal.what, f"{goal.at_most:g}{goal.unit}", f"{goal.measured:.3g}{goal.unit}", goal.verdict)
        for goal in goals(result)
    ]
    return table(("goal", "at most", "measured (median)", ""), rows)


TABLES: Mapping[str, Callable[[Result], str]] = {
    "machine": _machine,
    "goals": _goals,
    "null": _null,
    "one-file": _one_file,
    "tools": _tools,
    "cold": _cold,
    "mains": _mains,
}


def table(columns: Row, rows: Iterable[Row]) -> str:
    heads = [str(column) for column in columns]
    lines = [heads, ["---"] * len(heads), *([str(cell) for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _seconds(spread: Result | None) -> str:
    return f"{spread['median']:.3f}" if spread else ""


def _range(spread: Result) -> str:
    return f"{spread['median']:.3g} ({spread['low']:.3g} to {spread['high']:.3g})"


def _ratio(spread: Result) -> str:
    return f"{spread['median']:.2f} ({spread['low']:.2f} to {spread['high']:.2f})"
