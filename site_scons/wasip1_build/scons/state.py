"""Did this version, or an older one, write the state of a build directory? A newer one is refused.

Each file of the state has its own format, and one that is older than this code is read as none:
then everything is built again. What a newer version recorded nobody here can judge.
"""

from __future__ import annotations

from pathlib import Path

from wasip1_build.files import write_atomically
from wasip1_build.findings import failure

FORMAT = 2  # raised whenever a version that knows only the old one could be misled by the new


def format_file(state: Path) -> Path:
    """Where the format of a build directory's state is written."""
    return state / "format"


def require_known(state: Path) -> None:
    """Raises Failure where a newer version has written the state."""
    try:
        written = int(format_file(state).read_bytes())
    except (OSError, ValueError):
        return
    if written > FORMAT:
        raise failure(
            "newer-state",
            f"{state} was written by a newer wasip1-scons: it has format {written}, "
            f"and this version knows {FORMAT}",
            why="what it recorded could be taken for something else, and a build be wrong",
            fix=f"build with that version, or remove {state}: everything is built again then",
        )


def mark(state: Path) -> None:
    """Writes the format, where it is not there yet. Raises OSError."""
    file, text = format_file(state), b"%d\n" % FORMAT
    if not file.is_file() or file.read_bytes() != text:
        write_atomically(file, text)
