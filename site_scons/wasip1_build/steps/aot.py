"""Precompile a release module for one target: A.wasm to A.TARGET.cwasm."""

from __future__ import annotations

import re
import signal
import sys
from pathlib import Path
from typing import ClassVar

from wasip1_build import process
from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure, failure
from wasip1_build.steps.step import Context, Key
from wasip1_build.toolchain import library_compiler
from wasip1_build.toolchain.host import host_target
from wasip1_build.toolchain.pins import wanted_version
from wasip1_build.toolchain.tools import Tool, ToolRequest
from wasip1_build.wasm.precompiled import Precompiled, read_precompiled

MODULE_MAGIC = b"\0asm\1\0\0\0"

# Without a garbage collector and threads the file loads in the program, in wasmtime-min and in the
# Python library alike; with the program's defaults they refuse each other's files.
WASM_FLAGS = "gc-support=n,threads=n"

# The Go compiler itself, 53 MB of wasm, takes 36 s on two cores and 1.3 GiB of address space; each
# more thread takes 30 MiB. Its .cwasm is 111 MB.
TIMEOUT_S = 600.0
MEMORY_BYTES = 4 << 30
MEMORY_PER_THREAD_BYTES = 64 << 20
FILE_BYTES = 2 << 30
LOG_BYTES = 1 << 20

# How Rust's and Python's allocators, and the kernel, say that there is no more memory.
NO_MEMORY = re.compile(r"memory allocation of|out of memory|Cannot allocate memory|MemoryError")
BAD_TARGET = re.compile(r"Support for this target|Unrecognized|not (?:valid|supported)", re.I)


@dataclass(frozen=True)
class Aot:
    """One .cwasm. `target` is a triple, or pulley64; `interruptible` compiles it with epoch
    interruption, for hosts that stop a module by time.

    The wasmtime program compiles for every target. Where there is none, the Python library does
    for this machine and for pulley64.
    """

    name: ClassVar[str] = "precompile"
    version: ClassVar[int] = 1

    module: str
    output: str
    target: str
    interruptible: bool
    wasmtime: ToolRequest
    library: ToolRequest

    @property
    def inputs(self) -> tuple[str, ...]:
        """The module."""
        return (self.module,)

    @property
    def outputs(self) -> tuple[str, ...]:
        """The .cwasm."""
        return (self.output,)

    def key(self, context: Context) -> Key:
        """What is asked of the compiler, and which it is, program or library."""
        return {
            "target": self.target,
            "interruptible": self.interruptible,
            "compiler": dict(context.tools.identity(self._request(context))),
        }

    def run(self, context: Context) -> None:
        """Compiles in a child process, and reads back what came out."""
        module = context.path(self.module)
        self._require_module(module)
        tool = context.tools.find(self._request(context))
        output = context.out(self.output)
        try:
            result = process.run(
                self._command(tool, module, output),
                env={
                    "LC_ALL": "C",
                    "RAYON_NUM_THREADS": str(context.cpus),
                    "RUST_BACKTRACE": "0",
                },
                cwd=context.scratch(),
                timeout_s=TIMEOUT_S,
                memory_bytes=MEMORY_BYTES + context.cpus * MEMORY_PER_THREAD_BYTES,
                file_bytes=FILE_BYTES,
                output_bytes=LOG_BYTES,
            )
        except OSError as error:
            raise failure(
                "aot-compiler", f"{tool.path} cannot be started", why=str(error), key="toolchain"
            ) from None
        if result.returncode or result.killed:
            raise self._failed(tool, result)
        self._verify(tool, read_precompiled(output, self.output))

    def _request(self, context: Context) -> ToolRequest:
        """The program, or the library where there is no program and the library can stand in."""
        if self.wasmtime.path is not None or "missing" not in context.tools.identity(self.wasmtime):
            return self.wasmtime
        if self.target not in _library_targets():
            return self.wasmtime
        try:
            library = context.tools.find(self.library)
        except Failure:
            return self.wasmtime
        wanted = wanted_version(self.wasmtime) or library.version
        return self.library if _major(wanted) == _major(library.version) else self.wasmtime

    def _command(self, tool: Tool, module: Path, output: Path) -> list[str | Path]:
        if tool.program == "wasmtime-library":
            # -I -S: neither the user's site nor this directory's modules decide what is imported.
            child: list[str | Path] = [sys.executable, "-I", "-S", library_compiler.__file__]
            directory = tool.root or tool.path.parent.parent.parent
            return [*child, directory, module, output, self.target, str(int(self.interruptible))]
        wasm = WASM_FLAGS + (",epoch-interruption=y" if self.interruptible else "")
        # cache=n: the cache is on by default, in the user's home, and only for what is run.
        options = ["--target", self.target, "-C", "cache=n", "-W", wasm]
        return [tool.path, "compile", *options, "-o", output, module]

    def _require_module(self, module: Path) -> None:
        """Raises Failure for what is no binary module: wasmtime would compile text as well."""
        try:
            with module.open("rb") as stream:
                magic = stream.read(len(MODULE_MAGIC))
        except OSError as error:
            raise failure(
                "aot-module", f"{self.module} cannot be read", why=error.strerror or str(error)
            ) from None
        if magic != MODULE_MAGIC:
            raise failure(
                "aot-module",
                f"{self.module} is not a WebAssembly module",
                why=f"it begins with {magic.hex(' ') or 'nothing'} instead of "
                f"{MODULE_MAGIC.hex(' ')}",
                fix="build it again",
            )

    def _failed(self, tool: Tool, result: process.Result) -> Failure:
        """Why there is no .cwasm, as one finding."""
        log = (result.stderr + result.stdout).decode("utf-8", "replace").strip()
        rule, why, fix = self._reason(tool, result, log)
        return failure(
            rule,
            f"{self.module} was not precompiled for {self.target}",
            why=why,
            fix=fix,
            key="aot.targets",
            details=log[:2000],
        )

    def _reason(self, tool: Tool, result: process.Result, log: str) -> tuple[str, str, str]:
        compiler = f"{tool.program} {tool.version}"
        signalled = result.returncode < 0 or result.returncode >= 128
        if result.killed == "timeout":
            why = f"{compiler} was not done after {TIMEOUT_S:.0f} seconds and was stopped"
            return "aot-timeout", why, _SMALLER
        # The kernel's out-of-memory killer sends SIGKILL, as do we for a reason that is recorded.
        if NO_MEMORY.search(log) or (result.returncode == -signal.SIGKILL and not result.killed):
            why = f"{compiler} ran out of memory; it may use {MEMORY_BYTES >> 30} GiB"
            return "aot-memory", why, _SMALLER
        if not signalled and BAD_TARGET.search(log):
            why = f"{compiler} does not compile for {self.target}"
            return "aot-target", why, _TARGETS
        if signalled or result.killed:
            why = f"{compiler} crashed ({_ending(result)})"
            return "aot-crash", why, self._after_crash()
        fix = "look at what it says below; a module that Go made and that this refuses is a bug"
        return "aot-module", f"{compiler} refuses the module", fix

    def _after_crash(self) -> str:
        if self.target.startswith("riscv64"):
            return (
                "take this target out of aot.targets: wasmtime 47 to 49 crash on Go modules for "
                "riscv64 without the vector extension. pulley64 runs on it, slower"
            )
        return f"take {self.target} out of aot.targets, or pin another wasmtime in [toolchain]"

    def _verify(self, tool: Tool, made: Precompiled) -> None:
        """Raises Failure where the file is for another engine, target or host than was asked."""
        wrong = []
        if made.engine_major != _major(tool.version):
            wrong.append(f"engine: asked {_major(tool.version)}, got {made.engine_major}")
        if not _spells_out(made.target, self.target):
            wrong.append(f"target: asked {self.target}, got {made.target}")
        # None: there is no function whose code could say it, and so none that matters.
        if made.interruptible not in (None, self.interruptible):
            wrong.append(f"interruptible: asked {self.interruptible}, got {made.interruptible}")
        if wrong:
            raise failure(
                "aot-mismatch",
                f"{self.output} is not the file that was asked for",
                why="; ".join(wrong),
                fix=f"write the target as wasmtime spells it: {made.target}, if that is the one "
                f"that you mean; else find out what {tool.path} is",
                key="aot.targets",
            )


_SMALLER = "make the module smaller, or take the target out of aot.targets"
_TARGETS = (
    "write a target triple as wasmtime spells it: x86_64 or aarch64 with -unknown-linux-gnu, "
    "-unknown-linux-musl, -apple-darwin or -pc-windows-msvc; s390x-unknown-linux-gnu; pulley64 "
    "for every 64-bit little-endian machine"
)


def _library_targets() -> tuple[str, ...]:
    """What the Python library compiles for: its wheels are built for one machine and pulley64."""
    try:
        return (host_target(), "pulley64")
    except Failure:
        return ("pulley64",)


def _major(version: str) -> str:
    return version.partition(".")[0]


def _spells_out(made: str, asked: str) -> bool:
    """Whether a file's triple is the one asked for; pulley64 is pulley64-unknown-unknown-elf."""
    return made == asked or ("-" not in asked and made.partition("-")[0] == asked)


def _ending(result: process.Result) -> str:
    if result.killed:
        return f"stopped: {result.killed}"
    number = -result.returncode if result.returncode < 0 else result.returncode - 128
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"exit code {result.returncode}"
