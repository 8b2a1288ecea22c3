from pathlib import Path

from app.knowledge.reference_index import FILE, describe_known, write_sidecar
from app.services.checking import Checker, CheckOptions
from app.services.reference_index import load_known
from tests.knowledge.samples import report_text


def fill(folder: Path) -> None:
    write_sidecar(
        folder,
        [
            describe_known(
                f"R{year}", "临溪县云渡镇", year, f"{year}年总结", report_text(year=year)
            )
            for year in (2022, 2023)
        ],
    )


def test_units_come_once_and_texts_each(tmp_path: Path) -> None:
    fill(tmp_path)
    known = load_known(tmp_path)
    assert [u.unit for u in known.units] == ["临溪县云渡镇"]
    assert [t.year for t in known.texts] == [2023, 2022]
    assert {p.source for t in known.texts for p in t.prints} == {0, 1}
    assert not known.warning


def test_no_folder_and_no_file_are_silent(tmp_path: Path) -> None:
    assert load_known(None) == load_known(tmp_path)
    assert Checker(CheckOptions(knowledge=tmp_path)).warnings == ()


def test_damaged_file_warns_and_the_check_goes_on(tmp_path: Path) -> None:
    fill(tmp_path)
    path = tmp_path / FILE
    path.write_text(path.read_text("utf-8").replace('"prints":"', '"prints":"%', 1), "utf-8")
    checker = Checker(CheckOptions(knowledge=tmp_path))
    (warning,) = checker.warnings
    assert "单位名录" in warning
    assert "pingan kb rebuild" in warning
    assert checker.check_text("全年排查42件。").result.findings is not None


def test_checker_compares_with_the_knowledge_base(tmp_path: Path) -> None:
    fill(tmp_path)
    text = (
        "梧川县柏泉乡2024年平安建设工作总结\n云渡镇坚持每周排查。\n"
        "梧川县柏泉乡人民政府\n2024年12月1日\n"
    )
    rules = {
        folder: {
            f.rule for f in Checker(CheckOptions(knowledge=folder)).check_text(text).result.findings
        }
        for folder in (tmp_path, None)
    }
    assert "CO02" in rules[tmp_path]
    assert "CO02" not in rules[None]
