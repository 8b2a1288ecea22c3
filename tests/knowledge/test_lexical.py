import math
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import KnowledgeError
from app.knowledge.embedders import HashedNgramEmbedder
from app.knowledge.index import lexical
from app.knowledge.index.lexical import LIST_FILE, LexicalIndex, make_entry, tokenize
from app.knowledge.index.segments import SUFFIX, make_segment
from app.knowledge.passage import Passage
from app.knowledge.retriever import HybridRetriever
from app.knowledge.storage.base import LEXICAL_FOLDER
from app.knowledge.store import KnowledgeStore
from tests.knowledge.samples import prepared, report_text

WORDS = "消防 演练 矛盾 纠纷 排查 化解 渡口 救生衣 巡逻 反诈 宣传 老街 电线 网格".split()


def report(number: int, texts: list[str], part: str = "") -> list[Passage]:
    name = f"R{number:04d}"
    return [
        Passage(f"{name}-{i:04d}", text, part=part, report_id=name, position=i)
        for i, text in enumerate(texts)
    ]


def random_reports(count: int) -> list[list[Passage]]:
    rng = random.Random(1)
    return [
        report(n, ["".join(rng.choices(WORDS, k=rng.randint(3, 12))) for _ in range(3)])
        for n in range(count)
    ]


def plain_scores(passages: list[Passage], query: str) -> list[float]:
    """BM25 as the book has it."""
    docs = [Counter(tokenize(p.indexed_text).tolist()) for p in passages]
    sizes = [sum(doc.values()) for doc in docs]
    mean = sum(sizes) / len(sizes)
    scores = [0.0] * len(docs)
    for term, weight in Counter(tokenize(query).tolist()).items():
        found = sum(term in doc for doc in docs)
        if not found:
            continue
        rarity = math.log(1 + (len(docs) - found + 0.5) / (found + 0.5))
        for i, doc in enumerate(docs):
            norm = 1.5 * (0.25 + 0.75 * sizes[i] / mean)
            scores[i] += weight * rarity * doc[term] * 2.5 / (doc[term] + norm)
    return scores


def test_terms_are_characters_pairs_and_latin_words_without_figures() -> None:
    terms = tokenize("AI巡河3次，巡河")
    assert Counter(terms.tolist())[(ord("巡") << 16) | ord("河")] == 2
    assert ord("次") in terms
    assert len(tokenize("2024年97.3%")) == 1
    assert len(tokenize("、。 ！")) == 0
    assert len(tokenize("😀𝒳")) == 0


def test_scores_are_those_of_bm25_however_the_reports_were_added(tmp_path: Path) -> None:
    reports = random_reports(30)
    one, many = LexicalIndex(tmp_path / "one"), LexicalIndex(tmp_path / "many")
    one.add([make_entry(passages) for passages in reports])
    for passages in reports:
        many.add([make_entry(passages)])
    every = [passage for passages in reports for passage in passages]
    expected = dict(zip([p.id for p in every], plain_scores(every, "老街消防演练"), strict=True))
    assert len(many.view().segments) < len(reports)
    for index in (one, many):
        view = index.view()
        scores = view.scores("老街消防演练")
        for number in range(view.size):
            assert scores[number] == pytest.approx(expected[view.passage_id(number)], rel=1e-4)


def test_numbers_and_ids_match(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path)
    for passages in random_reports(20):
        index.add([make_entry(passages)])
    view = index.view()
    assert view.size == 60
    assert [view.number(view.passage_id(n)) for n in range(view.size)] == list(range(view.size))
    assert view.number("R9999-0000") == view.number("R0001-0007") == view.number("x") == -1


def test_only_allowed_passages_are_found_best_first(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path)
    index.add([make_entry(report(1, ["消防演练", "消防演练消防", "渡口巡逻"], part="safety"))])
    index.add([make_entry(report(2, ["消防", "反诈宣传"], part="fraud"))])
    view = index.view()
    everywhere = np.ones(view.size, dtype=bool)
    assert view.passage_id(view.search("渡口", 5, everywhere)[0]) == "R0001-0002"
    assert view.search("网络", 5, everywhere) == []
    inside = view.search("消防", 5, view.in_part("fraud"))
    assert [view.passage_id(number) for number in inside] == ["R0002-0000"]
    assert not view.in_part("campus").any()
    assert view.mask(["R0002"]).sum() == 2


def test_a_report_added_again_counts_once(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path)
    index.add([make_entry(report(1, ["消防演练"]))])
    index.add([make_entry(report(1, ["渡口巡逻", "反诈宣传"]))])
    view = index.view()
    assert view.counts == {"R0001": 2}
    found = view.search("消防渡口", 5, view.mask(["R0001"]))
    assert [view.passage_id(number) for number in found] == ["R0001-0000"]


def test_compacting_leaves_the_dead_out(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path)
    index.add([make_entry(passages) for passages in random_reports(10)])
    index.compact({"R0003", "R0007"})
    assert set(index.view().counts) == {"R0003", "R0007"}
    assert len(list(tmp_path.glob(f"*{SUFFIX}"))) == 1


@pytest.mark.parametrize("damage", [b"", b"PALX0001", b"PALX0001" + b"\xff" * 200])
def test_damaged_pieces_are_left_out(tmp_path: Path, damage: bytes) -> None:
    index = LexicalIndex(tmp_path)
    index.add([make_entry(report(1, ["消防演练"]))])
    next(tmp_path.glob(f"*{SUFFIX}")).write_bytes(damage)
    assert index.view().counts == {}
    index.add([make_entry(report(2, ["渡口巡逻"]))])
    assert set(index.view().counts) == {"R0002"}


def test_a_damaged_list_is_an_empty_index(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path)
    index.add([make_entry(report(1, ["消防演练"]))])
    (tmp_path / LIST_FILE).write_text("{", encoding="utf-8")
    assert index.view().size == 0


def test_a_view_goes_on_while_others_write(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path)
    index.add([make_entry(report(0, ["消防演练"]))])
    view = index.view()
    for number in range(1, 30):
        index.add([make_entry(report(number, ["渡口巡逻"]))])
    assert view.search("消防", 1, np.ones(view.size, dtype=bool)) == [0]


def test_very_common_terms_are_left_out_of_long_queries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lexical, "_MOST_POSTINGS", 10)
    index = LexicalIndex(tmp_path)
    texts = [f"平安建设工作{chr(0x5000 + i)}" for i in range(50)]
    index.add([make_entry(report(1, texts))])
    view = index.view()
    scores = view.scores(f"平安建设工作{chr(0x5000 + 7)}")
    assert int(scores.argmax()) == 7


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(KnowledgeError, match="字词索引"):
        LexicalIndex(tmp_path / "file" / "below").add([make_entry(report(1, ["消防演练"]))])


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=30))
def test_any_text_is_indexed_and_searched(text: str, query: str) -> None:
    entry = make_entry(report(1, [text]))
    segment = make_segment([entry])
    view = lexical.LexicalView((segment,))
    assert len(view.search(query, 3, np.ones(1, dtype=bool))) <= 1


def test_a_lost_index_is_made_anew_before_the_next_search(tmp_path: Path) -> None:
    with KnowledgeStore(tmp_path, HashedNgramEmbedder(64)) as store:
        store.add(prepared())
        before = [hit.passage.id for hit in HybridRetriever(store).search("消防演练")]
        for path in (store.folder / LEXICAL_FOLDER).rglob("*"):
            if path.is_file():
                path.unlink()
        assert [hit.passage.id for hit in HybridRetriever(store).search("消防演练")] == before
        assert list((store.folder / LEXICAL_FOLDER).rglob(f"*{SUFFIX}"))


def test_what_an_older_program_wrote_is_indexed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with KnowledgeStore(tmp_path, HashedNgramEmbedder(64)) as store:
        with monkeypatch.context() as patch:
            patch.setattr(KnowledgeStore, "index_passages", lambda *_: None)
            for year in range(2000, 2025):
                store.add(prepared(report_text("临溪县云渡镇", year), name=f"{year}.txt"))
        hits = HybridRetriever(store).search("消防演练", k=3)
        assert hits
        assert hits[0].lexical_rank == 1


def test_removed_reports_are_not_found_although_still_indexed(tmp_path: Path) -> None:
    with KnowledgeStore(tmp_path, HashedNgramEmbedder(64)) as store:
        record = store.add(prepared()).record
        other = store.add(prepared(report_text("云岭水务有限公司", 2024), name="b.txt")).record
        store.remove(record)
        hits = HybridRetriever(store).search("消防演练矛盾纠纷", k=10)
        assert {hit.passage.report_id for hit in hits} == {other.report_id}
