"""What decides a generated package: the module, what is declared of it, how it is called."""

from __future__ import annotations

from wasip1_build.dataclass import dataclass
from wasip1_build.runtime.grants import environment
from wasip1_build.runtime.request import HostFunction
from wasip1_build.spec.model import Artifact, FunctionType


@dataclass(frozen=True)
class Hosted:
    """`functions` are imported beside WASI; `exports` are those of the spec, with their types."""

    artifact: Artifact
    package: str
    digest: str  # of the module, SHA-256
    functions: tuple[HostFunction, ...]
    exports: tuple[tuple[str, FunctionType], ...]

    @property
    def env(self) -> tuple[tuple[str, str], ...]:
        """The variables whose values are declared, GOGC and GOMEMLIMIT among them."""
        policy = self.artifact.runtime
        grants = self.artifact.grants
        return environment(grants, None, policy.gogc, policy.memory_limit_bytes)

    @property
    def facts(self) -> frozenset[str]:
        """What templates ask for."""
        grants, policy = self.artifact.grants, self.artifact.runtime
        known = {
            "dirs": grants.dirs,
            "stdin": grants.stdin,
            "inherits": grants.env_inherit,
            "variables": self.env or grants.env_inherit,
            "host": self.functions,
            "timeout": policy.timeout_s is not None,
            "memory": policy.max_memory_bytes is not None,
        }
        named = {name for name, holds in known.items() if holds}
        return frozenset({self.artifact.kind, policy.lifetime, *named})
