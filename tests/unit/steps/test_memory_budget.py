"""budget.memory on real runs: from the peak that a check reaches to the finding, or to none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import wasmtime

from small_project import context_in, put, run
from wasip1_build.findings import Finding
from wasip1_build.spec import model
from wasip1_build.spec.model import Check, Expect, Grants, Imports
from wasip1_build.steps.budget import Budget
from wasip1_build.steps.check import RunChecks
from wasip1_build.toolchain.tools import ToolRequest

PAGE_BYTES = 65536
# Grows from one page to five, and then does what the test asks for.
GROWS = '(module (memory (export "memory") 1) (func (export "_start") (drop (memory.grow '
ENDS, TRAPS, LOOPS = (
    f"{GROWS}(i32.const 4))) {end}))" for end in ("", "(unreachable)", "(loop $l (br $l))")
)
CHECKS = RunChecks(
    artifact=".:a",
    module="a.wasm",
    cwasm=None,
    interruptible=False,
    output="a.checks.json",
    kind="command",
    exports=(),
    imports=Imports(),
    grants=Grants(),
    max_memory_bytes=None,
    gogc=None,
    memory_limit_bytes=None,
    checks=(Check("grows", timeout_s=0.3, expect=Expect(exit=None)),),
    library=ToolRequest("wasmtime-library"),
)


def findings(root: Path, wat: str, budget_bytes: int) -> list[Finding]:
    """What the budget finds of a module's checks, run for real."""
    put(root, "a.wasm", bytes(wasmtime.wat2wasm(wat)))
    context = context_in(root, {"wasmtime-library": "49.0.0"})
    run(CHECKS, context)
    step = Budget(
        artifact=".:a",
        module="a.wasm",
        br=None,
        gz=None,
        cwasm=(),
        checks="a.checks.json",
        output="a.sizes.json",
        budget=model.Budget(wasm=1 << 20, memory=budget_bytes),
    )
    run(step, context)
    record = json.loads((root / step.output).read_bytes())
    return [Finding.from_json(each) for each in record["findings"]]


@pytest.mark.parametrize("wat", [ENDS, TRAPS], ids=["ends", "traps"])
def test_a_peak_of_one_page_over_the_budget_fails_also_where_the_run_traps(
    tmp_path: Path, wat: str
) -> None:
    assert findings(tmp_path, wat, 5 * PAGE_BYTES) == []
    (finding,) = findings(tmp_path, wat, 4 * PAGE_BYTES)
    assert (finding.rule, finding.key) == ("budget-exceeded", "budget.memory")
    assert "is 327,680 B (320 KiB), 65,536 B (25.0 %) over" in finding.what


def test_a_run_that_was_killed_has_no_peak_and_proves_no_budget(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, LOOPS, 1 << 30)
    assert finding.rule == "budget-unproved"
    assert "the peak of grows is not known" in finding.why
