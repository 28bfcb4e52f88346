"""What a run of a module is asked to do, and what it reports: plain data between processes.

Each run's child imports this: it is made of named tuples, and imports nothing else of the package,
because dataclasses and the spec would cost every child 0.1 s.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from wasip1_build.spec.model import FunctionType

# compile: write machine code to `compiled`. instantiate: resolve the imports, no guest code but a
# start function. initialize: that and _initialize. run: _start, or _initialize and `invoke`.
Action = Literal["compile", "instantiate", "initialize", "run"]
# How far a run came: the stage in which it stopped, or "ended".
Stage = Literal["load", "host", "link", "initialize", "invoke", "run", "ended"]


class Preopen(NamedTuple):
    """A directory that the guest sees as `guest`. `host` is absolute."""

    host: str
    guest: str
    read_only: bool = True


class HostFunction(NamedTuple):
    """A function that the host provides; its types are "i32", "i64", "f32" or "f64"."""

    module: str
    name: str
    params: tuple[str, ...]
    results: tuple[str, ...]

    @property
    def id(self) -> str:
        """ "module.function", as in expect.calls and in host.py."""
        return f"{self.module}.{self.name}"


class Crossing(NamedTuple):
    """What crossed the boundary between a module and its host at one import.

    `size_bytes` is None where the function moves none, or it is not known how many. `sizes[0]`
    counts the calls that moved no byte, and `sizes[n]` those that moved 2**(n-1) to 2**n - 1.
    `errors` are errnos of preview 1 with the calls that returned them: those moved nothing that is
    counted, and neither did a call that never returned.
    """

    module: str
    name: str
    calls: int
    size_bytes: int | None = None
    sizes: tuple[int, ...] = ()
    errors: tuple[tuple[int, int], ...] = ()


class Call(NamedTuple):
    """A call of an export."""

    export: str
    args: tuple[int | float, ...] = ()


class Request(NamedTuple):
    """One run. Every path is absolute. What is not here does not exist for the guest.

    `code` is a module, or machine code where `compiled_code` says so. `memory_bytes` caps each
    linear memory; None leaves it to the module. `host_name` is how the user knows
    `host_file`. A module that is `attended`, run for whom asked for it, is compiled with
    optimization and may end with any exit code; one that is judged, without and as wasmtime
    takes them: below 126.
    `counted` are the module's imports by position where their calls are to be counted. With
    `fueled` the instructions are: the code must be compiled so, and time and chance are fixed.
    """

    action: Action
    code: str
    compiled_code: bool
    interruptible: bool = False
    compiled: str = ""
    argv: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    preopens: tuple[Preopen, ...] = ()
    stdin: bool = False
    functions: tuple[HostFunction, ...] = ()
    host_file: str | None = None
    host_name: str = ""
    invoke: Call | None = None
    memory_bytes: int | None = None
    cache: str = ""  # a directory in which the engine keeps what it compiled; "": none
    library: str | None = None  # the wasmtime package's directory; None: whatever Python imports
    attended: bool = False
    counted: tuple[HostFunction, ...] | None = None
    fueled: bool = False

    def to_json(self) -> str:
        """The request as JSON text."""
        return json.dumps(self._asdict(), sort_keys=True)

    @staticmethod
    def from_json(text: str) -> Request:
        """The reverse of `to_json`."""
        record: dict[str, Any] = json.loads(text)
        invoke = record["invoke"]
        record |= {
            "argv": tuple(record["argv"]),
            "env": tuple((name, value) for name, value in record["env"]),
            "preopens": tuple(Preopen(*each) for each in record["preopens"]),
            "functions": _functions(record["functions"]),
            "counted": None if record["counted"] is None else _functions(record["counted"]),
            "invoke": Call(invoke[0], tuple(invoke[1])) if invoke else None,
        }
        return Request(**record)


class Response(NamedTuple):
    """What became of a run that was not killed.

    `exit` is the guest's exit code; None where it trapped or never ran. `error` is one text for
    people, with the engine's own words. `calls` counts the host's functions by "module.function",
    `crossings` what crossed at each import, by position, where that was asked for and could be
    done. `phases_ns` are the times of load (of code that is compiled), start
    (instantiation, and _initialize of a reactor) and run, of those that were reached, and
    `phases_cpu_ns` what they used of CPUs, the kernel's work for them included. `instructions` are
    those that the guest executed, in the engine's units of fuel, where that was asked for.
    """

    stage: Stage
    exit: int | None = None
    trapped: bool = False
    error: str = ""
    backtrace: str = ""
    peak_memory_bytes: int | None = None
    calls: Mapping[str, int] = {}
    returns: tuple[int | float, ...] | None = None
    return_types: tuple[str, ...] = ()
    host_output: str = ""  # what host.py printed
    phases_ns: Mapping[str, int] = {}
    phases_cpu_ns: Mapping[str, int] = {}
    crossings: tuple[Crossing, ...] | None = None
    instructions: int | None = None

    @property
    def imports(self) -> tuple[tuple[str, str, int], ...] | None:
        """The calls of each import by position: module, function, calls."""
        if self.crossings is None:
            return None
        return tuple((each.module, each.name, each.calls) for each in self.crossings)

    def to_json(self) -> str:
        """The response as JSON text."""
        return json.dumps(self._asdict(), sort_keys=True)

    @staticmethod
    def from_json(text: str) -> Response:
        """The reverse of `to_json`. Raises ValueError, TypeError or KeyError for anything else."""
        record: dict[str, Any] = json.loads(text)
        returns = record["returns"]
        record["returns"] = None if returns is None else tuple(returns)
        record["return_types"] = tuple(record["return_types"])
        crossings = record["crossings"]
        record["crossings"] = None if crossings is None else tuple(map(_crossing, crossings))
        return Response(**record)


def _crossing(record: Any) -> Crossing:
    module, name, calls, size_bytes, sizes, errors = record
    pairs = tuple((errno, count) for errno, count in errors)
    return Crossing(module, name, calls, size_bytes, tuple(sizes), pairs)


def _functions(records: Iterable[Any]) -> tuple[HostFunction, ...]:
    return tuple(
        HostFunction(module, name, tuple(params), tuple(results))
        for module, name, params, results in records
    )


def host_functions(
    imports: Mapping[str, Mapping[str, FunctionType]],
) -> tuple[HostFunction, ...]:
    """The functions of imports.host, sorted by module and name."""
    return tuple(
        HostFunction(module, name, kind.params, kind.results)
        for module, functions in sorted(imports.items())
        for name, kind in sorted(functions.items())
    )
