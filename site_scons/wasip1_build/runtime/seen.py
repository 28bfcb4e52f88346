"""What a run did, in the respects in which two runs of one check can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Finding
from wasip1_build.runtime.granted import Layout
from wasip1_build.runtime.verdict import Run

STDERR = "stderr"


@dataclass(frozen=True)
class Seen:
    """`acts` are by what people call them; `findings` are empty where the check passes."""

    findings: tuple[Finding, ...]
    acts: Mapping[str, object] = field(default_factory=dict)
    peak_memory_bytes: int | None = None
    imports: tuple[tuple[str, str, int], ...] | None = None

    def differs_from(self, other: Seen) -> tuple[str, ...]:
        """In which respects."""
        return tuple(name for name, act in self.acts.items() if act != other.acts[name])


def seen(run: Run, findings: tuple[Finding, ...], layout: Layout) -> Seen:
    """A run and what was found of it; `layout` are the directories that it was given."""
    response, outcome = run.outcome.response, run.outcome
    # How a guest calls a file depends on its grants; where the file lies does not.
    changes = {layout.find(path) or path: change for path, change in run.changes.items()}
    acts: dict[str, object] = {
        "how it ends": (outcome.killed, outcome.returncode if response is None else 0),
        "stdout": outcome.stdout,
        STDERR: outcome.stderr,
        "the files it leaves": (changes, run.files),
        "what it calls of the host": {},
        "what it returns": (),
    }
    if response is not None:
        acts |= {
            "how it ends": (response.stage, response.exit, response.trapped, response.error),
            "what it calls of the host": response.calls,
            # (not a number is not equal to itself)
            "what it returns": [str(value) for value in response.returns or ()],
        }
    return Seen(
        findings, acts, run.peak_memory_bytes, response.imports if response is not None else None
    )
