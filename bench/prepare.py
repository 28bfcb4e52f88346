"""Brings a synthetic monorepo to where a benchmark can start: generated, built, up to date."""

from __future__ import annotations

from bench.cost import Command
from bench.monorepo import Monorepo
from bench.places import MOST_REAL, Places
from bench.programs import SCONS

DONE = ".prepared"  # beside the tree's own files: how it was made


def prepared(
    places: Places, artifacts: int, *, real: bool = False, go_work: bool = False
) -> Monorepo:
    """The tree of so many artifacts, under a go.work if asked for, built and up to date.

    Raises ValueError where so many are too many for real tools, and RuntimeError where it does not
    build.
    """
    if real and artifacts > MOST_REAL:
        raise ValueError(f"real tools build {MOST_REAL} artifacts at most, not {artifacts}")
    monorepo = places.monorepo(artifacts, real=real, go_work=go_work)
    mark = monorepo.root / DONE
    if not real:
        places.install_stand_ins()
    if not (mark.is_file() and mark.read_text() == repr(monorepo.settings)):
        monorepo.write()
        build(places, monorepo)
        mark.write_text(repr(monorepo.settings))
    build(places, monorepo)
    return monorepo


def build(places: Places, monorepo: Monorepo) -> None:
    """A bare scons. Raises RuntimeError where it fails."""
    Command((*SCONS, "-Q"), monorepo.root, places.environment()).run()
