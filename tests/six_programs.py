"""A workspace of six small programs in two Go modules, and what in it reaches each of them.

It is told from the files alone, and by none of the code that is tested.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from project import SCONSTRUCT

Files = Mapping[str, bytes]
Steps = set[tuple[str, str]]  # verb, and the artifact's directory below build/

TOP = """spec-version = 1

[workspace]
members = ["m/*"]

[defaults]
compress.formats = []
compress.brotli-quality = 0

[profile.dev]
define = { "main.profile" = "dev" }

[artifact.one]
package = "./one"
compress.formats = ["gz"]

[artifact.two]
package = "./two"
"""
MEMBER = 'spec-version = 1\n\n[artifact.{name}]\npackage = "{package}"\n'
FOUR = """grants.dirs = [{ host = "data", guest = "/data", mode = "ro", reason = "the name" }]

[[artifact.four.check]]
name = "reads"
expect = { exit = 0, stdout-file = "expected.txt" }
"""


def _main(imports: Iterable[str], body: str, before: str = "") -> str:
    lines = "".join(f"\t{each}\n" for each in imports)
    return f"package main\n\nimport (\n{lines})\n{before}\nfunc main() {{\n{body}}}\n"


LIB, WORDS = '"example.com/w/lib"', '"example.com/kit/words"'
SOURCES = {
    "SConstruct": SCONSTRUCT,
    ".gitignore": "/build/\n",
    "go.work": "go 1.25\n\nuse (\n\t.\n\t./kit\n)\n",
    "go.mod": "module example.com/w\n\ngo 1.25\n",
    "kit/go.mod": "module example.com/kit\n\ngo 1.25\n",
    "kit/words/words.go": 'package words\n\nfunc Word() string {\n\treturn "v0"\n}\n',
    "lib/lib.go": 'package lib\n\nfunc Answer() string {\n\treturn "v0"\n}\n',
    "one/main.go": _main([LIB], '\tprintln("v0", lib.Answer())\n'),
    "two/main.go": _main([LIB], '\tprintln("v0", lib.Answer())\n'),
    "wasip1.toml": TOP,
    "two/default.pgo": "",
    "m/three/main.go": _main(
        ['"embed"'],
        '\ttext, _ := texts.ReadFile("texts/a.txt")\n\tprint("v0", string(text))\n',
        "\n//go:embed texts\nvar texts embed.FS\n",
    ),
    "m/three/texts/a.txt": "three\n",
    "m/three/wasip1.toml": MEMBER.format(name="three", package=".") + 'compress.formats = ["br"]\n',
    "m/four/main.go": _main(
        ['"os"'], '\tdata, _ := os.ReadFile("/data/name.txt")\n\tos.Stdout.Write(data)\n'
    ),
    "m/four/data/name.txt": "v0\n",
    "m/four/expected.txt": "v0\n",
    "m/four/wasip1.toml": MEMBER.format(name="four", package=".") + FOUR,
    "m/five/main.go": _main([WORDS], '\tprintln("v0", words.Word())\n'),
    # Of all steps the dearest, so on one of the programs that few edits reach.
    "m/five/wasip1.toml": MEMBER.format(name="five", package=".")
    + 'aot.targets = ["x86_64-unknown-linux-gnu"]\n',
    "m/six/main.go": _main([WORDS, LIB], '\tprintln("v0", words.Word(), lib.Answer())\n'),
    "m/six/wasip1.toml": MEMBER.format(name="six", package="."),
}

MODULES = {"example.com/w": "", "example.com/kit": "kit/"}
MODULE_FILES = {"go.work", "go.mod", "kit/go.mod"}
_IMPORT = re.compile(r'"(example\.com/\w+)/([\w/]+)"')
_COMMENT = re.compile(r"[ \t]*//(?!go:).*")

AFTER_CHECK = "check measure gate manifest"
AFTER_STRIP = f"strip verify brotli gzip precompile {AFTER_CHECK}"
EVERYTHING = f"compile {AFTER_STRIP} launcher"
# What a key of the spec decides; each other one decides everything.
DECIDED_BY = {
    "compress.formats": "brotli gzip measure gate manifest",
    "compress.brotli-quality": "brotli measure gate manifest",
    "aot.targets": f"precompile launcher {AFTER_CHECK}",
    "grants.args": f"verify launcher {AFTER_CHECK}",
    "grants.dirs": f"verify launcher {AFTER_CHECK}",
    "check": AFTER_CHECK,
    "budget.wasm": "measure gate manifest",
    "runtime.max-memory": f"launcher {AFTER_STRIP}",
}


@dataclass(frozen=True)
class Program:
    """One artifact as the specs declare it. `place` is its directory below build/."""

    word: str  # under which scons builds it
    place: str
    package: str  # directory
    spec: str  # the file in which it is declared
    keys: Mapping[str, Any]


@dataclass(frozen=True)
class State:
    """The sources at one moment."""

    files: Files

    def text(self, name: str) -> str:
        """A file's text; "" where there is none."""
        return self.files.get(name, b"").decode()

    @cached_property
    def programs(self) -> dict[str, Program]:
        """The artifacts by their place."""
        top = tomllib.loads(self.text("wasip1.toml"))
        defaults = _flat(top["defaults"])
        found = {}
        for file in self.files:
            if posixpath.basename(file) == "wasip1.toml":
                directory = posixpath.dirname(file)
                for name, table in tomllib.loads(self.text(file))["artifact"].items():
                    place = posixpath.join(directory, name)
                    package = posixpath.normpath(posixpath.join(directory, table["package"]))
                    word = f"{directory}:{name}" if directory else name
                    found[place] = Program(word, place, package, file, defaults | _flat(table))
        return found

    def broken(self, program: Program) -> bool:
        """Whether it does not compile: such edits call what is not declared."""
        return any("undeclared()" in self.text(name) for name in self.go_files(program))

    def fails(self, program: Program) -> bool:
        """Whether its check does not find what it expects."""
        differs = self.text("m/four/data/name.txt") != self.text("m/four/expected.txt")
        return program.place == "m/four/four" and differs

    def go_files(self, program: Program) -> set[str]:
        """The Go files of its package and of all that this imports."""
        waiting, seen, found = [program.package], set(), set()
        while waiting:
            package = waiting.pop()
            seen.add(package)
            for name in self.files:
                if posixpath.dirname(name) == package and name.endswith(".go"):
                    found.add(name)
                    for module, below in _IMPORT.findall(self.text(name)):
                        if MODULES[module] + below not in seen:
                            waiting.append(MODULES[module] + below)
        return {name for name in found if not name.endswith("_test.go")}

    def reach(self, program: Program) -> set[str]:
        """Every file that decides anything about it."""
        package = program.package
        beside = ("texts/", "data/", "expected.txt", "default.pgo")
        return {
            *(
                name
                for name in self.files
                if name.startswith(tuple(f"{package}/{b}" for b in beside))
            ),
            *(self.go_files(program) | MODULE_FILES | {"wasip1.toml", program.spec}),
        }

    def digest(self, program: Program) -> str:
        """A digest of all that decides its outputs."""
        names = sorted(self.reach(program))
        return hashlib.sha256(repr([(n, self.files.get(n)) for n in names]).encode()).hexdigest()


def implied(before: State, after: State) -> Steps:
    """The steps that may run when the sources of a build that was complete become others."""
    steps = {
        (verb, program.place)
        for program in after.programs.values()
        for verb in _verbs(before, after, program)
    }
    if _listing(before) != _listing(after):
        steps.add(("list", ""))
    return steps


def _verbs(before: State, after: State, program: Program) -> set[str]:
    known = before.programs.get(program.place)
    if known is None:
        return set(EVERYTHING.split())
    keys = {k for k in {*known.keys, *program.keys} if known.keys.get(k) != program.keys.get(k)}
    decided = [DECIDED_BY.get(key, EVERYTHING) for key in keys]
    specs = {"wasip1.toml", program.spec}
    files = (before.reach(known) | after.reach(program)) - specs
    changed = [name for name in files if before.files.get(name) != after.files.get(name)]
    decided += [_decided_by_file(before, after, name) for name in changed]
    return {verb for verbs in decided for verb in verbs.split()}


def _decided_by_file(before: State, after: State, name: str) -> str:
    if "/data/" in name or name.endswith("expected.txt"):
        return AFTER_CHECK
    if name in before.files and name in after.files and name.endswith(".go"):
        one, other = (_COMMENT.sub("", state.text(name)) for state in (before, after))
        if one == other:  # the line tables stay, and Go's build ID is all that changes
            return "compile strip"
    return EVERYTHING


def _listing(state: State) -> object:
    """What `go list` may be asked again for: names of files, heads of Go files, modules, tags."""
    heads = {
        name: _COMMENT.sub("", text.decode()).partition("\nfunc ")[0].split()
        for name, text in state.files.items()
        if name.endswith(".go") and not name.endswith("_test.go")
    }
    names = {name for name in state.files if name.endswith(".go") or "/texts/" in name}
    packages = {(p.package, repr(p.keys.get("tags"))) for p in state.programs.values()}
    return heads, names, packages, [state.files.get(name) for name in sorted(MODULE_FILES)]


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = value
    return found
