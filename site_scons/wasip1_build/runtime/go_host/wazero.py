"""Which wazero generated packages are written for, and tested with."""

from __future__ import annotations

IMPORT_PATH = "github.com/tetratelabs/wazero"
VERSION = "v1.12.0"
# The least Go that it takes, and that the generated code takes (sync.WaitGroup.Go, testing.B.Loop).
# https://github.com/tetratelabs/wazero/blob/v1.12.0/go.mod
GO = "1.25.0"
_SYS = "golang.org/x/sys v0.44.0"
# As https://sum.golang.org has them.
GO_SUM = (
    f"{IMPORT_PATH} {VERSION} h1:DuWcpNu/FzgEXgGBDp8J1Spc+CWOvvtvVyjKlaZopYU=\n"
    f"{IMPORT_PATH} {VERSION}/go.mod h1:LvKtzl2RqO4gyF27BiXU+nKAjcV8f38U+kP/q2vgxh0=\n"
    f"{_SYS} h1:ildZl3J4uzeKP07r2F++Op7E9B29JRUy+a27EibtBTQ=\n"
    f"{_SYS}/go.mod h1:4GL1E5IUh+htKOUEOaiffhrAeqysfVGipDYzABqnCmw=\n"
)


def go_mod(module: str) -> str:
    """The go.mod of a module that needs nothing but wazero."""
    return (
        f"module {module}\n\ngo {GO}\n\n"
        f"require {IMPORT_PATH} {VERSION}\n\nrequire {_SYS} // indirect\n"
    )
