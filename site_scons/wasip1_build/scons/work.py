"""What a node of ours is for."""

from __future__ import annotations

from typing import Any

import SCons.Node

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Finding
from wasip1_build.scons.record import OutputRecord
from wasip1_build.scons.signing import Signing
from wasip1_build.steps.step import Context, Step


@dataclass(frozen=True)
class Work:
    """What a node of ours is for: a step, and what it runs with.

    `seals` are manifests that must not outlive a failure of the step: a manifest exists only
    where every verdict is pass. `artifact` is the DIR:NAME that the step belongs to, or "".
    """

    step: Step
    context: Context
    record: OutputRecord
    signing: Signing
    seals: tuple[str, ...] = ()
    artifact: str = ""


def attach(node: Any, work: Work) -> None:
    """Makes a step the work of a node."""
    node.attributes.wasip1_work = work


def work_of(node: Any) -> Work:
    """The work of one of our nodes."""
    work: Work = node.attributes.wasip1_work
    return work


def is_ours(node: Any) -> bool:
    """Whether a node was declared by this plug-in."""
    return hasattr(node.attributes, "wasip1_work")


def is_current(node: Any) -> bool:
    """Whether this run of SCons has made a node, or found it up to date."""
    return node.get_state() in (SCons.Node.executed, SCons.Node.up_to_date)


def findings_on(node: Any) -> tuple[Finding, ...]:
    """Why the step of one of our nodes failed in this build; empty where it did not."""
    found: tuple[Finding, ...] = getattr(node.attributes, "wasip1_findings", ())
    return found
