"""Which directories do package patterns mean that have Go tests for wasip1? Found by Go's own rules
(go help packages, go help buildconstraint), without running go.

Build lines are not read: those are for `go list` to judge, which confirms what is found here.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from wasip1_build.findings import Failure, failure
from wasip1_build.steps.go_context import GoContext
from wasip1_build.steps.go_files import directives

# The words of file names that go/build knows (internal/syslist, Go 1.27).
SYSTEMS = frozenset(
    (
        *("aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "js"),
        *("linux", "nacl", "netbsd", "openbsd", "plan9", "solaris", "wasip1", "windows", "zos"),
    )
)
ARCHITECTURES = frozenset(
    (
        *("386", "amd64", "amd64p32", "arm", "arm64", "arm64be", "armbe", "loong64", "mips"),
        *("mips64", "mips64le", "mips64p32", "mips64p32le", "mipsle", "ppc", "ppc64", "ppc64le"),
        *("riscv", "riscv64", "s390", "s390x", "sparc", "sparc64", "wasm"),
    )
)
_VENDOR = "\0"  # in the place of a path element "vendor", which "..." does not match


def is_local(pattern: str) -> bool:
    """Whether a pattern is a path, and not the beginning of an import path."""
    return pattern in (".", "..") or pattern.startswith(("./", "../"))


def from_directory(pattern: str, directory: str, context: GoContext) -> str:
    """A pattern as an argument of go, which runs in the context's directory.

    `directory` is the one to which local patterns are relative, from the workspace root.
    """
    if not is_local(pattern):
        return pattern
    path = posixpath.normpath(posixpath.join(directory, pattern))
    if context.root_below:  # relpath cannot know the names of directories above the root
        relative = posixpath.normpath(posixpath.join(context.root_below, path))
    else:
        relative = posixpath.relpath(path, context.directory)
    above = relative == ".." or relative.startswith("../")  # ("..." is not)
    return relative if above else f"./{relative}".removesuffix("/.")


def directories_with_tests(
    root: Path, directory: str, patterns: Iterable[str], context: GoContext
) -> tuple[str, ...]:
    """The directories with tests that the patterns mean, sorted, relative to the workspace root.

    Local patterns are relative to `directory`. Raises Failure for a path that is no directory, and
    for an import path that is in no module of the context's.
    """
    found: set[str] = set()
    for pattern in patterns:
        if is_local(pattern):
            meant = _local(root, posixpath.normpath(posixpath.join(directory, pattern)), pattern)
        else:
            meant = _by_import_path(root, pattern, context)
        found.update(place for place in meant if _has_tests(root / place))
    return tuple(sorted(found))


def import_path(root: Path, directory: str) -> tuple[str, str]:
    """The import path of a directory and its place in its module ("." for the module's own).

    The import path is empty where no go.mod names it.
    """
    start = Path(os.path.abspath(root / directory))
    module = next((p for p in (start, *start.parents) if (p / "go.mod").is_file()), start)
    name = _module_path(module / "go.mod")
    below = os.path.relpath(start, module)
    return posixpath.normpath(posixpath.join(name, below)) if name else "", below


def may_be_tests(name: str) -> bool:
    """Whether a file's name says that it holds tests which wasip1 could select."""
    if not name.endswith("_test.go") or name[0] in "._":
        return False
    _, *words = name.removesuffix("_test.go").partition(".")[0].split("_")
    if words and words[-1] in ARCHITECTURES:
        system = words[-2:-1]
        return words[-1] == "wasm" and (not set(system) & SYSTEMS or system == ["wasip1"])
    return not words or words[-1] not in SYSTEMS or words[-1] == "wasip1"


def _local(root: Path, path: str, pattern: str) -> Iterator[str]:
    if "..." not in path:
        if not (root / path).is_dir():
            raise _no_directory(pattern, path)
        yield path
        return
    top = posixpath.dirname(path[: path.index("...")]) or "."
    if not (root / top).is_dir():
        raise _no_directory(pattern, top)
    matches = _Matches(path)
    yield from (place for place in _below(root, top) if matches(place))


def _by_import_path(root: Path, pattern: str, context: GoContext) -> Iterator[str]:
    matches = _Matches(pattern)
    known = False
    for module in context.directories:
        name = _module_path(root / module / "go.mod")
        fixed = pattern.partition("...")[0]
        if not name or not (f"{pattern}/".startswith(f"{name}/") or name.startswith(fixed)):
            continue
        known = True
        for place in _below(root, module):
            below = posixpath.relpath(place, module)
            if matches(posixpath.normpath(posixpath.join(name, below))):
                yield place
    if not known:
        raise failure(
            "test-package",
            f"{pattern} is in no module of this workspace",
            why="tests are run of sources that are here",
            fix='write a path, "./..." for all below this file, or the import path of a package '
            "of your own",
            key="test.packages",
        )


def _below(root: Path, top: str) -> Iterator[str]:
    """The directories at and below one that may be packages, without following links.

    What begins with "." or "_", testdata, other modules and what go.mod says to ignore is none.
    """
    ignored = _Ignored(root, top)
    waiting = [top]
    while waiting:
        place = waiting.pop()
        yield place
        try:
            with os.scandir(root / place) as listing:
                entries = [entry for entry in listing if entry.is_dir(follow_symlinks=False)]
        except OSError:
            continue
        for entry in entries:
            path = posixpath.normpath(f"{place}/{entry.name}")
            if entry.name[0] in "._" or entry.name == "testdata" or ignored.has(path):
                continue
            if not os.path.isfile(f"{entry.path}/go.mod"):
                waiting.append(path)


class _Ignored:
    """The `ignore` directives of the go.mod around a directory (go.dev/ref/mod#go-mod-file-ignore):
    "./x" is that directory, "x" any of that name at any depth."""

    def __init__(self, root: Path, top: str) -> None:
        start = Path(os.path.abspath(root / top))
        around = (place for place in (start, *start.parents) if (place / "go.mod").is_file())
        module = next(around, None)
        lines = directives(module / "go.mod") if module else ()
        self._module = posixpath.normpath(os.path.relpath(module, root)) if module else "."
        self._paths = [d.words[0] for d in lines if d.verb == "ignore" and d.words]

    def has(self, path: str) -> bool:
        """Whether a directory, by its path from the workspace root, is left out."""
        below = f"/{posixpath.relpath(path, self._module)}"
        return any(
            below == posixpath.normpath(f"/{each}")
            if each.startswith("./")
            else below.endswith(f"/{each.strip('/')}")
            for each in self._paths
        )


class _Matches:
    """Whether a slash-separated name is one that a pattern means.

    "..." is any text, but for an element "vendor"; "x/..." is x as well.
    """

    def __init__(self, pattern: str) -> None:
        name = _without_vendor(posixpath.normpath(pattern))
        head, tail = (name[:-4], f"(/[^{_VENDOR}]*)?") if name.endswith("/...") else (name, "")
        text = f"[^{_VENDOR}]*".join(map(re.escape, head.split("...")))
        self._pattern = re.compile(text + tail, re.DOTALL)

    def __call__(self, name: str) -> bool:
        return self._pattern.fullmatch(_without_vendor(name)) is not None


def _without_vendor(name: str) -> str:
    return "/".join(_VENDOR if part == "vendor" else part for part in name.split("/"))


def _has_tests(directory: Path) -> bool:
    try:
        with os.scandir(directory) as listing:
            return any(may_be_tests(entry.name) and entry.is_file() for entry in listing)
    except OSError:
        return False


def _module_path(file: Path) -> str:
    lines = (d for d in directives(file) if d.verb == "module" and d.words)
    return next((line.words[0] for line in lines), "")


def _no_directory(pattern: str, path: str) -> Failure:
    return failure(
        "test-package",
        f"{pattern} of test.packages is no directory: there is no {path}",
        fix='correct the path; it is relative to this file, and "./..." is all below it',
        key="test.packages",
    )
