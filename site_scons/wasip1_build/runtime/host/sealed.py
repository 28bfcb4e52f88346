"""Bytes as a file that no one can change any more, for engines that map machine code.

What is hashed must be what is executed. A path can mean other bytes a moment later, and bytes that
are handed over are copied by the engine: 5.6 MB of memory for each process that loads a hello of
Go, and 7.2 ms. A sealed file in memory (memfd_create(2), Linux) is written once: .3 MB, and 3.1 ms
with the writing; worker processes map the same pages.
"""

from __future__ import annotations

import os
import sys
import tempfile
from typing import IO


def memory_file() -> IO[bytes]:
    """An empty file that has no name: in memory, or where the system cannot, on disk."""
    if sys.platform == "linux":
        return os.fdopen(os.memfd_create("wasip1-host", os.MFD_CLOEXEC), "w+b")
    return tempfile.TemporaryFile()


def sealed(data: bytes) -> int | None:
    """A descriptor of a file of these bytes, sealed; None where the system has none such."""
    if sys.platform != "linux":
        return None
    import fcntl

    try:
        descriptor = os.memfd_create("wasip1-code", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    except OSError:
        return None
    try:
        with os.fdopen(os.dup(descriptor), "wb") as stream:
            stream.write(data)
        seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
