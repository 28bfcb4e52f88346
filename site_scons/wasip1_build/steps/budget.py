"""How large an artifact is in each form, who owns its bytes, and whether that is within what its
spec allows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, ClassVar, Literal

from wasip1_build.dataclass import dataclass
from wasip1_build.files import json_bytes
from wasip1_build.findings import Finding, Severity
from wasip1_build.spec import model
from wasip1_build.steps.ledger import (
    form_of,
    growth_findings,
    growth_key,
    ledger_of,
    not_compared,
)
from wasip1_build.steps.owners import owners_record
from wasip1_build.steps.results import findings_of, member, read_result, size_of
from wasip1_build.steps.step import Context, Key
from wasip1_build.units import exact_size, human_size, spec_size, with_headroom

Form = Literal["wasm", "br", "gz", "cwasm"]
# The room of a suggested budget. The same source gives the same bytes, so all of it is for changes
# of the program; how much is a convention, not a measurement.
HEADROOM_PERCENT = 5
# The budgets of calls, and what A.checks.json calls the count in each form of a check.
CALLS: Mapping[str, str] = {"host-calls": "host_calls", "fd-write": "fd_write_calls"}
# What a host downloads is one of these.
DELIVERED: tuple[Form, ...] = ("wasm", "br", "gz")


@dataclass(frozen=True)
class Budget:
    """A.sizes.json: every size beside its budget, and who owns the bytes of the module. Succeeds
    always: the gate judges the findings.

    The debug module is not among them: a comment may change it (go:buildid) and leave the release
    module as it is, and then nothing that follows from the release module has to run.
    """

    artifact: str  # DIR:NAME
    module: str
    br: str | None
    gz: str | None
    cwasm: tuple[tuple[str, str], ...]  # (target, path)
    checks: str | None  # A.checks.json
    output: str
    budget: model.Budget
    named: str | None = None  # the module before it was stripped, where only that has names
    ledger: str | None = None  # where the sizes are that were accepted; None: nothing is compared

    name: ClassVar[str] = "measure"
    version: ClassVar[int] = 4

    @property
    def inputs(self) -> tuple[str, ...]:
        compiled = (path for _, path in self.cwasm)
        optional = (self.br, self.gz, *compiled, self.checks, self.named)
        return (self.module, *(path for path in optional if path))

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output,)

    def key(self, context: Context) -> Key:
        growth = None
        if self.budget.growth and self.ledger:  # else no step runs where the ledger is another
            growth = growth_key(ledger_of(context, self.ledger), self._name)
        return {
            **({"accepted": growth} if growth else {}),
            "artifact": self.artifact,
            "budget": asdict(self.budget),
            "targets": [target for target, _ in self.cwasm],
            "formats": [bool(self.br), bool(self.gz), bool(self.checks), bool(self.named)],
        }

    def run(self, context: Context) -> None:
        """Raises Failure only where a file of an earlier step cannot be read."""
        sizes = [
            _entry(form, target, size_of(context.path(path), path), self._limit(form))
            for form, target, path in self._forms()
        ]
        checked = self._checked(context)
        memory = self._memory(checked)
        calls = [_calls(key, limit, checked) for key, limit in call_limits(self.budget).items()]
        findings = [
            *_over([*sizes, memory], self._name),
            *self._unproved(memory, checked),
            *(finding for entry in calls for finding in self._too_often(entry, checked)),
            *self._not_built({entry["form"] for entry in sizes}),
            *self._grown(context, sizes),
            *self._no_budget(sizes),
        ]
        record = {
            "artifact": self.artifact,
            "sizes": sizes,
            "memory": memory,
            "owners": owners_record(context, self.module, self.named),
            "findings": [finding.to_json() for finding in findings],
        }
        if calls:
            record["calls"] = calls
        context.out(self.output).write_bytes(json_bytes(record))

    def _forms(self) -> Iterator[tuple[Form, str | None, str]]:
        single: tuple[tuple[Form, str | None], ...]
        single = (("wasm", self.module), ("br", self.br), ("gz", self.gz))
        yield from ((form, None, path) for form, path in single if path)
        yield from (("cwasm", target, path) for target, path in self.cwasm)

    def _limit(self, form: str) -> int | None:
        limit: int | None = getattr(self.budget, form)
        return limit

    def _memory(self, checked: dict[str, Any]) -> dict[str, Any]:
        """The peak of the declared checks, where each run of each of them has shown its own."""
        checks = [each for each in checked.get("checks", ()) if _declared(each)]
        peak = checked.get("peak_memory_bytes") if checks and not _unmeasured(checks) else None
        peak = peak if isinstance(peak, int) else None
        entry = {"form": "memory", "budget_bytes": self.budget.memory, "peak_bytes": peak}
        if peak is not None and self.budget.memory is not None:
            entry["over_bytes"] = max(0, peak - self.budget.memory)
        return {name: value for name, value in entry.items() if value is not None}

    def _checked(self, context: Context) -> dict[str, Any]:
        """A.checks.json; empty where there is none. Raises Failure where it is damaged."""
        if self.checks is None:
            return {}
        record = read_result(context.path(self.checks), self.checks)
        findings_of(record, self.checks)
        member(record, "checks", list, self.checks)
        return record

    def _unproved(self, memory: dict[str, Any], checked: dict[str, Any]) -> Iterator[Finding]:
        if self.budget.memory is None or "peak_bytes" in memory:
            return
        unmeasured = _unmeasured(each for each in checked.get("checks", ()) if _declared(each))
        why = "no declared check measured a peak"
        fix = f"declare a run with a typical input, [[artifact.{self._name}.check]]"
        if unmeasured:
            why = (
                f"the peak of {', '.join(unmeasured)} is not known (a run was ended from outside, "
                "did not begin, or the module exports no memory)"
            )
            fix = "correct what its finding says"
        yield Finding(
            "budget-unproved",
            Severity.ERROR,
            f"{self._name}: the memory budget of {human_size(self.budget.memory)} is not proved",
            why=f"{why}, and not proved is not passed",
            fix=f"{fix}, or remove budget.memory",
            key="budget.memory",
        )

    def _too_often(self, entry: dict[str, Any], checked: dict[str, Any]) -> Iterator[Finding]:
        """What is found of a budget of calls: that it is exceeded, or not proved."""
        key, limit = f"budget.{entry['budget']}", entry["budget_calls"]
        what = "fd_write" if entry["budget"] == "fd-write" else "the host's functions"
        if "calls" not in entry:
            why, fix = _not_counted(entry["budget"], checked)
            yield Finding(
                "budget-unproved",
                Severity.ERROR,
                f"{self._name}: the budget of {limit:,} calls of {what} is not proved",
                why=f"{why}, and not proved is not passed",
                fix=(fix or f"declare a run with a typical input, [[artifact.{self._name}.check]]")
                + f", or remove {key}",
                key=key,
            )
        elif entry["over_calls"]:
            actual, over = entry["calls"], entry["over_calls"]
            room = with_headroom(actual, HEADROOM_PERCENT)
            yield Finding(
                "budget-exceeded",
                Severity.ERROR,
                f"{self._name}: check {entry['check']} calls {what} {actual:,} times, "
                f"{over:,} ({_percent(over, limit)} %) over its budget of {limit:,}",
                why=f"{key} is the most that one check may call them",
                fix=f"`wasip1 boundary {self.artifact}` shows what is called and how much crosses "
                f"each time; if it is meant, set under [artifact.{self._name}]\n{key} = {room}\n"
                f"(today's + {HEADROOM_PERCENT} %)",
                key=key,
            )

    def _not_built(self, built: set[str]) -> Iterator[Finding]:
        for form in ("br", "gz", "cwasm"):
            if self._limit(form) is not None and form not in built:
                wanted = "aot.targets" if form == "cwasm" else "compress.formats"
                yield Finding(
                    "budget-not-built",
                    Severity.NOTE,
                    f"{self._name}: budget.{form} limits nothing, because no .{form} file is built",
                    fix=f"add it to {wanted}, or remove budget.{form}",
                    key=f"budget.{form}",
                )

    def _grown(self, context: Context, sizes: list[dict[str, Any]]) -> Iterator[Finding]:
        """What is found of the growth over what was accepted."""
        growth = self.budget.growth
        if growth and not self.ledger:
            yield not_compared(self._name)
        elif growth and self.ledger:
            now = {form_of(entry): entry["size_bytes"] for entry in sizes}
            ledger = ledger_of(context, self.ledger)
            yield from growth_findings(growth, ledger, self._name, now)

    def _no_budget(self, sizes: list[dict[str, Any]]) -> Iterator[Finding]:
        if any(self._limit(form) is not None for form in (*DELIVERED, "cwasm")):
            return
        required = self.budget.required
        grows = "nothing stops it from growing"
        if self.budget.growth:
            grows = "budget.growth limits a step, and nothing limits many small ones"
        module = next(entry for entry in sizes if entry["form"] == "wasm")
        yield Finding(
            "budget-missing",
            Severity.ERROR if required else Severity.NOTE,
            f"{self._name} has no size budget",
            why="budget.required asks for one" if required else grows,
            fix=f"under [artifact.{self._name}] write\n"
            f'budget.wasm = "{_suggested(module["size_bytes"])}"\n'
            f"(today's {exact_size(module['size_bytes'])} + {HEADROOM_PERCENT} %, rounded up)",
            key="budget.required" if required else "budget",
        )

    @property
    def _name(self) -> str:
        return self.artifact.rpartition(":")[2]


def _entry(form: str, target: str | None, size_bytes: int, limit: int | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"form": form, "size_bytes": size_bytes}
    if target is not None:
        entry["target"] = target
    if limit is not None:
        entry["budget_bytes"] = limit
        entry["over_bytes"] = max(0, size_bytes - limit)
    return entry


def _over(entries: list[dict[str, Any]], name: str) -> Iterator[Finding]:
    """One error for each entry, of a form or of memory, that is above its budget."""
    for entry in entries:
        if not entry.get("over_bytes"):
            continue
        form, over, limit = entry["form"], entry["over_bytes"], entry["budget_bytes"]
        target = f" for {entry['target']}" if "target" in entry else ""
        subject, purpose = f"{name}: {form}{target}", "take in this form"
        if form == "memory":
            subject, purpose = f"the peak memory of {name}'s checks", "use while a check runs"
        actual = entry["peak_bytes" if form == "memory" else "size_bytes"]
        yield Finding(
            "budget-exceeded",
            Severity.ERROR,
            f"{subject} is {exact_size(actual)},"
            f" {over:,} B ({_percent(over, limit)} %) over its budget of {exact_size(limit)}",
            why=f"budget.{form} is the most that this artifact may {purpose}",
            fix=f"if the growth is meant, set under [artifact.{name}]\n"
            f'budget.{form} = "{_suggested(actual)}"\n'
            f"(today's + {HEADROOM_PERCENT} %, rounded up); else find the change that brought it",
            key=f"budget.{form}",
        )


def _suggested(size_bytes: int) -> str:
    return spec_size(with_headroom(size_bytes, HEADROOM_PERCENT))


def _percent(part: int, whole: int) -> str:
    """A percentage of which something is left to see: 0.004 is "<0.1", not "0.0"."""
    value = 100 * part / whole if whole else 100.0
    return f"{value:.1f}" if value >= 0.1 else "<0.1"


def call_limits(budget: model.Budget) -> dict[str, int]:
    """The budgets of calls that are set, by their keys."""
    limits = {"host-calls": budget.host_calls, "fd-write": budget.fd_write}
    return {key: limit for key, limit in limits.items() if limit is not None}


def _calls(key: str, limit: int, checked: dict[str, Any]) -> dict[str, Any]:
    """The most calls of any run of a declared check, where all runs were counted to their end."""
    counts = [
        (form.get(CALLS[key]), str(check.get("name")))
        for check in checked.get("checks", ())
        if _declared(check)
        for form in _forms_of(check) or ({},)
    ]
    entry: dict[str, Any] = {"budget": key, "budget_calls": limit}
    known = [(count, name) for count, name in counts if isinstance(count, int)]
    if not counts or len(known) < len(counts):
        return entry
    most, check = max(known, key=lambda each: each[0])
    return entry | {"calls": most, "check": check, "over_calls": max(0, most - limit)}


def _not_counted(key: str, checked: dict[str, Any]) -> tuple[str, str]:
    """Why the calls of checks are not known, and what to do; "" where a check is to be declared."""
    if reason := checked.get("calls_not_counted"):
        return f"calls of this module cannot be counted: {reason}", "build it otherwise"
    missed = [
        str(check.get("name"))
        for check in checked.get("checks", ())
        if _declared(check)
        and not all(isinstance(form.get(CALLS[key]), int) for form in _forms_of(check) or ({},))
    ]
    if not missed:
        return "no declared check counted any", ""
    return (
        f"the calls of {', '.join(missed)} are not known (a run was ended from outside, or did not "
        "begin)",
        "correct what its finding says",
    )


def _forms_of(check: Any) -> list[dict[str, Any]]:
    forms = check.get("forms")
    return [each for each in forms if isinstance(each, dict)] if isinstance(forms, list) else []


def _declared(check: Any) -> bool:
    """Whether a check of A.checks.json is one that the spec declares: `instantiates` is implied."""
    return isinstance(check, dict) and check.get("name") != "instantiates"


def _unmeasured(checks: Iterable[Any]) -> list[str]:
    """The checks of which a run has no peak: it was killed, or never came to run."""
    return [str(each.get("name")) for each in checks if not _is_measured(each.get("forms"))]


def _is_measured(forms: Any) -> bool:
    """Whether a peak is known of every form of a check."""
    if not isinstance(forms, list) or not forms:
        return False
    return all(
        isinstance(each, dict) and each.get("peak_memory_bytes") is not None for each in forms
    )
