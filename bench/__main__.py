"""`python -m bench prepare | run | host | claims | render`: the benchmarks, to what docs/ shows."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench import results, tables
from bench.claims import document, record
from bench.claims.claims import MEASUREMENTS
from bench.claims.workshop import Workshop
from bench.places import MOST_REAL, Places
from bench.prepare import prepared
from wasip1_build.findings import Failure

HERE = Path(__file__).parent
WORK, RESULTS = HERE / ".work", HERE / "results" / "results.json"
DOCUMENT = HERE.parent / "docs" / "performance.md"
CLAIMED, CLAIMS = HERE / "results" / "claims.json", HERE.parent / "docs" / "claims.md"
REPETITIONS = {"null": 11, "one-file": 5, "cold": 3, "mains": 5}


def main() -> int:
    """Does what the command line says; 2 where that fails."""
    options = parser().parse_args()
    try:
        options.do(options)
    except (Failure, RuntimeError, ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    words = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    verbs = words.add_subparsers(required=True)
    prepare = verbs.add_parser("prepare", help="generate and build a synthetic monorepo")
    prepare.add_argument("artifacts", type=int)
    prepare.add_argument("--real", action="store_true", help=f"up to {MOST_REAL} by real tools")
    prepare.add_argument("--go-work", action="store_true", help="with a go.work above the module")
    prepare.set_defaults(do=_prepare)
    run = verbs.add_parser("run", help="measure, and write the numbers")
    run.add_argument("--sizes", type=_numbers, default=[10, 100, 1000])
    run.add_argument("--parts", type=lambda text: text.split(","), default=list(results.PARTS))
    run.add_argument("--repetitions", type=int, help="of every part (default: by part)")
    run.add_argument("--out", type=Path, default=RESULTS)
    run.set_defaults(do=_run)
    host = verbs.add_parser("host", help="what a host costs over a bare loop, on one artifact")
    host.add_argument("manifest", type=Path, help="of a command that was built")
    host.add_argument("--turns", type=int, default=31)
    host.set_defaults(do=_host)
    claims = verbs.add_parser("claims", help="measure what is claimed of wasip1, and write it down")
    claims.add_argument("--parts", type=_measurements, default=list(MEASUREMENTS))
    claims.add_argument("--turns", type=_turns, help="of every measurement at most")
    claims.add_argument("--out", type=Path, default=CLAIMED)
    claims.set_defaults(do=_claims)
    for verb in (prepare, run, host, claims):
        verb.add_argument("--work", type=Path, default=WORK, help="where trees are kept")
    render = verbs.add_parser("render", help="write the tables of docs/ from the numbers")
    render.set_defaults(do=_render)
    return words


def _numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(",")]


def _turns(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


def _measurements(text: str) -> list[str]:
    names = text.split(",")
    if unknown := sorted({*names} - MEASUREMENTS.keys()):
        known = ", ".join(MEASUREMENTS)
        raise argparse.ArgumentTypeError(f"no {', '.join(unknown)} among {known}")
    return list(dict.fromkeys(names))


def _prepare(options: argparse.Namespace) -> None:
    places = Places(options.work.absolute())
    kind = {"real": options.real, "go_work": options.go_work}
    print(prepared(places, options.artifacts, **kind).root)


def _host(options: argparse.Namespace) -> None:
    from bench.host_overhead import measure_host, table

    rows = measure_host(options.manifest, options.turns, options.work.absolute() / "host-code")
    print(table(rows))


def _run(options: argparse.Namespace) -> None:
    repetitions = {
        part: options.repetitions or count
        for part, count in REPETITIONS.items()
        if part in options.parts
    }
    places = Places(options.work.absolute())
    result = results.measure(places, options.sizes, options.parts, repetitions)
    sizes, parts = ",".join(map(str, options.sizes)), ",".join(options.parts)
    result["command"] = f"python -m bench run --sizes {sizes} --parts {parts}"
    results.write(options.out, result)


def _claims(options: argparse.Namespace) -> None:
    places = Places(options.work.absolute())
    most = {} if options.turns is None else {"most_turns": options.turns}
    shop = Workshop(places, places.directory / "claims", **most)
    result = record.measure(shop, options.parts)
    words = ["python -m bench claims"]
    if options.parts != list(MEASUREMENTS):
        words.append(f"--parts {','.join(options.parts)}")
    if most:
        words.append(f"--turns {options.turns}")
    results.write(options.out, {**result, "command": " ".join(words)})


def _render(_options: argparse.Namespace) -> None:
    for path, text in rendered().items():
        path.write_text(text)


def rendered() -> dict[Path, str]:
    """What the documents are with the tables of what was measured. Raises OSError, ValueError."""
    return {
        DOCUMENT: tables.filled(DOCUMENT.read_text(), results.read(RESULTS), tables.TABLES),
        CLAIMS: tables.filled(CLAIMS.read_text(), results.read(CLAIMED), document.TABLES),
    }


if __name__ == "__main__":
    sys.exit(main())
