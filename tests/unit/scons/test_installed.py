"""The plug-in that runs must be the one that is installed, where one is installed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wasip1_build.findings import Failure
from wasip1_build.scons.installed import require_one_copy


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site-packages directory in which wasip1-scons is installed from a wheel."""
    site = tmp_path / "lib" / "site-packages"
    (site / "wasip1_build").mkdir(parents=True)
    (site / "wasip1_scons-0.1.0.dist-info").mkdir()
    return site


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The package's directory in a clone of the repository."""
    package = tmp_path / "clone of it" / "site_scons" / "wasip1_build"
    package.mkdir(parents=True)
    return package


def record(site: Path, text: str) -> None:
    """Writes what pip records of where a distribution came from (PEP 610)."""
    (site / "wasip1_scons-0.1.0.dist-info" / "direct_url.json").write_text(text)


def test_a_checkout_beside_an_installed_wheel_is_refused(site: Path, checkout: Path) -> None:
    with pytest.raises(Failure) as caught:
        require_one_copy(checkout, ["/nowhere", str(site)])
    (finding,) = caught.value.findings
    assert finding.rule == "two-copies"
    assert str(checkout.parent) in finding.what
    assert f"wasip1_scons-0.1.0 is installed in {site}" in finding.what
    assert "pip uninstall wasip1-scons" in finding.fix


def test_the_installed_wheel_may_run(site: Path) -> None:
    require_one_copy(site / "wasip1_build", [str(site)])


def test_a_link_to_the_installed_copy_is_that_copy(site: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(site)
    require_one_copy(tmp_path / "link" / "wasip1_build", [str(site)])


def test_a_checkout_may_run_where_nothing_is_installed(checkout: Path, tmp_path: Path) -> None:
    require_one_copy(checkout, ["", str(tmp_path), str(tmp_path / "missing")])


def test_an_editable_install_of_the_checkout_is_that_copy(site: Path, checkout: Path) -> None:
    url = checkout.parents[1].as_uri()  # its blanks are %20
    record(site, json.dumps({"url": url, "dir_info": {"editable": True}}))
    require_one_copy(checkout, [str(site)])


def test_an_editable_install_of_another_checkout_is_refused(site: Path, checkout: Path) -> None:
    record(site, json.dumps({"url": "file:///elsewhere", "dir_info": {"editable": True}}))
    with pytest.raises(Failure, match="two-copies"):
        require_one_copy(checkout, [str(site)])


@pytest.mark.parametrize(
    "text", ['{"url": "file:///x", "dir_info": {}}', '{"url": "file:///x"}', "[]", "not JSON", ""]
)
def test_a_record_that_says_no_editable_install_means_the_wheel(site: Path, text: str) -> None:
    record(site, text)
    require_one_copy(site / "wasip1_build", [str(site)])


def test_the_first_installation_on_the_path_counts(
    site: Path, checkout: Path, tmp_path: Path
) -> None:
    """As Python finds it: a virtual environment's own before the one that it sees beneath."""
    record(site, json.dumps({"url": checkout.parents[1].as_uri(), "dir_info": {"editable": True}}))
    (tmp_path / "system" / "wasip1_scons-0.0.1.dist-info").mkdir(parents=True)
    require_one_copy(checkout, [str(site), str(tmp_path / "system")])
    with pytest.raises(Failure, match=r"wasip1_scons-0\.0\.1"):
        require_one_copy(checkout, [str(tmp_path / "system"), str(site)])
