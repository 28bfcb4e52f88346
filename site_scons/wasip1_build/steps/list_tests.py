"""Which packages of one Go context have tests, and what do those need? One `go list -test`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from wasip1_build.dataclass import dataclass
from wasip1_build.digests import stamp_of
from wasip1_build.steps.go_tests import TEST_FIELDS, GoTests, from_test_list
from wasip1_build.steps.go_world import is_source_or_test
from wasip1_build.steps.listing import Listing
from wasip1_build.steps.step import Context


@dataclass(frozen=True)
class ListTests(Listing):
    """Lists the packages that patterns mean, with all that their tests depend on.

    `declared` are the directories that were found to have tests, from the workspace root, each with
    the argument of go that means it: where Go finds others, the listing says so. `patterns` are
    arguments of go list.
    """

    version: ClassVar[int] = 1
    _what: ClassVar[str] = "the tests"
    _key: ClassVar[str] = "test.packages"

    patterns: tuple[str, ...]
    declared: Mapping[str, str]

    def _asked(self) -> dict[str, Any]:
        return {"patterns": self.patterns, "declared": dict(self.declared)}

    def _arguments(self) -> tuple[Sequence[str], Iterable[str]]:
        asked = dict.fromkeys((*self.patterns, *self.declared.values()))
        return ["-test", f"-json={TEST_FIELDS}"], asked

    def _record(self, context: Context, printed: bytes, tree: Path) -> dict[str, Any]:
        local = self.modules.directories
        return from_test_list(printed, context.root, tree, local, self.declared, self.patterns)

    def _was_whole(self, context: Context) -> bool:
        tests = read_tests(context, self.output)
        return tests is None or tests.is_whole

    def _matters(self) -> Callable[[str], bool]:
        return is_source_or_test


def read_tests(context: Context, listing: str) -> GoTests | None:
    """A go-tests.json, read once; None where there is none yet."""
    path = context.path(listing)
    return context.once((path, stamp_of(path)), lambda: GoTests.read(path))
