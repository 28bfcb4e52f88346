"""The Makefile that people write for such modules: two links, gzip -9, brotli, wasmtime compile."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench import packer
from bench.monorepo import Monorepo, name_of, package_directory
from bench.programs import program

OUTPUTS = ".usual"
GO_ENVIRONMENT = "GOOS=wasip1 GOARCH=wasm CGO_ENABLED=0 GOTOOLCHAIN=local"


def usual_makefile(monorepo: Monorepo, tools: Mapping[str, Path]) -> str:
    """For all artifacts and targets of a monorepo; `tools` are the programs go and wasmtime."""
    names = [name_of(number) for number in range(monorepo.settings.artifacts)]
    goals = [goal for name in names for goal in _goals(name, monorepo.settings.targets)]
    lines = [f"all: {' '.join(goals)}"]
    for number, name in enumerate(names):
        lines += _rules(name, package_directory(number), monorepo, tools)
    return "\n".join(lines) + "\n"


def _goals(name: str, targets: tuple[str, ...]) -> Iterator[str]:
    for suffix in ("debug.wasm", "wasm", "wasm.gz", "wasm.br", *(f"{t}.cwasm" for t in targets)):
        yield f"{OUTPUTS}/{name}.{suffix}"


def _rules(name: str, package: str, monorepo: Monorepo, tools: Mapping[str, Path]) -> Iterator[str]:
    place = f"{OUTPUTS}/{name}"
    build = f"{GO_ENVIRONMENT} {tools['go']} build -trimpath"
    sources = f"$(wildcard {package}/*.go {package}/internal/*/*.go shared/*/*.go)"
    yield f"{place}.debug.wasm: {sources}\n\t{build} -o $@ ./{package}"
    yield f'{place}.wasm: {sources}\n\t{build} -ldflags="-s -w" -o $@ ./{package}'
    yield f"{place}.wasm.gz: {place}.wasm\n\tgzip -9 -n -c $< > $@"
    yield f"{place}.wasm.br: {place}.wasm\n\t{brotli_command()}"
    for target in monorepo.settings.targets:
        compile_ = f"{tools['wasmtime']} compile --target {target} -o $@ $<"
        yield f"{place}.{target}.cwasm: {place}.wasm\n\t{compile_}"


def brotli_command() -> str:
    """The brotli program, or its Python package where there is none."""
    brotli = program("brotli")
    if brotli:
        return f"{brotli} -q 11 -f -o $@ $<"
    return f"{sys.executable} -m {packer.__name__} brotli 11 $< $@"
