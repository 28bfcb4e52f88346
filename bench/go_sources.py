"""The Go sources of a synthetic program: real Go, of an ordinary size, cheap to change."""

from __future__ import annotations

from collections.abc import Iterable

MODULE = "example.com/monorepo"
FUNCTIONS = 12  # in a file: 60 to 80 lines


def main_file(packages: Iterable[str]) -> str:
    """main.go: it prints a number that every other source of the program has a part in.

    `packages` are import paths, `core` among them; what each offers is called.
    """
    paths = sorted(packages)
    imports = ["bufio", "fmt", "os", "sort", "strings"]
    lines = [*(f'\t"{name}"' for name in imports), "", *(f'\t"{path}"' for path in paths)]
    calls = "".join(f"\ttotals = append(totals, {_base(path)}.Total())\n" for path in paths)
    return (
        "package main\n\nimport (\n" + "\n".join(lines) + "\n)\n\n"
        "func main() {\n"
        "\tout := bufio.NewWriter(os.Stdout)\n\tdefer out.Flush()\n"
        "\ttotals := []int{Total()}\n" + calls + "\tsort.Ints(totals)\n"
        '\tfmt.Fprintln(out, strings.Join(os.Args, " "), totals)\n}\n'
    )


def total_file(package: str, files: int) -> str:
    """The file of a package that adds up what its other files say."""
    terms = " + ".join(f"part{number:02}(1)" for number in range(files)) or "0"
    return (
        f"package {package}\n\n// Total is what all parts say.\n"
        f"func Total() int {{\n\treturn {terms}\n}}\n"
    )


def part_file(package: str, number: int, edition: int = 0, imports: Iterable[str] = ()) -> str:
    """One of a package's other files. Another `edition` is another body of one function, and
    `imports` are paths of packages whose Total it adds."""
    paths = sorted(imports)
    head = f"package {package}\n\n"
    head += "".join(f'import "{path}"\n' for path in paths) + ("\n" if paths else "")
    helpers = "".join(_helper(number, index) for index in range(FUNCTIONS))
    more = "".join(f" + {_base(path)}.Total()" for path in paths)
    calls = "".join(f"\tx = helper{number:02}x{index:02}(x)\n" for index in range(FUNCTIONS))
    return (
        f"{head}// part{number:02} is one term of the total.\n"
        f"func part{number:02}(x int) int {{\n{calls}\treturn x + {edition}{more}\n}}\n{helpers}"
    )


def _helper(number: int, index: int) -> str:
    factor = number * 31 + index * 7 + 3
    return (
        f"\nfunc helper{number:02}x{index:02}(x int) int {{\n"
        f"\tfor step := 0; step < {index + 2}; step++ {{\n"
        f"\t\tx = (x*{factor} + step) % {factor * 13 + 1}\n\t}}\n\treturn x\n}}\n"
    )


def _base(path: str) -> str:
    return path.rpartition("/")[2]
