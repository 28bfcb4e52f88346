"""Where a JSON Schema of this project lies: in a checkout, or in the installed package."""

from __future__ import annotations

from pathlib import Path


def schema_path(name: str) -> Path:
    """The file of the schema `name` ("wasip1", "manifest").

    An installed wheel carries the schemas inside the package (pyproject.toml force-includes
    them); a checkout has them in schemas/ beside site_scons/. The file need not exist: reading
    it raises FileNotFoundError, with the path in the message.
    """
    package = Path(__file__).resolve().parent
    inside = package / "schemas"
    folder = inside if inside.is_dir() else package.parents[1] / "schemas"
    return folder / f"{name}.schema.json"
