"""A scons that writes down which tools it ran: `python -m bench.recorder RECORD SCONS-ARGUMENTS`.

What steps leave of their unfinished work stays, so that the same command lines can run once more.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import brotli
import deflate
import SCons.Script.Main

from wasip1_build.planned import STATE
from wasip1_build.runtime import trial

Note = Callable[[dict[str, Any]], None]


def main(record: str, words: list[str]) -> None:
    """Runs scons. The record is one JSON list: programs with all that they were started with, and
    compressions with the module that was packed."""
    noted: list[dict[str, Any]] = []
    modules = Path(f"{record}.modules")
    modules.mkdir(exist_ok=True)
    atexit.register(lambda: Path(record).write_text(json.dumps(noted, indent=1)))
    _keep_unfinished_work()
    _note_programs(noted.append)
    _note_compressions(noted.append, modules)
    sys.argv = ["scons", *words]
    SCons.Script.Main.main()


def _note_programs(note: Note) -> None:
    class Noted(subprocess.Popen[Any]):
        def __init__(self, argv: Any, *rest: Any, **named: Any) -> None:
            words = [str(word) for word in argv]
            directory, environment = named.get("cwd"), named.get("env")
            note({"argv": words, "cwd": str(directory or "."), "env": dict(environment or {})})
            super().__init__(argv, *rest, **named)

    _replace(subprocess, "Popen", Noted)


def _note_compressions(note: Note, modules: Path) -> None:
    """Each with a copy of what was packed, named after its digest."""
    pack, deflated = brotli.compress, deflate.deflate_compress

    def noted(library: str, level: int, data: bytes) -> None:
        file = modules / hashlib.sha256(data).hexdigest()
        file.write_bytes(data)
        note({"packs": library, "level": level, "file": str(file)})

    def noted_brotli(data: bytes, **named: Any) -> Any:
        noted("brotli", named["quality"], data)
        return pack(data, **named)

    def noted_deflate(data: bytes, level: int) -> Any:
        noted("deflate", level, data)
        return deflated(data, level)

    _replace(brotli, "compress", noted_brotli)
    _replace(deflate, "deflate_compress", noted_deflate)


def _keep_unfinished_work() -> None:
    remove = shutil.rmtree

    def keep(path: Any, *rest: Any, **named: Any) -> None:
        if STATE not in Path(path).parts:
            remove(path, *rest, **named)

    _replace(shutil, "rmtree", keep)
    _replace(trial, "remove_tree", keep)


def _replace(module: ModuleType, name: str, by: object) -> None:
    setattr(module, name, by)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
