"""What has moved an artifact's size since it was accepted: which packages, by which imports?"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace

from wasip1_build.dataclass import dataclass
from wasip1_build.spec.sizes_file import Accepted

STANDARD = "std"
Imports = Mapping[str, Iterable[str]]  # by package, those that it imports


@dataclass(frozen=True)
class Change:
    """What a package, or a kind of data, has become; None: it was not there, or is not any more.

    `chain` is how the main package comes to import a newcomer, by the fewest imports. Newcomers
    that come only because another one imports them are counted with that: `brings`, and
    `brings_bytes` of their code.
    """

    name: str
    before_bytes: int | None
    now_bytes: int | None
    module: str = ""
    chain: tuple[str, ...] = ()
    brings: int = 0
    brings_bytes: int = 0

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

    `packages` and `data` are those that moved, the most first; `brought` are the newcomers that
    others bring, and `rest_bytes` is how far everything else of the module has moved. Together they
    are the difference of wasm. `unknown` says why there are no packages. `tidy` is what
    `go mod tidy -diff` says: "clean", "not clean", or "not known" and why; "" where it was not
    asked.
    """

    before: Accepted | None
    now: Accepted
    packages: tuple[Change, ...] = ()
    brought: tuple[Change, ...] = ()
    data: tuple[Change, ...] = ()
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
        return self._code(standard=True)

    @property
    def other_bytes(self) -> int:
        """How far all other code has moved."""
        return self._code(standard=False)

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

    def _code(self, *, standard: bool) -> int:
        every = (*self.packages, *self.brought)
        return sum(c.delta_bytes for c in every if (c.module == STANDARD) is standard)


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
    tops, brought = _by_what_brings(packages, imports or {}, main)
    data = tuple(_changes(before.data_bytes, now.data_bytes))
    told = sum(c.delta_bytes for c in (*packages, *data))
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
        rest_bytes=whole - told,
        unknown=unknown,
        modules={name: pair for name, pair in versions.items() if pair[0] != pair[1]},
    )


def chain_to(imports: Imports, main: str, package: str) -> tuple[str, ...]:
    """A shortest way from the main package to another, both named; () where there is none."""
    return _way(_ways(imports, main), package)


def _packages(before: Accepted, now: Accepted) -> Iterator[Change]:
    for module in sorted({*before.code_bytes, *now.code_bytes}):
        changes = _changes(before.code_bytes.get(module, {}), now.code_bytes.get(module, {}))
        yield from (replace(change, module=module) for change in changes)


def _changes(before: Mapping[str, int], now: Mapping[str, int]) -> Iterator[Change]:
    for name in sorted({*before, *now}):
        if before.get(name) != now.get(name):
            yield Change(name, before.get(name), now.get(name))


def _by_what_brings(
    packages: Iterable[Change], imports: Imports, main: str
) -> tuple[list[Change], list[Change]]:
    """The changes, each newcomer with its chain and what it brings; and those that are brought."""
    changes = list(packages)
    new = {change.name for change in changes if change.is_new and change.now_bytes is not None}
    ways = _ways(imports, main) if new and main in imports else {}
    tops: list[Change] = []
    brought: list[Change] = []
    brings: dict[str, list[Change]] = {}
    for change in changes:
        chain = _way(ways, change.name) if change.name in new else ()
        first = next((name for name in chain if name in new), change.name)
        change = replace(change, chain=chain)
        if first == change.name:
            tops.append(change)
        else:
            brought.append(change)
            brings.setdefault(first, []).append(change)
    return [
        _with(each, brings.pop(each.name, [])) if each.is_new else each for each in tops
    ], brought


def _with(change: Change, brings: list[Change]) -> Change:
    total = sum(each.delta_bytes for each in brings)
    return replace(change, brings=len(brings), brings_bytes=total)


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
