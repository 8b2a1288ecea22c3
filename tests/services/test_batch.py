"""Many drafts at once: folders, archives, processes, annotated copies, what cannot be read."""

import io
import zipfile
from datetime import datetime
from pathlib import Path

import docx
import pytest

from app.core.errors import ExportError, InputError
from app.services.batch import BatchOptions, BatchResult, check_batch
from app.services.sources import annotated_places, find_sources
from tests.formats.docx.word_files import commented, comments
from tests.services.drafts import draft, put

NOW = datetime(2025, 12, 20, 9, 30)  # noqa: DTZ001


def zipped(folder: Path, name: str, members: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / name, "w") as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return folder / name


def word(*lines: str) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def paths(batch: BatchResult) -> list[str]:
    return [r.path for r in batch.results]


def test_folders_and_archives_are_opened_and_the_unreadable_is_told(tmp_path: Path) -> None:
    put(tmp_path, "甲/a.txt", draft(0))
    put(tmp_path, "甲/深/b.md", draft(1))
    put(tmp_path, "甲/~$锁.docx", "x")
    put(tmp_path, "甲/图.jpg", "x")
    (tmp_path / "甲/坏.docx").write_bytes(b"PK\x03\x04broken")
    (tmp_path / "甲/烂.zip").write_bytes(b"PK\x03\x04broken")
    zipped(
        tmp_path / "甲",
        "包.zip",
        {"镇/c.txt": draft(2).encode(), "镇/坏.pdf": b"%PDF-1.4 broken", "里.zip": b"PK\x05\x06"},
    )
    seen: list[tuple[int, int]] = []
    batch = check_batch(
        [tmp_path / "甲"], on_done=lambda done, total, _: seen.append((done, total))
    )
    folder = str(tmp_path / "甲")
    assert paths(batch) == [
        f"{folder}/a.txt", f"{folder}/包.zip/镇/c.txt", f"{folder}/深/b.md",
    ]  # fmt: skip
    assert {Path(f.path).name for f in batch.failed} == {"坏.docx", "烂.zip", "坏.pdf", "里.zip"}
    assert all(f.message.endswith("。") for f in batch.failed)
    assert seen[-1][0] == 5
    assert batch.cohort is not None
    assert len(batch.cohort.drafts) == 3


def test_processes_give_the_same_in_the_same_order(tmp_path: Path) -> None:
    for n in range(6):
        put(tmp_path / "d", f"{n}.txt", draft(n))
    (tmp_path / "d" / "2b.docx").write_bytes(b"PK\x03\x04broken")
    one = check_batch([tmp_path / "d"])
    two = check_batch([tmp_path / "d"], BatchOptions(jobs=2))
    assert one.results == two.results
    assert one.failed == two.failed
    assert one.cohort == two.cohort


def test_word_files_are_annotated_and_the_inputs_left_alone(tmp_path: Path) -> None:
    source = tmp_path / "报送"
    bad = word("某局2025年总结", "全年排查42件，化解45件。")
    for folder in ("甲镇", "乙镇"):
        (source / folder).mkdir(parents=True)
        (source / folder / "总结.docx").write_bytes(bad)
    put(source, "甲镇/总结.txt", "某局总结\n全年排查42件，化解XX件。\n")
    out = tmp_path / "批注"
    before = {p: p.read_bytes() for p in source.rglob("*") if p.is_file()}
    batch = check_batch([source], BatchOptions(annotate=out), now=NOW)
    assert {p: p.read_bytes() for p in before} == before
    names = sorted(p.relative_to(out).as_posix() for p in out.rglob("*.docx"))
    assert names == ["乙镇/总结.docx", "甲镇/总结.docx", "甲镇/总结（批注）.docx"]
    for item in batch.drafts:
        assert item.annotated is not None
        data = item.annotated.read_bytes()
        quotes = sorted(f.quote for f in item.checked.result.findings)
        assert sorted(commented(data).values()) == quotes
        assert len(comments(data, "平安核查")) == len(quotes)
    assert not [p for p in out.rglob("*") if p.suffix == ".tmp"]


def test_annotated_copies_beside_the_inputs_get_another_name(tmp_path: Path) -> None:
    source = tmp_path / "稿.docx"
    source.write_bytes(word("总结", "完善XX机制。"))
    before = source.read_bytes()
    batch = check_batch([source], BatchOptions(annotate=tmp_path))
    assert source.read_bytes() == before
    assert [d.annotated for d in batch.drafts] == [tmp_path / "稿（批注）.docx"]


def test_results_inside_the_folder_are_not_checked_the_next_time(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", draft(0))
    out = tmp_path / "批注"
    for _ in range(2):
        batch = check_batch([tmp_path], BatchOptions(annotate=out))
        assert paths(batch) == [str(tmp_path / "a.txt")]


def test_same_names_given_from_two_places_do_not_meet(tmp_path: Path) -> None:
    given = [put(tmp_path / f, "总结.txt", draft(n)) for n, f in enumerate(("甲", "乙", "丙"))]
    given.append(zipped(tmp_path, "总结.zip", {"总结.txt": draft(3).encode()}))
    sources, _ = find_sources([*given, given[0]])
    places = annotated_places(sources, tmp_path / "o")
    assert len(sources) == len(set(places)) == 4
    assert places[-1] == tmp_path / "o" / "总结" / "总结.docx"


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    source = put(tmp_path, "a.txt", draft(0))
    with pytest.raises(ExportError, match="建不起来"):
        check_batch([source], BatchOptions(annotate=source / "里"))


def test_an_empty_folder_is_refused_and_an_empty_archive_told(tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    with pytest.raises(InputError, match="没有可核查的文件"):
        check_batch([tmp_path / "空"])
    batch = check_batch([zipped(tmp_path, "空.zip", {"a.jpg": b"x"})])
    assert "没有可核查的文件" in batch.failed[0].message


def test_one_draft_makes_no_cohort(tmp_path: Path) -> None:
    assert check_batch([put(tmp_path, "a.txt", draft(0))]).cohort is None


def test_files_with_macros_keep_their_ending(tmp_path: Path) -> None:
    (tmp_path / "a.docm").write_bytes(word("总结", "完善XX机制。"))
    batch = check_batch([tmp_path / "a.docm"], BatchOptions(annotate=tmp_path / "o"))
    assert [d.annotated for d in batch.drafts] == [tmp_path / "o" / "a.docm"]
