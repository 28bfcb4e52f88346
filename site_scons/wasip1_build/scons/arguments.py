"""The NAME=VALUE words of a command line: which exist, and what an unknown one is told."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from wasip1_build.findings import failure

# The words on the command line that are no artifacts, and what is declared for them only there.
TEST = "test"  # Go tests
AUDIT = "audit"  # which grants are unused or too wide
ADVISE = "advise"  # what in the sources cannot work, or is slow
BENCH = "bench"  # how long each phase takes
GRANTS = "grants"  # today's capabilities are accepted
SIZES = "sizes"  # today's sizes are
VERBS = (TEST, AUDIT, ADVISE, BENCH, GRANTS, SIZES)
ARGUMENTS = {
    "PROFILE": "overrides on artifacts: release (default), dev, or one of your own",
    "LOCKED": "1: what differs from the accepted capabilities (wasip1.grants) is an error",
    "NOWAIT": "1: fail at once where another scons builds in this tree, and do not wait for it",
    "ARTIFACT": "with test, audit, advise, bench, sizes: which, as A,DIR:B (default: those built "
    "by default)",
    "TEST_ARGS": 'with test: flags of go test, as "-run Parse -v -count 2 -short"',
    "RUNTIME": "with test: wasmtime (default), wazero, node or wasmedge, or several as A,B; with "
    "bench: those alone (default: all that are installed)",
    "FORMAT": "with audit, advise: text (default), json or sarif; with bench: text, json or go; "
    "on stdout, with `scons -sQ` alone there",
    "BUDGET": "with bench: how long it may take, as 180s (default) or 5m",
    "ROUNDS": "with bench: how often each is measured, as time allows (default: 20; 40 with BASE)",
    "BASE": "with bench: compare with an earlier run, a copy of BUILD-DIR/report/bench.jsonl",
    "STRICT": "with audit, advise: 1 makes an error of each warning",
    "FIX": "with advise: 1 writes BUILD-DIR/advise.patch, which mends what can be mended by rule",
    "DEPENDENCIES": "with advise: 1 tells what is found in other modules' sources, too, as notes",
}
# The arguments that count only together with a verb, by verb.
ARGUMENTS_OF = {
    TEST: ("ARTIFACT", "TEST_ARGS", "RUNTIME"),
    AUDIT: ("ARTIFACT", "FORMAT", "STRICT"),
    ADVISE: ("ARTIFACT", "FORMAT", "STRICT", "FIX", "DEPENDENCIES"),
    BENCH: ("ARTIFACT", "BUDGET", "ROUNDS", "FORMAT", "RUNTIME", "BASE"),
    GRANTS: (),
    SIZES: ("ARTIFACT",),
}


def profile_argument(arguments: Mapping[str, str], words: Collection[str] = VERBS) -> str:
    """The profile that the command line asks for; `words` are its targets.

    Raises Failure for an argument that is none, or that does nothing to these targets.
    """
    for name in arguments:
        if name not in ARGUMENTS:
            import difflib  # only a message about an error needs it

            near = difflib.get_close_matches(name.upper(), ARGUMENTS, 1, 0.5)
            known = f"did you mean {near[0]}=?" if near else f"known: {', '.join(ARGUMENTS)}"
            raise failure(
                "argument", f"unknown argument {name}=", why="it would do nothing", fix=known
            )
        verbs = [verb for verb in VERBS if name in ARGUMENTS_OF[verb]]
        if verbs and not set(verbs) & set(words):
            raise failure(
                "argument",
                f"{name}= is for {' and '.join(f'`scons {verb}`' for verb in verbs)}",
                why="it would do nothing here",
                fix=f"scons {verbs[0]} {name}=...; to build one artifact, name it: scons NAME",
            )
    return arguments.get("PROFILE", "release")


def prefixed_profile(arguments: Mapping[str, str]) -> str:
    """The profile in a build that has arguments of its own: WASIP1_PROFILE=..."""
    return arguments.get("WASIP1_PROFILE", "release")


def locked_argument(
    arguments: Mapping[str, str], words: Collection[str], name: str = "LOCKED", prefix: str = ""
) -> bool:
    """Whether LOCKED=1 is given; `name` is what it is called, `words` are the targets, `prefix` is
    what those of the workspace begin with.

    Raises Failure for another value, which would protect from nothing, and where the targets are to
    change what it holds.
    """
    value = arguments.get(name, "0")
    if value not in ("0", "1"):
        raise failure("argument", f"{name}={value} is neither 0 nor 1", fix=f"write {name}=1")
    word = f"{prefix}{GRANTS}"
    if value == "1" and word in words:
        raise failure(
            "argument",
            f"{name}=1 with `scons {word}`",
            why="one refuses what was not accepted, the other accepts it",
            fix=f"run `scons {word}` alone, and commit what it writes",
        )
    return value == "1"


def one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    """The value of an argument. Raises Failure where it is none of those that are known."""
    if value not in known:
        raise failure("argument", f"{name}={value} is none", fix=f"known: {', '.join(known)}")
    return value


def is_set(name: str, arguments: Mapping[str, str]) -> bool:
    """Whether an argument is 1 and not 0, as it is unless it is given. Raises Failure."""
    return one_of(name, arguments.get(name, "0"), ("0", "1")) == "1"
