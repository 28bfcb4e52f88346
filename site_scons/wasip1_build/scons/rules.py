"""Rule by rule: the builders GoWasm, WasmStrip, ... for an SConscript with a graph of its own.

Each is a method of an environment, called as a builder is: `env.Rule(target, source)`, or
`env.Rule(source)` for a target beside the source, and returns its node. Targets and sources are
paths as in any SConscript, or nodes. What is said of a module, in the keys and values of
[artifact.NAME] in a wasip1.toml, is carried by its nodes: grants that are given to GoWasm hold for
the WasmImports, the WasmCheck and the WasmManifest of that module. What they say otherwise ends
the reading of the SConscripts with all that is wrong with it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import failure
from wasip1_build.plan import (
    compiler_tools,
    go_package,
    list_packages,
    selecting_flags,
    tinygo_options,
)
from wasip1_build.planned import STATE
from wasip1_build.scons.call import Call, Rule, method_of
from wasip1_build.scons.facts import judged
from wasip1_build.steps.aot import Aot
from wasip1_build.steps.budget import Budget
from wasip1_build.steps.check import RunChecks
from wasip1_build.steps.compile_go import CompileGo
from wasip1_build.steps.compile_tinygo import CompileTinyGo
from wasip1_build.steps.compress import Brotli, Gzip
from wasip1_build.steps.gate import Gate
from wasip1_build.steps.go_context import GoContext, find_go_context
from wasip1_build.steps.imports import VerifyImports
from wasip1_build.steps.list_go import ListGo
from wasip1_build.steps.manifest import Manifest, ManifestFile
from wasip1_build.steps.step import Step
from wasip1_build.steps.strip import Strip
from wasip1_build.steps.unsupported import Calls
from wasip1_build.toolchain.host import host_target
from wasip1_build.toolchain.tools import ToolRequest

LIBRARY = ToolRequest("wasmtime-library")


def add_rules(env: Any) -> None:
    """Adds all builders to a construction environment.

    Construction variables, which a call may override: WASIP1_BUILD_DIR (where state is kept, from
    the top directory), WASIP1_GO, WASIP1_TINYGO and WASIP1_WASMTIME (versions; None for those that
    this package pins, and for the TinyGo that is found), WASM_TARGET ("host" or an AOT target).
    """
    versions = dict.fromkeys(("WASIP1_GO", "WASIP1_TINYGO", "WASIP1_WASMTIME"))
    env.SetDefault(WASIP1_BUILD_DIR="build", WASM_TARGET="host", **versions)
    for name, rule in RULES.items():
        env.AddMethod(method_of(name, rule), name)


def go_wasm(call: Call) -> Sequence[Step]:
    """GoWasm("hello.debug.wasm", "./cmd/hello"): the module of a main package, with symbols.

    The source is a directory relative to the SConscript, beginning with "./", or an import path;
    the default target is NAME.debug.wasm. Settings: kind ("command" or "reactor"), exports, tags,
    define ({"main.version": "1.4.0"}), go_flags; and, for what follows, imports, grants and
    runtime ({"max-memory": "96MiB"}). Go files and embedded files may be made by other builders.
    """
    given = _sources(call)
    go = call.tool("go", "WASIP1_GO")
    listing = given.listing(go)
    compiled = CompileGo(
        **given.of_compiler,
        go=go,
        deps=listing.output,
        stages="stage/rules",
        output=call.output(given.beside("debug.wasm")),
    )
    return [listing, compiled]


def tinygo_wasm(call: Call) -> Sequence[Step]:
    """TinyGoWasm("hello.tinygo.wasm", "./cmd/hello"): the module as TinyGo makes it.

    It has no debug information. The default target is NAME.tinygo.wasm. Settings: kind, exports,
    tags, define, and TinyGo's own opt, gc, scheduler, panic, stack_size ("64KiB") and flags; and
    for what follows imports, grants and runtime. No test of the package is run: the manifest says
    so.
    """
    given = _sources(call)
    go, tinygo = call.tool("go", "WASIP1_GO"), call.tool("tinygo", "WASIP1_TINYGO")
    listing = given.listing(go, tinygo)
    compiled = CompileTinyGo(
        **given.of_compiler,
        go=go,
        deps=listing.output,
        output=call.output(given.beside("tinygo.wasm")),
        tinygo=tinygo,
        options=tinygo_options(call.facts.artifact),
    )
    return [listing, compiled]


@dataclass(frozen=True)
class _Sources:
    """A main package that a call names, and what selects its files."""

    call: Call
    modules: GoContext

    @property
    def of_compiler(self) -> dict[str, Any]:
        """The fields of a step that compiles, whatever the compiler."""
        artifact = self.call.facts.artifact
        return {
            "modules": self.modules,
            "package": go_package(artifact, self.modules),
            "reactor": artifact.kind == "reactor",
            "flags": selecting_flags(artifact),
            "define": artifact.define,
        }

    def listing(self, go: ToolRequest, tinygo: ToolRequest | None = None) -> ListGo:
        """The step that lists its sources."""
        artifact, build_dir = self.call.facts.artifact, self.call.session.context.build_dir
        packages = [go_package(artifact, self.modules)]
        flags = selecting_flags(artifact)
        return list_packages(self.modules, packages, flags, go, build_dir, tinygo)

    def beside(self, suffix: str) -> str:
        """NAME.SUFFIX where the call stands: in a variant directory not where the package is."""
        here = self.call.path(self.call.env.Dir("."))
        return os.path.join(here, f"{self.call.facts.name}.{suffix}")


def _sources(call: Call) -> _Sources:
    artifact, root = call.facts.artifact, call.session.context.root
    local = artifact.package if artifact.package.startswith(".") else "."
    place = os.path.normpath(os.path.join(artifact.directory, local))
    return _Sources(call, find_go_context(root, place))


def strip(call: Call) -> Sequence[Step]:
    """WasmStrip("hello.wasm", module): the module without custom sections.

    The default target is NAME.wasm, for a source NAME.debug.wasm. Settings: keep (names of custom
    sections that stay), runtime (its max-memory goes into the module).
    """
    artifact = call.facts.artifact
    output = call.output(call.beside("wasm"))
    if output == call.module:
        raise failure(
            "rules-target",
            f"{output} would be stripped onto itself",
            fix="name a target, or let the source end in .debug.wasm",
        )
    return [Strip(call.module, output, artifact.strip_keep, artifact.runtime.max_memory_bytes)]


def imports(call: Call) -> Sequence[Step]:
    """WasmImports(module): what it imports and exports, and what is wrong there, as JSON.

    The default target is NAME.imports.json. Settings: imports ({"allow": ["fd_*"], "embedder":
    "extism", "host": {"env": {"emit": "(i32, i32)"}}}), grants, kind, exports. It fails for no
    finding: WasmManifest does.
    """
    artifact = call.facts.artifact
    return [
        VerifyImports(
            artifact=call.facts.id,
            module=call.module,
            output=call.output(call.beside("imports.json")),
            kind=artifact.kind,
            exports=artifact.exports,
            compiler=artifact.compiler,
            imports=artifact.imports,
            grants=artifact.grants,
            calls=Calls(call.facts.compiled) if call.facts.compiled else None,
        )
    ]


def brotli(call: Call) -> Sequence[Step]:
    """Brotli(module): MODULE.br. Setting: quality, 0 to 11; 11 where it is left out."""
    module = call.module
    return [Brotli(module, call.output(f"{module}.br"), call.facts.artifact.brotli_quality)]


def gzip(call: Call) -> Sequence[Step]:
    """Gzip(module): MODULE.gz, the smallest that libdeflate makes."""
    return [Gzip(call.module, call.output(f"{call.module}.gz"))]


def cwasm(call: Call) -> Sequence[Step]:
    """Cwasm(module, WASM_TARGET="aarch64-unknown-linux-gnu"): NAME.TARGET.cwasm, machine code.

    Without WASM_TARGET it is for this machine's kind. Setting: interruptible (for hosts that stop
    a module by time).
    """
    asked = call.env.subst(call.env["WASM_TARGET"])
    context = call.session.context
    judged(call.facts, {"aot": {"targets": [asked]}}, call.directory, context, call.env.fs)
    target = host_target() if asked == "host" else asked
    return [
        Aot(
            module=call.module,
            output=call.output(call.beside(f"{target}.cwasm")),
            target=target,
            interruptible=call.facts.artifact.aot_interruptible,
            wasmtime=call.tool("wasmtime", "WASIP1_WASMTIME"),
            library=LIBRARY,
        )
    ]


def check(call: Call) -> Sequence[Step]:
    """WasmCheck(module, checks=[{"name": "runs", "args": ["-v"]}]): runs it, with verdicts as JSON.

    The default target is NAME.checks.json. Sources: the module, and its Cwasm for this machine, if
    that is to be run too. Settings: checks (as [[artifact.NAME.check]]), grants, imports (host
    functions), kind, exports, runtime. Each run is given exactly the grants. Without checks it is
    instantiated only. It fails for no finding: WasmManifest does.
    """
    artifact = call.facts.artifact
    own = next((step for step in call.steps(Aot) if step.target == host_target()), None)
    return [
        RunChecks(
            artifact=call.facts.id,
            module=call.module,
            cwasm=own.output if own else None,
            interruptible=artifact.aot_interruptible,
            output=call.output(call.beside("checks.json")),
            kind=artifact.kind,
            exports=artifact.exports,
            imports=artifact.imports,
            grants=artifact.grants,
            max_memory_bytes=artifact.runtime.max_memory_bytes,
            gogc=artifact.runtime.gogc,
            memory_limit_bytes=artifact.runtime.memory_limit_bytes,
            checks=artifact.checks,
            library=LIBRARY,
        )
    ]


def budget(call: Call) -> Sequence[Step]:
    """WasmBudget([module, br, cwasm, checks], wasm="3MiB", br="1MiB"): sizes and limits as JSON.

    The default target is NAME.sizes.json. Sources: the module and what was made from it; the result
    of WasmCheck for a limit of memory. Settings, sizes as "3MiB" or bytes: wasm, br, gz, cwasm (of
    each target), memory (peak of the checks), required. It fails for no finding: WasmManifest does.
    """
    checks = call.steps(RunChecks)
    return [
        Budget(
            artifact=call.facts.id,
            module=call.module,
            br=next((step.output for step in call.steps(Brotli)), None),
            gz=next((step.output for step in call.steps(Gzip)), None),
            cwasm=tuple((step.target, step.output) for step in call.steps(Aot)),
            checks=checks[0].output if checks else None,
            output=call.output(call.beside("sizes.json")),
            budget=call.facts.artifact.budget,
        )
    ]


def manifest(call: Call) -> Sequence[Step]:
    """WasmManifest([module, br, gz, cwasm, imports, checks, sizes]): all about it, if all is well.

    The default target is NAME.manifest.json. Sources: the module, the files that ship with it, and
    the results of WasmImports and WasmBudget, and of WasmCheck if there is one. With an error among
    their findings it fails, prints all of them, and there is no manifest.
    """
    output, module = call.output(call.beside("manifest.json")), call.module
    compiled = call.facts.compiled
    verified, sizes, checks = call.steps(VerifyImports), call.steps(Budget), call.steps(RunChecks)
    if compiled is None or not verified or not sizes:
        raise failure(
            "rules-manifest",
            f"{output} cannot be made from these sources",
            why="a manifest is about a module of GoWasm or TinyGoWasm, and names its imports and "
            "sizes",
            fix="add the results of WasmImports and WasmBudget to the sources",
        )
    results = [
        *(step.output for step in verified),
        *(step.output for step in checks),
        *(step.output for step in sizes),
    ]
    gate = Gate(
        artifact=call.facts.id,
        results=tuple(results),
        output=f"{call.session.context.build_dir}/{STATE}/{call.state('gate', output)}",
    )
    precompiled = dict.fromkeys(step.wasmtime for step in call.steps(Aot))
    return [
        gate,
        Manifest(
            artifact=call.facts.artifact,
            files=tuple(_files(call, module)),
            imports=verified[0].output,
            sizes=sizes[0].output,
            checks=checks[0].output if checks else None,
            gate=gate.output,
            output=output,
            tools=(*compiler_tools(compiled), *precompiled),
            flags=compiled.build_flags,
        ),
    ]


def _files(call: Call, module: str) -> Iterator[ManifestFile]:
    yield ManifestFile(module, "module")
    yield from (ManifestFile(step.output, "br") for step in call.steps(Brotli))
    yield from (ManifestFile(step.output, "gz") for step in call.steps(Gzip))
    yield from (ManifestFile(step.output, "cwasm", step.target) for step in call.steps(Aot))


# What may be said of a module wherever a file is made from it.
ABOUT = {name: (name,) for name in ("kind", "exports", "imports", "grants", "runtime")}
SOURCES = ABOUT | {"tags": ("tags",), "define": ("define",)}
TINYGO = ("opt", "gc", "scheduler", "panic", "stack-size", "flags")
LIMITS = ("wasm", "br", "gz", "cwasm", "memory", "required")
RULES: Mapping[str, Rule] = {
    "GoWasm": Rule(go_wasm, SOURCES | {"go_flags": ("go-flags",)}, compiler="go"),
    "TinyGoWasm": Rule(
        tinygo_wasm,
        SOURCES | {name.replace("-", "_"): ("tinygo", name) for name in TINYGO},
        compiler="tinygo",
    ),
    "WasmStrip": Rule(strip, ABOUT | {"keep": ("strip", "keep")}),
    "WasmImports": Rule(imports, ABOUT),
    "Brotli": Rule(brotli, {"quality": ("compress", "brotli-quality")}),
    "Gzip": Rule(gzip, {}),
    "Cwasm": Rule(cwasm, {"interruptible": ("aot", "interruptible")}),
    "WasmCheck": Rule(check, ABOUT | {"checks": ("check",)}),
    "WasmBudget": Rule(budget, {name: ("budget", name) for name in LIMITS}),
    "WasmManifest": Rule(manifest, {}),
}
