"""Is a patch of edits a unified diff that says what they say, of those that go together?"""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from wasip1_build.advise.patch import NO_EDITS, Edit, Mendable, mendable, patch_of, unified
from wasip1_build.files import sha256_of_bytes
from wasip1_build.findings import Failure, Finding, Location, Severity
from wasip1_build.steps.results import Record

SOURCE = b"one\ntwo\nthree\n"


def finding(line: int) -> Finding:
    return Finding("r", Severity.WARNING, f"x{line}", location=Location("a.go", line, 1))


def patched(tmp_path: Path, *found: Mendable, source: bytes = SOURCE) -> tuple[bytes, list[str]]:
    """What `git apply` makes of the patch, and why some are left."""
    (tmp_path / "a.go").write_bytes(source)
    made = patch_of(tmp_path, found, {"a.go": sha256_of_bytes(source)})
    if made.data:
        words = ["git", "apply", "--whitespace=nowarn", "-"]
        subprocess.run(words, input=made.data, cwd=tmp_path, check=True)
    return (tmp_path / "a.go").read_bytes(), [why for _, why in made.left]


def mends(line: int, *edits: Edit) -> Mendable:
    return Mendable(finding(line), edits)


def test_an_edit_that_is_said_twice_is_one(tmp_path: Path) -> None:
    shared, own = Edit("a.go", 0, 0, "zero\n"), Edit("a.go", 4, 7, "2")
    text, left = patched(tmp_path, mends(1, shared), mends(2, shared, own))
    assert (text, left) == (b"zero\none\n2\nthree\n", [])


@pytest.mark.parametrize(
    ("first", "second"),
    [((0, 5), (4, 7)), ((0, 7), (4, 4)), ((4, 4), (0, 7)), ((4, 4), (4, 4)), ((0, 7), (2, 3))],
)
def test_of_edits_that_overlap_the_later_finding_is_left_out_whole(
    tmp_path: Path, first: tuple[int, int], second: tuple[int, int]
) -> None:
    late = mends(2, Edit("a.go", 8, 13, "3"), Edit("a.go", *second, "y"))
    text, left = patched(tmp_path, mends(1, Edit("a.go", *first, "x")), late)
    assert b"x" in text
    assert b"three" in text
    assert left == [
        "what mends it overlaps with what mends a.go:1:1: apply this patch, and ask again"
    ]


@pytest.mark.parametrize(
    ("first", "second"), [((0, 4), (4, 7)), ((4, 4), (4, 8)), ((0, 4), (4, 4))]
)
def test_edits_that_only_touch_go_together(
    tmp_path: Path, first: tuple[int, int], second: tuple[int, int]
) -> None:
    found = [mends(1, Edit("a.go", *first, "x")), mends(2, Edit("a.go", *second, "y"))]
    text, left = patched(tmp_path, *found)
    assert (b"xy" in text, left) == (True, [])


def test_a_source_that_changed_since_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.go").write_bytes(SOURCE)
    edits = mends(1, Edit("a.go", 0, 1, "x"))
    with pytest.raises(Failure, match="is another than the one in which was found"):
        patch_of(tmp_path, [edits], {"a.go": sha256_of_bytes(b"before")})
    with pytest.raises(Failure, match="is another"):  # it was to be made
        patch_of(tmp_path, [edits], {})


@pytest.mark.parametrize("name", ["../a.go", "/a.go", 'a"b.go', "a\nb.go"])
def test_files_that_no_patch_should_name_are_left(tmp_path: Path, name: str) -> None:
    made = patch_of(tmp_path, [mends(1, Edit(name, 0, 0, "x\n"))], {})
    assert (made.data, len(made.left)) == (b"", 1)


def test_a_rule_that_makes_no_edits_is_said(tmp_path: Path) -> None:
    assert mendable(Record({"edits": None, "unmade": ""}, "x"), finding(1)).why == NO_EDITS
    assert mendable(Record({"edits": [], "unmade": "so"}, "x"), finding(1)).why == "so"
    with pytest.raises(Failure, match="malformed"):
        mendable(Record({"edits": [{"file": "a"}], "unmade": ""}, "x"), finding(1))
    assert patched(tmp_path) == (SOURCE, [])


def test_any_change_of_any_text_is_what_git_and_patch_make_of_it(tmp_path: Path) -> None:
    dice = random.Random(8)
    ends = (b"\n", b"\r\n", b"")
    for number in range(20):
        one, other = (
            b"".join(
                b"%d%s" % (dice.randrange(4), dice.choice(ends)) for _ in range(dice.randrange(30))
            )
            for _ in range(2)
        )
        if one == other or not other:
            continue
        name = f"a {number}.go"
        data = unified(name, one or None, other)
        for words in (["git", "apply", "--whitespace=nowarn"], ["patch", "-s", "-p1", "-i"]):
            place = tmp_path / name
            place.unlink(missing_ok=True)
            if one:
                place.write_bytes(one)
            (tmp_path / "p").write_bytes(data)
            subprocess.run([*words, "p"], cwd=tmp_path, check=True)
            assert place.read_bytes() == other, words
