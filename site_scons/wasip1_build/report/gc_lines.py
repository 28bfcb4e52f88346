"""A setting of Go's collector as what a user pastes: lines of wasip1.toml, or a Go file."""

from __future__ import annotations

from collections.abc import Iterator

from wasip1_build.measure.gc_settings import Setting, cap_over
from wasip1_build.spec.model import Artifact
from wasip1_build.spec.values import shown_size

GO_FILE = "gc_wasip1.go"
_UNITS = ((30, 1 << 30), (20, 1 << 20), (10, 1 << 10))


def spec_lines(artifact: Artifact, setting: Setting, peak_bytes: int) -> list[str]:
    """Lines for wasip1.toml, where [artifact.NAME] or its runtime table is written.

    Where nothing caps the memory, a cap over `peak_bytes` is offered, marked as computed.
    """
    where = artifact.where("runtime") or artifact.where("")
    header, prefix = f"[artifact.{artifact.name}]", "runtime."
    if _has_header(artifact):
        header, prefix = f"[artifact.{artifact.name}.runtime]", ""
    place = f" ({where})" if where else ""
    return [
        f"# under {header}{place}",
        *(_key(prefix, *each) for each in _keys(artifact, setting, peak_bytes)),
    ]


def _keys(artifact: Artifact, setting: Setting, peak_bytes: int) -> Iterator[tuple[str, str, str]]:
    """Key, value ("" where it is to be removed) and a comment."""
    declared, limit = artifact.runtime, setting.memory_limit_bytes
    if setting.gogc or declared.gogc:
        yield "gogc", setting.gogc or "", ""
    if limit is not None or declared.memory_limit_bytes is not None:
        yield "memory-limit", "" if limit is None else shown_size(limit), ""
    if declared.max_memory_bytes is None:
        cap = setting.max_memory_bytes
        if cap is not None:
            yield "max-memory", shown_size(cap), "the runs had this cap"
        else:
            yield (
                "max-memory",
                shown_size(cap_over(peak_bytes)),
                "computed: half over the peak",
            )


def _key(prefix: str, key: str, value: str, comment: str) -> str:
    if not value:
        return f"# (remove {prefix}{key})"
    return f'{prefix}{key} = "{value}"' + (f"  # {comment}" if comment else "")


def _has_header(artifact: Artifact) -> bool:
    """Whether the runtime table has a line of its own, under which its keys stand alone."""
    table = artifact.locations.get("runtime")
    lines = [each.line for key, each in artifact.locations.items() if key.startswith("runtime.")]
    return table is not None and bool(lines) and all(line != table.line for line in lines)


def go_lines(setting: Setting) -> list[str]:
    """A Go file that does the same in the program; none where there is nothing to set."""
    calls = []
    if setting.gogc:
        percent = "-1" if setting.is_off else setting.gogc
        calls.append(f"debug.SetGCPercent({percent})")
    if setting.memory_limit_bytes is not None:
        calls.append(f"debug.SetMemoryLimit({_go_size(setting.memory_limit_bytes)})")
    if not calls:
        return []
    return [
        "//go:build wasip1",
        "",
        "package main",
        "",
        'import "runtime/debug"',
        "",
        "func init() {",
        *(f"\t{call}" for call in calls),
        "}",
    ]


def _go_size(size_bytes: int) -> str:
    for shift, unit_bytes in _UNITS:
        if size_bytes % unit_bytes == 0:
            return f"{size_bytes // unit_bytes} << {shift}"
    return str(size_bytes)
