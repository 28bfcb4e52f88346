"""Is what is said of each claim what the figures say, and does a wrong output end a measurement?"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import wasmtime

from bench.__main__ import CLAIMS as DOCUMENT
from bench.__main__ import parser
from bench.claims import document, record
from bench.claims.claim import Claim, Row, counted
from bench.claims.claims import CLAIMS, MEASUREMENTS
from bench.claims.guests import Host, Run
from bench.claims.verdict import overall, verdict_of
from bench.claims.workshop import Workshop
from bench.cost import Command
from bench.places import Places

HALF = Claim("half", "execution", "It takes half.", "cpu_ns", 0.4, 0.6)
SMALL = Claim("small", "delivery", "It is a tenth.", "size_bytes", at_most=0.1)
SAVES = Claim("saves", "compilation", "It saves 10.", "wall_ns", 5, 15, of_saved=True)


def timed(*ratios: float, quantity: str = "cpu_ns", what: str = "it") -> Row:
    before = [1000] * len(ratios)
    return Row(what, "a", "b", {quantity: (before, [round(1000 * each) for each in ratios])})


def sized(after: int, what: str = "it") -> Row:
    return counted(what, "size_bytes", ("a", 1000), ("b", after))


@pytest.mark.parametrize(
    ("ratios", "verdict"),
    [
        ((0.48, 0.49, 0.5, 0.5, 0.51, 0.52), "holds"),
        ((0.9, 0.91, 0.92, 0.93, 0.94, 0.95), "above"),
        ((0.1, 0.11, 0.12, 0.13, 0.14, 0.15), "below"),
        ((0.3, 0.5, 0.5, 0.5, 0.5, 0.7), "not known"),
    ],
)
def test_an_interval_lies_in_what_is_claimed_or_beside_it(
    ratios: tuple[float, ...], verdict: str
) -> None:
    assert verdict_of(HALF, timed(*ratios)) == verdict


def test_five_pairs_are_too_few_to_say_anything() -> None:
    assert verdict_of(HALF, timed(*[0.5] * 5)) == "not known"
    assert verdict_of(HALF, timed(*[0.5] * 6)) == "holds"


def test_a_size_is_exact_and_needs_no_second_run() -> None:
    assert verdict_of(SMALL, sized(99)) == "holds"
    assert verdict_of(SMALL, sized(101)) == "above"


def test_a_peak_of_memory_may_differ_and_needs_as_many_runs_as_a_time() -> None:
    claim = HALF._replace(quantity="peak_memory_bytes")
    assert verdict_of(claim, timed(0.5, quantity="peak_memory_bytes")) == "not known"
    assert verdict_of(claim, timed(*[0.5] * 6, quantity="peak_memory_bytes")) == "holds"


def test_what_is_saved_counts_in_the_unit_of_the_claim() -> None:
    ten = Row("it", "a", "b", {"wall_ns": ([1000] * 6, [990] * 6)})
    assert verdict_of(SAVES, ten) == "holds"
    assert verdict_of(SAVES, timed(*[0.5] * 6, quantity="wall_ns")) == "above"


def words(claim: Claim, *rows: Row) -> str:
    return overall(claim, rows).words


def test_a_claim_holds_where_its_rows_do() -> None:
    assert words(SMALL, sized(50, "hello"), sized(60, "other")) == "holds"
    assert words(SMALL, sized(50, "hello"), sized(200, "jsonl")) == "holds for 1 of 2"
    assert words(SMALL, sized(200), sized(300, "other")) == "does not hold"
    assert words(HALF, timed(0.9, 0.9, 0.9, 0.9, 0.9, 0.9), timed(0.5)) == "does not hold"
    assert words(HALF, timed(0.5, 0.5)) == "not known"
    assert words(SMALL) == "not measured"


def test_where_a_claim_holds_is_told_by_name() -> None:
    rows = [sized(9, "hello").record(), sized(900, "jsonl").record()]
    shown = document.one(SMALL, {"claims": {"small": {"rows": rows, "left_out": []}}})
    assert "holds for 1 of 2: it holds for *hello*; it does not hold for *jsonl*." in shown


def test_what_is_saved_is_shown_with_its_interval_where_there_is_one() -> None:
    def shown(pairs: int) -> str:
        row = Row("it", "a", "b", {"wall_ns": ([50_000_000] * pairs, [40_000_000] * pairs)})
        claim = SAVES._replace(at_least=5e6, at_most=15e6)
        result = {"claims": {"saves": {"rows": [row.record()], "left_out": []}}}
        return document.one(claim, result)

    assert "(5 to 15 wall ms saved)" in shown(6)
    assert "| holds: 10 wall ms saved |" in shown(6)
    assert "| not known: 10 (no interval) wall ms saved |" in shown(5)


def test_what_was_left_out_is_told_with_the_reason() -> None:
    left_out = [{"what": "hello", "why": "there is no TinyGo"}]
    shown = document.one(SMALL, {"claims": {"small": {"rows": [], "left_out": left_out}}})
    assert "**Found:** not measured." in shown
    assert "Not measured: hello: there is no TinyGo." in shown


def test_a_row_to_compare_with_decides_nothing() -> None:
    aside = sized(900, "native")._replace(decides=False)
    assert words(SMALL, sized(50), aside) == "holds"
    assert words(SMALL, aside) == "not measured"


def test_a_row_is_the_same_after_it_was_written_down() -> None:
    row = timed(0.5, 0.6)
    assert Row.of(row.record()) == row


def test_every_claim_has_its_section_and_its_table() -> None:
    text = DOCUMENT.read_text()
    headings = re.findall(r"^### (.*)$", text, re.MULTILINE)
    assert [heading.lower().replace(" ", "-") for heading in headings] == [c.name for c in CLAIMS]
    tables = re.findall(r"<!-- table: (\S+) -->", text)
    assert set(tables) == document.TABLES.keys()


def test_a_program_that_prints_something_else_is_an_error(tmp_path: Path) -> None:
    argv = (sys.executable, "-IS", "-c", "print('one')")
    Command(argv, tmp_path, {}, b"", b"one\n").run()
    with pytest.raises(RuntimeError, match="which is not expected"):
        Command(argv, tmp_path, {}, b"", b"two\n").run()


def guest(directory: Path, exit_code: int) -> Path:
    """A module that ends itself."""
    module = directory / "guest.wasm"
    text = f"""(module
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1)
      (func (export "_start") (call $exit (i32.const {exit_code}))))"""
    module.write_bytes(wasmtime.wat2wasm(text))
    return module


def test_a_guest_that_writes_something_else_is_an_error(tmp_path: Path) -> None:
    host = Host(tmp_path)
    silent = host.compiled(guest(tmp_path, 0))
    taken = host.request_with_peak(silent, Run(("guest",), b""))
    assert taken["peak_memory_bytes"] == 65536
    for measure in (host.request, host.start_only):
        with pytest.raises(RuntimeError, match="wrote b'', which is not expected"):
            measure(silent, Run(("guest",), b"hello\n"))


def test_a_guest_that_fails_is_an_error(tmp_path: Path) -> None:
    host = Host(tmp_path)
    with pytest.raises(RuntimeError, match="ended with 3"):
        host.request(host.compiled(guest(tmp_path, 3)), Run(("guest",), b""))


@pytest.mark.dear
def test_the_cheapest_claim_is_measured_and_rendered(
    tmp_path: Path, shared_cache: Path, pinned_go: Path
) -> None:
    assert pinned_go.is_file()
    shop = Workshop(Places(tmp_path), tmp_path / "claims", 1, shared_cache / "go")
    result = record.measure(shop, ["cpus"])
    rows = [Row.of(each) for each in result["claims"]["one-cpu"]["rows"]]
    assert rows[0].quantities == {"cpus": ([1], [1])}
    shown = document.TABLES["one-cpu"]({**result, "command": ""})
    assert "**Found:** holds." in shown
    assert "| wasmtime | as claimed | NumCPU() | CPUs | 1 | 1 | 1 | 1 | holds |" in shown
    assert "not measured" in document.TABLES["native"](result)


def test_a_word_that_means_nothing_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["claims", "--parts", "strip,speed"])
    assert "no speed among strip, tinygo" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        parser().parse_args(["claims", "--turns", "0"])
    assert "'0' is no number from 1 on" in capsys.readouterr().err
    assert parser().parse_args(["claims", "--turns", "1"]).parts == list(MEASUREMENTS)
