"""Are findings told with what was measured, and only of the module that is there?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wasip1_build.advise.call_costs import BENCHED, CALLS, OUTPUT, CallCosts
from wasip1_build.digests import Digests
from wasip1_build.files import sha256_of_bytes
from wasip1_build.findings import Finding, Severity
from wasip1_build.steps.step import Context
from wasip1_build.toolchain.tools import Tools

MODULE = b"\0asm"
DIGEST = sha256_of_bytes(MODULE)
FORM = {"form": "wasm", "stdout_bytes": 9000, "stderr_bytes": 1, "fd_write_calls": 300}
CHECKS = {
    "module_sha256": DIGEST,
    "checks": [
        {"name": "few", "forms": [FORM | {"fd_write_calls": 2}]},
        {"name": "many", "forms": [FORM | {"calls": {"env.emit": 1200, "env.done": 1}}, {}]},
    ],
}
CASE = {"case": "large", "host_calls": 412_345, "fd_writes": 412_000, "call_ns": 90, "percent": 38}
BENCH = {".:a": {"module": DIGEST, "cases": [CASE, CASE | {"case": "small", "host_calls": 7}]}}


def told(root: Path, rule: str, checks: Any, bench: Any, what: str = "x") -> str:
    """What is added to the details of a finding."""
    digests = Digests(None)
    context = Context(root, "build", Tools(root, digests, {}, None), digests)
    context.state("").mkdir(parents=True, exist_ok=True)
    (root / "a.wasm").write_bytes(MODULE)
    for path, record in ((root / "a.checks.json", checks), (context.state(BENCHED), bench)):
        path.write_text(record if isinstance(record, str) else json.dumps(record))
    finding = Finding(rule, Severity.WARNING, what, details="code")
    (found,) = CallCosts(".:a", "a.wasm", "a.checks.json").told((finding,), context)
    assert found.details.startswith("code")
    return found.details.removeprefix("code").removeprefix("\n")


@pytest.mark.parametrize(
    ("rule", "checks", "bench", "line"),
    [
        (
            OUTPUT,
            CHECKS,
            {},
            "check many: 300 calls of fd_write, and 9,001 B on stdout and stderr",
        ),
        (CALLS, CHECKS, {}, "check many: 1,200 calls of env.emit"),
        (
            OUTPUT,
            CHECKS,
            BENCH,
            "case large: 412,000 calls of fd_write among 412,345 host calls, 38 % of the run "
            "(computed from 90 ns a call, as measured)",
        ),
        (
            CALLS,
            {},
            BENCH,
            "case large: 412,345 host calls, 38 % of the run (computed from 90 ns a call, as "
            "measured)",
        ),
    ],
)
def test_what_was_measured_is_told(
    tmp_path: Path, rule: str, checks: Any, bench: Any, line: str
) -> None:
    assert told(tmp_path, rule, checks, bench) == f"measured, .:a, {line}"


@pytest.mark.parametrize(
    ("rule", "checks", "bench"),
    [
        (OUTPUT, {}, {}),
        (OUTPUT, CHECKS | {"module_sha256": "another"}, {".:a": BENCH[".:a"] | {"module": "x"}}),
        (OUTPUT, CHECKS | {"module_sha256": None}, {".:b": BENCH[".:a"]}),
        (OUTPUT, "{", "[]"),  # damaged
        (OUTPUT, CHECKS | {"checks": [{"forms": [{"fd_write_calls": "x"}]}]}, {".:a": {}}),
        (OUTPUT, {}, {".:a": BENCH[".:a"] | {"cases": [CASE | {"fd_writes": None}]}}),
        (CALLS, CHECKS | {"checks": [{"forms": [{"calls": {"env.emit": True}}]}]}, {}),
        ("unsupported-call", CHECKS, BENCH),
    ],
)
def test_what_is_of_another_module_or_not_known_is_not_told(
    tmp_path: Path, rule: str, checks: Any, bench: Any
) -> None:
    assert told(tmp_path, rule, checks, bench) == ""


def test_reads_are_not_what_was_counted(tmp_path: Path) -> None:
    assert told(tmp_path, OUTPUT, CHECKS, BENCH, "fmt.Scan reads os.Stdin byte by byte") == ""
