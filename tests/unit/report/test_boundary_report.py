"""What crossed, as people read it: every call has its place, and nothing of a module acts."""

from __future__ import annotations

from wasip1_build.findings import Finding, Severity
from wasip1_build.measure.boundary import Boundary, Crossed
from wasip1_build.report.boundary import About, boundary_record, boundary_text
from wasip1_build.runtime.request import Crossing, HostFunction
from wasip1_build.wasm.preview1 import MODULE as WASI

ABOUT = About(".:a", "build/a/a.wasm", "0123456789abcdef", 1234)
IMPORTS = (HostFunction(WASI, "fd_read", (), ()), HostFunction("env", "e\x1b[2J", (), ()))
FAILED = Finding("check-trap", Severity.ERROR, "check c: it trapped")


def reported(*crossings: Crossing, failed: tuple[Finding, ...] = ()) -> str:
    run = Crossed("c", crossings, failed)
    return boundary_text(ABOUT, Boundary(IMPORTS, ("", ""), (run,)))


def test_all_sizes_are_summed_where_they_are_not_all_shown() -> None:
    sizes = (9, 1, 2, 3, 4, 5)
    text = reported(Crossing(WASI, "fd_read", 26, 300, sizes, ((8, 1), (200, 1))))
    assert "1 badf, 1 200  300 B    11.5  0: 9, 4-7: 3, 8-15: 4, 16-31: 5, other: 3" in text
    assert text.endswith(
        "that build/a/a.wasm imports (1,234 B, sha256 0123456789ab), on wasmtime\n"
    )


def test_a_function_that_is_not_called_has_no_row_and_a_name_does_nothing_to_a_terminal() -> None:
    text = reported(Crossing(WASI, "fd_read", 0, 0), Crossing(*IMPORTS[1][:2], 2))
    assert "fd_read" not in text and "\x1b" not in text and "env.e" in text


def test_a_run_that_trapped_has_its_counts_and_says_that_it_failed() -> None:
    text = reported(Crossing(WASI, "fd_read", 1, 0), failed=(FAILED,))
    assert "check c: 1 call of the host, and it failed: counted up to its end\n" in text
    assert "error: check c: it trapped [check-trap]" in text


def test_the_json_has_each_range_of_sizes_and_errors_by_name() -> None:
    run = Crossed("c", (Crossing(WASI, "fd_read", 4, 5, (1, 1, 1), ((8, 1),)),), ())
    [shown] = boundary_record(ABOUT, Boundary(IMPORTS, ("syscall", ""), (run,)))["runs"]
    [read] = shown["functions"]
    assert read["sizes"] == [
        {"least_bytes": 0, "most_bytes": 0, "calls": 1},
        {"least_bytes": 1, "most_bytes": 1, "calls": 1},
        {"least_bytes": 2, "most_bytes": 3, "calls": 1},
    ]
    assert (read["errors"], read["go_package"], shown["host_calls"]) == ({"badf": 1}, "syscall", 4)
