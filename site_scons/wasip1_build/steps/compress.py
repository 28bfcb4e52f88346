"""How a release module becomes the smaller file that is sent over a network."""

from __future__ import annotations

import gzip
import importlib
import struct
import zlib
from collections.abc import Callable
from types import ModuleType
from typing import ClassVar

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import failure
from wasip1_build.steps.step import Context, Key
from wasip1_build.units import exact_size

# The largest window of RFC 7932, which every decoder has to support: 16 MiB.
BROTLI_WINDOW_BITS = 24
# libdeflate's highest level: 4 % smaller than zlib's level 9 at the same cost.
LIBDEFLATE_LEVEL = 12
# RFC 1952: deflate, no flags (no name), no time, XFL 2 (slowest), OS 255 (unknown). Written here
# because a library's own header could carry the time or the system, and bytes have to be the same.
GZIP_HEADER = bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 255])


@dataclass(frozen=True)
class Brotli:
    """A.wasm.br: `quality` is 0 to 11. Generic mode, the widest window, one-shot."""

    module: str
    output: str
    quality: int

    name: ClassVar[str] = "brotli"
    version: ClassVar[int] = 1

    @property
    def inputs(self) -> tuple[str, ...]:
        return (self.module,)

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output,)

    def key(self, context: Context) -> Key:  # noqa: ARG002  (the Step protocol)
        return {
            "quality": self.quality,
            "window_bits": BROTLI_WINDOW_BITS,
            "brotli": encoder_version("brotli"),
        }

    def run(self, context: Context) -> None:
        """Raises Failure where brotli is not installed or its output must not be shipped."""
        brotli = _encoder("brotli")

        def encode(data: bytes) -> bytes:
            packed: bytes = brotli.compress(data, quality=self.quality, lgwin=BROTLI_WINDOW_BITS)
            return packed

        def decodes(packed: bytes, data: bytes) -> bool:
            try:
                return bool(brotli.decompress(packed) == data)
            except brotli.error:
                return False

        _compress(context, self.module, self.output, encode, decodes)


@dataclass(frozen=True)
class Gzip:
    """A.wasm.gz: the deflate stream of libdeflate within a header that never varies."""

    module: str
    output: str

    name: ClassVar[str] = "gzip"
    version: ClassVar[int] = 1

    @property
    def inputs(self) -> tuple[str, ...]:
        return (self.module,)

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output,)

    def key(self, context: Context) -> Key:  # noqa: ARG002  (the Step protocol)
        return {"level": LIBDEFLATE_LEVEL, "deflate": encoder_version("deflate")}

    def run(self, context: Context) -> None:
        """Raises Failure where deflate is not installed or its output must not be shipped."""
        deflate = _encoder("deflate")

        def encode(data: bytes) -> bytes:
            stream = deflate.deflate_compress(data, LIBDEFLATE_LEVEL)
            trailer = struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFF_FFFF)
            return GZIP_HEADER + bytes(stream) + trailer

        _compress(context, self.module, self.output, encode, _gunzips_to)


def encoder_version(library: str) -> str:
    """The version of "brotli" or "deflate"; "missing" where it is not installed.

    The module says it itself: importlib.metadata costs 75 ms where nothing has imported it yet.
    """
    try:
        return str(importlib.import_module(library).__version__)
    except ImportError:
        return "missing"


def _encoder(library: str) -> ModuleType:
    try:
        return importlib.import_module(library)
    except ImportError as error:
        raise failure(
            "encoder-missing",
            f"the Python package {library} is not installed",
            why="compress.formats asks for a file that only it makes",
            fix="pip install 'wasip1-scons[toolchain]'",
            key="compress.formats",
        ) from error


def _gunzips_to(packed: bytes, data: bytes) -> bool:
    """Whether zlib, another implementation, reads the data back; it checks length and CRC too."""
    try:
        return gzip.decompress(packed) == data
    except (OSError, EOFError, zlib.error):
        return False


def _compress(
    context: Context,
    module: str,
    output: str,
    encode: Callable[[bytes], bytes],
    decodes: Callable[[bytes, bytes], bool],
) -> None:
    """Writes the encoded module, once it is proved to decode to the module and to be no larger."""
    data = context.path(module).read_bytes()
    packed = encode(data)
    form = output.rpartition(".")[2]
    if not decodes(packed, data):
        raise failure(
            "compress-mismatch",
            f"{output} does not decompress to {module}",
            why="the encoder gave bytes that its decoder reads differently",
            fix=f'install another version of the encoder, or take "{form}" out of compress.formats',
            key="compress.formats",
        )
    if len(packed) > len(data):
        raise failure(
            "compress-larger",
            f"{output} would have {exact_size(len(packed))}, {module} itself has"
            f" {exact_size(len(data))}",
            why="the format's own header outweighs what it saves on so small a module",
            fix=f'take "{form}" out of compress.formats of this artifact',
            key="compress.formats",
        )
    context.out(output).write_bytes(packed)
