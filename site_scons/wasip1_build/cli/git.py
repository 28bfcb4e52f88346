"""What does a git repository say of a revision and of the files that are on disk now?"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from wasip1_build import process
from wasip1_build.dataclass import dataclass
from wasip1_build.findings import failure

RULE = "git"
# Of git's own variables, those that say how to reach and configure a repository. The others
# (GIT_DIR and GIT_INDEX_FILE, which hooks of git set) would put another one in the place of the
# one around the workspace.
KEPT = ("GIT_ASKPASS", "GIT_CEILING_DIRECTORIES", "GIT_CONFIG", "GIT_EXEC_PATH", "GIT_SSH")
# What the configuration of a repository must not do while it is only read: run a monitor or a
# hook, or leave changes out.
SETTINGS = ("core.fsmonitor=false", "core.hooksPath=/dev/null", "diff.autoRefreshIndex=true")
LINK, SUBMODULE = "120000", "160000"
BLOBS_AT_ONCE = 2000  # each a few KiB: sources
_NO_OBJECT = "0" * 40


class Entry(NamedTuple):
    """One path of a revision's tree: git's mode ("100644") and the name of its object."""

    mode: str
    object: str


class Step(NamedTuple):
    """One commit that changed a file: the objects of it in each parent (one where it has none) and
    in the commit, "" where it is not there. `is_first` says that no parent is known."""

    commit: str
    date: str  # ISO 8601
    subject: str
    before: tuple[str, ...]
    after: str
    is_first: bool


@dataclass(frozen=True)
class Changes:
    """Paths from the top of the repository that are not on disk as a revision has them.

    `content` are those with other bytes, or with none on one side; `mode` those of which only
    the x bit differs; `unknown` directories with a history of their own, of which something may
    differ: submodules that moved, repositories inside of this one.
    """

    content: frozenset[str]
    mode: frozenset[str]
    unknown: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.content or self.mode or self.unknown)


@dataclass(frozen=True)
class Repository:
    """A git repository with a working tree, which is only read. `top` has no links in it."""

    program: str
    top: Path

    def commit(self, revision: str) -> str:
        """The commit that a revision names; "REV..." is where REV and HEAD have parted, as in
        `git diff`. Raises Failure."""
        if revision.endswith("..."):
            return self._merge_base(revision.removesuffix("..."))
        if not revision or revision.startswith("-") or "\0" in revision:
            raise failure(
                RULE,
                f'"{revision}" is no revision',
                why="a revision is a commit, a branch or a tag, as `git rev-parse` takes it",
                fix="write the branch that you compare with: BASE=origin/main",
            )
        asked = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"]
        result = self._git(asked)
        if result.returncode:
            raise failure(
                RULE,
                f'git knows no commit "{revision}"',
                why=self._shallow or "no commit, branch or tag has this name",
                fix=f"fetch it: git fetch origin {revision}"
                if self._shallow
                else "fetch it, or correct the name: `git branch -a` and `git tag` list them",
            )
        return result.stdout.decode().strip()

    def tree(self, commit: str) -> Mapping[str, Entry]:
        """Every path of a commit, directories left out. Raises Failure."""
        listed = self.output(["ls-tree", "-r", "-z", "--full-tree", commit])
        found = {}
        for line in _split(listed):
            about, _, name = line.partition("\t")
            mode, _, object_ = about.split(" ")
            _require_plain(name)
            found[name] = Entry(mode, object_)
        return found

    def contents(self, objects: Sequence[str]) -> Iterator[bytes]:
        """The bytes of files as they are stored: no filter is run on them. Raises Failure."""
        for start in range(0, len(objects), BLOBS_AT_ONCE):
            asked = objects[start : start + BLOBS_AT_ONCE]
            answer = self.output(["cat-file", "--batch"], "".join(f"{o}\n" for o in asked))
            at = 0
            for name in asked:
                end = answer.index(b"\n", at)
                words = answer[at:end].split()
                if len(words) != 3:
                    raise failure(
                        RULE,
                        f"the object {name} is not in this repository",
                        fix="fetch it, or clone again: the repository is not whole",
                    )
                size_bytes = int(words[2])
                yield answer[end + 1 : end + 1 + size_bytes]
                at = end + 1 + size_bytes + 1

    def changes(self, commit: str, tree: Mapping[str, Entry]) -> Changes:
        """What differs between a commit and the files on disk; untracked files count, ignored
        ones do not. Raises Failure."""
        content, mode, unknown = set(), set(), set()
        hidden = self._hidden()
        left_out = self.left_out()
        for name in {*self._tracked(commit), *self._untracked(), *hidden}:
            entry = tree.get(name.rstrip("/"))
            path = self.top / name
            if name.endswith("/") or (entry and entry.mode == SUBMODULE) or _is_directory(path):
                unknown.add(name.rstrip("/"))
            elif name in left_out:
                continue
            elif entry is None or not _same_content(path, entry):
                content.add(name)
            elif not _same_mode(path, entry):
                mode.add(name)
        return Changes(frozenset(content), frozenset(mode), frozenset(unknown))

    def left_out(self) -> frozenset[str]:
        """The tracked paths that a sparse checkout has not put on disk. Raises Failure."""
        return frozenset(
            name
            for name, letter in self._hidden().items()
            if letter in "Ss" and not os.path.lexists(self.top / name)
        )

    def history(self, name: str) -> Iterator[Step]:
        """The commits that changed a file, by its path from the top, the latest first, each after
        what follows from it; also under names that it had before. Raises Failure.

        A merge is one of them only where the file is not as in any of its parents.
        """
        fields = "%x00".join(["", "%H", "%P", "%cI", "%s", ""])
        options = ("--topo-order", "--follow", "-M", "-c", "--raw", "--no-abbrev", "--no-ext-diff")
        asked = ["log", *options, "--no-show-signature", f"--format={fields}", "--", name]
        words = self.output(asked).split(b"\0")[1:]
        for at in range(0, len(words) - 4, 5):
            commit, parents, date, subject, changed = words[at : at + 5]
            raw = next((line for line in changed.split(b"\n") if line.startswith(b":")), None)
            if raw is None:
                continue
            # ":OLD-MODE MODE OLD NEW STATUS<tab>PATH", with a colon and an old for each parent.
            many = len(raw) - len(raw.lstrip(b":"))
            objects = raw.split(b"\t")[0].split(b" ")[many + 1 : 2 * many + 2]
            yield Step(
                commit.decode(),
                date.decode(),
                subject.decode(errors="replace"),
                tuple(map(_object, objects[:-1])),
                _object(objects[-1]),
                is_first=not parents,
            )

    def object_of(self, commit: str, name: str) -> str:
        """The object of a file in a commit, by its path from the top; "" where there is none."""
        listed = self.output(["ls-tree", "-z", "--full-tree", commit, "--", name])
        return listed.split(b"\t")[0].split(b" ")[-1].decode() if listed else ""

    @property
    def is_shallow(self) -> bool:
        """Whether it has only a part of the history."""
        return bool(self._shallow)

    @property
    def has_commits(self) -> bool:
        """Whether anything was committed."""
        return self._git(["rev-parse", "--verify", "--quiet", "HEAD"]).returncode == 0

    def output(self, arguments: Sequence[str], stdin: str = "", index: Path | None = None) -> bytes:
        """What git prints. Raises Failure with what it says where it fails."""
        result = self._git(arguments, stdin, index)
        if result.returncode:
            raise failure(
                RULE, f"`git {arguments[0]}` failed", details=result.stderr.decode(errors="replace")
            )
        return result.stdout

    def _tracked(self, commit: str) -> Iterator[str]:
        """The paths that git finds different, tracked now or then."""
        options = ("--no-ext-diff", "--no-textconv", "--no-relative", "--ignore-submodules=none")
        asked = ["diff", "--name-only", "-z", "--no-renames", *options, commit, "--"]
        index = self.output(["rev-parse", "--path-format=absolute", "--git-path", "index"])
        with tempfile.TemporaryDirectory(prefix="wasip1-index-") as directory:
            # `git diff` writes what it learned of times into the index, whatever
            # GIT_OPTIONAL_LOCKS says (seen with git 2.39): it gets one of its own. With its
            # time, for git reads again whatever is not older than its index.
            own = Path(directory) / "index"
            with suppress(FileNotFoundError):
                shutil.copy2(os.fsdecode(index.removesuffix(b"\n")), own)
            yield from _split(self.output(asked, index=own))

    def _untracked(self) -> Iterator[str]:
        """Untracked files, and with a "/" at its end each repository inside of this one."""
        return _split(self.output(["ls-files", "-z", "--others", "--exclude-standard"]))

    def _hidden(self) -> dict[str, str]:
        """The tracked paths that git was told not to look at, with the letter that says why."""
        lines = (line.split(" ", 1) for line in _split(self.output(["ls-files", "-z", "-v"])))
        return {name: letter for letter, name in lines if letter == "S" or letter.islower()}

    def _merge_base(self, revision: str) -> str:
        commit = self.commit(revision)
        result = self._git(["merge-base", commit, "HEAD"])
        if result.returncode:
            raise failure(
                RULE,
                f"{revision} and HEAD have no commit in common here",
                why=self._shallow or "their histories are not related",
                fix="fetch the history: git fetch --unshallow (actions/checkout: fetch-depth: 0)"
                if self._shallow
                else f"compare with the revision itself: BASE={revision}",
            )
        return result.stdout.decode().split()[0]

    @cached_property
    def _shallow(self) -> str:
        answer = self._git(["rev-parse", "--is-shallow-repository"]).stdout
        return "this is a shallow clone: it has only a part of the history" * (
            answer.strip() == b"true"
        )

    def _git(
        self, arguments: Sequence[str], stdin: str = "", index: Path | None = None
    ) -> process.Result:
        return _run(self.program, self.top, arguments, stdin, index)


def find_repository(
    directory: Path, why: str = "the files on disk are compared with a revision"
) -> Repository:
    """The repository whose working tree a directory is in; `why` says what it is needed for. Raises
    Failure."""
    program = shutil.which("git")
    if program is None:
        raise failure(
            RULE,
            "git is not on PATH",
            why="what a revision holds is asked of git",
            fix="install git",
        )
    result = _run(program, directory, ["rev-parse", "--show-toplevel"])
    if result.returncode or not result.stdout.strip():
        said = result.stderr.decode(errors="replace")
        raise failure(
            RULE,
            f"{directory} is in no working tree of a git repository",
            why=why,
            fix="run it in a clone",
            details="" if "not a git repository" in said else said,
        )
    return Repository(program, Path(os.fsdecode(result.stdout.removesuffix(b"\n"))).resolve())


def _run(
    program: str,
    directory: Path,
    arguments: Sequence[str],
    stdin: str = "",
    index: Path | None = None,
) -> process.Result:
    settings = [word for setting in SETTINGS for word in ("-c", setting)]
    argv = [program, "--no-pager", "--literal-pathspecs", *settings, *arguments]
    environment = _environment() | ({"GIT_INDEX_FILE": str(index)} if index else {})
    try:
        return process.run(argv, env=environment, cwd=directory, stdin=stdin.encode())
    except OSError as error:
        raise failure(RULE, f"git cannot be started: {error.strerror or error}") from None


def _environment() -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name.startswith(KEPT)
    }
    # GIT_OPTIONAL_LOCKS=0: git would write what it learned into the index.
    return kept | {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


def _split(output: bytes) -> Iterator[str]:
    return (os.fsdecode(name) for name in output.split(b"\0") if name)


def _object(name: bytes) -> str:
    return "" if not name.strip(b"0") else name.decode()


def _require_plain(name: str) -> None:
    """Raises Failure for a path that leads out of the tree: git makes none, a forger can."""
    parts = name.split("/")
    if any(part in ("", ".", "..") or part.lower() == ".git" for part in parts):
        raise failure(RULE, f"the tree of the revision holds a path that is none: {name!r}")


def _is_directory(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _same_content(path: Path, entry: Entry) -> bool:
    """Whether the bytes on disk are those that are stored.

    git has told the path because its mode differs, because it is no longer tracked, or because
    its bytes do; those that a filter changes on their way to disk count as git says.
    """
    try:
        link = path.is_symlink()
        data = os.fsencode(os.readlink(path)) if link else path.read_bytes()
    except OSError:
        return False
    if link != (entry.mode == LINK):
        return False
    algorithm = hashlib.sha1 if len(entry.object) == len(_NO_OBJECT) else hashlib.sha256
    return algorithm(b"blob %d\0" % len(data) + data).hexdigest() == entry.object


def _same_mode(path: Path, entry: Entry) -> bool:
    executable = bool(path.lstat().st_mode & stat.S_IXUSR)
    return entry.mode == LINK or executable == (entry.mode == "100755")
