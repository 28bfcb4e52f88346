"""How Go tests ended, in the lines in which go test says it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wasip1_build.dataclass import dataclass
from wasip1_build.steps.test_record import TestRecord, result_line

NAMED = 10  # artifacts without tests that are named
# Tests may print anything: no escape sequence of theirs may reach the terminal.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Shown:
    """The tests of one artifact: each record with whether it is of an earlier run; the packages
    whose tests came to no record, and those that have none. `declares` is whether any are."""

    artifact: str  # DIR:NAME
    declares: bool = False
    records: tuple[TestRecord, ...] = ()
    cached: tuple[bool, ...] = ()
    unknown: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def tests_text(artifacts: Sequence[Shown], *, verbose: bool) -> str:
    """The results of artifacts, a line for each package; with `verbose` what each printed, too."""
    lines: list[str] = []
    without = [each.artifact for each in artifacts if not each.declares]
    if len(without) > NAMED:
        lines.append(f"{len(without)} artifacts: no tests declared")
    else:
        lines += [f"{name}: no tests declared" for name in without]
    for each in (each for each in artifacts if each.declares):
        if len(artifacts) > 1:
            lines.append(f"# {each.artifact}")
        lines += _lines(each, verbose=verbose)
    return "".join(f"{line}\n" for line in lines)


def _lines(shown: Shown, *, verbose: bool) -> list[str]:
    runtimes = {record.runtime for record in shown.records}
    lines: list[tuple[str, str]] = []
    for record, cached in zip(shown.records, shown.cached, strict=True):
        printed = f"{record.printed.rstrip()}\n" if verbose and record.printed else ""
        line = result_line(record, cached=cached)
        under = f"\t({record.runtime})" if len(runtimes) > 1 else ""
        text = _CONTROL.sub(lambda sign: f"\\x{ord(sign.group()):02x}", printed)
        lines.append((record.import_path, f"{text}{line}{under}"))
    lines += [(name, f"FAIL\t{name} [setup failed]") for name in shown.unknown]
    lines += [(name, f"?   \t{name}\t[no test files]") for name in shown.without]
    failed = shown.unknown or any(r.verdict not in ("pass", "no tests") for r in shown.records)
    return [line for _, line in sorted(lines)] + ["FAIL"] * bool(failed)
