"""The programs that are measured, built in every way that a claim asks for, each once."""

from __future__ import annotations

import functools
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.cost import Command
from bench.places import Places
from bench.programs import program
from wasip1_build.digests import Digests
from wasip1_build.files import replacing, sha256_of_bytes
from wasip1_build.toolchain.environment import go_environment
from wasip1_build.toolchain.host import host_target
from wasip1_build.toolchain.store import cache_directory
from wasip1_build.toolchain.tool import Tool, ToolRequest
from wasip1_build.toolchain.tools import Tools
from wasip1_build.wasm.strip import strip

OWN = Path(__file__).parent / "programs"
ROOT = Path(__file__).parents[2]
EXAMPLES = ("jsonl", "aggregate", "thumbnail", "template")
REACTORS = ("template",)
# What keeps paths and version control out of a module: the same bytes from every directory.
GO_FLAGS = ("-trimpath", "-buildvcs=false")
# Under which settings a host loads what was compiled ahead of time (steps/aot.py).
AOT_FLAGS = ("-W", "gc-support=n,threads=n")


@dataclass(frozen=True)
class Workshop:
    """`directory` is for what is made here; no claim measures more than `most_turns` turns.
    `go_cache` is Go's own, if another one than that of all benchmarks."""

    places: Places
    directory: Path
    most_turns: int = 1_000_000
    go_cache: Path | None = None

    def turns(self, count: int) -> int:
        """How many turns to measure where so many would be good."""
        return min(count, self.most_turns)

    @functools.cached_property
    def environment(self) -> dict[str, str]:
        """The environment of every program that is run, with caches of its own."""
        return self.places.environment(self.go_cache)

    @functools.cached_property
    def go(self) -> Tool:
        """The pinned Go. Raises Failure."""
        return self._tools.find(ToolRequest("go"))

    @functools.cached_property
    def wasmtime(self) -> str:
        """The pinned wasmtime program. Raises Failure."""
        return str(self._tools.find(ToolRequest("wasmtime")).path)

    @functools.cached_property
    def _tools(self) -> Tools:
        store = cache_directory(self.environment)
        return Tools(ROOT, Digests(None), self.environment, store)

    def scratch(self, name: str) -> Path:
        """A directory of that name, new or as it was left."""
        place = self.directory / name
        place.mkdir(parents=True, exist_ok=True)
        return place

    @functools.cache  # noqa: B019  (it lives as long as the process)
    def debug(self, name: str, *flags: str) -> Path:
        """The module as Go links it, with more flags if given. Raises RuntimeError."""
        mode = ("-buildmode=c-shared",) if name in REACTORS else ()
        made = self.scratch("modules") / f"{'-'.join((name, *flags)).replace(' ', '_')}.debug.wasm"
        self._go(name, (*GO_FLAGS, *mode, *flags), made, {})
        return made

    @functools.cache  # noqa: B019
    def module(self, name: str) -> Path:
        """The module as it ships: without custom sections. Raises RuntimeError."""
        made = self.scratch("modules") / f"{name}.wasm"
        made.write_bytes(strip(self.debug(name).read_bytes()))
        return made

    @functools.cache  # noqa: B019
    def native(self, name: str) -> str:
        """The same program for this machine. Raises RuntimeError where it does not build for it."""
        made = self.scratch("native") / name
        self._go(name, GO_FLAGS, made, {"GOOS": "", "GOARCH": ""})
        return str(made)

    @functools.cache  # noqa: B019
    def tinygo(self, name: str, *flags: str) -> Path | None:
        """The module by TinyGo; None where no TinyGo is on PATH. Raises RuntimeError."""
        found = program("tinygo")
        if found is None:
            return None
        made = self.scratch("modules") / f"{'-'.join((name, *flags))}.tiny.wasm"
        directory, package = self.source(name)
        root = self.go.root or self.go.path.parents[1]
        path = f"{root / 'bin'}:{Path(found).parent}:{self.environment['PATH']}"
        caches = {"XDG_CACHE_HOME": str(self.scratch("tinygo-cache"))}
        environment = {**self._go_environment(name), "PATH": path, **caches}
        argv = (found, "build", "-target=wasip1", *flags, "-o", str(made), package)
        Command(argv, directory, environment).run()
        return made

    @functools.cache  # noqa: B019
    def machine_code(self, name: str) -> Path:
        """Machine code for this machine, that the program and the library load; what an earlier run
        made of the same module is still good."""
        module = self.module(name)
        digest = sha256_of_bytes(module.read_bytes() + self.wasmtime.encode())
        made = self.scratch("modules") / f"{name}-{digest[:16]}.cwasm"
        if made.is_file():
            return made
        target = ("--target", host_target())
        argv = (self.wasmtime, "compile", *target, *AOT_FLAGS, "-o")
        with replacing(made) as unfinished:
            self.command((*argv, str(unfinished), str(module))).run()
        return made

    def command(
        self, argv: Sequence[str], stdin: bytes = b"", expects: bytes | None = None
    ) -> Command:
        """A command line in a directory of its own, and what it must print where that is known."""
        return Command(tuple(argv), self.scratch("run"), self.environment, stdin, expects)

    def printed(self, argv: Sequence[str], stdin: bytes = b"", status: int = 0) -> bytes:
        """What a program prints, uncounted. Raises RuntimeError where it ends otherwise."""
        done = subprocess.run(
            argv,
            input=stdin,
            cwd=self.scratch("run"),
            env=self.environment,
            capture_output=True,
            check=False,
        )
        if done.returncode != status:
            told = done.stderr.decode(errors="replace")
            raise RuntimeError(f"{argv} ended with {done.returncode}, not {status}:\n{told}")
        return done.stdout or done.stderr

    def source(self, name: str) -> tuple[Path, str]:
        """The directory of a program's Go module, and its package."""
        if name in EXAMPLES:
            return ROOT / "examples" / name, f"./cmd/{name}"
        return OWN, f"./{name}"

    def _go_environment(self, name: str) -> dict[str, str]:
        work = str(ROOT / "go.work") if name in EXAMPLES else "off"
        return {**go_environment(self.environment, self.go), "GOWORK": work}

    def _go(self, name: str, flags: Sequence[str], made: Path, more: Mapping[str, str]) -> None:
        directory, package = self.source(name)
        argv = (str(self.go.path), "build", *flags, "-o", str(made), package)
        Command(argv, directory, {**self._go_environment(name), **more}).run()
