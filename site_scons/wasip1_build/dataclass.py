"""Dataclasses that are cheap to define: no text is made of their methods and compiled.

The standard `dataclass` writes six methods of each class and compiles them, .6 ms a class (measured
with CPython 3.11). A build that changes one file imports a hundred classes, and makes few objects
of most. These share one set of methods; fields(), replace(), asdict() and pickle work as ever, and
for type checkers it is the standard one.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls: type | None = None, *, frozen: bool = False) -> Any:
        """The decorator, with the one option that is used here."""
        return (lambda it: _made(it, frozen)) if cls is None else _made(cls, frozen)


def _made(cls: Any, frozen: bool) -> Any:
    documented = cls.__doc__
    cls.__doc__ = documented or cls.__name__  # or it would be made from the signature, dearly
    made = dataclasses.dataclass(init=False, repr=False, eq=False)(cls)
    made.__doc__ = documented
    methods: dict[str, Any] = {
        "__init__": _init,
        "__repr__": _repr,
        "__eq__": _eq,
        "__hash__": None,
    }
    if frozen:
        methods |= {"__hash__": _hash, "__setattr__": _refuse, "__delattr__": _refuse}
    for name in methods.keys() - cls.__dict__.keys():
        setattr(made, name, methods[name])
    made._all_fields = dataclasses.fields(made)
    made._compared = tuple(each.name for each in made._all_fields if each.compare)
    return made


def _init(self: Any, *values: Any, **named: Any) -> None:
    cls, state = type(self), self.__dict__
    if len(values) > len(cls._all_fields):
        raise TypeError(f"{cls.__name__} has {len(cls._all_fields)} fields, not {len(values)}")
    for field, value in zip(cls._all_fields, values, strict=False):
        state[field.name] = value
    for field in cls._all_fields[len(values) :]:
        name = field.name
        if name in named:
            state[name] = named.pop(name)
        elif field.default is not dataclasses.MISSING:
            state[name] = field.default
        elif field.default_factory is not dataclasses.MISSING:
            state[name] = field.default_factory()
        else:
            raise TypeError(f"{cls.__name__} is given no {name}")
    if named:
        raise TypeError(f"{cls.__name__} is given {', '.join(named)} twice, or has no such field")


def _repr(self: Any) -> str:
    shown = ", ".join(f"{each.name}={getattr(self, each.name)!r}" for each in self._all_fields)
    return f"{type(self).__qualname__}({shown})"


def _eq(self: Any, other: object) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self is other or _values(self) == _values(other)


def _hash(self: Any) -> int:
    return hash(_values(self))


def _values(instance: Any) -> tuple[Any, ...]:
    state = instance.__dict__
    return tuple([state[name] for name in instance._compared])


def _refuse(_self: Any, name: str, *_value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
