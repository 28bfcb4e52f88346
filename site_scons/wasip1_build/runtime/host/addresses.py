"""How many addresses a pool of linear memories takes, and whether this process has them."""

from __future__ import annotations

import resource

# Each slot of the pool reserves addresses (not memory) for the largest 32-bit linear memory.
SLOT_BYTES = 1 << 32
GUARD_BYTES = 1 << 30  # beside them: guards, and what a table may grow to


def pool_addresses(slots: int) -> int:
    """How many bytes of addresses a pool reserves at most, with its guards."""
    return slots * (SLOT_BYTES + GUARD_BYTES)


def can_pool(slots: int) -> bool:
    """Whether this process may reserve addresses as a pool does; the engine aborts if not."""
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return limit == resource.RLIM_INFINITY or limit >= pool_addresses(slots) + SLOT_BYTES
