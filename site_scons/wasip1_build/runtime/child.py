"""The program that a run's child process is: it reads a request, runs the module, and reports.

Started by launch.py as `python -I child.py DIRECTORY`. Its stdin, stdout and stderr are the guest's
own, so everything else goes through files in DIRECTORY.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import sys
from pathlib import Path

REQUEST, RESPONSE, STARTED = "request.json", "response.json", "started"
HOST_OUTPUT_CHARS = 4000


class _Bounded(io.TextIOBase):
    """Keeps the first characters that are written to it."""

    def __init__(self, limit: int) -> None:
        self.text = ""
        self._limit = limit

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.text += text[: self._limit - len(self.text)]
        return len(text)


def main(directory: Path) -> None:
    """Carries out the request in a directory and leaves the response beside it."""
    # `python -I` ignores PYTHONPATH and the user's site-packages: this file says where we are.
    sys.path.append(str(Path(__file__).parents[2]))
    from wasip1_build.runtime.request import Request

    request = Request.from_json((directory / REQUEST).read_text())
    if request.library:
        use_library(Path(request.library))
    from wasip1_build.runtime.execute import execute

    printed = _Bounded(HOST_OUTPUT_CHARS)
    # What host.py prints is not the guest's output, which goes to the descriptors themselves.
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        response = execute(request, (directory / STARTED).touch)
    unfinished = directory / f"{RESPONSE}.part"
    unfinished.write_text(response._replace(host_output=printed.text).to_json())
    unfinished.rename(directory / RESPONSE)


def use_library(package: Path) -> None:
    """Makes `import wasmtime` mean the package in a directory, whatever else is installed."""
    spec = importlib.util.spec_from_file_location(
        "wasmtime", package / "__init__.py", submodule_search_locations=[str(package)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"no Python package in {package}")
    module = importlib.util.module_from_spec(spec)
    sys.modules["wasmtime"] = module
    spec.loader.exec_module(module)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
