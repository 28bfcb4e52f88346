"""A packed mapping says what was put into it, and unpacks only what it is asked for."""

from __future__ import annotations

import marshal

import pytest

from wasip1_build.scons.pieces import Pieces

FEW = {"main.go": 0, "/abs/main.go": 1, "/main.go": 2} | {f"s/{n}/a.go": n for n in range(99)}


@pytest.fixture
def pieces() -> Pieces:
    """As a later build gets them: packed."""
    return Pieces(Pieces({}).with_(FEW).packed)


def test_it_has_what_was_put_into_it(pieces: Pieces) -> None:
    assert all(pieces[path] == value for path, value in FEW.items())
    assert dict(pieces) == FEW
    assert len(pieces) == len(FEW)
    assert "s/1/b.go" not in pieces
    assert pieces.get("elsewhere/a.go") is None


@pytest.mark.parametrize(
    ("directory", "found"),
    [("s/1", {"s/1/a.go"}), ("", {"main.go"}), ("/", {"/main.go"}), ("/abs", {"/abs/main.go"})],
)
def test_it_knows_what_lies_directly_in_a_directory(
    pieces: Pieces, directory: str, found: set[str]
) -> None:
    assert {path for path, _ in pieces.directly_in(directory)} == found


def test_what_is_not_changed_stays_as_it_was_packed(pieces: Pieces) -> None:
    more = pieces.with_({"s/1/a.go": "other", "s/1/new.go": "new"})
    assert dict(more) == {**FEW, "s/1/a.go": "other", "s/1/new.go": "new"}
    assert dict(pieces) == FEW
    repacked = [name for name, data in more.packed.items() if data is not pieces.packed.get(name)]
    assert len(repacked) == 1


def test_a_piece_is_unpacked_once_it_is_asked_for(pieces: Pieces) -> None:
    with_one_damaged = Pieces({**pieces.packed, "damaged": b"no piece"})
    assert with_one_damaged["s/1/a.go"] == 1
    with pytest.raises((ValueError, EOFError)):
        dict(with_one_damaged)
    assert marshal.loads(pieces.packed[next(iter(pieces.packed))])
