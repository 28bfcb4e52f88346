"""Which go.work or go.mod Go itself finds for a package, and which local modules that brings in."""

from __future__ import annotations

import os
from pathlib import Path

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure, Location, failure
from wasip1_build.steps.go_files import (
    go_line,
    local_replacements,
    used_directories,
    version_tuple,
)


@dataclass(frozen=True)
class GoContext:
    """One build list of Go modules. Paths are relative to the workspace root, or lead out of it.

    `module` is the directory of the package's own go.mod, `work` the go.work above it or "".
    `directories` are all the modules whose sources are on this machine's disk; `files` are the
    files that decide which module versions there are.
    """

    module: str
    work: str
    directories: tuple[str, ...]
    files: tuple[str, ...]
    root_below: str = ""  # the workspace root's path from `directory`, where that is above it

    @property
    def directory(self) -> str:
        """Where go is run: the same for all modules of a go.work."""
        return os.path.dirname(self.work) or "." if self.work else self.module


def find_go_context(root: Path, package_directory: str) -> GoContext:
    """The Go context of a package's directory, found upwards as Go does.

    Raises Failure where no go.mod is found.
    """
    start = Path(os.path.abspath(root / package_directory))
    module = _upwards(start, "go.mod")
    if module is None:
        raise failure(
            "go-module",
            f"no go.mod at or above {package_directory}",
            why="Go builds packages of modules only",
            fix=f"run `go mod init example.com/NAME` in {package_directory}",
        )
    work = _upwards(start, "go.work")
    manifests = [work] if work else [module]
    directories = list(used_directories(work)) if work else [module.parent]
    for file in [*manifests, *(directory / "go.mod" for directory in tuple(directories))]:
        directories += [path for path in local_replacements(file) if path not in directories]
    files = [work, work.with_name("go.work.sum")] if work else []
    for directory in directories:
        files += [directory / "go.mod", directory / "go.sum"]
    home = (work or module).parent
    files.append(home / "vendor" / "modules.txt")
    return GoContext(
        module=_relative(root, module.parent),
        work=_relative(root, work) if work else "",
        directories=tuple(sorted({_relative(root, path) for path in directories})),
        files=tuple(sorted({_relative(root, path) for path in files if path.is_file()})),
        root_below=_below(root, home),
    )


def require_member(root: Path, context: GoContext) -> None:
    """Raises Failure where the package's module is outside the go.work above it."""
    if context.work and (root / context.module).resolve() not in used_directories(
        root / context.work
    ):
        raise _outside_work(root, context)


def require_go_version(root: Path, files: tuple[str, ...], go_version: str) -> None:
    """Raises Failure where a go.mod or go.work asks for a newer Go than the pinned one."""
    for file in files:
        line = go_line(root / file) if file.endswith(("go.mod", "go.work")) else None
        if line and version_tuple(line.words[0]) > version_tuple(go_version):
            raise failure(
                "go-version",
                f"{file} asks for Go {line.words[0]}, and the pinned Go is {go_version}",
                why="a build never fetches another toolchain (GOTOOLCHAIN=local)",
                fix=f'set go = "{line.words[0]}" under [toolchain] in the top wasip1.toml, '
                f"or lower this line to go {go_version}",
                location=Location(file, line.line),
            )


def _outside_work(root: Path, context: GoContext) -> Failure:
    lines = (root / context.work).read_text(errors="replace").splitlines()
    use = next((n for n, text in enumerate(lines, 1) if text.lstrip().startswith("use")), 1)
    path = os.path.relpath(root / context.module, (root / context.work).parent)
    written = path if path.startswith(".") else f"./{path}"
    return failure(
        "go-work",
        f"the module in {context.module} is not a member of {context.work}",
        why="below a go.work, Go builds only the modules that it names",
        fix=f"add `use {written}` to {context.work}",
        location=Location(context.work, use),
    )


def _upwards(start: Path, name: str) -> Path | None:
    return next((d / name for d in (start, *start.parents) if (d / name).is_file()), None)


def _below(root: Path, directory: Path) -> str:
    """The root's path from a directory above it; empty where that is none."""
    relative = _relative(directory, Path(os.path.abspath(root)))
    return "" if relative == "." or relative.startswith("..") else relative


def _relative(root: Path, path: Path) -> str:
    return Path(os.path.relpath(path, root)).as_posix()
