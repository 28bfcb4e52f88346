"""All rules that an artifact must keep, beyond the structure that the schema says."""

from __future__ import annotations

from wasip1_build.spec import rules_build, rules_checks, rules_grants, rules_imports, rules_runtime
from wasip1_build.spec.scope import Rule

RULES: tuple[Rule, ...] = (
    *rules_build.RULES,
    *rules_imports.RULES,
    *rules_grants.RULES,
    *rules_runtime.RULES,
    *rules_checks.RULES,
)
