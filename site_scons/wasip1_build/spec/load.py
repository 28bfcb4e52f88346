"""From the wasip1.toml files of a workspace to what they mean, or to all that is wrong."""

from __future__ import annotations

import posixpath
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field
from pathlib import Path

from wasip1_build.dataclass import dataclass
from wasip1_build.digests import Stamp, stamp_of
from wasip1_build.findings import Failure, Finding, Location, Severity, failure
from wasip1_build.spec import merge, typed
from wasip1_build.spec.capabilities import capabilities
from wasip1_build.spec.disk import Answers, Disk
from wasip1_build.spec.members import SPEC_FILE, find_members, looked_in, member_findings
from wasip1_build.spec.model import Artifact, Capability, Workspace
from wasip1_build.spec.raw import Document, parse
from wasip1_build.spec.rules import RULES
from wasip1_build.spec.rules_file import build_dir_of, file_findings, newer_version
from wasip1_build.spec.scanner import Path as KeyPath
from wasip1_build.spec.schema import load_schema
from wasip1_build.spec.scope import Scope, Surroundings
from wasip1_build.spec.suggest import did_you_mean, quoted
from wasip1_build.spec.validate import Structure

PROFILES = ("release", "dev")
PROFILE_RULE = "spec-profile"


@dataclass(frozen=True)
class Loaded:
    """A workspace and all that it was made from, for `spec.cached` to recognise it again.

    `stamps` were taken before the files were read, at `read_ns`.
    """

    workspace: Workspace
    read_ns: int
    stamps: dict[str, Stamp | None]
    top_directory: str
    patterns: tuple[str, ...]
    members: tuple[str, ...]
    answers: Answers


def load(root: Path, file: str = SPEC_FILE, profile: str = "release") -> Loaded:
    """Reads a workspace. Raises Failure: all that is wrong, sorted by file and line."""
    return _Reading(root, posixpath.normpath(file), profile).run()


@dataclass
class _File:
    """A file that is TOML, with the values removed whose structure is wrong."""

    document: Document
    tainted: frozenset[KeyPath]


@dataclass
class _Reading:
    """One reading of a workspace, while findings gather."""

    root: Path
    file: str
    profile: str
    findings: list[Finding] = field(default_factory=list)
    stamps: dict[str, Stamp | None] = field(default_factory=dict)

    def run(self) -> Loaded:
        self.read_ns = time.time_ns()
        self.disk = Disk(self.root)
        self.structure = Structure(load_schema())
        top = self._read(self.file, top=True)
        if top is None:
            raise Failure(self._sorted())
        build_dir = build_dir_of(top.document)
        patterns = _patterns(top)
        self.findings += member_findings(top.document, self.disk, build_dir)
        members = find_members(self.root, top.document.directory, patterns, build_dir)
        names = [posixpath.join(directory, SPEC_FILE) for directory in members]
        read = [self._read(name, top=False) for name in names if self._readable(name)]
        files = [top, *(file for file in read if file is not None)]
        workspace = self._workspace(top, files, build_dir)
        return Loaded(
            workspace,
            self.read_ns,
            self.stamps,
            top.document.directory,
            patterns,
            members,
            self.disk.answers,
        )

    def _readable(self, file: str) -> bool:
        """Whether a member's file is there and inside; where not, `member_findings` says so."""
        return self.disk.is_file(file) and self.disk.inside(posixpath.dirname(file))

    def _read(self, file: str, *, top: bool) -> _File | None:
        self.stamps[file] = stamp_of(self.root / file)
        try:
            document = parse(_content(self.root, file), file, top=top)
        except Failure as error:
            self.findings += error.findings
            return None
        if newer := newer_version(document):
            self.findings.append(newer)
            return None
        found, tainted = self.structure.check(document)
        self.findings += found
        self.findings += file_findings(document)
        return _File(document, tainted)

    def _workspace(self, top: _File, files: list[_File], build_dir: str) -> Workspace:
        written = {name for file in files for name in file.document.data.get("profile", {})}
        profiles = (*PROFILES, *sorted(written - set(PROFILES)))
        if self.profile not in profiles:
            self.findings.append(_unknown_profile(self.profile, profiles))
        names = tuple(file.document.file for file in files)
        around = Surroundings(self.disk, build_dir, names)
        of = {
            profile: self._artifacts(top, files, around, profile)
            for profile in sorted({*_reviewed(written), self.profile, *written})
        }
        findings = self._sorted()
        if any(finding.severity is Severity.ERROR for finding in findings):
            raise Failure(tuple(f for f in findings if f.severity is Severity.ERROR))
        return Workspace(
            build_dir=build_dir,
            profile=self.profile,
            toolchain=typed.toolchain(top.document.data.get("toolchain", {})),
            artifacts=of[self.profile],
            advise=top.document.data.get("advise", {}),
            files=names,
            looked_in=looked_in(self.root, top.document.directory, _patterns(top)),
            profiles=profiles,
            warnings=tuple(str(finding) for finding in findings),
            capabilities=_capabilities(files, {name: of[name] for name in _reviewed(written)}),
        )

    def _artifacts(
        self, top: _File, files: Iterable[_File], around: Surroundings, profile: str
    ) -> tuple[Artifact, ...]:
        """All artifacts under a profile, judged by every rule."""
        artifacts = []
        for file in files:
            for name in file.document.data.get("artifact", {}):
                table = merge.merged(top.document, file.document, name, profile)
                directory, places = file.document.directory, merge.locations(table)
                artifact = typed.artifact(name, directory, merge.values(table), places)
                tainted = {*_tainted(top, file, name, profile)}
                self.findings += _judged(Scope(artifact, around), tainted)
                artifacts.append(artifact)
        return tuple(artifacts)

    def _sorted(self) -> tuple[Finding, ...]:
        """Each finding once, though several artifacts and profiles may share its cause."""
        once = {
            (finding.location, finding.rule, finding.what): finding for finding in self.findings
        }
        return tuple(sorted(once.values(), key=_place))


def _content(root: Path, file: str) -> bytes:
    try:
        return (root / file).read_bytes()
    except OSError as error:
        raise failure(
            "spec-file",
            f"{file} cannot be read",
            why=error.strerror or str(error),
            fix=f"a workspace is declared in a {SPEC_FILE} at its top",
            location=Location(file),
        ) from None


def _reviewed(written: Collection[str]) -> frozenset[str]:
    """The profiles whose capabilities are told: not the one that is built, for wasip1.grants is the
    same for all. One that is not written is as the artifacts themselves say."""
    return frozenset({*written, *(PROFILES if "release" in written else ("release",))})


def _capabilities(
    files: Iterable[_File], profiles: Mapping[str, Iterable[Artifact]]
) -> dict[str, tuple[Capability, ...]]:
    """By wasip1.toml, where it declares any artifact."""
    of: dict[str, dict[str, list[Artifact]]] = {}
    for profile, artifacts in profiles.items():
        for artifact in artifacts:
            of.setdefault(artifact.directory, {}).setdefault(profile, []).append(artifact)
    places = {file.document.directory: file.document.file for file in files}
    return {places[directory]: capabilities(those) for directory, those in of.items()}


def _patterns(top: _File) -> tuple[str, ...]:
    """The members as the top file writes them."""
    return tuple(top.document.data.get("workspace", {}).get("members", ()))


def _unknown_profile(profile: str, profiles: tuple[str, ...]) -> Finding:
    return Finding(
        PROFILE_RULE,
        Severity.ERROR,
        f'unknown profile "{profile}"',
        f"there are {quoted(profiles, 'and')}",
        did_you_mean(profile, profiles, f"declare it: [profile.{profile}]"),
    )


def _tainted(top: _File, file: _File, name: str, profile: str) -> Iterator[KeyPath]:
    """The unusable keys of an artifact, wherever they are written."""
    for document, table in merge.layers(top.document, file.document, name, profile):
        tainted = top.tainted if document is top.document else file.tainted
        yield from (path[len(table) :] for path in tainted if path[: len(table)] == table)


def _judged(scope: Scope, tainted: set[KeyPath]) -> Iterator[Finding]:
    for rule in RULES:
        keys = (tuple(key.split(".")) for key in rule.reads)
        if not tainted or not any(_touches(bad, key) for key in keys for bad in tainted):
            yield from rule.find(scope)


def _touches(bad: KeyPath, key: tuple[str, ...]) -> bool:
    """Whether a rule that reads a key would see an unusable value, or miss it."""
    length = min(len(bad), len(key))
    return bad[:length] == key[:length]


def _place(finding: Finding) -> tuple[str, int, int, str]:
    location = finding.location or Location("")
    return location.file, location.line or 0, location.column or 0, finding.what
