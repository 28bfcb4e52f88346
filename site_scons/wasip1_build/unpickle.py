"""Reads what we pickled ourselves: classes of this package, and nothing that could be called.

Pickle can name any function of any module; a damaged or planted file must not be able to call one.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Collection
from typing import Any


class _Unpickler(pickle.Unpickler):
    def __init__(self, data: bytes, modules: Collection[str]) -> None:
        super().__init__(io.BytesIO(data))
        self.modules = modules

    def find_class(self, module: str, name: str) -> Any:
        if module in self.modules and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is not expected here")


def unpickle(data: bytes, modules: Collection[str]) -> Any:
    """The value, made of plain values and of classes that these modules define.

    Raises ValueError where the data is damaged, or names anything else.
    """
    try:
        return _Unpickler(data, modules).load()
    except Exception as error:  # (whatever damaged bytes make of a pickle)
        raise ValueError(f"no value of ours: {error}") from None
