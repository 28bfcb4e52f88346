"""`scons advise FIX=1`: what mends the findings, as a patch beside the build."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wasip1_build.advise.advise import record_of_artifact
from wasip1_build.advise.patch import (
    Mendable,
    Written,
    mendable,
    patch_file,
    patch_of,
)
from wasip1_build.advise.plan import PlannedAdvice
from wasip1_build.files import write_atomically
from wasip1_build.findings import Severity
from wasip1_build.steps.gate import by_weight
from wasip1_build.steps.results import damaged, record_of
from wasip1_build.steps.step import Context
from wasip1_build.steps.unsupported import findings_in


def write_patch(context: Context, advised: Iterable[PlannedAdvice]) -> Written:
    """Writes the patch for these artifacts; where there is nothing to mend, an old one is removed.

    Raises Failure where sources have changed since, OSError where it cannot be written.
    """
    advised = tuple(advised)
    digests = {
        file: digest
        for output in {each.advise.output for each in advised}
        for file, digest in _digests(context, output).items()
    }
    known: dict[tuple[object, ...], Mendable] = {}
    for planned in advised:
        for each in _mendables(context, planned):
            found = each.finding
            known.setdefault((found.rule, found.what, str(found.location)), each)
    order = by_weight(each.finding for each in known.values())
    by = {id(each.finding): each for each in known.values()}
    patch = patch_of(context.root, [by[id(finding)] for finding in order], digests)
    written = Written(patch_file(context), patch)
    place = context.path(written.path)
    if patch.data:
        write_atomically(place, patch.data)
    else:
        place.unlink(missing_ok=True)
    return written


def _digests(context: Context, output: str) -> dict[str, str]:
    found = record_of(context.path(output), output).members.get("digests")
    if not isinstance(found, dict):
        raise damaged(output, "it does not say of which sources it is")
    return found


def _mendables(context: Context, planned: PlannedAdvice) -> Iterator[Mendable]:
    found = record_of_artifact(context, planned.advise.output, planned.artifact.id)
    weigh = {name: Severity(each) for name, each in planned.judge.severities.items()}
    # (what it knows nothing of comes after the findings)
    for entry, finding in zip(found.records("findings"), findings_in(found, weigh), strict=False):
        if finding.rule in weigh:
            yield mendable(entry, finding)
