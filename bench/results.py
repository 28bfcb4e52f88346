"""A run's numbers as one JSON file, and all of them measured in one go."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from bench.all_mains import measure_mains
from bench.cold_build import measure_cold
from bench.machine import machine
from bench.monorepo import Monorepo
from bench.null_build import measure_null
from bench.one_file import measure_one_file
from bench.places import MOST_REAL, Places
from bench.prepare import prepared

FORMAT = 1
PARTS = ("null", "one-file", "cold", "mains")
COLD_ARTIFACTS = 8


def measure(
    places: Places, sizes: Iterable[int], parts: Collection[str], repetitions: dict[str, int]
) -> dict[str, Any]:
    """Measures the named parts; `repetitions` is by part. Raises RuntimeError where one fails."""
    result: dict[str, Any] = {"format": FORMAT, "machine": machine(), "repetitions": repetitions}
    trees = [prepared(places, size) for size in sizes] if {"null", "one-file"} & set(parts) else []
    result["null"] = [
        measure_null(places, tree, repetitions["null"]) for tree in trees if "null" in parts
    ]
    result["one_file"] = _one_file(places, trees, repetitions) if "one-file" in parts else []
    result["cold"] = (
        [measure_cold(places, prepared(places, COLD_ARTIFACTS, real=True), repetitions["cold"])]
        if "cold" in parts
        else []
    )
    result["mains"] = (
        [measure_mains(places, prepared(places, MOST_REAL, real=True), repetitions["mains"])]
        if "mains" in parts
        else []
    )
    return result


def _one_file(
    places: Places, trees: Iterable[Monorepo], repetitions: dict[str, int]
) -> list[dict[str, Any]]:
    count = repetitions["one-file"]
    rows = []
    real_tools = prepared(places, MOST_REAL, real=True)
    for tree, real in (*((tree, False) for tree in trees), (real_tools, True)):
        for what, edit in (("function body", tree.edit_body), ("import", tree.edit_import)):
            rows.append({"real": real, **measure_one_file(places, tree, edit, what, count)})
    return rows


def write(path: Path, result: dict[str, Any]) -> None:
    """Writes the numbers. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1) + "\n")


def read(path: Path) -> dict[str, Any]:
    """Numbers that were written. Raises OSError and ValueError."""
    result: dict[str, Any] = json.loads(path.read_text())
    if result["format"] != FORMAT:
        raise ValueError(f"{path} has format {result['format']}, not {FORMAT}")
    return result
