"""Where members are looked for."""

from __future__ import annotations

from pathlib import Path

from wasip1_build.spec.members import looked_in


def test_new_members_would_appear_in_the_directories_that_patterns_list(tmp_path: Path) -> None:
    for name in ("services/a", "services/b", "tools"):
        (tmp_path / name).mkdir(parents=True)
    assert looked_in(tmp_path, ".", ("services/*", "tools", "later")) == (
        "later",
        "services",
        "services/a",
        "services/b",
        "tools",
    )
    assert looked_in(tmp_path, ".", ("t*",)) == (".", "tools")
