"""What did `scons bench` measure of an artifact that speaks against wasip1?"""

from __future__ import annotations

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Finding, Severity
from wasip1_build.steps.step import Context


@dataclass(frozen=True)
class BenchRows:
    """The file of all rows that `scons bench` kept, and the module that they must be of."""

    rows: str
    module: str

    def key(self, context: Context) -> tuple[str | None, ...]:
        """What decides the findings. None where a file is not there."""
        files = (self.rows, self.module)
        return tuple(context.digests.digest(context.path(name)) for name in files)

    def findings(self, context: Context, artifact: str, most: Severity) -> tuple[Finding, ...]:
        """What was measured of an artifact (DIR:NAME) and speaks against wasip1. Nothing where it
        was of another module."""
        rows = context.path(self.rows)
        if not rows.is_file():
            return ()
        from wasip1_build.advise.computing import computing  # 80 ms, for few

        module = context.digests.digest(context.path(self.module))
        return computing(rows, artifact, module or "", most)
