"""What the words on a command line that are no artifacts have in common: `scons test`, `audit`."""

from __future__ import annotations

import os
from dataclasses import replace

from wasip1_build.digests import Digests
from wasip1_build.scons.declared import Declared, locator
from wasip1_build.scons.record import OutputRecord
from wasip1_build.scons.session import Session
from wasip1_build.scons.signing import Signing
from wasip1_build.spec.select import select
from wasip1_build.toolchain.store import cache_directory
from wasip1_build.toolchain.tools import Tools


def asked_artifacts(declared: Declared, names: str) -> tuple[str, ...]:
    """The DIR:NAME of those that ARTIFACT names; of those that are built by default where it is
    empty. Raises Failure for a name that is none."""
    artifacts = tuple(each.artifact for each in declared.plan.artifacts)
    words = [word for word in names.split(",") if word]
    if not words:
        return tuple(artifact.id for artifact in artifacts if artifact.default)
    workspace = replace(declared.workspace, artifacts=artifacts)
    found = (artifact.id for word in words for artifact in select(workspace, word))
    return tuple(dict.fromkeys(found))


def verb_session(declared: Declared, verb: str) -> Session:
    """A session of its own: what a verb looks at must not be what the next plain build looks at,
    and a plain build must not remove its outputs as nobody's."""
    main = declared.session
    context = main.context
    state = context.state("")
    digests = Digests(state / f"{verb}-digests")
    own = replace(
        context,
        digests=digests,
        tools=Tools(context.root, digests, os.environ, cache_directory(os.environ)),
        locate=locator(each.artifact for each in declared.plan.artifacts),
        worked_out={},
        paths={},
    )
    is_plain = main.signing.digests is context.digests
    signing = Signing(digests if is_plain else main.signing.digests, main.signing.first)
    record = OutputRecord(context.root, state / "outputs", f"{main.record.owner} {verb}")
    return Session(own, record, signing, main.signed)
