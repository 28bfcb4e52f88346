"""What the page's script is given of an artifact: compact JSON that is safe within a page.

A thousand artifacts are to fit into a page of 2 MB. So members have short names, positions stand
for names where all artifacts have the same, and what is known of none is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from wasip1_build.measure.moved import Moved
from wasip1_build.report.details import Details, Run
from wasip1_build.report.moved import SEPARATOR, moved_lines
from wasip1_build.report.summary import Size, Summary
from wasip1_build.texts import escaped
from wasip1_build.wasm.preview1 import FUNCTIONS, MODULE

# Hexadecimal digits of a module's SHA-256, of which the manifest has all.
DIGEST = 16
_POSITIONS: Mapping[str, int] = {name: position for position, name in enumerate(FUNCTIONS)}


def page_json(value: Any) -> str:
    """Compact JSON that is no markup wherever in a page it stands, and reads from left to right."""
    text = json.dumps(_printable(value), separators=(",", ":"), sort_keys=True)
    return in_script(text)


def in_script(text: str) -> str:
    """JSON as it may stand within a script element: nothing in it can end that, or begin a comment
    (https://html.spec.whatwg.org/multipage/scripting.html, 4.12.1.3)."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def shared_data() -> dict[str, Any]:
    """What the parts of all artifacts refer to by position."""
    return {"preview1": [[name, str(type_)] for name, type_ in FUNCTIONS.items()]}


def artifact_data(artifact: Summary) -> str:
    """One artifact's part, but for who owns its bytes."""
    record: dict[str, Any] = {
        "a": artifact.artifact,
        "v": artifact.verdict,
        "s": [_size(size) for size in artifact.sizes],
        "m": _cut([artifact.memory.get(name) for name in ("peak_bytes", "budget_bytes")]),
        "c": [[each.budget, each.budget_calls, each.calls] for each in artifact.calls],
        "mv": artifact.moved and _moved(artifact.name, artifact.moved),
        **_details(artifact.details),
    }
    return page_json({name: value for name, value in record.items() if value})


def _size(size: Size) -> list[Any]:
    return _cut([size.form, size.size_bytes, size.target, size.budget_bytes, size.accepted_bytes])


def _moved(name: str, moved: Moved) -> dict[str, Any]:
    """What a person is told, and each package, kind of data and section with how far it moved."""
    every = (*moved.packages, *moved.brought, *moved.data, *moved.sections)
    changes = every if moved.before else ()
    rows = [_cut([it.name, it.delta_bytes, SEPARATOR.join(it.chain) or None]) for it in changes]
    return {"said": moved_lines(name, moved), "rows": rows}


def _details(details: Details) -> dict[str, Any]:
    return {
        "d": details.about,
        "t": details.tools,
        "h": details.module_sha256[:DIGEST],
        "g": details.grants,
        "r": details.runtime,
        "i": list(_imports(details.imports)),
        "x": [list(each) for each in details.exports],
        "k": [_run(each) for each in details.runs],
    }


def _imports(imports: Iterable[tuple[str, str, str]]) -> Iterator[Any]:
    """A function of preview 1 with its own type by its position, others as they are."""
    for module, name, type_ in imports:
        known = module == MODULE and name in _POSITIONS and type_ == str(FUNCTIONS[name])
        yield _POSITIONS[name] if known else [module, name, type_]


def _run(run: Run) -> list[Any]:
    return _cut(
        [
            run.check,
            0 if run.verdict == "pass" else run.verdict,
            run.ended,
            run.peak_memory_bytes,
            run.stdout_bytes,
            run.host_calls,
            run.fd_write_calls,
            run.calls or None,
        ]
    )


def _cut(values: list[Any]) -> list[Any]:
    """Without what is None at the end."""
    while values and values[-1] is None:
        values.pop()
    return values


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return escaped(value, keep="\n\t")
    if isinstance(value, dict):
        return {_printable(name): _printable(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(each) for each in value]
    return value
