"""Go sources to one module by TinyGo: declared, and refused when it is to be built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wasip1_build.findings import failure
from wasip1_build.steps.step import Context, Key


@dataclass(frozen=True)
class CompileTinyGo:
    """Fails, so that an artifact that asks for TinyGo never ships what Go made of it."""

    artifact: str
    output: str

    name: ClassVar[str] = "compile"
    version: ClassVar[int] = 1

    @property
    def inputs(self) -> tuple[str, ...]:
        return ()

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output,)

    def key(self, context: Context) -> Key:  # noqa: ARG002  (the Step protocol)
        return {"artifact": self.artifact}

    def run(self, context: Context) -> None:
        """Raises Failure."""
        raise failure(
            "compiler",
            f"{self.artifact} asks for TinyGo, which this version does not run",
            why="a module made by Go in its place would be another program",
            fix='set compiler = "go", or default = false until TinyGo is supported',
            location=context.locate(self.artifact, "compiler"),
        )
