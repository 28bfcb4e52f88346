"""All claims measured in one go, as one JSON file of raw figures."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from typing import Any

from bench.claims.claim import LeftOut
from bench.claims.claims import CLAIMS, MEASUREMENTS
from bench.claims.workshop import Workshop
from bench.machine import machine, programs_versions
from bench.results import FORMAT


def measure(shop: Workshop, names: Iterable[str]) -> dict[str, Any]:
    """What the named measurements find. Raises Failure where a tool that they need is missing, and
    RuntimeError where a program fails or prints what it must not."""
    claims: dict[str, dict[str, list[Any]]] = {
        claim.name: {"rows": [], "left_out": []} for claim in CLAIMS
    }
    for name in names:
        begun_s = time.monotonic()
        for claim, found in MEASUREMENTS[name](shop):
            if isinstance(found, LeftOut):
                claims[claim]["left_out"].append(found._asdict())
            else:
                claims[claim]["rows"].append(found.record())
        print(f"{name}: {time.monotonic() - begun_s:.0f} s", file=sys.stderr, flush=True)
    return {"format": FORMAT, "machine": _machine(), "claims": claims}


def _machine() -> dict[str, Any]:
    facts = machine()
    others = programs_versions("wasm-opt") | programs_versions("tinygo", "wazero", asked="version")
    return {**facts, "versions": {**facts["versions"], **others}}
