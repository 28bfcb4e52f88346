"""The package of a function by its name, and the module of a package."""

from __future__ import annotations

import pytest

from wasip1_build.wasm.sizes.build_info import BuildInfo, read_build_info
from wasip1_build.wasm.sizes.packages import module_of, package_of_go, package_of_tinygo

GO = {
    "main.main": "main",
    "encoding/json.(*decodeState).value": "encoding/json",
    "encoding/json.Marshal.func1": "encoding/json",
    "slices.SortFunc[go.shape.struct { example.com/x.A int; b/c.D string }]": "slices",
    "internal/sync.(*HashTrieMap[go.shape.interface {},a/b.C]).Load": "internal/sync",
    "gopkg.in/yaml%2ev3.(*decoder).unmarshal": "gopkg.in/yaml.v3",
    "example.com/x%2ey/z.F-fm": "example.com/x.y/z",
    "example.com/%c3%a9t%C3.F": "example.com/\u00e9t%C3",
    "vendor/golang.org/x/net/dns.f": "vendor/golang.org/x/net/dns",
    "type:.eq.runtime.itab": "(equality and hash of types)",
    "go:buildid": "(linker)",
    "go:(*struct { io.Reader; io.WriterTo }).Read": "(methods of unnamed types)",
    "_.goready.func1": "(no package)",
    "_rt0_wasm_wasip1": "(no package)",
    "cmpbody": "(no package)",
    ".hidden": "(no package)",
    "a%1b/b%1b.F": "a\\x1b/b\\x1b",
}
TINYGO = {
    "main.main$1": "main",
    "(*encoding/json.decodeState).value": "encoding/json",
    "(time.Time).String": "time",
    "gopkg.in/yaml.v3.Marshal": "gopkg.in/yaml.v3",
    "(*gopkg.in/yaml.v3.decoder).parse$2": "gopkg.in/yaml.v3",
    "strconv.bsearch[slice:basic:uint16,basic:uint16]": "strconv",
    "(*sync/atomic.Pointer[example.com/a.B]).Load": "sync/atomic",
    "runtime.run$1$gowrapper": "runtime",
    "interface:{Error:func:{}{basic:string}}.Error$invoke": "(calls through interfaces)",
    "byn$mgfn-shared$runtime.lookupPanic": "(merged functions)",
    "(struct{sync.Mutex}).Lock": "(methods of unnamed types)",
    "memcpy": "(no package)",
    "": "(no package)",
}


@pytest.mark.parametrize("name", GO)
def test_the_package_of_a_symbol_of_go(name: str) -> None:
    assert package_of_go(name) == GO[name]


@pytest.mark.parametrize("name", TINYGO)
def test_the_package_of_a_function_of_tinygo(name: str) -> None:
    assert package_of_tinygo(name) == TINYGO[name]


INFO = BuildInfo("cmdx/tool", {"example.com/x": "v1.0.0", "example.com/x/y": "v2.0.0", "cmdx": ""})


@pytest.mark.parametrize(
    ("package", "module"),
    [
        ("example.com/x", "example.com/x"),
        ("example.com/x/z/w", "example.com/x"),
        ("example.com/x/y/w", "example.com/x/y"),
        ("example.com/xy", ""),
        ("cmdx/tool", "cmdx"),
        ("vendor/golang.org/x/net", "std"),
        ("encoding/json", "std"),
        ("(linker)", ""),
    ],
)
def test_the_module_of_a_package(package: str, module: str) -> None:
    assert module_of(package, INFO, "cmdx/tool") == module


def test_a_main_package_of_no_module_is_not_the_standard_librarys() -> None:
    assert module_of("main", BuildInfo(), "main") == ""


START = bytes.fromhex("3077af0c9274080241e1c107e6d618e6")
END = bytes.fromhex("f932433186182072008242104116d8f2")
TEXT = (
    "path\ta.b/c/cmd\nmod\ta.b/c\t(devel)\t\ndep\td.e/f\tv1.2.3\th1:abc=\n"
    "=>\t../f\t\ndep\tg.h\tv0.1.0\t\n=>\ti.j\tv0.2.0\th1:x=\nbuild\tGOOS=wasip1\n"
)


def test_the_build_information_has_modules_with_what_replaces_them() -> None:
    info = read_build_info(b"before" + START + TEXT.encode() + END + b"after")
    assert info.main == "a.b/c/cmd"
    assert info.modules == {
        "a.b/c": "(devel)",
        "d.e/f": "v1.2.3 => ../f",
        "g.h": "v0.1.0 => i.j v0.2.0",
    }


@pytest.mark.parametrize("data", [b"", START, START + TEXT.encode(), START + b"\xff" + END])
def test_damaged_build_information_is_none(data: bytes) -> None:
    assert not read_build_info(data).known


def test_what_it_says_is_safe_to_print() -> None:
    info = read_build_info(START + b"path\t\x1b[2Jx\nmod\ta\tv1\nmod\nbuild\n\t\n" + END)
    assert info.main == "\\x1b[2Jx"
    assert info.modules == {"a": "v1"}
