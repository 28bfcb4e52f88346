"""How long does it take until a machine that fetches the module has it? Over HTTP, from a server on
this machine whose socket is as slow as a network."""

from __future__ import annotations

import http.client
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple, Protocol

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure, failure
from wasip1_build.measure.bench.probe import Sample, Series

MBIT_PER_S = 50  # of a good line of a household, or of one of many machines that start together
CHUNK_BYTES = 16 << 10  # 2.6 ms of such a line: a chunk is never late by more than that
TIMEOUT_S = 60.0  # of one read or write; what is throttled never waits so long
LOCAL = "127.0.0.1"


class Form(NamedTuple):
    """A form in which the module is sent: its name, its Content-Encoding, and its file."""

    name: str
    encoding: str
    file: Path


class Decoder(Protocol):
    """What comes in pieces, as it was before it was compressed."""

    def decompress(self, data: bytes, /) -> bytes:
        """More of it."""


class _Plain:
    def decompress(self, data: bytes, /) -> bytes:
        return data


def _brotli() -> Decoder:
    import brotli

    class Brotli:
        decoder = brotli.Decompressor()

        def decompress(self, data: bytes, /) -> bytes:
            try:
                return bytes(self.decoder.process(data))
            except brotli.error as error:
                raise ValueError(str(error)) from None

    return Brotli()


DECODERS: Mapping[str, Callable[[], Decoder]] = {
    "": _Plain,
    "gzip": lambda: zlib.decompressobj(16 + zlib.MAX_WBITS),
    "br": _brotli,
}


@dataclass(frozen=True)
class Fetch:
    """A form of the module, from the request to the last byte of the module itself. CPU time is
    that of who fetches it. `module` is what must come out."""

    port: int
    form: Form
    module: bytes
    mbit_per_s: float

    @property
    def series(self) -> Series:
        """What it measures."""
        return Series("delivery", f"fetch {self.form.name} at {self.mbit_per_s:g} Mbit/s")

    def once(self) -> Sample:
        """One fetch. Raises Failure where something else than the module comes out."""
        cpu_ns, started_ns = time.thread_time_ns(), time.perf_counter_ns()
        try:
            received, size_bytes = self._fetched()
        except (OSError, http.client.HTTPException, ValueError, zlib.error) as error:
            raise self._wrong(f"{type(error).__name__}: {error}") from None
        wall_ns = time.perf_counter_ns() - started_ns
        used_ns = time.thread_time_ns() - cpu_ns
        if received != self.module:
            raise self._wrong(f"{len(received)} bytes, which are not the module's")
        return Sample(wall_ns, used_ns, {"size_bytes": size_bytes})

    def _fetched(self) -> tuple[bytes, int]:
        connection = http.client.HTTPConnection(LOCAL, self.port, timeout=TIMEOUT_S)
        try:
            connection.request("GET", f"/{self.form.name}", headers={"Accept-Encoding": "br, gzip"})
            answer = connection.getresponse()
            if answer.status != http.client.OK:
                raise ValueError(f"the server says {answer.status}")
            decoder = DECODERS[answer.headers.get("Content-Encoding", "")]()
            received, size_bytes = bytearray(), 0
            while data := answer.read1(CHUNK_BYTES):
                size_bytes += len(data)
                received += decoder.decompress(data)
        finally:
            connection.close()
        return bytes(received), size_bytes

    def _wrong(self, why: str) -> Failure:
        return failure(
            "bench-fetch",
            f"{self.series.way}: the module did not come out",
            why=why,
            fix="build again: the compressed file is not one of this module",
        )


@contextmanager
def fetches(
    forms: tuple[Form, ...], module: Path, mbit_per_s: float = MBIT_PER_S
) -> Iterator[tuple[Fetch, ...]]:
    """Fetches of the forms of a module from a server that runs as long as the `with` statement.
    Raises OSError where a file cannot be read or no port is to be had."""
    content = {f"/{form.name}": (form.encoding, form.file.read_bytes()) for form in forms}
    server = ThreadingHTTPServer((LOCAL, 0), _handler(content, mbit_per_s))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        data = module.read_bytes()
        port = server.server_address[1]
        yield tuple(Fetch(port, form, data, mbit_per_s) for form in forms)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(
    content: Mapping[str, tuple[str, bytes]], mbit_per_s: float
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = TIMEOUT_S
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            if self.path not in content:
                self.send_error(http.client.NOT_FOUND)
                return
            encoding, data = content[self.path]
            self.send_response(http.client.OK)
            self.send_header("Content-Type", "application/wasm")
            self.send_header("Content-Length", str(len(data)))
            if encoding:
                self.send_header("Content-Encoding", encoding)
            self.end_headers()
            throttled(data, mbit_per_s, self.wfile.write)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    return Handler


def throttled(
    data: bytes,
    mbit_per_s: float,
    send: Callable[[bytes], object],
    clock: Callable[[], float] = time.perf_counter,
    wait: Callable[[float], None] = time.sleep,
) -> None:
    """Sends data in pieces, each when a line of this speed would have brought its last byte."""
    bytes_per_s = mbit_per_s * 1e6 / 8
    begun, sent = clock(), 0
    for start in range(0, len(data), CHUNK_BYTES):
        chunk = data[start : start + CHUNK_BYTES]
        sent += len(chunk)
        wait(max(0.0, begun + sent / bytes_per_s - clock()))
        send(chunk)
