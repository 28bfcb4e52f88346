"""The declared checks as data for the tests of a generated package, with the files they need."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.files import json_bytes, sha256_of_bytes
from wasip1_build.findings import failure
from wasip1_build.runtime.go_host.hosted import Hosted
from wasip1_build.runtime.granted import Layout, layout, walk
from wasip1_build.runtime.grants import arguments
from wasip1_build.runtime.staging import Entry
from wasip1_build.runtime.values import coerced
from wasip1_build.spec.model import Check, Invoke

DIRECTORY = "testdata/wasip1"  # go commands leave a testdata alone
_NAME_DIGITS = 16  # of a SHA-256: contents are told apart by it, and not protected
_FORMATS = {"i32": "<i", "i64": "<q", "f32": "<f", "f64": "<d"}


@dataclass
class _Contents:
    """The contents that are kept, by the names that stand for them in checks.json: whatever a file
    is called where it comes from, no go command and no archive of a module takes offence at it."""

    files: dict[str, bytes]

    def keep(self, data: bytes) -> str:
        name = sha256_of_bytes(data)[:_NAME_DIGITS]
        self.files[name] = data
        return name


def fixtures(hosted: Hosted, root: Path, read: Callable[[str], bytes]) -> dict[str, bytes]:
    """The files by their paths in the package. `root` is the workspace's; `read` gives the bytes of
    a file that a check names.

    Raises Failure where a granted directory or a file of a check cannot be read.
    """
    contents = _Contents({})
    made = layout(hosted.artifact.grants, root)
    listings = walk(made)
    record = {
        "roots": [
            [_entry(contents, top, each) for each in entries]
            for top, entries in zip(made.roots, listings, strict=True)
        ],
        "dirs": [
            {"guest": place.grant.guest, "root": place.root, "below": place.below}
            for place in made.places
        ],
        "checks": [_check(hosted, check, contents, made, read) for check in hosted.artifact.checks],
    }
    files = {"checks.json": json_bytes(record), **contents.files}
    return {f"{DIRECTORY}/{name}": data for name, data in files.items()}


def _entry(contents: _Contents, top: Path, entry: Entry) -> dict[str, Any]:
    content = entry.content
    if entry.kind == "file":
        content = contents.keep((top / entry.name).read_bytes())
    record = {"name": entry.name, "kind": entry.kind, "content": content}
    return record | {"executable": entry.executable}


def _check(
    hosted: Hosted,
    check: Check,
    contents: _Contents,
    made: Layout,
    read: Callable[[str], bytes],
) -> dict[str, Any]:
    def kept(text: str | None, file: str | None) -> str | None:
        if text is None and file is None:
            return None
        return contents.keep(text.encode() if text is not None else read(file or ""))

    artifact, expect = hosted.artifact, check.expect
    return {
        "name": check.name,
        "args": list(arguments(artifact.name, artifact.grants, check)[1:]),
        "env": dict(check.env),
        "stdin": kept(check.stdin, check.stdin_file) or "",
        "python": check.host or "",
        "timeout_ns": round(check.timeout_s * 1e9),
        **_call(hosted, check.invoke),
        "exit": expect.exit,
        "stdout": kept(expect.stdout, expect.stdout_file),
        "stderr": kept(expect.stderr, expect.stderr_file),
        "files": [
            {**_place(check, made, guest), "content": kept(None, file)}
            for guest, file in sorted(expect.files.items())
        ],
        "no_other_files": expect.no_other_files,
        "calls": dict(expect.calls),
    }


def _place(check: Check, made: Layout, guest: str) -> dict[str, Any]:
    found = made.find(guest)
    if found is None:
        what = f"check {check.name}: {guest} lies in no granted directory"
        raise failure("check-files", what, fix="build: it says more", key=f"check.{check.name}")
    return {"guest": guest, "root": found[0], "name": found[1]}


def _call(hosted: Hosted, invoke: Invoke | None) -> Mapping[str, Any]:
    """A call of an export: its numbers as wazero's stack has them."""
    if invoke is None:
        return {"export": "", "params": [], "returns": []}
    types = dict(hosted.exports).get(invoke.export)
    try:
        if types is None:
            raise ValueError("it is no declared export")
        params = zip(types.params, invoke.args, strict=True)
        returns = zip(types.results, invoke.returns or (), strict=invoke.returns is not None)
        return {
            "export": invoke.export,
            "params": [_bits(kind, value) for kind, value in params],
            "returns": [{"type": kind, "bits": _bits(kind, value)} for kind, value in returns],
        }
    except ValueError as error:
        what = f"{invoke.export} cannot be called as its check does: {error}"
        raise failure("check-invoke", what, fix="build: it says more") from None


def _bits(kind: str, value: float) -> int:
    packed = struct.pack(_FORMATS[kind], coerced(value, kind))
    return int.from_bytes(packed, "little")
