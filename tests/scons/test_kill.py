"""After a kill at any moment, the next scons gives what a clean build gives."""

from __future__ import annotations

import os
import random
import signal
from typing import Literal

import pytest

from project import STEP, Project

SOAK = os.environ.get("WASIP1_SOAK") == "1"
KILLS = 100 if SOAK else 4
STEPS = 22  # of a build of everything after `changed`
Victim = Literal["scons alone", "its process group"]


def changed(workspace: Project) -> None:
    """An edit that reaches every artifact."""
    workspace.edit("lib/lib.go", "return 42", 'print("")\n\treturn 43')
    workspace.edit("m/three/main.go", '"three"', '"trois"')


def killed_after(workspace: Project, steps: int, victim: Victim) -> bool:
    """Starts a build and kills it when so many steps have begun; whether it came so far.

    The moment is counted in lines of output and not in seconds, so that it is one on any machine.
    """
    process = workspace.started("-Q")
    assert process.stdout is not None
    begun = 0
    with process.stdout:
        for line in process.stdout:
            begun += bool(STEP.match(line))
            if begun == steps:
                break
        if process.poll() is None:
            kill = os.killpg if victim == "its process group" else os.kill
            kill(process.pid, signal.SIGKILL)
    return process.wait() == -signal.SIGKILL and begun == steps


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_build_of_an_edit_that_is_put_back_leaves_no_trace(
    workspace: Project, seed: int
) -> None:
    moment = random.Random(seed)
    steps = moment.randint(1, STEPS)
    victim: Victim = moment.choice(("scons alone", "its process group"))
    sources, clean = workspace.sources(), workspace.outputs()
    changed(workspace)
    assert killed_after(workspace, steps, victim), f"{steps} steps were never begun"
    if moment.random() < 0.5:  # killed twice, the second time while it mends the first
        killed_after(workspace, moment.randint(1, steps), victim)
    workspace.put_back(sources)
    workspace.build("-Q")
    assert workspace.outputs() == clean
    assert workspace.leftovers() == []


def test_a_killed_first_build_is_taken_up(built_workspace: Project, workspace: Project) -> None:
    """Nothing is there but what the killed build made, and a state that was never saved."""
    fresh = Project(workspace.root.parent / "fresh", workspace.cache)
    fresh.put_back(workspace.sources())
    assert killed_after(fresh, 8, "its process group")
    fresh.build("-Q")
    assert fresh.outputs() == built_workspace.outputs()
    assert fresh.leftovers() == []


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_build_ends_and_leaves_nothing_half_done(
    workspace: Project, sent: signal.Signals
) -> None:
    clean = workspace.outputs()
    changed(workspace)
    process = workspace.started("-Q")
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("compile "):
            process.send_signal(sent)
            break
    said.append(process.stdout.read())
    assert process.wait() != 0
    assert "Traceback" not in "".join(said), "".join(said)
    assert workspace.leftovers() == []
    workspace.edit("lib/lib.go", 'print("")\n\treturn 43', "return 42")
    workspace.edit("m/three/main.go", '"trois"', '"three"')
    workspace.build("-Q")
    assert workspace.outputs() == clean
