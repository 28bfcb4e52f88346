"""Which rules are there, and how much does what they find weigh? The schema of the spec says it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from wasip1_build.dataclass import dataclass
from wasip1_build.schema_files import schema_path

IGNORE = "ignore"  # about ignores themselves: it goes with every other rule
WRONG_TOOL = "wrong-tool"  # beside the sources, what was measured decides


@dataclass(frozen=True)
class Rule:
    """What a rule is about, in a sentence, and the severity that it has unless the spec says
    otherwise."""

    about: str
    default: str


def known_rules() -> dict[str, Rule]:
    """All rules that this version has, by name."""
    schema = json.loads(schema_path("wasip1").read_bytes())
    return {
        name: Rule(entry["description"], entry["default"])
        for name, entry in schema["properties"]["advise"]["properties"].items()
    }


def severities(rules: Mapping[str, Rule], asked: Mapping[str, str]) -> dict[str, str]:
    """By rule, how much a finding weighs; those that are "off" are not in it."""
    chosen = {name: asked.get(name, rule.default) for name, rule in rules.items()}
    return {name: severity for name, severity in chosen.items() if severity != "off"}
