"""What `scons advise` said and what it looked at, kept for the next."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Finding
from wasip1_build.looks import Look, look_at, name_of
from wasip1_build.report.console import findings_text, style_of
from wasip1_build.report.write import report_files
from wasip1_build.scons import fast, told
from wasip1_build.scons.declared import Declared
from wasip1_build.scons.looked_at import looks_of, uses_path
from wasip1_build.scons.session import Session
from wasip1_build.steps.go_world import World


@dataclass(frozen=True)
class Said:
    """What was printed: findings in groups, each once; targets that failed; and stdout."""

    findings: tuple[tuple[Finding, ...], ...]
    failed: tuple[str, ...]
    output: bytes


@dataclass(frozen=True)
class Keeping:
    """Where it is kept, and a time before anything was read."""

    store: str
    started_ns: int

    def keep(
        self, declared: Declared, session: Session, outputs: Iterable[str], said: Said
    ) -> None:
        """Keeps it, or forgets what was kept where something has moved since the first look.

        `outputs` are what it was made of, in the build directory. Raises OSError.
        """
        looks = self._looks(declared, session, outputs)
        if looks is None or not fast.is_plain_build():
            told.forget(self.store)
            return
        own = replace(declared, session=session)
        path = uses_path(declared) or uses_path(own)
        search_path = os.environ.get("PATH") if path else None
        status = 2 if said.failed else 0
        told.keep(self.store, looks, search_path, (_errors(declared, said), said.output, status))

    def _looks(
        self, declared: Declared, session: Session, outputs: Iterable[str]
    ) -> dict[str, Look] | None:
        root = declared.context.root
        looks: dict[str, Look] = {}
        for each in (declared, replace(declared, session=session)):
            found = looks_of(each, self.started_ns, _facts(each))
            if found is None:
                return None
            looks |= found
        for path in report_files(declared.context.path(declared.workspace.build_dir)):
            looks.pop(name_of(root, str(path)), None)  # of builds, which say nothing here
        return {**looks, **{name: look_at(str(root / name)) for name in outputs}}


def _facts(declared: Declared) -> Mapping[str, str]:
    """What is known of directories, as a build keeps it."""
    root, done = declared.context.root, declared.context.worked_out
    worlds = (each for each in done.values() if isinstance(each, World))
    return {name_of(root, path): fact for each in worlds for path, fact in each.facts.items()}


def _errors(declared: Declared, said: Said) -> str:
    style = style_of(sys.stderr, os.environ)
    workspace = declared.workspace
    lines = (*workspace.warnings, *(f"scons: *** [{name}] judge failed" for name in said.failed))
    told_once = dict.fromkeys((workspace.findings, *said.findings))
    return "".join((*(findings_text(each, style) for each in told_once), *_ended(lines)))


def _ended(lines: Iterable[str]) -> Iterator[str]:
    return (f"{line}\n" for line in lines)
