"""How does the debug module become the release module?"""

from __future__ import annotations

from typing import ClassVar

from wasip1_build.dataclass import dataclass
from wasip1_build.steps.step import Context, Key
from wasip1_build.wasm.module import load
from wasip1_build.wasm.strip import strip
from wasip1_build.wasm.types import PAGE_BYTES


@dataclass(frozen=True)
class Strip:
    """A.wasm: the debug module without custom sections, its memory capped where the spec says so.

    Go's own `-ldflags="-s -w"` gives the same standard sections at the price of a second link
    (0.19 s against 4 ms), and keeps two custom sections of 197 bytes.
    """

    module: str
    output: str
    keep: tuple[str, ...] = ()  # custom sections
    max_memory_bytes: int | None = None  # runtime.max-memory, a multiple of 64 KiB

    name: ClassVar[str] = "strip"
    version: ClassVar[int] = 1

    @property
    def inputs(self) -> tuple[str, ...]:
        return (self.module,)

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output,)

    def key(self, context: Context) -> Key:  # noqa: ARG002  (the Step protocol)
        return {"keep": sorted(set(self.keep)), "max_memory_bytes": self.max_memory_bytes}

    def run(self, context: Context) -> None:
        """Raises Failure where the module is malformed or needs more memory than it may have."""
        data = load(context.path(self.module), self.module)
        max_pages = None if self.max_memory_bytes is None else self.max_memory_bytes // PAGE_BYTES
        context.out(self.output).write_bytes(strip(data, self.keep, max_pages, self.module))
