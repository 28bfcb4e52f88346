"""Is the plug-in that runs the one that is installed? Two copies would share one state."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from wasip1_build import __version__
from wasip1_build.findings import failure


def require_one_copy(package: Path | None = None, places: Iterable[str] | None = None) -> None:
    """Raises Failure where wasip1-scons is installed and this code is another copy of it.

    `package` is the directory of the running package, `places` the directories in which
    distributions are installed. An editable install of this tree is this copy.
    """
    running = (package or Path(__file__).parents[1]).resolve()
    for place in sys.path if places is None else places:
        for metadata in Path(place or ".").glob("wasip1_scons-*.dist-info"):
            installed = _editable_root(metadata) or metadata.parent
            copies = {installed / "wasip1_build", installed / "site_scons" / "wasip1_build"}
            if running not in {copy.resolve() for copy in copies}:
                raise failure(
                    "two-copies",
                    f"wasip1_build {__version__} was loaded from {running.parent}, "
                    f"and {metadata.name.removesuffix('.dist-info')} is installed in "
                    f"{metadata.parent}",
                    why="what runs is not what is installed, so its version says nothing",
                    fix="remove the copy in site_scons, or `pip uninstall wasip1-scons`",
                )
            return


def _editable_root(metadata: Path) -> Path | None:
    """The tree of an editable install (PEP 610, direct_url.json)."""
    try:
        record = json.loads((metadata / "direct_url.json").read_text())
        if not record["dir_info"].get("editable"):
            return None
        return Path(unquote(urlsplit(record["url"]).path))
    except (OSError, ValueError, KeyError, TypeError):
        return None
