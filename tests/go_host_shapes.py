"""Generated Go packages of every shape: all that decides their text, and nothing of it."""

from __future__ import annotations

import itertools
from dataclasses import replace

from wasip1_build.runtime.go_host.hosted import Hosted
from wasip1_build.runtime.request import HostFunction
from wasip1_build.spec.model import Artifact, DirGrant, FunctionType, Grants, Runtime

ALL = ("i32", "i64", "f32", "f64")
FUNCTIONS = (
    HostFunction("env", "emit batch", ("i32", "i32"), ()),
    HostFunction("env", "emit_batch", ALL, ALL),
    HostFunction("wasi_snapshot_preview1", "sock_open", (), ("i64",)),
)
EXPORTS = (
    ("close", FunctionType((), ())),
    ("memory_", FunctionType((), ("i64",))),
    ("mix", FunctionType(ALL, ALL)),
    ("split", FunctionType(("i32",), ("i32", "f32"))),
)
DIRS = (DirGrant("data", "/in", "ro", "  a\nreason "), DirGrant("data/below", "/o\"'", "rw"))
LIMITS = {"gogc": "off", "memory_limit_bytes": 1 << 20, "max_memory_bytes": 1 << 21}
PLAIN = Hosted(Artifact("a-b", ".", "."), "ab", "0" * 64, (), ())


def combinations() -> list[Hosted]:
    """Packages with all, nothing, and one each of what decides their text."""
    grants = [
        Grants(),
        Grants(DIRS, {"A": 'x"\n'}, ("TZ", "B"), ("--é\n", ""), True),
        Grants(dirs=DIRS),
        Grants(env={"A": ""}),
        Grants(env_inherit=("TZ",)),
        Grants(stdin=True),
    ]
    policies = [Runtime(), Runtime(timeout_s=0.25, **LIMITS)]  # type: ignore[arg-type]
    commands = [
        (Artifact("a", ".", ".", grants=granted, runtime=policy), ())
        for granted, policy in itertools.product(grants, policies)
    ]
    reactors = [
        (replace(each, kind="reactor", runtime=replace(each.runtime, lifetime=lifetime)), exports)
        for each, _ in commands
        for lifetime, exports in (("oneshot", EXPORTS), ("pooled", EXPORTS[:1]), ("resident", ()))
    ]
    return [
        Hosted(artifact, "pack", "0" * 64, functions, exports)
        for artifact, exports in commands + reactors
        for functions in ((), FUNCTIONS)
    ]
