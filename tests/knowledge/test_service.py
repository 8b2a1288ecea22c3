from pathlib import Path

import docx
import pytest

from app import resources
from app.core.errors import InputError, KnowledgeError
from app.knowledge.clean import clean_report
from app.knowledge.corrections import Corrections
from app.knowledge.metadata import describe_report
from app.knowledge.store import KnowledgeStore
from app.services import knowledge
from app.services.ingest import add_paths
from app.settings import Settings
from tests.knowledge.samples import report_text


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_folders_are_taken_with_a_reason_for_each_file_left_out(
    store: KnowledgeStore, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    write(folder, "甲/2024.txt", report_text("临溪县甲安镇"))
    write(folder, "乙.md", report_text("临溪县乙安镇"))
    write(folder, "空.txt", "")
    write(folder, "图.png", "x")
    write(folder, "短.txt", "云渡镇\n二〇二四年")
    write(folder, "README.md", "These are reports. 总结。\n" * 9)
    document = docx.Document()
    for line in report_text("临溪县丙安镇").splitlines():
        document.add_paragraph(line)
    document.save(str(folder / "丙.docx"))
    seen: list[tuple[int, int, str]] = []
    summary = add_paths(store, [folder], on_progress=lambda *a: seen.append(a))
    assert sorted(r.unit for r in summary.taken) == ["临溪县丙安镇", "临溪县乙安镇", "临溪县甲安镇"]
    assert sorted(item.name for item in summary.skipped) == [
        "README.md",
        "图.png",
        "短.txt",
        "空.txt",
    ]
    assert all(item.reason.endswith("。") for item in summary.skipped)
    assert (seen[-1][0], seen[-1][1]) == (7, 7)
    again = add_paths(store, [folder, folder])
    assert (len(again.unchanged), again.total) == (3, 7)


def test_a_changed_file_is_replaced(store: KnowledgeStore, tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", report_text(drills=6))
    add_paths(store, [path])
    write(tmp_path, "a.txt", report_text(drills=8))
    assert len(add_paths(store, [path]).replaced) == 1


def test_corrections_reach_every_passage(store: KnowledgeStore, tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", report_text())
    corrections = Corrections("云渡镇", 2019, "市级")
    (record,) = add_paths(store, [path], corrections=corrections).taken
    assert (record.unit, record.year, record.unit_type) == ("云渡镇", 2019, "市级")
    assert {(p.unit, p.year) for p in store.passages()} == {("云渡镇", 2019)}


def test_a_path_that_is_not_there_is_named(store: KnowledgeStore, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"没有\.txt"):
        add_paths(store, [tmp_path / "没有.txt"])
    assert store.records() == ()


@pytest.fixture
def samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "samples"
    for unit in ("临溪县甲安镇", "临溪县乙安镇", "临溪县丙安镇"):
        write(folder, f"{unit}.txt", report_text(unit))
    monkeypatch.setattr(resources, "reports_dir", lambda: folder)
    return folder


def test_bundled_samples_are_read_as_what_they_are() -> None:
    paths = sorted(resources.reports_dir().glob("*.txt"))
    described = [
        describe_report(clean_report(path.read_text(encoding="utf-8")), path.name) for path in paths
    ]
    assert len(paths) >= 16
    assert all(info.unit and info.title for info in described)
    assert all(path.name.startswith(str(i.year)) for path, i in zip(paths, described, strict=True))
    assert {info.unit_type for info in described} == {"机关", "国企", "乡镇", "市级"}


def test_samples_are_added_once_and_stay_removed(store: KnowledgeStore, samples: Path) -> None:
    assert len(knowledge.ensure_samples(store).taken) == 3
    assert knowledge.ensure_samples(store).total == 0
    for record in store.records():
        store.remove(record)
    assert knowledge.ensure_samples(store).total == 0
    assert store.records() == ()


def test_samples_interrupted_half_way_are_finished(store: KnowledgeStore, samples: Path) -> None:
    def stop(done: int, total: int, name: str) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        knowledge.ensure_samples(store, stop)
    summary = knowledge.ensure_samples(store)
    assert len(summary.unchanged) == 2
    assert len(store.records()) == summary.total


def test_samples_are_not_mixed_into_a_users_own_store(
    store: KnowledgeStore, samples: Path, tmp_path: Path
) -> None:
    add_paths(store, [write(tmp_path, "a.txt", report_text())])
    assert knowledge.ensure_samples(store).total == 0


def test_reports_are_found_by_id_name_and_unit(store: KnowledgeStore, tmp_path: Path) -> None:
    add_paths(store, [write(tmp_path, "a.txt", report_text())])
    (record,) = store.records()
    for wanted in (record.record_id, "a.txt", "临溪县云渡镇"):
        assert knowledge.find_records(store, wanted) == (record,)
    with pytest.raises(KnowledgeError, match="kb list"):
        knowledge.find_records(store, "不存在")


def test_rebuild_with_reset_sets_a_damaged_store_aside(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    knowledge.open_store(settings).close()
    (tmp_path / "kb" / "records.sqlite3").write_bytes(b"x" * 5000)
    with pytest.raises(KnowledgeError, match="doctor --data"):
        knowledge.open_store(settings)
    passages, aside = knowledge.rebuild(settings, is_reset=True)
    assert passages == 0
    assert aside is not None
    assert (aside / "records.sqlite3").exists()
    with knowledge.open_store(settings) as opened:
        assert opened.records() == ()
