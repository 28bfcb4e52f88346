"""Which target triple this machine is, as wasmtime and the manifest spell it."""

from __future__ import annotations

import os
import sys

from wasip1_build.findings import failure

# glibc and musl share a triple here: a .cwasm is bound to the operating system, not to its libc.
TARGETS = {
    ("linux", "x86_64"): "x86_64-unknown-linux-gnu",
    ("linux", "aarch64"): "aarch64-unknown-linux-gnu",
    ("darwin", "arm64"): "aarch64-apple-darwin",
}


def host_platform() -> tuple[str, str]:
    """The operating system and the machine, as Python and the kernel name them."""
    uname = getattr(os, "uname", None)  # Windows has none
    return sys.platform, uname().machine if uname else "unknown"


def host_target(platform: tuple[str, str] | None = None) -> str:
    """The target triple of this machine. Raises Failure where this project does not build."""
    system, machine = platform or host_platform()
    target = TARGETS.get((system, machine))
    if target is None:
        raise failure(
            "platform",
            f"wasip1-scons does not build on {system} {machine}",
            why="its toolchain is Go, wasmtime and their wheels, which it pins for Linux on "
            "x86_64 and aarch64 and for macOS on arm64",
            fix="build in a Linux container or virtual machine; the modules run everywhere",
        )
    return target
