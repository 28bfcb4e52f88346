"""What is left of a module without what no engine needs, and how large may its memory grow?"""

from __future__ import annotations

from collections.abc import Collection

from wasip1_build.findings import failure
from wasip1_build.wasm.leb128 import encode_unsigned
from wasip1_build.wasm.module import HAS_MAX, IS_64, PAGE_SIZE, SHARED, read_module
from wasip1_build.wasm.types import PAGE_BYTES, MemoryType, Module, Section

RULE = "max-memory"
KEY = "runtime.max-memory"


def strip(
    data: bytes,
    keep: Collection[str] = (),
    max_pages: int | None = None,
    name: str = "the module",
) -> bytes:
    """The module without custom sections other than those named in `keep`.

    With `max_pages` (of 64 KiB) its memory gets that maximum, which every engine enforces; a lower
    one that it has already stays. Every other section is byte for byte as it was. Raises Failure
    where the module is malformed, or no such maximum can hold.
    """
    module = read_module(data, name)
    memory = None if max_pages is None else _memory_to_limit(module, max_pages, name)
    parts = [data[:8]]
    for section in module.sections:
        if section.custom and section.name not in keep:
            continue
        whole = data[section.start : section.end]
        if memory and max_pages is not None and not section.custom and section.name == "memory":
            whole = _with_maximum(section, whole, memory, max_pages)
        parts.append(whole)
    return b"".join(parts)


def _memory_to_limit(module: Module, max_pages: int, name: str) -> MemoryType | None:
    """The memory whose maximum is to be set; None where there is none or it is low enough."""
    if any(entry.kind == "memory" for entry in module.imports):
        raise failure(
            RULE,
            f"{name} imports its memory, so no maximum can be set in it",
            why="whoever provides an imported memory sets its limits",
            fix="remove runtime.max-memory, or build the module with a memory of its own",
            key=KEY,
        )
    if len(module.memories) > 1:
        raise failure(
            RULE,
            f"{name} has {len(module.memories)} memories, so one maximum does not cap them",
            fix="remove runtime.max-memory",
            key=KEY,
        )
    for memory in module.memories:
        limit_bytes = max_pages * PAGE_BYTES
        if memory.min_bytes > limit_bytes:
            raise _too_low(name, memory.min_bytes, limit_bytes)
        if memory.max_pages is None or memory.max_pages * memory.page_bytes > limit_bytes:
            return memory
    return None


def _too_low(name: str, min_bytes: int, limit_bytes: int) -> Exception:
    return failure(
        RULE,
        f"{name} needs {min_bytes} bytes of memory at its start, and runtime.max-memory "
        f"is {limit_bytes}",
        why="an engine refuses a module whose minimum is over its maximum",
        fix=f"set runtime.max-memory to more than {min_bytes}: the heap needs room as well",
        key=KEY,
    )


def _with_maximum(section: Section, whole: bytes, memory: MemoryType, max_pages: int) -> bytes:
    """The section of one memory, with this maximum."""
    custom_page = memory.page_bytes != PAGE_BYTES
    flags = (
        HAS_MAX
        | (SHARED if memory.shared else 0)
        | (IS_64 if memory.is_64 else 0)
        | (PAGE_SIZE if custom_page else 0)
    )
    payload = b"".join(
        [
            b"\x01",
            bytes([flags]),
            encode_unsigned(memory.min_pages),
            encode_unsigned(max_pages * PAGE_BYTES // memory.page_bytes),
            encode_unsigned(memory.page_bytes.bit_length() - 1) if custom_page else b"",
        ]
    )
    # Go pads the sizes of sections to five bytes; a size that was padded stays so.
    size_width = section.payload - section.start - 1
    return whole[:1] + encode_unsigned(len(payload), size_width) + payload
