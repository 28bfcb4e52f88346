"""What verification says of a small module under given declarations: for tests of the rules."""

from __future__ import annotations

from typing import Any

from wasip1_build.findings import Finding
from wasip1_build.spec.model import Grants, Imports
from wasip1_build.steps.imports import verify
from wasip1_build.steps.rules.subject import Subject
from wasip1_build.wasm.module import read_module
from wasm_writer import FuncImport, module


def subject(data: bytes, **declared: Any) -> Subject:
    settings = {
        "kind": "command",
        "exports": (),
        "compiler": "go",
        "imports": Imports(),
        "grants": Grants(),
        **declared,
    }
    return Subject(read_module(data), **settings)


def found(data: bytes, **declared: Any) -> list[Finding]:
    return list(verify(subject(data, **declared)))


def importing(*imports: FuncImport, **declared: Any) -> list[Finding]:
    return found(module(imports=imports), **declared)


def exporting(*exports: str, **declared: Any) -> list[Finding]:
    return found(module(exports=exports), **declared)


def only(findings: list[Finding], rule: str) -> Finding:
    assert [finding.rule for finding in findings] == [rule]
    return findings[0]
