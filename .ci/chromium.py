#!/usr/bin/env python3
"""Unpacks the headless Chromium of the npm package @sparticuz/chromium, with a launcher that gives
it the libraries which the package brings and this machine lacks; prints where the launcher is.

    python .ci/chromium.py NODE_MODULES DIRECTORY
"""

import io
import subprocess
import sys
import tarfile
from pathlib import Path

import brotli

package, place = Path(sys.argv[1], "@sparticuz/chromium/bin"), Path(sys.argv[2]).resolve()
place.mkdir(parents=True, exist_ok=True)
program, launcher = place / "chromium", place / "launcher"
program.write_bytes(brotli.decompress((package / "chromium.br").read_bytes()))
program.chmod(0o755)
for name in ("al2023", "fonts", "swiftshader"):
    packed = brotli.decompress((package / f"{name}.tar.br").read_bytes())
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(place, filter="data")
lacks = "not found" in subprocess.run(["ldd", program], capture_output=True, text=True).stdout
libraries = f'LD_LIBRARY_PATH="{place}/lib" ' if lacks else ""
launcher.write_text(f'#!/bin/sh\n{libraries}exec "{program}" "$@"\n')
launcher.chmod(0o755)
print(launcher)
