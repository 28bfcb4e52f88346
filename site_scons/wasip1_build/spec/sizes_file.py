"""How large was each artifact when its sizes were accepted last? wasip1.sizes.json, read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.files import json_bytes
from wasip1_build.findings import Finding, Location, Severity

FILE = "sizes-file"
SPEC_VERSION = 1
PROFILE = "release"  # the one whose sizes are accepted
UNKNOWN = "(not known)"  # the package of code whose owner is not known
CWASM = "cwasm "  # before the target, in the name of a form

_CONFLICT = re.compile(r"^(<{7}|={7}|>{7}|\|{7})", re.MULTILINE)  # git's
_REASON = "it cannot be compared with the sizes of today"


@dataclass(frozen=True)
class Accepted:
    """What is known of one artifact's size.

    `size_bytes` is by form: "wasm", "br", "gz", "cwasm TARGET". `code_bytes` is by module ("std",
    a path, or "" for what is in none) and package, `data_bytes` by kind, and `section_bytes` is all
    else of the module; together they are wasm where all is known. `modules` are those that Go names
    in the module, with their versions.
    """

    compiler: str  # "go 1.27.3"
    size_bytes: Mapping[str, int]
    engine: str = ""  # "wasmtime 49.0.3", where it is precompiled
    functions: int | None = None
    code_bytes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    data_bytes: Mapping[str, int] = field(default_factory=dict)
    section_bytes: Mapping[str, int] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_owners(self) -> bool:
        """Whether it is known which package owns the code."""
        return bool(self.code_bytes) and UNKNOWN not in self.code_bytes.get("", {})

    @property
    def rest_bytes(self) -> int:
        """What of wasm is in none of these."""
        parts = (*self.code_bytes.values(), self.data_bytes, self.section_bytes)
        return self.size_bytes.get("wasm", 0) - sum(sum(part.values()) for part in parts)

    def to_json(self) -> dict[str, Any]:
        """The artifact's part of the file."""
        single = {k: v for k, v in self.size_bytes.items() if not k.startswith(CWASM)}
        targets = {k[len(CWASM) :]: v for k, v in self.size_bytes.items() if k.startswith(CWASM)}
        record = {
            "code_bytes": {module: dict(each) for module, each in self.code_bytes.items()},
            "compiler": self.compiler,
            "data_bytes": dict(self.data_bytes),
            "engine": self.engine,
            "functions": self.functions,
            "modules": dict(self.modules),
            "section_bytes": dict(self.section_bytes),
            "size_bytes": {**single, **({"cwasm": targets} if targets else {})},
        }
        return {k: v for k, v in record.items() if v not in ("", None, {})}


@dataclass(frozen=True)
class Damage:
    """Why a file is none that can be compared. With `newer` a later version has written it."""

    what: str
    why: str = _REASON
    line: int | None = None
    newer: bool = False


@dataclass(frozen=True)
class Ledger:
    """One file. `records` are the artifacts' parts as they stand there."""

    file: str
    is_there: bool = True
    artifacts: Mapping[str, Accepted] = field(default_factory=dict)  # by NAME
    records: Mapping[str, Any] = field(default_factory=dict)
    damage: Damage | None = None

    def finding(self, severity: Severity, command: str) -> Finding | None:
        """What is wrong with it; `command` writes it anew."""
        damage = self.damage
        if damage is None:
            return None
        return Finding(
            FILE,
            severity,
            f"{self.file} {damage.what}",
            damage.why,
            "install a newer wasip1-scons"
            if damage.newer
            else f"{command} writes it anew; then look at what git says has changed",
            Location(self.file, damage.line),
        )


def read_ledger(path: Path, file: str) -> Ledger:
    """The ledger at a path, which messages call `file`. Raises nothing."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Ledger(file, is_there=False)
    except OSError as error:
        return Ledger(file, damage=Damage("cannot be read", error.strerror or str(error)))
    return parsed(data, file)


def parsed(data: bytes, file: str) -> Ledger:
    """A ledger from its bytes. Raises nothing."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Ledger(file, damage=Damage("is not UTF-8", line=line))
    if mark := _CONFLICT.search(text):
        what = "has the marks of a merge that was not finished"
        return Ledger(file, damage=Damage(what, line=text.count("\n", 0, mark.start()) + 1))
    try:
        record = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        return Ledger(file, damage=Damage("is not JSON", error.msg, error.lineno))
    except (ValueError, RecursionError) as error:
        return Ledger(file, damage=Damage("is not as `scons sizes` writes it", str(error)))
    return _typed(record, file)


def ledger_bytes(records: Mapping[str, Any]) -> bytes:
    """The content of a file: sorted keys and a value a line, so that branches which move different
    artifacts can be merged."""
    return json_bytes({"spec-version": SPEC_VERSION, "artifacts": dict(records)})


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object. Raises ValueError for a key that it has twice: a merge can do that."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f'"{twice}" is in one object twice')
    return found


def _typed(record: Any, file: str) -> Ledger:
    version = record.get("spec-version") if isinstance(record, dict) else None
    if isinstance(version, int) and version > SPEC_VERSION:
        what = f"has spec-version {version}, which is newer than this plug-in knows"
        why = f"it knows version {SPEC_VERSION}, and cannot judge the rest of the file"
        return Ledger(file, damage=Damage(what, why, newer=True))
    what = "is not as `scons sizes` writes it"
    if version != SPEC_VERSION or not isinstance(record.get("artifacts"), dict):
        why = f'it has no "spec-version" of {SPEC_VERSION}, or no "artifacts"'
        return Ledger(file, damage=Damage(what, why))
    records = record["artifacts"]
    try:
        artifacts = {name: _accepted(each) for name, each in records.items()}
    except (TypeError, AttributeError, KeyError) as error:
        return Ledger(file, damage=Damage(what, f"a value of it is malformed: {error}"))
    return Ledger(file, True, artifacts, records)


def _accepted(record: Any) -> Accepted:
    sizes = dict(record["size_bytes"])
    targets = _counts(sizes.pop("cwasm", {}))
    functions = record.get("functions")
    return Accepted(
        compiler=_text(record["compiler"]),
        size_bytes={**_counts(sizes), **{CWASM + k: v for k, v in targets.items()}},
        engine=_text(record.get("engine", "")),
        functions=None if functions is None else _count(functions),
        code_bytes={k: _counts(v) for k, v in record.get("code_bytes", {}).items()},
        data_bytes=_counts(record.get("data_bytes", {})),
        section_bytes=_counts(record.get("section_bytes", {})),
        modules={k: _text(v) for k, v in record.get("modules", {}).items()},
    )


def _counts(record: Any) -> dict[str, int]:
    return {name: _count(value) for name, value in record.items()}


def _count(value: Any) -> int:
    if not _is_count(value):
        raise TypeError(f"{json.dumps(value)} is no number from 0 on")
    number: int = value
    return number


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{json.dumps(value)} is no text")
    return value


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
