"""What does a rule look at, and what does it say?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Finding, Severity
from wasip1_build.spec.model import Compiler, Grants, Imports, Kind
from wasip1_build.wasm import preview1
from wasip1_build.wasm.cursor import printable
from wasip1_build.wasm.types import Export, FuncType, Import, Module

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")  # toml.io, v1.0.0, "Keys"
SOCKETS = "sock_*"
MAX_LISTED = 20  # names in one finding
MAX_CLAIMS = 50  # findings of one rule: a hostile module could earn 100,000
MAX_NAME_CHARACTERS = 200  # of a name from the module in a line to paste


@dataclass(frozen=True)
class Subject:
    """One module with all that the spec declares about its imports, exports and grants."""

    module: Module
    kind: Kind
    exports: tuple[str, ...]
    compiler: Compiler
    imports: Imports
    grants: Grants

    @cached_property
    def functions(self) -> tuple[Import, ...]:
        """Every imported function once: Go imports fd_write at two positions."""
        found: dict[tuple[str, str, str], Import] = {}
        for entry in self.module.imports:
            if entry.kind == "func":
                found.setdefault((entry.module, entry.name, str(entry.type)), entry)
        return tuple(found.values())

    @cached_property
    def preview1(self) -> frozenset[str]:
        """The names of all functions that are imported from WASI preview 1."""
        return frozenset(entry.name for entry in self.functions if entry.module == preview1.MODULE)

    @cached_property
    def exported(self) -> dict[str, Export]:
        """The exports by name."""
        return {export.name: export for export in self.module.exports}

    @cached_property
    def provided(self) -> Mapping[str, Mapping[str, FuncType]]:
        """Every function beside preview 1: those of imports.host and of the known host."""
        return self.imports.provided

    def host_type(self, entry: Import) -> FuncType | None:
        """What imports.host or the known host says of a function; None where neither does."""
        return self.provided.get(entry.module, {}).get(entry.name)

    def allows_knowingly(self, name: str) -> bool:
        """Whether imports.allow, written by hand, covers a preview-1 function."""
        return self.imports.allow is not None and matches(name, self.imports.allow)


@dataclass(frozen=True)
class Claim:
    """What a rule found; with the rule's name and weight it is a Finding.

    `what` says what the module does or has, without naming it: "exports no memory".
    """

    what: str
    why: str = ""
    fix: str = ""
    key: str = ""


@dataclass(frozen=True)
class Rule:
    """One question to a module. Its id is what users know it by."""

    id: str
    severity: Severity
    ask: Callable[[Subject], Iterator[Claim]]

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """What the rule says of the module, as findings."""
        for number, claim in enumerate(self.ask(subject)):
            if number == MAX_CLAIMS:
                yield Finding(self.id, self.severity, "there is more of this that is not listed")
                return
            what = f"the module {claim.what}"
            yield Finding(self.id, self.severity, what, claim.why, claim.fix, key=claim.key)


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether one of the globs matches, upper and lower case being different."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def host_line(module: str, name: str, type_: object) -> str:
    """The line of the spec that declares a function of the user's own host."""
    return f'imports.host.{_toml_key(module)}.{_toml_key(name)} = "{type_}"'


def toml_list(items: Iterable[str]) -> str:
    """An array of strings as TOML."""
    return f"[{', '.join(_toml_string(item) for item in items)}]"


def listed(names: Sequence[str]) -> str:
    """The names, comma-separated; of many the first."""
    shown = ", ".join(printable(name) for name in names[:MAX_LISTED])
    return f"{shown} and {len(names) - MAX_LISTED} more" if len(names) > MAX_LISTED else shown


def _toml_key(name: str) -> str:
    bare = len(name) <= MAX_NAME_CHARACTERS and BARE_KEY.fullmatch(name)
    return name if bare else _toml_string(name)


def _toml_string(text: str) -> str:
    """A basic string; what does not print is escaped: names come from untrusted modules."""
    shown = json.dumps(text[:MAX_NAME_CHARACTERS], ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in shown)
