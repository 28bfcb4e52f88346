"""The capabilities of artifacts are told completely, one a line, and the same for every profile."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasip1_build.findings import Location
from wasip1_build.spec.cached import load_workspace
from wasip1_build.spec.capabilities import in_quotes

MakeWorkspace = Callable[..., Path]
HEAD = 'spec-version = 1\n[artifact.a]\npackage = "."\n'


def lines(root: Path, profile: str = "release", file: str = "wasip1.toml") -> list[str]:
    return [each.line for each in load_workspace(root, profile=profile).capabilities[file]]


def test_an_artifact_without_any_is_told_too(workspace: MakeWorkspace) -> None:
    assert lines(workspace(HEAD)) == ["a none"]


def test_each_grant_is_a_line(workspace: MakeWorkspace) -> None:
    root = workspace(
        HEAD
        + """
grants.dirs = [
    { host = "out", guest = "/out", mode = "rw", reason = "takes the \\"results\\"" },
    { host = "in/../data", guest = "/data" },
    { host = "/srv/x", guest = "/x", outside = true },
]
grants.env = { MODE = "fast\\nand more", "A B" = "" }
grants.env-inherit = ["TZ"]
grants.args = ["--width", "3 20"]
grants.stdin = true
trusted = true
imports.embedder = "extism"
imports.host.env.emit_batch = "(i32, i32)"
imports.host."extism:host/env".length = "(i64) -> i64"
"""
    )
    assert lines(root) == [
        'a grants.args ["--width", "3 20"]',
        'a grants.dirs "/data" ro host="data"',
        'a grants.dirs "/out" rw host="out" reason="takes the \\"results\\""',
        'a grants.dirs "/x" ro host="/srv/x" outside',
        'a grants.env "A B" ""',
        'a grants.env MODE "fast\\nand more"',
        "a grants.env-inherit TZ",
        "a grants.stdin",
        'a imports.embedder "extism"',
        'a imports.host "env.emit_batch" (i32, i32)',
        'a imports.host "extism:host/env.length" (i64) -> i64',
        "a trusted",
    ]


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("", ["none"]),
        ('imports.deny = ["sock_*"]', ["none"]),  # denied already
        ('imports.deny = ["path_*"]', ["imports.deny path_*"]),
        ('imports.deny = ["path_o*"]', ["imports.deny path_open"]),
        (
            'imports.allow = ["*"]\nimports.deny = ["sock_accept", "random_get"]',
            [
                *(f"imports.allow sock_{name}" for name in ("recv", "send", "shutdown")),
                "imports.deny random_*",
            ],
        ),
        ('imports.allow = ["*"]', ["imports.allow sock_*"]),
        (
            'imports.allow = ["args_*", "clock_time_get", "environ_*", "fd_*", "p*", "sched_*"]',
            ["imports.deny clock_res_get", "imports.deny random_*"],
        ),
    ],
)
def test_what_may_be_imported_is_told_as_far_as_it_is_not_the_default(
    workspace: MakeWorkspace, keys: str, told: list[str]
) -> None:
    assert lines(workspace(HEAD + keys)) == [f"a {line}" for line in told]


def test_limits_of_memory_and_time_are_no_capabilities(workspace: MakeWorkspace) -> None:
    root = workspace(HEAD + '[artifact.a.runtime]\nmax-memory = "64MiB"\ntimeout = "5s"\n')
    assert lines(root) == ["a none"]


def test_a_capability_is_where_the_spec_grants_it(workspace: MakeWorkspace) -> None:
    root = workspace(
        HEAD + 'grants.stdin = true\ngrants.dirs = [\n  { host = "d", guest = "/d" },\n]\n'
        'imports.deny = ["path_*"]\n'
    )
    found = load_workspace(root).capabilities["wasip1.toml"]
    places = {each.kind: each.location for each in found}
    assert places["grants.stdin"] == Location("wasip1.toml", 4, 8)
    assert places["grants.dirs"] == Location("wasip1.toml", 6, 3)
    assert places["imports.deny"] == Location("wasip1.toml", 8, 9)


def test_each_file_has_its_own_and_paths_are_as_they_are_written_there(
    workspace: MakeWorkspace,
) -> None:
    member = HEAD + 'grants.dirs = [{ host = "data", guest = "/data" }]\n'
    root = workspace(
        'spec-version = 1\n[workspace]\nmembers = ["m/*"]\n',
        {"m/one/wasip1.toml": member, "m/two/wasip1.toml": HEAD},
    )
    assert load_workspace(root).capabilities.keys() == {"m/one/wasip1.toml", "m/two/wasip1.toml"}
    assert lines(root, file="m/one/wasip1.toml") == ['a grants.dirs "/data" ro host="data"']


PROFILES = (
    HEAD + '[profile.edge]\nimports.allow = ["*"]\n[profile.dev]\nimports.deny = ["path_*"]\n'
)


def test_what_holds_under_some_profiles_alone_names_them(workspace: MakeWorkspace) -> None:
    root = workspace(PROFILES)
    told = [
        'a imports.allow sock_* profiles=["edge"]',
        'a imports.deny path_* profiles=["dev"]',
    ]
    for profile in ("release", "dev", "edge"):
        assert lines(root, profile) == told


def test_a_profile_that_changes_no_capability_is_not_told(workspace: MakeWorkspace) -> None:
    root = workspace(HEAD + "grants.stdin = true\n[profile.dev]\ncompress.formats = []\n")
    assert lines(root) == lines(root, "dev") == ["a grants.stdin"]


def test_a_release_profile_of_ones_own_counts_as_the_others(workspace: MakeWorkspace) -> None:
    root = workspace(HEAD + '[profile.release]\nimports.deny = ["path_*"]\n')
    told = ['a imports.deny path_* profiles=["release"]']
    assert lines(root) == lines(root, "dev") == told


def test_signs_that_do_not_print_are_escaped() -> None:
    assert in_quotes('é "\t\u202e\U000e0001') == '"é \\"\\t\\u202e\\udb40\\udc01"'


@given(st.text())
def test_a_text_in_quotes_is_one_line_of_signs_that_print(text: str) -> None:
    shown = in_quotes(text)
    assert shown.isprintable()
    assert json.loads(shown) == text
