"""A git repository with a workspace in it: real files, a real history, a real Go module."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# What git needs of a person, and nothing of this machine's configuration.
GIT = {
    "PATH": "/usr/bin:/bin",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{role}_NAME": "Ada" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_EMAIL": "ada@example.com" for role in ("AUTHOR", "COMMITTER")},
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}

FILES: Mapping[str, str] = {
    ".gitignore": "/build/\n*.generated.go\n",
    "README.md": "Two programs.\n",
    "go.mod": "module example.com/w\n\ngo 1.25\n\nrequire example.com/x v1.2.0\n",
    "wasip1.toml": """spec-version = 1

[workspace]
members = ["services/*"]

[defaults]
compress.formats = []

[artifact.app]
package = "./cmd/app"
imports.host.env.name = "() -> i32"
aot.targets = ["pulley64"]
runtime.max-memory = "16MiB"
grants.dirs = [{ host = "data", guest = "/data", reason = "words" }]

[[artifact.app.check]]
name = "greets"
host = "testdata/host.py"
expect = { stdout-file = "testdata/out.txt" }
""",
    "cmd/app/main.go": """package main

import (
	_ "embed"

	"example.com/w/lib/text"
	"example.com/x"
)

//go:embed words.txt
var words string

func main() { println(text.Shout(words), x.Version) }
""",
    "cmd/app/words.txt": "hello\n",
    "cmd/app/main_test.go": "package main\n",
    "lib/text/text.go": "package text\n\nfunc Shout(s string) string { return s }\n",
    "lib/other/other.go": "package other\n\nconst Other = 1\n",
    "data/wörter und mehr.txt": "eins\n",
    "data/plain.txt": "one\n",
    "testdata/out.txt": "hello\n",
    "testdata/host.py": "functions = {}\n",
    "services/tool/wasip1.toml": 'spec-version = 1\n\n[artifact.tool]\npackage = "./cmd"\n',
    "services/tool/cmd/main.go": "package main\n\nfunc main() {}\n",
}


@dataclass(frozen=True)
class GoRepository:
    """A working tree; the workspace is at its top, or in a directory below it."""

    root: Path

    def write(self, name: str, text: str) -> Path:
        """Writes one of its files."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def edit(self, name: str, old: str, new: str) -> None:
        """Replaces text in one of its files; the text must be there."""
        text = (self.root / name).read_text()
        assert old in text, f"{old!r} is not in {name}"
        (self.root / name).write_text(text.replace(old, new))

    def git(self, *arguments: str) -> str:
        """Runs git, which must succeed, and returns what it prints."""
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, env=GIT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, text: str = "Change") -> str:
        """Commits everything, and returns the commit."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", text)
        return self.git("rev-parse", "HEAD")

    def copy(self, place: Path) -> GoRepository:
        """The same in another place."""
        shutil.copytree(self.root, place, symlinks=True)
        return GoRepository(place)


def module_proxy(place: Path, module: str, versions: tuple[str, ...]) -> str:
    """A Go module proxy on disk, and its GOPROXY: each version is a package with a constant."""
    for version in versions:
        directory = place / module / "@v"
        directory.mkdir(parents=True, exist_ok=True)
        mod = f"module {module}\n\ngo 1.25\n"
        (directory / f"{version}.mod").write_text(mod)
        (directory / f"{version}.info").write_text(json.dumps({"Version": version}))
        with zipfile.ZipFile(directory / f"{version}.zip", "w") as archive:
            prefix = f"{module}@{version}"
            archive.writestr(f"{prefix}/go.mod", mod)
            source = f'package x\n\nconst Version = "{version}"\n'
            archive.writestr(f"{prefix}/x.go", source)
    return f"file://{place}"


def make_repository(place: Path, go: Path, environment: Mapping[str, str]) -> GoRepository:
    """The repository of FILES with one commit, its go.sum written by Go."""
    place.mkdir(parents=True)
    repository = GoRepository(place)
    for name, text in FILES.items():
        repository.write(name, text)
    for version in ("v1.3.0", "v1.2.0"):
        subprocess.run(
            [str(go), "get", "-modcacherw", f"example.com/x@{version}"],
            cwd=place,
            env={**environment, "GOFLAGS": "-mod=mod"},
            capture_output=True,
            check=True,
        )
    repository.git("init", "-q", "-b", "main")
    repository.commit("Two programs")
    return repository
