"""Who owns the bytes of a module, in the lines that a person reads, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.report.lines import aligned
from wasip1_build.texts import escaped
from wasip1_build.units import exact_size
from wasip1_build.wasm.sizes.attribution import Attribution
from wasip1_build.wasm.sizes.packages import MAX_NAME

NO_MODULE = "(none)"
Row = tuple[str, int, int]  # what owns, its bytes, how many functions


@dataclass(frozen=True)
class Brought:
    """A package of a program: the ways to it, and what is linked only because it is.

    `chains` are the first of the shortest, `more` whether there are others. `alone` are packages
    with the bytes of their code, most first.
    """

    package: str
    chains: tuple[tuple[str, ...], ...]
    more: bool
    alone: tuple[tuple[str, int], ...]
    code_bytes: int | None  # its own; None where packages are not known
    functions: int

    @property
    def alone_bytes(self) -> int:
        """The code of all of `alone`: computed from the imports."""
        return sum(size for _, size in self.alone)


def owners_text(shown: str, found: Attribution, most: int | None) -> str:
    """Tables of modules, packages, functions, data and the rest of the file; `most` rows of each,
    all of them where it is None. `shown` is the module's path."""
    lines = [f"{shown}: {exact_size(found.size_bytes)}", *_parts(found)]
    if found.functions is None:
        lines += ["", f"packages and functions: not known: {found.unknown}"]
    else:
        functions = [(name or "(no name)", size, 0) for name, _, size in found.functions]
        modules = (_with_version(row, found) for row in _modules(found))
        packages = [(name, size, count) for name, (size, count) in found.packages.items()]
        lines += _table("modules", modules, found, most)
        lines += _table("packages", packages, found, most)
        lines += _table("functions", functions, found, most)
    lines += _table("data", ((kind, size, 0) for kind, size in found.data.items()), found, most)
    rest = ((name, size, 0) for name, size in found.sections.items())
    lines += _table("rest of the file", rest, found, most)
    return "".join(f"{escaped(line).rstrip()}\n" for line in lines)


def owners_json(found: Attribution) -> dict[str, Any]:
    """All of it; functions in the order of the module."""
    record = {"size_bytes": found.size_bytes, **found.to_json()}
    if found.functions is not None:
        record["by_function"] = [
            {"function": name[:MAX_NAME], "package": package, "code_bytes": size}
            for name, package, size in found.functions
        ]
    return record


def brought_text(shown: str, size_bytes: int, each: Brought, most: int | None) -> str:
    """Why a package is linked, and what is linked only because of it."""
    lines = [each.package]
    if each.code_bytes is None:
        lines.append("  its code: not known")
    else:
        share = _percent(each.code_bytes, size_bytes)
        what = f"{each.code_bytes:,} B, {_functions(each.functions)}, {share} of {shown}"
        lines.append(f"  its code: {what}")
    lines += ["", "imported by"]
    lines += [f"  {' > '.join(chain)}" for chain in each.chains]
    lines += ["  and by other ways of this length"] if each.more else []
    count = f"{len(each.alone)} package{'' if len(each.alone) == 1 else 's'}"
    if each.code_bytes is None:
        lines += ["", f"linked only because of it: {count}"]
        lines += [f"  {name}" for name, _ in each.alone[:most]]
    else:
        share = _percent(each.alone_bytes, size_bytes)
        total = f"{each.alone_bytes:,} B of code, {share} (computed from imports)"
        lines += ["", f"linked only because of it: {count}, {total}"]
        rows = [[f"{size:,} B", name] for name, size in each.alone[:most]]
        lines += [f"  {'  '.join(row)}" for row in aligned(rows, (True, False))] if rows else []
    lines += _more(len(each.alone), most)
    return "".join(f"{escaped(line).rstrip()}\n" for line in lines)


def brought_json(each: Brought) -> dict[str, Any]:
    """The same; `computed_bytes` is what `brought_text` calls computed."""
    known = each.code_bytes is not None
    return {
        "package": each.package,
        "code_bytes": each.code_bytes,
        "functions": each.functions if known else None,
        "chains": [list(chain) for chain in each.chains],
        "more_chains": each.more,
        "only_because_of_it": {
            "computed_bytes": each.alone_bytes if known else None,
            "packages": {name: size if known else None for name, size in each.alone},
        },
    }


def _parts(found: Attribution) -> Iterator[str]:
    functions = "" if found.functions is None else _functions(len(found.functions))
    rest = sum(found.sections.values())
    parts = (
        ("code", found.code_bytes, functions),
        ("data", sum(found.data.values()), ""),
        ("rest of the file", rest, ""),
    )
    rows = [
        [name, f"{size:,} B", _percent(size, found.size_bytes), text] for name, size, text in parts
    ]
    yield from (f"  {'  '.join(row)}" for row in aligned(rows, (False, True, True, False)))


def _modules(found: Attribution) -> list[Row]:
    modules: dict[str, tuple[int, int]] = {}
    for package, (size, count) in found.packages.items():
        module = found.module_of(package) or NO_MODULE
        before = modules.get(module, (0, 0))
        modules[module] = (before[0] + size, before[1] + count)
    return [(module, size, count) for module, (size, count) in modules.items()]


def _with_version(row: Row, found: Attribution) -> Row:
    version = (found.info.modules or {}).get(row[0], "")
    return (f"{row[0]} {version}".strip(), *row[1:])


def _table(title: str, rows: Iterable[Row], found: Attribution, most: int | None) -> list[str]:
    """A title with how many there are, and the largest of them."""
    ordered = sorted(rows, key=lambda row: (-row[1], row[0]))
    if not ordered:
        return []
    cells = [
        [
            f"{size:,} B",
            _percent(size, found.size_bytes),
            _functions(count) if count else "",
            name,
        ]
        for name, size, count in ordered[:most]
    ]
    if not any(cell[2] for cell in cells):
        cells = [[*cell[:2], cell[3]] for cell in cells]
    table: Sequence[Sequence[str]] = aligned(cells, (True, True, True, False))
    lines = [f"  {'  '.join(row)}" for row in table]
    return ["", f"{title}: {len(ordered):,}", *lines, *_more(len(ordered), most)]


def _more(count: int, most: int | None) -> list[str]:
    return [f"  and {count - most:,} more (--all)"] if most is not None and count > most else []


def _functions(count: int) -> str:
    return f"{count:,} function{'' if count == 1 else 's'}"


def _percent(part: int, whole: int) -> str:
    value = 100 * part / whole if whole else 0.0
    return f"{value:.1f} %" if value >= 0.05 or not part else "<0.1 %"
