"""The host's target triple, or one message where there is none."""

from __future__ import annotations

import pytest

from wasip1_build.findings import Failure
from wasip1_build.toolchain.host import host_target


@pytest.mark.parametrize(
    ("platform", "target"),
    [
        (("linux", "x86_64"), "x86_64-unknown-linux-gnu"),
        (("linux", "aarch64"), "aarch64-unknown-linux-gnu"),
        (("darwin", "arm64"), "aarch64-apple-darwin"),
    ],
)
def test_supported_machines_have_a_target(platform, target):
    assert host_target(platform) == target


@pytest.mark.parametrize(
    "platform", [("win32", "AMD64"), ("linux", "riscv64"), ("darwin", "x86_64")]
)
def test_other_machines_are_refused_in_one_message(platform):
    with pytest.raises(Failure) as failed:
        host_target(platform)
    [finding] = failed.value.findings
    assert finding.what == f"wasip1-scons does not build on {' '.join(platform)}"
