"""Which package of a Go program imports a function of WASI? Go imports some more than once."""

from __future__ import annotations

from collections.abc import Mapping

from wasip1_build.wasm.preview1 import MODULE
from wasip1_build.wasm.types import Module


def importing_packages(module: Module, names: Mapping[int, str]) -> tuple[str, ...]:
    """The package of each imported function by position, "" where it is not known; `names` are
    those of the debug module's functions.

    Go's linker takes the imports in the order in which it lays out the functions that were declared
    with go:wasmimport, and those of the standard library have the name of what they import. So the
    nth function that is called PACKAGE.fd_write belongs to the nth import of fd_write, if there are
    as many.
    """
    imports = [each for each in module.imports if each.kind == "func"]
    found = [""] * len(imports)
    for name in {each.name for each in imports if each.module == MODULE}:
        at = [i for i, each in enumerate(imports) if (each.module, each.name) == (MODULE, name)]
        packages = [
            package
            for index, called in sorted(names.items())
            for package, _, last in [called.rpartition(".")]
            if index >= len(imports) and last == name and package and "(" not in package
        ]
        if len(packages) == len(at):
            for position, package in zip(at, packages, strict=True):
                found[position] = package
    return tuple(found)
