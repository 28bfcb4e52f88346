"""What may one invocation be given? What the manifest grants, as a check is: nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure, failure
from wasip1_build.runtime import grants as guest
from wasip1_build.runtime.host.artifact import Hosted
from wasip1_build.runtime.request import Preopen

RULE = "host-grant"


class Given(NamedTuple):
    """What a guest is started with, in UTF-8 as the engine takes it."""

    argv: tuple[bytes, ...]
    env: tuple[tuple[bytes, bytes], ...]
    stdin: bytes = b""


@dataclass(frozen=True)
class Giving:
    """What each invocation of an artifact is given, and what a caller may change of it.

    `plain` is for callers that change nothing. `inherited` are the variables of grants.env-inherit
    as they were when the host was opened.
    """

    hosted: Hosted
    inherited: Mapping[str, str]
    preopens: tuple[Preopen, ...]
    plain: Given

    def given(
        self,
        args: Sequence[str] | None,
        stdin: bytes | None,
        env: Mapping[str, str] | None,
    ) -> Given:
        """What a guest is started with. Raises Failure for what is not granted."""
        if args is None and not stdin and not env:
            return self.plain
        grants = self.hosted.grants
        if isinstance(args, str):  # which is a sequence of texts too
            raise failure(RULE, f"args is one text: {args!r}", fix=f"args=[{args!r}]")
        if stdin is not None and not isinstance(stdin, bytes | bytearray | memoryview):
            raise failure(RULE, f"stdin is {type(stdin).__name__}, not bytes", fix="encode it")
        if stdin and not grants.stdin:
            raise _refused(self.hosted, "stdin is not granted", "set grants.stdin = true")
        variables = self.plain.env
        if env:
            for name in sorted(env.keys() - grants.env.keys() - set(grants.env_inherit)):
                fix = f'add "{name}" to grants.env-inherit'
                raise _refused(self.hosted, f"the variable {name} is not granted", fix)
            variables = _encoded(_environment(self.hosted, {**self.inherited, **env}))
        argv = self.plain.argv
        if args is not None:
            argv = (argv[0], *(_bytes(each, "an argument") for each in args))
        return Given(argv, variables, bytes(stdin or b""))


def giving(hosted: Hosted, root: Path | None, environ: Mapping[str, str]) -> Giving:
    """What the invocations of an artifact are given on this machine.

    `root` is what relative directories are relative to; None: the nearest directory above the
    manifest that has a wasip1.toml. Raises Failure where a granted directory is not there.
    """
    grants = hosted.grants
    inherited = {name: environ[name] for name in grants.env_inherit if name in environ}
    argv = guest.arguments(hosted.name, grants, None)
    plain = Given(
        tuple(_bytes(each, "an argument") for each in argv),
        _encoded(_environment(hosted, inherited)),
    )
    above = root.absolute() if root else None
    preopens = []
    for grant in grants.dirs:
        if above is None and not Path(grant.host).is_absolute():
            above = _workspace(hosted.manifest)
        host = guest.real_directory(above or Path("/"), grant.host)
        preopens.append(Preopen(host, grant.guest, grant.mode == "ro"))
    return Giving(hosted, inherited, tuple(preopens), plain)


def _environment(hosted: Hosted, given: Mapping[str, str]) -> dict[str, str]:
    runtime = hosted.runtime
    declared = guest.environment(hosted.grants, None, runtime.gogc, runtime.memory_limit_bytes)
    return {**dict(declared), **given}


def _encoded(variables: Mapping[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    return tuple(
        (_bytes(name, "the name of a variable"), _bytes(value, f"the value of {name}"))
        for name, value in sorted(variables.items())
    )


def _bytes(value: object, what: str) -> bytes:
    """A text for the guest. Raises Failure where C or UTF-8 has none such."""
    if not isinstance(value, str):
        raise failure(RULE, f"{what} is {type(value).__name__}, not a text: {value!r}")
    try:
        data = value.encode()
    except UnicodeEncodeError:
        raise failure(
            RULE, f"{what} is no UTF-8: {value!r}", why="the engine takes no other"
        ) from None
    if b"\0" in data:
        raise failure(RULE, f"{what} has a NUL in it: {value!r}", why="it would end there")
    return data


def _workspace(manifest: Path) -> Path:
    for directory in manifest.absolute().parents:
        if (directory / "wasip1.toml").is_file():
            return directory
    raise failure(
        RULE,
        f"it is not known what the granted directories of {manifest} are relative to",
        why="no directory above it has a wasip1.toml",
        fix='say it: Host.open(manifest, root="...")',
    )


def _refused(hosted: Hosted, what: str, fix: str) -> Failure:
    why = "an invocation is given what the manifest grants: what is not written does not exist"
    return failure(RULE, f"{hosted.id}: {what}", why=why, fix=f"{fix}, and build again")
