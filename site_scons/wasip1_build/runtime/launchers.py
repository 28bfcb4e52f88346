"""Scripts that run a finished module by a runtime's own program, under exactly what is declared.

What a program cannot express is refused, never given wider. What each can express was measured
(wasmtime 49, wazero 1.12, WasmEdge 0.17, Node 22 and 24).
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping

from wasip1_build.dataclass import dataclass
from wasip1_build.runtime.grants import environment
from wasip1_build.runtime.launcher_text import NODE, WITHIN, head
from wasip1_build.spec.model import DirGrant, Grants, Runtime
from wasip1_build.texts import escaped

# What `uname -sm` says on the machines whose machine code a .cwasm of these targets is. (A .cwasm
# is bound to the operating system, not to its libc.)
_MACHINES = {
    "x86_64-unknown-linux": "Linux x86_64",
    "aarch64-unknown-linux": "Linux aarch64",
    "s390x-unknown-linux": "Linux s390x",
    "x86_64-apple-darwin": "Darwin x86_64",
    "aarch64-apple-darwin": "Darwin arm64",
    "x86_64-unknown-freebsd": "FreeBSD amd64",
    "aarch64-unknown-freebsd": "FreeBSD arm64",
}
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")  # POSIX: XBD, 3.216 "Name"


@dataclass(frozen=True)
class Launched:
    """What launchers start. Its files lie in the directory above theirs; `root` leads from there
    to the workspace's, or is absolute. `precompiled` are targets, each with its file."""

    name: str
    module: str
    precompiled: tuple[tuple[str, str], ...]
    interruptible: bool
    grants: Grants
    policy: Runtime
    trusted: bool
    root: str

    @property
    def env(self) -> tuple[tuple[str, str], ...]:
        """The variables whose values are declared."""
        policy = self.policy
        return environment(self.grants, None, policy.gogc, policy.memory_limit_bytes)


@dataclass(frozen=True)
class Launcher:
    """How one runtime's program is told. `separator` cannot stand in a directory that it is given.

    `refusals` say why there is none for a module; `lines` are the script's, after which its own
    arguments are the program's.
    """

    program: str
    separator: str
    refusals: Callable[[Launched], Iterator[str]]
    lines: Callable[[Launched], Iterator[str]]
    cap: str  # what keeps the module below max-memory


def refusals(program: str, launched: Launched) -> tuple[str, ...]:
    """Why there is no launcher for a program that would run the module under its grants only."""
    launcher = LAUNCHERS[program]
    separated = (
        f'{_shown(path)} has "{launcher.separator}" in it, at which {program} would divide it'
        for grant in launched.grants.dirs
        for path in (grant.host, grant.guest)
        if launcher.separator and launcher.separator in path
    )
    unreadable = (
        f"a script cannot read the variable {_shown(name)}"
        for name in launched.grants.env_inherit
        if program in ("wazero", "wasmedge") and not _VARIABLE.fullmatch(name)
    )
    return (*launcher.refusals(launched), *separated, *unreadable)


def script(program: str, launched: Launched) -> str:
    """The launcher for a program that refuses nothing of it: a script for sh(1)."""
    launcher = LAUNCHERS[program]
    return "\n".join([*_comment(launcher, launched), *_body(launcher, launched), ""])


def _comment(launcher: Launcher, launched: Launched) -> Iterator[str]:
    grants, policy = launched.grants, launched.policy
    yield "#!/bin/sh"
    yield f"# Runs {launched.name} by {launcher.program}, with what its wasip1.toml declares and"
    yield "# nothing else. Written by wasip1-scons: what is changed here is lost."
    yield "#"
    for grant in grants.dirs:
        mode = "reading" if grant.mode == "ro" else "reading and writing"
        reason = f" ({grant.reason})" if grant.reason else ""
        yield _said(f"directory {_shown(grant.host)} as {_shown(grant.guest)}, for {mode}{reason}")
    for name, value in launched.env:
        yield _said(f"variable {name}={_shown(value)}")
    for name in grants.env_inherit:
        yield _said(f"variable {name}, where it is set here")
    words = " ".join(map(_shown, grants.args))
    yield _said(f"arguments: {words}, then this script's" if words else "arguments: this script's")
    yield _said("stdin" if grants.stdin else "no stdin: it is at its end")
    if policy.max_memory_bytes is not None:
        yield _said(f"memory: at most {policy.max_memory_bytes} bytes, {launcher.cap}")
    if policy.timeout_s is not None:
        yield _said(f"time: at most {policy.timeout_s:g} s, then it is killed (exit code 124)")
    yield ""


def _said(text: str) -> str:
    return f"#   {escaped(text)}"


def _shown(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _body(launcher: Launcher, launched: Launched) -> Iterator[str]:
    grants, timeout_s = launched.grants, launched.policy.timeout_s
    yield head(launched.name, _root(launched), launcher.separator)
    if not grants.stdin:
        yield "exec </dev/null"
    if grants.args:
        yield f'set -- {" ".join(map(shlex.quote, grants.args))} "$@"'
    yield from launcher.lines(launched)
    program = f'"${{{launcher.program.upper()}:-{launcher.program}}}"'
    if timeout_s is None:
        yield f'exec {program} "$@"'
    else:
        yield WITHIN
        yield f'within {timeout_s:g} {launched.name} {program} "$@"'


def _root(launched: Launched) -> str | None:
    """Where granted directories are looked for; None where none is relative."""
    relative = any(not grant.host.startswith("/") for grant in launched.grants.dirs)
    return launched.root if relative else None


def _host(grant: DirGrant, after: str = "") -> str:
    """The directory as a word of the script, with what follows it in the same word."""
    if grant.host.startswith("/"):
        return shlex.quote(grant.host + after)
    return '"$root"/' + shlex.quote(grant.host + after)


def _given(words: Iterator[str] | list[str]) -> Iterator[str]:
    """Puts words before the script's arguments, each on a line of its own."""
    lines = list(words)
    if lines:
        yield " \\\n    ".join(["set --", *lines, '"$@"'])


def _inherited(launched: Launched, option: str) -> Iterator[str]:
    for name in launched.grants.env_inherit:
        word = f'{option}"{name}=${name}"'
        yield f'if [ -n "${{{name}+set}}" ]; then set -- {word} "$@"; fi'


# --- wasmtime ---------------------------------------------------------------------------------


def _wasmtime_refusals(launched: Launched) -> Iterator[str]:
    read_only = [_shown(grant.host) for grant in launched.grants.dirs if grant.mode == "ro"]
    if read_only:
        yield f"its command line knows no read-only directory ({', '.join(read_only)})"


# wasmtime runs interruptible machine code under a time-out of its own only, which does not end a
# sleep; so that is set beyond any, and the launcher keeps the declared one.
A_YEAR_S = 31_536_000


def _wasmtime(launched: Launched) -> Iterator[str]:
    yield from _code(launched)
    memory_bytes = launched.policy.max_memory_bytes
    yield from _given(
        [
            "run",
            f"--argv0 {launched.name}",
            *(f"--dir {_host(grant, f'::{grant.guest}')}" for grant in launched.grants.dirs),
            *(f"--env {shlex.quote(f'{name}={value}')}" for name, value in launched.env),
            *(f"--env {shlex.quote(name)}" for name in launched.grants.env_inherit),
            *([f"-W timeout={A_YEAR_S}s"] if launched.interruptible else []),
            *([f"-W max-memory-size={memory_bytes}"] if memory_bytes is not None else []),
        ]
    )


def _code(launched: Launched) -> Iterator[str]:
    """The machine code that was made for this machine; only where there is none is the module
    compiled, and then it is said."""
    files: dict[str, str] = {}
    for target, file in launched.precompiled:
        for prefix, machine in _MACHINES.items():
            if target.startswith(prefix):
                files.setdefault(machine, file)
    module = f'"$here"/{launched.module}'
    if not files:
        yield f'set -- {module} "$@"'
        return
    yield 'case "$(uname -s) $(uname -m)" in'
    for machine, file in files.items():
        yield f'"{machine}") set -- --allow-precompiled "$here"/{file} "$@" ;;'
    said = f"{launched.name}: there is no machine code for this machine: wasmtime compiles it now"
    yield "*)"
    yield f'    echo "{said}" >&2'
    yield f'    set -- {module} "$@"'
    yield "    ;;"
    yield "esac"


# --- wazero -----------------------------------------------------------------------------------


def untrusted(grants: Grants, trusted: bool) -> str:
    """Why neither wazero nor Node runs a module that is not trusted; "" where they do.

    Neither contains a hostile guest: wazero follows links out of a mount, and calls that out of
    scope; Node's documentation says not to run untrusted code by node:wasi.
    """
    if not grants.dirs or trusted:
        return ""
    return "it does not keep a hostile module in its directories; trusted = true allows it"


def _untrusted(launched: Launched) -> Iterator[str]:
    why = untrusted(launched.grants, launched.trusted)
    if why:
        yield why


def _wazero(launched: Launched) -> Iterator[str]:
    cache = '"${WASIP1_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/wasip1-scons}/wazero"'
    yield f'set -- "$here"/{launched.module} "$@"'
    yield from _inherited(launched, "-env=")
    mounts = (
        f"-mount={_host(grant, f':{grant.guest}' + ':ro' * (grant.mode == 'ro'))}"
        for grant in launched.grants.dirs
    )
    variables = (f"-env={shlex.quote(f'{name}={value}')}" for name, value in launched.env)
    # In it wazero looks for the code of this very module, by its SHA-256.
    yield from _given(["run", f"-cachedir={cache}", *mounts, *variables])


# --- WasmEdge ---------------------------------------------------------------------------------


def _wasmedge_refusals(launched: Launched) -> Iterator[str]:
    grants = launched.grants.dirs
    if any(grant.mode == "ro" for grant in grants):
        yield "a Go program cannot open its read-only directories"
    if any(grant.guest != "/" for grant in grants):
        yield 'a Go program sees its directories at "/" only'


def _wasmedge(launched: Launched) -> Iterator[str]:
    yield f'set -- "$here"/{launched.module} "$@"'
    yield from _inherited(launched, "--env ")
    memory_bytes = launched.policy.max_memory_bytes
    pages = [] if memory_bytes is None else [f"--memory-page-limit {memory_bytes >> 16}"]
    variables = (f"--env {shlex.quote(f'{name}={value}')}" for name, value in launched.env)
    dirs = (f"--dir {grant.guest}:{_host(grant)}" for grant in launched.grants.dirs)
    yield from _given([*dirs, *variables, *pages])


# --- Node -------------------------------------------------------------------------------------


def _node_refusals(launched: Launched) -> Iterator[str]:
    yield from _untrusted(launched)
    if any(grant.mode == "ro" for grant in launched.grants.dirs):
        yield "node:wasi knows no read-only directory"


def _node(launched: Launched) -> Iterator[str]:
    root = '"$root"' if _root(launched) else "/"
    preopens = {grant.guest: grant.host for grant in launched.grants.dirs}
    constants = {
        "NAME": launched.name,
        "VARIABLES": dict(launched.env),
        "INHERITED": list(launched.grants.env_inherit),
        "DIRECTORIES": preopens,
    }
    told = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in constants.items())
    yield f"set -- --no-warnings --input-type=module --eval {shlex.quote(told + NODE)} \\"
    yield f'    -- "$here"/{launched.module} {root} "$@"'


_INSIDE = "a limit that is in the module itself"
LAUNCHERS: Mapping[str, Launcher] = {
    each.program: each
    for each in (
        Launcher("wasmtime", "::", _wasmtime_refusals, _wasmtime, f"{_INSIDE}; it is told too"),
        Launcher("wazero", ":", _untrusted, _wazero, f"{_INSIDE}: wazero has no option for it"),
        Launcher("wasmedge", ":", _wasmedge_refusals, _wasmedge, f"{_INSIDE}; it is told too"),
        Launcher("node", "", _node_refusals, _node, f"{_INSIDE}: node:wasi has no option for it"),
    )
}
