"""What is fetched is the module, or the fetch fails; and the line is as slow as it is said."""

from __future__ import annotations

import gzip
import http.client
from pathlib import Path

import brotli
import pytest

from wasip1_build.findings import Failure
from wasip1_build.measure.bench.delivery import CHUNK_BYTES, LOCAL, Form, fetches, throttled

MODULE = b"\0asm\1\0\0\0" + b"go is compressible " * 4000
FAST = 10_000.0  # Mbit/s


def forms(place: Path, **content: bytes) -> tuple[Form, ...]:
    given = {"raw": MODULE, "gz": gzip.compress(MODULE), "br": brotli.compress(MODULE)} | content
    encodings = {"raw": "", "gz": "gzip", "br": "br"}
    for name, data in given.items():
        (place / name).write_bytes(data)
    return tuple(Form(name, encodings[name], place / name) for name in given)


def test_each_form_comes_out_as_the_module(tmp_path: Path) -> None:
    with fetches(forms(tmp_path), tmp_path / "raw", FAST) as made:
        samples = [fetch.once() for fetch in made]
    assert [fetch.series.way for fetch in made] == [
        "fetch raw at 10000 Mbit/s",
        "fetch gz at 10000 Mbit/s",
        "fetch br at 10000 Mbit/s",
    ]
    sizes = [(tmp_path / name).stat().st_size for name in ("raw", "gz", "br")]
    assert [sample.facts["size_bytes"] for sample in samples] == sizes
    assert all(sample.wall_ns > 0 and sample.cpu_ns for sample in samples)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("raw", MODULE[:-1]),
        ("gz", gzip.compress(MODULE + b"x")),
        ("gz", gzip.compress(MODULE)[:-20]),
        ("gz", b"no gzip"),
        ("br", brotli.compress(b"another module")),
        ("br", b"\xff" * 40),
    ],
    ids=["short", "one byte more", "cut off", "no gzip", "another module", "no brotli"],
)
def test_what_is_not_the_module_has_no_speed(tmp_path: Path, name: str, data: bytes) -> None:
    module = tmp_path / "module"
    module.write_bytes(MODULE)
    with fetches(forms(tmp_path, **{name: data}), module, FAST) as made:
        fetch = next(each for each in made if each.form.name == name)
        with pytest.raises(Failure, match="the module did not come out"):
            fetch.once()


def test_the_server_ends_with_the_statement_and_has_nothing_else(tmp_path: Path) -> None:
    with fetches(forms(tmp_path), tmp_path / "raw", FAST) as made:
        connection = http.client.HTTPConnection(LOCAL, made[0].port, timeout=10)
        connection.request("GET", "/../secret")
        assert connection.getresponse().status == 404
        connection.close()
    with pytest.raises(Failure, match="did not come out"):
        made[0].once()


def test_a_line_brings_no_byte_before_its_time() -> None:
    now, sent = [100.0], []

    def wait(seconds: float) -> None:
        now[0] += seconds

    data = bytes(3 * CHUNK_BYTES + 5)
    throttled(data, 8.0, lambda chunk: sent.append((now[0], len(chunk))), lambda: now[0], wait)
    assert sum(size for _, size in sent) == len(data)
    arrived = 0
    for at, size in sent:
        arrived += size
        assert at - 100.0 == pytest.approx(arrived / 1e6)  # 8 Mbit/s are 1 MB/s
