"""Calls of a reactor's exports: in which instance, and what a failed one leaves behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hosted_modules import REACTOR, built

from wasip1_build.findings import Failure
from wasip1_build.runtime.host import Host


def opened(directory: Path, lifetime: str, isolation: str = "thread", **how: object) -> Host:
    artifact = built(directory, REACTOR, kind="reactor", runtime={"lifetime": lifetime})
    how = {"concurrency": 1, "timeout_s": 30, **how}
    return Host.open(artifact.manifest, isolation=isolation, **how)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with opened(tmp_path_factory.mktemp("reactor"), "oneshot") as reactor:
        yield reactor


def test_arguments_and_results_have_the_exports_types(host: Host) -> None:
    assert host.call("mixed", -1, 1 << 40, 0.5, 0.25).returns == ((1 << 40) - 1 + 0.75,)
    assert host.call("pair").returns == (-1, -2)
    result = host.call("say")
    assert (result.ended, result.exit, result.returns, result.stdout) == (
        "return",
        None,
        (),
        b"hello\n",
    )
    assert result.ok


def test_an_instance_is_initialized_before_the_first_call(host: Host) -> None:
    result = host.call("ready")
    assert result.returns == (1,)
    assert result.stdout == b"", "what _initialize prints is no output of a call"


@pytest.mark.parametrize(
    ("export", "args", "sentence"),
    [
        ("nothing", (), r"exports no function nothing[\s\S]*known: count"),
        ("_initialize", (), "exports no function _initialize"),
        ("memory", (), "exports no function memory"),
        ("count", (1,), "count takes 0 arguments, and is given 1"),
        ("mixed", (1, 2, 3), r"takes 4 arguments, and is given 3[\s\S]*i32, i64, f32, f64"),
        ("mixed", (1 << 33, 0, 0, 0), "does not fit into i32"),
        ("mixed", ("1", 0, 0, 0), "is not an integer"),
        ("mixed", (0, 0, 1e300, 0), "does not fit into f32"),
    ],
)
def test_a_call_that_is_none_is_refused(
    host: Host, export: str, args: tuple[int, ...], sentence: str
) -> None:
    with pytest.raises(Failure, match=sentence):
        host.call(export, *args)


def test_a_reactor_is_not_run(host: Host) -> None:
    with pytest.raises(Failure, match=r"plugins:a is a reactor[\s\S]*host\.call"):
        host.invoke()


@pytest.mark.parametrize("isolation", ["thread", "process"])
@pytest.mark.parametrize(
    ("lifetime", "counted"),
    [("oneshot", [1, 1, 1]), ("pooled", [1, 1, 1]), ("resident", [1, 2, 3])],
)
def test_a_lifetime_says_whether_the_next_call_sees_what_this_one_did(
    tmp_path: Path, lifetime: str, counted: list[int], isolation: str
) -> None:
    with opened(tmp_path, lifetime, isolation) as host:
        assert [host.call("count").returns[0] for _ in range(3)] == counted
        for export, ended in (("trap", "trap"), ("leave", "exit"), ("spin", "timeout")):
            result = host.call(export, timeout_s=None if export != "spin" else 0.05)
            assert (result.ended, result.exit) == (ended, 3 if export == "leave" else None)
            assert host.call("count").returns == (1,), f"after {export} the instance is another"
            assert host.call("say").stdout == b"hello\n"


def test_resident_instances_are_as_many_as_calls_at_once_and_the_newest_is_used(
    tmp_path: Path,
) -> None:
    with opened(tmp_path, "resident", concurrency=4) as host:
        assert [host.call("count").returns[0] for _ in range(4)] == [1, 2, 3, 4]


def test_an_initialize_that_traps_is_the_result_of_each_call(tmp_path: Path) -> None:
    traps = REACTOR.replace("(global.set $ready (i32.const 1))", "(unreachable)")
    for lifetime in ("oneshot", "pooled", "resident"):
        artifact = built(tmp_path / lifetime, traps, kind="reactor", runtime={"lifetime": lifetime})
        with Host.open(artifact.manifest) as host:
            assert [host.call("count").ended for _ in range(2)] == ["trap", "trap"]
