"""One run of a check in one form: staged, launched, looked at, cleaned up."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path

from wasip1_build.dataclass import dataclass
from wasip1_build.runtime import grants as guest
from wasip1_build.runtime.granted import Layout
from wasip1_build.runtime.launch import Limits, Outcome, compile_module, launch
from wasip1_build.runtime.request import Action, Call, HostFunction, Preopen, Request
from wasip1_build.runtime.staging import Entry, copy_tree, remove_tree, snapshot
from wasip1_build.runtime.verdict import Run
from wasip1_build.spec.model import Check, Expect, Grants, Kind

INSTANTIATES = Check(name="instantiates", expect=Expect(exit=None))
_KINDS = {"link": "a symbolic link", "directory": "a directory", "special": "no regular file"}


@dataclass(frozen=True)
class Subject:
    """What all runs of an artifact's checks have in common.

    `root` is the workspace; `pristine` holds the staged copies of the granted directories, from
    which each run gets its own, and `listings` is what is in them. `standard` limits count where
    neither the check nor max-memory says another. `counted` are the module's imports where
    their calls are to be counted, in all runs but of `INSTANTIATES`, which asks how it is linked.
    With `fueled` instructions are.
    """

    name: str
    kind: Kind
    root: Path
    scratch: Path
    library: str | None
    layout: Layout
    listings: tuple[tuple[Entry, ...], ...]
    pristine: Path
    cache: str = ""  # where the engine keeps what it compiled; "": nowhere
    exports: tuple[str, ...] = ()
    functions: tuple[HostFunction, ...] = ()
    grants: Grants = field(default_factory=Grants)
    interruptible: bool = False
    gogc: str | None = None
    memory_limit_bytes: int | None = None
    max_memory_bytes: int | None = None
    counted: tuple[HostFunction, ...] | None = None
    fueled: bool = False
    standard: Limits = field(default_factory=Limits)

    def limits(self, check: Check) -> Limits:
        """What one run may use."""
        memory_bytes = self.max_memory_bytes or self.standard.memory_bytes
        return replace(self.standard, timeout_s=check.timeout_s, memory_bytes=memory_bytes)

    def place(self) -> Path:
        """A new directory for one child process."""
        return Path(tempfile.mkdtemp(prefix="run-", dir=self.scratch))


def compile_form(subject: Subject, module: Path, code: Path, cpus: int) -> Outcome:
    """Compiles the module to machine code once for all checks. Raises OSError."""
    request = Request(
        action="compile",
        code=str(module),
        compiled_code=False,
        interruptible=subject.interruptible,
        compiled=str(code),
        cache=subject.cache,
        library=subject.library,
        fueled=subject.fueled,
    )
    place = subject.place()
    try:
        return compile_module(request, place, cpus)
    finally:
        remove_tree(place)


def try_once(subject: Subject, check: Check, form: str, code: Path) -> Run:
    """Runs a check on machine code: `INSTANTIATES`, or one that the spec declares.

    Raises OSError where staging or starting the process fails.
    """
    action = _action(subject.kind, check)
    # A command is only linked: no code of it runs that could look at a directory.
    staged = Layout() if action == "instantiate" else subject.layout
    request = _request(subject, check, action, code)

    def run(place: Place) -> Outcome:
        return launch(
            request._replace(preopens=place.preopens),
            place.directory / "child",
            subject.limits(check),
            stdin=place.stdin,
            written=place.written,
        )

    return try_in_copies(subject, check, form, run, staged)


def request_of(subject: Subject, check: Check, code: Path) -> Request:
    """What `try_once` asks of the engine, but for the directories, which `Place` has."""
    return _request(subject, check, _action(subject.kind, check), code)


@dataclass(frozen=True)
class Place:
    """Where one run takes place: an empty directory of its own, private copies of what is granted,
    and the check's stdin."""

    directory: Path
    preopens: tuple[Preopen, ...]
    written: tuple[Path, ...]
    stdin: bytes | Path | None


def try_in_copies(
    subject: Subject,
    check: Check,
    form: str,
    run: Callable[[Place], Outcome],
    staged: Layout | None = None,
) -> Run:
    """Runs something on copies of the granted directories, and looks at what it left there.

    Raises OSError where they cannot be copied, and what `run` raises.
    """
    staged = subject.layout if staged is None else staged
    place = subject.place()
    copies = place / "granted"
    directories = staged.directories(copies)
    try:
        for root, directory in enumerate(directories):
            copy_tree(subject.pristine / str(root), subject.listings[root], directory)
        outcome = run(Place(place, staged.preopens(copies), directories, _stdin(subject, check)))
        if outcome.response is None:
            return Run(form, outcome)
        return _looked_at(subject, check, Run(form, outcome), staged, copies)
    finally:
        remove_tree(place)


def _action(kind: Kind, check: Check) -> Action:
    if check.invoke:
        return "run"
    if kind == "reactor":
        return "initialize"
    return "instantiate" if check is INSTANTIATES else "run"


def _request(subject: Subject, check: Check, action: Action, code: Path) -> Request:
    limits = subject.limits(check)
    return Request(
        action=action,
        code=str(code),
        compiled_code=True,
        interruptible=subject.interruptible,
        argv=guest.arguments(subject.name, subject.grants, check),
        env=guest.environment(subject.grants, check, subject.gogc, subject.memory_limit_bytes),
        stdin=guest.stdin_of(subject.grants, check),
        functions=subject.functions,
        host_file=str(subject.root / check.host) if check.host else None,
        host_name=check.host or "",
        invoke=Call(check.invoke.export, check.invoke.args) if check.invoke else None,
        memory_bytes=limits.memory_bytes,
        library=subject.library,
        counted=None if check is INSTANTIATES else subject.counted,
        fueled=subject.fueled,
    )


def _stdin(subject: Subject, check: Check) -> bytes | Path | None:
    if not guest.stdin_of(subject.grants, check):
        return None
    if check.stdin is not None:
        return check.stdin.encode()
    return subject.root / (check.stdin_file or "")


def _looked_at(subject: Subject, check: Check, run: Run, staged: Layout, copies: Path) -> Run:
    """The run with what it left in the granted directories. No link of the guest's is followed."""
    directories = staged.directories(copies)
    after = [{entry.name: entry for entry in snapshot(each)} for each in directories]
    expected = {staged.find(path) for path in check.expect.files}
    changes = {
        staged.guest_name(root, name): change
        for root, names in enumerate(after)
        for name, change in _changes(subject.listings[root], names)
        if (root, name) not in expected and not _around(root, name, expected)
    }
    files = {path: _content(staged, path, directories, after) for path in check.expect.files}
    return Run(run.form, run.outcome, changes, files)


def _around(root: int, name: str, expected: set[tuple[int, str] | None]) -> bool:
    """Whether a name is a directory that an expected file needs."""
    return any(each and each[0] == root and each[1].startswith(f"{name}/") for each in expected)


def _changes(listing: tuple[Entry, ...], after: Mapping[str, Entry]) -> Iterator[tuple[str, str]]:
    before = {entry.name: entry for entry in listing}
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            yield name, "was removed"
        elif name not in before:
            kind = _KINDS.get(after[name].kind)
            yield name, "was created" + (f" ({kind})" if kind else "")
        elif after[name] != before[name]:
            yield name, "was changed"


def _content(
    layout: Layout,
    path: str,
    directories: tuple[Path, ...],
    after: list[dict[str, Entry]],
) -> bytes | str:
    """The content of a file that a check expects, or why there is none."""
    found = layout.find(path)
    if found is None:
        return "lies in no granted directory"
    root, name = found
    entry = after[root].get(name)
    if entry is None:
        return "was not written"
    if entry.kind != "file":
        return f"is {_KINDS[entry.kind]}, not a file"
    return (directories[root] / name).read_bytes()
