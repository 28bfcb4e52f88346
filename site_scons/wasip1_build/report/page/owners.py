"""Who owns the bytes of a module, as the page is given it.

All packages of a thousand modules are too much for one page; then each has those that weigh most.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from wasip1_build.report.page.data import page_json
from wasip1_build.steps.owners import Owner, Owners

STANDARD = "std"  # the module of Go's own packages
_DIGITS = string.digits + string.ascii_lowercase
MOST = 16  # packages of one artifact, where not all fit


def owners_data(owners: Owners, most: int = 0) -> str:
    """One artifact's part: packages, data by kind, and other sections.

    Of each package its name, code bytes and functions follow each other, by module; standard ones
    as a text of numbers to base 36, in which the name is the position in `standard_packages`. With
    `most`, no more than so many: what the others of a module have together has the empty name, and
    small sections are one.
    """
    every = owners.packages
    shown, rest = (every[:most], every[most:]) if most else (every, ())
    positions = _positions()
    standard: list[str] = []
    modules: dict[str, list[Any]] = {}
    for each in (*shown, *_together(rest)):
        if each.module == STANDARD and each.package in positions:
            numbers = (positions[each.package], each.code_bytes, each.functions)
            standard += map(_base36, numbers)
        else:
            own = modules.setdefault(each.module, [])
            own += (each.package, each.code_bytes, each.functions)
    sections = _largest(owners.sections) if most else dict(owners.sections)
    record: dict[str, Any] = {"d": dict(owners.data), "o": sections}
    if owners.unknown:
        record |= {"u": owners.unknown, "c": owners.code_bytes}
    return page_json(record | {"s": " ".join(standard), "p": modules})


def _together(packages: Iterable[Owner]) -> Iterator[Owner]:
    rest: dict[str, tuple[int, int]] = {}
    for each in packages:
        code_bytes, functions = rest.get(each.module, (0, 0))
        rest[each.module] = (code_bytes + each.code_bytes, functions + each.functions)
    for module, counts in rest.items():
        yield Owner("", module, *counts)


def _largest(sections: Mapping[str, int]) -> dict[str, int]:
    """Without those that have less than a hundredth of all, which become one."""
    least = sum(sections.values()) / 100
    found = {name: size for name, size in sections.items() if size >= least}
    rest = sum(sections.values()) - sum(found.values())
    return found | ({"other sections": rest} if rest else {})


def _base36(number: int) -> str:
    text = ""
    while number >= 36:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return _DIGITS[number] + text


@cache
def standard_packages() -> tuple[str, ...]:
    """Names of Go's standard packages. The list only saves room: a name that it lacks is written
    out, and one that Go no longer has harms nothing."""
    listed = Path(__file__).with_name("standard_packages.txt").read_text("utf-8")
    return tuple(listed.split())


@cache
def _positions() -> Mapping[str, int]:
    return {name: position for position, name in enumerate(standard_packages())}
