"""What does the module import, export and call, and is that what the spec allows and wasip1 has?"""

from __future__ import annotations

from typing import Any, ClassVar

from wasip1_build.dataclass import dataclass
from wasip1_build.files import json_bytes
from wasip1_build.findings import Finding
from wasip1_build.spec.model import Compiler, Grants, Imports, Kind
from wasip1_build.steps.rules import embedder as embedder_rules
from wasip1_build.steps.rules import exports as export_rules
from wasip1_build.steps.rules import functions as function_rules
from wasip1_build.steps.rules import grants as grant_rules
from wasip1_build.steps.rules.subject import Rule, Subject
from wasip1_build.steps.step import Context, Key
from wasip1_build.steps.unsupported import Calls, with_chains
from wasip1_build.wasm.module import load, read_module
from wasip1_build.wasm.types import Module

RULES: tuple[Rule, ...] = (
    *function_rules.RULES,
    *grant_rules.RULES,
    *export_rules.RULES,
    *embedder_rules.RULES,
)


@dataclass(frozen=True)
class VerifyImports:
    """A.imports.json: the module's imports and exports with their types, and what is wrong there.

    It succeeds whenever the module can be read; the gate fails on its findings. `calls` are looked
    for in the sources too, where there are any and code that cannot work on wasip1 is linked.
    """

    artifact: str  # DIR:NAME
    module: str
    output: str
    kind: Kind
    exports: tuple[str, ...]
    compiler: Compiler
    imports: Imports
    grants: Grants
    calls: Calls | None = None

    name: ClassVar[str] = "verify"
    version: ClassVar[int] = 1

    @property
    def inputs(self) -> tuple[str, ...]:
        return (self.module,)

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output,)

    def discovered(self, context: Context) -> tuple[str, ...]:
        """The sources, where they are asked."""
        asked = self._asked(context)
        return asked.compiled.discovered(context) if asked else ()

    def _asked(self, context: Context) -> Calls | None:
        linked = self.calls is not None and self.calls.are_linked(context, self.module)
        return self.calls if linked else None

    def key(self, context: Context) -> Key:
        """Only what a rule looks at: the value of a granted variable changes no verdict.

        Of a known host that is all that its file says, whatever its name.
        """
        allow, embedder = self.imports.allow, self.imports.embedder
        asked = self._asked(context)
        return {
            "artifact": self.artifact,
            "kind": self.kind,
            "exports": list(self.exports),
            "compiler": self.compiler,
            "allow": None if allow is None else list(allow),
            "deny": list(self.imports.deny),
            "embedder": embedder and embedder.digest,
            "host": {
                module: {name: str(type_) for name, type_ in functions.items()}
                for module, functions in self.imports.host.items()
            },
            "dirs": [[grant.guest, grant.mode] for grant in self.grants.dirs],
            "env": sorted(self.grants.env),
            "env_inherit": list(self.grants.env_inherit),
            "args": bool(self.grants.args),
            "stdin": self.grants.stdin,
            **({"calls": asked.key(context)} if asked else {}),
        }

    def run(self, context: Context) -> None:
        """Raises Failure where the module cannot be read, or its sources cannot be asked."""
        module = read_module(load(context.path(self.module), self.module), self.module)
        subject = Subject(module, self.kind, self.exports, self.compiler, self.imports, self.grants)
        asked = self._asked(context)
        reached = asked.findings(context, self.artifact) if asked else ()
        findings = (*with_chains(verify(subject), reached), *reached)
        record = {
            "artifact": self.artifact,
            **declarations(module),
            "evidence": grant_rules.evidence(subject.preview1),
            "findings": [finding.to_json() for finding in findings],
        }
        context.out(self.output).write_bytes(json_bytes(record))


def verify(subject: Subject) -> tuple[Finding, ...]:
    """What every rule says of the module, in the order of the rules."""
    return tuple(finding for rule in RULES for finding in rule.findings(subject))


def declarations(module: Module) -> dict[str, Any]:
    """The imports in their order (Go imports fd_write twice), the exports and the memory."""
    memory = module.memories[0] if module.memories else None
    return {
        "imports": [
            {
                "module": entry.module,
                "name": entry.name,
                "kind": entry.kind,
                "type": str(entry.type),
            }
            for entry in module.imports
        ],
        "exports": [
            {"name": export.name, "kind": export.kind, "type": str(export.type or "")}
            for export in module.exports
        ],
        "memory": memory and {"min_pages": memory.min_pages, "max_pages": memory.max_pages},
    }
