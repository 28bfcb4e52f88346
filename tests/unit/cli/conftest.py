"""A repository for the commands that look at inputs, made once and copied for each test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from affected_command import report
from go_repository import GoRepository, make_repository, module_proxy


@pytest.fixture(scope="module")
def go_places(tmp_path_factory: pytest.TempPathFactory, shared_cache: Path) -> Mapping[str, str]:
    """Where Go finds what it needs, without a network."""
    place = tmp_path_factory.mktemp("go")
    (shared_cache / "home").mkdir(exist_ok=True)
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(shared_cache / "home"),
        "GOCACHE": str(shared_cache / "go"),
        "GOMODCACHE": str(place / "modules"),
        "GOPROXY": module_proxy(place / "proxy", "example.com/x", ("v1.2.0", "v1.3.0")),
        "GOSUMDB": "off",
        "GOTOOLCHAIN": "local",
    }


@pytest.fixture(scope="module")
def committed(
    tmp_path_factory: pytest.TempPathFactory, pinned_go: Path, go_places: Mapping[str, str]
) -> GoRepository:
    """Two artifacts, `app` with one input of every kind and `services/tool:tool` with hardly any,
    in one commit. Not to be written."""
    return make_repository(tmp_path_factory.mktemp("committed") / "w", pinned_go, go_places)


@pytest.fixture
def repository(
    committed: GoRepository,
    tmp_path: Path,
    shared_cache: Path,
    go_places: Mapping[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> GoRepository:
    """A copy of `committed` to be changed, in a directory with a space, and the current one."""
    for name, value in {**go_places, "WASIP1_CACHE_DIR": str(shared_cache / "tools")}.items():
        monkeypatch.setenv(name, value)
    copy = committed.copy(tmp_path / "a copy")
    monkeypatch.chdir(copy.root)
    return copy


@pytest.fixture
def affected(capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, list[str]]]:
    """The reasons by artifact that `wasip1 affected --json` gives; always by its schema."""

    def run(*arguments: str, base: str = "main") -> dict[str, list[str]]:
        record = report(capsys, f"BASE={base}", *arguments)
        return {
            each["artifact"]: [reason["text"] for reason in each["reasons"]]
            for each in record["affected"]
        }

    return run
