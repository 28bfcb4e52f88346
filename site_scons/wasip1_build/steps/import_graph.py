"""Who imports a package, by which shortest way, and what comes into a program by it alone?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wasip1_build.dataclass import dataclass
from wasip1_build.steps.go_deps import GoDeps

# The linker puts it into every program, whether anything imports it (cmd/go/internal/load,
# LinkerDeps).
RUNTIME = "runtime"


@dataclass(frozen=True)
class ImportGraph:
    """The packages of one program by import path, each with those that it imports."""

    main: str
    imports: Mapping[str, tuple[str, ...]]

    @staticmethod
    def of(deps: GoDeps, package: str) -> ImportGraph | None:
        """The graph of a main package as the spec names it; None where it is not listed."""
        main = deps.main(package)
        if main is None:
            return None
        imports = {
            path: tuple(each for each in record.get("imports", ()) if each in deps.packages)
            for path, record in deps.packages.items()
        }
        if RUNTIME in imports:
            imports[main.import_path] = (*imports[main.import_path], RUNTIME)
        graph = ImportGraph(main.import_path, imports)
        reached = graph.reached()
        return ImportGraph(graph.main, {path: imports[path] for path in reached})

    def reached(self, without: str = "") -> frozenset[str]:
        """The packages that are linked; where `without` is a package, as if none imported it."""
        seen, todo = {self.main}, [self.main]
        while todo:
            for each in self.imports.get(todo.pop(), ()):
                if each not in seen and each != without:
                    seen.add(each)
                    todo.append(each)
        return frozenset(seen)

    def brought_by(self, package: str) -> frozenset[str]:
        """The package, and those that are linked only because it is."""
        if package == self.main:
            return self.reached()
        return self.reached() - self.reached(without=package)

    def chains(self, package: str) -> Iterator[tuple[str, ...]]:
        """The shortest ways from the main package to a package, by name. There may be very many:
        take as many as are shown."""
        distance = self._distances(package)
        if self.main not in distance:
            return
        ways: list[tuple[str, ...]] = [(self.main,)]
        while ways:
            way = ways.pop()
            if way[-1] == package:
                yield way
                continue
            ahead = distance[way[-1]] - 1
            nearer = {each for each in self.imports[way[-1]] if distance.get(each) == ahead}
            ways += [(*way, each) for each in sorted(nearer, reverse=True)]

    def _distances(self, package: str) -> dict[str, int]:
        """How many imports each package is away from this one."""
        importers: dict[str, list[str]] = {}
        for path, imported in self.imports.items():
            for each in imported:
                importers.setdefault(each, []).append(path)
        distance, todo = {package: 0}, [package]
        for each in todo:  # (which grows)
            for importer in importers.get(each, ()):
                if importer not in distance:
                    distance[importer] = distance[each] + 1
                    todo.append(importer)
        return distance
