"""BUILD-DIR/report/index.html, put together from what is kept of each artifact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wasip1_build.report.cells import Table, has_all_of, table_of, totals_line
from wasip1_build.report.page.assets import assets
from wasip1_build.report.page.data import in_script, page_json, shared_data
from wasip1_build.report.page.owners import standard_packages
from wasip1_build.report.page.parts import html_cells, shown
from wasip1_build.report.rendering import Rendered, Rendering

# A page that is larger opens slowly; then it has the largest packages of each artifact only, and
# not all of the notes.
MOST_BYTES = 1_900_000
MOST_NOTES_BYTES = 100_000


def html_page(build: Rendering, bench: str = "") -> str:
    """The page. `bench` is what the last benchmark said, as `bench_part` writes it.

    The table and the findings are there without the script, which adds all else. The verdict is a
    word, so no colour is needed to read it.
    """
    is_large = _bytes_of(build) > MOST_BYTES
    # All pieces are put together once: to copy two megabytes takes a millisecond.
    pieces = [_before_data(build, MOST_NOTES_BYTES if is_large else 0)]
    pieces += _data(build, whole=not is_large)
    pieces.append(f"""</script>
<script type="application/json" id="bench">{in_script(bench) or "{}"}</script>
<script>{assets().script}</script>
</body>
</html>
""")
    return "".join(pieces)


def _before_data(build: Rendering, most_notes: int) -> str:
    own, content = assets(), table_of(build)
    legend = "\n".join(f"<p>{shown(line)}</p>" for line in content.legend)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{own.policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>WASI modules: {shown(totals_line(build))}</title>
<style>{own.style}</style>
</head>
<body>
<header>
<h1>WASI modules</h1>
<p id="totals">{shown(totals_line(build))}</p>
</header>
<main>
<div id="build">
{_findings(build, most_notes)}
<section aria-labelledby="artifacts-title">
<h2 id="artifacts-title">Artifacts</h2>
<div id="tools" role="search" hidden></div>
<div class="scroll" role="region" aria-labelledby="artifacts-title" tabindex="0">
{_table(build, content)}
</div>
<div class="legend">
{legend}
</div>
</section>
<div id="workspace"></div>
</div>
<article id="artifact" hidden></article>
</main>
<script type="application/json" id="data">"""


def _bytes_of(build: Rendering) -> int:
    """About what all that is told of artifacts takes."""
    return sum(
        len(each.html) + len(each.notes) + len(each.html_cells) + len(each.page) + len(each.owners)
        for each in build.artifacts.values()
    )


def _findings(build: Rendering, most_notes: int) -> str:
    """Those of what failed first; notes are folded away, and with `most_notes` cut after so many
    bytes."""
    every = (build.workspace, *build.artifacts.values())
    weighty = sorted((each for each in every if each.html), key=lambda each: not each.findings[0])
    listed = _list(each.html for each in weighty)
    notes, count = [each.notes for each in every if each.notes], build.findings[-1]
    if not listed and not notes:
        return ""
    folded = ""
    if notes:
        shown, rest = _within(notes, most_notes)
        more = "<p>The others are in report.md, beside the directory of this page.</p>\n"
        folded = (
            f'<details id="notes"><summary>{count} {"note" if count == 1 else "notes"}</summary>\n'
            f"{_list(shown)}{more if rest else ''}</details>\n"
        )
    title = '<h2 id="findings-title">Findings</h2>'
    return f'<section aria-labelledby="findings-title">\n{title}\n{listed}{folded}</section>'


def _within(texts: list[str], most: int) -> tuple[list[str], list[str]]:
    """As many as fit into `most` bytes, all for 0, and the rest."""
    total = 0
    for place, text in enumerate(texts):
        total += len(text)
        if most and total > most:
            return texts[:place], texts[place:]
    return texts, []


def _list(items: Iterable[str]) -> str:
    text = "\n".join(items)
    return f'<ul class="findings">\n{text}\n</ul>\n' if text else ""


def _table(build: Rendering, content: Table) -> str:
    right = [n for n, column in enumerate(content.columns, 1) if column.align == "right"]
    classes = " ".join(f"r{number}" for number in right)
    head = "".join(f'<th scope="col">{shown(each.heading)}' for each in content.columns)
    rows = "\n".join(
        _row(name, cells, build.artifacts[artifact], content)
        for artifact, (name, *cells) in content.rows.items()
    )
    return f"""<table id="artifacts" class="{classes}">
<caption>Profile {shown(build.profile)}</caption>
<thead><tr>{head}</tr></thead>
<tbody>
{rows}
</tbody>
</table>"""


def _row(name: str, cells: Iterable[str], artifact: Rendered, content: Table) -> str:
    rest = artifact.html_cells if has_all_of(artifact, content) else html_cells(cells)
    return f"<tr><th scope=row>{shown(name)}{rest}</tr>"


def _data(build: Rendering, *, whole: bool) -> Iterator[str]:
    """In the order of the table's rows. What is shared is written once."""
    every = build.artifacts.values()
    yield f'{{"profile":{page_json(build.profile)},"whole":{page_json(whole)},'
    yield f'"shared":{page_json(shared_data() | {"std": standard_packages()})},\n"artifacts":['
    yield from _listed(each.page or "{}" for each in every)
    yield '],\n"owners":['
    yield from _listed((each.owners if whole else each.largest_owners) or "0" for each in every)
    yield "]}"


def _listed(parts: Iterable[str]) -> Iterator[str]:
    comma = ""
    for part in parts:
        yield comma
        yield part
        comma = ",\n"
