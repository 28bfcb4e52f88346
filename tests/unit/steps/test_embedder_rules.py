"""Each rule on a known host is seen where it fires and where it does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from module_findings import exporting, found, importing, only
from wasip1_build.digests import Digests
from wasip1_build.findings import Finding, Severity
from wasip1_build.spec.embedders import embedder, embedder_names
from wasip1_build.spec.model import (
    Embedder,
    FunctionType,
    Grants,
    Imports,
    ProvidedFunctions,
    RequiredExport,
)
from wasip1_build.steps.imports import VerifyImports
from wasip1_build.steps.step import Context
from wasip1_build.toolchain.tools import Tools
from wasip1_build.wasm.preview1 import FUNCTIONS, MODULE
from wasm_writer import FuncImport, module, preview1

LOG = FunctionType(("i32",), ("i64",))
ACCEPT = FunctionType(("i32", "i32"), ("i32",))
SOURCE = "https://example.com/host"
ALLOC = RequiredExport(("alloc", "malloc"), FunctionType((), ()), "it takes memory", SOURCE)
HOST = Embedder(
    name="proxy",
    digest="1",
    title="Proxy",
    version="2.1",
    kinds={"command": SOURCE},
    functions=(
        ProvidedFunctions("proxy:host/env", {"log": LOG}, f"{SOURCE}/log"),
        ProvidedFunctions(MODULE, {"sock_accept": ACCEPT, "sock_open": ACCEPT}, SOURCE),
    ),
    lacks=("path_open", "fd_readdir", "poll_oneoff", "sock_recv"),
    lacks_source=f"{SOURCE}/wasi",
    verified="compared",
)
KNOWN = Imports(embedder=HOST)
IMPORT: FuncImport = ("proxy:host/env", "log", LOG)


def of(*imports: FuncImport, embedder: Embedder = HOST, **declared: Any) -> list[Finding]:
    return importing(*imports, imports=Imports(embedder=embedder, **declared))


class TestProvidedFunctions:
    def test_what_a_known_host_provides_is_declared(self) -> None:
        assert of(IMPORT) == []
        only(importing(IMPORT), "import-module")

    def test_it_need_not_be_imported(self) -> None:
        assert of() == []

    def test_another_type_is_an_error_that_names_the_host_and_the_source(self) -> None:
        finding = only(of((*IMPORT[:2], ACCEPT)), "import-host-type")
        assert finding.severity is Severity.ERROR
        assert "as (i32, i32) -> i32; Proxy 2.1 provides (i32) -> i64" in finding.what
        assert f"{SOURCE}/log" in finding.fix
        assert finding.key == "imports.embedder"

    def test_a_function_that_it_does_not_have_is_an_error_that_names_it(self) -> None:
        finding = only(of((IMPORT[0], "lag", LOG)), "import-host-missing")
        assert "which neither Proxy provides nor imports.host declares" in finding.what
        assert "2.1" in finding.why
        assert 'did you mean "log"?' in finding.fix
        assert 'imports.host."proxy:host/env".lag = "(i32) -> i64"' in finding.fix
        assert finding.key == "imports.embedder"

    def test_a_module_that_it_does_not_have_is_an_error_that_names_what_it_has(self) -> None:
        finding = only(of(("other", "f", LOG)), "import-module")
        assert "what Proxy provides (proxy:host/env)" in finding.why

    def test_its_module_is_suggested_for_one_that_is_nearly_it(self) -> None:
        assert only(of(("proxy:host/evn", "log", LOG)), "import-module").fix == (
            'did you mean "proxy:host/env"?'
        )

    def test_imports_host_adds_functions_in_its_module_and_in_others(self) -> None:
        own = {"proxy:host/env": {"mine": LOG}, "user": {"f": ACCEPT}}
        added: list[FuncImport] = [("proxy:host/env", "mine", LOG), ("user", "f", ACCEPT)]
        assert of(IMPORT, *added, host=own) == []

    def test_an_added_function_of_another_type_is_the_specs_own_mistake(self) -> None:
        own = {"proxy:host/env": {"mine": LOG}}
        wrong = ("proxy:host/env", "mine", ACCEPT)
        finding = only(of(IMPORT, wrong, host=own), "import-host-type")
        assert "imports.host declares (i32) -> i64" in finding.what
        assert finding.key == "imports.host.proxy:host/env.mine"

    def test_an_added_function_that_is_not_imported_is_still_a_warning(self) -> None:
        only(of(host={"user": {"f": ACCEPT}}), "import-host-unused")

    def test_functions_that_it_adds_to_preview_1_are_known(self) -> None:
        own = [(MODULE, "sock_open", ACCEPT)]
        assert of(*own, allow=("sock_*",)) == []
        only(importing(*own, imports=Imports(allow=("sock_*",))), "import-function")

    def test_a_function_of_preview_1_has_the_type_that_the_host_gives_it(self) -> None:
        assert of((MODULE, "sock_accept", ACCEPT), allow=("sock_*",)) == []
        finding = only(of(*preview1("sock_accept"), allow=("sock_*",)), "import-host-type")
        assert "Proxy 2.1 provides (i32, i32) -> i32" in finding.what


class TestPreview1:
    def test_functions_that_the_host_lacks_are_an_error_with_what_brings_them_in(self) -> None:
        imports = preview1("fd_write", "path_open", "fd_readdir")
        finding = only(of(*imports, allow=("*",)), "embedder-preview1")
        assert finding.severity is Severity.ERROR
        assert "fd_readdir, path_open of WASI preview 1, which Proxy 2.1 does not" in finding.what
        assert f"{SOURCE}/wasi" in finding.why
        assert "path_open: from os.Open" in finding.fix
        assert "fd_readdir: from os.ReadDir" in finding.fix
        assert "fd_write" not in finding.fix
        assert finding.key == "imports.embedder"

    def test_what_every_go_program_imports_cannot_be_kept_out(self) -> None:
        finding = only(of(*preview1("poll_oneoff")), "embedder-preview1")
        assert finding.fix == "poll_oneoff: in every program of Go's own compiler; take TinyGo"
        by_tinygo = importing(*preview1("poll_oneoff"), imports=KNOWN, compiler="tinygo")
        assert "take TinyGo" not in only(by_tinygo, "embedder-preview1").fix

    @pytest.mark.parametrize("name", FUNCTIONS)
    def test_there_is_something_to_say_of_every_function(self, name: str) -> None:
        host = replace(HOST, functions=(), lacks=(name,))
        findings = of(*preview1(name), embedder=host, allow=("*",))
        [finding] = [each for each in findings if each.rule == "embedder-preview1"]
        assert name in finding.fix

    def test_what_the_host_has_is_well(self) -> None:
        assert of(*preview1("fd_write", "args_get")) == []

    def test_the_policy_on_sockets_stays(self) -> None:
        rules = [finding.rule for finding in of(*preview1("sock_recv"))]
        assert rules == ["import-sockets", "embedder-preview1"]


class TestExports:
    HOST = replace(HOST, exports=(ALLOC,))

    def finding(self, *exports: str, **declared: Any) -> Finding:
        findings = exporting("_start", *exports, imports=Imports(embedder=self.HOST), **declared)
        return only(findings, "embedder-export")

    def test_one_that_is_missing_is_an_error_that_tells_of_wasmexport(self) -> None:
        finding = self.finding()
        assert finding.severity is Severity.ERROR
        assert 'does not export "alloc" or "malloc", which Proxy requires' in finding.what
        assert finding.why == f"it takes memory ({SOURCE})"
        assert "//go:wasmexport alloc" in finding.fix
        assert "Go ignores them silently" in finding.fix
        assert finding.key == "imports.embedder"

    def test_with_tinygo_export_is_no_mistake(self) -> None:
        assert "ignores" not in self.finding(compiler="tinygo").fix

    @pytest.mark.parametrize("name", ALLOC.any_of)
    def test_either_of_them_will_do(self, name: str) -> None:
        assert exporting("_start", name, imports=Imports(embedder=self.HOST)) == []

    def test_another_type_is_an_error_that_shows_both(self) -> None:
        takes = FunctionType(("i32",), ())
        host = replace(HOST, exports=(replace(ALLOC, type=takes),))
        findings = exporting("_start", "malloc", imports=Imports(embedder=host))
        what = only(findings, "embedder-export").what
        assert 'exports "malloc" as (); Proxy requires "alloc" or "malloc" as (i32)' in what

    def test_where_the_host_says_no_type_any_will_do(self) -> None:
        host = replace(HOST, exports=(replace(ALLOC, type=None),))
        assert exporting("_start", "malloc", imports=Imports(embedder=host)) == []

    def test_something_else_of_that_name_is_no_function(self) -> None:
        host = replace(HOST, exports=(replace(ALLOC, any_of=("memory",)),))
        finding = only(exporting("_start", imports=Imports(embedder=host)), "embedder-export")
        assert 'exports "memory" as a memory; Proxy requires "memory"' in finding.what


class TestKind:
    def test_one_that_the_host_does_not_run_is_an_error(self) -> None:
        declared = {"kind": "reactor", "exports": ("f",), "imports": KNOWN}
        finding = only(exporting("_initialize", "f", **declared), "embedder-kind")
        assert finding.severity is Severity.ERROR
        assert finding.what == "the module is a reactor; Proxy runs a command"
        assert finding.why == SOURCE
        assert 'kind = "command"' in finding.fix
        reactors = replace(HOST, kinds={"reactor": SOURCE})
        commands = only(of(embedder=reactors), "embedder-kind")
        assert 'kind = "reactor" and export what the host calls' in commands.fix

    def test_one_that_it_runs_is_well(self) -> None:
        both = replace(HOST, kinds={"command": SOURCE, "reactor": SOURCE})
        assert of(embedder=both) == []
        declared = {"kind": "reactor", "exports": ("f",), "imports": Imports(embedder=both)}
        assert exporting("_initialize", "f", **declared) == []


class TestUnverified:
    def test_data_that_was_compared_with_nothing_is_a_note_once(self) -> None:
        finding = only(of(IMPORT, embedder=replace(HOST, verified="")), "embedder-unverified")
        assert finding.severity is Severity.NOTE
        assert "data of Proxy 2.1 that is unverified" in finding.what
        assert finding.key == "imports.embedder"

    @pytest.mark.parametrize("name", embedder_names())
    def test_each_host_of_the_package_says_what_it_is(self, name: str) -> None:
        host = embedder(name)
        kind = next(iter(host.kinds))
        entry = "_start" if kind == "command" else "_initialize"
        exports = [required.any_of[0] for required in host.exports if required.type is None]
        data = module(exports=(entry, *exports))
        host = replace(host, exports=tuple(each for each in host.exports if each.type is None))
        rules = {each.rule for each in found(data, kind=kind, imports=Imports(embedder=host))}
        assert rules == (set() if host.verified else {"embedder-unverified"})


STEP = VerifyImports(
    artifact=".:a",
    module="a.wasm",
    output="a.imports.json",
    kind="command",
    exports=(),
    compiler="go",
    imports=KNOWN,
    grants=Grants(),
)


def test_the_hosts_data_is_in_the_key_and_its_name_is_not(tmp_path: Path) -> None:
    digests = Digests(None)
    context = Context(tmp_path, "build", Tools(tmp_path, digests, {}, tmp_path / "cache"), digests)

    def key(imports: Imports) -> Any:
        return replace(STEP, imports=imports).key(context)

    assert key(Imports(embedder=replace(HOST, digest="2"))) != key(KNOWN)
    assert key(Imports()) != key(KNOWN)
    assert key(Imports(embedder=replace(HOST, name="another"))) == key(KNOWN)
