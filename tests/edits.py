"""What people and programs do to a workspace of six programs between two builds, at random."""

from __future__ import annotations

import os
import random
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from project import Project
from six_programs import MEMBER

Edit = Callable[[Project, random.Random], str]  # says what it did
YEAR_S = 365 * 24 * 3600


def _go_file(project: Project, at: random.Random) -> str:
    return at.choice([name for name in project.sources() if name.endswith(".go")])


def _programs(project: Project, below: str = "") -> list[str]:
    """The files with the functions that are called, whatever they are called by now."""
    found = (n for n, data in project.sources().items() if re.search(rb"func [mAW]", data))
    return [name for name in found if name.startswith(below)]


def comment(project: Project, at: random.Random) -> str:
    """At the end of a line, where it shifts none."""
    name = _go_file(project, at)
    lines = (project.root / name).read_text().split("\n")
    numbers = [n for n, line in enumerate(lines) if re.search(r'[)({"]( // .*)?$', line)]
    number = at.choice(numbers)
    lines[number] = f"{lines[number].partition(' //')[0]} // {at.randrange(3)}"
    project.write(name, "\n".join(lines))
    return f"a comment at the end of line {number + 1} of {name}"


def shifting_comment(project: Project, at: random.Random) -> str:
    name = _go_file(project, at)
    text = (project.root / name).read_text()
    there = "// Shifts.\n" in text
    new = text.replace("// Shifts.\n", "") if there else text.replace("func ", "// Shifts.\nfunc ")
    project.write(name, new)
    return f"a comment that shifts lines {'out of' if there else 'into'} {name}"


def code(project: Project, at: random.Random) -> str:
    """A value among few, so that many states come back."""
    names = [name for name, data in project.sources().items() if re.search(rb'"v\d"', data)]
    names = [name for name in names if name.endswith(".go")]
    name = at.choice(names)
    text = (project.root / name).read_text()
    project.write(name, re.sub(r'"v\d"', f'"v{at.randrange(3)}"', text, count=1))
    return f"other code in {name}"


def an_import(project: Project, at: random.Random) -> str:
    """A package more in `one`, or one less."""
    words = '\t"example.com/kit/words"\n'
    name = at.choice(_programs(project, "one/"))
    text = (project.root / name).read_text()
    if words in text:
        new = text.replace(words, "").replace(", words.Word())", ")")
    else:
        new = re.sub(r"(import \(.*\n)", rf"\1{words}", text)
        new = re.sub(r"(println\(.*\))\)", r"\1, words.Word())", new)
    project.write(name, new)
    return f"another import in {name}"


def a_file(project: Project, at: random.Random) -> str:
    """A file more in a package, or one less."""
    package = at.choice(["lib", "kit/words", "one", "m/five"])
    kind = at.choice(["init", "unused", "test"])
    path = project.root / package / ("more_test.go" if kind == "test" else f"more_{kind}.go")
    if path.exists():
        path.unlink()
        return f"removed {path.name} of {package}"
    name = {"lib": "lib", "kit/words": "words"}.get(package, "main")
    body = "\nfunc init() {\n\tprint()\n}\n" if kind == "init" else "\nfunc unused() {\n}\n"
    project.write(f"{package}/{path.name}", f"package {name}\n{body}")
    return f"added {path.name} to {package}"


def renamed_file(project: Project, at: random.Random) -> str:
    name = at.choice(_programs(project))
    new = f"{name.rpartition('/')[0]}/{at.choice(['renamed', 'main', 'other'])}.go"
    if not (project.root / new).exists():
        (project.root / name).rename(project.root / new)
    return f"renamed {name} to {new}"


def embedded(project: Project, at: random.Random) -> str:
    name = at.choice(["a", "b"])
    path = project.root / f"m/three/texts/{name}.txt"
    if name == "b" and path.exists():
        path.unlink()
        return "removed an embedded file"
    project.write(f"m/three/texts/{name}.txt", f"text {at.randrange(3)}\n")
    return f"wrote the embedded {name}.txt"


def granted(project: Project, at: random.Random) -> str:
    """Mostly with the output that the check then finds; else the gate fails."""
    value = f"v{at.randrange(3)}\n"
    project.write("m/four/data/name.txt", value)
    if at.random() < 0.7:
        project.write("m/four/expected.txt", value)
    return f"granted data {value!r}"


def profile_of_the_compiler(project: Project, at: random.Random) -> str:
    path = project.root / at.choice(["two", "m/five"]) / "default.pgo"
    if path.exists():
        path.unlink()
    else:
        path.write_bytes(b"")
    return f"{path.relative_to(project.root)} comes or goes"


def module_file(project: Project, at: random.Random) -> str:
    name = at.choice(["go.mod", "kit/go.mod", "go.work"])
    text = (project.root / name).read_text()
    version = "go 1.25 // or later" if at.random() < 0.7 else "go 1.24"
    if name == "go.work":  # must not be older than its modules
        version = at.choice(["go 1.25", "go 1.25 // ours"])
    project.write(name, re.sub(r"go 1\.\d+.*", version, text))
    return f"{version} in {name}"


# A line that comes or goes: its file, what it follows, the line.
SPEC_LINES = (
    ("wasip1.toml", "spec-version = 1\n", "# Ours.\n"),
    ("wasip1.toml", 'package = "./one"\n', 'define = { "main.kind" = "x" }\n'),
    ("wasip1.toml", 'package = "./one"\n', 'budget.wasm = "4MiB"\n'),
    ("wasip1.toml", 'package = "./two"\n', 'tags = ["production"]\n'),
    ("wasip1.toml", 'package = "./two"\n', 'compress.formats = ["gz"]\n'),
    ("m/three/wasip1.toml", 'package = "."\n', "compress.brotli-quality = 1\n"),
    ("m/four/wasip1.toml", 'package = "."\n', 'grants.args = ["x"]\n'),
    ("m/five/wasip1.toml", 'package = "."\n', 'runtime.max-memory = "64MiB"\n'),
    ("m/five/wasip1.toml", 'package = "."\n', 'budget.wasm = "4MiB"\n'),
    ("m/six/wasip1.toml", 'package = "."\n', "# Ours.\n"),
)


def spec(project: Project, at: random.Random) -> str:
    name, after, line = at.choice(SPEC_LINES)
    text = (project.root / name).read_text()
    there = line in text
    project.write(name, text.replace(line, "") if there else text.replace(after, after + line))
    return f"{line.strip()!r} {'out of' if there else 'into'} {name}"


def member(project: Project, at: random.Random) -> str:
    """A member comes, is renamed, or goes."""
    name = at.choice(["seven", "eight", ""])
    if name:
        project.write("m/seven/wasip1.toml", MEMBER.format(name=name, package="../five"))
    else:
        shutil.rmtree(project.root / "m/seven", ignore_errors=True)
    return f"m/seven declares {name or 'nothing'}"


def error(project: Project, at: random.Random) -> str:
    """A compile error comes, or all go."""
    broken = [name for name, data in project.sources().items() if b"undeclared()" in data]
    for name in broken:
        project.edit(name, "\tundeclared()\n", "")
    if broken:
        return f"corrected {broken}"
    name = at.choice(_programs(project))
    text = (project.root / name).read_text()
    project.write(name, re.sub(r"(func \w+\(\).*\{\n)", r"\1\tundeclared()\n", text, count=1))
    return f"a compile error in {name}"


def touch(project: Project, at: random.Random) -> str:
    """Another time, the same content."""
    name = at.choice(sorted(project.sources()))
    seconds = at.choice([0, 3600, 10 * YEAR_S, -3600, -10 * YEAR_S])
    os.utime(project.root / name, (time.time() + seconds,) * 2)
    return f"moved the time of {name} by {seconds} s"


def edit_without_a_trace(project: Project, at: random.Random) -> str:
    """Other code of the same size, and the modification time put back."""
    name = at.choice([n for n, data in project.sources().items() if re.search(rb'"v\d"', data)])
    before = (project.root / name).stat()
    text = (project.root / name).read_text()
    project.write(name, re.sub(r'"v\d"', f'"v{at.randrange(3)}"', text, count=1))
    os.utime(project.root / name, ns=(before.st_atime_ns, before.st_mtime_ns))
    return f"other code of the same size and time in {name}"


# The edits of sources, by how often each is made.
OF_SOURCES: dict[Edit, int] = {
    comment: 4,
    shifting_comment: 1,
    code: 3,
    an_import: 1,
    a_file: 3,
    renamed_file: 2,
    embedded: 2,
    granted: 3,
    profile_of_the_compiler: 1,
    module_file: 1,
    spec: 4,
    member: 1,
    error: 2,
    touch: 3,
    edit_without_a_trace: 2,
}


def of_sources(project: Project, at: random.Random) -> str:
    """One of them."""
    return at.choices(list(OF_SOURCES), weights=OF_SOURCES.values())[0](project, at)


def damage(project: Project, at: random.Random, output: Path) -> str:
    """What is done to an output behind the build's back."""
    kind = at.choice(["deleted", "cut", "tampered with"])
    if kind == "deleted":
        output.unlink()
    elif kind == "cut":
        os.truncate(output, output.stat().st_size // 2)
    else:
        before, data = output.stat(), bytearray(output.read_bytes())
        data[len(data) // 2] ^= 1
        output.write_bytes(data)
        os.utime(output, ns=(before.st_atime_ns, before.st_mtime_ns))
    return f"{kind}: {output.relative_to(project.root)}"
