"""Which steps turn a workspace's spec into its outputs? Pure: no files read, no tools run."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from wasip1_build.findings import Failure, Finding, Severity
from wasip1_build.planned import STATE, Names, Plan, PlannedArtifact
from wasip1_build.runtime.launchers import LAUNCHERS, Launched
from wasip1_build.spec.members import SPEC_FILE
from wasip1_build.spec.model import (
    Artifact,
    Compiler,
    Toolchain,
    ToolPin,
    Workspace,
    sizes_file,
)
from wasip1_build.spec.sizes_file import PROFILE
from wasip1_build.steps.aot import Aot
from wasip1_build.steps.budget import Budget, call_limits
from wasip1_build.steps.check import RunChecks
from wasip1_build.steps.compile_go import CompileGo
from wasip1_build.steps.compile_tinygo import CompileTinyGo
from wasip1_build.steps.compress import Brotli, Gzip
from wasip1_build.steps.gate import Gate
from wasip1_build.steps.go_context import GoContext
from wasip1_build.steps.go_patterns import from_directory
from wasip1_build.steps.imports import VerifyImports
from wasip1_build.steps.launchers import WriteLaunchers, launcher_notes, without_launcher
from wasip1_build.steps.list_go import ListGo
from wasip1_build.steps.list_tinygo import ListTinyGo
from wasip1_build.steps.manifest import Manifest, ManifestFile
from wasip1_build.steps.step import Step
from wasip1_build.steps.strip import Strip
from wasip1_build.steps.unsupported import DEFAULT, Calls
from wasip1_build.steps.unsupported import RULE as UNSUPPORTED
from wasip1_build.toolchain.tools import Program, ToolRequest
from wasip1_build.wasm.preview1 import MODULE as PREVIEW1


def plan(workspace: Workspace, contexts: Mapping[str, GoContext], host_target: str) -> Plan:
    """The steps of a workspace.

    `contexts` holds the Go context of each artifact by its id; an artifact without one is left
    out. `host_target` is what "host" means. Raises Failure where two outputs are in each other's
    way.
    """
    artifacts = [artifact for artifact in workspace.artifacts if artifact.id in contexts]
    listings = _listings(workspace, artifacts, contexts)
    planned = tuple(
        _artifact(workspace, artifact, contexts[artifact.id], listings[artifact.id], host_target)
        for artifact in artifacts
    )
    shared = tuple({listing.output: listing for listing in listings.values()}.values())
    result = Plan(shared, planned)
    _refuse_collisions(result.steps)
    return result


def request(program: Program, pin: ToolPin | None) -> ToolRequest:
    """What [toolchain] asks for of a tool."""
    return ToolRequest(program, pin.version, pin.path) if pin else ToolRequest(program)


def compilers_go(toolchain: Toolchain, compiler: Compiler) -> ToolRequest:
    """The Go that compiles, or whose standard library TinyGo compiles: the one that is named beside
    it, or the workspace's own."""
    if compiler == "tinygo" and toolchain.tinygo and toolchain.tinygo.go:
        return ToolRequest("go", toolchain.tinygo.go)
    return request("go", toolchain.go)


def _tinygo(toolchain: Toolchain) -> ToolRequest:
    return request("tinygo", toolchain.tinygo)


def selecting_flags(artifact: Artifact) -> tuple[str, ...]:
    """The flags that decide which files are compiled, for the listing and the compiler alike."""
    tags = (f"-tags={','.join(sorted(artifact.tags))}",) if artifact.tags else ()
    if artifact.compiler == "go":
        return (*tags, *artifact.go_flags)
    asked = artifact.tinygo
    return (
        *tags,
        *((f"-gc={asked.gc}",) if asked.gc else ()),
        *((f"-scheduler={asked.scheduler}",) if asked.scheduler else ()),
    )


def tinygo_options(artifact: Artifact) -> tuple[str, ...]:
    """The flags of tinygo build that select no files."""
    asked = artifact.tinygo
    stack = asked.stack_size_bytes
    return (
        *((f"-opt={asked.opt}",) if asked.opt else ()),
        *((f"-panic={asked.panic}",) if asked.panic else ()),
        *((f"-stack-size={stack}B",) if stack else ()),
        *asked.flags,
    )


def _listings(
    workspace: Workspace, artifacts: Sequence[Artifact], contexts: Mapping[str, GoContext]
) -> dict[str, ListGo]:
    """One listing for all artifacts of the same Go context, compiler and flags, by artifact id."""
    groups: dict[tuple[object, ...], list[Artifact]] = {}
    for artifact in artifacts:
        context = contexts[artifact.id]
        where = (context.work, context.directory, artifact.compiler, selecting_flags(artifact))
        groups.setdefault(where, []).append(artifact)
    listings: dict[str, ListGo] = {}
    for members in groups.values():
        context = contexts[members[0].id]
        listing = list_packages(
            context,
            (go_package(artifact, contexts[artifact.id]) for artifact in members),
            selecting_flags(members[0]),
            compilers_go(workspace.toolchain, members[0].compiler),
            workspace.build_dir,
            _tinygo(workspace.toolchain) if members[0].compiler == "tinygo" else None,
        )
        listings |= {artifact.id: listing for artifact in members}
    return listings


def list_packages(
    modules: GoContext,
    packages: Iterable[str],
    flags: tuple[str, ...],
    go: ToolRequest,
    build_dir: str,
    tinygo: ToolRequest | None = None,
) -> ListGo:
    """The step that lists packages of one Go context, as Go or TinyGo sees them; its output is
    named after what it lists."""
    names = tuple(sorted(set(packages)))
    asked = (go, tinygo) if tinygo else (go,)
    identity = repr((modules.work, modules.directory, flags, names, *asked)).encode()
    place = f"{build_dir}/{STATE}/go-deps/{hashlib.sha256(identity).hexdigest()[:12]}"
    output, skip = f"{place}/go-deps.json", (build_dir,)
    if tinygo:
        return ListTinyGo(modules, flags, go, skip, output, packages=names, tinygo=tinygo)
    return ListGo(modules, flags, go, skip, output, names)


def go_package(artifact: Artifact, context: GoContext) -> str:
    """The artifact's package as an argument of go, which runs in the context's directory."""
    return from_directory(artifact.package, artifact.directory, context)


def _artifact(
    workspace: Workspace, artifact: Artifact, context: GoContext, listing: ListGo, host: str
) -> PlannedArtifact:
    names = Names(workspace.build_dir, workspace.profile, artifact.directory, artifact.name)
    module = names.file("wasm")
    compress = _compress(artifact, names, module)
    precompile = _precompile(workspace, artifact, names, module, host)
    compiled = _compiled(workspace, artifact, names, context, listing)
    release = compiled[0]
    verify = VerifyImports(
        artifact=artifact.id,
        module=module,
        output=names.file("imports.json"),
        kind=artifact.kind,
        exports=artifact.exports,
        compiler=artifact.compiler,
        imports=artifact.imports,
        grants=artifact.grants,
        calls=_calls(workspace, release),
    )
    checks = _checks(artifact, names, module, precompile, host)
    ledger = ledger_file(workspace, artifact)
    sizes = Budget(
        artifact=artifact.id,
        module=module,
        br=names.file("wasm.br") if "br" in artifact.compress_formats else None,
        gz=names.file("wasm.gz") if "gz" in artifact.compress_formats else None,
        cwasm=tuple((step.target, step.output) for step in precompile),
        checks=checks.output,
        output=names.file("sizes.json"),
        budget=artifact.budget,
        # (what TinyGo makes has a name section, and no other names)
        named=release.output if artifact.compiler == "tinygo" else None,
        ledger=ledger or None,
    )
    launched, refused = launched_of(artifact, names, module, precompile)
    gate = Gate(
        artifact=artifact.id,
        results=(verify.output, checks.output, sizes.output),
        notes=launcher_notes(artifact.name, refused),
        output=f"{workspace.build_dir}/{STATE}/{names.state('gate')}.json",
    )
    strip = Strip(release.output, module, artifact.strip_keep, artifact.runtime.max_memory_bytes)
    manifest = _manifest(artifact, names, sizes, checks, gate, compiled, precompile)
    programs = tuple(program for program in LAUNCHERS if program not in refused)
    launcher = WriteLaunchers(launched, programs, (gate.output,), f"{names.directory}/run")
    steps: tuple[Step, ...] = (
        release,
        strip,
        verify,
        *compress,
        *precompile,
        checks,
        sizes,
        gate,
        *([launcher] if programs else []),
        *compiled[1:],
        replace(manifest, after=(*manifest.after, *launcher.outputs)),
    )
    return PlannedArtifact(artifact, steps, names, gate.output, ledger)


def ledger_file(workspace: Workspace, artifact: Artifact) -> str:
    """Where the sizes of an artifact are that were accepted: beside the wasip1.toml that declares
    it; "" under a profile whose sizes are not."""
    if workspace.profile != PROFILE or not workspace.files:
        return ""
    is_top = artifact.directory == "."
    return sizes_file(
        workspace.files[0] if is_top else posixpath.join(artifact.directory, SPEC_FILE)
    )


def _compiled(
    workspace: Workspace, artifact: Artifact, names: Names, context: GoContext, listing: ListGo
) -> tuple[CompileGo] | tuple[CompileTinyGo, CompileTinyGo]:
    """What compiles the module that is stripped, and where that has no names, the debug module."""
    debug = names.file("debug.wasm")
    package, reactor = go_package(artifact, context), artifact.kind == "reactor"
    flags, define = selecting_flags(artifact), artifact.define
    if artifact.compiler == "go":
        stages = f"stage/@{workspace.profile}"
        return (
            CompileGo(
                *(context, package, reactor, flags, define, listing.go, listing.output, debug),
                stages=stages,
            ),
        )
    release = CompileTinyGo(
        modules=context,
        package=package,
        reactor=reactor,
        flags=flags,
        define=define,
        go=listing.go,
        deps=listing.output,
        output=f"{workspace.build_dir}/{STATE}/{names.state('tinygo')}.wasm",
        tinygo=_tinygo(workspace.toolchain),
        options=tinygo_options(artifact),
    )
    return release, replace(release, output=debug, after=release.output)


def _calls(workspace: Workspace, compiled: CompileGo | CompileTinyGo) -> Calls | None:
    """What is verified of the sources."""
    severity = workspace.advise.get(UNSUPPORTED, DEFAULT)
    return None if severity == "off" else Calls(compiled, Severity(severity))


def _compress(artifact: Artifact, names: Names, module: str) -> list[Brotli | Gzip]:
    steps: list[Brotli | Gzip] = []
    if "br" in artifact.compress_formats:
        steps.append(Brotli(module, names.file("wasm.br"), artifact.brotli_quality))
    if "gz" in artifact.compress_formats:
        steps.append(Gzip(module, names.file("wasm.gz")))
    return steps


def _precompile(
    workspace: Workspace, artifact: Artifact, names: Names, module: str, host: str
) -> list[Aot]:
    targets = dict.fromkeys(host if name == "host" else name for name in artifact.aot_targets)
    return [
        Aot(
            module=module,
            output=names.file(f"{target}.cwasm"),
            target=target,
            interruptible=artifact.aot_interruptible,
            wasmtime=request("wasmtime", workspace.toolchain.wasmtime),
            library=ToolRequest("wasmtime-library"),
        )
        for target in targets
    ]


def _checks(
    artifact: Artifact, names: Names, module: str, precompile: Iterable[Aot], host: str
) -> RunChecks:
    own = next((step for step in precompile if step.target == host), None)
    return RunChecks(
        artifact=artifact.id,
        module=module,
        cwasm=own.output if own else None,
        interruptible=artifact.aot_interruptible,
        output=names.file("checks.json"),
        kind=artifact.kind,
        exports=artifact.exports,
        imports=artifact.imports,
        grants=artifact.grants,
        max_memory_bytes=artifact.runtime.max_memory_bytes,
        gogc=artifact.runtime.gogc,
        memory_limit_bytes=artifact.runtime.memory_limit_bytes,
        checks=artifact.checks,
        library=ToolRequest("wasmtime-library"),
        counted=bool(call_limits(artifact.budget)),
    )


def launched_of(
    artifact: Artifact, names: Names, module: str, precompile: Iterable[Aot]
) -> tuple[Launched, dict[str, tuple[str, ...]]]:
    """What scripts for other runtimes' programs start, and those that get none, with the reasons:
    they start commands only, and provide no functions of a host."""
    unlaunchable = ""
    if artifact.kind != "command":
        unlaunchable = "it is a reactor, whose exports a host calls"
    elif any(provided != PREVIEW1 for provided in artifact.imports.provided):
        unlaunchable = "it imports functions of its own host"
    launched = Launched(
        name=artifact.name,
        module=posixpath.basename(module),
        precompiled=tuple((step.target, posixpath.basename(step.output)) for step in precompile),
        interruptible=artifact.aot_interruptible,
        grants=artifact.grants,
        policy=artifact.runtime,
        trusted=artifact.trusted,
        root=posixpath.relpath(".", names.directory),
    )
    return launched, without_launcher(launched, unlaunchable)


def _manifest(
    artifact: Artifact,
    names: Names,
    sizes: Budget,
    checks: RunChecks,
    gate: Gate,
    compiled: Sequence[CompileGo | CompileTinyGo],
    precompile: Sequence[Aot],
) -> Manifest:
    files = [ManifestFile(sizes.module, "module")]
    files += [ManifestFile(sizes.br, "br")] if sizes.br else []
    files += [ManifestFile(sizes.gz, "gz")] if sizes.gz else []
    files += [ManifestFile(step.output, "cwasm", step.target) for step in precompile]
    return Manifest(
        artifact=artifact,
        files=tuple(files),
        imports=names.file("imports.json"),
        sizes=sizes.output,
        checks=checks.output,
        gate=gate.output,
        output=names.manifest,
        tools=(*compiler_tools(compiled[0]), *dict.fromkeys(step.wasmtime for step in precompile)),
        flags=compiled[0].build_flags,
        after=tuple(step.output for step in compiled[1:]),
    )


def compiler_tools(compiled: CompileGo | CompileTinyGo) -> tuple[ToolRequest, ...]:
    """The programs whose versions a manifest names for the compilation."""
    if isinstance(compiled, CompileTinyGo):
        return (compiled.tinygo, compiled.go)
    return (compiled.go,)


def _refuse_collisions(steps: Iterable[Step]) -> None:
    """Two outputs of which one equals or lies below the other cannot both be made."""
    outputs: set[str] = set()
    findings = []
    for output in (output for step in steps for output in step.outputs):
        if output in outputs:
            findings.append(_collision(output, output))
        outputs.add(output)
    for output in outputs:
        parent = posixpath.dirname(output)
        while parent.strip("/"):
            if parent in outputs:
                findings.append(_collision(output, parent))
            parent = posixpath.dirname(parent)
    if findings:
        raise Failure(tuple(findings))


def _collision(output: str, other: str) -> Finding:
    return Finding(
        "output-collision",
        Severity.ERROR,
        f"{output} is made twice" if output == other else f"{output} lies below {other}",
        why="two artifacts would write to the same place",
        fix="rename one of the artifacts, or the directory of one",
    )
