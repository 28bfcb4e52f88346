"""Under which digest does SCons keep a file that a step depends on? Under the first of this run."""

from __future__ import annotations

import hashlib
from dataclasses import field
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.digests import Digests, Stamp


@dataclass(frozen=True)
class Signing:
    """Signs the nodes of files. `digests` are in the form that SCons itself stores.

    All nodes that depend on a file share one signature of it, which SCons writes when the run
    ends. A source that changes while others are built from it keeps the first one, so that
    those are made again; under the last one they would count as made from what came later.
    """

    digests: Digests
    first: dict[str, str] = field(default_factory=dict)  # by absolute path, of sources

    def sign(self, node: Any) -> tuple[str, Stamp | None]:
        """The digest of a file as it is now, "" where it cannot be read, and its stamp."""
        path = node.get_abspath()
        taken, stamp = self.digests.taken(path)
        digest = taken or ""
        kept = digest if node.has_builder() else self.first.setdefault(path, digest)
        node.get_ninfo().csig = kept
        return digest, stamp


def signature_of(node: Any) -> str:
    """A digest of what SCons keeps of what a node was made from: the digests of its sources and
    its action, in the form of its file of signatures. "" where it keeps nothing."""
    try:
        made_from = node.dir.sconsign().get_entry(node.name).binfo
        signed = (*made_from.bsourcesigs, *made_from.bdependsigs, *made_from.bimplicitsigs)
        action = made_from.bactsig
    except (KeyError, OSError, AttributeError):
        return ""
    words = (str(action), *(str(getattr(each, "csig", None)) for each in signed))
    return hashlib.blake2b("\n".join(words).encode(), digest_size=16).hexdigest()
