"""What a document tells its reader to do: its files and its commands, found and followed."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

# A file is its name in backquotes, a colon, and a block; "add to" before it appends the block.
FILE = re.compile(
    r"(?P<adds>[Aa]dd to )?`(?P<name>[^`\n]+)`:\n\n```\w*\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
# What a reader has anyway, such as a history in git: a comment in the source of the document.
HIDDEN = re.compile(r"^<!-- \$ (?P<line>.*) -->$", re.MULTILINE)
WORKFLOW_STEP = re.compile(r"^\s*- run: (?P<line>.*)$", re.MULTILINE)


@dataclass(frozen=True)
class WriteFile:
    name: str
    content: str
    adds: bool = False


@dataclass(frozen=True)
class Command:
    line: str
    output: tuple[str, ...]  # "..." stands for any lines, or for anything within a line

    @property
    def fails(self) -> bool:
        """Whether what is shown is an error: then the command must end with one."""
        return any(re.search(r"(^|: )error: ", line) for line in self.output)


Step = WriteFile | Command


def sections_of(text: str) -> dict[str, str]:
    """The parts of a document by their headings of the second level; "" is what stands before."""
    parts = re.split(r"^## (.*)\n", text, flags=re.MULTILINE)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def steps_of(text: str) -> list[Step]:
    """The files and commands of a text, in its order."""
    found: list[tuple[int, Step]] = [
        (match.start(), WriteFile(match["name"], match["text"], bool(match["adds"])))
        for match in FILE.finditer(text)
    ]
    found += [(match.start(), Command(match["line"], ("...",))) for match in HIDDEN.finditer(text)]
    for block in BLOCK.finditer(text):
        if block["language"] == "console":
            found += [(block.start(), command) for command in _commands(block["text"])]
        else:
            steps = WORKFLOW_STEP.finditer(block["text"])
            found += [(block.start(), Command(step["line"], ("...",))) for step in steps]
    return [step for _, step in sorted(found, key=lambda each: each[0])]


def unmarked_commands(text: str) -> list[str]:
    """Lines that look like commands where `steps_of` does not look for any."""
    others = [block for block in BLOCK.finditer(text) if block["language"] != "console"]
    prompts = [line for block in others for line in block["text"].splitlines() if line[:2] == "$ "]
    shells = [block["text"] for block in others if block["language"] in ("sh", "bash", "shell")]
    return prompts + shells


def follow(steps: Iterable[Step], directory: Path, environment: Mapping[str, str]) -> None:
    """Writes the files and runs the commands, each of which must do and print what is shown."""
    for step in steps:
        if isinstance(step, WriteFile):
            path = directory / step.name
            path.parent.mkdir(parents=True, exist_ok=True)
            before = path.read_text() if step.adds else ""
            path.write_text(before + step.content)
        elif step.line.startswith("cd "):
            directory = directory / step.line.removeprefix("cd ")
        else:
            _run(step, directory, environment)


def differs(shown: tuple[str, ...], printed: list[str]) -> str:
    """The first shown line that was not printed in its place; empty when all were."""
    at, anywhere = 0, False
    for line in shown:
        if line == "...":
            anywhere = True
            continue
        pattern = re.compile(".*".join(map(re.escape, line.split("..."))))
        places = range(at, len(printed)) if anywhere else range(at, min(at + 1, len(printed)))
        place = next((i for i in places if pattern.fullmatch(printed[i])), None)
        if place is None:
            return line
        at, anywhere = place + 1, False
    return "" if anywhere or at == len(printed) else "(the end)"


def _commands(block: str) -> Iterator[Command]:
    for prompt in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        line, *output = prompt.splitlines()
        yield Command(line, tuple(output))


def _run(command: Command, directory: Path, environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        command.line,
        shell=True,
        cwd=directory,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    told = f"$ {command.line}\n{done.stdout}\n"
    missing = differs(command.output, done.stdout.splitlines())
    assert not missing, f"{told}not as shown: {missing}"
    assert (done.returncode != 0) == command.fails, f"{told}exit {done.returncode}"
