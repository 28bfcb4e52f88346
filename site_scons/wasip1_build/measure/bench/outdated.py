"""Is what was measured still what there is? By digests of modules, tools, settings."""

from __future__ import annotations

from collections.abc import Iterator

from wasip1_build.measure.bench.rows import Header


def changed(then: Header, now: Header) -> tuple[str, ...]:
    """What is another than when it was measured, in words: "the module", "wasmtime 49.0.3". Tools
    that only one of the two knows are not compared: a run can be told which runtimes to measure."""
    return (*_files(then, now), *surroundings(then, now))


def surroundings(then: Header, now: Header) -> tuple[str, ...]:
    """The same of all but the files that are measured."""
    return tuple(_surroundings(then, now))


def _files(then: Header, now: Header) -> Iterator[str]:
    for name in sorted(then.files.keys() | now.files.keys()):
        if then.files.get(name) != now.files.get(name):
            yield f"the {name}" if name == "module" else f"the .{name}"


def _surroundings(then: Header, now: Header) -> Iterator[str]:
    for name in sorted(then.tools.keys() & now.tools.keys()):
        if then.tools[name] != now.tools[name]:
            yield name
    if then.settings != now.settings:
        yield "what it is given or checked for (grants, checks, cases, runtime)"
    if then.profile != now.profile:
        yield "the profile"
    if then.machine != now.machine:
        yield "the machine"
