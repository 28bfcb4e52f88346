"""How findings reach a pull request: annotations at their lines, and the job's summary."""

import posixpath
from collections.abc import Iterable, Mapping
from pathlib import Path

from wasip1_build.findings import Finding, Severity
from wasip1_build.texts import escaped

# https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
# The same page, "Step isolation and limits": 1 MiB a step; a longer summary is dropped whole.
SUMMARY_LIMIT_BYTES = 1 << 20
_CUT = "\n\n(cut here: the rest stands in report.md)\n"


def is_github(environment: Mapping[str, str]) -> bool:
    """Whether this process runs in a GitHub Actions job."""
    return environment.get("GITHUB_ACTIONS") == "true"


def annotations(findings: Iterable[Finding], prefix: str = "") -> str:
    """One workflow command a finding, each on its own line.

    `prefix` is the workspace's directory in the repository, as `prefix_of` gives it: annotations
    name files from the repository's top.
    """
    return "".join(f"{_annotation(finding, prefix)}\n" for finding in findings)


def prefix_of(root: Path, environment: Mapping[str, str]) -> str:
    """Where the workspace lies in the checked-out repository; "" for its top, or if outside."""
    top = environment.get("GITHUB_WORKSPACE")
    if not top or not root.resolve().is_relative_to(Path(top).resolve()):
        return ""
    relative = root.resolve().relative_to(Path(top).resolve()).as_posix()
    return "" if relative == "." else relative


def guarded(text: str, token: str) -> str:
    """The text, within which the runner obeys no command: it may quote what a module printed.

    `token` must be one that the module cannot guess (secrets.token_hex()).
    """
    return f"::stop-commands::{token}\n{text.rstrip()}\n::{token}::\n" if text.strip() else ""


def append_summary(markdown: str, environment: Mapping[str, str]) -> None:
    """Adds Markdown to the job's summary. Does nothing where there is none to add to.

    Raises OSError where the file cannot be written.
    """
    name = environment.get("GITHUB_STEP_SUMMARY")
    if not name:
        return
    path = Path(name)
    room = SUMMARY_LIMIT_BYTES - (path.stat().st_size if path.exists() else 0)
    with path.open("ab") as stream:
        stream.write(_within(markdown, room))


def _annotation(finding: Finding, prefix: str) -> str:
    properties = []
    if finding.location:
        place = finding.location
        properties.append(("file", posixpath.join(prefix, place.file)))
        properties += [("line", str(place.line))] if place.line else []
        properties += [("col", str(place.column))] if place.column else []
    properties.append(("title", finding.rule))
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties)
    named = (("why: ", finding.why), ("fix: ", finding.fix), ("", finding.details))
    lines = [finding.what, *(f"{name}{text}" for name, text in named if text)]
    message = escaped("\n".join(lines), keep="\r\n\t")
    return f"::{_COMMANDS[finding.severity]} {listed}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(escaped(text, keep="\r\n")).replace(":", "%3A").replace(",", "%2C")


def _within(text: str, limit_bytes: int) -> bytes:
    data = text.encode()
    if len(data) <= limit_bytes:
        return data
    whole_lines = data[: max(0, limit_bytes - len(_CUT))].rpartition(b"\n")[0]
    return whole_lines + _CUT.encode() if whole_lines else b""
