"""The child process in which the Python library precompiles a module, where there is no program.

Run as a file: LIBRARY-DIRECTORY MODULE OUTPUT TARGET INTERRUPTIBLE(0|1). An engine that is given
a target which its build leaves out aborts its whole process, so that it is never this one's.
The settings are those of steps/aot.py's command line: version 49 of both wrote the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Compiles one module. 0, or 1 with the reason on stderr."""
    directory, module, output, target, interruptible = arguments
    sys.path.insert(0, directory)
    import wasmtime

    try:
        config = wasmtime.Config()
        config.target = target
        config.gc_support = False
        config.wasm_threads = False
        config.epoch_interruption = interruptible == "1"
        engine = wasmtime.Engine(config)
        compiled = wasmtime.Module(engine, Path(module).read_bytes())
        Path(output).write_bytes(compiled.serialize())
    except (wasmtime.WasmtimeError, OSError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
