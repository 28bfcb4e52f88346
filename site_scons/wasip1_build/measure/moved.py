"""What has moved an artifact's size since it was accepted: which packages, by which imports?"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field, replace

from wasip1_build.dataclass import dataclass
from wasip1_build.spec.sizes_file import Accepted

STANDARD = "std"
DEVELOPED = "(devel)"  # the version of a module that is built where it is developed
Imports = Mapping[str, Iterable[str]]  # by package, those that it imports


@dataclass(frozen=True)
class Change:
    """What a package, a kind of data or a section has become; None: it was not there, or is not any
    more.

    `chain` is how the main package comes to import a newcomer, by the fewest imports. Newcomers
    that come by the imports of another one are counted with that: `brings`, `brings_bytes` of their
    code, and the largest.
    """

    name: str
    before_bytes: int | None
    now_bytes: int | None
    module: str = ""
    chain: tuple[str, ...] = ()
    brings: int = 0
    brings_bytes: int = 0
    largest_brought: str = ""

    @property
    def delta_bytes(self) -> int:
        """What it adds to the module, or takes away, without what it brings."""
        return (self.now_bytes or 0) - (self.before_bytes or 0)

    @property
    def total_bytes(self) -> int:
        """The same with what it brings."""
        return self.delta_bytes + self.brings_bytes

    @property
    def is_new(self) -> bool:
        """Whether it was not there."""
        return self.before_bytes is None


@dataclass(frozen=True)
class Moved:
    """How an artifact differs from what was accepted of it; `before` is None where nothing was.

    `packages`, `data` and `sections` are those that moved, the most first; `brought` are the
    newcomers that others bring, and `rest_bytes` is how far the module has moved beside all these.
    Together they are the difference of wasm. `unknown` says why there are no packages. `tidy` is
    what `go mod tidy -diff` says: "clean", "not clean", or "not known" and why; "" where it was not
    asked.
    """

    before: Accepted | None
    now: Accepted
    packages: tuple[Change, ...] = ()
    brought: tuple[Change, ...] = ()
    data: tuple[Change, ...] = ()
    sections: tuple[Change, ...] = ()
    rest_bytes: int = 0
    unknown: str = ""
    tidy: str = ""
    modules: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # version before and now

    @property
    def compiler(self) -> tuple[str, str] | None:
        """The compiler then and now, where it is another."""
        return self._other("compiler")

    @property
    def engine(self) -> tuple[str, str] | None:
        """What precompiles then and now, where it is another."""
        return self._other("engine")

    @property
    def new_modules(self) -> tuple[str, ...]:
        """The Go modules of which nothing was in it."""
        return tuple(name for name, (before, _) in self.modules.items() if not before)

    @property
    def standard_bytes(self) -> int:
        """How far the code of the standard library has moved."""
        code = (c for c in self._code if c.module == STANDARD and not is_none(c.name))
        return sum(c.delta_bytes for c in code)

    @property
    def other_bytes(self) -> int:
        """How far the code of all other packages has moved."""
        others = (c for c in self._code if c.module != STANDARD and not is_none(c.name))
        return sum(c.delta_bytes for c in others)

    @property
    def unowned_bytes(self) -> int:
        """How far the code has moved that is of no package."""
        return sum(c.delta_bytes for c in self._code if is_none(c.name))

    def delta_bytes(self, form: str) -> int | None:
        """How far a form has moved, None where it is not known of both."""
        before = self.before.size_bytes.get(form) if self.before else None
        now = self.now.size_bytes.get(form)
        return None if before is None or now is None else now - before

    @property
    def has_moved(self) -> bool:
        """Whether anything is to be told."""
        if self.before is None:
            return True
        forms = {*self.before.size_bytes, *self.now.size_bytes}
        return bool(self.compiler or any(self.delta_bytes(form) != 0 for form in forms))

    def _other(self, name: str) -> tuple[str, str] | None:
        before, now = getattr(self.before, name, ""), getattr(self.now, name)
        return (before, now) if before and now and before != now else None

    @property
    def _code(self) -> tuple[Change, ...]:
        return (*self.packages, *self.brought)


def is_none(package: str) -> bool:
    """Whether a name is of code that belongs to no package."""
    return package.startswith("(")


def moved(
    before: Accepted | None,
    now: Accepted,
    imports: Imports | None = None,
    main: str = "",
    unknown: str = "",
) -> Moved:
    """The difference. `imports` are those of the packages now, from which chains from the package
    `main` are told; `unknown` is why the owners of the code are not known."""
    if before is None:
        return Moved(None, now)
    if not unknown and not (before.has_owners and now.has_owners):
        unknown = "it was not known when the size was accepted"
    packages = [] if unknown else list(_packages(before, now))
    tops, brought = _by_what_brings(packages, imports or {}, main, own_modules(now, main))
    data = _parts(before.data_bytes, now.data_bytes)
    sections = _parts(before.section_bytes, now.section_bytes)
    told = sum(c.delta_bytes for c in (*packages, *data, *sections))
    whole = now.size_bytes.get("wasm", 0) - before.size_bytes.get("wasm", 0)
    versions = {
        name: (before.modules.get(name, ""), now.modules.get(name, ""))
        for name in sorted({*before.modules, *now.modules})
    }
    return Moved(
        before,
        now,
        packages=_by_weight(tops),
        brought=_by_weight(brought),
        data=_by_weight(data),
        sections=_by_weight(sections),
        rest_bytes=whole - told,
        unknown=unknown,
        modules={name: pair for name, pair in versions.items() if pair[0] != pair[1]},
    )


def chain_to(imports: Imports, main: str, package: str) -> tuple[str, ...]:
    """A shortest way from the main package to another, both named; () where there is none."""
    return _way(_ways(imports, main), package)


def own_modules(now: Accepted, main: str) -> frozenset[str]:
    """The modules whose sources are on this machine's disk: that of the main package, and those
    that Go gives no version, or replaces by a directory."""
    of_main = {module for module, packages in now.code_bytes.items() if main in packages}
    local = (name for name, version in now.modules.items() if _is_local(version))
    return frozenset({*of_main, *local} - {STANDARD})


def _is_local(version: str) -> bool:
    replacement = version.partition("=> ")[2]
    return version == DEVELOPED or replacement.startswith((".", "/"))


def _packages(before: Accepted, now: Accepted) -> Iterator[Change]:
    for module in sorted({*before.code_bytes, *now.code_bytes}):
        changes = _changes(before.code_bytes.get(module, {}), now.code_bytes.get(module, {}))
        yield from (replace(change, module=module) for change in changes)


def _changes(before: Mapping[str, int], now: Mapping[str, int]) -> Iterator[Change]:
    for name in sorted({*before, *now}):
        if before.get(name) != now.get(name):
            yield Change(name, before.get(name), now.get(name))


def _parts(before: Mapping[str, int], now: Mapping[str, int]) -> tuple[Change, ...]:
    """What differs; nothing where it is not known of both."""
    return tuple(_changes(before, now)) if before and now else ()


def _by_what_brings(
    packages: Iterable[Change], imports: Imports, main: str, own: Collection[str]
) -> tuple[list[Change], list[Change]]:
    """The changes, each newcomer with its chain and what it brings; and those that are brought.

    A newcomer of a module that is `own` brings nothing: what it imports was somebody's decision
    here, and is told.
    """
    changes = list(packages)
    new = {change.name for change in changes if change.is_new and change.now_bytes is not None}
    bringing = {each.name for each in changes if each.name in new and each.module not in own}
    ways = _ways(imports, main) if new and main in imports else {}
    tops: list[Change] = []
    brought: list[Change] = []
    brings: dict[str, list[Change]] = {}
    for change in changes:
        chain = _way(ways, change.name) if change.name in new else ()
        first = next((name for name in chain if name in bringing), change.name)
        change = replace(change, chain=chain)
        if first == change.name or change.module in own:
            tops.append(change)
        else:
            brought.append(change)
            brings.setdefault(first, []).append(change)
    return [
        _with(each, brings.pop(each.name, [])) if each.is_new else each for each in tops
    ], brought


def _with(change: Change, brings: list[Change]) -> Change:
    if not brings:
        return change
    total = sum(each.delta_bytes for each in brings)
    largest = max(brings, key=lambda each: each.delta_bytes).name
    return replace(change, brings=len(brings), brings_bytes=total, largest_brought=largest)


def _ways(imports: Imports, main: str) -> dict[str, str]:
    """Of each package that is reached, by which one it is first; sorted, so that of equally short
    chains the same is told always."""
    ways = {main: ""}
    waiting = deque([main])
    while waiting:
        package = waiting.popleft()
        for name in sorted(imports.get(package, ())):
            if name not in ways:
                ways[name] = package
                waiting.append(name)
    return ways


def _way(ways: Mapping[str, str], package: str) -> tuple[str, ...]:
    chain: list[str] = []
    while package and package in ways:
        chain.append(package)
        package = ways[package]
    return tuple(reversed(chain))


def _by_weight(changes: Iterable[Change]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda each: (-abs(each.total_bytes), each.name)))
