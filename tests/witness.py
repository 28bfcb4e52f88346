"""What a scons process opened, ran and imported, told by Python itself and not by our code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from project import Build, Project

# https://docs.python.org/3/library/audit_events.html; `site` imports sitecustomize at start.
_SITECUSTOMIZE = """import os, sys
log = open(os.environ["WITNESS"], "a", 1)
def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        log.write(f"open {arguments[0]}\\n")
    elif event == "import":
        log.write(f"import {arguments[0]}\\n")
    elif event in ("subprocess.Popen", "os.posix_spawn", "os.fork"):
        log.write(f"run {arguments[0] if arguments else event}\\n")
sys.addaudithook(hook)
"""


@dataclass(frozen=True)
class Witnessed:
    """One run of scons with what it did."""

    build: Build
    opened: frozenset[str]
    imported: frozenset[str]
    ran: tuple[str, ...]


def witnessed(project: Project, place: Path, *words: str) -> Witnessed:
    """Runs scons under a witness that keeps its notes below `place`."""
    place.mkdir(exist_ok=True)
    (place / "sitecustomize.py").write_text(_SITECUSTOMIZE)
    log = place / "log"
    log.unlink(missing_ok=True)
    path = f"{place}:{project.environment()['PYTHONPATH']}"
    build = project.scons(*words, env={"PYTHONPATH": path, "WITNESS": str(log)})
    lines = [line.split(" ", 1) for line in log.read_text().splitlines()]
    notes = {
        event: [line[1] for line in lines if line[0] == event and len(line) == 2]
        for event in ("open", "import", "run")
    }
    opened, imported = frozenset(notes["open"]), frozenset(notes["import"])
    assert any(name.endswith("SConstruct") for name in opened), "the witness saw nothing"
    return Witnessed(build, opened, imported, tuple(notes["run"]))
