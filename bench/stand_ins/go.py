"""A stand-in for the go command: it lists and "links" packages, and compiles nothing.

It answers `version`, `env -json`, `list -deps -json=...` and `build -o`, as far as a build asks
them. A module that it writes is valid, of a plausible size, and another one whenever a source of
the program is: its start function does nothing. It runs by itself, from a tree like Go's.
"""

import hashlib
import json
import os
import random
import re
import sys
from collections.abc import Iterable, Iterator

GOROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
IMPORT = re.compile(r'^(?:import\s+|\t)"([^"]+)"$', re.MULTILINE)
DATA_BYTES = 512 << 10  # a small Go program's module has 2.4 MB
NAMES_BYTES = 24 << 10  # the name section of one has 45 kB
PAGE_BYTES = 64 << 10
# The functions whose code a module has, as the line table of a real one names them: nothing in it
# calls what cannot work, so that its sources are not asked.
FUNCTIONS = b"go:buildid\0runtime.main\0main.main\0"
TABLE_HEADER = b"\xf1\xff\xff\xff\0\0\x01\x08"


def main(arguments: list[str]) -> int:
    """Does what the first argument says; 2 for what no build asks of it."""
    verb, *rest = arguments or [""]
    if verb == "version":
        print(f"go version {_version()} stand-in/wasm")
    elif verb == "env":
        print(json.dumps({"GOVERSION": _version(), "GOROOT": GOROOT}))
    elif verb == "list":
        _list(rest[rest.index("--") + 1 :])
    elif verb == "build":
        _build(rest[rest.index("-o") + 1], rest[rest.index("--") + 1 :])
    else:
        print(f"go {verb}: this is a stand-in", file=sys.stderr)
        return 2
    return 0


def _version() -> str:
    with open(os.path.join(GOROOT, "VERSION")) as stream:
        return stream.read().split()[0]


class Module:
    """The one Go module at or above the working directory, with its packages as they are read."""

    def __init__(self) -> None:
        self.directory = os.getcwd()
        with open(os.path.join(self.directory, "go.mod")) as stream:
            self.path = stream.readline().split()[1]
        self.sources: dict[str, dict[str, str]] = {}

    def import_path(self, package: str) -> str:
        """What ./DIR is imported as."""
        return os.path.normpath(os.path.join(self.path, package))

    def place(self, path: str) -> str:
        """The directory of an import path."""
        return self.directory + path.removeprefix(self.path)

    def files(self, path: str) -> dict[str, str]:
        """A package's sources by their names."""
        if path not in self.sources:
            place = self.place(path)
            names = sorted(name for name in os.listdir(place) if name.endswith(".go"))
            self.sources[path] = {name: _read(os.path.join(place, name)) for name in names}
        return self.sources[path]

    def imports(self, path: str) -> list[str]:
        """What a package imports, sorted."""
        texts = self.files(path).values()
        return sorted({name for text in texts for name in IMPORT.findall(_head(text))})

    def closure(self, path: str, passed: dict[str, None]) -> dict[str, None]:
        """The module's packages that a package needs, each after what it imports itself."""
        for name in self.imports(path):
            if name.startswith(f"{self.path}/") and name not in passed:
                self.closure(name, passed)
        passed[path] = None
        return passed


def _read(path: str) -> str:
    with open(path) as stream:
        return stream.read()


def _head(text: str) -> str:
    return text.partition("\nfunc ")[0]


def _list(packages: list[str]) -> None:
    module = Module()
    standard = dict(_standard())
    mains = {module.import_path(package): package for package in packages}
    needed: dict[str, None] = {}
    for path in mains:
        module.closure(path, needed)
    lines = [_standard_package(path, names) for path, names in standard.items()]
    for path in needed:
        lines.append(_package(module, path))
        if path in mains:
            deps = [name for name in module.closure(path, {}) if name != path]
            lines[-1] |= {"Name": "main", "Match": [mains[path]], "Deps": [*standard, *deps]}
    sys.stdout.write("\n".join(json.dumps(line, indent="\t") for line in lines) + "\n")


def _standard() -> Iterator[tuple[str, list[str]]]:
    top = os.path.join(GOROOT, "src")
    for directory, subdirectories, names in os.walk(top):
        subdirectories.sort()
        if names:
            yield os.path.relpath(directory, top), sorted(names)


def _standard_package(path: str, names: Iterable[str]) -> dict[str, object]:
    place = os.path.join(GOROOT, "src", path)
    return {"Dir": place, "ImportPath": path, "Standard": True, "GoFiles": list(names)}


def _package(module: Module, path: str) -> dict[str, object]:
    return {
        "Dir": module.place(path),
        "ImportPath": path,
        "Name": os.path.basename(path),
        "Module": {"Path": module.path, "GoVersion": "1.25"},
        "GoFiles": list(module.files(path)),
        "Imports": module.imports(path),
    }


def _build(output: str, packages: list[str]) -> None:
    """DIR/ takes one module a package, each under the last element of its import path."""
    module = Module()
    for package in packages:
        path = module.import_path(package)
        name = os.path.basename(path)
        _write(os.path.join(output, name) if output.endswith("/") else output, _wasm(module, path))


def _write(output: str, data: bytes) -> None:
    """A module that is there already stays as it is: Go links nothing then."""
    try:
        with open(output, "rb") as stream:
            if stream.read() == data:
                return
    except OSError:
        os.makedirs(os.path.dirname(output), exist_ok=True)
    with open(output, "wb") as stream:
        stream.write(data)


def _wasm(module: Module, path: str) -> bytes:
    """A module that imports what Go's modules do, and starts and ends."""
    digest = hashlib.sha256()
    for package in module.closure(path, {}):
        for name, text in module.files(package).items():
            digest.update(f"{name}\0{text}\0".encode())
    filler = random.Random(digest.digest())
    words = [filler.randbytes(4 + index % 12) for index in range(256)]
    data = b"".join(words[byte] for byte in filler.randbytes(DATA_BYTES // 9))[:DATA_BYTES]
    data = _line_table() + data
    pages = len(data) // PAGE_BYTES + 2
    i32, i64 = b"\x7f", b"\x7e"
    types = [(b"", b""), (i32 * 4, i32), (i32, b""), (i32 + i64 + i32, i32)]
    imports = [("fd_write", 1), ("proc_exit", 2), ("clock_time_get", 3)]
    start = len(imports)
    sections = {
        1: [b"\x60" + _bytes(params) + _bytes(results) for params, results in types],
        2: [_name("wasi_snapshot_preview1") + _name(n) + b"\0" + _leb(t) for n, t in imports],
        3: [_leb(0)],
        5: [b"\0" + _leb(pages)],
        7: [_name("_start") + b"\0" + _leb(start), _name("memory") + b"\2\0"],
        10: [_bytes(b"\0\x0b")],
        11: [b"\0\x41\0\x0b" + _bytes(data)],
    }
    body = b"".join(_section(key, _leb(len(e)) + b"".join(e)) for key, e in sections.items())
    names = filler.randbytes(NAMES_BYTES).hex().encode()[:NAMES_BYTES]
    return b"\0asm\1\0\0\0" + body + _section(0, _name("stand-in") + names)


def _line_table() -> bytes:
    """The head of one (pcHeader in runtime/symtab.go), and its names; of its fields only the one
    that says where the names end."""
    fields = [0] * 8
    fields[-1] = len(TABLE_HEADER) + 8 * len(fields) + len(FUNCTIONS)
    header = TABLE_HEADER + b"".join(each.to_bytes(8, "little") for each in fields)
    return header + FUNCTIONS + b"\0"


def _section(key: int, payload: bytes) -> bytes:
    return bytes([key]) + _bytes(payload)


def _name(text: str) -> bytes:
    return _bytes(text.encode())


def _bytes(data: bytes) -> bytes:
    return _leb(len(data)) + data


def _leb(value: int) -> bytes:
    """An unsigned LEB128 number."""
    parts = []
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
