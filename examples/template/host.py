"""A host for the template module: renders one template with wasmtime, from the command line.

    python host.py template.wasm 'Hello {{.name}}!' '{"name": "you"}'

It shows the whole protocol: addresses are numbers that the module understands, texts go through
its memory, every buffer is freed, and a negative answer is a failure.
"""

import sys
from pathlib import Path

import wasmtime


class TemplateError(Exception):
    """A failure that the module answered with, in its own words."""


class Templates:
    """One instance of the module. Templates that it compiled live as long as it does."""

    def __init__(self, engine, module):
        """`module` is a wasmtime.Module: of the .wasm, or deserialized from a .cwasm."""
        self.store = wasmtime.Store(engine)
        self.store.set_wasi(wasmtime.WasiConfig())  # no file, no variable, no output
        linker = wasmtime.Linker(engine)
        linker.define_wasi()
        self.exports = linker.instantiate(self.store, module).exports(self.store)
        self._call("_initialize")

    def compile(self, text):
        """The handle of a template."""
        return self._with_buffer(text, lambda address, size: self._call("compile", address, size))

    def render(self, handle, data):
        """The text that a template makes of a JSON document."""
        render = lambda address, size: self._call("render", handle, address, size)  # noqa: E731
        return self._take(self._with_buffer(data, render))

    def _call(self, name, *arguments):
        answer = self.exports[name](self.store, *arguments)
        if answer is not None and answer < 0:
            reason = self.exports["error_text"](self.store)
            raise TemplateError(self._take(reason))
        return answer

    def _with_buffer(self, text, use):
        content = text.encode()
        address = self._call("alloc", len(content))
        self.exports["memory"].write(self.store, content, address)
        try:
            return use(address, len(content))
        finally:
            self._call("free", address)

    def _take(self, packed):
        address, size = packed >> 32, packed & 0xFFFFFFFF
        content = self.exports["memory"].read(self.store, address, address + size)
        self._call("free", address)
        return content.decode()


def main(module, template, data):
    engine = wasmtime.Engine()
    templates = Templates(engine, wasmtime.Module(engine, Path(module).read_bytes()))
    print(templates.render(templates.compile(template), data))


if __name__ == "__main__":
    main(*sys.argv[1:])
