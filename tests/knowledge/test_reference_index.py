import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.errors import KnowledgeError
from app.knowledge.rebuild import rebuild_store, set_aside
from app.knowledge.reference_index import (
    FILE,
    MAX_PARAGRAPHS,
    KnownReport,
    describe_known,
    load_sidecar,
    write_sidecar,
)
from app.knowledge.storage.base import utc_now
from app.knowledge.store import KnowledgeStore
from tests.conftest import ROOT
from tests.knowledge.samples import prepared, report_text
from tests.timing import allowed

DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda data: data[: len(data) // 2],
    "not json": lambda _: b"\x00\xff nonsense",
    "empty": lambda _: b"",
    "other schema": lambda data: data.replace(b'"schema_version":1', b'"schema_version":9'),
    "a list": lambda _: b"[1, 2]",
    "wrong types": lambda data: data.replace(b'"year":2024', b'"year":"x"'),
    "bad names": lambda data: data.replace(b'"names":[', b'"names":[3,'),
    "deep": lambda _: b"[" * 100_000,
}


def names(store: KnowledgeStore) -> list[tuple[str, int]]:
    return sorted((r.unit, r.year) for r in load_sidecar(store.folder))


def test_sidecar_follows_add_replace_and_remove(store: KnowledgeStore) -> None:
    store.add(prepared())
    store.add(prepared(report_text("梧川县柏泉乡"), name="b.txt"))
    assert names(store) == [("临溪县云渡镇", 2024), ("梧川县柏泉乡", 2024)]
    replaced = store.add(prepared(report_text(drills=9)))
    by_unit = {r.unit: r for r in load_sidecar(store.folder)}
    assert by_unit["临溪县云渡镇"].id == replaced.record.report_id
    assert "云渡镇" in by_unit["临溪县云渡镇"].names
    store.remove(replaced.record)
    assert names(store) == [("梧川县柏泉乡", 2024)]


def test_lost_or_damaged_sidecar_is_made_whole_by_the_next_write(store: KnowledgeStore) -> None:
    store.add(prepared())
    (store.folder / FILE).write_text("{", encoding="utf-8")
    store.add(prepared(report_text("梧川县柏泉乡"), name="b.txt"))
    assert len(names(store)) == 2
    (store.folder / FILE).unlink()
    rebuild_store(store)
    assert len(names(store)) == 2


def test_store_set_aside_takes_its_sidecar_along(tmp_path: Path, store: KnowledgeStore) -> None:
    store.add(prepared())
    store.close()
    set_aside(tmp_path, now=utc_now())
    assert load_sidecar(tmp_path / "kb") == ()


def test_sketches_survive_the_way_through_the_file(tmp_path: Path) -> None:
    text = report_text()
    report = describe_known("R1", "临溪县云渡镇", 2024, "总结", text)
    write_sidecar(tmp_path, [report])
    (read,) = load_sidecar(tmp_path)
    assert read == report
    prints = read.known_prints(3)
    assert len(prints) == len(report.sizes) > 0
    assert {p.source for p in prints} == {3}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damaged_sidecar_is_told_apart_from_none(tmp_path: Path, kind: str) -> None:
    assert load_sidecar(tmp_path) == ()
    write_sidecar(tmp_path, [describe_known("R1", "临溪县云渡镇", 2024, "总结", report_text())])
    path = tmp_path / FILE
    path.write_bytes(DAMAGE[kind](path.read_bytes()))
    with pytest.raises(KnowledgeError, match="pingan kb rebuild"):
        load_sidecar(tmp_path)


def test_damaged_sketches_are_noticed() -> None:
    good = describe_known("R1", "临溪县云渡镇", 2024, "总结", report_text())
    for prints in (good.prints[:-4], "%%%", good.prints[:-1]):
        report = KnownReport("R1", "u", 2024, "t", (), good.sizes, prints)
        with pytest.raises(ValueError, match="damaged"):
            report.known_prints(0)


def test_size_is_bounded_and_the_newest_keep_their_sketches(tmp_path: Path) -> None:
    base = describe_known("R0", "临溪县云渡镇", 2024, "总结", report_text())
    count = MAX_PARAGRAPHS // len(base.sizes) + 20
    reports = [
        KnownReport(f"R{i}", f"单位{i}", 2000 + i % 30, "t", (), base.sizes, base.prints)
        for i in range(count)
    ]
    write_sidecar(tmp_path, reports)
    read = load_sidecar(tmp_path)
    assert len(read) == count
    assert sum(len(r.sizes) for r in read) <= MAX_PARAGRAPHS
    assert min(r.year for r in read if r.sizes) >= max(r.year for r in read if not r.sizes)
    start = time.process_time()
    for index, report in enumerate(load_sidecar(tmp_path)):
        report.known_prints(index)
    assert time.process_time() - start < allowed(0.2)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a folder it may not write")
def test_unwritable_folder_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(KnowledgeError, match="写不进去"):
        write_sidecar(tmp_path, [])


def test_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_sidecar(tmp_path, [])
    before = (tmp_path / FILE).read_bytes()

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(KnowledgeError):
        write_sidecar(tmp_path, [describe_known("R1", "云渡镇", 2024, "总结", report_text())])
    assert [p.name for p in tmp_path.iterdir()] == [FILE]
    assert (tmp_path / FILE).read_bytes() == before


def test_reading_it_imports_nothing_heavy() -> None:
    code = (
        "import sys, pathlib, app.knowledge.reference_index as s;"
        "s.load_sidecar(pathlib.Path('.'));"
        "print(sorted(m for m in ('chromadb', 'numpy', 'tiktoken', 'jieba', 'yaml')"
        " if m in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_file_is_plain_json_without_report_text(tmp_path: Path) -> None:
    text = report_text()
    write_sidecar(tmp_path, [describe_known("R1", "临溪县云渡镇", 2024, "总结", text)])
    raw = (tmp_path / FILE).read_text("utf-8")
    assert set(json.loads(raw)["reports"][0]) == {
        "id", "unit", "year", "title", "names", "sizes", "prints",
    }  # fmt: skip
    assert "网格员坚持" in text
    assert "网格员坚持" not in raw
