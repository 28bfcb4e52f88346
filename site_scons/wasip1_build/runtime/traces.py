"""Which functions does the trace of a trap mean, as each runtime prints it?"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from wasip1_build.dataclass import dataclass

# How a runtime prints a function of a module that has no name section; the name is to follow. Seen
# in traps of wasmtime 49, node 20 and wazero 1.12; WasmEdge's are what its source prints
# (lib/system/stacktrace.cpp, later lib/executor/executor.cpp; older ones have the offset alone). An
# offset is that of the instruction in the module's file.
INDEX = rb"(?P<index>\d{1,10})"
OFFSET = rb"0x(?P<offset>[0-9a-fA-F]{1,16})"
FORMS: Mapping[str, re.Pattern[bytes]] = {
    "wasmtime": re.compile(rb"(?:%b - )?<unknown>!<wasm function %b>" % (OFFSET, INDEX)),
    # V8's and other browsers': WebAssembly Web API, "Conventions for locations".
    "node": re.compile(rb"wasm-function\[%b\](?::%b)?" % (INDEX, OFFSET)),
    "wazero": re.compile(rb"(?<=\.)\$%b(?=\([a-z0-9,]*\))" % INDEX),
    "wasmedge": re.compile(rb"Bytecode offset: %b" % OFFSET),
}
# wasmedge's list of all frames, in one line: "3351, 325" or "module[0]:3351, module[0]:325".
STACK = re.compile(rb"(?<=calling stack:)[^\r\n]+")
FRAME = re.compile(rb"(?<![^\s,:])" + INDEX + rb"(?=,|\s*$)")


@dataclass
class Naming:
    """Adds names to a trace, line by line, and counts the functions.

    `name_of` gives the name of a function by its index, "" for one that has none, and None for one
    that the module does not have; `at` gives the index of the function at an offset in the file.
    """

    name_of: Callable[[int], str | None]
    at: Callable[[int], int | None]
    named: int = 0
    nameless: int = 0
    unknown: int = 0

    @property
    def seen(self) -> int:
        """How many functions the trace means."""
        return self.named + self.nameless + self.unknown

    def line(self, line: bytes) -> bytes:
        """The line, with a name after each function, and otherwise as it is."""
        line = STACK.sub(lambda stack: FRAME.sub(self._with_name, stack[0]), line)
        for form in FORMS.values():
            line = form.sub(self._with_name, line)
        return line

    def _with_name(self, match: re.Match[bytes]) -> bytes:
        name = self._name(match.groupdict())
        if name is None:
            self.unknown += 1
            return match[0]
        if not name:
            self.nameless += 1
            return match[0]
        self.named += 1
        added = b" " + name.encode()
        return match[0] if match.string.startswith(added, match.end()) else match[0] + added

    def _name(self, groups: Mapping[str, bytes | None]) -> str | None:
        index, offset = groups.get("index"), groups.get("offset")
        at = self.at(int(offset, 16)) if offset else None
        if index is None:
            return None if at is None else self.name_of(at)
        if offset and at != int(index):
            return None  # so the trace is of another module
        return self.name_of(int(index))
