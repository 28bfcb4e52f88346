"""The parts of launchers that are the same text for every module."""

from __future__ import annotations

import shlex


def head(name: str, root: str | None, separator: str) -> str:
    """Where the script lies, and where granted directories are, if `root` leads there."""
    lines = [
        "# shellcheck disable=SC1003,SC2016 # what is in single quotes is meant as it stands",
        "set -eu",
        "# (Not $(pwd) alone: a substitution drops the newlines at the end of a name.)",
        'here=$(CDPATH="" cd -- "$(dirname -- "$0")/.." && pwd -P && echo .)',
        "here=${here%??}",
    ]
    if root is not None:
        lines += [
            "# Granted directories are below the workspace, or below WASIP1_ROOT where it is set.",
            f'root=${{WASIP1_ROOT:-"$here"/{shlex.quote(root)}}}',
        ]
        if separator:
            lines += [
                "case $root in",
                f"*{separator}*)",
                f'    echo "{name}: no directory below $root can be given: it has {separator} in'
                ' it" >&2',
                "    exit 2",
                "    ;;",
                "esac",
            ]
    return "\n".join(lines)


# A shell gives its background processes no stdin (hence 3), and lets them ignore Ctrl-C.
WITHIN = """\

# Runs a command for so many seconds at most: neither a loop nor a sleep of the module prevents it.
within() {
    seconds=$1 name=$2
    shift 2
    exec 3<&0
    "$@" <&3 3<&- &
    guest=$!
    (
        trap 'kill "$sleeper"; exit 0' TERM
        sleep "$seconds" &
        sleeper=$!
        wait "$sleeper"
        trap '' TERM
        if kill -s KILL "$guest"; then exit 1; fi
    ) </dev/null >/dev/null 2>&1 3<&- &
    clock=$!
    trap 'kill -s TERM "$guest"' HUP INT TERM
    status=0
    wait "$guest" || status=$?
    while [ "$status" -gt 128 ] && kill -s 0 "$guest" 2>/dev/null; do
        status=0
        wait "$guest" || status=$?
    done
    kill -s TERM "$clock" 2>/dev/null || :
    late=0
    wait "$clock" || late=$?
    if [ "$late" -ne 1 ]; then exit "$status"; fi
    echo "$name: killed: it ran for longer than $seconds s, its time-out" >&2
    exit 124
}
"""

# https://nodejs.org/api/wasi.html. Node 20 crashes when a module's memory grows.
NODE = """\
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { WASI } from "node:wasi";

if (parseInt(process.versions.node) < 22) {
  console.error(`${NAME}: Node ${process.versions.node} is too old: 22 is needed`);
  process.exit(2);
}
const [file, root, ...args] = process.argv.slice(1);
const env = { ...VARIABLES };
for (const name of INHERITED) if (name in process.env) env[name] = process.env[name];
const preopens = {};
for (const guest in DIRECTORIES) preopens[guest] = resolve(root, DIRECTORIES[guest]);
const wasi = new WASI({ version: "preview1", args: [NAME, ...args], env, preopens });
const module = new WebAssembly.Module(readFileSync(file));
process.exit(wasi.start(new WebAssembly.Instance(module, wasi.getImportObject())));
"""
