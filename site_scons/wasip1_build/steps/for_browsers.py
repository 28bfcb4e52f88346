"""Is a package that does not compile for wasip1 one for a browser? Asked where go has failed."""

from __future__ import annotations

import os
import re
from pathlib import Path

FIX = (
    "for a browser: GOOS=js GOARCH=wasm go build, and wasm_exec.js of the same Go; for wasip1: a "
    "main package of its own, that shares what computes, with what needs syscall/js in files with "
    "//go:build js"
)
_IMPORTS = re.compile(r"^\s*imports syscall/js: build constraints exclude all Go files", re.M)
_EXCLUDED = re.compile(r"build constraints exclude all Go files in (?P<directory>.+)$", re.M)
# A build line that has the tag js and not its opposite (go help buildconstraint).
_TAG = re.compile(r"^//go:build .*(?<![!\w.])js(?![\w.])", re.M)
_GO = ".go"
_NAMES = ("_js.go", "_js_wasm.go")


def for_browsers(printed: str, directory: Path) -> tuple[str, str]:
    """Why it does not compile, and what to do; both are "" where it is something else.

    `directory` is go's own: what it prints may be relative to it.
    """
    if _IMPORTS.search(printed):
        return "syscall/js is what a browser gives a program: no other system has it", FIX
    for match in _EXCLUDED.finditer(printed):
        files = [_header(file) for file in _files(directory / match["directory"])]
        files = [(name, header) for name, header in files if "\n//go:build ignore" not in header]
        if files and all(name.endswith(_NAMES) or _TAG.search(header) for name, header in files):
            return "its files are for GOOS=js, a browser: for wasip1 there are none", FIX
    return "", ""


def _files(directory: Path) -> list[Path]:
    try:
        names = sorted(os.listdir(directory))
    except OSError:
        return []
    return [directory / name for name in names if name.endswith(_GO) and "_test." not in name]


def _header(file: Path) -> tuple[str, str]:
    """A file's name, and what it says in front of its package clause."""
    try:
        text = file.read_text(errors="replace")
    except OSError:
        text = ""
    return file.name, "\n" + text.partition("\npackage ")[0]
