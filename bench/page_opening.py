"""How long does Chromium take to open the page of a build, and of one of a thousand artifacts?

    python -m bench.page_opening PAGE...

prints for each page, opened in turns with an empty one, when it was drawn: the time from asking for
it to the second frame after it has loaded, of the empty one, and the difference; medians.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from bench.browser import MISSING, browser, chromium

TURNS = 11
EMPTY = "<!doctype html><title>empty</title><p>empty"


def main() -> int:
    """Prints a line for each page; 2 where there is no Chromium."""
    program = chromium()
    if program is None:
        print(f"error: {MISSING}", file=sys.stderr)
        return 2
    pages = [Path(name) for name in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as directory, browser(program) as chrome:
        empty = Path(directory, "empty.html")
        empty.write_text(EMPTY)
        chrome.screen(1280, 900)
        times: dict[Path, list[float]] = {page: [] for page in (empty, *pages)}
        for _ in range(TURNS):
            for page, taken in times.items():
                chrome.open(page)
                taken.append(chrome.painted_ms())
    base = statistics.median(times.pop(empty))
    for page, taken in times.items():
        median = statistics.median(taken)
        size = page.stat().st_size
        print(
            f"{page}: {size:,} B, {median:.0f} ms ({min(taken):.0f} to {max(taken):.0f}),"
            f" {median - base:.0f} ms more than an empty page ({base:.0f} ms)"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
