"""A synthetic monorepo: N artifacts in one Go module, 20 sources each, some of them shared.

A thousand artifacts have 15,000 distinct sources: 14 of their own each, and 500 packages of two
files, of which each artifact uses three.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import go_sources
from bench.go_sources import MODULE

OWN_PARTS = 6  # files of an artifact's main package beside main.go and total.go
CORE_PARTS = 5  # files of its internal package beside total.go
SHARED_USED = 3  # shared packages of each artifact, of two files each
TEAM = 10  # artifacts under one wasip1.toml
GO_MOD = f"module {MODULE}\n\ngo 1.25\n"
SCONSTRUCT = 'from wasip1_build.scons import whole_build\n\nwhole_build("wasip1.toml")\n'


@dataclass(frozen=True)
class Settings:
    """What a monorepo is made of. Paths in `toolchain` are relative to it, or absolute; without
    any, the pinned tools count."""

    artifacts: int
    targets: tuple[str, ...]
    brotli_quality: int
    toolchain: tuple[tuple[str, str], ...] = ()
    go_work: bool = False


@dataclass(frozen=True)
class Monorepo:
    """A generated tree. Its edits are those that a benchmark times."""

    root: Path
    settings: Settings

    def write(self) -> None:
        """Writes the tree anew. Raises OSError."""
        if self.root.exists():
            shutil.rmtree(self.root)
        for name, text in self.files():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def files(self) -> Iterator[tuple[str, str]]:
        """Every file with its text."""
        yield "SConstruct", SCONSTRUCT
        yield "go.mod", GO_MOD
        if self.settings.go_work:
            yield "go.work", "go 1.25\n\nuse .\n"
        yield "wasip1.toml", self._top()
        for number in range(0, self.settings.artifacts, TEAM):
            members = range(number, min(number + TEAM, self.settings.artifacts))
            yield f"{team(number)}/wasip1.toml", _spec(map(name_of, members))
        for number in range(self._shared):
            place, package = f"shared/p{number:03}", f"p{number:03}"
            yield f"{place}/total.go", go_sources.total_file(package, 1)
            yield f"{place}/part00.go", go_sources.part_file(package, 0)
        for number in range(self.settings.artifacts):
            yield from self._artifact(number)

    @property
    def _shared(self) -> int:
        return max(SHARED_USED, self.settings.artifacts // 2)

    def _top(self) -> str:
        quoted = ", ".join(f'"{target}"' for target in self.settings.targets)
        tools = "".join(
            f'{tool} = {{ path = "{path}" }}\n' for tool, path in self.settings.toolchain
        )
        return (
            'spec-version = 1\n\n[workspace]\nmembers = ["services/*"]\n\n'
            + (f"[toolchain]\n{tools}\n" if tools else "")
            + '[defaults]\ncompress.formats = ["br", "gz"]\n'
            f"compress.brotli-quality = {self.settings.brotli_quality}\n"
            f"aot.targets = [{quoted}]\n"
        )

    def _artifact(self, number: int) -> Iterator[tuple[str, str]]:
        place = package_directory(number)
        core = f"{MODULE}/{place}/internal/core"
        used = [self.shared_package(number, nth) for nth in range(SHARED_USED)]
        yield f"{place}/main.go", go_sources.main_file([core, *used])
        yield f"{place}/total.go", go_sources.total_file("main", OWN_PARTS)
        for part in range(OWN_PARTS):
            yield f"{place}/part{part:02}.go", go_sources.part_file("main", part)
        yield f"{place}/internal/core/total.go", go_sources.total_file("core", CORE_PARTS)
        for part in range(CORE_PARTS):
            yield f"{place}/internal/core/part{part:02}.go", go_sources.part_file("core", part)

    def shared_package(self, number: int, nth: int) -> str:
        """The import path of a shared package; the first SHARED_USED are what an artifact uses."""
        return f"{MODULE}/shared/p{(number // 2 + nth) % self._shared:03}"

    def edit_body(self, number: int, edition: int) -> None:
        """Changes a function's body in one file of an artifact."""
        self._rewrite(number, go_sources.part_file("main", 0, edition))

    def edit_import(self, number: int, edition: int) -> None:
        """Imports one more package in that file, in every other edition."""
        more = [self.shared_package(number, 0)] if edition % 2 else []
        self._rewrite(number, go_sources.part_file("main", 0, edition, more))

    def _rewrite(self, number: int, text: str) -> None:
        (self.root / package_directory(number) / "part00.go").write_text(text)


def name_of(number: int) -> str:
    """An artifact's name."""
    return f"s{number:04}"


def team(number: int) -> str:
    """The directory whose wasip1.toml declares an artifact."""
    return f"services/team{number // TEAM:03}"


def package_directory(number: int) -> str:
    """The directory of an artifact's main package."""
    return f"{team(number)}/{name_of(number)}"


def _spec(names: Iterator[str]) -> str:
    tables = (f'[artifact.{name}]\npackage = "./{name}"\nbudget.wasm = "4MiB"\n' for name in names)
    return "\n".join(["spec-version = 1\n", *tables])
