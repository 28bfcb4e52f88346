"""What was measured of an artifact, beside what its sources say."""

from __future__ import annotations

from wasip1_build.advise.bench_rows import BenchRows
from wasip1_build.advise.call_costs import CallCosts
from wasip1_build.advise.package_costs import PackageCosts
from wasip1_build.dataclass import dataclass
from wasip1_build.steps.step import Context


@dataclass(frozen=True)
class Measured:
    """By its build, by its checks and by `scons bench`. Costs are told with what was found, and
    decide nothing; of the rows may come a finding."""

    packages: PackageCosts
    calls: CallCosts
    rows: BenchRows

    def looked_at(self, context: Context) -> tuple[str, ...]:
        """The files that this is in, whether they are there or not."""
        rows = (self.rows.rows, self.rows.module)
        return (self.packages.sizes, *self.calls.looked_at(context), *rows)
