"""The unit of work: what it reads and makes, what decides its result, and how it is run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import field, replace
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

from wasip1_build.dataclass import dataclass
from wasip1_build.digests import Digests
from wasip1_build.findings import Failure, Location
from wasip1_build.toolchain.tools import Tools

Key = Any  # a JSON value
T = TypeVar("T")


@dataclass(frozen=True)
class Context:
    """What a step may use while it runs: places, tools and digests, nothing global.

    `root` is the workspace's directory; every path in a step is relative to it or absolute.
    """

    root: Path
    build_dir: str
    tools: Tools
    digests: Digests
    environment: dict[str, str] = field(default_factory=dict)  # rule 2's short list for children
    cpus: int = 1
    locate: Callable[[str, str], Location | None] = lambda _artifact, _key: None
    # The absolute paths of files that other builders make from an output and what follows from it.
    made_from: Callable[[str], Collection[str]] = lambda _output: frozenset()
    # The other steps of this build, for one that is cheaper done together with them.
    peers: Callable[[], Iterable[Step]] = tuple
    # More directories in which builds write, so that nothing there is anybody's source.
    hidden: tuple[str, ...] = ()
    cache: Path | None = None  # the tool cache: what is dear to make and the same in every tree
    stage: Path | None = None  # set while a step runs
    worked_out: dict[object, Any] = field(default_factory=dict)  # for `once`
    paths: dict[str, Path] = field(default_factory=dict)  # for `path`: a join costs 20 us

    def path(self, name: str) -> Path:
        """A step's path on this machine."""
        known = self.paths.get(name)
        return known or self.paths.setdefault(name, self.root / name)

    def out(self, output: str) -> Path:
        """Where the running step writes one of its outputs, before it is renamed into place."""
        assert self.stage is not None, "only a running step has outputs"
        path = self.stage / "out" / output
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def scratch(self) -> Path:
        """A directory of the running step's own, removed when it ends."""
        assert self.stage is not None, "only a running step has a scratch directory"
        path = self.stage / "scratch"
        path.mkdir(parents=True, exist_ok=True)
        return path

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` returned for this key, the first time in this process that it was asked."""
        if key not in self.worked_out:
            self.worked_out.setdefault(key, make())  # of two threads, both get the first
        value: T = self.worked_out[key]
        return value

    def state(self, name: str) -> Path:
        """A path below BUILD-DIR/.wasip1, where all state is."""
        return self.root / self.build_dir / ".wasip1" / name

    def staged(self, stage: Path) -> Context:
        """This context, for one running step."""
        return replace(self, stage=stage)


class Step(Protocol):
    """A frozen dataclass whose fields are everything that decides its output.

    `inputs` and `outputs` are paths. `key` adds what the fields cannot hold: the identity of the
    tools that it runs. A missing tool keys as missing; only `run` fails. `version` is raised when
    the same inputs give other outputs than before.
    """

    name: ClassVar[str]  # the verb shown while it runs
    version: ClassVar[int]

    @property
    def inputs(self) -> tuple[str, ...]:
        """The files that it reads."""
        ...

    @property
    def outputs(self) -> tuple[str, ...]:
        """The files that it makes, all of them, each time."""
        ...

    def key(self, context: Context) -> Key:
        """What decides the outputs beside the content of the inputs, as JSON."""
        ...

    def run(self, context: Context) -> None:
        """Writes every output to `context.out(...)`. Raises Failure, and then nothing is kept."""
        ...


__all__ = ["Context", "Failure", "Key", "Step"]
