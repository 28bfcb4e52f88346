"""A stand-in for the wasmtime program: its .cwasm says what it is for, and holds no machine code.

It answers `--version` and `compile --target T -o OUT MODULE`. What it writes is an ELF object as
wasmtime makes them, with the section that names engine and target, 2.2 times as large as the
module; nothing can run it. It runs by itself.
"""

import struct
import sys

VERSION = "49.0.3"
OS_ABI = 200  # wasmtime's ELF objects
GROWTH = 2.2  # a .cwasm of a Go program against its module
HEADER_BYTES = SECTION_BYTES = 64
X86_64, AARCH64 = 62, 183  # ELF e_machine


def main(arguments: list[str]) -> int:
    """Does what the first argument says; 2 for what no build asks of it."""
    if arguments == ["--version"]:
        print(f"wasmtime {VERSION} (stand-in)")
        return 0
    if arguments[:1] != ["compile"]:
        print("wasmtime: this is a stand-in", file=sys.stderr)
        return 2
    target = arguments[arguments.index("--target") + 1]
    output = arguments[arguments.index("-o") + 1]
    with open(arguments[-1], "rb") as stream:
        module = stream.read()
    with open(output, "wb") as stream:
        stream.write(_elf(target, module))
    return 0


def _elf(target: str, module: bytes) -> bytes:
    names = b"\0.text\0.wasmtime.engine\0.shstrtab\0"
    text = (module * int(GROWTH + 1))[: int(len(module) * GROWTH)]
    parts = {b".text": text, b".wasmtime.engine": _engine(target), b".shstrtab": names}
    table, body, at = [bytes(SECTION_BYTES)], [], HEADER_BYTES
    for name, data in parts.items():
        fields = (names.index(name), 1, 0, 0, at, len(data), 0, 0, 1, 0)
        table.append(struct.pack("<IIQQQQIIQQ", *fields))
        body.append(data)
        at += len(data)
    machine = AARCH64 if target.startswith("aarch64") else X86_64
    ident = b"\x7fELF" + bytes([2, 1, 1, OS_ABI]) + bytes(8)
    header = (1, machine, 1, 0, 0, at, 1, HEADER_BYTES, 0, 0, SECTION_BYTES, len(table), 3)
    return b"".join([ident, struct.pack("<HHIQQQIHHHHHH", *header), *body, *table])


def _engine(target: str) -> bytes:
    """Layout, version, target, and no settings of the optimiser nor of the target."""
    major = VERSION.partition(".")[0].encode()
    triple = target.encode()
    head = bytes([0, len(major)]) + major
    return head + bytes([len(triple)]) + triple + bytes(2)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
