"""Who owns the bytes: of real modules to the byte, as another program reads them; of no other."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from go_tables import go_module as synthetic
from go_tables import image, plain_module
from wasip1_build.findings import Failure
from wasip1_build.wasm.sizes.attribution import Attribution, attribute
from wasip1_build.wasm.strip import strip
from wasm_writer import HEADER, custom, section

TEXT = "x" * 5000
# Type arguments of other packages, closures, methods of unnamed types, embedded files, much data.
RICH = """package main

import (
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
)

//go:embed main.go go.mod
var files embed.FS

type pair[K comparable, V any] struct {
	key   K
	value V
}

func (p *pair[K, V]) show() string { return fmt.Sprint(p.key, p.value) }

var text = "%s"
var locker sync.Locker

func main() {
	var kept struct {
		sync.Mutex
		*strings.Builder
	}
	locker = &kept
	locker.Lock()
	list := []pair[string, json.Number]{{"a", "1"}, {"b", "2"}}
	slices.SortFunc(list, func(a, b pair[string, json.Number]) int {
		return strings.Compare(a.show(), b.show())
	})
	names, _ := files.ReadDir(".")
	json.NewEncoder(os.Stdout).Encode([]any{len(names), text, list})
}
"""
REACTOR = """package main

//go:wasmexport add
func add(a, b int32) int32 { return a + b }

func main() {}
"""
# As `print --skeleton` shows a function; of two with one name the second has its number before it.
_SHOWN = re.compile(
    r"^\(;@([0-9a-f]+)\s*;\)\s+\(func "
    r"(?:\$(?:\"(?:#func\d+ )?(.*?)\"|(\S+)) )?(?:\(@name .*?\) )?\(;\d+;\)"
)


@pytest.fixture(scope="module")
def rich(go_module: Callable[[str], Path]) -> bytes:
    """The debug module of a program with all that names of functions can have."""
    return go_module(RICH % TEXT).read_bytes()


@pytest.fixture(scope="module")
def debug_modules(rich: bytes, hello_wasm: Path, go_module: Callable[..., Path]) -> list[bytes]:
    """Modules of several kinds, with names."""
    reactor = go_module(REACTOR, "-buildmode=c-shared")
    return [rich, hello_wasm.read_bytes(), reactor.read_bytes()]


def judged(wasm_tools: Path, data: bytes, place: Path) -> list[tuple[str, int]]:
    """The names and sizes of functions as wasm-tools tells them: where each body begins, which the
    size of it goes before, as a number of the least bytes."""
    path = place / "judged.wasm"
    path.write_bytes(data)
    ask = [wasm_tools, "print", "--skeleton", "--print-offsets", path]
    printed = subprocess.run(ask, capture_output=True, text=True, check=True).stdout
    told = subprocess.run([wasm_tools, "objdump", path], capture_output=True, text=True, check=True)
    [end] = re.findall(r"^ *code +\| +\w+ - +0x(\w+)", told.stdout, re.MULTILINE)
    found, end = [], int(end, 16)
    for match in reversed([match for match in map(_SHOWN.match, printed.splitlines()) if match]):
        start = int(match[1], 16)
        found.append((match[2] or match[3] or "", end - start))
        end = start - max(1, -(-(end - start).bit_length() // 7))
    return found[::-1]


def plain(name: str) -> str:
    """A name as Go's linker writes it into the name section."""
    return re.sub(r"[^\w.]", "_", name, flags=re.ASCII)


def test_code_by_package_is_what_another_program_reads(
    debug_modules: list[bytes], wasm_tools: Path, tmp_path: Path
) -> None:
    for data in debug_modules:
        found = attribute(data)
        assert found.functions is not None
        told = judged(wasm_tools, data, tmp_path)
        assert [(plain(name), size) for name, _, size in found.functions] == told
        owned: Counter[str] = Counter()
        for (name, size), (_, package, _) in zip(told, found.functions, strict=True):
            if not package.startswith("("):
                prefix = "main" if package == "example.com/hello" else plain(package)
                assert name.startswith(f"{prefix}."), (name, package)
            owned[package] += size
        assert owned == {package: size for package, (size, _) in found.packages.items()}


def test_everything_adds_up_to_the_file_with_names_and_without(debug_modules: list[bytes]) -> None:
    for data in debug_modules:
        stripped = strip(data)
        assert attribute(data).size_bytes == len(data)
        found, whole = attribute(stripped), attribute(data)
        assert found.size_bytes == len(stripped)
        assert (found.functions, found.data) == (whole.functions, whole.data)
        assert "custom: name" in whole.sections.keys() - found.sections.keys()


def test_packages_have_their_modules(rich: bytes) -> None:
    found = attribute(rich)
    assert found.info.modules == {"example.com/hello": "(devel)"}
    assert found.module_of("example.com/hello") == "example.com/hello"
    assert found.module_of("encoding/json") == "std"
    packages = found.packages
    assert packages["example.com/hello"][1] >= 2
    assert packages["(methods of unnamed types)"][1] >= 1
    assert not [name for name in packages if "[" in name or name.startswith("go.shape")]


def test_data_is_divided_by_what_it_is(rich: bytes, go_module: Callable[[str], Path]) -> None:
    data = attribute(rich).data
    assert data["embedded:main.go"] == len((RICH % TEXT).encode())
    assert data["embedded:go.mod"] == len("module example.com/hello\n\ngo 1.21\n")
    # The binary has little that is none of these: what the linker writes for itself.
    assert 0 < data["other"] < 20_000
    longer = attribute(go_module(RICH % (TEXT + "y" * 3000)).read_bytes()).data
    grown = {kind: longer[kind] - size for kind, size in data.items() if longer[kind] != size}
    # (the source is embedded, and pointers to what has moved may have other zeros)
    assert grown.pop("embedded:main.go") == 3000
    assert abs(grown.pop("strings") - 3000) < 100
    assert all(abs(change) < 2000 for change in grown.values()), grown


def names_of(found: Attribution) -> list[tuple[str, str]]:
    assert found.functions is not None
    return [(name, package) for name, package, _ in found.functions]


def test_the_tables_of_a_small_module_are_read() -> None:
    names = ["runtime.main", "example.com/a%2eb/c.(*T[...]).m", "type:.eq.x"]
    found = attribute(synthetic(image(names), 3))
    packages = ["runtime", "example.com/a.b/c", "(equality and hash of types)"]
    assert names_of(found) == list(zip(names, packages, strict=True))
    assert found.data["strings"] == 120
    assert found.data["function data"] == 32
    assert found.data["initialised data"] == 32


DAMAGES = {
    "the number of functions": (lambda data: synthetic(data, 4)),
    "the magic number": (
        lambda data: synthetic(data.replace(b"\xf1\xff\xff\xff", b"\xf0\xff\xff\xff"), 3)
    ),
    "an entry": (lambda data: synthetic(data.replace(b"\x01\x10\0\0", b"\x09\x10\0\0", 1), 3)),
    "a name": (lambda data: synthetic(data.replace(b"runtime.main\0", b"runtime.mai\xff\0"), 3)),
    "where a name ends": (
        lambda data: synthetic(data.replace(b"runtime.main\0", b"runtime.main_"), 3)
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_table_names_nothing(damage: str) -> None:
    data = DAMAGES[damage](image(["runtime.main", "main.main", "main.init"]))
    found = attribute(data)
    assert found.functions is None
    assert found.unknown == "it has no name section, and no line table of Go that is whole"
    assert found.size_bytes == len(data)
    assert found.to_json().keys() >= {"unknown", "code_bytes", "data", "sections"}
    assert "packages" not in found.to_json()


def test_a_go_module_with_names_but_no_table_claims_no_packages(hello_wasm: Path) -> None:
    data = hello_wasm.read_bytes().replace(b"\xf1\xff\xff\xff\0\0\x01\x08", bytes(8))
    found = attribute(data)
    assert found.functions is None
    assert "line table of Go is damaged" in found.unknown
    assert found.size_bytes == len(data)
    assert set(found.data) == {"other"}


BODIES = [b"\0\x0b", b"\0\x01\x0b", b"\0\x01\x01\x0b"]
TINYGO = ["runtime.alloc", "(*encoding/json.decodeState).value", "memcpy"]


def test_names_of_other_compilers() -> None:
    of_c = attribute(plain_module(BODIES, [(1024, b"data")], ["main", "memcpy", "_ZN4core3fmtE"]))
    assert of_c.packages == {"(not Go)": (9, 3)}
    assert of_c.data == {"other": 4}
    by_tinygo = attribute(plain_module(BODIES, [], TINYGO))
    assert by_tinygo.packages == {
        "runtime": (2, 1),
        "encoding/json": (3, 1),
        "(no package)": (4, 1),
    }


def test_names_of_the_module_before_it_was_stripped() -> None:
    named = plain_module(BODIES, [], TINYGO)
    stripped = strip(named)
    assert attribute(stripped).functions is None
    assert attribute(stripped, named=named).packages == attribute(named).packages
    other = attribute(stripped, named=plain_module(BODIES[::-1], [], TINYGO), named_as="n.wasm")
    assert (other.functions, other.unknown) == (
        None,
        "n.wasm, which has names, is not of the same code",
    )
    without = attribute(stripped, named=stripped, named_as="n.wasm")
    assert without.unknown.startswith("n.wasm: it has no name section")


def test_a_damaged_name_section_is_said() -> None:
    data = plain_module(BODIES, []) + custom("name", b"\x01\x7f\x00")
    found = attribute(data, "a.wasm")
    assert found.functions is None
    assert "a.wasm is not a valid WebAssembly module" in found.unknown
    assert found.size_bytes == len(data)


def test_a_module_without_functions_owns_none() -> None:
    found = attribute(HEADER)
    assert (found.functions, found.data, found.sections) == ((), {}, {"header": 8})


REFUSED = {
    "a body of": section(10, b"\x01\x7f\0"),
    "a body of 0": section(10, b"\x01\x80\x80"),
    "a body of 4": section(10, b"\x01\x84\x80\x80\x80\x80\x00\x00\x00\x0b"),
    "a segment of": section(11, b"\x01\0\x41\0\x0b\x7fabc"),
    "unknown flags": section(11, b"\x01\x05\x41\0\x0b\0"),
    "an instruction 0x10": section(11, b"\x01\0\x10\0\x0b\0"),
    "without an offset": section(11, b"\x01\0\x0b\0\0\0"),
    "segments, more than": section(11, b"\xff\xff\x7f"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_malformed_is_refused(what: str) -> None:
    with pytest.raises(Failure, match=what):
        attribute(HEADER + REFUSED[what])


def test_data_without_a_fixed_place_is_counted_all_the_same() -> None:
    passive = b"\x01\x03abc"
    computed = b"\0\x23\0\x41\x08\x6a\x0b\x02de"  # a global and 8
    second_memory = b"\x02\x01\x41\0\x0b\x01f"
    data = HEADER + section(11, b"\x03" + passive + computed + second_memory)
    found = attribute(data)
    assert found.data == {"other": 6}
    assert found.size_bytes == len(data)
