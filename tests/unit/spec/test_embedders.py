"""Hosts that are known by name: each file of the package, and what a file may not say."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from wasip1_build.findings import Failure
from wasip1_build.spec import embedders
from wasip1_build.spec.embedders import embedder, embedder_names, read_embedder
from wasip1_build.spec.model import FunctionType, Imports
from wasip1_build.wasm.preview1 import FUNCTIONS, MODULE

NAMED = ("wasmtime", "wazero", "wasmedge", "node", "extism", "envoy", "fastly", "spin")
I32 = FunctionType(("i32",), ("i32",))
HOST = """\
title = "Host"
version = "1.0"
notes = ["It is small."]

[sources]
code = "https://example.com/v1.0/host.c"
unused = "https://example.com/v1.0/README"

[kinds]
reactor = "code"

[preview1]
lacks = ["path_open"]
source = "code"

[[exports]]
any-of = ["malloc", "alloc"]
type = "(i32) -> i32"
why = "it takes memory"
source = "code"

[[functions]]
module = "env"
source = "code"

[functions.types]
log = "(i32) -> i32"
"x:y" = "()"
"""

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the description of a host."""

    def write(text: str, name: str = "host-1.0") -> Path:
        path = tmp_path / f"{name}.toml"
        path.write_text(text)
        return path

    return write


@pytest.mark.parametrize("name", embedder_names())
def test_each_file_of_the_package_describes_a_host(name: str) -> None:
    host = embedder(name)
    assert host.known
    assert host.name == name
    assert re.fullmatch(r"[0-9a-f]{64}", host.digest)
    assert set(host.kinds) <= {"command", "reactor"}
    assert len(set(host.sources)) == len(host.sources) > 0
    for module, functions in host.modules.items():
        for function in functions:
            assert host.source_of(module, function).startswith("https://")
        if module == MODULE:
            assert all(FUNCTIONS.get(name) != type_ for name, type_ in functions.items())
            assert not functions.keys() & set(host.lacks)


@pytest.mark.parametrize("name", embedder_names())
def test_a_source_at_github_is_at_a_tag_or_a_commit(name: str) -> None:
    for url in embedder(name).sources:
        if url.startswith("https://github.com/") and "/blob/" in url:
            version = url.split("/blob/")[1].split("/")[0]
            assert re.search(r"[0-9]", version), url


def test_the_hosts_that_are_asked_for_are_there() -> None:
    assert set(NAMED) <= set(embedder_names())


def test_a_host_without_a_file_is_not_known() -> None:
    assert not embedder("nobody").known
    assert not embedder("../schemas/x").known


def test_a_file_is_read_with_its_sources(write: Write) -> None:
    host = read_embedder(write(HOST))
    url = "https://example.com/v1.0/host.c"
    assert (host.name, host.title, host.version) == ("host-1.0", "Host", "1.0")
    assert host.kinds == {"reactor": url}
    assert host.modules == {"env": {"log": I32, "x:y": FunctionType((), ())}}
    assert host.source_of("env", "log") == url
    assert (host.lacks, host.lacks_source) == (("path_open",), url)
    [required] = host.exports
    assert (required.any_of, required.type, required.source) == (("malloc", "alloc"), I32, url)
    assert (host.verified, host.notes) == ("", ("It is small.",))
    assert host.sources == (url, "https://example.com/v1.0/README")


def test_another_content_has_another_digest(write: Write) -> None:
    before = read_embedder(write(HOST)).digest
    assert read_embedder(write(HOST)).digest == before
    assert read_embedder(write(HOST + "# more\n")).digest != before


def test_to_add_a_host_is_to_add_a_file(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(HOST, "added")
    monkeypatch.setattr(embedders, "FILES", tmp_path)
    assert embedder_names() == ("added",)
    assert embedder("added").title == "Host"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('title = "Host"\n', "", "title: it is missing"),
        ('title = "Host"', "title = 1", "title: 1 is not a text"),
        ('title = "Host"', 'titel = "Host"', 'unknown key "titel"'),
        ('title = "Host"', "title = Host", "it is no TOML: "),
        ("[kinds]\nreactor", "[kinds]\nlibrary", 'kinds: unknown key "library"'),
        ('reactor = "code"\n', "", "kinds: an empty table is not the kinds that it runs"),
        ('reactor = "code"', 'reactor = "cod"', 'kinds.reactor: [sources] has no "cod"'),
        ("https://example.com/v1.0/host.c", "host.c", 'sources.code: "host.c" is not a URL'),
        ('["path_open"]', '["path_opn"]', 'preview1.lacks: WASI preview 1 has no "path_opn"'),
        ('["path_open"]', '"path_open"', 'preview1.lacks: "path_open" is not an array of texts'),
        ('lacks = ["path_open"]\n', "", "preview1.lacks: it is missing"),
        ('["malloc", "alloc"]', "[]", "exports.0.any-of: an array is not the names"),
        ('why = "it takes memory"\n', "", "exports.0.why: it is missing"),
        ("[[exports]]", "[exports]", "exports: a table is not an array of tables: [[exports]]"),
        ('log = "(i32) -> i32"', 'log = "(int)"', 'functions.0.types.log: "(int)" is not a func'),
        ('log = "(i32) -> i32"', "log = 1", "functions.0.types.log: 1 is not a text"),
        ('module = "env"\n', "", "functions.0.module: it is missing"),
        ('["It is small."]', "[1]", "notes.0: 1 is not a text"),
    ],
)
def test_a_mistake_in_a_file_is_told_with_its_key(
    write: Write, old: str, new: str, told: str
) -> None:
    assert old in HOST
    with pytest.raises(Failure) as caught:
        read_embedder(write(HOST.replace(old, new)))
    [finding] = caught.value.findings
    assert told in finding.what
    assert str(finding.location) == "embedders/host-1.0.toml"


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "host.toml"
    path.write_bytes(b"\xff")
    with pytest.raises(Failure, match="it is no TOML"):
        read_embedder(path)


def test_a_host_must_have_a_name_that_can_be_written(write: Write) -> None:
    with pytest.raises(Failure, match="no name of a host"):
        read_embedder(write(HOST, "My Host"))


def test_imports_host_adds_to_what_the_host_provides(write: Write) -> None:
    host = read_embedder(write(HOST))
    imports = Imports(embedder=host, host={"env": {"mine": I32}, "user": {"f": I32}})
    assert imports.provided["env"].keys() == {"log", "x:y", "mine"}
    assert imports.provided["user"] == {"f": I32}
    assert Imports(host={"user": {"f": I32}}).provided == {"user": {"f": I32}}


def test_a_function_of_preview_1_is_never_made_a_stub() -> None:
    wasmedge = Imports(embedder=embedder("wasmedge"))
    assert "sock_accept" in wasmedge.provided[MODULE]
    assert "sock_accept" not in wasmedge.beside_wasi[MODULE]
    assert "sock_open" in wasmedge.beside_wasi[MODULE]
