"""What each row of the table of heavy-import says that it saves, it saves in a pair of programs."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import brotli
import pytest

from heavy_pairs import PAIRS, SIDES, Pair, pairs, release
from wasip1_build.steps.compress import BROTLI_WINDOW_BITS

# Four that need little of the standard library; all of it takes minutes, most of it in brotli.
CHEAP = ("fmt", "image/gif", "os/user", "time/tzdata")
ROWS = [
    pytest.param(pair, id=pair.package, marks=() if pair.package in CHEAP else pytest.mark.dear)
    for pair in pairs()
]
WORTH_BYTES, WORTH_PERCENT = 50_000, 5  # a row saves one of these, or it is not worth its words
DOCUMENT = Path(__file__).parents[3] / "docs/explanation.md"


# A module of another path differs by some hundred bytes, and packed by brotli by up to 3 kB.
SLACK_BYTES, BR_SLACK_BYTES = 1_000, 6_000


def near(found: int, told: int, pinned: bool, slack_bytes: int = SLACK_BYTES) -> bool:
    """Whether a figure is as the table has it: with another Go, whether it is about so."""
    part = 0.02 if pinned else 0.5
    return abs(found - told) <= part * told + slack_bytes


@pytest.mark.parametrize("pair", ROWS)
def test_a_row_saves_what_it_says(
    pair: Pair, pinned_go: Path, shared_cache: Path, wasmtime_cli: Path
) -> None:
    modules = [release(pinned_go, shared_cache, pair.directory / side) for side in SIDES]
    before, after = (module.stat().st_size for module in modules)
    print(f"{pair.package}: {before - after:,} of {before:,} B")
    pinned = (pinned_go.parent.parent / "VERSION").read_text().startswith(f"go{pair.saved['go']}\n")
    assert near(before, pair.saved["module_bytes"], pinned)
    assert near(before - after, pair.saved["saved_bytes"], pinned)
    ran = [_run(wasmtime_cli, module) for module in modules]
    assert ran[0] == ran[1]
    assert ran[0][1] + ran[0][2] != b""


def _run(wasmtime: Path, module: Path) -> tuple[int, bytes, bytes]:
    flags = ("-C", "cache=n", "-O", "opt-level=0", "--env", "USER=ada", "--env", "HOME=/")
    argv = [str(wasmtime), "run", *flags, str(module)]
    done = subprocess.run(argv, capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.dear
@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: pair.package)
def test_a_row_saves_what_it_says_of_what_is_delivered(
    pair: Pair, pinned_go: Path, shared_cache: Path
) -> None:
    before, after = (
        len(brotli.compress(module.read_bytes(), quality=11, lgwin=BROTLI_WINDOW_BITS))
        for module in (release(pinned_go, shared_cache, pair.directory / side) for side in SIDES)
    )
    print(f"{pair.package}: {before - after:,} of {before:,} B of .br")
    pinned = (pinned_go.parent.parent / "VERSION").read_text().startswith(f"go{pair.saved['go']}\n")
    assert near(before, pair.saved["module_br_bytes"], pinned, BR_SLACK_BYTES)
    assert near(before - after, pair.saved["saved_br_bytes"], pinned, BR_SLACK_BYTES)


def test_a_figure_that_is_not_so_is_seen() -> None:
    assert near(400_000, 400_000, pinned=True)
    assert not near(380_000, 400_000, pinned=True)
    assert not near(380_000, 400_000, True, BR_SLACK_BYTES)
    assert near(300_000, 400_000, pinned=False)
    assert not near(100_000, 400_000, pinned=False)


def test_every_row_has_its_pair_and_is_worth_it() -> None:
    assert len(pairs()) >= 12
    assert {pair.directory for pair in pairs()} == set(PAIRS.iterdir())
    assert set(CHEAP) <= {pair.package for pair in pairs()}
    for pair in pairs():
        saved, module = pair.saved["saved_bytes"], pair.saved["module_bytes"]
        assert saved >= WORTH_BYTES or 100 * saved >= WORTH_PERCENT * module


def test_the_document_has_the_table() -> None:
    told = {
        match[1]: tuple(int(number.replace(",", "")) for number in match.groups()[1:])
        for match in re.finditer(
            r"^\| `([a-z/]+)` \|.*\| ([\d,]+) of ([\d,]+) B \| ([\d,]+) of ([\d,]+) B \|$",
            DOCUMENT.read_text(),
            re.MULTILINE,
        )
    }
    names = ("saved_bytes", "module_bytes", "saved_br_bytes", "module_br_bytes")
    assert told == {pair.package: tuple(pair.saved[name] for name in names) for pair in pairs()}
