"""Rule by rule: the builders GoWasm, WasmStrip, ... for an SConscript with a graph of its own."""

from __future__ import annotations

import atexit
import functools
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import SCons.Errors
import SCons.Node.FS
import SCons.Util

from wasip1_build.findings import Failure
from wasip1_build.plan import go_flags, go_package, list_packages
from wasip1_build.scons.cpus import threads_per_job
from wasip1_build.scons.nodes import declare
from wasip1_build.scons.session import Session, open_session
from wasip1_build.spec.model import Artifact, Check, FunctionType, Grants, Imports, Kind
from wasip1_build.spec.model import Budget as Limits
from wasip1_build.steps.aot import Aot
from wasip1_build.steps.budget import Budget
from wasip1_build.steps.check import RunChecks
from wasip1_build.steps.compile_go import CompileGo
from wasip1_build.steps.compress import Brotli, Gzip
from wasip1_build.steps.gate import Gate
from wasip1_build.steps.go_context import find_go_context
from wasip1_build.steps.imports import VerifyImports
from wasip1_build.steps.manifest import Manifest, ManifestFile
from wasip1_build.steps.step import Step
from wasip1_build.steps.strip import Strip
from wasip1_build.toolchain.host import host_target
from wasip1_build.toolchain.tools import ToolRequest

HostTypes = Mapping[str, Mapping[str, FunctionType]]
LIBRARY = ToolRequest("wasmtime-library")


def add_rules(env: Any) -> None:
    """Adds a builder for each kind of step to a construction environment.

    Settings: WASIP1_BUILD_DIR (where state is kept), WASIP1_GO and WASIP1_WASMTIME (versions; None
    for those that this package pins), WASM_TARGET ("host" or an AOT target).
    """
    env.SetDefault(
        WASIP1_BUILD_DIR="build", WASIP1_GO=None, WASIP1_WASMTIME=None, WASM_TARGET="host"
    )
    for name, rule in RULES.items():
        env.AddMethod(_method(rule), name)


@dataclass(frozen=True)
class Place:
    """Where a rule is called: paths in SConscripts become paths from SCons's top directory."""

    env: Any
    session: Session

    def path(self, name: Any) -> str:
        """A file's path from the top; `name` is a node, a list of one, or a string."""
        node = SCons.Util.flatten(name)[0]
        if not isinstance(node, SCons.Node.FS.Base):
            node = self.env.File(node)
        return Path(os.path.relpath(node.get_abspath(), self.session.context.root)).as_posix()

    def optional(self, name: Any) -> str | None:
        """The same, for a file that may be left out."""
        return None if name is None else self.path(name)

    @property
    def directory(self) -> str:
        """The SConscript's own directory."""
        here = self.env.Dir(".").srcnode().get_abspath()
        return Path(os.path.relpath(here, self.session.context.root)).as_posix()

    def artifact(self, module: str) -> str:
        """What findings call the module: DIR:NAME."""
        return f"{os.path.dirname(module) or '.'}:{_stem(module)}"

    def tool(self, program: Any, variable: str) -> ToolRequest:
        """A tool in the version that the environment names."""
        return ToolRequest(program, self.env[variable])


Rule = Callable[..., Sequence[Step]]


def _method(rule: Rule) -> Callable[..., Any]:
    """A method of environments: `env.Rule(target, source)`, or `env.Rule(source)` alone."""

    def method(env: Any, target: Any, source: Any = None, **settings: Any) -> Any:
        if source is None:
            target, source = None, target
        env = env.Override({name: settings.pop(name) for name in list(settings) if name in env})
        place = Place(env, _session(Path(env.Dir("#").get_abspath()), env["WASIP1_BUILD_DIR"]))
        try:
            steps = rule(place, target, source, **settings)
        except Failure as error:
            raise SCons.Errors.UserError(str(error)) from None
        nodes = declare(env, place.session, steps)
        return SCons.Util.NodeList([nodes[output] for output in steps[-1].outputs])

    return method


@functools.cache
def _session(root: Path, build_dir: str) -> Session:
    session = open_session(
        root, build_dir, "rules", os.environ, threads_per_job(), lambda _a, _k: None
    )
    atexit.register(session.save)
    return session


def _stem(path: str) -> str:
    return os.path.basename(path).removesuffix(".wasm").removesuffix(".debug")


def go_wasm(
    place: Place,
    target: Any,
    package: str,
    *,
    kind: Kind = "command",
    tags: Sequence[str] = (),
    define: Mapping[str, str] | None = None,
    flags: Sequence[str] = (),
) -> Sequence[Step]:
    """GoWasm("hello.debug.wasm", "./cmd/hello"): a main package's module, with symbols."""
    output = place.path(target if target is not None else f"{os.path.basename(package)}.wasm")
    artifact = Artifact(
        name=_stem(output),
        directory=place.directory,
        package=package,
        kind=kind,
        tags=tuple(tags),
        define=dict(define or {}),
        go_flags=tuple(flags),
    )
    root = place.session.context.root
    local = package if package.startswith(".") else "."
    modules = find_go_context(root, os.path.normpath(os.path.join(place.directory, local)))
    name = go_package(artifact, modules)
    go = place.tool("go", "WASIP1_GO")
    listing = list_packages(
        modules, [name], go_flags(artifact), go, place.session.context.build_dir
    )
    compiled = CompileGo(
        modules=modules,
        package=name,
        reactor=kind == "reactor",
        flags=go_flags(artifact),
        define=artifact.define,
        go=go,
        deps=listing.output,
        stage=f"stage/rules/{output}",
        output=output,
    )
    return [listing, compiled]


def strip(
    place: Place,
    target: Any,
    module: Any,
    *,
    keep: Sequence[str] = (),
    max_memory_bytes: int | None = None,
) -> Sequence[Step]:
    """WasmStrip("hello.wasm", module): the module without its custom sections."""
    return [Strip(place.path(module), place.path(target), tuple(keep), max_memory_bytes)]


def imports(
    place: Place,
    target: Any,
    module: Any,
    *,
    kind: Kind = "command",
    exports: Sequence[str] = (),
    allow: Sequence[str] | None = None,
    deny: Sequence[str] = (),
    host: HostTypes | None = None,
    grants: Grants | None = None,
) -> Sequence[Step]:
    """WasmImports(module): what it imports against what it may, as JSON."""
    source = place.path(module)
    policy = Imports(None if allow is None else tuple(allow), tuple(deny), None, host or {})
    return [
        VerifyImports(
            artifact=place.artifact(source),
            module=source,
            output=place.path(target or _beside(source, "imports.json")),
            kind=kind,
            exports=tuple(exports),
            compiler="go",
            imports=policy,
            grants=grants or Grants(),
        )
    ]


def brotli(place: Place, target: Any, module: Any, *, quality: int = 11) -> Sequence[Step]:
    """Brotli(module): MODULE.br."""
    source = place.path(module)
    return [Brotli(source, place.path(target or f"#{source}.br"), quality)]


def gzip(place: Place, target: Any, module: Any) -> Sequence[Step]:
    """Gzip(module): MODULE.gz."""
    source = place.path(module)
    return [Gzip(source, place.path(target or f"#{source}.gz"))]


def cwasm(place: Place, target: Any, module: Any, *, interruptible: bool = False) -> Sequence[Step]:
    """Cwasm(module, WASM_TARGET="aarch64-unknown-linux-gnu"): NAME.TARGET.cwasm."""
    source = place.path(module)
    asked = place.env["WASM_TARGET"]
    triple = host_target() if asked == "host" else asked
    return [
        Aot(
            module=source,
            output=place.path(target or _beside(source, f"{triple}.cwasm")),
            target=triple,
            interruptible=interruptible,
            wasmtime=place.tool("wasmtime", "WASIP1_WASMTIME"),
            library=LIBRARY,
        )
    ]


def check(
    place: Place,
    target: Any,
    module: Any,
    *,
    checks: Sequence[Check] = (),
    kind: Kind = "command",
    exports: Sequence[str] = (),
    host: HostTypes | None = None,
    grants: Grants | None = None,
    cwasm: Any = None,
    max_memory_bytes: int | None = None,
) -> Sequence[Step]:
    """WasmCheck(module, checks=[Check("runs")]): runs under exactly these grants, as JSON."""
    source = place.path(module)
    return [
        RunChecks(
            artifact=place.artifact(source),
            module=source,
            cwasm=place.optional(cwasm),
            interruptible=False,
            output=place.path(target or _beside(source, "checks.json")),
            kind=kind,
            exports=tuple(exports),
            imports_host=host or {},
            grants=grants or Grants(),
            max_memory_bytes=max_memory_bytes,
            gogc=None,
            memory_limit_bytes=None,
            checks=tuple(checks),
            library=LIBRARY,
        )
    ]


def budget(
    place: Place,
    target: Any,
    module: Any,
    *,
    limits: Limits | None = None,
    br: Any = None,
    gz: Any = None,
    cwasm: Mapping[str, Any] | None = None,
    checks: Any = None,
) -> Sequence[Step]:
    """WasmBudget(module, limits=Budget(wasm=3 << 20)): its sizes against limits, as JSON."""
    source = place.path(module)
    return [
        Budget(
            artifact=place.artifact(source),
            module=source,
            br=place.optional(br),
            gz=place.optional(gz),
            cwasm=tuple((name, place.path(node)) for name, node in (cwasm or {}).items()),
            checks=place.optional(checks),
            output=place.path(target or _beside(source, "sizes.json")),
            budget=limits or Limits(),
        )
    ]


def manifest(
    place: Place,
    target: Any,
    module: Any,
    *,
    imports: Any,
    sizes: Any,
    checks: Any = None,
    br: Any = None,
    gz: Any = None,
    cwasm: Mapping[str, Any] | None = None,
) -> Sequence[Step]:
    """WasmManifest(module, imports=..., sizes=...): all about it; made only if all is well."""
    source = place.path(module)
    output = place.path(target or _beside(source, "manifest.json"))
    results = [place.path(name) for name in (imports, checks, sizes) if name is not None]
    gate = Gate(
        artifact=place.artifact(source),
        results=tuple(results),
        output=f"{place.session.context.build_dir}/.wasip1/gate/rules/{output}",
    )
    sides = {"br": br, "gz": gz}
    files = [ManifestFile(source, "module")]
    files += [ManifestFile(place.path(node), role) for role, node in sides.items() if node]  # type: ignore[arg-type]
    files += [ManifestFile(place.path(node), "cwasm", name) for name, node in (cwasm or {}).items()]
    return [
        gate,
        Manifest(
            artifact=Artifact(_stem(source), os.path.dirname(source) or ".", "."),
            files=tuple(files),
            imports=place.path(imports),
            sizes=place.path(sizes),
            checks=place.optional(checks),
            gate=gate.output,
            output=output,
            tools=(place.tool("go", "WASIP1_GO"),),
            flags=(),
        ),
    ]


def _beside(source: str, suffix: str) -> str:
    """A name beside the module, from the top directory."""
    return f"#{os.path.join(os.path.dirname(source), _stem(source))}.{suffix}"


RULES: Mapping[str, Rule] = {
    "GoWasm": go_wasm,
    "WasmStrip": strip,
    "WasmImports": imports,
    "Brotli": brotli,
    "Gzip": gzip,
    "Cwasm": cwasm,
    "WasmCheck": check,
    "WasmBudget": budget,
    "WasmManifest": manifest,
}
