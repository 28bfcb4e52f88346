"""What an SConscript says of a module: keys of the spec, judged like it, carried by its nodes."""

from __future__ import annotations

import copy
import os
import re
from collections import UserList
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import Any

import SCons.Node

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure, Finding, Severity, failure
from wasip1_build.spec import merge, typed
from wasip1_build.spec.disk import Disk
from wasip1_build.spec.model import Artifact
from wasip1_build.spec.raw import Document
from wasip1_build.spec.rules import RULES
from wasip1_build.spec.scanner import Scan
from wasip1_build.spec.schema import load_schema
from wasip1_build.spec.scope import Scope, Surroundings
from wasip1_build.spec.validate import Structure
from wasip1_build.steps.compile_go import CompileGo
from wasip1_build.steps.compile_tinygo import CompileTinyGo
from wasip1_build.steps.step import Context


@dataclass(frozen=True)
class Facts:
    """All that is known of one module. `table` has the keys of [artifact.NAME] and their values,
    with paths from SCons's top directory; `directory` is the SConscript's. `compiled` is the step
    that built it, None where another builder did.
    """

    name: str
    directory: str
    table: Mapping[str, Any] = field(default_factory=dict)
    compiled: CompileGo | CompileTinyGo | None = None

    @property
    def id(self) -> str:
        """What findings call it: DIR:NAME."""
        return f"{self.directory}:{self.name}"

    @property
    def artifact(self) -> Artifact:
        """The same, typed, every default filled in."""
        return typed.artifact(self.name, self.directory, self.table, {})

    def with_(self, keys: Mapping[str, Any]) -> Facts:
        """These facts with some keys set anew."""
        return replace(self, table={**self.table, **keys})


def give(node: Any, facts: Facts) -> None:
    """Makes a node carry facts."""
    node.attributes.wasip1_facts = facts


def carried(nodes: Iterable[Any]) -> list[Facts]:
    """The facts of those nodes that carry any."""
    return [n.attributes.wasip1_facts for n in nodes if hasattr(n.attributes, "wasip1_facts")]


def joined(several: Sequence[Facts]) -> Facts:
    """What files say of the one module that all of them are made from.

    Raises Failure where they disagree: a check under other grants than those that are verified
    proves nothing.
    """
    first, *others = several
    table = dict(first.table)
    for other in others:
        for key, value in other.table.items():
            if table.setdefault(key, value) != value:
                raise failure(
                    "rules-conflict",
                    f"{first.id}: its files were made under different {key}",
                    why=f"one says {table[key]!r}, another {value!r}",
                    fix=f"give {key} once, where the module is made: it holds for all that follows",
                )
    return replace(first, table=table)


def judged(
    facts: Facts, keys: Mapping[str, Any], directory: str, context: Context, fs: Any
) -> Facts:
    """These facts and what an SConscript in a directory adds; its paths are relative to that.

    Raises Failure with all that the schema and the rules of the spec object to.
    """
    if not keys:
        return facts
    here = os.path.join(context.root, directory)
    data = {key: _plain(value, here) for key, value in keys.items()}
    # A module may have any file's name; an artifact's has to keep a pattern.
    name = re.sub(r"[^a-z0-9_-]", "-", facts.name.lower()).lstrip("-_") or "module"
    written = {"package": ".", **copy.deepcopy(data)}
    spec = {"spec-version": 1, "artifact": {name: written}}
    document = Document("SConscript", directory, False, spec, Scan())
    problems, _ = Structure(load_schema()).check(document)
    _refuse(replace(problem, location=None, severity=Severity.ERROR) for problem in problems)
    table = merge.values(merge.merged(document, document, name, "release"))
    result = facts.with_({key: table[key] for key in data})
    scope = Scope(
        result.artifact, Surroundings(_DiskWithNodes(context.root, fs), context.build_dir, ())
    )
    _refuse(found for rule in RULES for found in rule.find(scope))
    return result


def _refuse(findings: Iterable[Finding]) -> None:
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        raise Failure(tuple(dict.fromkeys(errors)))


def _plain(value: Any, directory: str) -> Any:
    """A value as TOML would give it: lists for tuples, paths for nodes."""
    if isinstance(value, SCons.Node.Node):
        return os.path.relpath(value.get_abspath(), directory)
    if isinstance(value, Mapping):
        return {str(key): _plain(item, directory) for key, item in value.items()}
    if isinstance(value, UserList) and len(value) == 1:  # what a builder returns
        return _plain(value[0], directory)
    if isinstance(value, (UserList, list, tuple)):
        return [_plain(item, directory) for item in value]
    return value


class _DiskWithNodes(Disk):
    """The disk as it will be: what a builder makes is there."""

    def __init__(self, root: Path, fs: Any) -> None:
        super().__init__(root)
        self.fs = fs

    def is_file(self, path: str) -> bool:
        """Whether there is a file, or a builder that makes it."""
        node = self.fs.Entry(os.path.join(self.root, path))
        return super().is_file(path) or bool(node.has_builder())
