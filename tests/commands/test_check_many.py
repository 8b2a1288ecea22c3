"""``pingan check`` over folders and archives: annotated copies, one workbook, the comparison."""

import json
import zipfile
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from app.commands.check import check
from tests.formats.docx.word_files import commented
from tests.services.drafts import draft, own_paragraph, put

COPIED = own_paragraph(6)


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    """Five drafts: two share a paragraph, one is a Word file, one is in an archive."""
    folder = tmp_path / "报送"
    put(folder, "云渡镇.txt", draft(0, COPIED))
    put(folder, "柏泉镇.txt", draft(1, COPIED))
    put(folder, "青溪镇.md", draft(3))
    document = docx.Document()
    for line in draft(2).replace("化解", "化解XX件，化解").splitlines():
        document.add_paragraph(line)
    document.save(str(folder / "石桥镇.docx"))
    with zipfile.ZipFile(folder / "补报.zip", "w") as archive:
        archive.writestr("白鹭镇.txt", draft(4))
    return folder


def run(*args: object) -> Result:
    return CliRunner().invoke(check, [str(a) for a in args], standalone_mode=False)


def test_a_folder_becomes_annotated_word_files_and_one_workbook(
    drafts: Path, tmp_path: Path
) -> None:
    out, book = tmp_path / "批注", tmp_path / "汇总.xlsx"
    result = run(drafts, "--annotate", out, "--format", "xlsx", "-o", book, "--jobs", 2)
    assert result.return_value == 1
    assert result.stdout == ""
    assert "已核查 5/5 份" in result.stderr
    assert f"已写入 {out}：5 份" in result.stderr
    names = {p.relative_to(out).as_posix() for p in out.rglob("*.docx")}
    assert names == {
        "云渡镇.docx", "柏泉镇.docx", "青溪镇.docx", "石桥镇.docx", "补报/白鹭镇.docx",
    }  # fmt: skip
    assert "XX" in commented((out / "石桥镇.docx").read_bytes()).values()
    sheets = load_workbook(book)
    assert sheets.sheetnames == ["汇总", "发现", "雷同", "指标"]
    assert sheets["汇总"].max_row == 6
    assert sheets["雷同"].max_row >= 2


def test_suppressed_findings_are_no_comments(drafts: Path, tmp_path: Path) -> None:
    path = drafts / "石桥镇.docx"
    found = json.loads(run(path, "--format", "json").stdout)["documents"][0]["findings"]
    baseline = put(tmp_path, "豁免.yaml", "".join(f"{f['fingerprint']}: 已核实\n" for f in found))
    run(path, "--baseline", baseline, "--annotate", tmp_path / "o")
    assert commented((tmp_path / "o" / "石桥镇.docx").read_bytes()) == {}


def test_json_tells_of_the_cohort_and_of_the_archive(drafts: Path) -> None:
    data = json.loads(run(drafts, "--format", "json").stdout)
    assert [Path(d["path"]).name for d in data["documents"]] == [
        "云渡镇.txt", "柏泉镇.txt", "石桥镇.docx", "白鹭镇.txt", "青溪镇.md",
    ]  # fmt: skip
    (pair,) = data["cohort"]["pairs"]
    assert (pair["first"], pair["second"]) == (0, 1)
    single = json.loads(run(drafts / "云渡镇.txt", "--format", "json").stdout)
    assert "cohort" not in single


def test_what_cannot_be_read_is_told_and_the_others_go_on(drafts: Path) -> None:
    (drafts / "坏.docx").write_bytes(b"PK\x03\x04broken")
    result = run(drafts, "--format", "json")
    assert result.return_value == 2
    assert len(json.loads(result.stdout)["documents"]) == 5
    assert result.stderr.count("错误：") == 1
    assert "坏.docx" in result.stderr


def test_html_and_text_show_the_copies(drafts: Path) -> None:
    assert "<svg" in run(drafts, "--format", "html").stdout
    assert "雷同：1 对" in run(drafts).stdout


def test_emit_text_opens_archives(drafts: Path) -> None:
    assert run(drafts / "补报.zip", "--emit-text").stdout == draft(4)
