"""The tool cache: where fetched toolchains and runnable copies of wheels' programs are kept."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from wasip1_build.dataclass import dataclass
from wasip1_build.digests import Digests
from wasip1_build.files import replacing
from wasip1_build.toolchain.host import host_platform
from wasip1_build.toolchain.tool import Program


def home_directory(environ: Mapping[str, str]) -> Path:
    """$HOME, or the home directory of the account where the variable is not set.

    The XDG specification and Go's os.UserHomeDir look at $HOME only; containers often lack it.
    """
    if environ.get("HOME"):
        return Path(environ["HOME"])
    return Path("~").expanduser()


def cache_directory(environ: Mapping[str, str]) -> Path:
    """The tool cache's directory: WASIP1_CACHE_DIR, else below the user's cache directory."""
    if environ.get("WASIP1_CACHE_DIR"):
        return Path(environ["WASIP1_CACHE_DIR"])
    if environ.get("XDG_CACHE_HOME"):
        return Path(environ["XDG_CACHE_HOME"]) / "wasip1-scons"
    caches = "Library/Caches" if sys.platform == "darwin" else ".cache"
    return home_directory(environ) / caches / "wasip1-scons"


@dataclass(frozen=True)
class Store:
    """The tool cache below `directory`. A home directory may be shared by machines of several
    kinds, so each kind has its own part."""

    directory: Path

    @property
    def root(self) -> Path:
        """The part of the cache that holds this kind of machine's programs."""
        return self.directory / "-".join(host_platform())

    def tree(self, program: Program, version: str) -> Path:
        """Where a fetched version of a tool lies, whether it is there or not."""
        return self.root / program / version

    def trees(self, program: Program, wanted: str | None) -> list[Path]:
        """All fetched versions of a tool, the wanted one first."""
        try:
            names = sorted(entry.name for entry in (self.root / program).iterdir())
        except OSError:
            return []
        names.sort(key=lambda name: name != wanted)
        return [self.tree(program, name) for name in names if not name.endswith(".json")]

    def runnable(self, source: Path, digests: Digests) -> Path:
        """A copy of a program with its x bit, made once for each content.

        Raises OSError where the source cannot be read or the cache cannot be written.
        """
        digest = digests.digest(source)
        if digest is None:
            raise FileNotFoundError(source)
        copy = self.root / "programs" / digest / source.name
        if digests.digest(copy) != digest:
            with replacing(copy) as temporary:
                shutil.copyfile(source, temporary)
                temporary.chmod(0o755)
        return copy

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A directory in the cache's own file system, removed at the end: what is ready by then
        has been renamed out of it. Raises OSError where the cache cannot be written."""
        self.root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".staging-", dir=self.root) as name:
            yield Path(name)
