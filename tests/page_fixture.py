"""Builds to look at as pages: what artifacts of different ends have, and names that mean harm."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from report_files import CHECKS, NOTE, SIZES, outcome
from wasip1_build.findings import Finding, Location, Severity
from wasip1_build.report.page.owners import owners_data
from wasip1_build.report.page.page import html_page
from wasip1_build.report.render import render
from wasip1_build.report.rendering import Rendering
from wasip1_build.report.summary import Outcome, report
from wasip1_build.steps.owners import Owner, Owners

# What ends a script, a cell, a link or a command of a runner, or turns the rest of a line around.
HARMFUL = (
    "</script><script>window.harmed=1</script>",
    "<img src=x onerror=window.harmed=1>",
    "](javascript:window.harmed=1)",
    "%0A::error::no",
    "a|b`c`",
    "\u202egnp.exe\u2066",
    "<!--<script>",
    "'\" onmouseover=window.harmed=1 x='",
    "\u2028line\u2029",
    "__proto__",
)

MANIFEST: dict[str, Any] = {
    "verdict": "pass",
    "package": "./cmd/hello",
    "kind": "command",
    "compiler": {"name": "go", "version": "1.27.3"},
    "build_flags": ["-trimpath", "-buildvcs=false"],
    "toolchain": {"go": "1.27.3", "wasmtime": "49.0.3"},
    "module": {"path": "hello.wasm", "sha256": "ab" * 32, "size_bytes": 2_426_797},
    "grants": {
        "dirs": [
            {"host": "data", "guest": "/data", "mode": "ro", "reason": "pictures"},
            {"host": "out", "guest": "/out", "mode": "rw", "reason": "thumbnails"},
        ],
        "env": {"LEVEL": "3"},
        "env_inherit": ["TZ"],
        "args": [],
        "stdin": True,
    },
    "runtime": {"lifetime": "oneshot", "max_memory_bytes": 96 << 20, "timeout_ns": 5_000_000_000},
    "imports": [
        {
            "kind": "func",
            "module": "wasi_snapshot_preview1",
            "name": "fd_write",
            "type": "(i32, i32, i32, i32) -> i32",
        },
        {"kind": "func", "module": "env", "name": "emit", "type": "(i32)"},
    ],
    "exports": [{"kind": "func", "name": "_start", "type": "()"}],
}
RUN = {
    "form": "wasm",
    "ended": "ended",
    "exit": 0,
    "peak_memory_bytes": 2_949_120,
    "stdout_bytes": 87,
    "host_calls": 1234,
    "fd_write_calls": 35,
    "calls": {"env.emit": 3},
}
COUNTED = CHECKS | {"checks": [*CHECKS["checks"], {"name": "c", "verdict": "pass", "forms": [RUN]}]}
PACKAGES = (
    Owner("runtime", "std", 400_000, 900),
    Owner("encoding/json", "std", 180_000, 210),
    Owner("fmt", "std", 90_000, 80),
    Owner("example.com/x/render", "example.com/x", 60_000, 40),
    Owner("main", "example.com/hello", 20_000, 12),
    Owner("(imports' wrappers)", "", 1_000, 16),
)
DATA = {"pclntab": 900_000, "types": 300_000, "embedded:page.html": 40_000, "other": 435_000}
REST = {"type": 500, "code framing": 297}
FAILED = Finding(
    "budget-exceeded",
    Severity.ERROR,
    "broken is too large",
    "801 B of 800 B",
    "raise the budget",
    Location("wasip1.toml", 4, 1),
)
BENCH: dict[str, Any] = {
    ".:hello": {
        "at": "2026-11-23T08:11:12+00:00",
        "profile": "release",
        "module": "ab" * 8,
        "rounds": 12,
        "figures": [
            ["execution", "run cwasm", "wasmtime 49", "c", 12, 1_957_595, 1_900_000, 2_000_000, {}]
        ],
        "accounts": [
            {
                "life": "cold start",
                "case": "c",
                "total_ns": 90_000_000,
                "shares": [["delivery", 0.75], ["execution", 0.25]],
                "said": "delivery dominates",
            }
        ],
        "choices": [],
    }
}


def owners(
    packages: tuple[Owner, ...] = PACKAGES,
    data: Mapping[str, int] = DATA,
    sections: Mapping[str, int] = REST,
    code_bytes: int = 751_000,
    unknown: str = "",
) -> Owners:
    """Who owns the bytes of a module."""
    return Owners(code_bytes, packages, data, sections, {}, None, unknown)


def with_owners(build: Rendering, artifact: str) -> Rendering:
    """The build with PACKAGES in one of its artifacts."""
    changed = build.artifacts[artifact]._replace(owners=owners_data(owners()))
    return Rendering(build.profile, {**build.artifacts, artifact: changed}, build.workspace)


def mixed(directory: Path) -> str:
    """Three artifacts: one with everything, one that fails, one that is not built."""
    broken = {"sizes": [{"form": "wasm", "size_bytes": 801, "budget_bytes": 800}]}
    outcomes = [
        outcome(
            directory,
            ".:hello",
            manifest=MANIFEST,
            checks=COUNTED,
            gate={"verdict": "pass", "findings": [NOTE.to_json()]},
        ),
        outcome(
            directory,
            "x:broken",
            debug_bytes=900,
            sizes=SIZES | broken,
            gate=None,
            manifest=None,
            findings=(FAILED,),
        ),
        Outcome("y:later"),
    ]
    built = render(report("release", outcomes), directory)
    return html_page(with_owners(built, ".:hello"), json.dumps(BENCH))


def harmful(text: str) -> Finding:
    """A finding all of which is harmful."""
    return Finding(text, Severity.ERROR, text, text, text, Location(text, 1), details=text)


def hostile(directory: Path) -> Rendering:
    """One artifact for each harmful name, which has it everywhere."""
    rendered = {}
    for number, text in enumerate(HARMFUL):
        place = directory / str(number)
        place.mkdir(parents=True)
        manifest = MANIFEST | {
            "package": text,
            "toolchain": {text: text},
            "grants": {"dirs": [{"host": text, "guest": text, "mode": "rw", "reason": text}]},
            "imports": [{"module": text, "name": text, "type": text}],
            "exports": [{"kind": "func", "name": text, "type": text}],
            "runtime": {"lifetime": text, "gogc": text},
        }
        run = RUN | {"calls": {text: 1}}
        checks = CHECKS | {"checks": [{"name": text, "verdict": "pass", "forms": [run]}]}
        made = outcome(place, ".:x", manifest=manifest, checks=checks, findings=(harmful(text),))
        named = Outcome(**{**vars(made), "artifact": f"{text}:{text}"})
        built = render(report(text, [named], findings=[harmful(text)]), directory)
        (each,) = built.artifacts.values()
        packages = (Owner(text, text, 100, 1), Owner("main", "", 200, 1))
        divided = owners_data(owners(packages, {f"embedded:{text}": 5}, {text: 5}, 300, text))
        rendered[f"{text}:{text}"] = each._replace(owners=divided)
    return Rendering(HARMFUL[0], rendered, built.workspace)
