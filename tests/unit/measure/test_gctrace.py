"""What Go's own trace says of its collections."""

from __future__ import annotations

from wasip1_build.measure.gctrace import Collections, collections, traced, variables_in
from wasip1_build.runtime.grants import environment
from wasip1_build.spec.model import Check, Grants

CLOCK = "0.004+1.1+0.001 ms clock, 0.004+0.5/0/0+0.001 ms cpu"
OTHERS = "0 MB stacks, 0 MB globals, 1 P"
TRACE = f"""\
gc 1 @0.013s 2%: {CLOCK}, 4->5->1 MB, 4 MB goal, {OTHERS}
a line without an endgc 2 @0.029s 3% (checking): {CLOCK}, 8->11->9 MB, 9 MB goal, {OTHERS}
gc 3 is a line of the program's own
gc 3 @1.5s 3%: {CLOCK}, 14->15->7 MB, 14 MB goal, {OTHERS} (forced)
""".encode()


def test_collections_are_counted_and_what_was_allocated_meanwhile_is_not_live() -> None:
    assert collections(TRACE) == Collections(3, 6 << 20)


def test_without_a_collection_nothing_is_known_of_what_is_live() -> None:
    assert collections(b"gc is fun\n") == Collections(0, None)


def test_a_trace_is_asked_for_beside_what_the_run_is_given() -> None:
    grants = Grants(env={"GODEBUG": "netdns=go", "A": "1"}, env_inherit=("TZ",))
    subject, check = traced(grants, Check("c", env={"TZ": "UTC"}))
    assert dict(environment(subject, check, "50", None)) == {
        "GODEBUG": "netdns=go,gctrace=1",
        "A": "1",
        "TZ": "UTC",
        "GOGC": "50",
    }
    of_check = Check("c", env={"GODEBUG": "x=1"})
    inherited = traced(Grants(env_inherit=("GODEBUG",)), of_check)
    assert dict(environment(*inherited, None, None)) == {"GODEBUG": "x=1,gctrace=1"}


def test_the_variables_of_the_collector_are_known() -> None:
    assert variables_in({"GOMEMLIMIT": "1", "GODEBUG": "", "GOGC": "off"}) == ("GOGC", "GOMEMLIMIT")
    assert variables_in({"gogc": "off"}) == ()
