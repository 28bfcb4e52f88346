"""What wasip1.toml means once it is read: frozen, typed, merged, every default filled in."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Finding, Location
from wasip1_build.wasm import preview1
from wasip1_build.wasm.types import FuncType

FunctionType = FuncType  # a host function's, in imports.host; its types are i32, i64, f32, f64
Compiler = Literal["go", "tinygo"]
Kind = Literal["command", "reactor"]
Lifetime = Literal["oneshot", "pooled", "resident"]


@dataclass(frozen=True)
class ToolPin:
    """A tool as [toolchain] names it: by what it prints of its version, or by a path."""

    version: str | None = None
    path: str | None = None  # relative to the workspace root, or absolute
    go: str | None = None  # for tinygo: the Go that it uses


@dataclass(frozen=True)
class Toolchain:
    """[toolchain]: None where the installed package's own pin counts."""

    go: ToolPin | None = None
    wasmtime: ToolPin | None = None
    tinygo: ToolPin | None = None


@dataclass(frozen=True)
class TinyGo:
    """[artifact.A.tinygo]: how TinyGo is run. None: as TinyGo itself would for wasip1."""

    opt: str | None = None
    gc: str | None = None
    scheduler: str | None = None
    panic: str | None = None
    stack_size_bytes: int | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProvidedFunctions:
    """Functions that an embedder has in one import module. `source` is where that is written."""

    module: str
    types: Mapping[str, FunctionType]
    source: str


@dataclass(frozen=True)
class RequiredExport:
    """A function that an embedder looks for: a module must export one of `any_of`.

    `type` is None where the embedder takes several, or its source says none.
    """

    any_of: tuple[str, ...]
    type: FunctionType | None
    why: str
    source: str


@dataclass(frozen=True)
class Embedder:
    """A host that is known by name; all of it comes from a file of this package (`embedders`).

    Every `source` is a URL. `digest` is the file's SHA-256: what decides an output is the content,
    whatever the name. `verified` says what the data was compared with; "" is with nothing.
    """

    name: str
    known: bool = True  # False: there is no file of this name, which a rule reports
    digest: str = ""
    title: str = ""
    version: str = ""  # of the host that the data was read of
    kinds: Mapping[Kind, str] = field(default_factory=dict)  # with the source of each
    functions: tuple[ProvidedFunctions, ...] = ()
    lacks: tuple[str, ...] = ()  # functions of preview 1
    lacks_source: str = ""
    exports: tuple[RequiredExport, ...] = ()
    verified: str = ""
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name

    @property
    def modules(self) -> Mapping[str, Mapping[str, FunctionType]]:
        """Its functions by import module and name."""
        found: dict[str, dict[str, FunctionType]] = {}
        for group in self.functions:
            found.setdefault(group.module, {}).update(group.types)
        return found

    def source_of(self, module: str, name: str) -> str:
        """Where it is written that it has a function."""
        groups = (each for each in self.functions if each.module == module)
        return next((each.source for each in groups if name in each.types), "")


@dataclass(frozen=True)
class Imports:
    """What a module may import. Patterns are globs over preview-1 function names."""

    allow: tuple[str, ...] | None = None  # None: all of preview 1 but sock_*
    deny: tuple[str, ...] = ()
    embedder: Embedder | None = None
    host: Mapping[str, Mapping[str, FunctionType]] = field(default_factory=dict)

    @property
    def provided(self) -> Mapping[str, Mapping[str, FunctionType]]:
        """Every function that the host has: the embedder's, and those of imports.host."""
        known = self.embedder.modules if self.embedder else {}
        return {
            module: {**known.get(module, {}), **self.host.get(module, {})}
            for module in {**known, **self.host}
        }

    @property
    def beside_wasi(self) -> Mapping[str, Mapping[str, FunctionType]]:
        """The same without functions of preview 1, which a runtime has of its own."""
        return {
            module: {
                name: type_
                for name, type_ in functions.items()
                if module != preview1.MODULE or name not in preview1.FUNCTIONS
            }
            for module, functions in self.provided.items()
        }


@dataclass(frozen=True)
class DirGrant:
    """A granted directory. `host` is relative to the workspace root, or absolute (`outside`)."""

    host: str
    guest: str
    mode: Literal["ro", "rw"] = "ro"
    reason: str = ""
    outside: bool = False


@dataclass(frozen=True)
class Grants:
    """All that a module may touch; what is not here does not exist for it."""

    dirs: tuple[DirGrant, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    env_inherit: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    stdin: bool = False


@dataclass(frozen=True)
class Growth:
    """How far a size may grow over the ledger's; both must be exceeded to fail."""

    percent: float
    bytes: int


@dataclass(frozen=True)
class Budget:
    """Upper limits, in bytes or calls; None: no budget."""

    wasm: int | None = None
    br: int | None = None
    gz: int | None = None
    cwasm: int | None = None
    memory: int | None = None
    host_calls: int | None = None
    fd_write: int | None = None
    growth: Growth | None = None
    required: bool = False


@dataclass(frozen=True)
class Runtime:
    """How the module lives: memory, GC and time. None: nothing is set."""

    lifetime: Lifetime = "oneshot"
    gogc: str | None = None  # "off" or a decimal number
    memory_limit_bytes: int | None = None  # GOMEMLIMIT
    max_memory_bytes: int | None = None  # a multiple of 64 KiB; goes into the module
    timeout_s: float | None = None


@dataclass(frozen=True)
class Invoke:
    """A call of a reactor's export; integers for i32 and i64, floats for f32 and f64."""

    export: str
    args: tuple[int | float, ...] = ()
    returns: tuple[int | float, ...] | None = None


@dataclass(frozen=True)
class Expect:
    """What a check's run must do; None: not looked at. Paths of files are relative to the root."""

    exit: int | None = 0
    stdout: str | None = None
    stdout_file: str | None = None
    stderr: str | None = None
    stderr_file: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)  # guest path: file with its content
    no_other_files: bool = False
    calls: Mapping[str, int] = field(default_factory=dict)  # "module.function": calls


@dataclass(frozen=True)
class Check:
    """[[artifact.A.check]]: one run of the module with what is expected of it."""

    name: str
    args: tuple[str, ...] | None = None  # None: grants.args
    env: Mapping[str, str] = field(default_factory=dict)  # values for inherited variables
    stdin: str | None = None
    stdin_file: str | None = None
    host: str | None = None  # a Python file with the host's functions
    invoke: Invoke | None = None
    timeout_s: float = 30.0
    expect: Expect = field(default_factory=Expect)


@dataclass(frozen=True)
class GoTest:
    """[artifact.A.test]: the Go tests that `scons test` runs."""

    packages: tuple[str, ...] = ()
    gate: bool | None = None  # None: where TinyGo compiles
    timeout_s: float = 30.0  # for each package


@dataclass(frozen=True)
class BenchCase:
    """One run of the module to be timed."""

    name: str
    args: tuple[str, ...] = ()
    stdin_file: str | None = None


@dataclass(frozen=True)
class Bench:
    """[artifact.A.bench]: what is measured, and on which runtime."""

    go: str | None = None
    runtime: str | None = None
    cases: tuple[BenchCase, ...] = ()


@dataclass(frozen=True)
class Artifact:
    """One declared module. Every path is POSIX and relative to the workspace root."""

    name: str
    directory: str  # of the file that declares it; "." for the top file
    package: str  # a directory relative to `directory` ("./cmd/hello") or an import path
    kind: Kind = "command"
    exports: tuple[str, ...] = ()
    compiler: Compiler = "go"
    default: bool = True
    tags: tuple[str, ...] = ()
    define: Mapping[str, str] = field(default_factory=dict)
    go_flags: tuple[str, ...] = ()
    tinygo: TinyGo = field(default_factory=TinyGo)
    strip_keep: tuple[str, ...] = ()
    trusted: bool = False
    imports: Imports = field(default_factory=Imports)
    compress_formats: tuple[Literal["br", "gz"], ...] = ("br", "gz")
    brotli_quality: int = 11
    aot_targets: tuple[str, ...] = ()  # as written: "host" is not resolved here
    aot_interruptible: bool = False
    grants: Grants = field(default_factory=Grants)
    budget: Budget = field(default_factory=Budget)
    runtime: Runtime = field(default_factory=Runtime)
    checks: tuple[Check, ...] = ()
    test: GoTest = field(default_factory=GoTest)
    bench: Bench = field(default_factory=Bench)
    # Where each key of the merged artifact was written: "budget.wasm", "check.resizes.expect".
    # "" is the artifact's own header. Not part of what decides any output.
    locations: Mapping[str, Location] = field(default_factory=dict, compare=False, repr=False)

    @property
    def id(self) -> str:
        """DIR:NAME, as on the command line."""
        return f"{self.directory}:{self.name}"

    @property
    def is_gated_by_tests(self) -> bool:
        """Whether it passes only where the tests of what it links passed."""
        return self.compiler == "tinygo" if self.test.gate is None else self.test.gate

    def where(self, key: str) -> Location | None:
        """Where a key, or the nearest table around it, is written."""
        while key and key not in self.locations:
            key = key.rpartition(".")[0]
        return self.locations.get(key)


@dataclass(frozen=True)
class Capability:
    """One line of wasip1.grants: what an artifact may do. `artifact` is its NAME.

    `kind` is the key of the spec that grants it, `what` tells it from others of its kind, and `how`
    is the rest; both are as they stand in the line. Where it was written is no part of it.
    """

    artifact: str
    kind: str
    what: str = ""
    how: str = ""
    location: Location | None = field(default=None, compare=False)

    @property
    def text(self) -> str:
        """The line without the artifact."""
        return " ".join(part for part in (self.kind, self.what, self.how) if part)

    @property
    def line(self) -> str:
        """The line."""
        return f"{self.artifact} {self.text}"


def grants_file(spec: str) -> str:
    """Where the accepted capabilities of the artifacts of a wasip1.toml are kept: beside it."""
    return f"{posixpath.splitext(spec)[0]}.grants"


def sizes_file(spec: str) -> str:
    """Where the accepted sizes of the artifacts of a wasip1.toml are kept: beside it."""
    return f"{posixpath.splitext(spec)[0]}.sizes.json"


@dataclass(frozen=True)
class Workspace:
    """All that the top wasip1.toml and its members declare, under one profile."""

    build_dir: str
    profile: str
    toolchain: Toolchain
    artifacts: tuple[Artifact, ...]
    advise: Mapping[str, str]
    files: tuple[str, ...]  # every wasip1.toml that was read
    profiles: tuple[str, ...] = ("release", "dev")
    warnings: tuple[str, ...] = ()  # on what can be meant, and hardly is
    looked_in: tuple[str, ...] = field(default=(), compare=False)  # directories, for members
    # Of all profiles, by the wasip1.toml that declares the artifacts; each in order of its line.
    capabilities: Mapping[str, tuple[Capability, ...]] = field(default_factory=dict, compare=False)
    findings: tuple[Finding, ...] = ()  # how they differ from those that were accepted


# The modules whose classes a pickled workspace consists of.
MODULES = frozenset(
    {__name__, "wasip1_build.findings", "wasip1_build.digests", "wasip1_build.wasm.types"}
)
