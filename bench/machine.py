"""What was it measured on? Facts to compare by, and nothing that names one machine."""

from __future__ import annotations

import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

from bench.programs import program
from wasip1_build.cpus import usable_cpus
from wasip1_build.toolchain.pins import VERSIONS

VERSION = re.compile(r"\d+(?:\.\d+)+")


def machine() -> dict[str, object]:
    """Cores, the CPU's model, the system, and the versions of what was run."""
    kernel = platform.release().partition("-")[0]
    return {
        "cores": usable_cpus(),
        "cpu": _cpu_model(),
        "system": " ".join((platform.system(), kernel, platform.machine())),
        "versions": _versions(),
    }


def _cpu_model() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or "unknown"
    match = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return match[1] if match else "unknown"


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    found |= {name: version(name) for name in ("scons", "wasip1-scons", "brotli", "deflate")}
    found |= {name: str(pinned) for name, pinned in VERSIONS.items()}
    for name in ("ninja", "make", "task", "gzip"):
        path = program(name)
        if path:
            found[name] = _printed_version(path)
    return found


def _printed_version(path: str) -> str:
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    match = VERSION.search(done.stdout)
    return match[0] if match else "unknown"
