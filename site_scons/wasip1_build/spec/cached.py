"""The workspace of an earlier build, while nothing that it was made from has changed."""

from __future__ import annotations

import pickle
import platform
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wasip1_build import __version__
from wasip1_build.digests import TICK_NS, Stamp, stamp_of
from wasip1_build.files import write_atomically
from wasip1_build.schema_files import schema_path
from wasip1_build.spec.disk import Disk
from wasip1_build.spec.members import find_members
from wasip1_build.spec.model import MODULES, Workspace
from wasip1_build.unpickle import unpickle

if TYPE_CHECKING:
    from wasip1_build.spec.load import Loaded

FORMAT = 1


def load_workspace(root: Path, file: str = "wasip1.toml", profile: str = "release") -> Workspace:
    """Reads a workspace: its top file, its members, merged under a profile.

    Raises Failure with the first syntax error of each file and all other errors of all files,
    sorted by file and line.
    """
    from wasip1_build.spec.load import load  # a hit in the store needs none of it

    return load(root, file, profile).workspace


def load_cached(
    root: Path, file: str, profile: str, store: Path | None, *, keep: bool = True
) -> Workspace:
    """`load_workspace`, from the file `store` if nothing has changed since it was written.

    The store holds one workspace; one that is missing, damaged or of another version is a miss.
    It is the same workspace while each spec file has its stamp, the same members are found and
    the file system answers every question of the rules as before. Failures are not stored.
    Without `keep` nothing is written. Raises what `load_workspace` raises.
    """
    if store is None:
        return load_workspace(root, file, profile)
    identity = _identity(root, file, profile)
    known = _stored(store)
    if known is not None and _still_true(known, identity, root):
        found: Workspace = known["workspace"]
        return found
    from wasip1_build.spec.load import load

    loaded = load(root, file, profile)
    if not keep:
        return loaded.workspace
    record = pickle.dumps(_record(loaded, identity), pickle.HIGHEST_PROTOCOL)
    with suppress(OSError):  # it only saves time; who writes outputs there says what is wrong
        write_atomically(store, record)
    return loaded.workspace


def _identity(root: Path, file: str, profile: str) -> tuple[Any, ...]:
    """What else decides how a spec is read: this code, its schema, the known hosts, this Python."""
    package = Path(__file__).parents[1]
    places = (("spec", "*.py"), ("wasm", "*.py"), ("embedders", "*.toml"))
    sources: Iterable[Path] = sorted(
        path for name, files in places for path in (package / name).glob(files)
    )
    code = tuple(stamp_of(path) for path in (*sources, schema_path("wasip1")))
    python = (platform.python_implementation(), platform.python_version())
    return (FORMAT, __version__, python, code, str(root.absolute()), file, profile)


def _record(loaded: Loaded, identity: tuple[Any, ...]) -> dict[str, Any]:
    return {
        "identity": identity,
        "workspace": loaded.workspace,
        "read_ns": loaded.read_ns,
        "stamps": loaded.stamps,
        "top": loaded.top_directory,
        "patterns": loaded.patterns,
        "members": loaded.members,
        "answers": dict(loaded.answers),
    }


def _stored(store: Path) -> dict[str, Any] | None:
    try:
        record = unpickle(store.read_bytes(), MODULES)
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) and record.get("identity") else None


def _still_true(record: dict[str, Any], identity: tuple[Any, ...], root: Path) -> bool:
    if record["identity"] != identity:
        return False
    stamps: dict[str, Stamp | None] = record["stamps"]
    if any(_moved(root / file, stamp, record["read_ns"]) for file, stamp in stamps.items()):
        return False
    workspace: Workspace = record["workspace"]
    members = find_members(root, record["top"], record["patterns"], workspace.build_dir)
    return members == record["members"] and Disk(root).same_as(record["answers"])


def _moved(path: Path, stamp: Stamp | None, read_ns: int) -> bool:
    """Whether a file may have changed: a stamp within a tick of its reading proves nothing."""
    if stamp is None or stamp_of(path) != stamp:
        return True
    return max(stamp.mtime_ns, stamp.ctime_ns) >= read_ns - TICK_NS
