"""What mends findings, as one patch: a unified diff of the sources, which itself changes none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from wasip1_build.dataclass import dataclass
from wasip1_build.files import sha256_of_bytes
from wasip1_build.findings import Failure, Finding, failure
from wasip1_build.steps.results import Record
from wasip1_build.steps.step import Context

NO_EDITS = "its rule says in words what to do"
OVERLAPS = "what mends it overlaps with what mends {}: apply this patch, and ask again"
_CONTEXT = 3  # lines, as diff -u has it
# What a file's name may not have: patch and git read such names in different ways.
_ODD = re.compile(r"[\x00-\x1f\x7f\"\\]")


@dataclass(frozen=True)
class Edit:
    """A text in the place of some bytes of a file; of a file that is not there, all of it."""

    file: str  # from the workspace's top
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Mendable:
    """A finding with the edits that mend it, or why there are none."""

    finding: Finding
    edits: tuple[Edit, ...]
    why: str = ""


@dataclass(frozen=True)
class Patch:
    """A patch (empty: there is nothing to mend), with what it mends, and what not and why."""

    data: bytes
    files: tuple[str, ...]
    mended: tuple[Finding, ...]
    left: tuple[tuple[Finding, str], ...]


@dataclass(frozen=True)
class Written:
    """A patch that was written to a file (named from the workspace's top), if there is one."""

    path: str
    patch: Patch


def patch_file(context: Context) -> str:
    """The file of the patch, from the workspace's top."""
    return f"{context.build_dir}/advise.patch"


def mendable(found: Record, finding: Finding) -> Mendable:
    """A finding with its edits, as the advisor's record of it has them. Raises Failure."""
    edits = [] if found.members.get("edits") is None else found.records("edits")
    read = tuple(
        Edit(each.text("file"), each.count("from"), each.count("to"), each.text("text"))
        for each in edits
    )
    return Mendable(finding, read, "" if read else found.text("unmade") or NO_EDITS)


def patch_of(root: Path, found: Iterable[Mendable], digests: Mapping[str, str]) -> Patch:
    """One patch of all edits that go together, in this order; each edit once.

    `digests` are of the sources that edits are of. Raises Failure where one is another by now.
    """
    taken: dict[str, dict[Edit, Finding]] = {}
    mended: list[Finding] = []
    left: list[tuple[Finding, str]] = []
    for each in found:
        why = each.why or _unfit(each.edits, taken)
        if why:
            left.append((each.finding, why))
            continue
        mended.append(each.finding)
        for edit in each.edits:
            taken.setdefault(edit.file, {}).setdefault(edit, each.finding)
    data = b"".join(_file_patch(root, file, taken[file], digests) for file in sorted(taken))
    return Patch(data, tuple(sorted(taken)), tuple(mended), tuple(left))


def _unfit(edits: Iterable[Edit], taken: Mapping[str, Mapping[Edit, Finding]]) -> str:
    for edit in edits:
        if edit.file.startswith(("../", "/")):
            return f"{edit.file} is outside of the workspace"
        if _ODD.search(edit.file):
            return "its file has a name that not every program reads from a patch"
        others = taken.get(edit.file, {})
        for other, finding in others.items():
            if edit != other and edit not in others and _overlap(edit, other):
                return OVERLAPS.format(finding.location)
    return ""


def _overlap(one: Edit, other: Edit) -> bool:
    """Whether two edits have bytes in common, or the same place without an order."""
    if one.start == one.end or other.start == other.end:
        first, second = sorted((one, other), key=lambda each: each.end - each.start)
        if second.start == second.end:
            return first.start == second.start
        return second.start < first.start < second.end
    return one.start < other.end and other.start < one.end


def _file_patch(root: Path, file: str, edits: Iterable[Edit], digests: Mapping[str, str]) -> bytes:
    place = root / file
    try:
        before = place.read_bytes()
    except FileNotFoundError:
        before = None
    except OSError as error:
        raise failure("advise-fix", f"{file} cannot be read: {error.strerror or error}") from None
    if digests.get(file) != (before if before is None else sha256_of_bytes(before)):
        raise _changed(file)
    after = _edited(before or b"", sorted(edits, key=lambda each: (each.start, each.end)))
    return unified(file, before, after)


def _changed(file: str) -> Failure:
    return failure(
        "advise-fix",
        f"{file} is another than the one in which was found what is to be mended",
        why="edits are of bytes",
        fix="run it again, while nothing else writes the sources",
    )


def _edited(text: bytes, edits: Iterable[Edit]) -> bytes:
    parts, at = [], 0
    for edit in edits:
        parts += [text[at : edit.start], edit.text.encode()]
        at = edit.end
    return b"".join([*parts, text[at:]])


def unified(file: str, before: bytes | None, after: bytes) -> bytes:
    """A unified diff of one file, from its directory's top; `before` is None of a new one.

    Its header is the one of diff -u: git takes the names of its own form from the top of the
    repository, wherever it is called.
    """
    if before == after:
        return b""
    one, other = _lines(before or b""), _lines(after)
    tab = "\t" if " " in file else ""  # ends a name with spaces, as GNU patch and git have it
    old = "/dev/null" if before is None else f"a/{file}{tab}"
    text = f"--- {old}\n+++ b/{file}{tab}\n".encode()
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    hunks = (_hunk(one, other, group) for group in matcher.get_grouped_opcodes(_CONTEXT))
    return text + b"".join(hunks)


def _hunk(
    one: Sequence[bytes], other: Sequence[bytes], group: Sequence[tuple[str, int, int, int, int]]
) -> bytes:
    first, last = group[0], group[-1]
    head = f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@\n"
    lines = [head.encode()]
    for kind, start, end, other_start, other_end in group:
        if kind == "equal":
            lines += _marked(b" ", one[start:end])
        else:
            lines += _marked(b"-", one[start:end])
            lines += _marked(b"+", other[other_start:other_end])
    return b"".join(lines)


def _marked(mark: bytes, lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield mark + line
        if not line.endswith(b"\n"):
            yield b"\n\\ No newline at end of file\n"


def _range(start: int, end: int) -> str:
    """Lines as diff -u counts them: from 1, but what is empty is behind the line before it."""
    count = end - start
    return f"{start + 1 if count else start}" + ("" if count == 1 else f",{count}")


def _lines(text: bytes) -> list[bytes]:
    """The lines with their ends; only LF ends one."""
    return [line for line in re.split(rb"(?<=\n)", text) if line]
