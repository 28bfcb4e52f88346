"""A Go under which somebody edits the workspace, and undoes the edit before anyone can look."""

from __future__ import annotations

import json
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# What go itself would be asked: the real program, with this tree as its GOROOT. Each edit of the
# plan is made before one `go build` and undone after it: content, or the file's being there, and
# its modification time. A plan is carried out as often as it says.
_PROGRAM = """#!{python}
import json, os, subprocess, sys
root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
os.environ["GOROOT"] = root
argv = [{go!r}, *sys.argv[1:]]
try:
    with open(root + "/plan.json") as stream:
        plan = json.load(stream)
except OSError:
    plan = {{"times": 0}}
if sys.argv[1:2] != ["build"] or not plan["times"]:
    os.execv(argv[0], argv)

def put(path, text):
    if text is None:
        os.unlink(path)
        return
    with open(path, "w") as stream:
        stream.write(text)

plan["times"] -= 1
with open(root + "/plan.json", "w") as stream:
    json.dump(plan, stream)
before = {{}}
for path in plan["edits"]:
    if os.path.exists(path):
        with open(path) as stream:
            before[path] = stream.read(), os.stat(path)
for path, text in plan["edits"].items():
    put(path, text)
status = subprocess.call(argv)
for path in plan["edits"]:
    text, times = before.get(path, (None, None))
    put(path, text)
    if times:
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
sys.exit(status)
"""


@dataclass(frozen=True)
class MeddlingGo:
    """A copy of the pinned Go, by links, below `root`."""

    root: Path

    @property
    def program(self) -> Path:
        return self.root / "bin/go"

    def plans(self, edits: Mapping[Path, str | None], times: int = 1) -> None:
        """What is done during the next so many `go build`: other texts, None for no file."""
        plan = {"edits": {str(path): text for path, text in edits.items()}, "times": times}
        (self.root / "plan.json").write_text(json.dumps(plan))

    def is_done(self) -> bool:
        """Whether all that was planned was carried out."""
        return not json.loads((self.root / "plan.json").read_text())["times"]


def meddling_go(root: Path) -> MeddlingGo:
    """Makes one."""
    real = Path(sysconfig.get_path("purelib")) / "go"
    (root / "bin").mkdir(parents=True)
    for entry in real.iterdir():
        if entry.name != "bin":
            (root / entry.name).symlink_to(entry)
    go = MeddlingGo(root)
    go.program.write_text(_PROGRAM.format(python=sys.executable, go=str(real / "bin/go")))
    go.program.chmod(0o755)
    return go
