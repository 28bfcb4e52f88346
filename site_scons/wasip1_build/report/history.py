"""An artifact's sizes over the commits, as lines with bars and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.measure.moved import Moved
from wasip1_build.report.console import PLAIN, Style, printable
from wasip1_build.report.lines import aligned
from wasip1_build.report.moved import moved_lines, moved_record
from wasip1_build.spec.sizes_file import Accepted
from wasip1_build.units import human_size, signed_size

SPEC_VERSION = 1
BAR_COLUMNS = 24
COMMIT_DIGITS = 10
SUBJECT_COLUMNS = 48
_RED, _GREEN, _RESET = "\x1b[31m", "\x1b[32m", "\x1b[0m"


@dataclass(frozen=True)
class Point:
    """One commit after which another size is accepted; what is on disk has no commit.

    `accepted` is None where the artifact is taken out. `is_cut` says that what was before is not
    known, for the history ends there.
    """

    commit: str
    date: str
    subject: str
    accepted: Accepted | None
    moved: Moved | None
    is_cut: bool = False

    def size_bytes(self, form: str) -> int | None:
        """The size after it."""
        return self.accepted.size_bytes.get(form) if self.accepted else None

    def delta_bytes(self, form: str) -> int | None:
        """How far it moved a form; None where it was not there before."""
        return self.moved.delta_bytes(form) if self.moved and not self.is_cut else None


def history_text(
    name: str, form: str, points: Sequence[Point], notes: Iterable[str], style: Style = PLAIN
) -> str:
    """A line for each point, the oldest first, and what the one that moved most has moved."""
    largest = max(point.size_bytes(form) or 0 for point in points)
    rows = [_row(point, form, largest, style) for point in points]
    heading = ["commit", "date", form, "delta", "", "what"]
    lines = aligned([heading, *rows], [False, False, True, True, False, False])
    shown = ["  ".join(cells).rstrip() for cells in lines]
    colored = [
        _colored(line, point.delta_bytes(form), style) for line, point in _beside(shown, points)
    ]
    text = [f"{name}: {form} as it was accepted, commit by commit", shown[0], *colored]
    if most := mover(points, form):
        commit = most.commit[:COMMIT_DIGITS] or "what is not committed"
        subject = f": {printable(most.subject, style)}" if most.commit else ""
        text.append(f"moved most by {commit}{subject}")
        if most.moved:
            text += [f"  {printable(line, style)}" for line in moved_lines(name, most.moved)]
    return "\n".join([*text, *(f"note: {note}" for note in notes)]) + "\n"


def mover(points: Iterable[Point], form: str) -> Point | None:
    """The point that moved a form the most; the first of several. None where none did."""
    moving = [point for point in points if point.delta_bytes(form)]
    return max(moving, key=lambda each: abs(each.delta_bytes(form) or 0), default=None)


def history_record(
    artifact: str, form: str, points: Sequence[Point], notes: Iterable[str]
) -> dict[str, Any]:
    """The same as JSON."""
    most = mover(points, form)
    return {
        "spec-version": SPEC_VERSION,
        "artifact": artifact,
        "form": form,
        "points": [_record(point, form) for point in points],
        "moved_most": most and most.commit,
        "notes": list(notes),
    }


def _beside(lines: Sequence[str], points: Sequence[Point]) -> Iterator[tuple[str, Point]]:
    return zip(lines[1:], points, strict=True)


def _row(point: Point, form: str, largest: int, style: Style) -> list[str]:
    size, delta = point.size_bytes(form), point.delta_bytes(form)
    return [
        point.commit[:COMMIT_DIGITS] or "(on disk)",
        point.date[:10],
        "-" if size is None else human_size(size).replace(" ", ""),
        signed_size(delta).replace(" ", "") if delta else _why_no_delta(point, size),
        _bar(size or 0, largest, style),
        _what(point, style),
    ]


def _why_no_delta(point: Point, size: int | None) -> str:
    if size is None:
        return "gone"
    if point.is_cut:
        return "?"
    return "new" if point.moved and point.moved.before is None else ""


def _what(point: Point, style: Style) -> str:
    subject = printable(point.subject, style) if point.subject else ""
    if len(subject) > SUBJECT_COLUMNS:
        subject = f"{subject[: SUBJECT_COLUMNS - 3]}..."
    compiler = point.moved.compiler if point.moved else None
    return f"{subject} [{compiler[0]}, now {compiler[1]}]" if compiler else subject


def _bar(size: int, largest: int, style: Style) -> str:
    sign = "█" if style.unicode else "#"
    return sign * max(1 if size else 0, round(BAR_COLUMNS * size / largest) if largest else 0)


def _colored(line: str, delta: int | None, style: Style) -> str:
    if not style.color or not delta:
        return line
    return f"{_RED if delta > 0 else _GREEN}{line}{_RESET}"


def _record(point: Point, form: str) -> dict[str, Any]:
    record: dict[str, Any] = {
        "commit": point.commit or None,
        "date": point.date or None,
        "subject": point.subject,
        "size_bytes": point.size_bytes(form),
        "delta_bytes": point.delta_bytes(form),
        "compiler": point.accepted.compiler if point.accepted else None,
    }
    if point.moved and point.moved.before and not point.is_cut:
        record["moved"] = moved_record(point.moved)
    return record
