"""What to say about each way in which a wasip1.toml can break the schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.spec.naming import key_name, table_name
from wasip1_build.spec.scanner import Path
from wasip1_build.spec.schema import Schema, schema_at
from wasip1_build.spec.suggest import did_you_mean, inline, key, quoted, shown

_TYPE_NAMES = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "array": "an array",
    "object": "a table",
}


@dataclass(frozen=True)
class Breach:
    """One keyword of the schema that a value breaks.

    `name` is set where it is the name of a key, and not its value, that breaks it; `nested` has
    what each alternative of an "anyOf" objects to, with the number of the alternative.
    """

    path: Path
    keyword: str
    value: Any
    schema: Schema
    name: str | None = None
    nested: tuple[tuple[int, Breach], ...] = ()


@dataclass(frozen=True)
class Problem:
    """What is wrong with the structure at a path, and what must go for the rest to be looked at."""

    path: Path
    what: str
    why: str = ""
    fix: str = ""
    drop: Path = ()


@dataclass(frozen=True)
class Surface:
    """What a message may refer to beside the breach: the whole schema, and the headers written."""

    schema: Schema
    headers: frozenset[Path]


def problems(breach: Breach, surface: Surface) -> Iterator[Problem]:
    """What to tell about a breach; one breach can be several missing or unknown keys."""
    if breach.name is not None:
        yield _bad_name(breach, breach.name)
        return
    if breach.keyword == "anyOf" and isinstance(breach.value, dict):
        tables = [
            i for i, node in enumerate(breach.schema["anyOf"]) if node.get("type") == "object"
        ]
        nested = [below for index, below in breach.nested if index in tables]
        if nested:
            for below in nested:
                yield from problems(below, surface)
            return
    yield from _SAID.get(breach.keyword, _bad_value)(breach, surface)


def _unknown_keys(breach: Breach, surface: Surface) -> Iterator[Problem]:
    known: dict[str, Schema] = breach.schema["properties"]
    for name in breach.value.keys() - known.keys():
        where = (*breach.path, name)
        why = ""
        if is_artifact(breach.path) and _has_header(where, surface):
            artifact = breach.path[1]
            why = (
                f'[artifact.{artifact}.{name}] is the table "{name}" of the artifact "{artifact}": '
                "a name has no dots"
            )
            if "package" in breach.value[name]:
                fix = f"write [artifact.{key(name)}] to declare another artifact"
                yield Problem(where, _unknown(name, breach.path), why, fix, drop=where)
                continue
        listed = "known here: " + ", ".join(sorted(known))
        fix = "" if _alike(name, known) else _home_of(name, breach.path, known, surface)
        fix = fix or did_you_mean(name, known, listed)
        yield Problem(where, _unknown(name, breach.path), why, fix, drop=where)


def _unknown(name: str, path: Path) -> str:
    return f"unknown key {shown(name)} in {table_name(path)}"


def _home_of(name: str, path: Path, known: dict[str, Schema], surface: Surface) -> str:
    """What to do with a key that belongs to a table around this one, or below it."""
    for length in range(len(path) - 1, -1, -1):
        around = schema_at(surface.schema, path[:length]) or {}
        if name in around.get("properties", {}):
            if length == 0:
                return f'write "{name}" before the first table header of the file'
            above = f"write it above {table_name(path)}"
            return f'"{name}" belongs to {table_name(path[:length])}: {above}'
    below = [table for table, node in known.items() if name in node.get("properties", {})]
    return f'it is a key of "{below[0]}": write {below[0]}.{name}' if len(below) == 1 else ""


def _bad_value(breach: Breach, _surface: Surface) -> Iterator[Problem]:
    schema, value = breach.schema, breach.value
    what = f"{key_name(breach.path)} cannot be {shown(value)}"
    why = f"it must be {_expected(breach)}"
    fix = ""
    if isinstance(value, str) and breach.keyword == "enum":
        if refused := schema.get("x-refused", {}).get(value):
            why = f"{refused}; {why}"
        else:
            fix = did_you_mean(value, schema["enum"])
    fix = fix or _fix_of_type(breach)
    yield Problem(breach.path, what, why, fix, drop=whole(breach.path))


def _expected(breach: Breach) -> str:
    schema = breach.schema
    if "x-expects" in schema:
        return str(schema["x-expects"])
    if breach.keyword == "enum":
        return quoted(schema["enum"])
    if breach.keyword == "minProperties":
        return "a table with " + quoted(schema["properties"])
    return _TYPE_NAMES[schema["type"]]


def _fix_of_type(breach: Breach) -> str:
    """How to write a value of the right type, where its type is what is wrong."""
    value, wanted = breach.value, breach.schema.get("type")
    if wanted == "boolean" and isinstance(value, str) and value.lower() in ("true", "false"):
        return f"write {value.lower()} without quotes"
    if wanted in ("integer", "number") and isinstance(value, str) and value.strip().isdigit():
        return f"write {value.strip()} without quotes"
    if wanted == "array" and isinstance(value, str):
        return f"write [{inline(value)}]"
    if wanted == "string" and type(value) in (int, float):
        return f'write it in quotes: "{shown(value)}"'
    examples = breach.schema.get("examples", ())
    return f"write, for example, {inline(examples[0])}" if examples else ""


def _bad_name(breach: Breach, name: str) -> Problem:
    where = (*breach.path, name)
    expects = breach.schema.get("x-expects", "a name")
    what = f"{shown(name)} cannot be a name in {table_name(breach.path)}"
    return Problem(where, what, f"it must be {expects}", drop=where)


def _missing_keys(breach: Breach, _surface: Surface) -> Iterator[Problem]:
    for name in breach.schema["required"]:
        if name in breach.value:
            continue
        node = breach.schema["properties"][name]
        example = next(iter(node.get("examples", ())), node.get("const"))
        what = f'{table_name(breach.path)} has no "{name}"'
        fix = f"add {name} = {inline(example)}" if example is not None else f"add {name}"
        yield Problem(breach.path, what, _as_reason(node), fix, (*breach.path, name))


def _as_reason(node: Schema) -> str:
    """A key's description, as a reason reads."""
    text = str(node["description"]).replace("`", "").removesuffix(".")
    return text[0].lower() + text[1:]


def _repeated(breach: Breach, _surface: Surface) -> Iterator[Problem]:
    items = breach.value
    index = next(i for i, item in enumerate(items) if item in items[:i])
    what = f"{key_name(breach.path)} has {shown(items[index])} twice"
    yield Problem((*breach.path, index), what, "", "remove one of them", whole(breach.path))


_SAID: dict[str, Callable[[Breach, Surface], Iterator[Problem]]] = {
    "additionalProperties": _unknown_keys,
    "required": _missing_keys,
    "uniqueItems": _repeated,
}


def whole(path: Path) -> Path:
    """The value at or around a path that can go.

    From an array nothing goes alone: its other elements would move.
    """
    first = next((i for i, part in enumerate(path) if isinstance(part, int)), len(path))
    return path[:first]


def is_artifact(path: Path) -> bool:
    """Whether a path is that of an artifact's table."""
    return len(path) == 2 and path[0] == "artifact"


def _has_header(path: Path, surface: Surface) -> bool:
    return any(header[: len(path)] == path for header in surface.headers)


def _alike(name: str, known: Iterable[str]) -> bool:
    """Whether a known key is so near that it must be the one that was meant."""
    import difflib  # only a message about an error needs it

    return bool(difflib.get_close_matches(name, list(known), n=1, cutoff=0.8))
