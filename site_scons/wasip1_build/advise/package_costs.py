"""What does a package cost in the module that was built last? Advice on an import tells it."""

from __future__ import annotations

from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.steps.import_graph import ImportGraph
from wasip1_build.steps.list_go import read_deps
from wasip1_build.steps.owners import Owners, read_owners
from wasip1_build.steps.results import Record, record_of
from wasip1_build.steps.step import Context
from wasip1_build.units import exact_size


@dataclass(frozen=True)
class PackageCosts:
    """Where it is said what a module is made of: its A.sizes.json, and the go-deps.json that lists
    `package`, as the spec names it."""

    sizes: str
    deps: str
    package: str

    def told(self, context: Context, found: Record) -> Record:
        """What the advisor found for an artifact; findings about a package tell its cost, too,
        where the artifact was built. Raises Failure where what the build wrote is damaged."""
        entries = [self._with_cost(context, each) for each in found.records("findings")]
        return Record({**found.members, "findings": entries}, found.shown, found.place)

    def _with_cost(self, context: Context, found: Record) -> dict[str, Any]:
        package = found.text("package") if found.has("package") else ""
        cost = self._cost(context, package) if package else ""
        why = found.members.get("why")
        return {**found.members, "why": f"{why}; {cost}"} if cost else found.members

    def _cost(self, context: Context, package: str) -> str:
        """The bytes of a package's code, and of what comes with it alone; "" where that is not
        known, or the module that was built last has none of it."""
        owners, deps = _owners(context, self.sizes), read_deps(context, self.deps)
        graph = ImportGraph.of(deps, self.package) if deps else None
        if owners is None or graph is None or package not in graph.imports:
            return ""
        code = {each.package: each.code_bytes for each in owners.packages}
        alone = sum(code.get(name, 0) for name in graph.brought_by(package))
        if not alone:
            return ""
        size = owners.code_bytes + sum(owners.data.values()) + sum(owners.sections.values())
        return (
            f"in the module built last, data aside, its code is {code.get(package, 0):,} B, and "
            f"with what is linked only because of it {alone:,} B (computed from imports), of "
            f"{exact_size(size)}"
        )


def _owners(context: Context, sizes: str) -> Owners | None:
    """Who owns the bytes of a module; None where it is not built, or functions have no names."""
    path = context.path(sizes)
    if not path.is_file():
        return None
    owners = read_owners(record_of(path, sizes).members, sizes)
    return None if owners is None or owners.unknown else owners
