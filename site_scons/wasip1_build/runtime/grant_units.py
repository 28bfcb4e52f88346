"""What of an artifact's grants can be taken away, one by one, and which checks could notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from wasip1_build.dataclass import dataclass
from wasip1_build.runtime.cuts import Cut
from wasip1_build.spec.model import Check, Grants

# Go's runtime reads these from the guest's environment: how memory is managed, and no capability.
POLICY = ("GOGC", "GOMEMLIMIT")


@dataclass(frozen=True)
class Unit:
    """One grant, or its being wider than reading.

    `key` is where the spec has it and `name` how people call it; `cut` takes it away, and
    `stand_in` keeps its place. `checks` are those that it is given to; without any, `reason` says
    why nothing can be learned. `parts` are what to ask one by one where the whole is not unused.
    """

    key: str
    name: str
    cut: Cut
    checks: tuple[Check, ...] = ()
    reason: str = ""
    stand_in: Cut | None = None
    parts: tuple[Unit, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """All that it takes away: a flag with its value is two arguments."""
        return tuple(f"grants.args.{n}" for n in sorted(self.cut.args)) or (self.key,)

    @property
    def is_mode(self) -> bool:
        """Whether it is about writing to a directory, and not about the directory."""
        return self.key.endswith(".mode")


def units(
    grants: Grants, checks: tuple[Check, ...], read: Callable[[str], bytes]
) -> Iterator[Unit]:
    """Everything that is granted, in the order of the reference.

    A directory that can be written is followed by its mode. `read` gives the bytes of a file that a
    check names.
    """
    yield from _directories(grants, checks)
    yield from _variables(grants, checks)
    yield from _inherited(grants, checks)
    yield from _arguments(grants, checks)
    yield from _stdin(grants, checks, read)


def _directories(grants: Grants, checks: tuple[Check, ...]) -> Iterator[Unit]:
    last = len(grants.dirs) - 1
    for number, grant in enumerate(grants.dirs):
        only = frozenset({number})
        key = f"grants.dirs.{number}"
        yield Unit(
            key,
            f"{grant.guest} ({grant.mode})",
            Cut(dirs=only),
            checks,
            stand_in=Cut(emptied=only) if number < last else None,
        )
        if grant.mode == "rw":
            yield Unit(f"{key}.mode", f"writing to {grant.guest}", Cut(read_only=only), checks)


def _variables(grants: Grants, checks: tuple[Check, ...]) -> Iterator[Unit]:
    for name in grants.env:
        cut = Cut(variables=frozenset({name}))
        key = f"grants.env.{name}"
        if name in POLICY:
            yield Unit(key, name, cut, reason="how Go's runtime uses memory is no capability")
        else:
            yield Unit(key, name, cut, checks)


def _inherited(grants: Grants, checks: tuple[Check, ...]) -> Iterator[Unit]:
    for number, name in enumerate(grants.env_inherit):
        setting = tuple(check for check in checks if name in check.env)
        cut = Cut(variables=frozenset({name}))
        key, shown = f"grants.env-inherit.{number}", f"{name} (inherited)"
        if name in POLICY:
            yield Unit(key, shown, cut, reason="how Go's runtime uses memory is no capability")
        else:
            yield Unit(key, shown, cut, setting, "" if setting else "no check gives it a value")


def _arguments(grants: Grants, checks: tuple[Check, ...]) -> Iterator[Unit]:
    """One at a time, but for a flag and what follows it, which may be its value: those are first
    taken away together, because a flag without its value is another mistake."""
    given = tuple(check for check in checks if check.args is None)
    reason = "" if given else "every check has arguments of its own"

    def one(first: int, behind: int, parts: tuple[Unit, ...] = ()) -> Unit:
        return Unit(
            f"grants.args.{first}",
            " ".join(grants.args[first:behind]),
            Cut(args=frozenset(range(first, behind))),
            given,
            reason,
            parts=parts,
        )

    at = 0
    while at < len(grants.args):
        if given and _has_value(grants.args[at : at + 2]):
            yield one(at, at + 2, (one(at, at + 1), one(at + 1, at + 2)))
            at += 2
        else:
            yield one(at, at + 1)
            at += 1


def _has_value(pair: tuple[str, ...]) -> bool:
    """Whether the second may be the value of the first."""
    if len(pair) < 2:
        return False
    flag, value = pair
    return len(flag) > 1 and flag.startswith("-") and "=" not in flag and not value.startswith("-")


def _stdin(
    grants: Grants, checks: tuple[Check, ...], read: Callable[[str], bytes]
) -> Iterator[Unit]:
    """Empty input is what a guest without stdin reads, so it proves nothing."""
    if not grants.stdin:
        return
    given = tuple(check for check in checks if _input(check, read))
    reason = "" if given else "no check gives it anything to read"
    yield Unit("grants.stdin", "stdin", Cut(stdin=True), given, reason)


def _input(check: Check, read: Callable[[str], bytes]) -> bytes:
    if check.stdin_file is not None:
        return read(check.stdin_file)
    return (check.stdin or "").encode()
