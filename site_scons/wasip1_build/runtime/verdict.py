"""Whether a run did what its check expects, and what to say where it did not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Finding, Severity
from wasip1_build.runtime.difference import difference, excerpt, printable
from wasip1_build.runtime.launch import COMPILE_S, Limits, Outcome
from wasip1_build.runtime.request import Response, Stage
from wasip1_build.runtime.values import coerced, equal, shown
from wasip1_build.spec.model import Check

_FIX = "correct the program, or what the check expects"
NAMED_FILES = 20  # in a finding about other files
TRAP_EXIT = 134  # what the wasmtime CLI makes of a trap: 128 + SIGABRT


@dataclass(frozen=True)
class Run:
    """What one run of one form left behind.

    `changes` says what became of files that the check does not expect, by guest path; `files` is
    the content of each file that it expects: bytes, or why there is none.
    """

    form: str
    outcome: Outcome
    changes: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes | str] = field(default_factory=dict)

    @property
    def peak_memory_bytes(self) -> int | None:
        """The size of the guest's memory at its end; None where it is not known."""
        return self.outcome.response.peak_memory_bytes if self.outcome.response else None

    def facts(self) -> tuple[object, ...]:
        """What must be the same whatever the module was compiled with.

        stderr is left out: Go's log package writes the time there.
        """
        response = self.outcome.response
        answer: tuple[object, ...] = ()
        if response:
            returns = [str(value) for value in response.returns or ()]  # nan is not equal to itself
            answer = (response.stage, response.exit, response.error, returns, response.calls)
        output = b"" if self.outcome.killed else self.outcome.stdout
        return (self.outcome.killed, output, answer, self.changes, self.files)


def judge(
    check: Check, run: Run, limits: Limits, read: Callable[[str], bytes]
) -> tuple[Finding, ...]:
    """The findings of one run; none where it did all that is expected.

    `read` gives the bytes of a file that `expect` names.
    """
    response = run.outcome.response
    if response is None:
        return (_ended_early(check, run.outcome, limits),)
    stopped = _stopped(check, response, run.outcome)
    if stopped:
        return (stopped,)
    findings = [
        _exit(check, response, run.outcome),
        _stream(check, "stdout", run.outcome.stdout, check.expect.stdout, read),
        _stream(check, "stderr", run.outcome.stderr, check.expect.stderr, read),
        *_files(check, run, read),
        _other_files(check, run),
        *_calls(check, response),
        _returns(check, response),
    ]
    return tuple(finding for finding in findings if finding)


def _finding(
    check: Check,
    rule: str,
    what: str,
    key: str = "",
    *,
    why: str = "",
    fix: str = _FIX,
    details: str = "",
) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.ERROR,
        what=f"check {check.name}: {what}",
        why=why,
        fix=fix,
        key=f"check.{check.name}" + (f".{key}" if key else ""),
        details=details,
    )


def _ended_early(check: Check, outcome: Outcome, limits: Limits) -> Finding:
    """A run that was killed, or whose process crashed."""
    ends = {
        "timeout": (
            "check-timeout",
            f"it did not end within {limits.timeout_s:g} s",
            "raise `timeout` on the check if it needs longer, or find what it waits for",
        ),
        "output": (
            "check-output",
            f"it wrote more than {limits.output_bytes >> 20} MiB to stdout or stderr",
            "make it write less under this check: the output of a check is kept in memory",
        ),
        "compile": (
            "check-load",
            f"the engine did not compile the module within {COMPILE_S:g} s",
            "make the module smaller, or build on a faster machine",
        ),
        "scratch": (
            "check-scratch",
            f"it filled its granted directories: {limits.scratch_bytes >> 20} MiB or "
            f"{limits.scratch_files} files more than it was given",
            "make it write less under this check",
        ),
        "start": (
            "check-start",
            "its process did not come as far as the module",
            "run the build again when the machine is less busy",
        ),
    }
    rule, what, fix = ends.get(
        outcome.killed,
        (
            "check-crash",
            f"the process that ran the module died ({_death(outcome.returncode)})",
            "build again; if it stays, report it to wasmtime: no module may crash its engine",
        ),
    )
    why = "a check that does not end by itself proves nothing"
    return _finding(check, rule, what, why=why, fix=fix, details=excerpt(outcome.stderr))


def _death(returncode: int) -> str:
    return f"signal {-returncode}" if returncode < 0 else f"exit code {returncode}"


# What to say of a run that stopped in a stage: the rule, the fact and the fix.
_STOPS: Mapping[Stage, tuple[str, str, str]] = {
    "load": (
        "check-load",
        "the engine does not take the module",
        "build it again; if that does not help, it was made by or for another wasmtime",
    ),
    "host": (
        "check-host",
        "the host's functions failed",
        "correct the file that `host` names; imports.host says which functions there are",
    ),
    "link": (
        "check-instantiate",
        "the module cannot be instantiated",
        "declare what its host provides in imports.host, with the types that the module imports",
    ),
    "initialize": (
        "check-initialize",
        "_initialize did not return",
        "look at what the program's init functions do",
    ),
    "invoke": (
        "check-invoke",
        "the export cannot be called",
        "correct `invoke`; //go:wasmexport makes a function an export",
    ),
    "run": (
        "check-trap",
        "the module trapped",
        "the debug module's backtrace names the functions (`wasmtime run NAME.debug.wasm`); "
        "if it is meant to trap, expect.exit = 134",
    ),
}
_REFUSED_EXIT = (
    "check-exit",
    "it exited with a code of 126 or more",
    "exit with 0 to 125: shells and engines use the others for what they find out themselves",
)


def _stopped(check: Check, response: Response, outcome: Outcome) -> Finding | None:
    """A run that did not come to its end, unless it trapped and that is expected."""
    if response.stage == "ended":
        return None
    if response.stage == "run" and response.trapped and check.expect.exit in (None, TRAP_EXIT):
        return None
    refused = response.stage == "run" and not response.trapped
    rule, what, fix = _REFUSED_EXIT if refused else _STOPS[response.stage]
    why = response.error
    if response.stage == "initialize" and response.exit is not None:
        why = f"it exited with {response.exit}"
    key = {"invoke": "invoke", "host": "host"}.get(response.stage, "")
    return _finding(check, rule, what, key, why=why, fix=fix, details=_details(response, outcome))


def _details(response: Response, outcome: Outcome) -> str:
    parts = [
        response.backtrace,
        excerpt(outcome.stderr),
        f"printed by the host's functions:\n{response.host_output}" if response.host_output else "",
    ]
    return "\n".join(part for part in parts if part)


def _exit(check: Check, response: Response, outcome: Outcome) -> Finding | None:
    got = TRAP_EXIT if response.trapped else response.exit
    if check.expect.exit is None or got == check.expect.exit:
        return None
    return _finding(
        check,
        "check-exit",
        f"it exited with {got}, expected {check.expect.exit}",
        "expect.exit",
        details=_details(response, outcome),
    )


def _stream(
    check: Check, name: str, got: bytes, text: str | None, read: Callable[[str], bytes]
) -> Finding | None:
    file = check.expect.stdout_file if name == "stdout" else check.expect.stderr_file
    if text is None and file is None:
        return None
    expected = text.encode() if text is not None else read(file or "")
    if expected == got:
        return None
    return _finding(
        check,
        f"check-{name}",
        f"{name} differs" + (f" from {file}" if file else " from what is expected"),
        f"expect.{name}" + ("-file" if file else ""),
        details=difference(expected, got),
    )


def _files(check: Check, run: Run, read: Callable[[str], bytes]) -> list[Finding]:
    findings = []
    for path, file in sorted(check.expect.files.items()):
        got, expected = run.files[path], read(file)
        if got == expected:
            continue
        what, details = f"{path} {got!s}", ""
        if isinstance(got, bytes):
            what, details = f"{path} differs from {file}", difference(expected, got)
        findings.append(_finding(check, "check-files", what, "expect.files", details=details))
    return findings


def _other_files(check: Check, run: Run) -> Finding | None:
    if not check.expect.no_other_files or not run.changes:
        return None
    others = [f"{path} {change}" for path, change in sorted(run.changes.items())]
    more = [f"... {len(others) - NAMED_FILES} more"] if len(others) > NAMED_FILES else []
    return _finding(
        check,
        "check-other-files",
        f"it changed {len(others)} other file" + ("s" if len(others) > 1 else ""),
        "expect.no-other-files",
        why="expect.no-other-files = true",
        fix="correct the program, or name the files in expect.files",
        details=printable("\n".join(others[:NAMED_FILES] + more)),
    )


def _calls(check: Check, response: Response) -> list[Finding]:
    findings = []
    for name, expected in sorted(check.expect.calls.items()):
        got = response.calls.get(name)
        if got == expected:
            continue
        declared = ", ".join(sorted(response.calls)) or "nothing"
        findings.append(
            _finding(
                check,
                "check-calls",
                f"{name} was called {got} times, expected {expected}"
                if got is not None
                else f"{name} is no function of imports.host, which declares {declared}",
                "expect.calls",
                details=_details(response, Outcome(response)),
            )
        )
    return findings


def _returns(check: Check, response: Response) -> Finding | None:
    invoke = check.invoke
    if invoke is None or invoke.returns is None or response.returns is None:
        return None
    types = response.return_types
    got = ", ".join(str(shown(value)) for value in response.returns) or "nothing"
    expected = ", ".join(str(shown(value)) for value in invoke.returns) or "nothing"
    problem = f"{invoke.export} returned {got}, expected {expected}"
    if len(invoke.returns) == len(types):
        try:
            wanted = [
                coerced(value, kind) for value, kind in zip(invoke.returns, types, strict=True)
            ]
        except ValueError as error:
            problem = f"{invoke.export} returns {', '.join(types)}: {error}"
        else:
            if all(map(equal, wanted, response.returns)):
                return None
    return _finding(
        check,
        "check-returns",
        problem,
        "invoke.returns",
    )
