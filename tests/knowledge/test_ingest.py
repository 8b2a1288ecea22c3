"""Files, folders and archives into the store: what is taken, what is not, and why."""

import io
import zipfile
from pathlib import Path

import pytest

from app.core.errors import ConfigError, InputError, KnowledgeError
from app.formats.archive import ArchiveLimits
from app.knowledge.corrections import Corrections, PartOf
from app.knowledge.records import Outcome
from app.knowledge.reference_index import describes
from app.knowledge.store import KnowledgeStore
from app.services import ingest
from app.services.ingest import IngestStoppedError, add_paths
from tests.formats.test_archive import pack_raw
from tests.knowledge.samples import open_small, prepared, report_text


def archive(path: Path, members: dict[str, bytes | str]) -> Path:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    path.write_bytes(buffer.getvalue())
    return path


def test_an_archive_is_taken_file_by_file(store: KnowledgeStore, tmp_path: Path) -> None:
    path = archive(
        tmp_path / "各镇.zip",
        {
            "甲/2024.txt": report_text("临溪县甲安镇"),
            "乙/2024.txt": report_text("临溪县乙安镇"),
            "乙/~$2024.docx": "x",
            "__MACOSX/乙/._2024.txt": "x",
            "图.png": "x",
            "里.zip": "x",
            "../外.txt": report_text("临溪县丙安镇"),
            "坏.docx": b"PK\x03\x04broken",
            "空.txt": "",
        },
    )
    seen: list[tuple[int, int]] = []
    summary = add_paths(
        store, [path], on_progress=lambda done, total, _: seen.append((done, total))
    )
    assert sorted(r.unit for r in summary.taken) == ["临溪县乙安镇", "临溪县甲安镇"]
    skipped = {item.name: item.reason for item in summary.skipped}
    assert sorted(skipped) == [
        "各镇.zip/../外.txt",
        "各镇.zip/图.png",
        "各镇.zip/空.txt",
        "各镇.zip/里.zip",
    ]
    assert [item.name for item in summary.failed] == ["各镇.zip/坏.docx"]
    assert all(reason.endswith("。") for reason in skipped.values())
    assert seen == [(number, 7) for number in range(1, 8)]
    again = add_paths(store, [path])
    assert (len(again.unchanged), again.total) == (2, 7)


def test_an_archive_of_an_old_chinese_system_is_taken(
    store: KnowledgeStore, tmp_path: Path
) -> None:
    path = tmp_path / "一批.zip"
    text = report_text("青岚市档案馆").replace("青岚市档案馆2024年", "")
    path.write_bytes(pack_raw({"报送/2023_青岚市档案馆.txt".encode("gbk"): text.encode("gb18030")}))
    (record,) = add_paths(store, [path]).taken
    assert (record.name, record.unit) == ("2023_青岚市档案馆.txt", "青岚市档案馆")


def test_a_changed_archive_replaces_what_changed(store: KnowledgeStore, tmp_path: Path) -> None:
    members = {"甲.txt": report_text("临溪县甲安镇"), "乙.txt": report_text("临溪县乙安镇")}
    add_paths(store, [archive(tmp_path / "各镇.zip", dict(members))])
    members["甲.txt"] = report_text("临溪县甲安镇", drills=9)
    summary = add_paths(store, [archive(tmp_path / "各镇.zip", dict(members))])
    assert (len(summary.replaced), len(summary.unchanged)) == (1, 1)
    assert len(store.records()) == 2


def test_an_archive_that_cannot_be_opened_does_not_stop_the_rest(
    store: KnowledgeStore, tmp_path: Path
) -> None:
    (tmp_path / "坏.zip").write_bytes(b"Rar!\x1a\x07\x00")
    archive(tmp_path / "弹.zip", {"a.txt": b"\0" * (64 * 2**20)})
    (tmp_path / "好.txt").write_text(report_text(), encoding="utf-8")
    summary = add_paths(store, [tmp_path])
    assert len(summary.taken) == 1
    reasons = {item.name: item.reason for item in summary.failed}
    assert "rar格式" in reasons["坏.zip"]
    assert "压缩炸弹" in reasons["弹.zip"]


def test_limits_of_archives_can_be_set(store: KnowledgeStore, tmp_path: Path) -> None:
    path = archive(tmp_path / "各镇.zip", {f"{i}.txt": "x" for i in range(3)})
    summary = add_paths(store, [path], limits=ArchiveLimits(max_members=2))
    assert "超过2个" in summary.failed[0].reason


def test_a_store_that_fails_in_the_middle_tells_what_was_done(
    store: KnowledgeStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in "一二三":
        text = report_text(f"临溪县第{number}镇")
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    add = KnowledgeStore.add
    calls: list[int] = []

    def failing(self: KnowledgeStore, *args: object, **kwargs: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            raise KnowledgeError("所在磁盘已满，请腾出空间后再试。")
        return add(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(KnowledgeStore, "add", failing)
    with pytest.raises(IngestStoppedError, match=r"磁盘已满.*已收好1份，共3份") as told:
        add_paths(store, [folder])
    assert told.value.summary.present == 1
    monkeypatch.setattr(KnowledgeStore, "add", add)
    summary = add_paths(store, [folder])
    assert (len(summary.unchanged), len(summary.taken)) == (1, 2)


def test_what_may_not_be_sent_to_an_embedder_fails_for_that_file_alone(
    store: KnowledgeStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(*_: object) -> None:
        raise ConfigError("没有发送：含身份证号。")

    monkeypatch.setattr(ingest, "_add_patiently", refusing)
    (tmp_path / "a.txt").write_text(report_text(), encoding="utf-8")
    assert "没有发送" in add_paths(store, [tmp_path]).failed[0].reason


def test_the_checker_is_told_once_for_many(
    store: KnowledgeStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    tell = KnowledgeStore.tell_checker

    def counting(self: KnowledgeStore) -> None:
        told.append(1)
        tell(self)

    monkeypatch.setattr(KnowledgeStore, "tell_checker", counting)
    for number in "一二三":
        text = report_text(f"临溪县第{number}镇")
        (tmp_path / f"{number}.txt").write_text(text, encoding="utf-8")
    add_paths(store, [tmp_path])
    assert told == [1]
    assert describes(store.folder, store.state.generation)


# --- corrections -----------------------------------------------------------------------------


def parts_of(store: KnowledgeStore) -> dict[str, str]:
    return {p.heading_path[-1]: p.part for p in store.passages() if p.heading_path}


def test_a_correction_survives_the_same_and_the_changed_file(store: KnowledgeStore) -> None:
    record = store.add(prepared()).record
    said = Corrections("临溪县柏泉镇", 2021, "市级", (PartOf("调解在小", "petitions"),))
    edited = store.edit(record.record_id, said)
    assert edited.outcome is Outcome.REPLACED
    assert edited.record.record_id == record.record_id
    assert parts_of(store)["调解在小"] == "petitions"
    assert store.add(prepared()).outcome is Outcome.UNCHANGED
    changed = store.add(prepared(report_text(drills=9)))
    assert changed.outcome is Outcome.REPLACED
    (record,) = store.records()
    assert (record.unit, record.year, record.unit_type) == ("临溪县柏泉镇", 2021, "市级")
    assert parts_of(store)["调解在小"] == "petitions"
    assert "消防演练9场" in "".join(p.text for p in store.passages())
    assert store.vectors is not None
    assert store.vectors.count() == len(store.passages())


def test_a_correction_survives_a_changed_upload_from_another_folder(store: KnowledgeStore) -> None:
    record = store.add(prepared(name="总结.txt", source="/x1/总结.txt")).record
    store.edit(record.record_id, Corrections(unit="临溪县柏泉镇"))
    again = prepared(report_text(drills=7), name="总结.txt", source="/x2/总结.txt")
    assert store.add(again).outcome is Outcome.REPLACED
    assert [r.unit for r in store.records()] == ["临溪县柏泉镇"]


def test_corrections_add_up_and_can_be_taken_back(store: KnowledgeStore) -> None:
    record = store.add(prepared()).record
    store.edit(record.record_id, Corrections(year=2021))
    store.edit(record.record_id, Corrections(unit="临溪县柏泉镇"))
    edited = store.edit(record.record_id, Corrections(parts=(PartOf("", "results"),))).record
    assert (edited.unit, edited.year) == ("临溪县柏泉镇", 2021)
    assert store.passages()[0].part == "results"
    store.edit(record.record_id, Corrections(parts=(PartOf("", ""),)))
    assert store.passages()[0].part != "results"
    restored = store.edit(record.record_id, Corrections(), is_reset=True).record
    assert (restored.unit, restored.year) == ("临溪县云渡镇", 2024)
    assert not restored.corrections
    assert store.vectors is not None
    assert store.vectors.count() == len(store.passages())


def test_correcting_a_report_that_has_gone_says_so(store: KnowledgeStore) -> None:
    with pytest.raises(KnowledgeError, match="已经没有编号 R0"):
        store.edit("R0", Corrections(year=2020))


def test_a_correction_is_there_after_closing(tmp_path: Path) -> None:
    with open_small(tmp_path) as store:
        record = store.add(prepared()).record
        store.edit(record.record_id, Corrections(year=2020, parts=(PartOf("调解在小", "law"),)))
    with open_small(tmp_path) as store:
        (record,) = store.records()
        assert record.corrections == Corrections(year=2020, parts=(PartOf("调解在小", "law"),))
        assert record.recognised.year == 2024


def test_a_missing_path_is_named(store: KnowledgeStore, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"没有\.zip"):
        add_paths(store, [tmp_path / "没有.zip"])
