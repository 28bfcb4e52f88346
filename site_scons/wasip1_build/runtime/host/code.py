"""Which machine code is executed: bytes of which every one is known to be of this module.

What the manifest names for this machine and engine must be exactly that file: stale, truncated,
foreign or changed code is refused. Where it names none that fits, the module is compiled once, in
a child process, and the host's notes say so.
"""

from __future__ import annotations

from pathlib import Path

from wasip1_build.dataclass import dataclass
from wasip1_build.files import sha256_of_bytes
from wasip1_build.findings import Failure, failure
from wasip1_build.runtime.host.artifact import File, Hosted, MachineCode
from wasip1_build.runtime.host.compiled import Compiler
from wasip1_build.wasm.foreign import ELF_OSABI_WASMTIME
from wasip1_build.wasm.precompiled import read_precompiled

RULE = "host-code"
REBUILD = "build again, and copy the manifest and all files beside it together"


@dataclass(frozen=True)
class Code:
    """Machine code for this process. `notes` say what it cost, where it cost something."""

    data: bytes
    interruptible: bool
    notes: tuple[str, ...] = ()


def machine_code(hosted: Hosted, target: str, compiler: Compiler, *, stoppable: bool) -> Code:
    """The machine code of an artifact for a target triple and the installed engine.

    `stoppable`: it must be interruptible. Raises Failure where what is there must not be
    executed, or cannot be compiled.
    """
    own = [code for code in hosted.codes if code.target == target]
    loadable = [code for code in own if code.engine == compiler.engine_major]
    fitting = [code for code in loadable if code.interruptible or not stoppable]
    if not fitting:
        return _compiled(hosted, compiler, target, _why(hosted, own, loadable, compiler), stoppable)
    code = fitting[0]
    try:
        data = code.file.path.read_bytes()
    except FileNotFoundError:
        why = f"{code.file.path.name} is not there"
        return _compiled(hosted, compiler, target, why, stoppable)
    except OSError as error:
        raise failure(
            RULE, f"{code.file.path} cannot be read: {error.strerror or error}", fix=REBUILD
        ) from None
    _require(hosted, code, data)
    return Code(data, code.interruptible)


def _why(
    hosted: Hosted, own: list[MachineCode], loadable: list[MachineCode], compiler: Compiler
) -> str:
    """Why none of the files that the manifest names can be used."""
    if not hosted.codes:
        return "the artifact has no machine code (aot.targets)"
    if not own:
        others = ", ".join(sorted({code.target for code in hosted.codes}))
        return f"its machine code is for other machines ({others})"
    if not loadable:
        made = ", ".join(sorted({code.engine for code in own}))
        return f"its machine code is for wasmtime {made}, and {compiler.engine_major} is installed"
    return (
        "its machine code cannot be stopped by time, and it has a time-out "
        '(aot.interruptible = true, or isolation="process")'
    )


def _compiled(hosted: Hosted, compiler: Compiler, target: str, why: str, stoppable: bool) -> Code:
    module = verified(hosted.module, "the module")
    data, how = compiler.compiled(module, hosted.module.sha256, target, stoppable)
    return Code(data, stoppable, (f"{hosted.id}: {why}: {how}",))


def verified(file: File, what: str) -> bytes:
    """The bytes of a file that the manifest names. Raises Failure where they are others."""
    try:
        data = file.path.read_bytes()
    except OSError as error:
        raise failure(
            RULE, f"{file.path}, {what}, cannot be read: {error.strerror or error}", fix=REBUILD
        ) from None
    _require_bytes(file, data, what)
    return data


def _require(hosted: Hosted, code: MachineCode, data: bytes) -> None:
    """Raises Failure where a .cwasm is not what the manifest says, before any of it is used."""
    path = code.file.path
    if code.module_sha256 != hosted.module.sha256:
        raise _refused(
            f"{path} is machine code of another module",
            f"the manifest says that it was made of {code.module_sha256[:16]}..., and that "
            f"the module is {hosted.module.sha256[:16]}...: it is stale",
        )
    if sha256_of_bytes(data) != code.file.sha256:
        raise _refused(f"{path} is not the file of the manifest", _difference(code, data))
    made = read_precompiled(data, str(path))  # Failure where it is no .cwasm
    if (made.target, made.engine_major) != (code.target, code.engine) or made.kind != "module":
        raise _refused(
            f"{path} is not what the manifest says",
            f"it is a {made.kind} for {made.target} and wasmtime {made.engine_major}, and the "
            f"manifest says {code.target} and {code.engine}",
        )


def _difference(code: MachineCode, data: bytes) -> str:
    """What is wrong with bytes of another digest, as far as they say it themselves."""
    digest = f"its SHA-256 is not {code.file.sha256[:16]}..., which the manifest says"
    sizes = f"it has {len(data):,} bytes, and the manifest says {code.file.size_bytes:,}"
    try:
        made = read_precompiled(data, code.file.path.name)
    except Failure as unreadable:
        is_cwasm = data[:4] == b"\x7fELF" and data[7:8] == bytes([ELF_OSABI_WASMTIME])
        if is_cwasm and len(data) < code.file.size_bytes:
            return f"{digest}: it is truncated: {sizes}"
        return f"{digest}: {unreadable.findings[0].what}"
    if (made.target, made.engine_major) != (code.target, code.engine):
        return f"{digest}: it is for {made.target} and wasmtime {made.engine_major}"
    return f"{digest}: it is of another build (stale), or it was changed"


def _require_bytes(file: File, data: bytes, what: str) -> None:
    if sha256_of_bytes(data) != file.sha256:
        raise _refused(
            f"{file.path} is not {what} of the manifest",
            f"its SHA-256 is not {file.sha256[:16]}..., which the manifest says",
        )


def _refused(what: str, why: str) -> Failure:
    return failure(RULE, what, why=f"{why}; it was not executed", fix=REBUILD)


def library() -> tuple[Path, str]:
    """The directory and the version of the wasmtime package. Raises Failure without one."""
    import sys

    from wasip1_build.toolchain.search import distribution

    found = distribution(sys.path, "wasmtime")
    if found is None:
        from wasip1_build.toolchain.tools import KINDS

        kind = KINDS["wasmtime-library"]
        raise failure("tool-missing", f"{kind.title} is missing", fix=kind.get_it)
    return found
