"""What a rule about one artifact may look at, and how it says what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Finding, Severity
from wasip1_build.spec.disk import Disk
from wasip1_build.spec.model import Artifact


@dataclass(frozen=True)
class Surroundings:
    """The workspace around an artifact. Paths are relative to its root."""

    disk: Disk
    build_dir: str
    files: tuple[str, ...]  # every wasip1.toml


@dataclass(frozen=True)
class Scope:
    """One merged artifact in its workspace."""

    artifact: Artifact
    around: Surroundings

    @property
    def disk(self) -> Disk:
        return self.around.disk

    def error(self, rule: str, key: str, what: str, why: str = "", fix: str = "") -> Finding:
        """An error at the place where a key of the artifact is written."""
        return self._finding(Severity.ERROR, rule, key, what, why, fix)

    def warning(self, rule: str, key: str, what: str, why: str = "", fix: str = "") -> Finding:
        """A warning at the place where a key of the artifact is written."""
        return self._finding(Severity.WARNING, rule, key, what, why, fix)

    def _finding(
        self, severity: Severity, rule: str, key: str, what: str, why: str, fix: str
    ) -> Finding:
        return Finding(rule, severity, what, why, fix, self.artifact.where(key), key)


@dataclass(frozen=True)
class Rule:
    """A check of one artifact.

    `reads` names the keys that it looks at: where the structure of one of them is wrong, which is
    reported, the rule would only confuse and is left out.
    """

    find: Callable[[Scope], Iterator[Finding]]
    reads: tuple[str, ...]
