"""Where the benchmarks keep what is dear to make, and the environment in which programs run."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import wasip1_build
from bench.monorepo import Monorepo, Settings
from bench.stand_ins import go as go_stand_in
from bench.stand_ins import wasmtime as wasmtime_stand_in

X86_64, AARCH64 = "x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"
MOST_REAL = 10  # artifacts that real tools build in a few minutes
GO_VERSION = "go1.27.3"  # what the stand-in says; the pinned one
# As many packages and files as `go list -deps fmt` has for wasip1.
STANDARD_PACKAGES, STANDARD_FILES = 58, 512
KEPT = (
    *("GOPROXY", "GOSUMDB", "GONOSUMDB", "GONOPROXY", "GOPRIVATE"),
    *("SSL_CERT_DIR", "SSL_CERT_FILE", "HTTPS_PROXY", "https_proxy", "NO_PROXY"),
)


@dataclass(frozen=True)
class Places:
    """The directory of prepared trees, and what lies in it."""

    directory: Path

    @property
    def empty(self) -> Path:
        """A directory with an empty SConstruct."""
        place = self.directory / "empty"
        place.mkdir(parents=True, exist_ok=True)
        (place / "SConstruct").touch()
        return place

    def monorepo(self, artifacts: int, *, real: bool, go_work: bool = False) -> Monorepo:
        """The tree of so many artifacts, whether it is there yet or not."""
        kind = "real" if real else "stand-ins"
        settings = Settings(artifacts, (X86_64, AARCH64), 11) if real else self._cheap(artifacts)
        name = f"{kind}-{artifacts}{'-work' if go_work else ''}"
        return Monorepo(self.directory / name, replace(settings, go_work=go_work))

    def _cheap(self, artifacts: int) -> Settings:
        """Stand-ins, a low quality, and one target that is not this machine's: nothing here can
        run what the stand-in for wasmtime writes, so the checks run the module itself."""
        other = X86_64 if os.uname().machine in ("aarch64", "arm64") else AARCH64
        tools = (("go", "../tools/go/bin/go"), ("wasmtime", "../tools/wasmtime"))
        return Settings(artifacts, (other,), 5, tools)

    def environment(self, go_cache: Path | None = None) -> dict[str, str]:
        """The environment of every program that is measured; `go_cache` is Go's own, if another
        one than that of all."""
        caches = self.directory / "caches"
        (caches / "home").mkdir(parents=True, exist_ok=True)
        return {
            **{name: os.environ[name] for name in KEPT if name in os.environ},
            "PATH": "/usr/bin:/bin",
            "HOME": str(caches / "home"),
            "GOCACHE": str(go_cache or caches / "go"),
            "GOMODCACHE": str(caches / "modules"),
            "WASIP1_CACHE_DIR": str(caches / "tools"),
            "PYTHONPATH": str(Path(wasip1_build.__file__).parents[1]),
            "LC_ALL": "C.UTF-8",
        }

    def install_stand_ins(self) -> None:
        """Writes the stand-ins for Go, with a tree like Go's, and wasmtime, but for files that are
        there as they should be. Raises OSError."""
        tools = self.directory / "tools"
        go = tools / "go"
        _program(go_stand_in.__file__, go / "bin" / "go")
        _program(wasmtime_stand_in.__file__, tools / "wasmtime")
        _written(go / "VERSION", f"{GO_VERSION}\n")
        _written(go / "go.env", "")
        for number in range(STANDARD_FILES):
            package = f"std{number % STANDARD_PACKAGES:02}"
            name = f"file{number // STANDARD_PACKAGES}.go"
            _written(go / "src" / package / name, f"package {package}\n")


def _program(source: str, place: Path) -> None:
    """A Python file as a program; -I -S: it starts in 10 ms, and nothing of a user's counts."""
    _written(place, f"#!{sys.executable} -IS\n{Path(source).read_text()}")
    place.chmod(0o755)


def _written(path: Path, text: str) -> None:
    if not path.is_file() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
