"""A module that is loaded and linked: all that its instances have in common."""

from __future__ import annotations

import os
from collections.abc import Mapping

import wasmtime

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import failure
from wasip1_build.runtime.host.addresses import can_pool
from wasip1_build.runtime.host.callbacks import Callbacks
from wasip1_build.runtime.host.clock import Clock
from wasip1_build.runtime.host.engine import engine
from wasip1_build.runtime.host.functions import Definitions, Implementation
from wasip1_build.runtime.host.sinks import buffers, files
from wasip1_build.runtime.request import HostFunction, Preopen
from wasip1_build.spec.model import FunctionType

RULE = "host-load"


@dataclass(frozen=True)
class Settings:
    """What every instance of a module is made with. `slots`: how many there are at once."""

    name: str
    functions: tuple[HostFunction, ...]
    exports: Mapping[str, FunctionType]
    memories: tuple[str, ...]
    preopens: tuple[Preopen, ...]
    memory_bytes: int | None
    output_bytes: int
    interruptible: bool
    slots: int
    is_command: bool


class Loaded:
    """The engine with the module, linked once. To be closed when no instance is left."""

    def __init__(
        self,
        settings: Settings,
        data: bytes,
        descriptor: int | None,
        implementations: Mapping[str, Implementation],
        callbacks: Callbacks | None = None,
    ) -> None:
        """`callbacks`: None for output that is this process's own.

        Raises Failure where the engine refuses the machine code, or an import is missing.
        """
        self.settings = settings
        self.notes: tuple[str, ...] = ()
        sinks = files if settings.is_command else buffers
        self.callbacks = callbacks or Callbacks(sinks(settings.output_bytes), self._ask_all)
        self.engine, self.module = self._pooled(data, descriptor)
        self.clock = Clock(self._ask_all)
        self._linker = wasmtime.Linker(self.engine)
        self._definitions = Definitions(self.callbacks, settings.functions, implementations)
        try:
            self._linker.define_wasi()
            self._definitions.define(self._linker)
            self.pre = self._linker.instantiate_pre(self.module)
        except wasmtime.WasmtimeError as error:
            what = f"{settings.name} cannot be linked: {str(error).strip()}"
            raise failure(RULE, what, fix="build it again") from None

    def close(self) -> None:
        """Gives everything back. Nothing of it may be running."""
        self.clock.close()
        self.callbacks.sinks.close()
        for each in (self.pre, self._linker, self.module, self.engine):
            each.close()

    def _pooled(
        self, data: bytes, descriptor: int | None
    ) -> tuple[wasmtime.Engine, wasmtime.Module]:
        """The module on an engine with a pool, or without one where it does not fit into one."""
        slots = self.settings.slots if can_pool(self.settings.slots) else 0
        if self.settings.slots and not slots:
            said = "no pool of memories: this process's addresses are limited (RLIMIT_AS)"
            self.notes = (f"{self.settings.name}: {said}",)
        try:
            return self._load(data, descriptor, slots)
        except wasmtime.WasmtimeError as error:
            why = str(error).strip()
        try:
            loaded = self._load(data, descriptor, 0)
        except wasmtime.WasmtimeError as error:
            raise failure(
                RULE,
                f"the engine refuses the machine code of {self.settings.name}",
                why=str(error).strip(),
                fix="build it again with the wasmtime that is installed here",
            ) from None
        self.notes = (f"{self.settings.name}: no pool of memories: {why}",)
        return loaded

    def _load(
        self, data: bytes, descriptor: int | None, slots: int
    ) -> tuple[wasmtime.Engine, wasmtime.Module]:
        made = engine(interruptible=self.settings.interruptible, slots=slots)
        return made, _module(made, data, descriptor)

    def _ask_all(self) -> None:
        """Has the engine ask each guest, when it next runs code of it, whether it must stop."""
        if self.settings.interruptible:
            self.engine.increment_epoch()


def _module(engine: wasmtime.Engine, data: bytes, descriptor: int | None) -> wasmtime.Module:
    """The module of machine code, mapped from a sealed file or else copied from bytes.

    Raises WasmtimeError where the engine refuses it.
    """
    if descriptor is not None and os.path.exists("/proc/self/fd"):
        return wasmtime.Module.deserialize_file(engine, f"/proc/self/fd/{descriptor}")
    return wasmtime.Module.deserialize(engine, data)
