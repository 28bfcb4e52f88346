"""What `scons -h` says of a workspace."""

from __future__ import annotations

from wasip1_build.scons.arguments import ARGUMENTS
from wasip1_build.spec.model import Artifact, Workspace


def help_text(workspace: Workspace) -> str:
    """Targets, artifacts and arguments, as this workspace has them."""
    lines = [
        "",
        "Go programs as WASI preview-1 modules, declared in wasip1.toml.",
        "",
        "  scons                all default artifacts, each to its manifest",
        "  scons NAME           one artifact; DIR:NAME where NAME is not unique",
        "  scons DIR            all artifacts that are declared below a directory",
        "  scons test           the Go tests that artifacts declare, on wasip1",
        "  scons audit          which grants are unused or too wide, by leaving each out",
        "  scons advise         what in the Go sources cannot work on wasip1",
        "  scons bench          how long each phase takes, which dominates, what to do about it",
        "  scons grants         accepts today's capabilities, in wasip1.grants files",
        "  scons sizes          accepts today's sizes, in wasip1.sizes.json files",
        "  scons -c [...]       removes what was built",
        "  scons -n, -q, -j N   show only, ask only, N steps at a time",
        "",
        "Arguments:",
        *(f"  {name}=...".ljust(23) + text for name, text in ARGUMENTS.items()),
        f"                       profiles here: {', '.join(workspace.profiles)}",
        "",
        "Artifacts:",
        *(_line(artifact) for artifact in workspace.artifacts),
        "",
        "`wasip1 doctor` shows the tools, and what is missing.",
        "",
    ]
    return "\n".join(lines)


def _line(artifact: Artifact) -> str:
    by_hand = "" if artifact.default else ", not built by default"
    return f"  {artifact.id:<36} {artifact.compiler} {artifact.kind}{by_hand}"
