"""What is this file that is no WebAssembly module, and how did it get here?"""

from __future__ import annotations

import re

GO_BUILD = "build it with GOOS=wasip1 GOARCH=wasm"
UNPACK = "name the .wasm file itself; compressed files are outputs here, never inputs"

# Files that are met in a module's place: their first bytes, what they are, what to do.
MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"\x1f\x8b", "a gzip file", UNPACK),
    (b"\x28\xb5\x2f\xfd", "a zstd file", UNPACK),
    (b"\xfd7zXZ\x00", "an xz file", UNPACK),
    (b"PK\x03\x04", "a zip archive", UNPACK),
    (b"MZ", "a Windows program", GO_BUILD),
    (b"\xcf\xfa\xed\xfe", "a macOS program", GO_BUILD),
    (b"\xca\xfe\xba\xbe", "a macOS universal program", GO_BUILD),
    (b"!<arch>\n", "an archive of a Go package that is not a command", "name a package main"),
    (b"BC\xc0\xde", "LLVM bitcode", "link it into a module first"),
    (b"#!", "a script", "name the .wasm file itself"),
    (b"version https://git-lfs", "a Git LFS pointer", "fetch the file itself: git lfs pull"),
)
PRECOMPILED = "a .cwasm, which wasmtime has already compiled"
ELF_OSABI_WASMTIME = 200  # wasmtime-environ: ELFOSABI_WASMTIME
# Comments and white space before the first word of the text format.
WAT = re.compile(rb"\s*(?:;;[^\n]*\n\s*)*\(\s*(module|component)\b")
HEAD_BYTES = 1 << 17  # brotli of a Go module yields its first bytes after some 64 KiB of input


def recognise(data: bytes) -> tuple[str, str] | None:
    """What the data is, if not a WebAssembly binary, and what to do; None where it is unknown."""
    if not data:
        return "empty", "build it again"
    if data.startswith(b"\x7fELF"):
        if len(data) > 7 and data[7] == ELF_OSABI_WASMTIME:
            return PRECOMPILED, "name the .wasm file that it was compiled from"
        return "a native program or library (ELF)", GO_BUILD
    for magic, what, fix in MAGIC:
        if data.startswith(magic):
            return what, fix
    text = WAT.match(data[:4096])
    if text:
        return f"the text format (wat) of a {text[1].decode()}", "wasm-tools parse IN.wat -o OUT"
    return ("a brotli file", UNPACK) if _is_brotli(data[:HEAD_BYTES]) else None


def _is_brotli(head: bytes) -> bool:
    """Whether the data unpacks to a module: brotli has no magic number of its own."""
    import brotli  # only files that nothing else explains come here

    try:
        unpacked: bytes = brotli.Decompressor().process(head, output_buffer_limit=4)
    except brotli.error:
        return False
    return unpacked.startswith(b"\0asm")
