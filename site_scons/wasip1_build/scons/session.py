"""What all of a workspace's nodes share while SCons runs: tools, digests, the record of outputs."""

from __future__ import annotations

import atexit
import functools
import sys
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

import SCons.Node
import SCons.Script
import SCons.Util
from SCons.Util.hashes import get_current_hash_algorithm_used

from wasip1_build.dataclass import dataclass
from wasip1_build.digests import Digests, Stamp, stamp_of
from wasip1_build.findings import Failure, Location
from wasip1_build.planned import STATE
from wasip1_build.scons.generated import made_from
from wasip1_build.scons.record import OutputRecord
from wasip1_build.scons.signature_file import signature_file
from wasip1_build.scons.signing import Signing, signature_of
from wasip1_build.scons.state import mark, require_known
from wasip1_build.scons.wanted import wanted_steps
from wasip1_build.scons.work import Work, is_current
from wasip1_build.steps.execute import clear_runs
from wasip1_build.steps.step import Context, Step
from wasip1_build.toolchain.store import cache_directory
from wasip1_build.toolchain.tools import Tools

LOOKING = ("help", "no_exec", "question")  # options of SCons


@dataclass(frozen=True)
class Session:
    """The state of one build directory."""

    context: Context
    record: OutputRecord
    signing: Signing
    signed: Stamp | None  # the file of SCons's signatures, before this process wrote it
    nodes: dict[str, Any] = field(default_factory=dict)  # declared so far, by output path

    def work(self, step: Step, seals: tuple[str, ...] = (), artifact: str = "") -> Work:
        """A step with what it runs with."""
        return Work(step, self.context, self.record, self.signing, seals, artifact)

    def save(self) -> None:
        """Writes what was learned; to be called after SCons has written its own signatures.

        Where SCons could not write them, outputs that were made are not recorded either: earlier
        signatures beside them would call the wrong outputs up to date.
        """
        mark(self.context.state(""))
        clear_runs(self.context)
        self._record_outputs()
        if self.signed is None or self.signed != _signed():
            self.record.save()
        self.context.digests.save()
        if self.signing.digests is not self.context.digests:
            self.signing.digests.save()

    def _record_outputs(self) -> None:
        """Records what SCons made or found up to date: also what came from a CacheDir, which runs
        no step. What it was stopped before is in doubt."""
        for name, node in self.nodes.items():
            if node.get_state() == SCons.Node.executed and name not in self.record.changed:
                self.record.put(name)
            if is_current(node):
                self.record.sign(name, signature_of(node))


def is_looking() -> bool:
    """Whether this run of SCons may write nothing."""
    return any(SCons.Script.GetOption(name) for name in LOOKING)


def save_at_exit(session: Session) -> None:
    """Keeps what a build beside others learned, when the process ends."""
    atexit.register(_save, session)


def _save(session: Session) -> None:
    if is_looking():
        return
    try:
        session.save()
    except (Failure, OSError) as error:
        print(f"error: the end of the build was not recorded: {error}", file=sys.stderr)


def open_session(
    root: Path,
    build_dir: str,
    owner: str,
    environ: Mapping[str, str],
    cpus: int,
    locate: Callable[[str, str], Location | None],
) -> Session:
    """Reads the state below BUILD-DIR/.wasip1, as far as there is any. Writes nothing.

    `owner` is what the outputs belong to: a spec file under a profile, or the rules. Raises Failure
    where a newer version has written the state.
    """
    state = root / build_dir / STATE
    require_known(state)
    digests = Digests(state / "digests", tree=f"{root}/")
    context = Context(
        root=root,
        build_dir=build_dir,
        tools=Tools(root, digests, environ, cache_directory(environ)),
        digests=digests,
        environment=dict(environ),
        cpus=cpus,
        locate=locate,
        cache=cache_directory(environ),
        made_from=functools.partial(made_from, root),
        peers=functools.cache(functools.partial(wanted_steps, state)),
    )
    record = OutputRecord(root, state / "outputs", owner)
    return Session(context, record, Signing(_signatures(digests, state)), _signed())


def _signed() -> Stamp | None:
    return stamp_of(_signature_file())


def _signature_file() -> Path:
    return signature_file(Path(SCons.Script.Dir("#").abspath))


def _signatures(digests: Digests, state: Path) -> Digests:
    """Nodes of other builders share our sources, so both must sign them alike."""
    # An option takes effect once all SConscripts are read.
    algorithm = SCons.Script.GetOption("hash_format") or get_current_hash_algorithm_used()
    if algorithm == "sha256":
        return digests
    # A store for each: with --hash-format, SCons keeps its own signatures apart as well.
    return Digests(
        state / f"signatures-{algorithm}",
        lambda path: str(SCons.Util.hash_file_signature(str(path))),
    )
