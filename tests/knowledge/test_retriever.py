from collections.abc import Iterator
from pathlib import Path

import pytest

from app.knowledge.embedders import HashedNgramEmbedder
from app.knowledge.langchain_retriever import PassageRetriever
from app.knowledge.retriever import HybridRetriever
from app.knowledge.store import KnowledgeStore
from tests.knowledge.samples import prepared, report_text

UNITS = ("临溪县云渡镇", "青岚市档案馆", "云岭水务有限公司")
OWN_WORDING = {
    "临溪县云渡镇": "镇村干部划船巡查渡口，劝导乘客穿好救生衣。",
    "青岚市档案馆": "库房安装气体灭火装置，查阅大厅设置安检门。",
    "云岭水务有限公司": "泵站实行双人值守，抢修队伍随时待命。",
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeStore]:
    with KnowledgeStore(tmp_path_factory.mktemp("kb"), HashedNgramEmbedder(512)) as store:
        for unit in UNITS:
            for year in (2023, 2024):
                text = report_text(unit, year).replace(
                    "组织消防演练", OWN_WORDING[unit] + "组织消防演练"
                )
                store.add(prepared(text, name=f"{unit}{year}.txt"))
        yield store


@pytest.fixture(scope="module")
def retriever(filled: KnowledgeStore) -> HybridRetriever:
    return HybridRetriever(filled)


def test_the_passage_on_the_subject_comes_first(retriever: HybridRetriever) -> None:
    hit = retriever.search("请老党员和乡贤调解说事室")[0]
    assert "说事室" in hit.passage.text
    assert hit.dense_rank == hit.lexical_rank == 1
    assert hit.similarity > 0.3


def test_near_duplicates_of_other_years_are_dropped(retriever: HybridRetriever) -> None:
    hits = retriever.search("建立说事室参与调解", k=6)
    told = [hit for hit in hits if "建立说事室" in hit.passage.text]
    assert len(told) == 1
    assert told[0].alike  # and the search says so
    assert all("建立说事室" in passage.text for passage in told[0].alike)


def test_asked_part_comes_first(retriever: HybridRetriever) -> None:
    hits = retriever.search("扎实做好各项工作", part="safety", k=3)
    assert [h.passage.part for h in hits] == ["safety"] * 3
    assert "同一部分" in hits[0].why


def test_a_part_nobody_tells_of_falls_back_to_the_rest(retriever: HybridRetriever) -> None:
    assert retriever.search("消防演练", part="campus", k=2)


def test_own_unit_is_preferred_with_its_last_year(retriever: HybridRetriever) -> None:
    for unit in UNITS:
        hit = retriever.search("消防演练火灾隐患整改", part="safety", own_unit=unit)[0]
        assert (hit.passage.unit, hit.passage.year) == (unit, 2024)
        assert "本单位最近一年" in hit.why


def test_unit_type_is_preferred(retriever: HybridRetriever) -> None:
    hit = retriever.search("消防演练火灾隐患整改", part="safety", unit_type="国企")[0]
    assert hit.passage.unit == "云岭水务有限公司"


def test_an_excluded_unit_never_appears(retriever: HybridRetriever) -> None:
    hits = retriever.search("渡口救生衣消防演练", exclude_unit="云渡镇", k=10)
    assert hits
    assert all("云渡" not in h.passage.unit for h in hits)


def test_why_can_be_left_out(retriever: HybridRetriever) -> None:
    assert retriever.search("消防", explain=False)[0].why == ""


@pytest.mark.parametrize("query", ["", "  ", "！？", "zzz qqq", "𝒳" * 500])
def test_any_query_is_answered(retriever: HybridRetriever, query: str) -> None:
    assert len(retriever.search(query)) <= 6


def test_scores_fall_and_are_repeatable(retriever: HybridRetriever) -> None:
    first = retriever.search("矛盾纠纷", k=5)
    assert first == retriever.search("矛盾纠纷", k=5)
    assert [h.score for h in first] == sorted((h.score for h in first), reverse=True)


def test_a_new_report_is_found_at_once(tmp_path: Path) -> None:
    with KnowledgeStore(tmp_path, HashedNgramEmbedder(64)) as store:
        searcher = HybridRetriever(store)
        assert searcher.search("消防") == ()
        record = store.add(prepared()).record
        assert searcher.search("消防")
        store.remove(record)
        assert searcher.search("消防") == ()


def test_langchain_gets_masked_documents(retriever: HybridRetriever) -> None:
    chain_part = PassageRetriever(retriever=retriever, k=2, part="safety", own_unit=UNITS[0])
    documents = chain_part.invoke("消防演练")
    assert len(documents) == 2
    assert not any(char.isdigit() for doc in documents for char in doc.page_content)
    assert documents[0].metadata["unit"] == UNITS[0]
    assert documents[0].id


def test_the_own_unit_is_found_among_many_alike(tmp_path: Path) -> None:
    with KnowledgeStore(tmp_path, HashedNgramEmbedder(64)) as store, store.batch():
        for number in range(40):
            unit = f"{chr(0x5000 + number)}{chr(0x5100 + number)}镇"
            for year in (2022, 2023):
                text = report_text(unit, year).replace("组织消防演练", f"{unit[:2]}组织消防演练")
                store.add(prepared(text, name=f"{year}{unit}.txt"))
        own = f"{chr(0x5000 + 33)}{chr(0x5100 + 33)}镇"
        hit = HybridRetriever(store).search("消防演练", part="safety", own_unit=own, k=3)[0]
        assert (hit.passage.unit, hit.passage.year) == (own, 2023)
        assert "本单位第" in hit.why


def test_the_own_unit_does_not_push_in_where_it_says_nothing(retriever: HybridRetriever) -> None:
    hit = retriever.search("渡口救生衣划船", own_unit="青岚市档案馆")[0]
    assert hit.passage.unit == "临溪县云渡镇"


def test_too_few_in_the_part_are_filled_up_behind_it(retriever: HybridRetriever) -> None:
    hits = retriever.search("消防演练火灾隐患整改", part="safety", k=12)
    parts = [hit.passage.part for hit in hits]
    inside = parts.count("safety")
    assert parts[:inside] == ["safety"] * inside
    assert len({hit.passage.id for hit in hits}) == len(hits) > inside > 0


def test_the_score_is_what_the_explanation_says(retriever: HybridRetriever) -> None:
    hit = retriever.search("渡口救生衣", part="safety", unit_type="乡镇", own_unit=UNITS[0])[0]
    for words in ("语义第", "字词第", "同一部分×1.5", "同类单位×1.15", "本单位最近一年×1.3"):
        assert words in hit.why
