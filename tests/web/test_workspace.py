from pathlib import Path

import pytest

from app.core.errors import InputError
from app.web.workspace import UploadFolder, safe_name


@pytest.fixture
def workspace(tmp_path: Path) -> UploadFolder:
    return UploadFolder(tmp_path.resolve())


def test_an_upload_is_gone_once_it_has_been_read(workspace: UploadFolder) -> None:
    uploaded = workspace.folder / "hash" / "a.txt"
    uploaded.parent.mkdir()
    uploaded.write_text("x")
    with workspace.taken(str(uploaded)) as path:
        assert path.read_text() == "x"
    assert not uploaded.parent.exists()


@pytest.mark.parametrize("name", [None, "", "/etc/passwd", "missing.txt"])
def test_only_uploads_of_this_page_are_taken(workspace: UploadFolder, name: str | None) -> None:
    given = str(workspace.folder / name) if name else name
    with pytest.raises(InputError, match="重新选择"), workspace.taken(given):
        pass


def test_downloads_of_one_name_do_not_meet(workspace: UploadFolder) -> None:
    first, second = workspace.place("总结", ".docx"), workspace.place("总结", ".docx")
    assert first.name == second.name == "总结.docx"
    assert first != second


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("../../etc/passwd", "etcpasswd.md"),
        ('a<b>:"|?*', "ab.md"),
        ("\u202egnp", "gnp.md"),
        (" . ", "平安建设工作总结.md"),
        ("字" * 300, "字" * 60 + ".md"),
    ],
)
def test_names_are_fit_for_every_system(stem: str, expected: str) -> None:
    assert safe_name(stem, ".md") == expected
