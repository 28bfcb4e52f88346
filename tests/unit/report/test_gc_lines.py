"""Lines to paste are lines that the spec takes, and mean the setting that was measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from wasip1_build.measure.gc_settings import Setting
from wasip1_build.report.gc_lines import go_lines, spec_lines
from wasip1_build.spec.cached import load_workspace
from wasip1_build.spec.model import Artifact

MIB = 1 << 20
SPEC = 'spec-version = 1\n\n[artifact.a]\npackage = "."\n'
OFF = Setting("off", 24 * MIB, 36 * MIB)


def loaded(place: Path, text: str) -> Artifact:
    (place / "go.mod").write_text("module m\n")
    (place / "wasip1.toml").write_text(text)
    [artifact] = load_workspace(place, "wasip1.toml", "release").artifacts
    return artifact


@pytest.mark.parametrize("table", ["", "\n[artifact.a.runtime]\n"], ids=["dotted", "header"])
def test_the_lines_make_the_setting_where_they_are_put(tmp_path: Path, table: str) -> None:
    text = SPEC + (f'{table}lifetime = "oneshot"\n' if table else "")
    lines = spec_lines(loaded(tmp_path, text), OFF, 25 * MIB)
    assert lines[0].startswith("# under [artifact.a.runtime]" if table else "# under [artifact.a] ")
    runtime = loaded(tmp_path, text + "\n".join(lines) + "\n").runtime
    assert (runtime.gogc, runtime.memory_limit_bytes) == ("off", 24 * MIB)
    assert runtime.max_memory_bytes == 36 * MIB


def test_a_runtime_key_that_is_dotted_stays_under_the_artifact(tmp_path: Path) -> None:
    lines = spec_lines(loaded(tmp_path, f'{SPEC}runtime.lifetime = "oneshot"\n'), OFF, 25 * MIB)
    assert lines[0].startswith("# under [artifact.a] ")
    assert lines[1] == 'runtime.gogc = "off"'


def test_a_cap_that_was_not_measured_is_marked_as_computed(tmp_path: Path) -> None:
    lines = spec_lines(loaded(tmp_path, SPEC), Setting("200"), 20 * MIB)
    assert lines[2] == 'runtime.max-memory = "30MiB"  # computed: half over the peak'
    capped = loaded(tmp_path, f'{SPEC}runtime.max-memory = "64MiB"\n')
    assert len(spec_lines(capped, Setting("200", None, 64 * MIB), 20 * MIB)) == 2


def test_what_is_declared_and_not_in_the_setting_is_to_be_removed(tmp_path: Path) -> None:
    declared = f'{SPEC}runtime.gogc = 50\nruntime.memory-limit = "9MiB"\n'
    lines = spec_lines(loaded(tmp_path, declared), Setting(), 20 * MIB)
    assert lines[1:3] == ["# (remove runtime.gogc)", "# (remove runtime.memory-limit)"]


def test_the_go_form_sets_the_same_and_is_none_where_nothing_is_set() -> None:
    assert go_lines(OFF)[-4:-1] == [
        "func init() {",
        "\tdebug.SetGCPercent(-1)",
        "\tdebug.SetMemoryLimit(24 << 20)",
    ]
    assert go_lines(Setting(None, 5888 << 10))[-2] == "\tdebug.SetMemoryLimit(5888 << 10)"
    assert go_lines(Setting()) == []
