"""What moved an artifact's size, in a few lines of text and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from wasip1_build.measure.moved import Change, Moved
from wasip1_build.units import human_size, signed_size

MANY = 6  # packages that are named; a line of a hundred columns has no room for more
SEPARATOR = " > "


def moved_lines(name: str, moved: Moved) -> tuple[str, ...]:
    """An artifact's lines; none where nothing has moved."""
    if not moved.has_moved:
        return ()
    if moved.before is None:
        head = f"{name}: new, {human_size(moved.now.size_bytes.get('wasm', 0))} of wasm"
        return (head, *_tidy(moved))
    return (*_lines(name, moved), *_tidy(moved))


def _tidy(moved: Moved) -> Iterator[str]:
    if moved.tidy:
        yield f"  go mod tidy -diff: {moved.tidy}"


def _lines(name: str, moved: Moved) -> Iterator[str]:
    delta = moved.delta_bytes("wasm")
    before = moved.before.size_bytes.get("wasm", 0) if moved.before else 0
    if delta:
        percent = f" ({100 * delta / before:+.1f} %)" if before else ""
        code = ": " + "; ".join(_code(moved)) if moved.packages or moved.unknown else ""
        yield f"{name}: wasm {signed_size(delta)}{percent}{code}"
        if others := "; ".join(_beside_code(moved)):
            yield f"  data and the rest: {others}"
    elif others := ", ".join(_forms(moved)):
        yield f"{name}: wasm as it was, {others}"
    else:
        yield f"{name}: as large as it was"
    if moved.compiler:
        before_it, now_it = moved.compiler
        yield f"  the compiler is another: {before_it}, now {now_it}{_by_owner(moved)}"
    if moved.engine:
        yield f"  what precompiles is another: {moved.engine[0]}, now {moved.engine[1]}"
    if moved.modules:
        yield f"  modules: {', '.join(_modules(moved))}"


def _by_owner(moved: Moved) -> str:
    """What of the code a compiler may have moved, and what is own work."""
    if moved.unknown or not moved.packages:
        return ""
    standard, other = signed_size(moved.standard_bytes), signed_size(moved.other_bytes)
    return (
        f"; of the code, the standard library has moved by {standard}, other packages by {other}, "
        f"and what is of no package by {signed_size(moved.unowned_bytes)}"
    )


def _code(moved: Moved) -> Iterator[str]:
    if moved.unknown:
        yield f"by package it is not known: {moved.unknown}"
        return
    shown, others = moved.packages[:MANY], moved.packages[MANY:]
    yield ", ".join(map(_package, shown))
    if others:
        total = signed_size(sum(each.total_bytes for each in others))
        yield f"{_count(len(others), 'other package')} {total}"


def _package(change: Change) -> str:
    text = f"{change.name} {signed_size(change.delta_bytes)}"
    if change.now_bytes is None:
        return f"{text} gone"
    if not change.is_new:
        return text
    told = []
    if change.chain:
        told.append(SEPARATOR.join(change.chain))
    if change.brings:
        total = signed_size(change.brings_bytes)
        others = f"{change.brings} packages more, {total}, most by {change.largest_brought}"
        one = f"{change.largest_brought}, {total}"
        told.append(f"brings {one if change.brings == 1 else others}")
    return f"{text} new" + (f" ({'; '.join(told)})" if told else "")


def _beside_code(moved: Moved) -> Iterator[str]:
    every = sorted((*moved.data, *moved.sections), key=lambda each: -abs(each.delta_bytes))
    shown, others = every[:MANY], every[MANY:]
    if shown:
        yield ", ".join(f"{each.name} {signed_size(each.delta_bytes)}" for each in shown)
    rest = moved.rest_bytes + sum(each.delta_bytes for each in others)
    if rest and (shown or moved.packages):
        yield f"the rest {signed_size(rest)}"


def _forms(moved: Moved) -> Iterator[str]:
    before = moved.before.size_bytes if moved.before else {}
    for form in sorted({*before, *moved.now.size_bytes}):
        delta = moved.delta_bytes(form)
        if delta is None:
            yield f"{form} {'gone' if form in before else 'new'}"
        elif delta:
            yield f"{form} {signed_size(delta)}"


def _modules(moved: Moved) -> Iterator[str]:
    for name, (before, now) in moved.modules.items():
        if not before:
            yield f"{name} {now} new".replace("  ", " ")
        elif not now:
            yield f"{name} {before} gone"
        else:
            yield f"{name} {before}, now {now}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def moved_record(moved: Moved) -> dict[str, Any]:
    """The same as JSON, with all packages."""
    if moved.before is None:
        return {"new": True}
    forms = {form: moved.delta_bytes(form) for form in moved.now.size_bytes}
    record: dict[str, Any] = {
        "delta_bytes": {form: delta for form, delta in forms.items() if delta is not None},
        "new": False,
        "data": _changes(moved.data),
        "sections": _changes(moved.sections),
        "rest_bytes": moved.rest_bytes,
    }
    if not moved.unknown:
        record |= {
            "packages": _changes((*moved.packages, *moved.brought)),
            "standard_bytes": moved.standard_bytes,
            "other_bytes": moved.other_bytes,
            "unowned_bytes": moved.unowned_bytes,
        }
    for name in ("compiler", "engine"):
        if pair := getattr(moved, name):
            record[name] = {"before": pair[0], "now": pair[1]}
    if moved.modules:
        record["modules"] = {
            name: {"before": before, "now": now} for name, (before, now) in moved.modules.items()
        }
    if moved.unknown:
        record["unknown"] = moved.unknown
    if moved.tidy:
        record["go_mod_tidy"] = moved.tidy
    return record


def _changes(changes: Iterable[Change]) -> list[dict[str, Any]]:
    return [_change(each) for each in changes]


def _change(change: Change) -> dict[str, Any]:
    record: dict[str, Any] = {
        "name": change.name,
        "before_bytes": change.before_bytes,
        "now_bytes": change.now_bytes,
        "delta_bytes": change.delta_bytes,
    }
    if change.module:
        record["module"] = change.module
    if change.chain:
        record["chain"] = list(change.chain)
    if change.brings:
        record |= {
            "brings": change.brings,
            "brings_bytes": change.brings_bytes,
            "largest_brought": change.largest_brought,
        }
    return record
