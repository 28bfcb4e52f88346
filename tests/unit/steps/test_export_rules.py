"""Each rule on exports is seen where it fires and where it does not."""

from __future__ import annotations

from module_findings import exporting, found, only
from wasip1_build.findings import Severity
from wasip1_build.spec.model import FunctionType
from wasm_writer import module

BATCH = FunctionType(("i32", "i32"), ())


class TestExports:
    def test_a_command_exports_start_and_a_reactor_initialize(self) -> None:
        assert exporting("_start") == []
        assert exporting("_initialize", "render", kind="reactor", exports=("render",)) == []

    def test_a_module_without_exported_memory_is_an_error(self) -> None:
        for data in (module(memory=None), module(memory_export=None)):
            assert only(found(data), "export-memory").severity is Severity.ERROR
        wrong = found(module(exports=["_start", "memory"], memory_export="other"))
        assert 'exports a func as "memory"' in only(wrong, "export-memory").what

    def test_a_command_that_was_built_as_a_reactor_is_told(self) -> None:
        finding = only(exporting("_initialize"), "export-entry")
        assert (finding.severity, finding.key) == (Severity.ERROR, "kind")
        assert "built with -buildmode=c-shared" in finding.why
        assert 'kind = "reactor"' in finding.fix

    def test_a_reactor_that_was_built_as_a_command_is_told(self) -> None:
        finding = only(exporting("_start", kind="reactor"), "export-entry")
        assert "built without -buildmode=c-shared" in finding.why
        assert 'kind = "command"' in finding.fix

    def test_a_module_that_nothing_can_start_is_an_error(self) -> None:
        assert "package main" in only(exporting("f"), "export-entry").fix

    def test_an_entry_of_another_type_is_an_error(self) -> None:
        findings = found(module(export_type=BATCH))
        assert 'exports "_start" as (i32, i32)' in only(findings, "export-entry").what
        memory = found(module(exports=[], memory_export="_start"))
        assert [finding.rule for finding in memory] == ["export-memory", "export-entry"]
        assert 'exports "_start" as a memory' in memory[1].what

    def test_both_entries_at_once_are_an_error(self) -> None:
        finding = only(exporting("_start", "_initialize"), "export-both")
        assert finding.severity is Severity.ERROR
        assert 'remove the export of "_initialize"' in finding.fix

    def test_a_missing_export_names_the_directive_of_its_compiler(self) -> None:
        declared = {"kind": "reactor", "exports": ("render",)}
        finding = only(exporting("_initialize", **declared), "export-missing")
        assert (finding.severity, finding.key) == (Severity.ERROR, "exports")
        assert "//go:wasmexport render" in finding.fix
        assert "Go ignores them silently" in finding.fix
        tinygo = only(exporting("_initialize", compiler="tinygo", **declared), "export-missing")
        assert "Go ignores" not in tinygo.fix

    def test_a_missing_export_names_the_nearest(self) -> None:
        findings = exporting("_initialize", "rendr", kind="reactor", exports=("render",))
        assert [finding.rule for finding in findings] == ["export-missing", "export-undeclared"]
        assert 'did you mean "rendr"?' in findings[0].fix

    def test_a_declared_export_that_is_no_function_is_an_error(self) -> None:
        finding = only(exporting("_start", exports=("memory",)), "export-missing")
        assert 'exports "memory" as a memory' in finding.what

    def test_what_a_reactor_exports_undeclared_is_a_note(self) -> None:
        finding = only(exporting("_initialize", "f", kind="reactor"), "export-undeclared")
        assert finding.severity is Severity.NOTE
        assert finding.fix == 'exports = ["f"]'

    def test_what_a_command_exports_besides_is_its_own_affair(self) -> None:
        assert exporting("_start", "f") == []
