"""Which Go module is around a directory, and what it lacks to use a generated package."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from wasip1_build.dataclass import dataclass
from wasip1_build.runtime.go_host.wazero import IMPORT_PATH

# https://go.dev/ref/mod#go-mod-file-grammar
_MODULE = re.compile(r'^module[ \t]+"?([^\s"]+)', re.MULTILINE)
_WAZERO = re.compile(rf"^(?:require)?[ \t]*{re.escape(IMPORT_PATH)}[ \t]+v", re.MULTILINE)


@dataclass(frozen=True)
class GoModule:
    """A go.mod: the directory that it is in, the path that it declares, whether it has wazero."""

    directory: Path
    path: str
    has_wazero: bool

    def import_path(self, directory: Path) -> str:
        """How programs import the package in a directory of the module."""
        below = directory.relative_to(self.directory).as_posix()
        return posixpath.normpath(posixpath.join(self.path, below))


def module_around(directory: Path) -> GoModule | None:
    """The module of a directory, which need not be there yet; None where there is none."""
    for place in (directory, *directory.parents):
        try:
            text = (place / "go.mod").read_text(errors="replace")
        except OSError:
            continue
        match = _MODULE.search(text)
        return GoModule(place, match[1] if match else "", bool(_WAZERO.search(text)))
    return None


def work_around(directory: Path) -> Path | None:
    """The go.work that go would use in a directory; None where there is none."""
    for place in (directory, *directory.parents):
        if (place / "go.work").is_file():
            return place / "go.work"
    return None
