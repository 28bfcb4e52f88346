"""Where does SCons keep its signatures? In a file that may be damaged, or need not be there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import SCons.dblite


@dataclass(frozen=True)
class SignatureFiles:
    """What SCons takes for its dbm module (SConsignFile's second argument).

    SCons's own makes the file whenever it is looked at, also under -n, and lets some errors of a
    damaged one through: what unpickling random bytes raises is any exception (pickle's own
    documentation). A damaged file knows no signature here, and everything is built again.
    """

    writes: bool

    def open(self, name: str, flag: str, mode: int = 0o666) -> Any:
        """The signatures by directory. Raises OSError where the file cannot be read or made."""
        file = Path(f"{name}{SCons.dblite.DBLITE_SUFFIX}")
        if not self.writes and not file.exists():
            return {}
        try:
            stored = SCons.dblite.open(name, flag, mode)
            if all(isinstance(value, bytes) for value in stored.values()):
                return stored if self.writes else dict(stored.items())
        except OSError:
            raise
        except Exception:  # damaged, as below
            pass
        if not self.writes:
            return {}
        file.unlink()
        return SCons.dblite.open(name, flag, mode)
