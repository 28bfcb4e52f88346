"""Which artifacts have other inputs than at a revision, and why?"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from wasip1_build.cli.git import Changes
from wasip1_build.cli.inputs import ArtifactInputs
from wasip1_build.cli.spec_difference import spec_reasons, toolchain_reasons
from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Finding
from wasip1_build.spec.disk import Disk
from wasip1_build.spec.model import Workspace
from wasip1_build.steps.go_deps import Main
from wasip1_build.texts import escaped

Kind = Literal["new", "spec", "toolchain", "file", "module", "go", "unknown"]
# The groups whose files count by their content. What a wasip1.toml, a go.mod and a go.sum say is
# compared key by key and module by module.
BY_CONTENT = ("go", "embed", "check", "test")


@dataclass(frozen=True)
class Reason:
    """Why an artifact is affected. `subject` is the key, file or module that it is about."""

    kind: Kind
    subject: str
    text: str


@dataclass(frozen=True)
class Side:
    """A workspace on disk. `top` is that of its repository; both paths are without links."""

    top: Path
    root: Path
    workspace: Workspace
    inputs: Mapping[str, ArtifactInputs]


@dataclass(frozen=True)
class Comparison:
    """Two sides of one workspace, and what git says of the files between them."""

    then: Side
    now: Side
    changes: Changes
    _known: dict[str, str] = field(default_factory=dict)

    @cached_property
    def _disk(self) -> Disk:
        return Disk(self.now.root)

    def reasons(self, artifact: str) -> tuple[Reason, ...]:
        """Why an artifact of today is affected; empty where all its inputs are the same."""
        if artifact not in self.then.inputs:
            return (Reason("new", artifact, "new artifact"),)
        return tuple(dict.fromkeys(self._reasons(artifact)))

    def removed(self) -> tuple[str, ...]:
        """The artifacts that are no longer declared."""
        return tuple(name for name in self.then.inputs if name not in self.now.inputs)

    def _reasons(self, artifact: str) -> Iterator[Reason]:
        then, now = self.then.inputs[artifact], self.now.inputs[artifact]
        was, today = self.then.workspace, self.now.workspace
        keys = spec_reasons(then.artifact, today, now.artifact)
        yield from (Reason("spec", key, text) for key, text in keys)
        pins = toolchain_reasons(was, today, now.artifact)
        yield from (Reason("toolchain", key, text) for key, text in pins)
        for name in now.files.get("tool", ()):
            yield from self._changed(name)
        if then.main and now.main:
            for group in BY_CONTENT:
                yield from self._files(then.files.get(group, ()), now.files.get(group, ()))
            yield from self._granted(then, now)
            yield from _module_reasons(self._modules(then), self._modules(now))
            yield from self._said_by_go(then.main, now.main)
        yield from self._problems(then, now)

    def _files(
        self, then: Iterable[str], now: Iterable[str], *, mode: bool = False
    ) -> Iterator[Reason]:
        """Files that one side has and the other has not, and those whose bytes differ."""
        before, after = (
            {_from_top(os.path.normpath(os.path.join(side.root, name)), side.top) for name in names}
            for side, names in ((self.then, then), (self.now, now))
        )
        for name in sorted((before | after) - {""}):
            shown = self._shown(name)
            if name not in before:
                known = os.path.lexists(self.then.top / name)
                yield Reason("file", shown, f"{shown} {'is an input now' if known else 'added'}")
            elif name not in after:
                kept = os.path.lexists(self.now.top / name)
                yield Reason("file", shown, f"{shown} {'is no input now' if kept else 'removed'}")
            else:
                path = os.path.relpath(self.now.top / name, self.now.root)
                yield from self._changed(path, mode=mode)

    def _changed(self, name: str, *, mode: bool = False) -> Iterator[Reason]:
        """Whether git says that a file of today, or a link that leads to it, is another one."""
        for each in self._names(os.path.normpath(os.path.join(self.now.root, name))):
            shown = self._shown(each)
            if each in self.changes.content:
                yield Reason("file", shown, f"{shown} changed")
            elif mode and each in self.changes.mode:
                yield Reason("file", shown, f"{shown} changed its x bit")
            elif around := next((u for u in self.changes.unknown if _below(each, u)), None):
                what = f"{self._shown(around)}, a repository of its own, changed"
                yield Reason("file", self._shown(around), what)

    def _granted(self, then: ArtifactInputs, now: ArtifactInputs) -> Iterator[Reason]:
        """The same for granted directories, where links and x bits count too.

        Directories count by what is in them: git keeps no empty one.
        """
        before, after = (
            [name for name, entry in each.granted.items() if entry.kind != "directory"]
            for each in (then, now)
        )
        yield from self._files(before, after, mode=True)

    def _modules(self, inputs: ArtifactInputs) -> dict[str, Mapping[str, Any]]:
        """The modules of one side by path; local replacements as if both lay in one place."""
        side = self.now if inputs is self.now.inputs.get(inputs.artifact.id) else self.then
        return {str(m["Path"]): self._placed(side, m) for m in inputs.modules}

    def _placed(self, side: Side, module: Mapping[str, Any]) -> Mapping[str, Any]:
        replacement = module.get("Replace")
        if not replacement or not replacement["Path"].startswith("."):
            return module
        path = os.path.normpath(side.root / replacement["Path"])
        aside = str(side.top).removesuffix(str(self.now.top))  # where a revision is laid out
        placed = os.path.relpath(path.removeprefix(aside), self.now.root)
        placed = placed if placed.startswith("..") else f"./{placed}"
        return {**module, "Replace": {**replacement, "Path": placed}}

    def _said_by_go(self, then: Main, now: Main) -> Iterator[Reason]:
        """What Go says of the program beside its files and modules."""
        if then.godebug != now.godebug:
            what = f"GODEBUG: {then.godebug or 'none'} -> {now.godebug or 'none'}"
            yield Reason("go", "GODEBUG", what)
        before, after = _plain(then.error, self.then), _plain(now.error, self.now)
        if before != after:
            what = f"go cannot load it: {after}" if after else f"go could not load it: {before}"
            yield Reason("go", now.import_path, what)

    def _problems(self, then: ArtifactInputs, now: ArtifactInputs) -> Iterator[Reason]:
        """What keeps the inputs of a side from being known; the same on both is no difference."""
        before, after = ({_first_line(f) for f in each.problems} for each in (then, now))
        if not now.main and now.problems:
            before = set()  # its files are not known, so nothing is known to be the same
        for what in sorted(after - before):
            yield Reason("unknown", "", what)
        for what in sorted(before - after):
            yield Reason("unknown", "", f"at the revision: {what}")

    def _names(self, path: str) -> Iterator[str]:
        """A path from the top, the links on the way to it, and where they lead."""
        name = _from_top(path, self.now.top)
        if not name:
            return
        yield name
        real = self._disk.real(path)
        if real == path:
            return
        for parent in Path(name).parents:
            if parent != Path() and os.path.islink(self.now.top / parent):
                yield str(parent)
        yield from self._names(real)

    def _shown(self, name: str) -> str:
        """A path from the top of the repository as the workspace's own files would write it."""
        if name not in self._known:
            relative = os.path.relpath(self.now.top / name, self.now.root)
            self._known[name] = escaped(relative)
        return self._known[name]


def _from_top(path: str, top: Path) -> str:
    """A path from the top of the repository; "" outside of it, where nothing has a history."""
    return path.removeprefix(f"{top}/") if path.startswith(f"{top}/") else ""


def _below(name: str, directory: str) -> bool:
    return name == directory or name.startswith(f"{directory}/")


def _module_reasons(
    before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> Iterator[Reason]:
    """Modules that came, went, or have another version, checksum or go line."""
    for path in sorted({*before, *after}):
        a, b = before.get(path), after.get(path)
        if a is None or b is None:
            found = f"{path} {_version(a or b or {})}".strip()
            yield Reason("module", path, f"{found} {'added' if a is None else 'removed'}")
        elif a != b:
            yield from (Reason("module", path, text) for text in _module_told(path, a, b))


def _module_told(path: str, then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    before, after = _version(then), _version(now)
    if before != after:
        yield f"{path} {before or 'local'} -> {after or 'local'}"
    elif then.get("Sum") != now.get("Sum"):
        yield f"{path} {after}: another checksum"
    if then.get("GoVersion") != now.get("GoVersion"):
        yield f"{path}: go {then.get('GoVersion', 'unset')} -> {now.get('GoVersion', 'unset')}"


def _version(module: Mapping[str, Any]) -> str:
    """A version, with what takes the module's place: "v1.2.0 => example.com/fork v1.2.1"."""
    version = str(module.get("Version", ""))
    if replacement := module.get("Replace"):
        return f"{version} => {replacement['Path']} {_version(replacement)}".strip()
    return version


def _plain(error: str, side: Side) -> str:
    """What go said, on one line and without where this side lies."""
    return escaped(" ".join(error.replace(f"{side.top}/", "").split()))


def _first_line(finding: Finding) -> str:
    return escaped(f"{finding.what}" + (f" ({finding.location})" if finding.location else ""))
