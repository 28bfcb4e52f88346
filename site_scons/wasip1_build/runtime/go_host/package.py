"""All files of a generated Go package, with their bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from wasip1_build.runtime.go_host.declared import counted_source, declared_source
from wasip1_build.runtime.go_host.fixtures import fixtures
from wasip1_build.runtime.go_host.hosted import Hosted
from wasip1_build.runtime.go_host.templates import filled


def package_files(
    hosted: Hosted, module: bytes, root: Path, read: Callable[[str], bytes]
) -> dict[str, bytes]:
    """The files by their paths in the package: the same bytes for the same module and spec.

    `root` is the workspace's directory; `read` gives the bytes of a file that a check names.
    Raises Failure where what a check needs cannot be read.
    """
    package = hosted.package
    files = {f"{package}.wasm": module, **fixtures(hosted, root, read)}
    for name, text in _sources(hosted):
        files[f"{package}{name}"] = text.encode()
    return dict(sorted(files.items()))


def _sources(hosted: Hosted) -> list[tuple[str, str]]:
    kind, facts = hosted.artifact.kind, hosted.facts
    values = _values(hosted)
    sources = [
        (".go", filled("module.go", values, facts)),
        ("_declared.go", declared_source(hosted)),
        (f"_{kind}.go", filled(f"{kind}.go", values, facts)),
        ("_test.go", filled(f"{kind}_test.go", values, facts)),
        ("_fixtures_test.go", filled("fixtures_test.go", values, facts)),
    ]
    if kind == "command" or "pooled" in facts:
        sources.append(("_stock.go", filled("stock.go", values, facts)))
    if "host" in facts:
        sources.append(("_host_test.go", counted_source(hosted)))
    return sources


def _values(hosted: Hosted) -> dict[str, str]:
    """What stands in the templates between two @."""
    facts, command = hosted.facts, hosted.artifact.kind == "command"
    given = {"env": "variables", "dirs": "dirs"}
    setup = [(field, field.capitalize()) for field, fact in given.items() if fact in facts]
    source = "s" if command else "m.config"
    return {
        "package": hosted.package,
        "artifact": hosted.artifact.name,
        "serves": _SERVES[hosted.artifact.kind],
        "instance": "*guest" if command else "*Instance",
        "setup": "".join(f", {name}: {source}.{field}" for name, field in setup),
        "host": ", host: m.config.Host" if "host" in facts else "",
    }


_SERVES = {
    "command": "Each run has an instance of its own, which\n"
    "// is closed when it ends: runs share no memory.",
    "reactor": "Do gives a caller an instance, which lives\n"
    "// as long as wasip1.toml declares; the exports are its methods.",
}
