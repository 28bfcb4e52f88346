"""What does the memory of a module hold when it starts, and where in the file does that lie?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from operator import add, le

from wasip1_build.wasm.sizes.layout import Segments

# A Go program of 53 MB has 20 MB of data. Pages of zeros cost nothing until they are read.
MAX_IMAGE_BYTES = 256 << 20


class Memory:
    """The initial memory, from address 0 to the end of the last segment; what no segment sets is
    zero and is not in the file."""

    def __init__(self, image: bytes, addresses: Sequence[int], sizes: Sequence[int]) -> None:
        self.image = image
        self._addresses = addresses  # of the segments, rising
        self._sizes = sizes
        self._before = list(accumulate(sizes, initial=0))  # bytes in the file, by segment

    def in_file(self, start: int, end: int) -> int:
        """How many bytes of the file lie between two addresses: zeros that are left out do not
        count."""
        return max(0, self._below(end) - self._below(start))

    def _below(self, address: int) -> int:
        index = bisect_right(self._addresses, address) - 1
        if index < 0:
            return 0
        inside = min(self._sizes[index], address - self._addresses[index])
        return self._before[index] + inside


def memory_of(data: bytes, segments: Segments) -> Memory | None:
    """The initial memory; None where it is not known before the module runs, where segments write
    over each other, or where it is larger than MAX_IMAGE_BYTES."""
    if segments.addresses is None or not segments.sizes:
        return None
    addresses, offsets, sizes = segments.addresses, segments.offsets, segments.sizes
    # Go 1.26 and later write their sections in another order than that of their addresses.
    order = sorted(range(len(sizes)), key=addresses.__getitem__)
    rising = [addresses[index] for index in order]
    ordered = [sizes[index] for index in order]
    ends = list(map(add, rising, ordered))
    if ends[-1] > MAX_IMAGE_BYTES or not all(map(le, ends, rising[1:])):
        return None
    at, parts = 0, list[bytes]()
    for index, address, end in zip(order, rising, ends, strict=True):
        offset = offsets[index]
        parts += (bytes(address - at), data[offset : offset + sizes[index]])
        at = end
    return Memory(b"".join(parts), rising, ordered)
