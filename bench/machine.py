"""What was it measured on? Facts to compare by, and nothing that names one machine."""

from __future__ import annotations

import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.programs import program
from wasip1_build.cpus import usable_cpus
from wasip1_build.toolchain.pins import VERSIONS

VERSION = re.compile(r"\d+(?:\.\d+)+|(?<=version )\d+")


def machine() -> dict[str, Any]:
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
    return found | programs_versions("ninja", "make", "task", "gzip")


def programs_versions(*names: str, asked: str = "--version") -> dict[str, str]:
    """What programs say of themselves, those that are there."""
    paths = {name: program(name) for name in names}
    return {name: _printed_version(path, asked) for name, path in paths.items() if path}


def _printed_version(path: str, asked: str) -> str:
    done = subprocess.run([path, asked], capture_output=True, text=True, check=False)
    match = VERSION.search(done.stdout)
    return match[0] if match else "unknown"
