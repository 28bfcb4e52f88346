"""The claims, in the order of a module's life, and which measurement finds what of which.

They are those that guides to wasip1 repeat. Where one gives no number, the bound here says from
which difference on it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bench.claims import computing, crossings, memory, preopens, sizes, starts
from bench.claims.claim import Claim, Found
from bench.claims.workshop import Workshop

MS = 1_000_000

CLAIMS = (
    Claim(
        "strip",
        "delivery",
        '`-ldflags="-s -w"` makes a module 15 to 25 % smaller.',
        "size_bytes",
        0.75,
        0.85,
    ),
    Claim(
        "traceback",
        "delivery",
        "A stripped module's tracebacks lose the names of functions.",
        "named_frames",
        at_most=0.5,
    ),
    Claim(
        "tinygo",
        "delivery",
        "TinyGo makes a module a tenth as large, or smaller.",
        "size_bytes",
        at_most=0.1,
    ),
    Claim(
        "brotli",
        "delivery",
        "Brotli makes a module smaller than gzip does, by a tenth or more.",
        "size_bytes",
        at_most=0.9,
    ),
    # https://bytecodealliance.github.io/cargo-wasi/wasm-opt.html says so of LLVM's output.
    Claim(
        "wasm-opt",
        "delivery",
        "`wasm-opt -Oz` makes a module 10 to 20 % smaller.",
        "size_bytes",
        0.8,
        0.9,
    ),
    Claim(
        "aot",
        "compilation",
        "Compiling ahead of time saves tens to hundreds of milliseconds of each start.",
        "wall_ns",
        10 * MS,
        999 * MS,
        of_saved=True,
    ),
    Claim(
        "cache",
        "compilation",
        "`wasmtime run` of a .wasm compiles it each time, so that a second run takes as long.",
        "cpu_ns",
        0.9,
        1.1,
    ),
    Claim(
        "compile-once",
        "compilation",
        "A host that compiles once serves a request in a tenth to a hundredth of the time that one "
        "takes which compiles for each.",
        "cpu_ns",
        0.01,
        0.1,
    ),
    Claim(
        "ready-instances",
        "instantiation",
        "Instances that are made before the request serve it in a tenth of the time, or less.",
        "cpu_ns",
        at_most=0.1,
    ),
    Claim(
        "preopens",
        "instantiation",
        "One granted directory is faster than a hundred, or than all of `/`.",
        "cpu_ns",
        at_most=0.98,
    ),
    Claim(
        "batching",
        "execution",
        "Many records with one host call take at most half of the time of a call each.",
        "cpu_ns",
        at_most=0.5,
    ),
    Claim(
        "buffering",
        "execution",
        "A buffer around stdout makes a program that writes many lines several times faster.",
        "cpu_ns",
        at_most=0.5,
    ),
    Claim(
        "memory-limit",
        "execution",
        "GOMEMLIMIT keeps the peak of linear memory low.",
        "peak_memory_bytes",
        at_most=0.9,
    ),
    Claim(
        "memory-ceiling",
        "execution",
        "With GOGC=off, GOMEMLIMIT is a ceiling: no program grows past it by more than 5 %.",
        "peak_memory_bytes",
        at_most=1.05,
    ),
    Claim(
        "gogc",
        "execution",
        "GOGC=400 or off makes a one-shot run faster.",
        "cpu_ns",
        at_most=0.95,
    ),
    Claim(
        "worker-pools",
        "execution",
        "On wasip1 a pool of workers is never faster than a loop.",
        "cpu_ns",
        at_least=0.97,
    ),
    Claim("one-cpu", "execution", "runtime.NumCPU() returns 1.", "cpus", 1, 1),
    Claim(
        "native",
        "execution",
        "Computing takes 1.2 to 2 times as long as natively.",
        "cpu_ns",
        1.2,
        2.0,
    ),
)

MEASUREMENTS: Mapping[str, Callable[[Workshop], Found]] = {
    "strip": sizes.stripping,
    "tinygo": sizes.tinygo,
    "compress": sizes.compressing,
    "wasm-opt": sizes.optimizing,
    "start": starts.by_program,
    "compile-once": starts.compile_once,
    "ready": starts.ready_instances,
    "preopens": preopens.preopens,
    "batch": crossings.batching,
    "buffer": crossings.buffering,
    "gc": memory.collecting,
    "ceiling": memory.ceiling,
    "workers": computing.workers,
    "cpus": computing.cpus,
    "native": computing.kernels,
}
