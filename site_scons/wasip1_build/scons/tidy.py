"""Would `go mod tidy` change a go.mod? Asked of what is on this machine, changing nothing."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import field
from pathlib import Path

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure
from wasip1_build.process import Result
from wasip1_build.steps.execute import run_directory
from wasip1_build.steps.go_command import run_in_modules
from wasip1_build.steps.go_context import GoContext
from wasip1_build.steps.step import Context
from wasip1_build.toolchain.environment import go_environment
from wasip1_build.toolchain.tools import ToolRequest

SHOWN_CHARS = 300
CLEAN, NOT_CLEAN, NOT_KNOWN = "clean", "not clean", "not known"
# No proxy, no repository, no database of checksums: with GOPROXY=off alone, what GOPRIVATE names
# would still be asked of its origin. -mod=mod, for `go mod tidy` heeds no vendor directory.
OFFLINE = {
    "GOPROXY": "off",
    "GOPRIVATE": "",
    "GONOPROXY": "none",
    "GOVCS": "*:off",
    "GOSUMDB": "off",
    "GOFLAGS": "-mod=mod",
}


@dataclass(frozen=True)
class Tidy:
    """What was asked in this process, by the module's directory."""

    context: Context
    known: dict[str, str] = field(default_factory=dict)

    def of(self, modules: GoContext, go: ToolRequest) -> str:
        """ "clean", "not clean", or "not known", the last two with what is to be said of it."""
        if modules.module not in self.known:
            self.known[modules.module] = self._ask(modules, go)
        return self.known[modules.module]

    def _ask(self, modules: GoContext, go: ToolRequest) -> str:
        try:
            result = self._run(modules, go)
        except (Failure, OSError) as error:
            return f"{NOT_KNOWN}: {_in_one_line(str(error))}"
        if result.returncode == 0:
            return CLEAN
        if b"\ndiff " in b"\n" + result.stdout:  # (go help mod tidy: nonzero where there is a diff)
            return f"{NOT_CLEAN}: `go mod tidy` in {modules.module} would change {_files(result)}"
        said = result.stderr.decode(errors="replace")
        return f"{NOT_KNOWN}: {_in_one_line(said) or f'exit {result.returncode}'}"

    def _run(self, modules: GoContext, go: ToolRequest) -> Result:
        """Raises Failure where there is no such Go, OSError where it cannot be started."""
        context = self.context
        tool = context.tools.find(go)
        environment = go_environment(context.environment, tool) | OFFLINE
        if not environment.keys() & {"GOCACHE", "HOME", "XDG_CACHE_HOME"}:
            environment["GOCACHE"] = str(context.state("go-cache"))
        runs = run_directory(context)
        runs.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(prefix="tidy-", dir=runs))
        alone = GoContext(modules.module, "", modules.directories, modules.files)
        try:
            argv: list[str | Path] = [tool.path, "mod", "tidy", "-diff"]
            return run_in_modules(context.staged(stage), alone, argv, environment)
        finally:
            shutil.rmtree(stage, ignore_errors=True)


def _files(result: Result) -> str:
    lines = result.stdout.decode(errors="replace").splitlines()
    names = (line.rpartition("/")[2] for line in lines if line.startswith("diff "))
    return " and ".join(dict.fromkeys(names)) or "go.mod"


def _in_one_line(text: str) -> str:
    """What go says over several lines ("go: A imports", then B and why not), and no novel."""
    words = " ".join(line.strip() for line in text.splitlines())
    return words if len(words) <= SHOWN_CHARS else f"{words[:SHOWN_CHARS]}..."
