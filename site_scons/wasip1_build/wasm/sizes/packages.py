"""Which package is a function of, by its name, and which module is a package of?"""

from __future__ import annotations

import re

from wasip1_build.wasm.cursor import printable
from wasip1_build.wasm.sizes.build_info import BuildInfo

# What belongs to no package. Parentheses cannot be in an import path.
TYPES = "(equality and hash of types)"
UNNAMED = "(methods of unnamed types)"
LINKER = "(linker)"
NO_PACKAGE = "(no package)"  # assembly of the runtime, and functions of C
INTERFACES = "(calls through interfaces)"
MERGED = "(merged functions)"
NOT_GO = "(not Go)"

STANDARD = "std"
MAX_NAME = 1000  # characters; import paths are shorter
# The linker escapes what is no plain letter, and dots after the last slash, so that the first dot
# there ends the path (cmd/internal/objabi/path.go, PathToPrefix).
_ESCAPED = re.compile(rb"%([0-9a-f]{2})")


def package_of_go(name: str) -> str:
    """The package of a symbol of Go's linker: "encoding/json" of
    "encoding/json.(*decodeState).value"; the type arguments in brackets may have others in them.
    """
    if name.startswith("type:"):
        return TYPES
    if name.startswith("go:"):
        return UNNAMED if "struct {" in name else LINKER
    plain = name.partition("[")[0]
    slash = plain.rfind("/")
    dot = plain.find(".", slash + 1)
    if dot <= 0 or plain[:dot] == "_":  # (_.goready.func1: a closure that was inlined)
        return NO_PACKAGE
    return _unescaped(plain[:dot])


def package_of_tinygo(name: str) -> str:
    """The package of a function as TinyGo names it: "encoding/json" of
    "(*encoding/json.decodeState).value" and of "encoding/json.Marshal$1".

    No dots are escaped, and a name has none, so that the last one ends the path
    (compiler/symbol.go; golang.org/x/tools/go/ssa, Function.RelString).
    """
    if name.startswith("interface:"):
        return INTERFACES
    if name.startswith("byn$"):  # Binaryen's own, such as byn$mgfn-shared$NAME
        return MERGED
    plain = name.lstrip("(*").partition(")")[0] if name.startswith("(") else name
    plain = plain.partition("[")[0].partition("$")[0]
    dot = plain.rfind(".")
    if dot <= 0 or "{" in plain:
        return NO_PACKAGE if "{" not in plain else UNNAMED
    return printable(plain[:dot], MAX_NAME)


def module_of(package: str, info: BuildInfo, main: str) -> str:
    """The path of a package's module, "std", or "" where it is not known.

    The longest path of a module that the package's begins with; what is in none of them, and whose
    first element has no dot, is the standard library's (go help packages: such paths are reserved
    for it). `main` is what the main package is called.
    """
    if package.startswith("("):
        return ""
    path = package
    while path:
        if info.modules and path in info.modules:
            return path
        path = path.rpartition("/")[0]
    if package == main or "." in package.partition("/")[0]:
        return ""
    return STANDARD


def _unescaped(path: str) -> str:
    if "%" in path:
        raw = _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), path.encode())
        path = raw.decode(errors="replace")
    return printable(path, MAX_NAME)
