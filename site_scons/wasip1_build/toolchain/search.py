"""Where programs can lie on this machine, and what a program prints of itself."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from wasip1_build import process
from wasip1_build.dataclass import dataclass
from wasip1_build.digests import Digests
from wasip1_build.toolchain.store import Store
from wasip1_build.toolchain.tool import Origin, ToolRequest

PROBE_TIMEOUT_S = 60.0  # for `--version` from a cold network disk; it takes 5 to 10 ms warm
PROBE_OUTPUT_BYTES = 1 << 16


@dataclass(frozen=True)
class Places:
    """All that finding a tool may look at. `python_path` is sys.path."""

    root: Path
    environ: Mapping[str, str]
    store: Store
    python_path: tuple[str, ...]
    digests: Digests


@dataclass(frozen=True)
class Candidate:
    """A file that may be the tool, or the `problem` that keeps it from being it."""

    origin: Origin
    path: Path
    problem: str = ""


@dataclass(frozen=True)
class Probe:
    """What a candidate said: its version, and the program and tree that really answered."""

    version: str
    path: Path
    root: Path | None = None


def in_spec(places: Places, request: ToolRequest) -> Iterator[Candidate]:
    """The path that the spec names, if it names one."""
    if request.path is not None:
        path = places.root / request.path
        yield Candidate("spec", path, "" if path.is_file() else "there is no such file")


def on_path(places: Places, name: str) -> Iterator[Candidate]:
    """Every executable of this name on PATH, in order, each once."""
    seen = set()
    for directory in places.environ.get("PATH", "").split(os.pathsep):
        path = Path(directory) / name
        # A relative entry would mean another program in every directory.
        if not path.is_absolute() or not path.is_file() or not os.access(path, os.X_OK):
            continue
        if path.resolve() not in seen:
            seen.add(path.resolve())
            yield Candidate("PATH", path)


def distribution(python_path: Sequence[str], name: str) -> tuple[Path, str] | None:
    """The directory that an installed Python distribution is imported from, and its version.

    Read off the name of its .dist-info directory: importlib.metadata costs 30 ms to import, and
    importing the wasmtime package 39.
    """
    prefix = name.replace("-", "_") + "-"
    for entry in python_path:
        try:
            names = sorted(os.listdir(entry or "."))
        except OSError:
            continue
        for found in names:
            if found.startswith(prefix) and found.endswith(".dist-info"):
                return Path(entry), found.removeprefix(prefix).removesuffix(".dist-info")
    return None


def is_script(path: Path) -> bool:
    """Whether a program is text for an interpreter: a wrapper whose digest identifies nothing."""
    try:
        with path.open("rb") as stream:
            return stream.read(2) == b"#!"
    except OSError:
        return False


def first_output(argv: Sequence[str | Path], env: Mapping[str, str]) -> str | None:
    """What a program prints on stdout; None where it cannot be run or fails."""
    try:
        result = process.run(
            argv,
            env=env,
            cwd=Path(argv[0]).parent,
            timeout_s=PROBE_TIMEOUT_S,
            output_bytes=PROBE_OUTPUT_BYTES,
        )
    except OSError:
        return None
    if result.returncode or result.killed:
        return None
    return result.stdout.decode("utf-8", "replace").strip()
