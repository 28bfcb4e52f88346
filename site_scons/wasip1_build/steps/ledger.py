"""How far has an artifact grown over what was accepted last, and may it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wasip1_build.findings import Finding, Severity
from wasip1_build.spec import model
from wasip1_build.spec.sizes_file import CWASM, Ledger, read_ledger
from wasip1_build.steps.step import Context
from wasip1_build.units import exact_size, human_size

GROWN, UNPROVED = "budget-growth", "budget-unproved"
COMMAND = "scons sizes"
KEY = "budget.growth"


def ledger_of(context: Context, file: str) -> Ledger:
    """The ledger at a path from the root, read once; a later build sees when it is another."""

    def read() -> Ledger:
        path = context.path(file)
        context.digests.see(str(path))
        return read_ledger(path, file)

    return context.once(("sizes", file), read)


def forget_ledger(context: Context, file: str) -> None:
    """To be called where it was written: it is read again."""
    context.worked_out.pop(("sizes", file), None)


def form_of(entry: Mapping[str, Any]) -> str:
    """A form of A.sizes.json as the ledger names it: "br", "cwasm TARGET"."""
    return f"{CWASM}{entry['target']}" if "target" in entry else str(entry["form"])


def growth_key(ledger: Ledger, name: str) -> dict[str, Any]:
    """What of a ledger decides the findings: of this artifact the sizes, and nothing of others."""
    accepted = ledger.artifacts.get(name)
    return {
        "file": ledger.file if ledger.is_there else None,
        "damage": ledger.damage and ledger.damage.what,
        "size_bytes": accepted and dict(accepted.size_bytes),
    }


def growth_findings(
    growth: model.Growth, ledger: Ledger, name: str, sizes: Mapping[str, int]
) -> Iterator[Finding]:
    """An error where a form has grown beyond both limits, or it is not known whether it has.

    `sizes` are those of today by form, as the ledger names them.
    """
    accepted = ledger.artifacts.get(name)
    before = accepted.size_bytes if accepted else {}
    if missing := [form for form in sizes if form not in before]:
        yield _unproved(ledger, name, missing)
    grown = [
        (form, now - before[form])
        for form, now in sizes.items()
        if form in before and exceeds(growth, before[form], now)
    ]
    if not grown:
        return
    form, delta = grown[0]
    details = [
        f"{each}: {exact_size(before[each])} accepted, {exact_size(sizes[each])} now"
        for each, _ in grown
    ]
    yield Finding(
        GROWN,
        Severity.ERROR,
        f"{name}: {form} has grown by {exact_size(delta)}, {_percent(delta, before[form])} %, "
        f"over what was accepted",
        why=f"{KEY} allows {growth.percent:g} % or {human_size(growth.bytes)}, whichever is more",
        fix=f"if the growth is meant: {COMMAND}, and commit {ledger.file}; else find the change "
        "that brought it: what moved is told where the build ends",
        key=KEY,
        details="\n".join(details),
    )


def exceeds(growth: model.Growth, before: int, now: int) -> bool:
    """Whether a size has grown by more than both limits."""
    delta = now - before
    return delta > growth.bytes and 100 * delta > growth.percent * before


def not_compared(name: str) -> Finding:
    """That under another profile than the ledger's growth is not judged."""
    return Finding(
        "budget-not-compared",
        Severity.NOTE,
        f"{name}: {KEY} limits nothing under this profile",
        why="the sizes that are accepted are those of PROFILE=release",
        key=KEY,
    )


def _unproved(ledger: Ledger, name: str, missing: list[str]) -> Finding:
    if ledger.damage:
        why = f"{ledger.file} {ledger.damage.what}"
    elif not ledger.is_there:
        why = f"there is no {ledger.file}"
    elif name not in ledger.artifacts:
        why = f"{ledger.file} does not have {name}"
    else:
        why = f"{ledger.file} has no size of {', '.join(missing)}"
    return Finding(
        UNPROVED,
        Severity.ERROR,
        f"{name}: its growth is not known",
        why=f"{why}, and not proved is not passed",
        fix=f"`{COMMAND}` accepts the sizes of today; or remove {KEY}",
        key=KEY,
    )


def _percent(delta: int, before: int) -> str:
    return f"{100 * delta / before:.1f}" if before else "100"
