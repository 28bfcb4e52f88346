"""What of A.sizes.json is kept in the ledger, and what that is when some of it is accepted?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from wasip1_build.spec.sizes_file import UNKNOWN, Accepted, Ledger, ledger_bytes
from wasip1_build.steps.ledger import form_of
from wasip1_build.steps.results import Record


def measured(record: Record, compiler: str, engine: str) -> Accepted:
    """An artifact's sizes as they are now, from its A.sizes.json. Raises Failure where that is
    damaged."""
    sizes = {form_of(each.members): each.count("size_bytes") for each in record.records("sizes")}
    owners = record.members.get("owners")
    owned = Record(owners, record.shown, "owners") if isinstance(owners, dict) else None
    return Accepted(
        compiler=compiler,
        size_bytes=sizes,
        engine=engine if any(form.startswith("cwasm ") for form in sizes) else "",
        functions=owned.count("functions") if owned and owned.has("functions") else None,
        code_bytes=_code(owned) if owned else {},
        data_bytes=_counts(owned, "data") if owned else {},
        modules=_modules(owned) if owned else {},
    )


def unknown_owners(record: Record) -> str:
    """Why it is not known which package owns the code; "" where it is."""
    owners = record.members.get("owners")
    if not isinstance(owners, dict):
        return "this module was not looked into"
    return str(owners["unknown"]) if "unknown" in owners else ""


def ledger_with(
    ledger: Ledger, accepted: Mapping[str, Accepted], declared: Collection[str]
) -> bytes | None:
    """The file in which these artifacts (by NAME) are accepted, and what it had of the others that
    are declared still stands; None where nothing is left of it."""
    kept = {name: each for name, each in ledger.records.items() if name in declared}
    records = {**kept, **{name: each.to_json() for name, each in accepted.items()}}
    return ledger_bytes(records) if records else None


def _code(owned: Record) -> dict[str, dict[str, int]]:
    if not owned.has("packages"):
        return {"": {UNKNOWN: owned.count("code_bytes")}} if owned.has("code_bytes") else {}
    found: dict[str, dict[str, int]] = {}
    for name, members in _object(owned, "packages").items():
        each = Record(members if isinstance(members, dict) else {}, owned.shown, f"owners.{name}")
        found.setdefault(each.text("module"), {})[name] = each.count("code_bytes")
    return found


def _counts(owned: Record, name: str) -> dict[str, int]:
    if not owned.has(name):
        return {}
    part = Record(_object(owned, name), owned.shown, f"owners.{name}")
    return {kind: part.count(kind) for kind in part.members}


def _modules(owned: Record) -> dict[str, str]:
    if not owned.has("modules"):
        return {}
    part = Record(_object(owned, "modules"), owned.shown, "owners.modules")
    return {module: part.text(module) for module in part.members}


def _object(owned: Record, name: str) -> dict[str, Any]:
    value = owned.members[name]
    return value if isinstance(value, dict) else {name: None}  # (which no reader takes)
