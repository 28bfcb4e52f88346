"""What runs without a grant come to, and what a run without it is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from wasip1_build.runtime.cuts import STAND_IN, Cut, check_after, grants_after, layout_after
from wasip1_build.runtime.grant_units import Unit
from wasip1_build.runtime.granted import Layout, Place
from wasip1_build.runtime.leave_out import How, Result, Trial, judged
from wasip1_build.spec.model import Check, DirGrant, Grants

DIR = Unit("grants.dirs.0", "/a (ro)", Cut(dirs=frozenset({0})), (Check("c"), Check("d")))
MODE = Unit("grants.dirs.0.mode", "writing to /a", Cut(read_only=frozenset({0})), (Check("c"),))


def trial(check: str, result: Result, *differs: str, how: How = "left out") -> Trial:
    return Trial(DIR.keys, how, check, result, differs)


SAME = (trial("c", "same"), trial("d", "same"))
STOOD_IN = (trial("c", "same", how="stand-in"), trial("d", "same", how="stand-in"))


@pytest.mark.parametrize(
    ("trials", "unsteady", "verdict", "checks"),
    [
        (SAME, {}, "unused", ()),
        ((trial("c", "fails", "stdout"), SAME[1]), {}, "needed", ("c",)),
        ((trial("c", "differs", "stdout"), SAME[1]), {}, "used", ("c",)),
        ((trial("c", "differs", "stderr"), SAME[1]), {}, "used", ("c",)),
        # What differs by itself proves nothing: neither that it is needed nor that it is not.
        (SAME, {"c": ("stdout",)}, "no-verdict", ("c",)),
        ((trial("c", "fails", "stdout"), SAME[1]), {"c": ("files",)}, "no-verdict", ("c",)),
        ((SAME[0], trial("d", "fails", "stdout")), {"c": ("files",)}, "needed", ("d",)),
        # But where only stderr does, the rest can be compared.
        (SAME, {"c": ("stderr",)}, "no-verdict", ("c",)),
        ((trial("c", "differs", "stderr"), SAME[1]), {"c": ("stderr",)}, "no-verdict", ("c",)),
        ((trial("c", "fails", "stdout"), SAME[1]), {"c": ("stderr",)}, "needed", ("c",)),
        ((trial("c", "differs", "stdout"), SAME[1]), {"c": ("stderr",)}, "used", ("c",)),
        # With a stand-in in its place.
        ((*SAME, *STOOD_IN), {}, "unused", ()),
        ((*SAME, trial("c", "fails", "stdout", how="stand-in")), {}, "used", ("c",)),
    ],
)
def test_a_verdict_says_no_more_than_the_runs_do(
    trials: tuple[Trial, ...],
    unsteady: dict[str, tuple[str, ...]],
    verdict: str,
    checks: tuple[str, ...],
) -> None:
    found = judged(DIR, trials, unsteady)
    assert (found.verdict, found.checks) == (verdict, checks)


def test_a_directory_of_which_only_the_place_is_needed_is_told_from_one_that_is_used() -> None:
    fails = trial("c", "fails", "stdout")
    assert judged(DIR, (fails, *STOOD_IN), {}).reason.startswith("only its place is")
    with_it = trial("c", "fails", "stdout", how="stand-in")
    assert judged(DIR, (fails, with_it), {}).reason == ""


def test_writing_that_nothing_needs_could_be_reading() -> None:
    assert judged(MODE, (), {}).verdict == "could-be-ro"


def test_what_no_check_exercises_has_no_verdict() -> None:
    unit = Unit("grants.stdin", "stdin", Cut(stdin=True), (), "no check gives it anything to read")
    found = judged(unit, (), {})
    assert (found.verdict, found.reason) == ("no-verdict", "no check gives it anything to read")


GRANTS = Grants(
    dirs=(DirGrant("a", "/a", "rw"), DirGrant("b", "/b"), DirGrant("c", "/c", "rw")),
    env={"X": "1", "Y": "2"},
    env_inherit=("TZ", "LANG"),
    args=("one", "two", "three"),
    stdin=True,
)


def test_several_cuts_together_leave_what_none_of_them_takes() -> None:
    cut = Cut(dirs=frozenset({0})) | Cut(read_only=frozenset({2})) | Cut(args=frozenset({1}))
    cut = cut | Cut(variables=frozenset({"X", "TZ"})) | Cut(stdin=True)
    assert grants_after(GRANTS, cut) == Grants(
        dirs=(DirGrant("b", "/b"), DirGrant("c", "/c", "ro")),
        env={"Y": "2"},
        env_inherit=("LANG",),
        args=("one", "three"),
    )
    check = Check("c", env={"TZ": "UTC", "LANG": "de"}, stdin="x")
    assert check_after(check, cut) == Check("c", env={"LANG": "de"})


def test_a_stand_in_keeps_the_places_and_is_an_empty_tree_of_its_own() -> None:
    roots = (Path("/w/a"), Path("/w/b"))
    places = tuple(Place(grant, min(n, 1), "") for n, grant in enumerate(GRANTS.dirs))
    made = Layout(places, roots)
    copies = Path("/copies")
    gone = layout_after(made, Cut(dirs=frozenset({0})))
    assert [each.guest for each in gone.preopens(copies)] == ["/b", "/c"]
    assert gone.roots == roots
    kept = layout_after(made, Cut(emptied=frozenset({0})))
    assert [each.guest for each in kept.preopens(copies)] == [STAND_IN.guest, "/b", "/c"]
    stand_in = kept.preopens(copies)[0]
    assert Path(stand_in.host) == Path("/copies/2") and stand_in.read_only
    assert len(kept.roots) == 3 and kept.find("/a/x") is None
    read_only = layout_after(made, Cut(read_only=frozenset({2})))
    assert [each.read_only for each in read_only.preopens(copies)] == [False, True, True]
