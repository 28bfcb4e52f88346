"""A scons whose writes fail as on a broken or a full disk, or whose clock is not the right one.

Python itself is told so at its start, and not our code: the child imports a `sitecustomize`.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from project import Build, Project

# When a file is opened to be written, after the first half of it, when it is renamed into its
# place, or in each of these ways, the removal of what is in its place included.
Moment = Literal["open", "write", "rename", "everything"]

# https://docs.python.org/3/library/audit_events.html: what a hook raises, the call raises.
_FAILING = """import builtins, io, os, re, sys
asked, number = re.compile(os.environ["FAULT_PATH"]), int(os.environ["FAULT_ERRNO"])
moment, really_open = os.environ["FAULT_MOMENT"], io.open

def fail(path):
    with really_open(os.environ["FAULT_LOG"], "a") as log:
        log.write(path + "\\n")
    raise OSError(number, os.strerror(number), path)

def is_asked(path, *moments):
    return moment in (*moments, "everything") and not isinstance(path, int) and asked.search(
        os.path.abspath(os.fsdecode(path)))

def hook(event, arguments):
    if event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR) and is_asked(
            arguments[0], "open"):
        fail(os.fsdecode(arguments[0]))
    elif event == "os.rename" and is_asked(arguments[1], "rename"):
        fail(os.fsdecode(arguments[1]))
    elif event in ("os.remove", "os.mkdir") and is_asked(arguments[0]):
        fail(os.fsdecode(arguments[0]))

class Half:
    def __init__(self, stream, path):
        self.stream, self.path = stream, path
    def write(self, data):
        self.stream.write(data[: len(data) // 2])
        self.stream.flush()
        fail(self.path)
    def __enter__(self):
        return self
    def __exit__(self, *_):
        self.stream.close()
    def __getattr__(self, name):
        return getattr(self.stream, name)

def opened(file, mode="r", *rest, **more):
    stream = really_open(file, mode, *rest, **more)
    if set(mode) & set("wa+x") and is_asked(file, "write"):
        return Half(stream, os.fsdecode(file))
    return stream

sys.addaudithook(hook)
io.open = builtins.open = opened
"""

_CLOCK = """import os, time
offsets = [int(each) for each in os.environ["CLOCK_OFFSETS_S"].split()]
asked, real_ns = 0, time.time_ns

def wrong_ns():
    global asked
    asked += 1
    return real_ns() + offsets[asked % len(offsets)] * 10**9

time.time_ns = wrong_ns
time.time = lambda: wrong_ns() / 1e9
"""


@dataclass(frozen=True)
class Failed:
    """A run in which writes failed: those of `paths`."""

    build: Build
    paths: tuple[str, ...]


def failing(
    project: Project, place: Path, path: str, moment: Moment, error: int = errno.ENOSPC
) -> Failed:
    """Runs scons, in which every write to a path that the expression is found in fails."""
    log = place / "log"
    place.mkdir(exist_ok=True)
    log.write_text("")
    told = {"FAULT_PATH": path, "FAULT_MOMENT": moment, "FAULT_ERRNO": str(error)}
    environment = _customized(project, place, _FAILING) | told | {"FAULT_LOG": str(log)}
    build = project.scons("-Q", env=environment)
    return Failed(build, tuple(log.read_text().splitlines()))


def at_another_time(project: Project, place: Path, *offsets_s: int) -> Build:
    """Runs scons with a clock that is so far off: each time it is asked, by the next of these."""
    offsets = {"CLOCK_OFFSETS_S": " ".join(map(str, offsets_s))}
    return project.scons("-Q", env=_customized(project, place, _CLOCK) | offsets)


def _customized(project: Project, place: Path, code: str) -> Mapping[str, str]:
    place.mkdir(exist_ok=True)
    (place / "sitecustomize.py").write_text(code)
    return {"PYTHONPATH": f"{place}:{project.environment()['PYTHONPATH']}"}
