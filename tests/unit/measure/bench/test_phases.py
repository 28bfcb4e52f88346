"""Probes of the phases by the library: what they tell, and that each verifies what came out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from bench_runs import FAILS, RANDOM_LOOP, SAYS_OK, runs_of, wat

from wasip1_build.findings import Failure
from wasip1_build.measure.bench.compilation import CompileByLibrary
from wasip1_build.measure.bench.counts import counts
from wasip1_build.measure.bench.execution import PerRequest, RunCode
from wasip1_build.measure.bench.instances import Instances, instance_probe, load_probe

PAGE_BYTES = 65536
ENGINE = "wasmtime library 0"
REACTOR = '(module (memory (export "memory") 1) (func (export "_initialize") {body}))'


def test_a_run_tells_its_own_time_and_peak_and_what_was_counted(tmp_path: Path) -> None:
    runs = runs_of(tmp_path, wat("(drop (memory.grow (i32.const 3)))"))
    counted = counts(runs, (SAYS_OK,))
    assert counted.left_out == ()
    facts = dict(RunCode(runs, SAYS_OK, ENGINE, counted.facts["says"]).once().facts)
    assert facts.pop("instructions") > 10
    assert facts == {"peak_memory_bytes": 5 * PAGE_BYTES, "host_calls": 3, "fd_writes": 2}


def test_instructions_do_not_depend_on_chance(tmp_path: Path) -> None:
    first = counts(runs_of(tmp_path, wat(RANDOM_LOOP)), (SAYS_OK,))
    assert first.left_out == ()
    assert first.facts["says"]["instructions"] > 100


def test_a_case_that_fails_is_not_counted(tmp_path: Path) -> None:
    counted = counts(runs_of(tmp_path, wat()), (FAILS,))
    assert counted.facts == {"fails": {}}
    assert [each.what for each in counted.left_out] == [
        "host calls of fails",
        "instructions of fails",
    ]
    assert all("stdout differs" in each.why for each in counted.left_out)


@pytest.mark.parametrize("compiles", [True, False])
def test_a_request_is_compilation_or_loading_and_start_and_run(
    tmp_path: Path, *, compiles: bool
) -> None:
    runs = runs_of(tmp_path, wat())
    sample = PerRequest(runs, SAYS_OK, ENGINE, compiles).once()
    assert set(sample.facts) == {"load_ns", "start_ns", "run_ns"}
    assert sample.wall_ns == sum(sample.facts.values())
    with pytest.raises(Failure, match="per request: check fails: stdout differs"):
        PerRequest(runs, FAILS, ENGINE, compiles).once()


def test_a_run_that_writes_something_else_has_no_speed(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="run cwasm: check fails: stdout differs"):
        RunCode(runs_of(tmp_path, wat()), FAILS, ENGINE).once()


def test_a_compilation_is_timed_and_its_code_is_always_the_same(tmp_path: Path) -> None:
    runs = runs_of(tmp_path, wat())
    probe = CompileByLibrary(runs, ENGINE)
    first = probe.once()
    assert first.wall_ns > 0
    probe.once()
    runs.module.write_bytes(bytes(runs_of_other(tmp_path)))
    with pytest.raises(Failure, match="other machine code came out"):
        probe.once()


def runs_of_other(place: Path) -> bytes:
    other = place / "other"
    other.mkdir()
    return runs_of(other, wat("(drop (memory.grow (i32.const 1)))")).module.read_bytes()


def test_what_is_no_module_is_not_compiled(tmp_path: Path) -> None:
    runs = runs_of(tmp_path, wat())
    runs.module.write_bytes(b"\0asm\1\0\0\0junk")
    with pytest.raises(Failure, match="the module was not compiled"):
        CompileByLibrary(runs, ENGINE).once()


def test_code_is_loaded_and_instantiated_many_times_for_one_figure(tmp_path: Path) -> None:
    runs = runs_of(tmp_path, wat())
    loaded = load_probe(runs, ENGINE).once()
    assert loaded.facts == {"size_bytes": runs.code.stat().st_size}
    sample = instance_probe(runs, ENGINE).once()
    assert set(sample.facts) == {"linker_ns", "store_ns", "instance_ns"}
    assert sample.wall_ns == sum(sample.facts.values())


def test_an_instance_of_a_reactor_is_initialized(tmp_path: Path) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.mkdir()
    bad.mkdir()
    runs = runs_of(good, REACTOR.format(body=""), kind="reactor")
    assert "initialize_ns" in instance_probe(runs, ENGINE).once().facts
    runs = runs_of(bad, REACTOR.format(body="(unreachable)"), kind="reactor")
    with pytest.raises(Failure, match="was not instantiated"):
        instance_probe(runs, ENGINE).once()


@pytest.mark.parametrize("size", [0, 3000])
def test_truncated_code_is_not_loaded(tmp_path: Path, size: int) -> None:
    runs = runs_of(tmp_path, wat())
    runs.code.write_bytes(runs.code.read_bytes()[:size])
    with pytest.raises(Failure, match=r"load cwasm: the \.cwasm was not instantiated"):
        load_probe(runs, ENGINE).once()


def test_what_starts_nothing_is_no_instance(tmp_path: Path) -> None:
    runs = runs_of(tmp_path, '(module (memory (export "memory") 1))')
    with pytest.raises(Failure, match="neither _start nor _initialize") as raised:
        Instances(runs, ENGINE, "instantiation", instances=1).once()
    assert replace(raised.value.findings[0]).rule == "bench-instance"
