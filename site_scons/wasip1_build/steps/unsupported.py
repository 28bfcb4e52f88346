"""Does a module call what cannot work on wasip1? Asked of its sources where such code is linked.

Go's linker leaves out what cannot be reached, so that a module without the code of any such
function needs no look at its sources. Where one is there, it is not yet called: an import of
net/http for a constant brings much of net with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Finding, Location, Severity
from wasip1_build.steps.compile import Compile
from wasip1_build.steps.compile_tinygo import CompileTinyGo
from wasip1_build.steps.results import Record
from wasip1_build.steps.step import Context, Key
from wasip1_build.wasm.linked_names import linked_names

RULE = "unsupported-call"
DEFAULT = Severity.ERROR
_CALLS = Path(__file__).parents[1] / "advise" / "go" / "unsupported" / "calls.json"
_METHOD = re.compile(r"\((\*?)(.+)\.(\w+)\)\.(\w+)")
_EVERYWHERE = ("os", "syscall")  # TinyGo links them into all programs that print
NO_VERDICT = "advise-no-verdict"  # on a package that is not understood
_WEIGHTS = (Severity.NOTE, Severity.WARNING, Severity.ERROR)


@dataclass(frozen=True)
class Calls:
    """What is verified of an artifact's sources: the step that compiles its module, and how much a
    call weighs that cannot work."""

    compiled: Compile
    severity: Severity = DEFAULT

    def are_linked(self, context: Context, module: str) -> bool:
        """Whether the sources must be asked. False where there is no module yet."""
        if isinstance(self.compiled, CompileTinyGo):
            # Its release module has no names; what it is made of is listed.
            main = self.compiled.main(context)
            return main is not None and not _packages(context).isdisjoint(main.standard)
        path = context.path(module)
        name, files = f"{RULE} in {module}", (str(path),)
        known = context.digests.fact(name, files)
        if known is None:
            try:
                data = path.read_bytes()
            except OSError:
                return False
            known = "linked" if _are_linked(context, data) else "no"
            context.digests.remember(name, files, known)
        return known == "linked"

    def key(self, context: Context) -> Key:
        """What decides the verdict beside the sources, where they are asked."""
        from wasip1_build.steps.advisor import identity  # few modules need it

        main = self.compiled.main(context)
        return {
            "advisor": identity(context, self.compiled),
            "files": self.compiled.discovered(context),
            "modules": main and main.modules,
            "severity": str(self.severity),
        }

    def findings(self, context: Context, artifact: str) -> tuple[Finding, ...]:
        """The calls that can be reached, each with its chain. Raises Failure."""
        from wasip1_build.steps.advisor import Asked, answer  # the same

        asked = Asked(((artifact, self.compiled),), (RULE,))
        weigh = {RULE: self.severity}
        found = answer(context, asked).records("mains")
        return tuple(finding for each in found for finding in findings_in(each, weigh))


def findings_in(found: Record, severities: dict[str, Severity]) -> Iterator[Finding]:
    """What the advisor has to say of one artifact. Raises Failure where it is malformed."""
    for each in found.records("findings"):
        weight = severities.get(each.text("rule"), Severity.WARNING)
        if each.text("at_most"):
            weight = min(weight, Severity(each.text("at_most")), key=_WEIGHTS.index)
        yield Finding(
            each.text("rule"),
            weight,
            each.text("what"),
            each.text("why"),
            each.text("fix"),
            _place(each),
            key="" if each.text("file") else "package",
            details="\n".join(filter(None, (each.text("code"), each.text("details")))),
        )
    for each in found.records("unloaded"):
        yield Finding(
            NO_VERDICT,
            Severity.NOTE,
            f"no verdict on what {each.text('package')} calls",
            why=f"its types are not understood: {each.text('why')}",
            fix="correct it, if it is yours; what the compiler accepts should be understood here",
            key="package",
        )


def _place(each: Record) -> Location | None:
    """Where a finding is; None where no source of the artifact's own is on the way to it."""
    if not each.text("file"):
        return None
    return Location(each.text("file"), each.count("line"), each.count("column"))


def with_chains(findings: Iterable[Finding], reached: Iterable[Finding]) -> Iterator[Finding]:
    """The findings; those about socket functions with how such code is reached, if it is."""
    chain = next((each.details for each in reached if each.rule == RULE), "")
    for each in findings:
        if chain and each.rule.startswith("import-") and "sock_" in each.what:
            yield replace(each, details=chain)
        else:
            yield each


def _are_linked(context: Context, data: bytes) -> bool:
    names = linked_names(data)
    return names is None or not _symbols(context).isdisjoint(names)


def table(context: Context) -> tuple[str, ...]:
    """The names of all calls that cannot work: "net.Dial", "(*net.Dialer).Dial"."""
    return context.once(("unsupported calls",), _read_table)


def _read_table() -> tuple[str, ...]:
    groups: list[dict[str, Any]] = json.loads(_CALLS.read_bytes())
    return tuple(name for group in groups for name in group["calls"])


def _symbols(context: Context) -> frozenset[bytes]:
    """The same, as Go's linker names them."""
    names = table(context)
    return context.once(("unsupported symbols",), partial(_as_symbols, names))


def _as_symbols(names: Iterable[str]) -> frozenset[bytes]:
    return frozenset(symbol(name).encode() for name in names)


def symbol(name: str) -> str:
    """A function's name as the linker has it: "net.(*Dialer).Dial" of "(*net.Dialer).Dial"."""
    match = _METHOD.fullmatch(name)
    if match is None:
        return name
    star, package, of, method = match.groups()
    return f"{package}.({star}{of}).{method}" if star else f"{package}.{of}.{method}"


def _packages(context: Context) -> frozenset[str]:
    """The packages of these calls, but for those that are in every program."""
    symbols = (symbol(name) for name in table(context))
    return frozenset(_package(name) for name in symbols).difference(_EVERYWHERE)


def _package(name: str) -> str:
    directory, slash, last = name.rpartition("/")
    return directory + slash + last.partition(".")[0]
