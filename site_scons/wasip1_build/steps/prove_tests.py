"""Did the tests of what an artifact links pass? Written down package by package, with what no test
has proved; the gate asks it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import ClassVar

from wasip1_build.dataclass import dataclass
from wasip1_build.files import json_bytes
from wasip1_build.findings import Finding, Severity
from wasip1_build.steps.go_deps import Main
from wasip1_build.steps.judge_tests import read_records
from wasip1_build.steps.list_go import read_deps
from wasip1_build.steps.step import Context, Key
from wasip1_build.steps.test_record import TestRecord, not_run_finding


@dataclass(frozen=True)
class ProveTests:
    """A.tests.json: the packages of the artifact's own module that it links, with how their tests
    ended. It succeeds whatever that is.

    `package` is the artifact's, as the go-deps.json `deps` names it; `module` is the directory of
    its module and `others` those of the other local modules. `records` are those of the packages
    with tests, by directory; which of them count is known once `deps` is there.
    """

    artifact: str  # DIR:NAME
    compiler: str
    package: str
    module: str
    others: tuple[str, ...]
    deps: str
    records: Mapping[str, str]
    output: str

    name: ClassVar[str] = "prove"
    version: ClassVar[int] = 1

    @property
    def inputs(self) -> tuple[str, ...]:
        return ()

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output,)

    @property
    def requires(self) -> tuple[str, ...]:
        """What must be current before this step is looked at, without being an input."""
        return (self.deps,)

    def discovered(self, context: Context) -> tuple[str, ...]:
        """The records of the packages that are linked."""
        linked = self._linked(context)
        return tuple(self.records[place] for place in linked if place in self.records)

    def key(self, context: Context) -> Key:
        return {"artifact": self.artifact, "linked": self._linked(context)}

    def run(self, context: Context) -> None:
        """Raises Failure where a record is damaged."""
        records = read_records(context, self.discovered(context))
        proved = [each.import_path for each in records if _has_proved(each)]
        findings = list(self._findings(records))
        if not findings and not proved:
            findings.append(self._not_proved())
        tested = {each.directory for each in records if not _is_empty(each)}
        record = {
            "artifact": self.artifact,
            "packages": [
                {"import_path": each.import_path, "verdict": each.verdict}
                for each in records
                if not _is_empty(each)
            ],
            "untested": [place for place in self._linked(context) if place not in tested],
            "findings": [finding.to_json() for finding in findings],
        }
        context.out(self.output).write_bytes(json_bytes(record))

    def linked(self, main: Main | None) -> tuple[str, ...]:
        """The directories of the packages of the artifact's own module that its program links."""
        files = main.files if main else ()
        places = {posixpath.dirname(name) or "." for name in files if name.endswith(".go")}
        return tuple(sorted(filter(self._is_own, places)))

    def _linked(self, context: Context) -> tuple[str, ...]:
        deps = read_deps(context, self.deps)
        return self.linked(deps.main(self.package) if deps else None)

    def _is_own(self, place: str) -> bool:
        own = [each for each in (self.module, *self.others) if _is_in(place, each)]
        return bool(own) and max(own, key=_depth) == self.module

    def _findings(self, records: tuple[TestRecord, ...]) -> Iterator[Finding]:
        for record in records:
            if record.verdict == "not runnable":
                yield not_run_finding(record)
            elif record.verdict not in ("pass", "no tests"):
                yield from record.findings

    def _not_proved(self) -> Finding:
        compiler = "TinyGo" if self.compiler == "tinygo" else "Go"
        return Finding(
            "not-proved",
            Severity.ERROR,
            f"no test of what {self.artifact} links has run under {compiler} on wasip1",
            why="much compiles that fails when it runs, and nothing here shows that this does not",
            fix="write a test in one of the packages of its module that it links, or accept that "
            "with test.gate = false, which the manifest then records",
            key="test.gate",
        )


def _is_empty(record: TestRecord) -> bool:
    return record.verdict == "no tests" or (record.verdict == "pass" and not _has_proved(record))


def _has_proved(record: TestRecord) -> bool:
    """Whether a test has run to its end; one that is skipped shows nothing."""
    return record.verdict == "pass" and any(test.status == "pass" for test in record.tests)


def _is_in(place: str, directory: str) -> bool:
    return directory == "." or f"{place}/".startswith(f"{directory}/")


def _depth(directory: str) -> int:
    return 0 if directory == "." else directory.count("/") + 1
