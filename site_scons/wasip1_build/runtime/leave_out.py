"""Which grants does an artifact need? Every check runs again without each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Finding
from wasip1_build.runtime.crossings import crossings
from wasip1_build.runtime.cuts import NOTHING, Cut, check_after, subject_after
from wasip1_build.runtime.grant_units import Unit, units
from wasip1_build.runtime.grants import not_granted
from wasip1_build.runtime.least_memory import Memory, least_memory
from wasip1_build.runtime.seen import STDERR, Seen, seen
from wasip1_build.runtime.trial import INSTANTIATES, Subject, compile_form, try_once
from wasip1_build.runtime.verdict import Run, judge
from wasip1_build.spec.model import Check
from wasip1_build.wasm.module import load, read_module
from wasip1_build.wasm.types import Module

Read = Callable[[str], bytes]
# needed: a check fails without it. used: what a check's run does is another thing without it, and
# the check passes all the same. alternative: needed only where other grants are gone as well.
Verdict = Literal["needed", "used", "unused", "could-be-ro", "alternative", "no-verdict"]
_ONLY_ITS_PLACE = (
    "only its place is: with an empty directory there every check passes (the order of directories "
    "decides file descriptors, and Go's working directory)"
)
_ANOTHER_SERVES = (
    "left out, the directory that moves into its place does the same; with an empty one there the "
    "checks do something else"
)
REMOVABLE: tuple[Verdict, ...] = ("unused", "could-be-ro")
How = Literal["left out", "stand-in", "read-only", "together"]
Result = Literal["same", "differs", "fails"]


@dataclass(frozen=True)
class Trial:
    """One check that ran without the grants at these keys; `differs` are the respects in which it
    did other things than with all of them."""

    keys: tuple[str, ...]
    how: How
    check: str
    result: Result
    differs: tuple[str, ...]


@dataclass(frozen=True)
class Judged:
    """What was found of a grant: by which checks, and why."""

    unit: Unit
    verdict: Verdict
    checks: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Audited:
    """All that was learned of an artifact's grants.

    `failed` are the findings of checks that fail with everything granted: then there is nothing
    else. `unsteady` are the respects in which a check's runs differ from each other. `imports` are
    the calls of each import by position (module, function, calls) in all checks together; where
    they could not be counted there is none, and `not_counted` says why.
    """

    failed: tuple[Finding, ...] = ()
    grants: tuple[Judged, ...] = ()
    trials: tuple[Trial, ...] = ()
    unsteady: Mapping[str, tuple[str, ...]] | None = None
    memory: Memory | None = None
    imports: tuple[tuple[str, str, int], ...] | None = None
    not_counted: str = ""


def audit(
    subject: Subject, module: Path, checks: tuple[Check, ...], read: Read, cpus: int
) -> Audited:
    """Runs the checks with all grants, and then without each. There must be checks.

    `read` gives the bytes of a file that a check names. Raises OSError where a child cannot be
    started or its scratch directory cannot be written, Failure where the module cannot be read, or
    `read` raises it.
    """
    ungranted = [f for each in checks for f in not_granted(subject.grants, each, subject.exports)]
    if ungranted:
        return Audited(tuple(ungranted))
    code = subject.scratch / "module.code"
    compiled = compile_form(subject, module, code, cpus)
    if not compiled.response or compiled.response.stage != "ended":
        limits = subject.limits(INSTANTIATES)
        return Audited(judge(INSTANTIATES, Run("wasm", compiled), limits, read))
    declared = read_module(load(module, module.name), module.name)
    return _Audit(subject, code, checks, read).run(declared)


class _Audit:
    """The runs of one artifact, while they are made."""

    def __init__(self, subject: Subject, code: Path, checks: tuple[Check, ...], read: Read) -> None:
        self.subject = subject
        self.code = code
        self.checks = checks
        self.read = read
        self.first: dict[str, Seen] = {}
        self.unsteady: dict[str, tuple[str, ...]] = {}
        self.trials: list[Trial] = []

    def run(self, module: Module) -> Audited:
        failed = self._with_everything()
        if failed:
            return Audited(failed)
        asked = list(self._ask(units(self.subject.grants, self.checks, self.read)))
        kept = self._together([unit for unit in asked if self._verdict(unit) in REMOVABLE])
        memory = least_memory(module, self.checks, self.first, self._passes_within)
        imports, not_counted = self._imports(module)
        failed = self._again()
        if failed:
            return Audited(failed)
        return Audited(
            grants=tuple(self._last_word(unit, kept) for unit in asked),
            trials=tuple(self.trials),
            unsteady=self.unsteady,
            memory=memory,
            imports=imports,
            not_counted=not_counted,
        )

    def _with_everything(self) -> tuple[Finding, ...]:
        """Runs each check twice as it is declared; the findings of those that fail."""
        failed: tuple[Finding, ...] = ()
        for check in self.checks:
            self.first[check.name] = self._once(self.subject, check)
            failed += self.first[check.name].findings or self._repeat(check).findings
        return failed

    def _again(self) -> tuple[Finding, ...]:
        """Runs each check once more after all else, when time has passed."""
        return sum((self._repeat(check).findings for check in self.checks), ())

    def _repeat(self, check: Check) -> Seen:
        """A run with everything granted: whatever it does otherwise is not steady."""
        again = self._once(self.subject, check)
        found = {*self.unsteady.get(check.name, ()), *again.differs_from(self.first[check.name])}
        if found:
            self.unsteady[check.name] = tuple(sorted(found))
        return again

    def _once(self, subject: Subject, check: Check) -> Seen:
        run = try_once(subject, check, "wasm", self.code)
        return seen(run, judge(check, run, subject.limits(check), self.read), subject.layout)

    def _ask(self, every: Iterable[Unit]) -> Iterator[Unit]:
        """Runs the checks without each unit; those that are worth a word."""
        unused = ""
        for unit in every:
            if unit.is_mode and unit.key == f"{unused}.mode":
                continue
            self._try(unit)
            if unit.parts and self._verdict(unit) != "unused":
                yield from self._ask(unit.parts)
                continue
            if self._verdict(unit) == "unused":
                unused = unit.key
            yield unit

    def _try(self, unit: Unit) -> None:
        how: How = "read-only" if unit.is_mode else "left out"
        self._compare((unit,), unit.cut, how, unit.checks)
        if unit.stand_in:
            self._compare((unit,), unit.stand_in, "stand-in", unit.checks)

    def _compare(
        self, without: Iterable[Unit], cut: Cut, how: How, checks: Iterable[Check]
    ) -> list[Trial]:
        keys = tuple(key for unit in without for key in unit.keys)
        subject = subject_after(self.subject, cut)
        made = []
        for check in checks:
            got = self._once(subject, check_after(check, cut))
            differs = got.differs_from(self.first[check.name])
            result: Result = "fails" if got.findings else "differs" if differs else "same"
            if result == "differs":
                self._repeat(check)  # it may be the time, and not the grant
            made.append(Trial(keys, how, check.name, result, differs))
        self.trials += made
        return made

    def _verdict(self, unit: Unit) -> Verdict:
        return self._judged(unit).verdict

    def _judged(self, unit: Unit) -> Judged:
        own = (each for each in self.trials if each.keys == unit.keys and each.how != "together")
        return judged(unit, tuple(own), self.unsteady)

    def _together(self, removable: list[Unit]) -> list[Unit]:
        """Those that can all be taken away at once; where two suffice in place of each other, the
        first of them."""
        if len(removable) < 2 or self._are_removable(removable):
            return removable
        kept = removable[:1]
        for unit in removable[1:]:
            if self._are_removable([*kept, unit]):
                kept.append(unit)
        return kept

    def _are_removable(self, several: list[Unit]) -> bool:
        cut = NOTHING
        for unit in several:
            cut = cut | unit.cut
        return all(
            trial.result == "same" for trial in self._compare(several, cut, "together", self.checks)
        )

    def _last_word(self, unit: Unit, kept: list[Unit]) -> Judged:
        verdict = self._judged(unit)
        if verdict.verdict in REMOVABLE and unit not in kept:
            others = ", ".join(each.name for each in kept)
            return Judged(
                unit,
                "alternative",
                reason=f"alone it changes nothing, but it must stay where {others} "
                f"{'goes' if len(kept) == 1 else 'go'}",
            )
        return verdict

    def _passes_within(self, check: Check, memory_bytes: int) -> bool:
        """Whether a check does the same in a memory that cannot become larger than this."""
        got = self._once(replace(self.subject, max_memory_bytes=memory_bytes), check)
        differs = set(got.differs_from(self.first[check.name]))
        return not got.findings and differs <= set(self.unsteady.get(check.name, ()))

    def _imports(self, module: Module) -> tuple[tuple[tuple[str, str, int], ...] | None, str]:
        """The calls of each import in all checks, or why they are not known."""
        counted = crossings(module)
        if isinstance(counted, str):
            return None, counted
        total: dict[int, tuple[str, str, int]] = {}
        for check in self.checks:
            got = self._once(replace(self.subject, counted=counted), check)
            if got.imports is None or got.findings:
                ended = got.acts["how it ends"]
                why = ended[-1] if isinstance(ended, tuple) else ""
                return None, f"check {check.name}: {why or 'it fails where they are counted'}"
            for number, (source, name, calls) in enumerate(got.imports):
                total[number] = (source, name, calls + total.get(number, ("", "", 0))[2])
        return tuple(total.values()), ""


def judged(
    unit: Unit, trials: tuple[Trial, ...], unsteady: Mapping[str, tuple[str, ...]]
) -> Judged:
    """What the trials of one unit come to, where some checks' runs differ from each other."""
    if unit.reason:
        return Judged(unit, "no-verdict", reason=unit.reason)
    gone = [each for each in trials if each.how != "stand-in"]
    stood_in = [each for each in trials if each.how == "stand-in"]
    if loud := [each for each in gone if each.result == "fails" and _is_told(each, unsteady)]:
        in_place = stood_in and all(each.result == "same" for each in stood_in)
        return Judged(unit, "needed", _checks(loud), _ONLY_ITS_PLACE if in_place else "")
    if changed := [each for each in gone if _is_told(each, unsteady)]:
        ways = " and ".join(sorted({way for each in changed for way in each.differs}))
        return Judged(unit, "used", _checks(changed), f"without it a run differs in {ways}")
    for name in (check.name for check in unit.checks):
        if name in unsteady:
            ways = " and ".join(unsteady[name])
            why = f"check {name} is not deterministic: its runs differ in {ways}"
            return Judged(unit, "no-verdict", (name,), why)
    if replaced := [each for each in stood_in if each.result != "same"]:
        return Judged(unit, "used", _checks(replaced), _ANOTHER_SERVES)
    return Judged(unit, "could-be-ro" if unit.is_mode else "unused")


def _is_told(trial: Trial, unsteady: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether what a run did otherwise is due to what was taken away.

    A check whose runs differ by themselves tells nothing, unless they do so only in what they write
    to stderr, as whatever logs with the time.
    """
    alone = unsteady.get(trial.check, ())
    return set(alone) <= {STDERR} and bool(set(trial.differs) - set(alone))


def _checks(trials: Iterable[Trial]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(trial.check for trial in trials))
