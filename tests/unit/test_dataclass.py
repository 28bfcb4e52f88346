"""Our dataclasses are those of the standard library, but for what their definition costs."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from wasip1_build.dataclass import dataclass


@dataclass(frozen=True)
class Point:
    """A frozen one with each kind of field."""

    x: int
    y: int = 2
    names: list[str] = dataclasses.field(default_factory=list, compare=False)

    kind: ClassVar[str] = "point"

    @property
    def total(self) -> int:
        return self.x + self.y


@dataclass(frozen=True)
class Named(Point):
    name: str = ""


@dataclass
class Counter:
    count: int = 0


def test_fields_come_from_positions_names_and_defaults() -> None:
    assert dataclasses.asdict(Point(1, names=["a"])) == {"x": 1, "y": 2, "names": ["a"]}
    assert Named(1, 3, [], "n").name == "n"
    assert Point(1).names is not Point(1).names
    assert Point(1).total == 3
    assert repr(Point(1)) == "Point(x=1, y=2, names=[])"


@pytest.mark.parametrize(
    "make",
    [
        lambda kind: kind(),
        lambda kind: kind(1, 2, [], 4),
        lambda kind: kind(1, x=1),
        lambda kind: kind(1, z=1),
    ],
)
def test_wrong_arguments_are_type_errors(make: Callable[[Any], object]) -> None:
    with pytest.raises(TypeError, match="Point"):
        make(Point)


def test_equality_and_hash_go_by_the_fields_that_are_compared() -> None:
    assert Point(1, names=["a"]) == Point(1)
    assert hash(Point(1, names=["a"])) == hash(Point(1))
    assert Point(1) != Point(2)
    assert Point(1) != Named(1)
    assert Counter(1) == Counter(1)
    with pytest.raises(TypeError, match="unhashable"):
        hash(Counter())


def test_a_frozen_one_keeps_its_values() -> None:
    point = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del point.x
    counter = Counter()
    counter.count += 1
    assert counter == Counter(1)


def test_it_is_replaced_copied_and_pickled_like_any_dataclass() -> None:
    point = Named(1, 5, ["a"], "n")
    assert dataclasses.replace(point, x=2) == Named(2, 5, ["a"], "n")
    assert copy.deepcopy(point) == point
    assert pickle.loads(pickle.dumps(point)) == point
    assert dataclasses.is_dataclass(point)
    assert [each.name for each in dataclasses.fields(point)] == ["x", "y", "names", "name"]


def test_a_method_of_its_own_stays() -> None:
    @dataclass(frozen=True)
    class Shown:
        x: int

        def __repr__(self) -> str:
            return "mine"

    assert repr(Shown(1)) == "mine"
    assert Shown.__doc__ is None
