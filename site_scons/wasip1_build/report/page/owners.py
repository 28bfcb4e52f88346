"""Who owns the bytes of a module, as the page is given it.

All packages of a thousand modules are too much for one page; then each has those that weigh most.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from wasip1_build.report.page.data import page_json

MOST = 30  # packages of one artifact, where not all fit; 30 have nine tenths of a Go program's code


class Owned(NamedTuple):
    """The code of one package."""

    package: str
    module: str
    code_bytes: int
    functions: int


def owners_data(
    packages: Iterable[Owned], data: Mapping[str, int], sections: Mapping[str, int], most: int = 0
) -> str:
    """One artifact's part: its packages by module, each by name (a standard one by its position in
    `standard_packages`), code bytes and functions; then its data by kind, and other sections.

    With `most`, no more than so many packages: what the others of a module have together has the
    empty name.
    """
    every = sorted(packages, key=lambda each: (-each.code_bytes, each.package))
    modules: dict[str, list[Any]] = {}
    positions = _positions()
    for each in every[:most] if most else every:
        name = positions.get(each.package, each.package) if each.module == "std" else each.package
        modules.setdefault(each.module, []).extend((name, each.code_bytes, each.functions))
    rest: dict[str, list[int]] = {}
    for each in every[most:] if most else ():
        known = rest.setdefault(each.module, [0, 0])
        known[0] += each.code_bytes
        known[1] += each.functions
    for module, counts in rest.items():
        modules.setdefault(module, []).extend(("", *counts))
    return page_json({"p": modules, "d": dict(data), "o": dict(sections)})


@cache
def standard_packages() -> tuple[str, ...]:
    """Names of Go's standard packages. The list only saves room: a name that it lacks is written
    out, and one that Go no longer has harms nothing."""
    text = files("wasip1_build.report.page").joinpath("standard_packages.txt").read_text("utf-8")
    return tuple(text.split())


@cache
def _positions() -> Mapping[str, int]:
    return {name: position for position, name in enumerate(standard_packages())}
