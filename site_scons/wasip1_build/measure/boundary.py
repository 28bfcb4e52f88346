"""What crosses between an artifact's module and its host while its checks and cases run?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure, Finding, failure
from wasip1_build.measure.chatty import chatty
from wasip1_build.runtime.counted import counted_run, crossings_in
from wasip1_build.runtime.crossings import countable
from wasip1_build.runtime.request import Crossing, HostFunction
from wasip1_build.runtime.trial import Subject, compile_form
from wasip1_build.runtime.verdict import judge
from wasip1_build.spec.model import Check
from wasip1_build.wasm.go_imports import importing_packages
from wasip1_build.wasm.module import load, read_module
from wasip1_build.wasm.names import function_names


@dataclass(frozen=True)
class Crossed:
    """One run: what crossed, None where its counts are not known; `failed` are the findings of the
    check, `chatty` those of what crossed."""

    check: str
    crossings: tuple[Crossing, ...] | None
    failed: tuple[Finding, ...]
    chatty: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Boundary:
    """A module's imports with, by position, the Go package that each belongs to ("": not known),
    and the runs."""

    imports: tuple[HostFunction, ...]
    packages: tuple[str, ...]
    runs: tuple[Crossed, ...]


def boundary(
    subject: Subject,
    module: Path,
    debug: Path | None,
    checks: tuple[Check, ...],
    path: Callable[[str], Path],
    cpus: int,
) -> Boundary:
    """Runs checks on a module and counts; `debug` is the same module with its names, where there is
    one, and `path` says where a file of a check is.

    Raises Failure where the module cannot be read or compiled, or its calls cannot be counted;
    OSError where a process cannot be started.
    """
    imports = _imports(module)
    packages = tuple(_packages(module, debug)) if debug else ()
    code = subject.scratch / "module.code"
    compiled = compile_form(subject, module, code, cpus)
    if not compiled.response or compiled.response.stage != "ended":
        why = compiled.response.error if compiled.response else "the engine did not end in time"
        raise failure("boundary", f"{module.name} cannot be compiled", why=why)
    runs = tuple(_crossed(subject, check, code, imports, packages, path) for check in checks)
    return Boundary(imports, packages or ("",) * len(imports), runs)


def _imports(module: Path) -> tuple[HostFunction, ...]:
    found = countable(read_module(load(module, module.name), module.name))
    if isinstance(found, str):
        raise failure("boundary", f"calls of {module.name} cannot be counted", why=found)
    return found


def _packages(module: Path, debug: Path) -> Iterator[str]:
    """What the names of the debug module tell; nothing where it has none, or is another's."""
    try:
        data = load(debug, debug.name)
        named = read_module(data, debug.name)
        if named.imports == read_module(load(module, module.name), module.name).imports:
            yield from importing_packages(named, function_names(data, named, debug.name))
    except Failure:  # the counts do not need it
        return


def _crossed(
    subject: Subject,
    check: Check,
    code: Path,
    imports: tuple[HostFunction, ...],
    packages: tuple[str, ...],
    path: Callable[[str], Path],
) -> Crossed:
    run = counted_run(subject, check, code, imports)
    failed = judge(check, run, subject.limits(check), lambda name: path(name).read_bytes())
    crossings = crossings_in(run)
    found = () if crossings is None else tuple(chatty(check.name, crossings, packages))
    return Crossed(check.name, crossings, failed, found)
