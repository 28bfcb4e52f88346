"""Delivery: what makes a module smaller, and what that costs."""

from __future__ import annotations

import functools
import gzip
import re
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import brotli

from bench.claims.claim import Found, LeftOut, Row, counted
from bench.claims.guests import timed
from bench.claims.inputs import json_lines
from bench.claims.turns import against, in_turns
from bench.claims.workshop import EXAMPLES, Workshop
from bench.cost import Command
from bench.programs import missing, program

LINKED = ("hello", *EXAMPLES)
STRIPPING = "-ldflags=-s -w"
BROTLI = 11
# Arguments and stdin under which a module of TinyGo must print what the native program prints.
TINY = {
    "hello": ((), b""),
    "kernels": (("json", "1"), b""),
    "jsonl": (("--where", "status>=500"), json_lines(500)),
}
# A frame of a traceback: a function's name, and on the next line its file and line.
FRAME = re.compile(rb"^main\.(\w+)\(.*\)\n\s+\S+/main\.go:\d+", re.MULTILINE)
PACK_TURNS, UNPACK_TURNS = 6, 15


def stripping(shop: Workshop) -> Found:
    """Modules with and without what -s and -w drop, and a traceback of each."""
    for name in LINKED:
        size = shop.debug(name).stat().st_size
        for flags in (STRIPPING, "-ldflags=-w"):
            title = flags.removeprefix("-ldflags=")
            small = shop.debug(name, flags).stat().st_size
            what = name if flags == STRIPPING else f"{name}, -w alone"
            sizes = ("plain", size), (title, small)
            decides = flags == STRIPPING
            yield "strip", counted(what, "size_bytes", *sizes, decides=decides)
    full, small_module = shop.tinygo("hello"), shop.tinygo("hello", "-no-debug")
    if full and small_module:
        sizes = ("plain", full.stat().st_size), ("-no-debug", small_module.stat().st_size)
        yield "strip", counted("hello by TinyGo", "size_bytes", *sizes, decides=False)
    else:
        yield "strip", LeftOut("hello by TinyGo", missing("tinygo"))
    plain, stripped = (
        len(FRAME.findall(shop.printed((shop.wasmtime, "run", str(made)), status=2)))
        for made in (shop.debug("panics"), shop.debug("panics", STRIPPING))
    )
    yield (
        "traceback",
        counted("a panic", "named_frames", ("plain", plain), ("-s -w", stripped)),
    )


def tinygo(shop: Workshop) -> Found:
    """What ships by Go and by TinyGo, raw and compressed; both print what they must."""
    for name, (words, stdin) in TINY.items():
        tiny = shop.tinygo(name, "-no-debug")
        if tiny is None:
            yield "tinygo", LeftOut(name, missing("tinygo"))
            continue
        expected = shop.printed((shop.native(name), *words), stdin)
        for module in (shop.module(name), tiny):
            shop.command((shop.wasmtime, "run", str(module), *words), stdin, expected).run()
        by_go, by_tiny = shop.module(name).read_bytes(), tiny.read_bytes()
        sizes = ("Go, stripped", len(by_go)), ("TinyGo", len(by_tiny))
        yield "tinygo", counted(name, "size_bytes", *sizes)
        sizes = ("Go, stripped", len(_packed(by_go))), ("TinyGo", len(_packed(by_tiny)))
        yield "tinygo", counted(f"{name}, brotli", "size_bytes", *sizes)


def compressing(shop: Workshop) -> Found:
    """gzip -9 and brotli 11: what is to be sent, and what packing and unpacking take."""
    for name in LINKED:
        data = shop.module(name).read_bytes()
        sizes = ("gzip -9", len(_gzip(data))), ("brotli 11", len(_packed(data)))
        yield "brotli", counted(name, "size_bytes", *sizes)
    data = shop.module("hello").read_bytes()
    packers: dict[str, Callable[[], bytes]] = {
        "gzip -9": partial(_gzip, data),
        "brotli 11": partial(_brotli, data),
        "brotli 5": partial(brotli.compress, data, quality=5, lgwin=24),
    }
    zipped, packed = _gzip(data), _packed(data)
    unpackers: dict[str, Callable[[], bytes]] = {
        "gzip -9": partial(gzip.decompress, zipped),
        "brotli 11": partial(brotli.decompress, packed),
    }
    if any(unpack() != data for unpack in unpackers.values()):
        raise RuntimeError("hello is another module when it is unpacked")
    for verb, ways, turns in (
        ("pack", packers, PACK_TURNS),
        ("unpack", unpackers, UNPACK_TURNS),
    ):
        timers = {name: partial(timed, way) for name, way in ways.items()}
        taken = in_turns(timers, shop.turns(turns))
        for each in against(f"hello, {verb}", "gzip -9", taken, decides=False):
            yield "brotli", each


def optimizing(shop: Workshop) -> Found:
    """Modules before and after wasm-opt -Oz, raw and as they are sent."""
    found = program("wasm-opt")
    if found is None:
        yield "wasm-opt", LeftOut("hello", missing("wasm-opt"))
        return
    for name, words, stdin in (("hello", (), b""), ("jsonl", *TINY["jsonl"])):
        module = shop.module(name)
        small = module.with_suffix(".opt.wasm")
        features = (
            "--enable-bulk-memory",
            "--enable-sign-ext",
            "--enable-nontrapping-float-to-int",
        )
        argv = (found, "-Oz", *features, str(module), "-o", str(small))
        Command(argv, shop.scratch("run"), shop.environment).run()
        expected = shop.printed((shop.native(name), *words), stdin)
        shop.command((shop.wasmtime, "run", str(small), *words), stdin, expected).run()
        yield "wasm-opt", _both(name, module, small, len)
        yield "wasm-opt", _both(f"{name}, brotli", module, small, lambda data: len(_packed(data)))


def _both(what: str, module: Path, small: Path, size: Callable[[bytes], int]) -> Row:
    sizes = ("stripped", size(module.read_bytes())), ("wasm-opt -Oz", size(small.read_bytes()))
    return counted(what, "size_bytes", *sizes)


def _brotli(data: bytes) -> bytes:
    return bytes(brotli.compress(data, quality=BROTLI, lgwin=24))


_packed = functools.cache(_brotli)  # quality 11 takes 2 s a MB


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, zlib.Z_BEST_COMPRESSION, mtime=0)
