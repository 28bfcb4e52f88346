"""Instantiation under grants: is a tight set of directories faster than a wide one?"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from bench.claims.claim import Found, row
from bench.claims.guests import Host, Run
from bench.claims.turns import in_turns, program_run
from bench.claims.workshop import AOT_FLAGS, Workshop

MANY = 100
OPENED = 1000
CONTENT = b"0123456789"
REQUEST_TURNS, PROGRAM_TURNS, OPEN_TURNS = 101, 31, 15


def preopens(shop: Workshop) -> Found:
    """Starts, and opening a file, with one directory, with a hundred, and with all of /."""
    with tempfile.TemporaryDirectory(prefix="claims-") as directory:
        places = _directories(Path(directory))
        yield from _requests(shop, places)
        yield from _programs(shop, places[0])
        yield from _opening(shop, places)


def _directories(root: Path) -> list[Path]:
    places = [root / "granted" / f"{number:03}" for number in range(MANY)]
    for place in places:
        place.mkdir(parents=True)
        (place / "in.txt").write_bytes(CONTENT)
    return places


def _granted(places: list[Path]) -> tuple[tuple[Path, str], ...]:
    """What the guest sees: /000, /001, ..."""
    return tuple((place, f"/{place.name}") for place in places)


def _requests(shop: Workshop, places: list[Path]) -> Found:
    """A whole request in a host that has the module compiled."""
    host = Host(shop.scratch("guests"))
    compiled = host.loaded(shop.machine_code("hello"))
    grants = {
        f"{MANY} directories": _granted(places),
        "/": ((Path("/"), "/"),),
        "1 directory": _granted(places[:1]),
        "none": (),
    }
    ways = {
        name: partial(host.request, compiled, Run(("hello",), b"hello\n", preopens=each))
        for name, each in grants.items()
    }
    taken = in_turns(ways, shop.turns(REQUEST_TURNS))
    for wide in (f"{MANY} directories", "/"):
        what = f"hello, {wide} to 1"
        yield "preopens", row(what, (wide, taken[wide]), ("1 directory", taken["1 directory"]))
    ends = ("1 directory", taken["1 directory"]), ("none", taken["none"])
    yield "preopens", row("hello, 1 directory to none", *ends, decides=False)


def _programs(shop: Workshop, place: Path) -> Found:
    """A run of the wasmtime program on machine code, as its command line is written."""
    code = str(shop.machine_code("hello"))
    start = (shop.wasmtime, "run", "--allow-precompiled", *AOT_FLAGS)
    ways = {
        "--dir=/": program_run(shop.command((*start, "--dir=/", code), b"", b"hello\n")),
        "--dir=DATA": program_run(
            shop.command((*start, f"--dir={place}::/data", code), b"", b"hello\n")
        ),
    }
    taken = in_turns(ways, shop.turns(PROGRAM_TURNS))
    wide, tight = taken.items()
    yield "preopens", row("hello by the wasmtime program, / to 1", wide, tight)


def _opening(shop: Workshop, places: list[Path]) -> Found:
    """A program that opens one file again and again: its name is looked up in what is granted."""
    host = Host(shop.scratch("guests"))
    compiled = host.loaded(shop.machine_code("opens"))
    file, last = places[0] / "in.txt", places[-1]
    named = {
        f"{MANY} directories": (f"/{last.name}/in.txt", _granted(places)),
        "/": (str(file), ((Path("/"), "/"),)),
        "1 directory": (f"/{places[0].name}/in.txt", _granted(places[:1])),
    }
    expected = f"{len(CONTENT) * OPENED}\n".encode()
    ways = {
        name: partial(
            host.request,
            compiled,
            Run(("opens", path, str(OPENED)), expected, preopens=grants),
        )
        for name, (path, grants) in named.items()
    }
    taken = in_turns(ways, shop.turns(OPEN_TURNS))
    for wide in (f"{MANY} directories", "/"):
        what = f"a file opened {OPENED:,} times, {wide} to 1"
        yield "preopens", row(what, (wide, taken[wide]), ("1 directory", taken["1 directory"]))
