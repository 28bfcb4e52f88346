"""The page's own style and script, and the policy that lets nothing else run or load."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from wasip1_build.dataclass import dataclass

SCRIPTS = ("elements", "table", "treemap", "figures", "artifact", "workspace", "main")


@dataclass(frozen=True)
class Assets:
    """What is written into the page."""

    style: str
    script: str

    @property
    def policy(self) -> str:
        """The Content-Security-Policy (https://www.w3.org/TR/CSP3): this style and this script
        alone, by their digests, and no address whatever a text on the page says."""
        return (
            f"default-src 'none'; style-src '{_digest(self.style)}'; "
            f"script-src '{_digest(self.script)}'; base-uri 'none'; form-action 'none'"
        )


@cache
def assets() -> Assets:
    """Read from the package; the scripts share one scope, which nothing outside can see."""
    scripts = "\n".join(_read(f"{name}.js") for name in SCRIPTS)
    return Assets(f"\n{_read('page.css')}", f'\n"use strict";\n(() => {{\n{scripts}}})();\n')


def _read(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
