"""Of which modules was a Go program built? What `go version -m` prints, which cannot read wasm."""

from __future__ import annotations

from wasip1_build.dataclass import dataclass
from wasip1_build.wasm.cursor import printable

# What the go command puts around the text (cmd/go/internal/modload/build.go, infoStart, infoEnd).
_START = bytes.fromhex("3077af0c9274080241e1c107e6d618e6")
_END = bytes.fromhex("f932433186182072008242104116d8f2")
_MAX_BYTES = 1 << 20  # some 10,000 modules


@dataclass(frozen=True)
class BuildInfo:
    """The path of the main package, "" where it is not known, and versions by module path.

    A replaced module is named by its own path, since that is the one which its packages have; what
    replaces it stands after "=>" in the version, as `go list -m` prints it.
    """

    main: str = ""
    modules: dict[str, str] | None = None

    @property
    def known(self) -> bool:
        """Whether the program says what it was built of."""
        return self.modules is not None


def read_build_info(image: bytes) -> BuildInfo:
    """The build information that is in the memory of a program."""
    start = image.find(_START)
    if start < 0:
        return BuildInfo()
    end = image.find(_END, start, start + _MAX_BYTES)
    if end < 0:
        return BuildInfo()
    try:
        text = bytes(image[start + len(_START) : end]).decode()
    except UnicodeDecodeError:
        return BuildInfo()
    return _parsed(text)


def _parsed(text: str) -> BuildInfo:
    main, last, modules = "", "", {}
    for line in text.split("\n"):
        kind, *words = line.split("\t")
        words = [printable(word, 1000) for word in words]
        if kind == "path" and words:
            main = words[0]
        elif kind in ("mod", "dep") and words:
            last = words[0]
            modules[last] = words[1] if len(words) > 1 else ""
        elif kind == "=>" and words and last:
            by = " ".join(word for word in words[:2] if word)
            modules[last] = f"{modules[last]} => {by}".strip()
    return BuildInfo(main, modules)
