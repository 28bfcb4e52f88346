"""TEST_ARGS of a command line as the flags of a Go test program (go help testflag)."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure, failure

# Go ends tests itself a little earlier than we do, and then says what each goroutine does.
EARLIER_S, EARLIER = 2.0, 0.1
_WITH_VALUE = frozenset(
    ("bench", "benchtime", "count", "cpu", "list", "parallel", "run", "shuffle", "skip")
)
_SWITCHES = frozenset(("benchmem", "failfast", "fullpath", "short", "v"))


@dataclass(frozen=True)
class TestFlags:
    """`flags` are those of the test program, `verbose` whether everything printed is shown, `again`
    whether the tests are run though nothing has changed (-count, as with go test)."""

    __test__ = False  # (for pytest, which would take it for a test)

    flags: tuple[str, ...] = ()
    verbose: bool = False
    again: bool = False


def flags_of_go(timeout_s: float) -> tuple[str, ...]:
    """The flags under which a test program that Go made tells of every test, and ends in time."""
    ends_s = timeout_s - min(EARLIER_S, EARLIER * timeout_s)
    return ("-test.v=test2json", "-test.paniconexit0", f"-test.timeout={round(ends_s * 1000)}ms")


# TinyGo's package testing marks nothing, and ends no tests by time.
FLAGS_OF_TINYGO = ("-test.v",)


def read_flags(text: str) -> TestFlags:
    """The flags in TEST_ARGS="-run X -v"; after -args, what the tests themselves read.

    Raises Failure for what is none, or is for the spec to say.
    """
    try:
        words = iter(shlex.split(text))
    except ValueError as error:
        raise _wrong(f"cannot be read: {error}", "close every quote") from None
    flags: list[str] = []
    verbose = again = False
    for word in words:
        if word in ("-args", "--args"):
            flags += words
            break
        name, equals, value = word.lstrip("-").removeprefix("test.").partition("=")
        if not word.startswith("-") or name not in _WITH_VALUE | _SWITCHES:
            raise _unknown(word, name)
        if name in _WITH_VALUE and not equals:
            value = _value(word, words)
        verbose |= name == "v" and value != "false"
        again |= name == "count"
        if name != "v":  # the test program always tells of every test
            flags.append(f"-test.{name}={value}" if name in _WITH_VALUE or equals
                         else f"-test.{name}")  # fmt: skip
    return TestFlags(tuple(flags), verbose, again)


def _value(word: str, words: Iterator[str]) -> str:
    value = next(words, None)
    if value is None:
        raise _wrong(f"{word} has no value", f"write {word}=VALUE")
    return value


def _unknown(word: str, name: str) -> Failure:
    if name == "timeout":
        return _wrong("-timeout is for the spec to say", 'set test.timeout = "60s" on the artifact')
    if name in ("tags", "ldflags", "gcflags", "trimpath", "mod"):
        return _wrong(
            f"{word} decides what is built", "set tags, define or go-flags on the artifact"
        )
    known = ", ".join(f"-{each}" for each in sorted(_WITH_VALUE | _SWITCHES))
    return _wrong(f"{word} is no flag of a Go test program that is passed on", f"known: {known}")


def _wrong(what: str, fix: str) -> Failure:
    return failure("argument", f"TEST_ARGS: {what}", fix=fix)
