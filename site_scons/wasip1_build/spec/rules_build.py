"""Whether what an artifact says about its own building can be built."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wasip1_build.findings import Finding
from wasip1_build.spec.merge import from_root
from wasip1_build.spec.scope import Rule, Scope
from wasip1_build.spec.suggest import did_you_mean, shown
from wasip1_build.spec.targets import ALIASES, HOST, PORTABLE_INSTEAD, REFUSED, TARGETS

PACKAGE = "spec-package"
KIND = "spec-kind"
FLAGS = "spec-flags"
AOT = "spec-aot"

_INPUTS = "it would bring in something that the build does not know as an input"
_REPRODUCIBLE = "the build sets it, so that the same sources give the same bytes everywhere"
# https://pkg.go.dev/cmd/go: flags that change where sources, tools or outputs are.
GO_FLAGS_REFUSED: dict[str, tuple[str, str]] = {
    "o": ("the build decides where outputs go", "remove it"),
    "C": ("it moves the directory that every other path is relative to", "remove it"),
    "mod": ("the build decides between a vendor directory and the module cache", "remove it"),
    "modfile": (_INPUTS, "remove it, or write go.mod itself"),
    "overlay": (_INPUTS, "remove it"),
    "toolexec": (_INPUTS, "remove it"),
    "exec": ("the build runs no program of yours", "remove it"),
    "pgo": (_INPUTS, "put a default.pgo beside the main package: it is found and is an input"),
    "buildmode": ("it follows from kind", 'write kind = "command" or kind = "reactor"'),
    "ldflags": (
        "the link is done once with symbols and stripped afterwards",
        'write define = { "main.version" = "..." } for -X; -s and -w are not needed',
    ),
    "tags": ("build tags decide which files are inputs", 'write tags = ["..."]'),
    "trimpath": (_REPRODUCIBLE, "remove it"),
    "buildvcs": (_REPRODUCIBLE, "remove it"),
    "compiler": (_INPUTS, "remove it"),
    "pkgdir": (_INPUTS, "remove it"),
    "n": ("it prints commands and builds nothing", "remove it"),
}
# Go's flags that stand without a value; any other would take the next argument for its value.
GO_FLAGS_WITHOUT_VALUE = frozenset(
    ("a", "asan", "cover", "json", "linkshared", "modcacherw", "msan", "race", "v", "work", "x")
)
TINYGO_FLAGS_REFUSED: dict[str, tuple[str, str]] = {
    "o": ("the build decides where outputs go", "remove it"),
    "target": ("every artifact is built for wasip1", "remove it"),
    "trimpath": ("TinyGo has no such flag", "remove it: -no-debug output has no paths"),
    "no-debug": ("the release module is built with it, and the debug module without", "remove it"),
    "buildmode": ("it follows from kind", 'write kind = "command" or kind = "reactor"'),
    "ldflags": ("it can carry -X alone", 'write define = { "main.version" = "..." }'),
    "tags": ("build tags decide which files are inputs", 'write tags = ["..."]'),
    **{
        name: (f"tinygo.{name} is the place for it", f'write tinygo.{name} = "..."')
        for name in ("opt", "scheduler", "panic", "stack-size")
    },
}


def package(scope: Scope) -> Iterator[Finding]:
    """A package that is a directory must be one of this workspace."""
    written, directory = scope.artifact.package, scope.artifact.directory
    path = from_root(directory, written)
    if "..." in written:
        yield scope.error(
            PACKAGE,
            "package",
            f"package {shown(written)} is a pattern",
            "an artifact is made from one main package",
            "declare one artifact for each main package",
        )
    elif written.startswith("/"):
        yield scope.error(
            PACKAGE,
            "package",
            f"package {shown(written)} is an absolute path",
            "it would name another place on another machine",
            "write it relative to this file, beginning with ./",
        )
    elif not re.match(r"\.\.?(/|$)", written):
        yield from _import_path(scope, written, path)
    elif not scope.disk.inside(path):
        yield scope.error(
            PACKAGE,
            "package",
            f"package {shown(written)} is outside of the workspace",
            f"it leads to {scope.disk.real(path)}, which is no input of the build"
            if scope.disk.is_directory(path) and not path.startswith("..")
            else "what is out there is no input of the build",
            "move it into the workspace, or require its module in go.mod and write its import path",
        )
    elif not scope.disk.is_directory(path):
        yield scope.error(
            PACKAGE,
            "package",
            f"there is no directory {shown(path)}",
            f"package {shown(written)} is relative to the file that declares it",
            "correct the path, or create the package",
        )


def _import_path(scope: Scope, written: str, path: str) -> Iterator[Finding]:
    """Without a dot in its first part, an import path is the standard library's."""
    if "." not in written.split("/")[0] and scope.disk.is_directory(path):
        yield scope.error(
            PACKAGE,
            "package",
            f"package {shown(written)} is an import path, not a directory",
            "Go takes a path without ./ for a package of the standard library or of a module",
            f'write package = "./{written}"',
        )


def kind(scope: Scope) -> Iterator[Finding]:
    """A reactor is called through its exports; a command has none."""
    artifact = scope.artifact
    if artifact.kind == "reactor" and not artifact.exports:
        yield scope.error(
            KIND,
            "kind",
            f'the reactor "{artifact.name}" exports nothing',
            "a host calls a reactor through its exports, and without one the linker drops its code",
            'name its //go:wasmexport functions: exports = ["..."]',
        )
    if artifact.kind == "command" and artifact.exports:
        yield scope.error(
            KIND,
            "exports",
            f'the command "{artifact.name}" has exports',
            "a command runs from _start to its end; what it exports cannot be called after that",
            'write kind = "reactor", or remove exports',
        )


def go_flags(scope: Scope) -> Iterator[Finding]:
    """The escape hatch must not go around what the build knows."""
    if scope.artifact.compiler == "tinygo" and scope.artifact.go_flags:
        yield scope.error(
            FLAGS,
            "go-flags",
            'go-flags with compiler = "tinygo"',
            "they are flags of go build, and TinyGo has others",
            "write tinygo.flags, or remove them",
        )
    for index, flag in enumerate(scope.artifact.go_flags):
        key, name = f"go-flags.{index}", _flag_name(flag)
        if name is None:
            yield scope.error(
                FLAGS,
                key,
                f"{shown(flag)} in go-flags is no flag",
                "go build would take it for a package",
                'write a flag with its value in one string: go-flags = ["-p=2"]',
            )
        elif name in GO_FLAGS_REFUSED:
            why, fix = GO_FLAGS_REFUSED[name]
            yield scope.error(FLAGS, key, f"-{name} is refused in go-flags", why, fix)
        elif "=" not in flag and name not in GO_FLAGS_WITHOUT_VALUE:
            yield scope.error(
                FLAGS,
                key,
                f"-{name} in go-flags has no value",
                "go build would take the next argument for it",
                f'write flag and value in one string: "-{name}=..."',
            )


def tinygo_flags(scope: Scope) -> Iterator[Finding]:
    """TinyGo's escape hatch, likewise."""
    flags = scope.artifact.tinygo.flags
    for index, flag in enumerate(flags):
        key, name = f"tinygo.flags.{index}", _flag_name(flag)
        after = flags[index + 1] if index + 1 < len(flags) else ""
        if name in TINYGO_FLAGS_REFUSED:
            why, fix = TINYGO_FLAGS_REFUSED[name]
            yield scope.error(FLAGS, key, f"-{name} is refused in tinygo.flags", why, fix)
        elif name == "gc":
            none = flag.endswith("=none") or (flag.lstrip("-") == "gc" and after == "none")
            yield scope.error(
                FLAGS,
                key,
                f"-gc{'=none' * none} is refused in tinygo.flags",
                "it does not link for wasip1: undefined symbol runtime.alloc"
                if none
                else "tinygo.gc is the place for it",
                'write tinygo.gc = "leaking", which never frees',
            )


def _flag_name(flag: str) -> str | None:
    """The name in -name, --name, -name=value; None where it is no flag."""
    match = re.match(r"--?([^-=\s][^=\s]*)", flag)
    return match[1] if match else None


def aot_targets(scope: Scope) -> Iterator[Finding]:
    """Targets must be ones for which wasmtime compiles Go modules, each once."""
    targets = scope.artifact.aot_targets
    for index, target in enumerate(targets):
        key = f"aot.targets.{index}"
        if target in targets[:index]:
            yield scope.error(AOT, key, f"aot.targets has {shown(target)} twice", fix="remove one")
        elif target not in TARGETS:
            yield _unknown_target(scope, key, target)


def _unknown_target(scope: Scope, key: str, target: str) -> Finding:
    for beginning, why in REFUSED:
        if target.startswith(beginning):
            what = f"there is no precompilation for {shown(target)}"
            return scope.error(AOT, key, what, why, PORTABLE_INSTEAD)
    alias = ALIASES.get(target)
    fix = f'did you mean "{alias}"?' if alias else did_you_mean(target, TARGETS)
    known = "known: " + ", ".join(sorted(TARGETS - {HOST})) + f", and {HOST}"
    return scope.error(
        AOT,
        key,
        f"unknown target {shown(target)}",
        "a target is a triple as wasmtime spells it",
        fix or known,
    )


RULES = (
    Rule(package, ("package",)),
    Rule(kind, ("kind", "exports")),
    Rule(go_flags, ("go-flags", "compiler")),
    Rule(tinygo_flags, ("tinygo.flags",)),
    Rule(aot_targets, ("aot.targets",)),
)
