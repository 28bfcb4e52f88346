"""Compresses one file and says what that took, without Python's own start.

`python -m bench.packer brotli|deflate LEVEL FILE [OUT]`; with OUT the result is kept.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import brotli
import deflate


def main(library: str, level: int, file: str, output: str | None = None) -> None:
    """Prints seconds of wall time and of CPU time."""
    data = Path(file).read_bytes()
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    if library == "brotli":
        packed = brotli.compress(data, quality=level, lgwin=24)
    else:
        packed = deflate.deflate_compress(data, level)
    print(time.perf_counter() - wall_s, time.process_time() - cpu_s)
    if output:
        Path(output).write_bytes(packed)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], *sys.argv[4:])
