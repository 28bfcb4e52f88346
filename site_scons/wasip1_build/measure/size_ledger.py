"""What of A.sizes.json is kept in the ledger, and what that is when some of it is accepted?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from wasip1_build.spec.sizes_file import CWASM, UNKNOWN, Accepted, Ledger, ledger_bytes
from wasip1_build.steps.ledger import form_of
from wasip1_build.steps.owners import Owners, read_owners
from wasip1_build.steps.results import Record


def measured(record: Record, compiler: str, engine: str) -> Accepted:
    """An artifact's sizes as they are now, from its A.sizes.json. Raises Failure where that is
    damaged."""
    sizes = {form_of(each.members): each.count("size_bytes") for each in record.records("sizes")}
    is_precompiled = any(form.startswith(CWASM) for form in sizes)
    accepted = Accepted(compiler, sizes, engine if is_precompiled else "")
    owners = read_owners(record.members, record.shown)
    return _with(accepted, owners) if owners else accepted


def unknown_owners(record: Record) -> str:
    """Why it is not known which package owns the code; "" where it is. Raises Failure."""
    owners = read_owners(record.members, record.shown)
    return owners.unknown if owners else "this module could not be divided"


def ledger_with(
    ledger: Ledger, accepted: Mapping[str, Accepted], declared: Collection[str]
) -> bytes | None:
    """The file in which these artifacts (by NAME) are accepted, and what it had of the others that
    are declared still stands; None where nothing is left of it."""
    kept = {name: each for name, each in ledger.records.items() if name in declared}
    records = {**kept, **{name: each.to_json() for name, each in accepted.items()}}
    return ledger_bytes(records) if records else None


def _with(accepted: Accepted, owners: Owners) -> Accepted:
    code: dict[str, dict[str, int]] = {}
    for each in owners.packages:
        code.setdefault(each.module, {})[each.package] = each.code_bytes
    if owners.unknown:
        code = {"": {UNKNOWN: owners.code_bytes}}
    return replace(
        accepted,
        functions=owners.functions,
        code_bytes=code,
        data_bytes=owners.data,
        section_bytes=owners.sections,
        modules=owners.modules,
    )
