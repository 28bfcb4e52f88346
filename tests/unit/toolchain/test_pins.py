"""The pins in the code are those of the [toolchain] extra."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from wasip1_build.toolchain.host import TARGETS
from wasip1_build.toolchain.pins import VERSIONS, WHEELS, wanted_version
from wasip1_build.toolchain.tools import ToolRequest

ROOT = Path(__file__).parents[3]


def test_the_pinned_wheels_are_those_of_the_toolchain_extra():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extra = dict(line.split("==") for line in project["optional-dependencies"]["toolchain"])
    for wheel in WHEELS.values():
        assert extra[wheel.distribution] == wheel.version


def test_the_pinned_program_and_library_of_wasmtime_are_of_one_major_version():
    majors = {VERSIONS["wasmtime"].split(".")[0], WHEELS["wasmtime-library"].version.split(".")[0]}
    assert len(majors) == 1


def test_every_wheel_that_is_fetched_has_a_digest_for_every_platform():
    for program in VERSIONS:
        assert set(WHEELS[program].sha256) == set(TARGETS.values())
        assert all(
            re.fullmatch("[0-9a-f]{64}", digest) for digest in WHEELS[program].sha256.values()
        )


def test_what_the_spec_says_goes_before_the_pin():
    assert wanted_version(ToolRequest("go")) == VERSIONS["go"]
    assert wanted_version(ToolRequest("go", "1.26.8")) == "1.26.8"
    assert wanted_version(ToolRequest("go", path="go/bin/go")) is None
    assert wanted_version(ToolRequest("tinygo")) is None
