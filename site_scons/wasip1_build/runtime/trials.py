"""All checks of an artifact, each in every form of the module: what ran, and what was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Finding, Severity, has_errors
from wasip1_build.runtime.difference import difference
from wasip1_build.runtime.grants import not_granted
from wasip1_build.runtime.trial import INSTANTIATES, Subject, compile_form, try_once
from wasip1_build.runtime.verdict import Run, judge
from wasip1_build.spec.model import Check

Read = Callable[[str], bytes]


@dataclass(frozen=True)
class Tried:
    """A check with its runs, one a form, and its findings. A form that was not run is no pass."""

    name: str
    runs: tuple[Run, ...]
    findings: tuple[Finding, ...]
    forms: int

    @property
    def verdict(self) -> Literal["pass", "fail"]:
        """Whether every form did what is expected."""
        return "fail" if has_errors(self.findings) or len(self.runs) < self.forms else "pass"


def try_all(
    subject: Subject,
    module: Path,
    cwasm: Path | None,
    checks: tuple[Check, ...],
    read: Read,
    cpus: int,
) -> tuple[Tried, ...]:
    """Runs `instantiates`, and then the declared checks on the forms that passed it.

    A command without a declared check is linked and no code of it runs: that its .cwasm links says
    all, and the module is not compiled once more. `read` gives the bytes of a file that a check
    expects. Raises OSError where a child cannot be started or its scratch directory cannot be
    written.
    """
    codes: dict[str, Path] = {}
    runs: list[Run] = []
    if checks or subject.kind != "command" or not cwasm:
        code = subject.scratch / "module.code"
        compiled = compile_form(subject, module, code, cpus)
        if compiled.response and compiled.response.stage == "ended":
            codes["wasm"] = code
        else:
            runs.append(Run("wasm", compiled))
    if cwasm:
        codes["cwasm"] = cwasm
    forms = len(codes) + len(runs)
    runs += [try_once(subject, INSTANTIATES, form, path) for form, path in codes.items()]
    first = _tried(subject, INSTANTIATES, tuple(runs), codes, read, forms)
    good = {
        run.form: codes[run.form]
        for run in runs
        if not judge(INSTANTIATES, run, subject.limits(INSTANTIATES), read)
    }
    return (first, *(_declared(subject, check, good, read, forms) for check in checks))


def _declared(
    subject: Subject, check: Check, codes: Mapping[str, Path], read: Read, forms: int
) -> Tried:
    ungranted = not_granted(subject.grants, check, subject.exports)
    if ungranted:
        return Tried(check.name, (), ungranted, forms)
    runs = tuple(try_once(subject, check, form, path) for form, path in codes.items())
    return _tried(subject, check, runs, codes, read, forms)


def _tried(
    subject: Subject,
    check: Check,
    runs: tuple[Run, ...],
    codes: Mapping[str, Path],
    read: Read,
    forms: int,
) -> Tried:
    findings = [judge(check, run, subject.limits(check), read) for run in runs]
    found = _merged(*findings) if len(findings) == 2 else tuple(sum(findings, ()))
    return Tried(check.name, runs, found + _agreement(subject, check, runs, codes), forms)


def _merged(module: tuple[Finding, ...], aot: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """What was found in both forms, once; what was found in one, with its form."""
    return (
        *(each if each in aot else _in_form(each, "module") for each in module),
        *(_in_form(each, ".cwasm") for each in aot if each not in module),
    )


def _in_form(finding: Finding, form: str) -> Finding:
    return replace(finding, what=f"{finding.what} (run from the {form})")


def _agreement(
    subject: Subject, check: Check, runs: tuple[Run, ...], codes: Mapping[str, Path]
) -> tuple[Finding, ...]:
    """Whether both forms did the same.

    Where they did not, both run once more: a program whose output depends on the order of a map
    or on the time differs from itself, and that is no fault of the .cwasm.
    """
    if len(runs) < 2 or any(not _came_to_run(run) for run in runs):
        return ()
    module, aot = runs
    if module.facts() == aot.facts():
        return ()
    again = [try_once(subject, check, run.form, codes[run.form]) for run in runs]
    if any(run.facts() != other.facts() for run, other in zip(runs, again, strict=True)):
        return (
            Finding(
                "check-not-deterministic",
                Severity.WARNING,
                f"check {check.name}: the module and its .cwasm cannot be compared, because what "
                "the program does differs from run to run",
                fix="let it write nothing that depends on the time, on random numbers or on the "
                "order of a map",
                key=f"check.{check.name}",
                details=_first_difference(runs[0], again[0], ("one run", "another"))
                or _first_difference(runs[1], again[1], ("one run", "another")),
            ),
        )
    return (
        Finding(
            "check-forms-differ",
            Severity.ERROR,
            f"check {check.name}: the module and its .cwasm do not do the same",
            why="hosts that run the .cwasm would see something else than those that run the module",
            fix="build again; if it stays, and the program's output does not depend on the time, "
            "on random numbers or on the order of a map, report it to wasmtime",
            key=f"check.{check.name}",
            details=_first_difference(module, aot, ("module", ".cwasm")),
        ),
    )


def _came_to_run(run: Run) -> bool:
    return run.outcome.response is not None and run.outcome.response.stage != "load"


def _first_difference(one: Run, other: Run, titles: tuple[str, str]) -> str:
    """In which respect two runs differ, with a diff of their outputs where it is that."""
    if one.outcome.stdout != other.outcome.stdout:
        return "stdout:\n" + difference(one.outcome.stdout, other.outcome.stdout, titles)
    for name, value, theirs in zip(
        ("how it ended", "what the host saw", "other files", "expected files"),
        (one.outcome.killed, *one.facts()[2:]),
        (other.outcome.killed, *other.facts()[2:]),
        strict=True,
    ):
        if value != theirs:
            return f"{name} differs"
    return ""
