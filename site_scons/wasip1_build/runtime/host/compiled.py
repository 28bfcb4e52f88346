"""Machine code that a host has to have made: once, in a child process, and kept by digest."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from pathlib import Path

from wasip1_build import process
from wasip1_build.dataclass import dataclass
from wasip1_build.files import sha256_of_bytes, write_atomically
from wasip1_build.findings import Failure, failure
from wasip1_build.toolchain import library_compiler
from wasip1_build.wasm.precompiled import read_precompiled

RULE = "host-compile"
# As for the step that precompiles: the Go compiler itself, 53 MB of wasm, takes 36 s on two cores.
TIMEOUT_S = 600.0
MEMORY_BYTES = 4 << 30
MEMORY_PER_THREAD_BYTES = 64 << 20
FILE_BYTES = 2 << 30
SUFFIX = ".cwasm"


@dataclass(frozen=True)
class Compiler:
    """The installed wasmtime library, of which `engine` is the version. `library` is the
    directory from which Python imports it; `cache` is where what it compiled is kept."""

    library: Path
    engine: str
    cache: Path

    @property
    def engine_major(self) -> str:
        """What decides whether it loads a .cwasm."""
        return self.engine.partition(".")[0]

    def compiled(
        self, module: bytes, sha256: str, target: str, interruptible: bool
    ) -> tuple[bytes, str]:
        """The machine code of a module whose digest was verified, and how it was come by.

        Raises Failure where it cannot be compiled.
        """
        words = (sha256, self.engine, target, "interruptible" if interruptible else "plain")
        place = self.cache / "-".join(words)
        kept, doubt = _kept(place)
        if kept is not None:
            return kept, f"what an earlier host compiled was taken from {place}"
        data = self._compile(module, target, interruptible)
        told = _keep(place, data)
        return data, f"it was compiled by this host{doubt}; {told}"

    def _compile(self, module: bytes, target: str, interruptible: bool) -> bytes:
        cpus = os.cpu_count() or 1
        with tempfile.TemporaryDirectory(prefix="wasip1-host-") as name:
            directory = Path(name)
            source, output = directory / "module.wasm", directory / f"module{SUFFIX}"
            source.write_bytes(module)  # the very bytes whose digest is known
            result = process.run(
                [
                    *(sys.executable, "-I", "-S", library_compiler.__file__),
                    *(self.library, source, output, target, str(int(interruptible))),
                ],
                env={"LC_ALL": "C", "RAYON_NUM_THREADS": str(cpus), "RUST_BACKTRACE": "0"},
                cwd=directory,
                timeout_s=TIMEOUT_S,
                memory_bytes=MEMORY_BYTES + cpus * MEMORY_PER_THREAD_BYTES,
                file_bytes=FILE_BYTES,
                output_bytes=1 << 20,
            )
            if result.returncode or result.killed:
                raise _failed(result)
            data = output.read_bytes()
        made = read_precompiled(data, "what was compiled")
        if (made.engine_major, made.target) != (self.engine_major, target):
            raise failure(RULE, f"compiled for {made.target} where {target} was asked for")
        return data


def _kept(place: Path) -> tuple[bytes | None, str]:
    """What the cache has, if every byte is as it was written, and a doubt to tell if not.

    A file is named after the digest of its content, and the directory must be writable by nobody
    else: whoever may write it could name a file of his own after its digest.
    """
    if not _is_own(place):
        return None, ""
    doubt = ""
    for path in sorted(place.glob(f"*{SUFFIX}")):
        try:
            data = path.read_bytes()
        except OSError:
            continue
        if sha256_of_bytes(data) == path.stem:
            return data, ""
        doubt = f" (not taken: {path} is damaged)"
        path.unlink(missing_ok=True)
    return None, doubt


def _keep(place: Path, data: bytes) -> str:
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_own(place):
            write_atomically(place / f"{sha256_of_bytes(data)}{SUFFIX}", data)
            return f"it is kept in {place}"
        return f"it is not kept: {place} can be written by others"
    except OSError as error:
        return f"it is not kept: {place}: {error.strerror or error}"


def _is_own(place: Path) -> bool:
    try:
        status = place.lstat()
    except OSError:
        return False
    shared = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not shared


def _failed(result: process.Result) -> Failure:
    log = (result.stderr + result.stdout).decode("utf-8", "replace").strip()
    ending = f"it was stopped ({result.killed})" if result.killed else f"status {result.returncode}"
    return failure(
        RULE,
        "the module was not compiled for this machine",
        why=f"the wasmtime library, in a child process: {ending}",
        fix='have the build do it: aot.targets = [..., "host"]',
        details=log[:2000],
    )
