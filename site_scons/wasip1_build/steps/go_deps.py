"""What go-deps.json says: which files, modules and standard packages each main package needs."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import failure

# The fields of `go list -json` that decide what goes into a module (go help list).
FIELDS = (
    "ImportPath,Name,Dir,Standard,Module,GoFiles,CgoFiles,CFiles,CXXFiles,MFiles,FFiles,SwigFiles,"
    "SwigCXXFiles,SFiles,HFiles,SysoFiles,EmbedFiles,Imports,Deps,Error,DefaultGODEBUG,Match"
)
_SPACE = re.compile(r"\s*")
_FILE_FIELDS = tuple(field for field in FIELDS.split(",") if field.endswith("Files"))


@dataclass(frozen=True)
class Main:
    """One main package with everything that is linked into it."""

    import_path: str
    name: str
    directory: str
    error: str
    godebug: str
    files: tuple[str, ...]  # local, relative to the workspace root
    modules: tuple[Mapping[str, Any], ...]  # path, version, sum, go version, replacement
    standard: Mapping[str, tuple[str, ...]]  # package of GOROOT/src: its files
    tree: str = ""  # of that standard library, where it is the listing's own


class GoDeps:
    """A go-deps.json that was read."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        self._record = record
        self._mains: dict[str, Main] = {}

    @staticmethod
    def read(path: Path) -> GoDeps | None:
        """The listing at `path`; None where there is none, or none that is whole."""
        try:
            return GoDeps(json.loads(path.read_bytes()))
        except (OSError, ValueError):
            return None

    @cached_property
    def packages(self) -> Mapping[str, Mapping[str, Any]]:
        """What is listed of each package, by import path."""
        packages: Mapping[str, Mapping[str, Any]] = self._record["packages"]
        return packages

    @property
    def is_whole(self) -> bool:
        """Whether every package could be loaded."""
        return all("error" not in package for package in self.packages.values())

    def main(self, package: str) -> Main | None:
        """What was found for a package as the spec names it."""
        import_path = self._record["mains"].get(package)
        if import_path is None:
            return None
        if package not in self._mains:
            self._mains[package] = self._read(import_path)
        return self._mains[package]

    def _read(self, import_path: str) -> Main:
        record = self.packages[import_path]
        closure = [
            self.packages[path]
            for path in (*record.get("deps", ()), import_path)
            if path in self.packages
        ]
        names = sorted({package["module"] for package in closure if "module" in package})
        return Main(
            import_path=import_path,
            name=record.get("name", ""),
            directory=record.get("directory", ""),
            error=record.get("error", ""),
            godebug=record.get("godebug", ""),
            files=tuple(sorted(f for p in closure if "directory" in p for f in p["files"])),
            modules=tuple(self._record["modules"][name] for name in names),
            standard={p["standard"]: tuple(p["files"]) for p in closure if "standard" in p},
            tree=self._record.get("tree", ""),
        )


def from_go_list(output: bytes, root: Path, goroot: Path, local: tuple[str, ...]) -> dict[str, Any]:
    """go-deps.json from the output of `go list -deps -json=FIELDS`, without absolute paths.

    `local` are the directories of the modules whose sources are the workspace's own, relative to
    `root`. Raises Failure where the output is not what go list prints.
    """
    places = Places(root, goroot, local)
    mains: dict[str, str] = {}
    packages: dict[str, Any] = {}
    modules: dict[str, Any] = {}
    for listed in listed_values(output):
        path = listed["ImportPath"]
        packages[path] = package_record(listed, places)
        # Of standard packages too: who imports them may be asked (`wasip1 why`).
        packages[path]["imports"] = listed.get("Imports") or []
        for pattern in listed.get("Match") or ():
            mains[pattern] = path
        if module := listed.get("Module"):
            name = packages[path]["module"] = f"{module['Path']}@{module.get('Version', '')}"
            modules[name] = module_record(module, places)
    return {"mains": mains, "modules": modules, "packages": packages}


def listed_values(output: bytes) -> Iterator[Mapping[str, Any]]:
    """The objects that `go list -json` printed. Raises Failure where it is no JSON."""
    decoder, text, position = json.JSONDecoder(), output.decode().strip(), 0
    try:
        while position < len(text):
            value, position = decoder.raw_decode(text, position)
            yield value
            space = _SPACE.match(text, position)
            position = space.end() if space else position
    except ValueError as error:
        raise failure("go-list", f"go list printed what is no JSON: {error}") from error


class Places:
    """Turns go's absolute paths into ones that are the same on every machine."""

    def __init__(self, root: Path, goroot: Path, local: tuple[str, ...]) -> None:
        self.root = root
        self.standard = str(goroot / "src") + os.sep
        self.local = tuple(os.path.abspath(root / name) for name in local)

    def is_local(self, directory: str) -> bool:
        """Whether it lies in one of the workspace's own modules."""
        return any(directory == d or directory.startswith(d + os.sep) for d in self.local)

    def relative(self, path: str) -> str:
        """From the workspace root."""
        return _relative(path, f"{self.root}{os.sep}")

    def clean(self, text: str) -> str:
        """A message without the places of this machine."""
        return text.replace(str(self.root) + os.sep, "").replace(self.standard, "$GOROOT/src/")


def _relative(path: str, top: str) -> str:
    """From a directory, whose path ends with a slash. (Thousands lie below it, and relpath takes
    ten times as long.)"""
    if path.startswith(top):
        return path.removeprefix(top)
    return Path(os.path.relpath(path, top)).as_posix()


def package_record(listed: Mapping[str, Any], places: Places) -> dict[str, Any]:
    """What go-deps.json says of a package that was listed."""
    directory = listed.get("Dir", "")
    names = sorted({name for field in _FILE_FIELDS for name in listed.get(field) or ()})
    package: dict[str, Any] = {}
    if listed.get("Standard"):
        package["standard"] = _relative(directory, places.standard)
        package["files"] = names
        return package
    if directory and places.is_local(directory):
        package["directory"] = place = places.relative(directory)
        package["files"] = names if place == "." else [f"{place}/{name}" for name in names]
    package["imports"] = listed.get("Imports") or []
    if listed.get("Match"):
        package["deps"] = listed.get("Deps") or []
        package["name"] = listed.get("Name", "")
    if godebug := listed.get("DefaultGODEBUG"):
        package["godebug"] = godebug
    if error := listed.get("Error"):
        position = error.get("Pos", "")
        package["error"] = places.clean(f"{position}: {error['Err']}" if position else error["Err"])
    return package


def module_record(module: Mapping[str, Any], places: Places) -> dict[str, Any]:
    """What go-deps.json says of a module: nothing of this machine."""
    kept = {k: module[k] for k in ("Path", "Version", "Sum", "GoVersion") if k in module}
    if replacement := module.get("Replace"):
        kept["Replace"] = module_record(replacement, places)
    if os.path.isabs(kept["Path"]):
        kept["Path"] = places.relative(kept["Path"])
    return kept
