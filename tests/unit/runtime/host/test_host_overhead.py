"""Does the benchmark of hosts measure what it says?"""

from __future__ import annotations

from pathlib import Path

import pytest
from hosted_modules import built
from small_modules import command

from bench.host_overhead import BARE, HOST, POOLED_BARE, STOPPABLE, WORKERS, measure_host, table

PRINTS = command("(call $print (i32.const 1024) (i32.const 5)) (call $proc_exit (i32.const 3))")


def test_every_way_is_measured_and_compared_with_the_bare_loop(tmp_path: Path) -> None:
    rows = measure_host(built(tmp_path, PRINTS).manifest, 1, tmp_path / "cache")
    ways = [BARE, POOLED_BARE, HOST, STOPPABLE, WORKERS]
    assert [row["what"] for row in rows] == ways
    shown = table(rows).splitlines()
    assert [line[: len(way)] for line, way in zip(shown[2:], ways, strict=True)] == ways
    assert shown[2].count("1.00 (1.00 to 1.00)") == 2


def test_a_way_that_ends_otherwise_is_not_measured(tmp_path: Path) -> None:
    artifact = built(tmp_path, PRINTS, grants={"env": {"A": "1"}})
    other = built(tmp_path / "other", PRINTS.replace("(i32.const 3)", "(i32.const 4)"))
    artifact.code.write_bytes(other.code.read_bytes())
    artifact.entry("cwasm").update(
        {name: other.entry("cwasm")[name] for name in ("sha256", "size_bytes")}
    )
    with pytest.raises(RuntimeError, match=r"host ended with \(4, "):
        measure_host(artifact.save(), 1, tmp_path / "cache")
