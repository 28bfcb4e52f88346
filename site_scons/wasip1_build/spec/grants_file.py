"""Are an artifact's capabilities those that were accepted last? wasip1.grants, written and read."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Finding, Location, Severity
from wasip1_build.spec.capabilities import NONE
from wasip1_build.spec.model import Capability, grants_file
from wasip1_build.spec.suggest import did_you_mean

NEW, GONE, CHANGED = "capability-new", "capability-gone", "capability-changed"
FILE = "grants-file"
SHOWN_LINE_CHARS = 80

_HEADER = """\
# What the artifacts of {spec} may do, a capability a line, as it was accepted last. Review what
# changes here, and do not edit it: `scons grants` writes it, `scons` shows what differs.
"""
_STRING = r'"(?:[^"\\]|\\.)*"'
_WORD = rf"(?:[A-Za-z0-9_]+|{_STRING})"
_PATTERN = r"[a-z0-9_]+\*?"
_TYPE = r"\([^()]*\)(?: -> [a-z0-9, ]+)?"
# What stands in a line after each kind: what tells it from others of its kind, and the rest.
_FORMS: Mapping[str, tuple[str, str]] = {
    "grants.args": ("", rf"\[{_STRING}(?:, {_STRING})*\]"),
    "grants.dirs": (_STRING, rf"(?:ro|rw) host={_STRING}(?: outside)?(?: reason={_STRING})?"),
    "grants.env": (_WORD, _STRING),
    "grants.env-inherit": (_WORD, ""),
    "grants.stdin": ("", ""),
    "imports.allow": (_PATTERN, ""),
    "imports.deny": (_PATTERN, ""),
    "imports.embedder": (_STRING, ""),
    "imports.host": (_STRING, _TYPE),
    "trusted": ("", ""),
    NONE: ("", ""),
}
_PROFILES = rf"profiles=\[{_STRING}(?:, {_STRING})*\]"
_CONFLICT = re.compile(r"<{7}|={7}|>{7}|\|{7}")  # git's, at the begin of a line


def grants_text(spec: str, capabilities: Iterable[Capability]) -> bytes:
    """The content of the file beside `spec`: the lines in order, so that two branches that each
    add one can be merged."""
    lines = [f"{line}\n" for line in sorted({each.line for each in capabilities})]
    return (_HEADER.format(spec=posixpath.basename(spec)) + "".join(lines)).encode()


@dataclass(frozen=True)
class Review:
    """The comparison of the file beside `spec`. What differs is of this severity, and `command`
    accepts it."""

    spec: str
    severity: Severity = Severity.WARNING
    command: str = "scons grants"

    @property
    def file(self) -> str:
        """The file that is compared."""
        return grants_file(self.spec)

    def findings(self, data: bytes, now: Sequence[Capability]) -> tuple[Finding, ...]:
        """How the capabilities differ from those in the file; or why that cannot be said."""
        accepted, damage = self.read(data)
        return (damage,) if damage else tuple(self._differences(accepted, now))

    def missing(self) -> Finding:
        """That there is no file."""
        return Finding(
            FILE,
            self.severity,
            f"there is no {self.file}",
            "it holds the capabilities that were accepted, and LOCKED=1 asks for it",
            f"{self.command} writes it; review it, and commit it",
            Location(self.spec),
        )

    def unreadable(self, reason: str) -> Finding:
        """That the file cannot be read."""
        return self._damage(None, "cannot be read", reason)

    def read(self, data: bytes) -> tuple[list[Capability], Finding | None]:
        """The capabilities in a file, each with its place; and what is wrong with it."""
        try:
            lines = data.decode().split("\n")
        except UnicodeDecodeError as error:
            number = data.count(b"\n", 0, error.start) + 1
            return [], self._damage(number, "is not UTF-8")
        found: dict[tuple[str, str, str], Capability] = {}
        for number, line in enumerate(lines, 1):
            text = line.rstrip()
            if not text or text.startswith("#"):
                continue
            if _CONFLICT.match(text):
                return [], self._damage(number, "has the marks of a merge that was not finished")
            capability = _parsed(text, Location(self.file, number))
            if capability is None:
                return [], self._damage(number, f"says {_short(text)}", _why(text))
            key = (capability.artifact, capability.kind, capability.what)
            if key in found:
                return [], self._damage(number, f"says {_short(text)}, and says it above as well")
            found[key] = capability
        return list(found.values()), None

    def _damage(self, line: int | None, what: str, why: str = "") -> Finding:
        return Finding(
            FILE,
            self.severity,
            f"{self.file} {what}",
            why or "it cannot be compared with what is granted today",
            f"{self.command} writes it anew; then look at what git says has changed",
            Location(self.file, line),
        )

    def _differences(
        self, accepted: Sequence[Capability], now: Sequence[Capability]
    ) -> Iterator[Finding]:
        before, after = _by_artifact(accepted), _by_artifact(now)
        for artifact in sorted({*before, *after}):
            if artifact not in before:
                yield self._of_artifact(artifact, after[artifact].values(), NEW)
            elif artifact not in after:
                yield self._of_artifact(artifact, before[artifact].values(), GONE)
            else:
                yield from self._within(before[artifact], after[artifact])

    def _of_artifact(self, name: str, lines: Iterable[Capability], rule: str) -> Finding:
        """All lines of an artifact that is in one of the two alone."""
        every = list(lines)
        sign = "+" if rule == NEW else "-"
        what = (
            f"the artifact {name} is not in {self.file}"
            if rule == NEW
            else f"{self.file} has the artifact {name}, which is not declared any more"
        )
        return Finding(
            rule,
            self.severity,
            what,
            "its capabilities were never accepted" if rule == NEW else "",
            self._fix("remove it" if rule == NEW else "declare it again"),
            every[0].location,
            details="\n".join(f"{sign} {each.line}" for each in every),
        )

    def _within(self, before: _Lines, after: _Lines) -> Iterator[Finding]:
        for key in sorted({*before, *after}):
            old, new = before.get(key), after.get(key)
            if old and new and old != new:
                yield self._changed(old, new)
            elif new and not old and new.kind != NONE:
                yield self._new(new)
            elif old and not new and old.kind != NONE:
                yield self._gone(old)

    def _new(self, new: Capability) -> Finding:
        return Finding(
            NEW,
            self.severity,
            f"{new.artifact}: {new.text} is not in {self.file}",
            "it was never accepted"
            if new.kind != "imports.deny"
            else "fewer functions may be imported than when it was accepted",
            self._fix(f"take it out of {self.spec}"),
            new.location,
        )

    def _gone(self, old: Capability) -> Finding:
        return Finding(
            GONE,
            self.severity,
            f"{old.artifact}: {old.text} was accepted, and is in {self.spec} no more",
            "more functions may be imported than were accepted"
            if old.kind == "imports.deny"
            else "whoever reads the file takes it for granted still",
            self._fix(f"write it into {self.spec} again"),
            old.location,
        )

    def _changed(self, old: Capability, new: Capability) -> Finding:
        return Finding(
            CHANGED,
            self.severity,
            f"{old.artifact}: {old.kind} {old.what}".rstrip() + " is not as it was accepted",
            f"now it is as {new.location} says" if new.location else "",
            self._fix("change it back"),
            old.location,
            details=f"- {old.line}\n+ {new.line}",
        )

    def _fix(self, otherwise: str) -> str:
        return f"if that is meant: {self.command}, and commit {self.file}; else {otherwise}"


_Lines = dict[tuple[str, str], Capability]  # by kind and what


def _by_artifact(capabilities: Iterable[Capability]) -> dict[str, _Lines]:
    found: dict[str, _Lines] = {}
    for each in capabilities:
        found.setdefault(each.artifact, {})[each.kind, each.what] = each
    return found


def _parsed(line: str, location: Location) -> Capability | None:
    artifact, _, rest = line.partition(" ")
    kind, _, said = rest.partition(" ")
    if kind not in _FORMS or not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", artifact):
        return None
    what, how = _FORMS[kind]
    words = [f"(?P<what>{what})"] if what else []
    words += [f"(?P<how>{how})"] if how else []
    match = re.fullmatch(" ".join(words) + rf"(?P<only> ?{_PROFILES})?", said)
    if match is None:
        return None
    named = match.groupdict("")
    rest = named.get("how", "") + named["only"]
    return Capability(artifact, kind, named.get("what", ""), rest.lstrip(), location)


def _why(line: str) -> str:
    """What of a line is no capability."""
    kind = line.partition(" ")[2].partition(" ")[0]
    if kind not in _FORMS:
        known = did_you_mean(kind, _FORMS) if kind else ""
        return f"a line is an artifact, a kind and what it grants{'; ' * bool(known)}{known}"
    return f"this is not how a line of the kind {kind} is written"


def _short(line: str) -> str:
    text = line if len(line) <= SHOWN_LINE_CHARS else f"{line[:SHOWN_LINE_CHARS]}..."
    return f"`{text}`"
