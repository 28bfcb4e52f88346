"""A workspace in a directory of its own, built by a real scons in a process of its own."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

SITE_SCONS = Path(__file__).parents[1] / "site_scons"
SCONSTRUCT = 'from wasip1_build.scons import whole_build\n\nwhole_build("wasip1.toml")\n'
STEP = re.compile(
    r"^(list|compile|strip|verify|brotli|gzip|precompile|check|measure|gate|manifest"
    r"|launcher|test|judge|report|audit|advise)\s+(\S+)$",
    re.MULTILINE,
)
# What Python prints of a crash, and what SCons makes of one in an SConstruct.
_TRACEBACK = re.compile(r"^Traceback \(most recent|^\s+File \".*\", line \d+", re.MULTILINE)


@dataclass(frozen=True)
class Build:
    """One run of scons. `output` is stdout and stderr as they came."""

    status: int
    output: str

    @property
    def steps(self) -> tuple[tuple[str, str], ...]:
        """What ran, in order: verb and path."""
        return tuple(STEP.findall(self.output))

    @property
    def verbs(self) -> list[str]:
        """The verbs alone, sorted: what ran, whatever the order."""
        return sorted(verb for verb, _ in self.steps)


@dataclass(frozen=True)
class Project:
    """A workspace on disk."""

    root: Path
    cache: Path  # shared by all tests: the caches of Go and of tools

    def write(self, name: str, text: str | bytes) -> Path:
        """Writes one of its files."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def edit(self, name: str, old: str, new: str) -> None:
        """Replaces text in one of its files; the text must be there."""
        path = self.root / name
        text = path.read_text()
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new))

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of a machine that has Python and nothing else."""
        kept = (
            *("GOPROXY", "GOSUMDB", "GONOSUMDB", "GONOPROXY", "GOPRIVATE"),
            *("SSL_CERT_DIR", "SSL_CERT_FILE", "HTTPS_PROXY", "https_proxy", "NO_PROXY"),
        )
        return {
            **{name: os.environ[name] for name in kept if name in os.environ},
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.cache / "home"),
            "GOCACHE": str(self.cache / "go"),
            "GOMODCACHE": str(self.cache / "modules"),
            "WASIP1_CACHE_DIR": str(self.cache / "tools"),
            "PYTHONPATH": str(SITE_SCONS),
            "PYTHONDONTWRITEBYTECODE": "1",
            **(extra or {}),
        }

    def scons(
        self,
        *words: str,
        env: Mapping[str, str] | None = None,
        directory: str = ".",
        file_bytes: int | None = None,
        umask: int = -1,
    ) -> Build:
        """Runs scons in the workspace, or in a directory of it.

        No file can become larger than `file_bytes` (RLIMIT_FSIZE): what a full disk does, for one
        process and those that it starts.
        """
        argv = [sys.executable, "-m", "SCons", *words]
        limit = partial(_limit, file_bytes) if file_bytes else None
        return self._run(argv, env, self.root / directory, umask=umask, preexec_fn=limit)

    def wasip1(self, *words: str, env: Mapping[str, str] | None = None) -> Build:
        """Runs the `wasip1` command at the top of the workspace."""
        argv = [str(Path(sys.executable).with_name("wasip1")), *words]
        return self._run(argv, env, self.root)

    def _run(self, argv: list[str], env: Mapping[str, str] | None, cwd: Path, **how: Any) -> Build:
        done = subprocess.run(
            argv,
            cwd=cwd,
            env=self.environment(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=600,
            **how,
        )
        assert not _TRACEBACK.search(done.stdout), done.stdout
        return Build(done.returncode, done.stdout)

    def build(self, *words: str, env: Mapping[str, str] | None = None) -> Build:
        """Runs scons, which must succeed."""
        build = self.scons(*words, env=env)
        assert build.status == 0, build.output
        return build

    def scons_meanwhile(self, line: re.Pattern[str], act: Callable[[], object]) -> Build:
        """Runs scons and acts as soon as it prints a line that matches; at the end if it never
        does. The moment is a line of output and not a time, so that it is one on any machine."""
        process = self.started("-Q")
        said, done = [], False
        assert process.stdout is not None
        with process.stdout:
            for each in process.stdout:
                said.append(each)
                if not done and line.match(each):
                    act()
                    done = True
        status = process.wait()
        if not done:
            act()
        assert not _TRACEBACK.search("".join(said)), "".join(said)
        return Build(status, "".join(said))

    def started(self, *words: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """A scons in a session of its own; its stdout and stderr come as one text, by lines."""
        return subprocess.Popen(
            [sys.executable, "-u", "-m", "SCons", *words],
            cwd=self.root,
            env=self.environment(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )

    def outputs(self, below: str = "build") -> dict[str, bytes]:
        """Every output with its bytes; state and reports left out."""
        root = self.root / below
        return {
            str(path.relative_to(root)): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file() and not {".wasip1", "report"} & set(path.relative_to(root).parts)
        }

    def sources(self) -> dict[str, bytes]:
        """Every file that is not below build/ or .git/, with its bytes; SCons's state is none.

        Those two are not even looked into: a build may be running.
        """
        found: dict[str, bytes] = {}
        for where, directories, names in os.walk(self.root):
            below = Path(where).relative_to(self.root)
            if where == str(self.root):
                directories[:] = [name for name in directories if name not in ("build", ".git")]
            for name in names:
                if name != ".sconsign.dblite":
                    found[(below / name).as_posix()] = Path(where, name).read_bytes()
        return dict(sorted(found.items()))

    def put_back(self, before: Mapping[str, bytes]) -> None:
        """Makes the sources again what `sources` once returned; equal files stay untouched."""
        now = self.sources()
        for name in now.keys() - before.keys():
            (self.root / name).unlink()
        for name, data in before.items():
            if now.get(name) != data:
                self.write(name, data)

    def files(self) -> dict[str, bytes]:
        """Every file of the workspace with its bytes."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
        }

    def wasmtime(self) -> Path:
        """The program in the tool cache, where an earlier build has put it."""
        return next(path for path in self.cache.glob("tools/**/wasmtime") if path.is_file())

    def leftovers(self) -> list[str]:
        """What a build must not leave: files of unfinished steps, and temporary names."""
        build = self.root / "build"
        unfinished = (build / ".wasip1/tmp").rglob("*")
        temporary = (path for path in build.rglob(".*") if path != build / ".wasip1")
        return sorted(str(path.relative_to(build)) for path in {*unfinished, *temporary})


@contextmanager
def restored(project: Project) -> Iterator[Project]:
    """A workspace that is up to date, to be broken: what was done to its sources is undone, and
    then the next build must give the bytes that it had, and leave nothing unfinished behind."""
    sources, outputs = project.sources(), project.outputs()
    yield project
    project.put_back(sources)
    project.build("-Q")
    now = project.outputs()
    other = sorted(name for name in {*now, *outputs} if now.get(name) != outputs.get(name))
    assert not other, f"{other} are not as a clean build made them"
    assert project.leftovers() == []


def _limit(file_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
