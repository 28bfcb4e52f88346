"""Does go.work.sum hold every checksum? Go adds what is missing by itself; a build must not."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wasip1_build.files import write_atomically
from wasip1_build.findings import Location, failure
from wasip1_build.steps.go_context import GoContext
from wasip1_build.steps.step import Context


@contextmanager
def keep_work_sum(context: Context, modules: GoContext) -> Iterator[None]:
    """Puts go.work.sum back as it was before the block, in which go runs.

    -mod=readonly, the default, keeps go from writing go.mod and go.sum; go.work.sum it writes all
    the same (seen with Go 1.27 where two modules of a go.work need different versions of a third).
    Raises Failure where it had something to write.
    """
    if not modules.work:
        yield
        return
    path = context.path(modules.work).with_name("go.work.sum")
    with _alone(context.state("go-work-sum.lock")):
        before = _content(path)
        try:
            yield
        finally:
            after = _content(path)
            if after != before:
                _put_back(path, before)
    if after != before:
        known = set((before or b"").splitlines())
        added = [line.decode() for line in (after or b"").splitlines() if line not in known]
        raise failure(
            "go-work-sum",
            f"{modules.work}.sum lacks the checksums of modules that are needed",
            why="go would write them itself, from what the network says today; a build writes "
            "nothing beside its sources",
            fix=f"run `go mod download` beside {modules.work}, which writes them, and commit "
            f"{modules.work}.sum",
            location=Location(modules.work),
            details="\n".join(added),
        )


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Holds a lock against other steps of this build, in threads or processes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _put_back(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink()
    else:
        write_atomically(path, content)
