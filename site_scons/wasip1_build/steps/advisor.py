"""Ask the advisor, a Go program of ours, about main packages as they are compiled for wasip1.

It is compiled once for each Go and kept in the tool cache. It reads types as the compiler of the
same Go writes them, so that it is always the Go of the build that compiles it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.files import replacing, sha256_of_file, sha256_of_json, write_atomically
from wasip1_build.findings import failure
from wasip1_build.process import Result, run
from wasip1_build.spec.model import Runtime
from wasip1_build.steps.compile import Compile
from wasip1_build.steps.compile_tinygo import CompileTinyGo
from wasip1_build.steps.go_command import go_failure
from wasip1_build.steps.go_deps import listed_values
from wasip1_build.steps.list_go import ListGo
from wasip1_build.steps.list_tinygo import ListTinyGo
from wasip1_build.steps.results import Record
from wasip1_build.steps.step import Context
from wasip1_build.toolchain.environment import go_environment
from wasip1_build.toolchain.host import host_platform
from wasip1_build.toolchain.tools import Tool

RULE = "advisor"
SOURCES = Path(__file__).parents[1] / "advise" / "go"
# The fields of `go list -json` that say what a package is made of, and whose it is.
_FIELDS = "ImportPath,Dir,Standard,Module,GoFiles,CgoFiles,IgnoredGoFiles,Imports,ImportMap,Error"
_EXPORT = ("-export", "-trimpath", "-json=ImportPath,Export")  # as compiled: from Go's cache


@dataclass(frozen=True)
class Asked:
    """Main packages of one Go context, compiler and flags: `mains` are artifacts (DIR:NAME) with
    what compiles them. `ignores` asks for a verdict on the ignores in their sources, too, and
    `dependencies` for what the rules find in other modules' sources; `edits` for what mends.
    `lives` says how the spec has an artifact live: its memory and its garbage collector."""

    mains: tuple[tuple[str, Compile], ...]
    rules: tuple[str, ...]
    ignores: bool = False
    dependencies: bool = False
    edits: bool = False
    lives: Mapping[str, Runtime] = field(default_factory=dict)


def identity(context: Context, compiled: Compile) -> Mapping[str, Any]:
    """What decides an answer beside the sources: the advisor, and the tools that it relies on."""
    found = {"sources": sources_digest(context), "go": context.tools.identity(compiled.go)}
    if isinstance(compiled, CompileTinyGo):
        found["tinygo"] = context.tools.identity(compiled.tinygo)
    return found


def sources_digest(context: Context) -> str:
    """A digest of the advisor's own sources."""
    return context.once(("advisor's sources",), lambda: _sources_digest(context))


def _sources_digest(context: Context) -> str:
    files = sorted(path for path in SOURCES.rglob("*") if path.suffix in (".go", ".json", ".mod"))
    return sha256_of_json(
        [[path.relative_to(SOURCES).as_posix(), context.digests.digest(path)] for path in files]
    )


def answer(context: Context, asked: Asked) -> Record:
    """What the advisor found, by artifact. Raises Failure where it, or go, cannot be run."""
    compiled = asked.mains[0][1]
    listing = _listing(asked)
    tool = context.tools.find(compiled.go)
    packages = _packages(context, listing)
    by_path = {each["path"]: each for each in packages}
    if not isinstance(listing, ListTinyGo):
        for path, export in _exports(context, listing, packages):
            if path in by_path:
                by_path[path]["export"] = export
    request = {
        "compiler": "tinygo" if isinstance(listing, ListTinyGo) else "go",
        "rules": list(asked.rules),
        "ignores": asked.ignores,
        "dependencies": asked.dependencies,
        "edits": asked.edits,
        "packages": packages,
        "mains": [
            {
                "artifact": artifact,
                "path": main.import_path,
                "kind": "reactor" if each.reactor else "command",
                **policy(asked.lives.get(artifact, Runtime())),
            }
            for artifact, each in asked.mains
            if (main := each.main(context))
        ],
    }
    program = advisor(context, tool)
    environment = {"PATH": "/usr/bin:/bin"}
    done = run([program], env=environment, stdin=json.dumps(request).encode())
    try:
        return Record(json.loads(done.stdout), "the advisor's answer")
    except ValueError:
        raise failure(
            RULE,
            "the advisor ended without an answer",
            why=f"exit {done.returncode}",
            fix='this is our fault: report it; until then: [advise] unsupported-call = "off"',
            details=done.stderr.decode(errors="replace"),
        ) from None


def policy(runtime: Runtime) -> dict[str, Any]:
    """What the advisor is told of how an artifact lives."""
    return {
        "gogc": runtime.gogc or "",
        "memory_limit": runtime.memory_limit_bytes or 0,
        "max_memory": runtime.max_memory_bytes or 0,
    }


def _listing(asked: Asked) -> ListGo:
    """What asks go for the packages of these mains as their compiler sees them."""
    each = asked.mains[0][1]
    packages = tuple(sorted({compiled.package for _, compiled in asked.mains}))
    if isinstance(each, CompileTinyGo):
        return ListTinyGo(
            each.modules, each.flags, each.go, (), "", packages=packages, tinygo=each.tinygo
        )
    return ListGo(each.modules, each.flags, each.go, (), "", packages)


def _packages(context: Context, listing: ListGo) -> list[dict[str, Any]]:
    """All packages that go lists, as the advisor is told of them."""
    result, _ = listing.ask(context, [f"-json={_FIELDS}"], listing.packages)
    _require(context, listing, result)
    return [_package(context, listed) for listed in listed_values(result.stdout)]


def _require(context: Context, listing: ListGo, result: Result) -> None:
    if result.returncode != 0:
        what = "go cannot list what the advisor is to read"
        raise go_failure(context, listing.modules, result, what)


def _package(context: Context, listed: Mapping[str, Any]) -> dict[str, Any]:
    directory, module = listed.get("Dir", ""), listed.get("Module") or {}
    names = (*(listed.get("GoFiles") or ()), *(listed.get("CgoFiles") or ()))
    kind = "standard" if listed.get("Standard") else "own" if _is_own(module) else "foreign"
    return {
        "path": listed["ImportPath"],
        "kind": kind,
        "files": [os.path.join(directory, name) for name in names],
        "ignored": [] if names else _ignored(listed),
        "module": _name_of(module),
        "shown": _shown(context, kind, listed, module),
        "imports": listed.get("Imports") or [],
        "import_map": listed.get("ImportMap") or {},
        "go_version": module.get("GoVersion", ""),
        "error": (listed.get("Error") or {}).get("Err", "").replace(f"{context.root}/", ""),
    }


def _ignored(listed: Mapping[str, Any]) -> list[str]:
    """The files of which wasip1 gets none."""
    names = listed.get("IgnoredGoFiles") or ()
    return [os.path.join(listed.get("Dir", ""), name) for name in names]


def _is_own(module: Mapping[str, Any]) -> bool:
    """Whether a module is the workspace's own: a main one, or a directory in the place of one."""
    replacement = module.get("Replace") or {}
    return bool(module.get("Main") or (replacement and not replacement.get("Version")))


def _shown(
    context: Context, kind: str, listed: Mapping[str, Any], module: Mapping[str, Any]
) -> str:
    """A package's directory, the same on every machine."""
    if kind == "standard":
        return "$GOROOT"
    if kind == "own":
        return Path(os.path.relpath(listed["Dir"], context.root)).as_posix()
    name = module.get("Path", "")
    return f"{_name_of(module)}{listed['ImportPath'].removeprefix(name)}"


def _name_of(module: Mapping[str, Any]) -> str:
    return "@".join(filter(None, (module.get("Path", ""), module.get("Version", ""))))


def _exports(
    context: Context, listing: ListGo, packages: list[dict[str, Any]]
) -> Iterator[tuple[str, str]]:
    """The export data of each package of the standard library that the others import."""
    standard = {each["path"] for each in packages if each["kind"] == "standard"}
    imported = {path for each in packages if each["kind"] != "standard" for path in each["imports"]}
    wanted = sorted((imported & standard) - {"unsafe"})
    if not wanted:
        return
    result, _ = listing.ask(context, _EXPORT, wanted)
    _require(context, listing, result)
    for listed in listed_values(result.stdout):
        if listed.get("Export"):
            yield listed["ImportPath"], listed["Export"]


def advisor(context: Context, tool: Tool) -> Path:
    """The advisor, compiled by this Go; taken from the tool cache where it is there and whole.

    Raises Failure where it cannot be compiled, OSError where the cache cannot be written.
    """
    version = {"tool": tool.version, "sources": sources_digest(context), "root": str(tool.root)}
    go = context.digests.digest(tool.path)
    name = sha256_of_json([version, go])[:16]
    # Not among the tools: where one of those appears, builds look at everything again.
    cache = (context.cache or context.state("")) / "advisor" / "-".join(host_platform())
    place = cache / name / "advisor"
    told = place.with_suffix(".sha256")
    digest = context.digests.digest(place)
    if digest is not None and told.is_file() and told.read_text() == digest:
        return place
    with replacing(place) as temporary:
        _compile(context, tool, temporary)
        write_atomically(told, sha256_of_file(temporary).encode())
    return place


def _compile(context: Context, tool: Tool, output: Path) -> None:
    environment = go_environment(context.environment, tool)
    for name in ("GOOS", "GOARCH"):
        environment.pop(name)  # for the machine on which it runs
    environment |= {"GOWORK": "off", "GOPROXY": "off", "GOTMPDIR": str(context.scratch())}
    arguments = ["build", "-trimpath", "-buildvcs=false", "-o", str(output), "."]
    done = run([tool.path, *arguments], env=environment, cwd=SOURCES)
    if done.returncode != 0:
        raise failure(
            RULE,
            f"Go {tool.version} cannot compile the advisor",
            why="it reads the sources as the compiler of the same Go does",
            fix='use Go 1.21 or later, or in wasip1.toml: [advise] unsupported-call = "off"',
            details=done.stderr.decode(errors="replace"),
        )
