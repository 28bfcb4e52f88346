"""The program of a worker process: it loads a module once, and serves what its host asks.

Started by workers.py as `python -I worker.py REQUESTS RESPONSES CODE OUT ERR`, five descriptors. A
guest that writes too much ends the process: no other way stops it whatever it does.
"""

from __future__ import annotations

import mmap
import os
import sys
from pathlib import Path
from typing import Any

OVERFULL = 97  # the exit code that says so


def main(requests: int, responses: int, code: int, out: int, err: int) -> None:
    """Serves until the host closes its end."""
    # `python -I` ignores PYTHONPATH and the user's site-packages: this file says where we are.
    sys.path.append(str(Path(__file__).parents[3]))
    from wasip1_build.findings import Failure
    from wasip1_build.runtime.host import wire

    settings = wire.receive(requests)
    sys.path.insert(0, settings["library"])
    try:
        direct = _direct(settings, code, (out, err))
    except Failure as refused:
        failed = [finding.to_json() for finding in refused.findings]
        wire.send(responses, wire.message({"failed": failed}))
        return
    direct.prepare(1)
    wire.send(responses, wire.message({"notes": list(direct.notes)}))
    while True:
        try:
            asked = wire.receive(requests)
            stdin = wire.take(requests, int(asked.get("stdin", 0)))
        except wire.ClosedError:
            return
        if asked["do"] == "prepare":  # the host has read what the last guest wrote
            direct.prepare(1)
        else:
            wire.send(responses, wire.message(_answer(direct, asked, stdin)))


def _direct(settings: dict[str, Any], code: int, outputs: tuple[int, int]) -> Any:
    from wasip1_build.runtime.host.callbacks import Callbacks
    from wasip1_build.runtime.host.direct import Direct
    from wasip1_build.runtime.host.functions import implementations
    from wasip1_build.runtime.host.given import Given
    from wasip1_build.runtime.host.loaded import Loaded, Settings
    from wasip1_build.runtime.host.sinks import Sinks
    from wasip1_build.runtime.request import HostFunction, Preopen
    from wasip1_build.spec.model import FunctionType

    limit = settings["output_bytes"]
    sinks = _sinks(settings, outputs)
    functions = tuple(
        HostFunction(module, name, tuple(params), tuple(results))
        for module, name, params, results in settings["functions"]
    )
    exports = {
        name: FunctionType(tuple(params), tuple(results))
        for name, (params, results) in settings["exports"].items()
    }
    loaded = Loaded(
        Settings(
            name=settings["name"],
            functions=functions,
            exports=exports,
            memories=tuple(settings["memories"]),
            preopens=tuple(Preopen(*each) for each in settings["preopens"]),
            memory_bytes=settings["memory_bytes"],
            output_bytes=limit,
            interruptible=settings["interruptible"],
            slots=2,  # the one that is used, and the one that is made ahead
            is_command=settings["kind"] == "command",
        ),
        b"" if settings["sealed"] else _bytes(code),
        code if settings["sealed"] else None,
        implementations(settings["name"], functions, settings["host_file"]),
        Callbacks(Sinks(lambda: sinks), lambda: os._exit(OVERFULL)),
    )
    plain = Given(*_words(settings["plain"]))
    return Direct(loaded, plain, settings["lifetime"], None)


def _sinks(settings: dict[str, Any], outputs: tuple[int, int]) -> Any:
    """Those of all its guests, one after the other; the host has them too."""
    from wasip1_build.runtime.host import wire
    from wasip1_build.runtime.host.sinks import Written

    limit = settings["output_bytes"]
    if settings["kind"] == "command":
        return tuple(map(Written, (limit, limit), outputs, settings["paths"]))
    size = wire.shared_bytes(limit)
    return tuple(wire.SharedSink(mmap.mmap(each, size), limit) for each in outputs)


def _answer(direct: Any, asked: dict[str, Any], stdin: bytes) -> dict[str, Any]:
    from wasip1_build.runtime.host.given import Given

    if asked["do"] == "call":
        ended = direct.call(asked["export"], tuple(asked["args"]), None)
    else:
        ended = direct.invoke(Given(*_words(asked), stdin), None)
    return {
        name: value for name, value in ended._asdict().items() if name not in ("stdout", "stderr")
    }


def _words(record: dict[str, Any]) -> tuple[Any, Any]:
    argv = tuple(each.encode() for each in record["argv"])
    return argv, tuple((name.encode(), value.encode()) for name, value in record["env"])


def _bytes(descriptor: int) -> bytes:
    with os.fdopen(os.dup(descriptor), "rb") as stream:
        stream.seek(0)
        return stream.read()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
