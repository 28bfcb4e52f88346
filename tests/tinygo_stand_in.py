"""A program that plays TinyGo's part where there is none: Go compiles, under TinyGo's manners.

Its versions, flags, messages and exit codes are those of TinyGo 0.42.0, as far as a build meets
them; its version says that it is a stand-in. What it makes is Go's, so no figure of it means
anything. It runs without this package, as a script.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

VERSION = "0.42.0-stand-in"
OLDEST, NEWEST = 25, 27  # minor versions of Go; a file GO beside the program says others
TAGS = ("tinygo.wasm", "tinygo", "purego", "osusergo", "math_big_pure_go")
VALUES = {
    *("opt", "gc", "scheduler", "panic", "stack-size", "tags", "ldflags", "buildmode", "o", "p"),
    *("target", "run", "count", "timeout"),
}
SWITCHES = {"no-debug", "json", "c", "v", "short", "deps", "test"}
USAGE = "Usage of tinygo:\n  -baudrate int\n    \tbaudrate of serial monitor (default 115200)"


def install(directory: Path) -> Path:
    """Writes the program, with a tree like TinyGo's around it, and returns its path."""
    program = directory / "bin" / "tinygo"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f"#!{sys.executable}\n{Path(__file__).read_text()}")
    program.chmod(0o755)
    optimizer = program.with_name("wasm-opt")
    optimizer.write_text("#!/bin/sh\necho wasm-opt version 108\n")
    optimizer.chmod(0o755)
    return program


def main(words: list[str]) -> int:
    command, rest = (words[0] if words else "help"), words[1:]
    if not (os.environ.get("XDG_CACHE_HOME") or os.environ.get("HOME")):
        return say("panic: could not find cache dir: neither $XDG_CACHE_HOME nor $HOME", 2)
    if command == "version":
        using = f"using go version {go_version() or '<unknown>'} and LLVM version none"
        print(f"tinygo version {VERSION} linux/amd64 ({using})")
        return 0
    if command == "env":
        print(root())
        return 0
    if command == "wasm-ld":
        return 0
    try:
        flags, packages = parse(rest)
        require_go()
        return {"info": info, "build": build, "test": test}[command](flags, packages)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else say(str(stop.code), 1)


def parse(words: list[str]) -> tuple[dict[str, str], list[str]]:
    """As Go's flag package does."""
    flags: dict[str, str] = {}
    waiting = list(words)
    while waiting and waiting[0].startswith("-"):
        name, _, value = waiting.pop(0).lstrip("-").partition("=")
        if name in VALUES:
            flags[name] = value or waiting.pop(0)
        elif name in SWITCHES:
            flags[name] = "true"
        else:
            say(f"flag provided but not defined: -{name}\n{USAGE}", 0)
            raise SystemExit(2)
    if flags.get("opt", "z") not in ("none", "0", "1", "2", "s", "z"):
        raise SystemExit(f"invalid -opt={flags['opt']}: valid values are none, 0, 1, 2, s, z")
    return flags, waiting


def info(flags: dict[str, str], _packages: list[str]) -> int:
    tags = [
        *TAGS,
        f"gc.{flags.get('gc', 'precise')}",
        f"scheduler.{flags.get('scheduler', 'asyncify')}",
        *flags.get("tags", "").replace(",", " ").split(),
    ]
    tree = cache() / "goroot-stand-in"
    tree.parent.mkdir(parents=True, exist_ok=True)
    if not tree.is_symlink():
        tree.symlink_to(os.environ["GOROOT"])
    told = {"goroot": str(tree), "goos": "wasip1", "goarch": "wasm", "build_tags": tags}
    print(json.dumps(told, indent=2))
    return 0


def build(flags: dict[str, str], packages: list[str]) -> int:
    require_optimizer()
    if flags.get("gc") == "none":
        return say("wasm-ld: error: main.lto..o: undefined symbol: runtime.alloc", 1)
    if flags.get("scheduler") == "none" and "time" in dependencies(packages):
        place = f"{os.environ['GOROOT']}/src/time/sleep.go:182:2"
        return say(f"{place}: attempted to start a goroutine without a scheduler", 1)
    return go("build", flags, packages)


def test(flags: dict[str, str], packages: list[str]) -> int:
    require_optimizer()
    for word in shlex.split(flags.get("ldflags", "")):
        name = word.removeprefix("-X=").partition("=")[0]
        if name.startswith("main."):  # which is the tests' own program
            return say(f"global not found: {name}", 1)
    return go("test", flags, packages)


def go(command: str, flags: dict[str, str], packages: list[str]) -> int:
    tags = ["tinygo", *flags.get("tags", "").replace(",", " ").split()]
    short = ["-trimpath"] if "no-debug" in flags else []
    # (Go refuses a value that begins with a quote.)
    linker = " ".join(["-s -w" if short else "-X=main.none=", flags.get("ldflags", "")])
    words = [
        *(["go", command, "-buildvcs=false"]),
        *(["-c"] if command == "test" else []),
        *([f"-buildmode={flags['buildmode']}"] if "buildmode" in flags else []),
        *(f"-ldflags={linker}", *short, f"-tags={','.join(tags)}"),
        *("-o", flags["o"], *packages),
    ]
    environment = {**os.environ, "GOOS": "wasip1", "GOARCH": "wasm", "CGO_ENABLED": "0"}
    return subprocess.run(words, env=environment, check=False).returncode


def dependencies(packages: list[str]) -> set[str]:
    listed = ["go", "list", "-deps", "-tags=tinygo", "--", *packages]
    done = subprocess.run(listed, stdout=subprocess.PIPE, text=True, check=False)
    return set(done.stdout.split())


def require_go() -> None:
    version = go_version()
    if version is None:
        raise SystemExit("could not find 'go' command: executable file not found in $PATH")
    supported = root() / "GO"
    ends = supported.read_text().split() if supported.is_file() else (OLDEST, NEWEST)
    oldest, newest = map(int, ends)
    if not oldest <= int(version.split(".")[1]) <= newest:
        raise SystemExit(f"requires go version 1.{oldest} through 1.{newest}, got {version}")


def require_optimizer() -> None:
    given = os.environ.get("WASMOPT")
    if not (given or (root() / "bin/wasm-opt").is_file() or shutil.which("wasm-opt")):
        raise SystemExit(
            "error: could not find wasm-opt, set the WASMOPT environment variable to override"
        )


def go_version() -> str | None:
    if shutil.which("go") is None:
        return None
    words = ["go", "env", "GOVERSION"]
    return subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def root() -> Path:
    return Path(__file__).resolve().parents[1]


def cache() -> Path:
    caches = os.environ.get("XDG_CACHE_HOME") or f"{os.environ['HOME']}/.cache"
    return Path(caches) / "tinygo"


def say(text: str, status: int) -> int:
    print(text, file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
