"""Whether a wasip1.toml has the structure that the schema says."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from wasip1_build.findings import Finding
from wasip1_build.spec.problems import Breach, Surface, is_artifact, problems, whole
from wasip1_build.spec.raw import Document
from wasip1_build.spec.scanner import Path
from wasip1_build.spec.schema import Schema, schema_at

if TYPE_CHECKING:
    from jsonschema import ValidationError

RULE = "spec"


class Structure:
    """The schema, compiled once for all files of a workspace."""

    def __init__(self, schema: Schema) -> None:
        from jsonschema import Draft7Validator, validators  # 75 ms, spent only when a spec changed

        # draft-07 takes 11.0 for an integer; TOML keeps the two apart, and so does the typed spec.
        checker = Draft7Validator.TYPE_CHECKER.redefine_many(
            {"integer": lambda _, value: type(value) is int, "number": _is_number}
        )
        extend: Any = validators.extend  # (its stub has no types)
        self.schema = schema
        self._validator: Draft7Validator = extend(Draft7Validator, type_checker=checker)(schema)

    def check(self, document: Document) -> tuple[list[Finding], frozenset[Path]]:
        """The structural errors of a document, and the paths of the values that they make unusable.

        Those values are removed from `document.data`, so that what is left can be typed.
        """
        findings: list[Finding] = []
        tainted: set[Path] = set()
        surface = Surface(self.schema, frozenset(document.scan.headers))
        for error in list(self._validator.iter_errors(document.data)):
            for problem in problems(_breach(error), surface):
                findings.append(
                    document.error(RULE, problem.path, problem.what, problem.why, problem.fix)
                )
                tainted.add(self._with_what_needs_it(problem.drop))
        for path in tainted:
            _remove(document.data, path)
        return findings, frozenset(tainted)

    def _with_what_needs_it(self, path: Path) -> Path:
        """The value that goes with this one: a table cannot be without a key that it requires.

        An artifact without a package stays, to be looked at for all its other mistakes.
        """
        while len(path) > 1 and not is_artifact(path[:-1]):
            around = schema_at(self.schema, path[:-1]) or {}
            options = (around, *around.get("anyOf", ()))
            if not any(path[-1] in option.get("required", ()) for option in options):
                break
            path = whole(path[:-1])
        return path


def _breach(error: ValidationError) -> Breach:
    schema: Any = error.schema
    return Breach(
        tuple(error.absolute_path),
        str(error.validator),
        error.instance,
        schema,
        str(error.instance) if "propertyNames" in error.absolute_schema_path else None,
        tuple((int(nested.schema_path[0]), _breach(nested)) for nested in error.context or ()),
    )


def _is_number(_checker: object, value: object) -> bool:
    return type(value) is int or (isinstance(value, float) and math.isfinite(value))


def _remove(data: dict[str, Any], path: Path) -> None:
    """Removes a value, if it is still there."""
    parent: Any = data
    try:
        for part in path[:-1]:
            parent = parent[part]
        del parent[path[-1]]
    except (KeyError, IndexError, TypeError):
        return
