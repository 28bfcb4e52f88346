"""Which keys of an artifact's merged spec differ between two workspaces, and decide something?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import is_dataclass, replace
from pathlib import Path
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.digests import Digests
from wasip1_build.plan import plan
from wasip1_build.plan_gate import gated_by_tests
from wasip1_build.plan_tests import TestPlace, TestPlaces
from wasip1_build.spec import typed
from wasip1_build.spec.model import Artifact, DirGrant, Workspace
from wasip1_build.spec.suggest import key as toml_key
from wasip1_build.spec.values import shown_size
from wasip1_build.steps.go_context import GoContext
from wasip1_build.steps.step import Context
from wasip1_build.toolchain.host import host_target
from wasip1_build.toolchain.pins import wanted_version
from wasip1_build.toolchain.tools import Tool, ToolRequest, Tools

# Longer values are not shown: the reason names the key.
SHOWN_CHARS = 60
# The sizes among the keys whose fields do not end with "_bytes".
SIZES = frozenset(f"budget.{name}" for name in ("wasm", "br", "gz", "cwasm", "memory"))
_BARE = re.compile(r"[\w.+/@*=-]+")


@dataclass(frozen=True)
class Difference:
    """One key ("runtime.max-memory") with its values then and now.

    `path` are the fields that lead to it in the dataclass.
    """

    key: str
    path: tuple[str, ...]
    then: Any
    now: Any


def spec_reasons(before: Artifact, now: Workspace, after: Artifact) -> Iterator[tuple[str, str]]:
    """Each key that differs and decides something of an artifact, with a sentence about it.

    A key decides where the artifact's steps have other keys with the one value than with the
    other, tools and files aside: `default`, or what a later version will act on, does not.
    """
    differences = list(_differences(before, after, "artifact.*", typed.ARTIFACT))
    if not differences:
        return
    deciding = [
        difference
        for difference in differences
        if _steps(now, _with(after, difference.path, difference.then)) != _steps(now, after)
    ]
    # Two keys may decide only together, each of them nothing alone.
    together = _steps(now, before) != _steps(now, after)
    for difference in deciding or (differences if together else ()):
        for text in _told(difference.key, difference.then, difference.now):
            yield difference.key, text


def toolchain_reasons(
    then: Workspace, now: Workspace, after: Artifact
) -> Iterator[tuple[str, str]]:
    """The same for the keys of [toolchain]."""
    found = _differences(then.toolchain, now.toolchain, "toolchain", typed.TOOLCHAIN)
    for program in dict.fromkeys(difference.path[0] for difference in found):
        pins = replace(now.toolchain, **{program: getattr(then.toolchain, program)})
        if _steps(replace(now, toolchain=pins), after) != _steps(now, after):
            key = f"toolchain.{program}"
            yield key, f"{key}: {_pinned(then, program)} -> {_pinned(now, program)}"


def _differences(
    then: Any,
    now: Any,
    table: str,
    fields: tuple[typed.Field, ...],
    prefix: str = "",
    path: tuple[str, ...] = (),
) -> Iterator[Difference]:
    """The leaves of two dataclasses of one table that differ."""
    for field in fields:
        a, b = getattr(then, field.name), getattr(now, field.name)
        # 1 and 1.0 are equal, and an i32 and an f32 in a call.
        if a == b and repr(a) == repr(b):
            continue
        key, here, inner = f"{prefix}{field.key}", (*path, field.name), f"{table}.{field.key}"
        if inner in typed.TABLES and is_dataclass(a) and is_dataclass(b):
            yield from _differences(a, b, inner, typed.TABLES[inner][1], f"{key}.", here)
        else:
            yield Difference(key, here, a, b)


def _with(record: Any, path: tuple[str, ...], value: Any) -> Any:
    """A dataclass with another value at the end of a path of fields."""
    name, *rest = path
    inner = _with(getattr(record, name), tuple(rest), value) if rest else value
    return replace(record, **{name: inner})


# ---- what decides --------------------------------------------------------------------------------


class _NoTools(Tools):
    """Tools that are not looked for: a request is its own identity."""

    def __init__(self) -> None:
        pass

    def find(self, request: ToolRequest) -> Tool:
        return Tool(request.program, Path("/nowhere"), _version(request), "spec")

    def identity(self, request: ToolRequest) -> Mapping[str, Any]:
        return {"program": request.program, "version": _version(request)}


def _version(request: ToolRequest) -> str:
    return json.dumps([wanted_version(request), request.path])


def _steps(workspace: Workspace, artifact: Artifact) -> str:
    """The keys of an artifact's steps where no file and no tool is there: what the spec decides."""
    nowhere = Context(Path("/nonexistent"), workspace.build_dir, _NoTools(), Digests(None))
    modules = GoContext(".", "", (".",), ())
    alone = replace(workspace, artifacts=(artifact,))
    whole = plan(alone, {artifact.id: modules}, host_target())
    if artifact.is_gated_by_tests:
        linkable = (TestPlace("package", "package", "example.com/package"),)
        places = {artifact.id: TestPlaces(linkable=linkable)}
        whole = gated_by_tests(whole, alone.build_dir, places)
    [planned] = whole.artifacts
    inputs = [(step.name, step.version, step.inputs, step.key(nowhere)) for step in planned.steps]
    return json.dumps([artifact.compiler, inputs], sort_keys=True)


# ---- how it is told ------------------------------------------------------------------------------


def _told(key: str, then: Any, now: Any) -> Iterator[str]:
    """Sentences about a key: one, or one for each item of a table or of an array of tables."""
    if _are_tables(then) and _are_tables(now) and (then or now):
        yield from _items_told(key, then, now)
    elif isinstance(then, Mapping) and isinstance(now, Mapping):
        for name in sorted({*then, *now}):
            inner = f"{key}.{toml_key(name)}"
            if name in then and name in now:
                yield from _told(inner, then[name], now[name]) if then[name] != now[name] else ()
            else:
                yield f"{inner} {'added' if name in now else 'removed'}"
    elif is_dataclass(then) or is_dataclass(now):
        yield f"{key} {'changed' if then and now else 'added' if now else 'removed'}"
    else:
        before, after = _shown(key, then), _shown(key, now)
        short = max(len(before), len(after)) <= SHOWN_CHARS
        yield f"{key}: {before} -> {after}" if short else f"{key} changed"


def _are_tables(value: Any) -> bool:
    return isinstance(value, tuple) and all(is_dataclass(item) for item in value)


def _items_told(key: str, then: tuple[Any, ...], now: tuple[Any, ...]) -> Iterator[str]:
    """Sentences about an array of tables, whose items are known by a name of their own."""
    before, after = ({_name(item): item for item in items} for items in (then, now))
    table = next(name for name in typed.TABLES if name.endswith((f".{key}", f".{key}.*")))
    told = False
    for name in {**before, **after}:
        inner = f"{key}.{toml_key(name)}"
        if name in before and name in after:
            fields = typed.TABLES[table][1]
            for each in _differences(before[name], after[name], table, fields, f"{inner}."):
                yield from _told(each.key, each.then, each.now)
                told = True
        else:
            yield f"{inner} {'added' if name in after else 'removed'}"
            told = True
    if not told:
        yield f"{key}: in another order"


def _name(item: Any) -> str:
    return item.guest if isinstance(item, DirGrant) else str(item.name)


def _shown(key: str, value: Any) -> str:
    """A value as one would write it."""
    shapes: tuple[tuple[Callable[[Any], bool], Callable[[Any], str]], ...] = (
        (lambda v: v is None, lambda _: "unset"),
        (lambda v: isinstance(v, bool), lambda v: "true" if v else "false"),
        (lambda v: isinstance(v, int) and _is_size(key), shown_size),
        (lambda v: isinstance(v, float) and key.endswith("timeout"), lambda v: f"{v:g}s"),
        (lambda v: isinstance(v, (int, float)), repr),
        (lambda v: isinstance(v, tuple), lambda v: json.dumps(v, ensure_ascii=False, default=str)),
        (lambda v: _BARE.fullmatch(str(v)) is not None, str),
    )
    found = next((show for fits, show in shapes if fits(value)), None)
    return found(value) if found else json.dumps(str(value), ensure_ascii=False)


def _is_size(key: str) -> bool:
    return key in SIZES or key.endswith(
        ("max-memory", "memory-limit", "stack-size", "growth.bytes")
    )


def _pinned(workspace: Workspace, program: str) -> str:
    """A tool as [toolchain] asks for it, or what counts without a word about it."""
    pin = getattr(workspace.toolchain, program)
    if pin is None:
        return f"{wanted_version(ToolRequest(program))} (pinned)"  # type: ignore[arg-type]
    return pin.path or str(pin.version)
