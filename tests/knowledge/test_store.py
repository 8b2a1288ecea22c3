import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.errors import KnowledgeError
from app.core.files import writer_lock
from app.knowledge.corrections import Corrections
from app.knowledge.embedders import HashedNgramEmbedder
from app.knowledge.rebuild import rebuild_store, set_aside
from app.knowledge.records import Outcome
from app.knowledge.retriever import HybridRetriever
from app.knowledge.storage.base import LOCK_FILE, utc_now
from app.knowledge.storage.chroma import DamagedIndexError
from app.knowledge.storage.tables import META, REPORTS, ServerTable
from app.knowledge.store import KnowledgeStore
from tests.knowledge.samples import SMALL, open_small, prepared, report_text


def contents(store: KnowledgeStore) -> list[tuple[str, str, int]]:
    return [(p.id, p.text, p.year) for p in store.passages()]


def test_a_report_comes_back_with_its_passages(store: KnowledgeStore) -> None:
    added = store.add(prepared())
    assert added.outcome is Outcome.TAKEN
    (record,) = store.records()
    assert (record.unit, record.year, record.unit_type) == ("临溪县云渡镇", 2024, "乡镇")
    passages = store.passages()
    assert len(passages) == record.passages > 3
    assert passages[0].unit == "临溪县云渡镇"
    assert store.report_text(record.record_id) == prepared().text


def test_adding_twice_changes_nothing(store: KnowledgeStore) -> None:
    store.add(prepared())
    before, generation = contents(store), store.state.generation
    again = store.add(prepared(name="副本.txt", source="/elsewhere/副本.txt"))
    assert again.outcome is Outcome.UNCHANGED
    assert contents(store) == before
    assert store.state.generation == generation
    assert store.vectors is not None
    assert store.vectors.count() == len(before)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from([(u, y) for u in "甲乙" for y in (2023, 2024)]), max_size=5))
def test_any_order_of_additions_repeated_gives_the_same_store(
    tmp_path_factory: pytest.TempPathFactory, order: list[tuple[str, int]]
) -> None:
    reports = [
        prepared(report_text(f"临溪县{unit}安镇", year), name=f"{unit}{year}.txt")
        for unit, year in order
    ]
    with open_small(tmp_path_factory.mktemp("kb")) as store:
        for report in reports:
            store.add(report)
        once = contents(store)
        assert len(store.records()) == len(set(order))
        for report in reversed(reports):
            assert store.add(report).outcome is Outcome.UNCHANGED
        assert contents(store) == once


def test_a_changed_file_replaces_its_passages(store: KnowledgeStore) -> None:
    first = store.add(prepared(report_text(drills=6))).record
    second = store.add(prepared(report_text(drills=9)))
    assert second.outcome is Outcome.REPLACED
    assert [r.record_id for r in store.records()] == [first.record_id]
    text = "".join(p.text for p in store.passages())
    assert "消防演练9场" in text
    assert "消防演练6场" not in text
    assert store.vectors is not None
    assert store.vectors.count() == len(store.passages())


def test_a_version_of_the_same_report_from_another_file_replaces_it(store: KnowledgeStore) -> None:
    store.add(prepared(report_text(drills=6), name="初稿.txt"))
    assert store.add(prepared(report_text(drills=9), name="定稿.txt")).outcome is Outcome.REPLACED
    assert len(store.records()) == 1


def test_a_namesake_with_other_wording_is_another_report(store: KnowledgeStore) -> None:
    other = "云渡镇2024年平安建设工作总结\n一、反诈宣传\n" + "派出所民警走进集市讲解防骗知识。" * 5
    same = "云渡镇2024年平安建设工作总结\n一、消防演练\n" + "志愿者逐户更换老化电线和灭火器。" * 5
    store.add(prepared(other, name="a.txt"))
    assert store.add(prepared(same, name="b.txt")).outcome is Outcome.TAKEN
    assert len(store.records()) == 2


def test_a_file_reused_for_the_next_year_keeps_last_year(store: KnowledgeStore) -> None:
    store.add(prepared(report_text(year=2023), name="总结.txt"))
    store.add(prepared(report_text(year=2024), name="总结.txt"))
    assert [r.year for r in store.records()] == [2023, 2024]


def test_corrections_are_kept_and_can_be_made_later(store: KnowledgeStore) -> None:
    store.add(prepared())
    corrected = store.add(prepared(corrections=Corrections(unit="云渡镇综治中心")))
    assert corrected.outcome is Outcome.REPLACED
    assert {p.unit for p in store.passages()} == {"云渡镇综治中心"}
    assert store.add(prepared()).outcome is Outcome.UNCHANGED
    store.add(prepared(corrections=Corrections(year=2020)))
    (record,) = store.records()
    assert (record.unit, record.year) == ("云渡镇综治中心", 2020)


def test_removing_a_report_removes_its_passages(store: KnowledgeStore) -> None:
    record = store.add(prepared()).record
    store.add(prepared(report_text("青岚市档案馆"), name="b.txt"))
    store.remove(record)
    assert {p.unit for p in store.passages()} == {"青岚市档案馆"}
    assert store.vectors is not None
    assert store.vectors.count() == len(store.passages())


def test_a_text_without_sentences_is_refused(store: KnowledgeStore) -> None:
    with pytest.raises(KnowledgeError, match="没有成段的文字"):
        store.add(prepared("云渡镇\n2024年"))
    assert store.records() == ()


def test_a_store_survives_closing(tmp_path: Path) -> None:
    with open_small(tmp_path) as store:
        store.add(prepared())
        before = contents(store)
    with open_small(tmp_path) as store:
        assert contents(store) == before


def test_two_openings_in_one_process_see_each_other(tmp_path: Path) -> None:
    with open_small(tmp_path) as one, open_small(tmp_path) as other:
        one.add(prepared())
        assert contents(other) == contents(one)
    with open_small(tmp_path) as again:
        assert len(again.records()) == 1


def _write_many(store: KnowledgeStore, prefix: str, count: int) -> None:
    assert store.vectors is not None
    texts = [f"{prefix}第{i}段文字" for i in range(count)]
    values = [{"report_id": prefix}] * count
    with store.locked():
        ids = [f"{prefix}{i}" for i in range(count)]
        store.vectors.write(ids, SMALL.embed_documents(texts), texts, values)
        store.bump()


def _found(store: KnowledgeStore, prefix: str, count: int) -> int:
    store.refresh()
    assert store.vectors is not None
    return sum(
        found.similarity > 0.999
        for i in range(0, count, 50)
        for found in store.vectors.nearest_ids(SMALL.embed_query(f"{prefix}第{i}段文字"), 1)
    )


def test_two_writers_with_the_store_open_lose_nothing(tmp_path: Path) -> None:
    with open_small(tmp_path) as one, open_small(tmp_path) as other:
        one.add(prepared())
        _write_many(one, "甲", 200)
        assert _found(other, "甲", 200) == 4
        _write_many(other, "乙", 1200)
        assert _found(one, "乙", 1200) == 24
        _write_many(one, "丙", 1200)
        assert [_found(other, p, n) for p, n in (("甲", 200), ("乙", 1200), ("丙", 1200))] == [
            4,
            24,
            24,
        ]
    with open_small(tmp_path) as again:
        assert [_found(again, p, n) for p, n in (("甲", 200), ("乙", 1200), ("丙", 1200))] == [
            4,
            24,
            24,
        ]


def test_another_embedder_is_refused_with_the_command(tmp_path: Path) -> None:
    with open_small(tmp_path) as store:
        store.add(prepared())
    with pytest.raises(KnowledgeError, match=r"hashed-v2-64.*hashed-v2-32.*pingan kb rebuild"):
        KnowledgeStore(tmp_path, HashedNgramEmbedder(32))
    with open_small(tmp_path) as store:
        assert len(store.records()) == 1


def test_an_open_store_notices_that_another_program_rebuilt_it(tmp_path: Path) -> None:
    with open_small(tmp_path) as store:
        store.add(prepared())
        with KnowledgeStore(tmp_path, HashedNgramEmbedder(32), is_rebuilding=True) as other:
            rebuild_store(other)
        with pytest.raises(KnowledgeError, match="pingan kb rebuild"):
            store.add(prepared(report_text("青岚市档案馆"), name="b.txt"))
        with pytest.raises(KnowledgeError, match="pingan kb rebuild"):
            HybridRetriever(store).search("消防")


def test_rebuild_moves_to_another_embedder(tmp_path: Path) -> None:
    with open_small(tmp_path) as store:
        store.add(prepared())
        before = [p.text for p in store.passages()]
    seen: list[tuple[int, int, str]] = []
    with KnowledgeStore(tmp_path, HashedNgramEmbedder(32), is_rebuilding=True) as store:
        count = rebuild_store(store, lambda *args: seen.append(args))
    assert seen == [(1, 1, "云渡镇.txt")]
    with KnowledgeStore(tmp_path, HashedNgramEmbedder(32)) as store:
        assert [p.text for p in store.passages()] == before
        assert store.vectors is not None
        assert store.vectors.count() == count
        assert store.vectors.metadata["dimensions"] == 32


def test_an_interrupted_rebuild_goes_on_where_it_stopped(tmp_path: Path) -> None:
    units = ("青岚市档案馆", "临溪县云渡镇", "云岭水务有限公司")
    with open_small(tmp_path) as store:
        for unit in units:
            store.add(prepared(report_text(unit), name=f"{unit}.txt"))
        before = contents(store)

    def stop(done: int, total: int, name: str) -> None:
        if done == 2:
            raise KeyboardInterrupt

    embedder = _Counting(32)
    with (
        KnowledgeStore(tmp_path, embedder, is_rebuilding=True) as store,
        pytest.raises(KeyboardInterrupt),
    ):
        rebuild_store(store, stop)
    with open_small(tmp_path) as store:
        assert contents(store) == before
    first = embedder.embedded
    with KnowledgeStore(tmp_path, embedder, is_rebuilding=True) as store:
        rebuild_store(store)
    assert 0 < embedder.embedded - first < first
    with KnowledgeStore(tmp_path, embedder) as store:
        assert contents(store) == before


class _Counting(HashedNgramEmbedder):
    embedded = 0

    def embed_documents(self, texts):  # type: ignore[no-untyped-def]
        self.embedded += len(texts)
        return super().embed_documents(texts)


def _garble(path: Path) -> None:
    path.write_bytes(b"this is no database" * 200)


def _cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _drop_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE collections")
        connection.commit()


@pytest.mark.parametrize("harm", [_garble, _cut_short, _empty, Path.unlink, _drop_table])
def test_what_chroma_holds_is_made_again_from_the_records(tmp_path: Path, harm) -> None:  # type: ignore[no-untyped-def]
    with open_small(tmp_path) as store:
        store.add(prepared())
        before = contents(store)
    harm(tmp_path / "kb" / "chroma" / "chroma.sqlite3")
    with pytest.raises(DamagedIndexError, match=r"索引文件.*pingan kb rebuild 重建.*都还在"):
        open_small(tmp_path)
    with KnowledgeStore(tmp_path, SMALL, is_rebuilding=True) as store:
        rebuild_store(store)
    with open_small(tmp_path) as store:
        assert contents(store) == before


@pytest.mark.parametrize("harm", [_garble, _empty, Path.unlink])
def test_damaged_records_say_so_and_name_the_way_out(tmp_path: Path, harm) -> None:  # type: ignore[no-untyped-def]
    with open_small(tmp_path) as store:
        store.add(prepared())
    harm(tmp_path / "kb" / "records.sqlite3")
    with pytest.raises(KnowledgeError, match=r"pingan kb rebuild --reset|pingan doctor --data"):
        open_small(tmp_path)
    aside = set_aside(tmp_path, now=utc_now())
    assert aside is not None
    assert aside.is_dir()
    with open_small(tmp_path) as store:
        assert store.records() == ()
        store.add(prepared())


def test_an_index_broken_by_a_kill_mends_itself(tmp_path: Path) -> None:
    """Chroma saves its index in place: a kill in that moment leaves half a file."""
    with open_small(tmp_path) as store:
        store.add(prepared())
        before = contents(store)
        vectors = store.vectors
        assert vectors is not None
        texts = [f"第{i}段" for i in range(1100)]
        values = [{"report_id": "R0"}] * len(texts)
        vectors.write([f"x{i}" for i in range(1100)], SMALL.embed_documents(texts), texts, values)
        vectors.nearest_ids(SMALL.embed_query("演练"), 3)
        store.state.begin(owner="", comes="R0", goes="", started=utc_now())
    (saved,) = (tmp_path / "kb" / "chroma").glob("*/index_metadata.pickle")
    saved.write_bytes(b"")
    with open_small(tmp_path) as store:
        assert contents(store) == before
        assert store.vectors is not None
        assert store.vectors.count() == len(store.passages())
        assert store.state.intents() == ()


def test_the_records_of_an_older_program_move_into_their_file(tmp_path: Path) -> None:
    with open_small(tmp_path) as store:
        store.add(prepared())
        before, records = contents(store), store.records()
        for kind, table in ((META, store.state._table), (REPORTS, store._reports)):
            old = ServerTable(store._client, kind, store.place)
            for record_id, told in table.all().items():
                old.put(record_id, told, table.text(record_id))
    for path in (tmp_path / "kb").glob("records.sqlite3*"):
        path.unlink()
    with open_small(tmp_path) as store:
        assert store.records() == records
        assert contents(store) == before
        assert store.report_text(records[0].record_id) != ""


def test_lost_index_files_are_noticed_and_rebuilt(tmp_path: Path) -> None:
    with open_small(tmp_path) as store:
        store.add(prepared())
        assert store.vectors is not None
        texts = [f"第{i}段" for i in range(1100)]
        values = [{"report_id": "R0"}] * len(texts)
        store.vectors.write(
            [f"x{i}" for i in range(1100)], SMALL.embed_documents(texts), texts, values
        )
        store.vectors.nearest_ids(SMALL.embed_query("演练"), 3)
        before = contents(store)
    for folder in (tmp_path / "kb" / "chroma").iterdir():
        if folder.is_dir():
            shutil.rmtree(folder)
    with pytest.raises(KnowledgeError, match=r"索引文件.*pingan kb rebuild"):
        open_small(tmp_path)
    with KnowledgeStore(tmp_path, SMALL, is_rebuilding=True) as store:
        rebuild_store(store)
    with open_small(tmp_path) as store:
        assert contents(store) == before


def test_a_second_writer_waits_and_then_says_why(
    store: KnowledgeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.knowledge.store.LOCK_TIMEOUT_S", 0.2)
    with (
        writer_lock(store.folder / LOCK_FILE, timeout_s=0),
        pytest.raises(KnowledgeError, match="正在写入"),
        store.locked(timeout_s=0.2),
    ):
        pass


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(KnowledgeError, match="不是文件夹"):
        open_small(tmp_path / "file")


def test_an_absent_server_is_named(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="PINGAN_CHROMA_URL"):
        KnowledgeStore(tmp_path, SMALL, chroma_url="http://127.0.0.1:9")
