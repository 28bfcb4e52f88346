"""The targets that wasmtime can precompile a Go module for, and why others are refused."""

from __future__ import annotations

HOST = "host"

# All of them compiled with wasmtime 49.0.3; s390x and pulley with Go modules.
_OPERATING_SYSTEMS = (
    "unknown-linux-gnu",
    "unknown-linux-musl",
    "linux-android",
    "apple-darwin",
    "pc-windows-msvc",
    "unknown-freebsd",
)
TARGETS: frozenset[str] = frozenset(
    {
        *(f"{cpu}-{system}" for cpu in ("x86_64", "aarch64") for system in _OPERATING_SYSTEMS),
        "s390x-unknown-linux-gnu",
        "pulley64",
        "pulley32",
        HOST,
    }
)

# By how a triple begins.
REFUSED: tuple[tuple[str, str], ...] = (
    ("riscv64", "wasmtime 47 to 49 panic when they compile a Go module for riscv64"),
    ("i386", "wasmtime has no 32-bit x86 code generator"),
    ("i586", "wasmtime has no 32-bit x86 code generator"),
    ("i686", "wasmtime has no 32-bit x86 code generator"),
    ("arm-", "wasmtime has no 32-bit ARM code generator"),
    ("armv", "wasmtime has no 32-bit ARM code generator"),
    ("thumb", "wasmtime has no 32-bit ARM code generator"),
    ("wasm", "a .cwasm is machine code; the module itself is already wasm"),
)
PORTABLE_INSTEAD = (
    'use "pulley64" (64-bit hosts) or "pulley32" (32-bit hosts): portable bytecode of wasmtime\'s '
    "own interpreter, slower to run"
)

# The same machine, as Go, Debian or a user spells it.
ALIASES: dict[str, str] = {
    "amd64": "x86_64-unknown-linux-gnu",
    "linux/amd64": "x86_64-unknown-linux-gnu",
    "x86_64": "x86_64-unknown-linux-gnu",
    "x86_64-linux": "x86_64-unknown-linux-gnu",
    "x86_64-linux-gnu": "x86_64-unknown-linux-gnu",
    "arm64": "aarch64-unknown-linux-gnu",
    "linux/arm64": "aarch64-unknown-linux-gnu",
    "aarch64": "aarch64-unknown-linux-gnu",
    "aarch64-linux-gnu": "aarch64-unknown-linux-gnu",
    "darwin/arm64": "aarch64-apple-darwin",
    "darwin/amd64": "x86_64-apple-darwin",
    "arm64-apple-darwin": "aarch64-apple-darwin",
    "windows/amd64": "x86_64-pc-windows-msvc",
    "x86_64-pc-windows-gnu": "x86_64-pc-windows-msvc",
    "s390x": "s390x-unknown-linux-gnu",
    "pulley": "pulley64",
    "native": HOST,
}
