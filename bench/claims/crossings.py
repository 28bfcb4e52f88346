"""Execution: what it costs to leave the module, a call at a time or many things with one call."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import wasmtime

from bench.claims.claim import Found, LeftOut, Row, Taken, counted
from bench.claims.guests import Host, Run
from bench.claims.inputs import access_log
from bench.claims.turns import Way, against, in_turns, program_run
from bench.claims.workshop import AOT_FLAGS, Workshop
from bench.programs import missing, program
from wasip1_build.runtime.crossings import crossings
from wasip1_build.runtime.launch import Limits, launch
from wasip1_build.runtime.request import Request
from wasip1_build.wasm.module import read_module

RECORD_BYTES = 32  # of the program calls
RECORDS, RECORDS_IN_PYTHON = 1_000_000, 20_000  # where a call takes ns, and where it takes µs
BATCHES = (1, 10, 100)
LOG_LINES = 20_000
LINES = 50_000
BUFFERS = ("plain", "4096", "65536")
HOST_TURNS, PROGRAM_TURNS = 9, 9
# The least that a host can do with a batch: it counts calls and bytes, in WebAssembly itself.
STUB = """(module
  (global $calls (export "calls") (mut i64) (i64.const 0))
  (global $bytes (export "bytes") (mut i64) (i64.const 0))
  (func (export "emit_batch") (param i32 i32)
    (global.set $calls (i64.add (global.get $calls) (i64.const 1)))
    (global.set $bytes
      (i64.add (global.get $bytes) (i64.extend_i32_u (local.get 1))))))"""


class Taker:
    """A host in Python that takes each batch out of the guest's memory, and counts calls."""

    def __init__(self) -> None:
        self.calls = 0
        self.taken: list[bytes] = []

    def define(self, linker: wasmtime.Linker) -> None:
        """Adds env.emit_batch."""
        kind = wasmtime.FuncType([wasmtime.ValType.i32(), wasmtime.ValType.i32()], [])
        linker.define_func("env", "emit_batch", kind, self._take, access_caller=True)

    def _take(self, caller: Any, pointer: int, length: int) -> None:
        self.calls += 1
        self.taken.append(bytes(caller["memory"].read(caller, pointer, pointer + length)))

    def reset(self) -> None:
        """Forgets an earlier run."""
        self.calls, self.taken = 0, []


def batching(shop: Workshop) -> Found:
    """One call of the host a record, against one for ten and for a hundred."""
    for what, taken in (
        ("least host", _least_host(shop)),
        ("host in Python", _python_host(shop)),
        ("aggregate, host in Python", _aggregate(shop)),
    ):
        for each in against(what, _name(1), taken):
            yield "batching", each


def _name(batch: int) -> str:
    return f"{batch} a call"


def _least_host(shop: Workshop) -> dict[str, list[Taken]]:
    host = Host(shop.scratch("guests"))
    compiled = host.loaded(shop.machine_code("calls"))
    stub = wasmtime.Module(host.engine, STUB)
    host.linker.allow_shadowing = True

    def once(batch: int) -> Taken:
        instances: list[wasmtime.Instance] = []

        def link(store: wasmtime.Store) -> None:
            instances.append(wasmtime.Instance(store, stub, []))
            host.linker.define_instance(store, "env", instances[0])

        ready = host.ready(compiled, _calls(RECORDS, batch), link)
        taken = host.started(ready)
        calls, size = (_number(ready.store, instances[0], name) for name in ("calls", "bytes"))
        _require("calls", (calls, size), (-(-RECORDS // batch), RECORDS * RECORD_BYTES))
        return {**taken, "host_calls": calls}

    return in_turns(_ways(once), shop.turns(HOST_TURNS))


def _number(store: wasmtime.Store, instance: wasmtime.Instance, name: str) -> int:
    value = instance.exports(store)[name]
    assert isinstance(value, wasmtime.Global)
    return int(value.value(store))


def _python_host(shop: Workshop) -> dict[str, list[Taken]]:
    taker = Taker()
    host = Host(shop.scratch("guests"), taker.define)
    compiled = host.loaded(shop.machine_code("calls"))

    def once(batch: int) -> Taken:
        taker.reset()
        taken = host.request(compiled, _calls(RECORDS_IN_PYTHON, batch))
        size = sum(map(len, taker.taken))
        expected = -(-RECORDS_IN_PYTHON // batch), RECORDS_IN_PYTHON * RECORD_BYTES
        _require("calls", (taker.calls, size), expected)
        return {**taken, "host_calls": taker.calls}

    return in_turns(_ways(once), shop.turns(HOST_TURNS))


def _aggregate(shop: Workshop) -> dict[str, list[Taken]]:
    log = shop.scratch("inputs") / "access.log"
    log.write_bytes(access_log(LOG_LINES))
    taker = Taker()
    host = Host(shop.scratch("guests"), taker.define)
    compiled = host.loaded(shop.machine_code("aggregate"))

    def once(batch: int) -> Taken:
        taker.reset()
        run = Run(("aggregate", "--batch", str(batch)), stdin=log)
        taken = host.request(compiled, run)
        records = sum(len(json.loads(each)["records"]) for each in taker.taken)
        _require("aggregate", (taker.calls, records), (-(-LOG_LINES // batch), LOG_LINES))
        return {**taken, "host_calls": taker.calls}

    return in_turns(_ways(once), shop.turns(HOST_TURNS))


def _ways(once: Callable[[int], Taken]) -> dict[str, Way]:
    return {_name(batch): partial(once, batch) for batch in BATCHES}


def _calls(records: int, batch: int) -> Run:
    return Run(("calls", str(records), str(batch)))


def _require(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise RuntimeError(f"{what}: the host was given {found}, not {expected}")


def buffering(shop: Workshop) -> Found:
    """A write a line, against a buffer: by runtimes, and natively."""
    code, module = str(shop.machine_code("lines")), str(shop.module("lines"))
    wasmtime_run = (shop.wasmtime, "run", "--allow-precompiled", *AOT_FLAGS, code)
    starts: dict[str, tuple[str, ...]] = {"wasmtime": wasmtime_run}
    wazero = program("wazero")
    if wazero:
        cache = shop.scratch("wazero-lines")
        starts["wazero"] = (wazero, "run", f"-cachedir={cache}", module)
    else:
        yield "buffering", LeftOut("lines in wazero", missing("wazero"))
    starts["native"] = (shop.native("lines"),)
    expected = shop.printed((shop.native("lines"), str(LINES), "plain"))
    for runtime, start in starts.items():
        runs = {
            _buffer(size): program_run(shop.command((*start, str(LINES), size), b"", expected))
            for size in BUFFERS
        }
        taken = in_turns(runs, shop.turns(PROGRAM_TURNS))
        what = f"{LINES:,} lines, {runtime}"
        for each in against(what, _buffer("plain"), taken, decides=runtime != "native"):
            yield "buffering", each
    yield "buffering", _writes(shop, Path(code), expected)


def _buffer(size: str) -> str:
    return "no buffer" if size == "plain" else f"buffer of {int(size) >> 10} KiB"


def _writes(shop: Workshop, code: Path, expected: bytes) -> Row:
    """How often the module called fd_write, counted at the boundary."""
    found = crossings(read_module(shop.module("lines").read_bytes(), "lines"))
    if isinstance(found, str):
        raise RuntimeError(found)
    calls = []
    for size in ("plain", "4096"):
        request = Request(
            action="run",
            code=str(code),
            compiled_code=True,
            argv=("lines", str(LINES), size),
            counted=found,
        )
        outcome = launch(request, shop.scratch("counted"), Limits())
        if outcome.response is None or outcome.stdout != expected:
            raise RuntimeError(f"lines {size}: {outcome.response}")
        imports = outcome.response.imports or ()
        calls.append(sum(count for _module, name, count in imports if name == "fd_write"))
    sizes = (_buffer("plain"), calls[0]), (_buffer("4096"), calls[1])
    return counted(f"{LINES:,} lines, calls of fd_write", "host_calls", *sizes)
