"""Whether the memory and garbage-collector settings of an artifact can work together."""

from __future__ import annotations

from collections.abc import Iterator

from wasip1_build.findings import Finding
from wasip1_build.spec.scope import Rule, Scope
from wasip1_build.spec.values import shown_size

RULE = "spec-runtime"
PAGE_BYTES = 64 * 1024  # https://webassembly.github.io/spec/core/exec/runtime.html#page-size
MAX_PAGES = 65536

GO_VARIABLES = {"gogc": "GOGC", "memory-limit": "GOMEMLIMIT"}


def max_memory(scope: Scope) -> Iterator[Finding]:
    """A memory's limit is written into the module in pages."""
    size = scope.artifact.runtime.max_memory_bytes
    if size is None:
        return
    if size % PAGE_BYTES:
        pages = size // PAGE_BYTES + 1
        yield scope.error(
            RULE,
            "runtime.max-memory",
            f"max-memory of {size} bytes is not a multiple of 64KiB",
            "linear memory is counted in pages of 64KiB",
            f'write "{pages * 64}KiB" ({pages} page{"s"[: pages > 1]})',
        )
    if size > MAX_PAGES * PAGE_BYTES:
        yield scope.error(
            RULE,
            "runtime.max-memory",
            f"max-memory of {shown_size(size)} is more than 4GiB",
            "addresses in a WASI preview-1 module have 32 bits",
            'write "4GiB" or less',
        )


def memory_limit(scope: Scope) -> Iterator[Finding]:
    """GOMEMLIMIT above the hard cap would never be reached."""
    runtime = scope.artifact.runtime
    limit, cap = runtime.memory_limit_bytes, runtime.max_memory_bytes
    if limit is not None and cap is not None and limit > cap:
        yield scope.error(
            RULE,
            "runtime.memory-limit",
            f"memory-limit ({shown_size(limit)}) is above max-memory ({shown_size(cap)})",
            "the program would run out of memory before the collector works harder",
            "lower memory-limit, leaving some MiB for stacks and the runtime",
        )


def gogc_off(scope: Scope) -> Iterator[Finding]:
    """Without collections only a limit and a cap keep memory from growing without end."""
    runtime = scope.artifact.runtime
    if runtime.gogc != "off":
        return
    given = {"memory-limit": runtime.memory_limit_bytes, "max-memory": runtime.max_memory_bytes}
    if missing := [name for name, value in given.items() if value is None]:
        yield scope.error(
            RULE,
            "runtime.gogc",
            f'gogc = "off" without {" and ".join(missing)}',
            "nothing is freed below memory-limit, and only max-memory ends what goes over",
            "set both, or leave gogc out",
        )
    if runtime.lifetime != "oneshot":
        yield scope.error(
            RULE,
            "runtime.gogc",
            f'gogc = "off" with lifetime = "{runtime.lifetime}"',
            "an instance that lives on keeps the garbage of every request",
            'leave gogc out, or write lifetime = "oneshot"',
        )


def tinygo(scope: Scope) -> Iterator[Finding]:
    """TinyGo's runtime reads neither variable."""
    if scope.artifact.compiler != "tinygo":
        return
    runtime = scope.artifact.runtime
    given = {"gogc": runtime.gogc, "memory-limit": runtime.memory_limit_bytes}
    for key, value in given.items():
        if value is not None:
            yield scope.error(
                RULE,
                f"runtime.{key}",
                f'{key} with compiler = "tinygo"',
                f"TinyGo's runtime ignores {GO_VARIABLES[key]}",
                "remove it; max-memory limits a TinyGo module too",
            )


def go_variables(scope: Scope) -> Iterator[Finding]:
    """The same variable in two places would have two values."""
    runtime = scope.artifact.runtime
    given = {"gogc": runtime.gogc, "memory-limit": runtime.memory_limit_bytes}
    for key, variable in GO_VARIABLES.items():
        if given[key] is not None and variable in scope.artifact.grants.env:
            yield scope.error(
                RULE,
                f"grants.env.{variable}",
                f"{variable} is set by grants.env and by runtime.{key}",
                "the module can be given one value only",
                f"remove {variable} from grants.env",
            )


RULES = (
    Rule(max_memory, ("runtime.max-memory",)),
    Rule(memory_limit, ("runtime.memory-limit", "runtime.max-memory")),
    Rule(gogc_off, ("runtime",)),
    Rule(tinygo, ("compiler", "runtime")),
    Rule(go_variables, ("runtime", "grants.env")),
)
