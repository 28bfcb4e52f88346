"""Compilation and instantiation: what a module costs before its first instruction runs."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import wasmtime

from bench.claims.claim import Found, LeftOut, Taken, row
from bench.claims.guests import Host, Run, timed
from bench.claims.inputs import json_lines
from bench.claims.turns import against, in_turns, program_run
from bench.claims.workshop import Workshop
from bench.programs import missing, program

COMPILING_TURNS = 7  # each compiles anew; six give an interval
REQUEST_TURNS = 101
SLOTS = 4  # of a pool, of which one is used at a time
SERVER_ERRORS = ("--where", "status>=500")
# Arguments and the number of lines on stdin, by what is said of them.
STARTED = {"hello": ("hello", (), 0), "jsonl, 8 lines": ("jsonl", SERVER_ERRORS, 8)}
LONG = {"jsonl, 40,000 lines": ("jsonl", SERVER_ERRORS, 40_000)}


def by_program(shop: Workshop) -> Found:
    """The wasmtime program on a module, with its cache off and on, and on machine code."""
    for what, (name, words, count) in STARTED.items():
        stdin = json_lines(count)
        expected = shop.printed((shop.native(name), *words), stdin)
        start = (shop.wasmtime, "run")
        module = (str(shop.module(name)), *words)
        code = ("--allow-precompiled", *_settings(), str(shop.machine_code(name)), *words)
        ways = {
            "cache off": (*start, "-C", "cache=n", *module),
            "as it is": (*start, *module),
            ".cwasm": (*start, *code),
        }
        runs = {way: program_run(shop.command(argv, stdin, expected)) for way, argv in ways.items()}
        taken = in_turns(runs, shop.turns(COMPILING_TURNS))
        off, usual, ahead = (taken[way] for way in ways)
        yield "aot", row(what, ("cache off", off), (".cwasm", ahead))
        yield "cache", row(what, ("cache off", off), ("run again", usual))
        compared = row(
            f"{what}, run again to .cwasm", ("run again", usual), (".cwasm", ahead), decides=False
        )
        yield "aot", compared
    yield from _wazero(shop)


def _settings() -> tuple[str, ...]:
    """The program refuses machine code that was made under other settings than its own."""
    return ("-W", "gc-support=n,threads=n")


def _wazero(shop: Workshop) -> Found:
    wazero = program("wazero")
    if wazero is None:
        yield "aot", LeftOut("hello in wazero", missing("wazero"))
        return
    cache = shop.scratch("wazero")
    shutil.rmtree(cache)
    module, expected = str(shop.module("hello")), shop.printed((shop.native("hello"),))
    ways = {
        "no cache": (wazero, "run", module),
        "-cachedir": (wazero, "run", f"-cachedir={cache}", module),
    }
    runs = {way: program_run(shop.command(argv, b"", expected)) for way, argv in ways.items()}
    taken = in_turns(runs, shop.turns(COMPILING_TURNS))
    yield (
        "aot",
        row("hello in wazero", ("no cache", taken["no cache"]), ("-cachedir", taken["-cachedir"])),
    )


def compile_once(shop: Workshop) -> Found:
    """A request that compiles the module, against one that finds it compiled."""
    host = Host(shop.scratch("guests"))
    for what, (name, words, count) in (STARTED | LONG).items():
        run = given(shop, name, words, count)
        module, compiled = shop.module(name), host.loaded(shop.machine_code(name))
        ways = {
            "recompiled": partial(_recompiled, host, module, run),
            "compiled once": partial(host.request, compiled, run),
        }
        taken = in_turns(ways, shop.turns(COMPILING_TURNS))
        yield (
            "compile-once",
            row(
                what,
                ("recompiled", taken["recompiled"]),
                ("compiled once", taken["compiled once"]),
            ),
        )


def _recompiled(host: Host, module: Path, run: Run) -> Taken:
    made: list[wasmtime.Module] = []
    compiling = timed(lambda: made.append(host.compiled(module)))
    served = host.request(made[0], run)
    return {name: compiling.get(name, 0) + value for name, value in served.items()}


def ready_instances(shop: Workshop) -> Found:
    """A request that makes its instance, against one that finds it made, or memory for it."""
    host = Host(shop.scratch("guests"))
    pool = Host(shop.scratch("guests"), slots=SLOTS)
    for what, (name, words, count) in STARTED.items():
        run = given(shop, name, words, count)
        compiled = host.loaded(shop.machine_code(name))
        pooled = pool.loaded(shop.machine_code(name))
        ways = {
            "instance made": partial(host.request, compiled, run),
            "instance ready": partial(host.start_only, compiled, run),
            "memory ready": partial(pool.request, pooled, run),
        }
        taken = in_turns(ways, shop.turns(REQUEST_TURNS))
        for each in against(what, "instance made", taken):
            yield "ready-instances", each
    yield from _kept_instance(shop, host)


def _kept_instance(shop: Workshop, host: Host) -> Found:
    """A reactor keeps what Go set up, so that a call of a kept instance does not pay it again."""
    compiled = host.loaded(shop.machine_code("template"))
    run = Run(("template",))

    def initialized() -> tuple[wasmtime.Store, wasmtime.Func]:
        ready = host.ready(compiled, run)
        ready.exports["_initialize"](ready.store)
        return ready.store, ready.exports["version"]

    store, version = initialized()
    ways = {
        "instance made": lambda: _answers(*initialized()),
        "instance kept": lambda: _answers(store, version),
    }
    timers = {name: partial(timed, way) for name, way in ways.items()}
    taken = in_turns(timers, shop.turns(REQUEST_TURNS))
    made, kept = taken.values()
    what = "template, one call of an export"
    yield "ready-instances", row(what, ("instance made", made), ("instance kept", kept))


def _answers(store: wasmtime.Store, version: wasmtime.Func) -> None:
    answer = version(store)
    if answer != 1:
        raise RuntimeError(f"template: version returns {answer!r}, not 1")


def given(shop: Workshop, name: str, words: tuple[str, ...], lines: int) -> Run:
    """A run of an example on so many lines, that must print what the native program prints."""
    stdin = json_lines(lines)
    place = shop.scratch("inputs") / f"{name}-{lines}"
    place.write_bytes(stdin)
    expected = shop.printed((shop.native(name), *words), stdin) if lines or not words else b""
    return Run((name, *words), expected, stdin=place)
