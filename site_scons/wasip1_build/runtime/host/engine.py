"""The engine of a host: settings under which it loads what builds precompile, and its pool."""

from __future__ import annotations

import wasmtime
from wasmtime import _ffi as ffi

from wasip1_build.runtime.host.addresses import SLOT_BYTES

TABLE_ELEMENTS = 1_000_000  # a Go program of 53 MB has 60,000 functions
INSTANCE_BYTES = 64 << 20  # what the engine keeps of an instance: some 40 bytes a function
# What a slot keeps of a linear memory and of a table, to be overwritten with the module's own
# beginning instead of being given back to the system and paged in again. A hello of Go has 2.8 MB:
# with 4 MiB kept a run takes 0.70 of the CPU time that it takes without a pool, with 1 MiB 0.92,
# and with nothing kept a pool gains nothing (0.98).
KEPT_MEMORY_BYTES = 4 << 20
KEPT_TABLE_BYTES = 64 << 10


def engine(*, interruptible: bool, slots: int) -> wasmtime.Engine:
    """An engine that loads what `wasmtime compile -W gc-support=n,threads=n` makes.

    `slots` are how many instances its pool has; 0: each has memory of its own from the system.
    """
    config = wasmtime.Config()
    config.gc_support = False
    config.wasm_threads = False
    config.epoch_interruption = interruptible
    if slots:
        _pool(config, slots)
    return wasmtime.Engine(config)


def _pool(config: wasmtime.Config, slots: int) -> None:
    """The pooling allocator, which wasmtime-py has no word for: the C API's pooling_allocation_*.

    https://docs.wasmtime.dev/api/wasmtime/struct.PoolingAllocationConfig.html
    """
    pool = ffi.wasmtime_pooling_allocation_config_new()
    try:
        ffi.wasmtime_pooling_allocation_config_total_core_instances_set(pool, slots)
        ffi.wasmtime_pooling_allocation_config_total_memories_set(pool, slots)
        ffi.wasmtime_pooling_allocation_config_total_tables_set(pool, slots)
        ffi.wasmtime_pooling_allocation_config_max_unused_warm_slots_set(pool, slots)
        ffi.wasmtime_pooling_allocation_config_max_core_instance_size_set(pool, INSTANCE_BYTES)
        ffi.wasmtime_pooling_allocation_config_max_memory_size_set(pool, SLOT_BYTES)
        ffi.wasmtime_pooling_allocation_config_table_elements_set(pool, TABLE_ELEMENTS)
        ffi.wasmtime_pooling_allocation_config_linear_memory_keep_resident_set(
            pool, KEPT_MEMORY_BYTES
        )
        ffi.wasmtime_pooling_allocation_config_table_keep_resident_set(pool, KEPT_TABLE_BYTES)
        ffi.wasmtime_pooling_allocation_strategy_set(config.ptr(), pool)
    finally:
        ffi.wasmtime_pooling_allocation_config_delete(pool)
