"""Can the module use what it is granted, and is it granted what it can use?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wasip1_build.findings import Severity
from wasip1_build.spec.model import Grants
from wasip1_build.steps.rules.subject import Claim, Rule, Subject
from wasip1_build.wasm.preview1 import FUNCTIONS

PATHS = frozenset(name for name in FUNCTIONS if name.startswith("path_"))
# Functions of which a module needs one to do a thing. An import shows what the linked code can do,
# not that it does; a missing import proves that it cannot. fd_write and fd_read need a file that is
# open already, so they are evidence of nothing but standard streams.
EVIDENCE: Mapping[str, frozenset[str]] = {
    "opens_files": frozenset({"path_open"}),
    "looks_up_paths": PATHS | {"fd_readdir"},
    "changes_files": PATHS - {"path_filestat_get", "path_readlink"},
    "reads_input": frozenset({"fd_read", "fd_pread"}),
    "reads_arguments": frozenset({"args_get"}),
    "reads_environment": frozenset({"environ_get"}),
    "uses_sockets": frozenset(name for name in FUNCTIONS if name.startswith("sock_")),
    "reads_clocks": frozenset({"clock_time_get"}),
    "reads_random": frozenset({"random_get"}),
    "waits": frozenset({"poll_oneoff"}),
}

TYPICAL: Mapping[str, str] = {
    "looks_up_paths": "path_open",
    "reads_environment": "environ_get",
    "reads_arguments": "args_get",
    "reads_input": "fd_read",
}


def evidence(imported: frozenset[str]) -> dict[str, bool]:
    """What a module with these preview-1 imports can do."""
    return {ability: bool(names & imported) for ability, names in EVIDENCE.items()}


def useless_grant(subject: Subject) -> Iterator[Claim]:
    """Grants that the module has no function to use: certain, by what it does not import."""
    can = evidence(subject.preview1)
    for key, what, ability in _granted(subject.grants):
        if not can[ability]:
            yield Claim(
                f"is granted {what} but imports no function to use it, such as {TYPICAL[ability]}",
                "a grant that nothing uses comes to life unseen with a later change of the code",
                "remove the grant",
                key=key,
            )


def _granted(grants: Grants) -> Iterator[tuple[str, str, str]]:
    """Each grant: its key, what it is, and the ability that it needs."""
    for index, grant in enumerate(grants.dirs):
        yield f"grants.dirs.{index}", f"the directory {grant.guest}", "looks_up_paths"
    for name in grants.env:
        yield f"grants.env.{name}", f"the variable {name}", "reads_environment"
    for name in grants.env_inherit:
        yield "grants.env-inherit", f"the variable {name}", "reads_environment"
    if grants.args:
        yield "grants.args", "arguments", "reads_arguments"
    if grants.stdin:
        yield "grants.stdin", "standard input", "reads_input"


def useless_write(subject: Subject) -> Iterator[Claim]:
    """Directories granted "rw" to a module that can look at paths and change nothing."""
    can = evidence(subject.preview1)
    if can["changes_files"] or not can["looks_up_paths"]:
        return
    for index, grant in enumerate(subject.grants.dirs):
        if grant.mode == "rw":
            yield Claim(
                f"is granted {grant.guest} to write but imports no function that changes a file",
                "without path_open and the like nothing below a directory can be written",
                'mode = "ro"',
                key=f"grants.dirs.{index}",
            )


def files_without_directory(subject: Subject) -> Iterator[Claim]:
    """A module that opens files, where no directory is granted.

    A warning, for the import alone does not show that files are opened: many programs link
    os.Open through libraries. Whoever knows that lists path_* in imports.allow.
    """
    opens = "path_open" in subject.preview1
    if opens and not subject.grants.dirs and not subject.allows_knowingly("path_open"):
        yield Claim(
            "can open files (it imports path_open) but no directory is granted",
            'every open fails, in Go with "Bad file number" and without a word to the host',
            "grant the directory that it needs:\n"
            'grants.dirs = [{ host = "data", guest = "/data", mode = "ro", reason = "..." }]\n'
            "or, if it opens none, say that you know: name path_* in imports.allow",
            key="grants.dirs",
        )


RULES = (
    Rule("grant-useless", Severity.ERROR, useless_grant),
    Rule("grant-write-useless", Severity.ERROR, useless_write),
    Rule("grant-missing", Severity.WARNING, files_without_directory),
)
