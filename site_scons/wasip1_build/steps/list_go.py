"""What do the main packages of one Go context need? One `go list` for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar

from wasip1_build.dataclass import dataclass
from wasip1_build.digests import stamp_of
from wasip1_build.steps.go_deps import FIELDS, GoDeps, from_go_list
from wasip1_build.steps.listing import Listing
from wasip1_build.steps.step import Context


@dataclass(frozen=True)
class ListGo(Listing):
    """Lists packages with all that they depend on into a go-deps.json. `packages` are arguments of
    go list."""

    version: ClassVar[int] = 3
    _what: ClassVar[str] = "the packages"

    packages: tuple[str, ...]

    def _asked(self) -> dict[str, Any]:
        return {"packages": self.packages}

    def _arguments(self) -> tuple[Sequence[str], Iterable[str]]:
        return [f"-json={FIELDS}"], self.packages

    def _record(self, context: Context, printed: bytes, tree: Path) -> dict[str, Any]:
        return from_go_list(printed, context.root, tree, self.modules.directories)

    def _was_whole(self, context: Context) -> bool:
        deps = read_deps(context, self.output)
        return deps is None or deps.is_whole


def read_deps(context: Context, listing: str) -> GoDeps | None:
    """A go-deps.json, read once; None where there is none yet."""
    path = context.path(listing)
    return context.once((path, stamp_of(path)), lambda: GoDeps.read(path))
