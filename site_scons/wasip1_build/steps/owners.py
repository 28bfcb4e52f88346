"""Who owns the bytes of a module, as A.sizes.json says: written by a step, read by reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure
from wasip1_build.steps.results import Record, damaged
from wasip1_build.steps.step import Context


@dataclass(frozen=True)
class Owner:
    """A package; "(linker)" and the like in parentheses own what belongs to none. `module` is
    "std", a module path, or "" where it is not known."""

    package: str
    module: str
    code_bytes: int
    functions: int


@dataclass(frozen=True)
class Owners:
    """The bytes of a module, divided; they add up to it. `packages` are by bytes, the largest
    first; where functions have no names there are none, and `unknown` says why."""

    code_bytes: int
    packages: tuple[Owner, ...]
    data: Mapping[str, int]
    sections: Mapping[str, int]
    modules: Mapping[str, str]  # versions by path
    functions: int | None = None
    unknown: str = ""


def owners_record(context: Context, module: str, named: str | None) -> dict[str, Any]:
    """The member "owners". `named` is the module before it was stripped, where only that has names.

    What is no module has no owners, and it is said why. Raises Failure where a file cannot be read.
    """
    from wasip1_build.wasm.module import load
    from wasip1_build.wasm.sizes.attribution import attribute

    data = load(context.path(module), module)
    other = load(context.path(named), named) if named else None
    try:
        return attribute(data, module, other, named or "").to_json()
    except Failure as failed:
        return {"unknown": failed.findings[0].what}


def read_owners(record: Mapping[str, Any], shown: str) -> Owners | None:
    """The member "owners" of a result; None where it has none, or is of no module. Raises Failure
    where it is malformed."""
    if "owners" not in record:
        return None
    member = record["owners"]
    if not isinstance(member, dict):
        raise damaged(shown, 'its member "owners" is malformed')
    if "code_bytes" not in member:
        return None
    owners = Record(member, shown, "owners")
    known = not owners.has("unknown")
    return Owners(
        code_bytes=owners.count("code_bytes"),
        packages=_packages(member, shown) if known else (),
        data=_counts(member, "data", shown),
        sections=_counts(member, "sections", shown),
        modules=_texts(member, "modules", shown),
        functions=owners.count("functions") if known else None,
        unknown="" if known else owners.text("unknown"),
    )


def _packages(member: Mapping[str, Any], shown: str) -> tuple[Owner, ...]:
    entries = _mapping(member, "packages", shown)
    found = []
    for package, entry in entries.items():
        if not isinstance(entry, dict):
            raise damaged(shown, f'"{package}" of its member "owners" is malformed')
        each = Record(entry, shown, "owners.packages")
        found.append(
            Owner(package, each.text("module"), each.count("code_bytes"), each.count("functions"))
        )
    return tuple(sorted(found, key=lambda owner: (-owner.code_bytes, owner.package)))


def _counts(member: Mapping[str, Any], name: str, shown: str) -> Mapping[str, int]:
    entries = _mapping(member, name, shown)
    record = Record(entries, shown, f"owners.{name}")
    return {each: record.count(each) for each in entries}


def _texts(member: Mapping[str, Any], name: str, shown: str) -> Mapping[str, str]:
    entries = _mapping(member, name, shown)
    record = Record(entries, shown, f"owners.{name}")
    return {each: record.text(each) for each in entries}


def _mapping(member: Mapping[str, Any], name: str, shown: str) -> dict[str, Any]:
    entries = member.get(name)
    if not isinstance(entries, dict):
        raise damaged(shown, f'"{name}" of its member "owners" is missing or malformed')
    return entries
