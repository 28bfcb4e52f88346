"""What is known of each artifact when a build ends, and never more than this build proved."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeGuard, get_args

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure, Finding, Location, failure, has_errors
from wasip1_build.measure.moved import Moved
from wasip1_build.report.details import Details, details_of
from wasip1_build.steps.budget import CALLS, DELIVERED, Form
from wasip1_build.steps.gate import by_weight, located
from wasip1_build.steps.owners import Owners, read_owners
from wasip1_build.steps.results import findings_of, member, read_result

Verdict = Literal["pass", "fail", "not-built"]
Locate = Callable[[str, str], Location | None]
SHIPPED: tuple[str, ...] = get_args(Form)
FORMS = ("debug", *SHIPPED)
IMPLIED_CHECK = "instantiates"  # every artifact has it; only the others were declared


@dataclass(frozen=True)
class Outcome:
    """What the build made of one artifact.

    A path is None where this build neither made the file nor found it up to date: what an earlier
    build left must not speak for this one. `findings` are those of the Failures of its steps.
    """

    artifact: str  # DIR:NAME
    debug: Path | None = None  # the debug module itself, of which only the size is asked
    sizes: Path | None = None
    checks: Path | None = None
    gate: Path | None = None
    manifest: Path | None = None
    imports: Path | None = None
    findings: tuple[Finding, ...] = ()
    failed: bool = False  # a step failed, with findings or without


@dataclass(frozen=True)
class Size:
    """One form of the artifact; `budget_bytes` is None where it has no budget."""

    form: str
    size_bytes: int
    target: str | None = None
    budget_bytes: int | None = None
    accepted_bytes: int | None = None  # what the size ledger has of it


@dataclass(frozen=True)
class Calls:
    """A budget of calls ("fd-write"), and the most calls of a check; None where they are not
    known."""

    budget: str
    budget_calls: int
    calls: int | None = None


@dataclass(frozen=True)
class Summary:
    """One artifact, read from its results. `memory` has the members of A.sizes.json.

    `saved_percent` is computed, from sizes that were measured; `saved_form` is the form that it
    is about.
    """

    artifact: str
    verdict: Verdict
    manifest: Path | None
    sizes: tuple[Size, ...]
    saved_percent: float | None
    saved_form: str | None
    memory: dict[str, int]
    checks: tuple[tuple[str, str], ...]  # (name, verdict)
    findings: tuple[Finding, ...]
    calls: tuple[Calls, ...] = ()  # of each budget of calls
    owners: Owners | None = None  # of the module's bytes
    moved: Moved | None = None  # from what was accepted; None where it has not, or no ledger is
    details: Details = Details()

    @property
    def name(self) -> str:
        """The artifact's NAME alone."""
        return self.artifact.rpartition(":")[2]

    @property
    def declared_checks(self) -> tuple[tuple[str, str], ...]:
        """The checks that the spec declares."""
        return tuple(check for check in self.checks if check[0] != IMPLIED_CHECK)


@dataclass(frozen=True)
class Report:
    """One build of a workspace; `findings` are those of no single artifact."""

    profile: str
    artifacts: tuple[Summary, ...]
    findings: tuple[Finding, ...] = ()


def report(
    profile: str,
    outcomes: Iterable[Outcome],
    locate: Locate = lambda _artifact, _key: None,
    findings: Iterable[Finding] = (),
) -> Report:
    """The report of a build, its artifacts by name. `locate` is the step Context's."""
    summaries = (summarize(outcome, locate) for outcome in outcomes)
    ordered = sorted(summaries, key=lambda summary: summary.artifact)
    return Report(profile, tuple(ordered), by_weight(findings))


def summarize(outcome: Outcome, locate: Locate = lambda _artifact, _key: None) -> Summary:
    """Reads an artifact's results. A damaged one makes it fail, with a finding; raises nothing."""
    damages: list[Finding] = []

    @cache
    def read(path: Path | None) -> dict[str, Any]:
        if path is None:
            return {}
        try:
            return read_result(path, path.name)
        except Failure as error:
            damages.extend(error.findings)
            return {}

    def part(function: Callable[[dict[str, Any], str], Any], path: Path | None, empty: Any) -> Any:
        record = read(path)
        try:
            return function(record, path.name) if path and record else empty
        except Failure as error:
            damages.extend(error.findings)
            return empty

    shipped, memory, calls, owners = part(_sizes, outcome.sizes, ((), {}, (), None))
    sizes = (*_debug(outcome.debug), *shipped) if shipped else ()
    saved = _saved(sizes)
    checks = part(_checks, outcome.checks, ())
    passed, noted = part(_gate, outcome.gate, (False, ()))
    sealed = part(_manifest, outcome.manifest, False)
    manifest = read(outcome.manifest)
    imports = {} if "imports" in manifest else read(outcome.imports)  # (which has the same)
    details = details_of(manifest, imports, read(outcome.checks))
    findings = by_weight((*outcome.findings, *noted, *damages))
    return Summary(
        artifact=outcome.artifact,
        verdict=_verdict(outcome.failed or has_errors(findings), passed and sealed),
        manifest=outcome.manifest if sealed else None,
        sizes=sizes,
        saved_percent=saved[0],
        saved_form=saved[1],
        memory=memory,
        checks=checks,
        findings=located(findings, outcome.artifact, locate),
        calls=calls,
        owners=owners,
        details=details,
    )


def _verdict(failed: bool, proved: bool) -> Verdict:
    if failed:
        return "fail"
    return "pass" if proved else "not-built"


def _sizes(record: dict[str, Any], shown: str) -> tuple[Any, Any, Any, Owners | None]:
    sizes = tuple(_size(entry, shown) for entry in member(record, "sizes", list, shown))
    memory = {
        name: value
        for name, value in member(record, "memory", dict, shown).items()
        if name in ("peak_bytes", "budget_bytes", "over_bytes") and _is_count(value)
    }
    counted = member(record, "calls", list, shown) if "calls" in record else []
    calls = tuple(_calls(entry, shown) for entry in counted)
    return sizes, memory, calls, read_owners(record, shown)


def _calls(entry: Any, shown: str) -> Calls:
    if isinstance(entry, dict):
        budget, limit, calls = (entry.get(it) for it in ("budget", "budget_calls", "calls"))
        if (
            isinstance(budget, str)
            and budget in CALLS
            and _is_count(limit)
            and (calls is None or _is_count(calls))
        ):
            return Calls(budget, limit, calls)
    raise failure("result-damaged", f"{shown} is damaged", why="one of its counts is malformed")


def _debug(path: Path | None) -> tuple[Size, ...]:
    """The debug module's size, or nothing where it cannot be read. No step measures it: see
    steps.budget."""
    try:
        return (Size("debug", path.stat().st_size),) if path else ()
    except OSError:
        return ()


def _saved(sizes: tuple[Size, ...]) -> tuple[float | None, str | None]:
    """How much smaller the smallest form for delivery is than the debug module, and which it is."""
    debug = next((size.size_bytes for size in sizes if size.form == "debug"), 0)
    delivered = [size for size in sizes if size.form in DELIVERED]
    if not debug or not delivered:
        return None, None
    smallest = min(delivered, key=lambda size: size.size_bytes)
    return round(100 * (debug - smallest.size_bytes) / debug, 1), smallest.form


def _size(entry: Any, shown: str) -> Size:
    if isinstance(entry, dict):
        form, size_bytes = entry.get("form"), entry.get("size_bytes")
        target, budget_bytes = entry.get("target"), entry.get("budget_bytes")
        if (
            form in SHIPPED
            and _is_count(size_bytes)
            and (target is None or isinstance(target, str))
            and (budget_bytes is None or _is_count(budget_bytes))
        ):
            return Size(form, size_bytes, target, budget_bytes)
    raise failure("result-damaged", f"{shown} is damaged", why="one of its sizes is malformed")


def _checks(record: dict[str, Any], shown: str) -> tuple[tuple[str, str], ...]:
    entries = member(record, "checks", list, shown)
    return tuple(
        (member(entry, "name", str, shown), member(entry, "verdict", str, shown))
        for entry in entries
        if isinstance(entry, dict)
    )


def _gate(record: dict[str, Any], shown: str) -> tuple[bool, tuple[Finding, ...]]:
    return record.get("verdict") == "pass", findings_of(record, shown)


def _manifest(record: dict[str, Any], _shown: str) -> bool:
    return record.get("verdict") == "pass"


def _is_count(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
