"""Queries with graded passages: topics of sentences and of queries, joined by a stated rule."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app import resources
from app.core.errors import InputError
from app.knowledge.chunking import PASSAGE_TOKENS, cut_passages
from app.knowledge.clean import clean_report
from app.knowledge.passage import Passage
from app.knowledge.records import PreparedReport, prepare_report
from app.knowledge.tokens import count_tokens
from app.language.structure.sentences import sentences
from eval.cases import datasets_dir, read_text

TASK = "retrieve"
DEV, HELD_OUT = "dev", "held"
SPLIT_TITLES = {DEV: "调参用", HELD_OUT: "留出"}
KIND_TITLES = {"title": "部分标题", "fact": "要点", "para": "换个说法"}
DEV_UNITS = (
    "临溪县市场监督管理局",
    "临溪县云渡镇",
    "云岭公共交通有限责任公司",
    "沅澄市",
    "000_",
    "004_",
)
_MAIN_SHARE = 1 / 3
_HASH_CHARS = 12
_LABEL = re.compile(r"^(?:[（(][一二三四五六七八九十\d]+[）)]|\d+[.．、])\s*")


@dataclass(frozen=True, slots=True)
class Query:
    """What a writer asks for. ``grades`` maps topics to 1 (touches), 2 (near) and 3 (means it)."""

    id: str
    split: str
    kind: str
    part: str
    grades: Mapping[str, int]
    text: str


@dataclass(frozen=True, slots=True)
class LabelledReport:
    """A report with the topics of its sentences, by the sentences' text."""

    name: str
    report: PreparedReport
    topics: Mapping[str, frozenset[str]]

    @property
    def split(self) -> str:
        """The half that the report's unit belongs to."""
        return DEV if any(unit in self.name for unit in DEV_UNITS) else HELD_OUT

    def passages(self) -> tuple[Passage, ...]:
        """The passages as a store would cut them."""
        return cut_passages(
            self.report.text,
            budget_tokens=PASSAGE_TOKENS,
            count_tokens=count_tokens,
            info=self.report.info,
            report_id=self.name,
        )


@dataclass(frozen=True, slots=True)
class Collection:
    """One half: its reports, passages, queries and the grade of each passage for each query.

    Grades are by the passage's text: ids are the store's own.
    """

    split: str
    reports: tuple[LabelledReport, ...]
    passages: tuple[Passage, ...]
    queries: tuple[Query, ...]
    grades: Mapping[str, Mapping[str, int]]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    head, *lines = read_text(path).splitlines()
    names = head.split("\t")
    for number, line in enumerate(lines, start=2):
        cells = line.split("\t")
        if len(cells) != len(names):
            raise InputError(f"{path} 第{number}行应有{len(names)}列，请修正后再试。")
        yield dict(zip(names, cells, strict=True))


def load_queries() -> tuple[Query, ...]:
    """All queries of both halves.

    Raises:
        InputError: the file is damaged.
    """
    found = []
    for row in _rows(datasets_dir(TASK) / "queries.tsv"):
        pairs = (item.split("=") for item in row["grades"].split())
        grades = {topic: int(grade) for topic, grade in pairs}
        found.append(Query(row["id"], row["split"], row["kind"], row["part"], grades, row["text"]))
    return tuple(found)


def cut_sentences(text: str) -> list[str]:
    """The sentences of a cleaned report, as the labels number them."""
    lines = [line for line in text.split("\n") if line.strip()]
    return [span.of(line).strip() for line in lines for span in sentences(line)]


def sentence_hash(sentence: str) -> str:
    """What stands for a sentence of a corpus that is not ours to quote."""
    return hashlib.sha256(sentence.encode("utf-8")).hexdigest()[:_HASH_CHARS]


def _labelled(folder: Path, labels: Path, *, is_hashed: bool) -> Iterator[LabelledReport]:
    by_report: dict[str, list[dict[str, str]]] = {}
    for row in _rows(labels):
        by_report.setdefault(row["report"], []).append(row)
    for name, rows in by_report.items():
        path = folder / f"{name}.txt"
        text = clean_report(read_text(path))
        cut = cut_sentences(text)
        topics: dict[str, frozenset[str]] = {}
        for row in rows:
            at = int(row["sentence"])
            sentence = cut[at] if at < len(cut) else ""
            fits = (
                sentence_hash(sentence) == row["sha256"]
                if is_hashed
                else sentence.startswith(row["begins"])
            )
            if not sentence or not fits:
                raise InputError(f"{labels} 里 {name} 第{at}句与报告对不上，请重新标注。")
            topics[_LABEL.sub("", sentence)] = frozenset(row["topics"].split())
        yield LabelledReport(name, prepare_report(text, source=str(path), name=path.name), topics)


def load_reports(corpus: Path | None = None) -> tuple[LabelledReport, ...]:
    """The sample reports, and those of the corpus where it is given.

    Raises:
        InputError: a report is missing, or no longer what was labelled.
    """
    folder = datasets_dir(TASK)
    found = list(_labelled(resources.reports_dir(), folder / "samples.tsv", is_hashed=False))
    if corpus is not None:
        found += _labelled(corpus, folder / "corpus.tsv", is_hashed=True)
    return tuple(found)


def topic_shares(report: LabelledReport, passage: Passage) -> dict[str, float]:
    """For each topic the share of the passage's characters in sentences about it."""
    chars: dict[str, int] = {}
    for sentence, topics in report.topics.items():
        if sentence in passage.text:
            for topic in topics:
                chars[topic] = chars.get(topic, 0) + len(sentence)
    return {topic: count / len(passage.text) for topic, count in chars.items()}


def grade(query: Query, shares: Mapping[str, float]) -> int:
    """How well a passage serves a query, 0 to 3.

    The grade of the topic it is about; one less, but at least 1, where less than a third of the
    passage is about it.
    """
    best = 0
    for topic, value in query.grades.items():
        share = shares.get(topic, 0.0)
        if share >= _MAIN_SHARE:
            best = max(best, value)
        elif share > 0:
            best = max(best, value - 1, 1)
    return best


def make_collections(
    reports: Sequence[LabelledReport], queries: Sequence[Query]
) -> tuple[Collection, ...]:
    """The two halves; a query that nothing in its half answers is left out."""
    return tuple(_collection(split, reports, queries) for split in SPLIT_TITLES)


def _collection(
    split: str, reports: Sequence[LabelledReport], queries: Sequence[Query]
) -> Collection:
    mine = tuple(report for report in reports if report.split == split)
    passages: list[Passage] = []
    shares: dict[str, dict[str, float]] = {}
    for report in mine:
        for passage in report.passages():
            passages.append(passage)
            shares[passage.text] = topic_shares(report, passage)
    grades: dict[str, dict[str, int]] = {}
    for query in queries:
        if query.split == split:
            judged = {key: grade(query, value) for key, value in shares.items()}
            grades[query.id] = {key: value for key, value in judged.items() if value}
    answered = tuple(q for q in queries if any(g >= 2 for g in grades.get(q.id, {}).values()))
    return Collection(split, mine, tuple(passages), answered, grades)
