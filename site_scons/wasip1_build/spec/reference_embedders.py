"""The last section of docs/reference.md: every host that imports.embedder can name."""

from __future__ import annotations

from collections.abc import Iterator

from wasip1_build.spec.embedders import embedder, embedder_names
from wasip1_build.spec.model import Embedder
from wasip1_build.wasm.preview1 import FUNCTIONS

_INTRODUCTION = """\
## Known hosts: `imports.embedder`

Each is a file in `site_scons/wasip1_build/embedders/`, and every fact in it has a source.
*Unverified* says that the data was read of those sources alone; a build for such a host has a note
that says so. A host's functions are those beside WASI preview 1.

| name | host | data | runs | functions | lacks of preview 1 | requires |
|---|---|---|---|---|---|---|
"""


def embedders_markdown() -> str:
    """The section as Markdown, with a final newline."""
    known = [embedder(name) for name in embedder_names()]
    rows = [f"| {' | '.join(_cells(each))} |" for each in known]
    parts = ["\n".join(_details(each)) for each in known]
    return _INTRODUCTION + "\n".join([*rows, "", "\n".join(parts)])


def _cells(known: Embedder) -> tuple[str, ...]:
    counts = [f"{len(types)} in `{name}`" for name, types in sorted(known.modules.items())]
    return (
        f"`{known.name}`",
        f"{known.title} {known.version}",
        "verified" if known.verified else "*unverified*",
        " and ".join(sorted(known.kinds)),
        ", ".join(counts) or "none",
        _lacks(len(known.lacks)),
        ", ".join(" or ".join(f"`{name}`" for name in each.any_of) for each in known.exports)
        or "nothing more",
    )


def _lacks(count: int) -> str:
    return {0: "nothing", len(FUNCTIONS): "all"}.get(count, f"{count} of {len(FUNCTIONS)}")


def _details(known: Embedder) -> Iterator[str]:
    yield f"### `{known.name}`"
    yield ""
    if known.verified:
        yield f"- Verified: {known.verified}"
    if 0 < len(known.lacks) < len(FUNCTIONS):
        yield f"- Lacks: {', '.join(f'`{name}`' for name in known.lacks)}"
    yield from (f"- {note}" for note in known.notes)
    yield f"- Sources: {', '.join(f'<{url}>' for url in known.sources)}"
    yield ""
