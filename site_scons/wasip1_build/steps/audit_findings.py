"""What an audit has to say: each grant that is more than the checks need, and the line to write."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Finding, Severity
from wasip1_build.runtime.cuts import NOTHING, grants_after
from wasip1_build.runtime.least_memory import Memory
from wasip1_build.runtime.leave_out import REMOVABLE, Audited, Judged
from wasip1_build.spec.model import Check, DirGrant, Grants
from wasip1_build.spec.suggest import inline
from wasip1_build.units import human_size
from wasip1_build.wasm.types import PAGE_BYTES

# What each rule is about, for those who meet its name elsewhere.
RULES = {
    "audit-checks-fail": "A check fails with everything granted, so nothing can be left out.",
    "grant-alternative": "One of several grants suffices.",
    "grant-not-held": "A grant is used, and no check fails without it.",
    "grant-too-wide": "A directory can be written, and no check needs that.",
    "grant-unused": "A grant is there, and every check does the same without it.",
    "import-not-reached": "The module imports functions that no check calls.",
    "max-memory-far-above": "max-memory is far above what the checks need.",
}
FAR_ABOVE = 4  # a cap so many times what is needed is a note


@dataclass(frozen=True)
class Declared:
    """What the spec says of an artifact, in so far as an audit's findings quote it."""

    directory: str  # of the file that declares it, to which its paths are relative
    grants: Grants
    checks: tuple[Check, ...]
    max_memory_bytes: int | None
    memory_limit_bytes: int | None


def audit_findings(audited: Audited, declared: Declared) -> Iterator[Finding]:
    """The findings of an artifact whose checks pass: warnings for what should go, and notes."""
    after = _after(audited.grants, declared.grants)
    told = ""
    for each in audited.grants:
        if each.verdict in REMOVABLE:
            yield _too_much(each, declared, after)
        elif each.verdict == "used" and each.unit.key != f"{told}.mode":
            told = each.unit.key
            yield _not_held(each)
        elif each.verdict == "alternative":
            yield _alternative(each)
    if audited.memory:
        yield from _memory(audited.memory, declared)
    yield from _imports(audited)


def not_possible(artifact: str, checks: int) -> Finding:
    """What is said where a check fails with everything granted."""
    return Finding(
        "audit-checks-fail",
        Severity.ERROR,
        f"{artifact} cannot be audited: its checks do not all pass",
        why="a check that fails with all grants says nothing about the loss of one",
        fix=f"make the {checks} checks of this artifact pass first",
        key="check",
    )


def _after(grants: Iterable[Judged], now: Grants) -> Grants:
    """What is left when all that is suggested is done."""
    cut = NOTHING
    for each in grants:
        if each.verdict in REMOVABLE:
            cut = cut | each.unit.cut
    return grants_after(now, cut)


def _too_much(each: Judged, declared: Declared, after: Grants) -> Finding:
    checks = [check.name for check in each.unit.checks]
    ran = f"{_listed(checks)} {'passes' if len(checks) == 1 else 'pass'}"
    same = f"{ran} and {'does' if len(checks) == 1 else 'do'} the same"
    if each.unit.is_mode:
        rule, what = "grant-too-wide", f"{each.unit.name} is granted, and no check needs it"
        why = f"where the directory can only be read, {same}"
    else:
        rule, what = "grant-unused", f"{_kind(each)} is granted, and no check uses it"
        why = f"without it {same}"
    fix = _fix(each, declared, after)
    return Finding(rule, Severity.WARNING, what, why, fix, key=each.unit.key)


def _kind(each: Judged) -> str:
    if each.unit.is_mode:
        return each.unit.name
    section = each.unit.key.split(".")[1]
    kinds = {"dirs": "the directory", "env": "the variable", "env-inherit": "the variable"}
    if section == "args":
        kinds["args"] = "the argument" if len(each.unit.keys) == 1 else "the pair of arguments"
    return f"{kinds.get(section, '')} {each.unit.name}".strip()


def _fix(each: Judged, declared: Declared, after: Grants) -> str:
    """The line to write, with all that is suggested for its key; and what checks must lose."""
    _grants, section, *rest = each.unit.key.split(".")
    if section == "dirs":
        grant = declared.grants.dirs[int(rest[0])]
        if each.unit.is_mode:
            mode = next(other for other in after.dirs if other.guest == grant.guest)
            return f"write {written_dir(mode, declared.directory)}"
        return f"take out {written_dir(grant, declared.directory)}"
    if section == "stdin":
        return "take out grants.stdin = true" + _of_checks(
            "`stdin` or `stdin-file`", [check.name for check in each.unit.checks]
        )
    left: dict[str, object] = {
        "env": dict(after.env),
        "env-inherit": list(after.env_inherit),
        "args": list(after.args),
    }
    key = f"grants.{section}"
    fix = f"write {key} = {inline(left[section])}" if left[section] else f"take out {key}"
    (name, *_others) = sorted(each.unit.cut.variables) or [""]
    return fix + _of_checks(
        f"{name} of `env`", [check.name for check in declared.checks if name in check.env]
    )


def _of_checks(what: str, names: list[str]) -> str:
    if not names:
        return ""
    return f"\nand {what} out of the check{'s' if len(names) > 1 else ''} {_listed(names)}"


def written_dir(grant: DirGrant, directory: str) -> str:
    """An element of grants.dirs as the file in `directory` has it."""
    host = grant.host
    if not posixpath.isabs(host):
        host = posixpath.relpath(host, directory)
    entries: dict[str, object] = {"host": host, "guest": grant.guest, "mode": grant.mode}
    entries |= {"reason": grant.reason} if grant.reason else {}
    entries |= {"outside": True} if grant.outside else {}
    return inline(entries)


def _not_held(each: Judged) -> Finding:
    return Finding(
        "grant-not-held",
        Severity.NOTE,
        f"{_kind(each)} is used, and no check fails without it",
        why=f"{each.reason} ({_listed(each.checks)})",
        fix="let a check expect what it is for, so that its loss fails the build",
        key=each.unit.key,
    )


def _alternative(each: Judged) -> Finding:
    return Finding(
        "grant-alternative",
        Severity.NOTE,
        f"{_kind(each)} is one of several grants of which one suffices",
        why=each.reason,
        fix="keep the one that is meant",
        key=each.unit.key,
    )


def _memory(memory: Memory, declared: Declared) -> Iterator[Finding]:
    most = declared.max_memory_bytes
    least_bytes = memory.least_pages * PAGE_BYTES
    needed = max(least_bytes, declared.memory_limit_bytes or 0)
    if most is None or most < FAR_ABOVE * needed:
        return
    yield Finding(
        "max-memory-far-above",
        Severity.NOTE,
        f"max-memory is {human_size(most)}, and the checks need {human_size(least_bytes)}",
        why=f"measured: in {memory.least_pages} pages every check does the same, and "
        f"{most // PAGE_BYTES} are allowed",
        fix="give a check the largest input that you expect, or lower max-memory",
        key="runtime.max-memory",
    )


def _imports(audited: Audited) -> Iterator[Finding]:
    reached = {(module, name) for module, name, calls in audited.imports or () if calls}
    every = dict.fromkeys((module, name) for module, name, _ in audited.imports or ())
    if others := [name for module, name in every if (module, name) not in reached]:
        yield Finding(
            "import-not-reached",
            Severity.NOTE,
            f"no check reaches {len(others)} of the {len(every)} functions that the module "
            f"imports: {', '.join(others)}",
            why="counted in all checks together; an import is no grant, and is there because "
            "something that is linked could call it",
            fix="write a check that reaches them, where the program is meant to",
            key="imports",
        )


def _listed(names: Iterable[str]) -> str:
    *before, last = names
    return f"{', '.join(before)} and {last}" if before else last
