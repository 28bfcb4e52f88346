"""The files of the small workspaces that are built in tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from project import Project

Files = Mapping[str, str]
MakeWorkspace = Callable[[Files], Project]  # with an SConstruct, and nothing built

MAIN = 'package main\n\nfunc main() {\n\tprintln("solo", 1)\n}\n'


def solo_files(*keys: str) -> Files:
    """The files of one program; `keys` are lines of the artifact's table."""
    lines = ("spec-version = 1\n", "[artifact.solo]", 'package = "."', *keys, "")
    return {
        "go.mod": "module example.com/solo\n\ngo 1.25\n",
        "main.go": MAIN,
        "wasip1.toml": "\n".join(lines),
    }


WORKSPACE = {
    "go.mod": "module example.com/w\n\ngo 1.25\n",
    "lib/lib.go": "package lib\n\nfunc Answer() int {\n\treturn 42\n}\n",
    **{
        f"{name}/main.go": 'package main\n\nimport "example.com/w/lib"\n\n'
        f'func main() {{\n\tprintln("{name}", lib.Answer())\n}}\n'
        for name in ("one", "two")
    },
    "m/three/main.go": 'package main\n\nfunc main() {\n\tprintln("three")\n}\n',
    "m/three/wasip1.toml": 'spec-version = 1\n\n[artifact.three]\npackage = "."\n',
    "wasip1.toml": """spec-version = 1

[workspace]
members = ["m/*"]

[defaults]
compress = { formats = ["br"], brotli-quality = 0 }

[artifact.one]
package = "./one"

[artifact.two]
package = "./two"
""",
}

TWO = {
    "go.mod": "module example.com/two\n\ngo 1.25\n",
    "lib/lib.go": "package lib\n\nfunc Answer() int {\n\treturn 42\n}\n",
    "alpha/main.go": "package main\n\n"
    'import (\n\t_ "embed"\n\t"os"\n\n\t"example.com/two/lib"\n)\n\n'
    "//go:embed greeting.txt\nvar greeting string\n\n"
    'var version = "none"\n\n'
    "func main() {\n"
    '\tdata, err := os.ReadFile("/data/name.txt")\n'
    "\tif err != nil {\n\t\tpanic(err)\n\t}\n"
    '\tos.Stdout.WriteString(greeting + string(data) + version + "\\n")\n'
    "\tos.Exit(lib.Answer() - 42)\n}\n",
    "alpha/greeting.txt": "hello ",
    "alpha/data/name.txt": "world ",
    "beta/main.go": 'package main\n\nimport "example.com/two/lib"\n\n'
    "func main() {\n\tprintln(lib.Answer())\n}\n",
    "wasip1.toml": """spec-version = 1

[defaults]
compress = { formats = ["br"], brotli-quality = 1 }

[profile.dev]
compress.formats = []

[artifact.alpha]
package = "./alpha"
grants.dirs = [{ host = "alpha/data", guest = "/data", mode = "ro", reason = "the name" }]
budget.wasm = "4MiB"

[[artifact.alpha.check]]
name = "greets"
expect = { exit = 0 }

[artifact.beta]
package = "./beta"
budget.wasm = "4MiB"
""",
}
