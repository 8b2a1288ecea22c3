"""An installed wheel works away from the checkout and carries its data."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the built wheel, and nothing else, is unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    (wheel,) = folder.glob("*.whl")
    target = folder / "site"
    zipfile.ZipFile(wheel).extractall(target)
    return target


def run(site: Path, cwd: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *args],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_wheel_holds_no_tests_and_all_data(site: Path) -> None:
    assert not (site / "tests").exists()
    assert (site / "app" / "py.typed").is_file()
    resources = site / "app" / "_resources"
    assert list((resources / "prompts").glob("*.md"))
    assert len(list((resources / "knowledge_base" / "reports").glob("*.txt"))) >= 16
    assert len(list((resources / "knowledge_base" / "profiles").glob("*.yaml"))) == 4
    assert len(list((resources / "examples").glob("*.txt"))) == 4
    assert (site / "app" / "locale" / "zh_CN" / "LC_MESSAGES" / "messages.mo").is_file()


def test_installed_program_checks_and_drafts(site: Path, tmp_path: Path) -> None:
    where = run(site, tmp_path, "check", "--emit-text", str(site / "没有"))
    assert str(ROOT / "app") not in where.stderr
    report = site / "app" / "_resources" / "knowledge_base" / "reports" / "2024_青岚市.txt"
    shown = run(site, tmp_path, "check", str(report), "--format", "html")
    assert shown.returncode == 0
    assert "没有发现问题。" in shown.stdout
    sheet = site / "app" / "_resources" / "examples" / "机关.txt"
    drafted = run(site, tmp_path, "draft", str(sheet), "--offline")
    assert drafted.returncode == 0, drafted.stderr
    assert "青岚市档案馆" in drafted.stdout
