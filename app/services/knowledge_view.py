"""Look into the knowledge base: reports by filter, a report's passages, what a draft used."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from app.core.draft import Draft
from app.core.errors import InputError
from app.formats.source import label
from app.knowledge.corrections import PartOf
from app.knowledge.masking.mask import mask_passage
from app.knowledge.parts import part_title, parts_of
from app.knowledge.passage import Passage
from app.knowledge.records import ReportRecord
from app.knowledge.store import KnowledgeStore

OPENING = "开头"
_MAX_DRAFT_BYTES = 20 * 2**20


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """Which reports to list; empty values let all through. ``text`` is looked for everywhere."""

    unit: str = ""
    year: int = 0
    unit_type: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """A passage, and what a writer gets to see of it."""

    passage: Passage
    masked: str
    part_title: str

    @property
    def where(self) -> str:
        """The headings above it."""
        return " › ".join(self.passage.heading_path) or OPENING


@dataclass(frozen=True, slots=True)
class UsedPassage:
    """A past passage that a draft followed; ``shown`` is ``None`` once it left the store."""

    id: str
    shown: ShownPassage | None
    sentences: int


@dataclass(frozen=True, slots=True)
class UsedSection:
    """A section of a draft with the passages behind it, in the order of use."""

    title: str
    passages: tuple[UsedPassage, ...]


@dataclass(frozen=True, slots=True)
class SectionUse:
    """A section of a draft with the ids of its passages, each with how many sentences use it."""

    title: str
    uses: Mapping[str, int]


def filter_records(store: KnowledgeStore, wanted: RecordFilter) -> tuple[ReportRecord, ...]:
    """The reports that pass the filter.

    Raises:
        KnowledgeError: the store cannot be read.
    """
    text = wanted.text.strip()
    in_text = store.ids_with(text) if text else frozenset()
    return tuple(
        record
        for record in store.records()
        if wanted.unit.strip() in record.unit
        and wanted.year in {0, record.year}
        and wanted.unit_type in {"", record.unit_type}
        and (
            not text
            or record.record_id in in_text
            or any(text in value for value in (record.unit, record.title, record.name))
        )
    )


def show_passages(store: KnowledgeStore, record: ReportRecord) -> tuple[ShownPassage, ...]:
    """The passages of one report.

    Raises:
        KnowledgeError: the store cannot be read.
    """
    return tuple(_shown(passage) for passage in store.passages(record.report_id))


def _shown(passage: Passage) -> ShownPassage:
    return ShownPassage(
        passage,
        mask_passage(passage.text, names=(passage.unit,)),
        part_title(passage.unit_type, passage.part),
    )


def find_part(unit_type: str, word: str) -> str:
    """The key of the part that a key, a title or a piece of a title names; empty for nothing.

    Raises:
        InputError: none or several do.
    """
    word = word.strip()
    parts = parts_of(unit_type)
    if not word:
        return ""
    exact = [part.key for part in parts if word in {part.key, part.title}]
    found = exact or [part.key for part in parts if word in part.title]
    if len(found) == 1:
        return found[0]
    titles = [part.title for part in parts]
    near = get_close_matches(word, titles, n=1, cutoff=0.3)
    hint = f"是不是想写 {near[0]}？" if near else f"可用的有：{'、'.join(titles)}。"
    raise InputError(f"部分“{word}”{'不止一个' if found else '不认识'}，{hint}")


def read_part_correction(
    passages: Iterable[ShownPassage], unit_type: str, assignment: str
) -> PartOf:
    """A correction written ``标题=部分``; a piece of the heading will do, 开头 means before any.

    Raises:
        InputError: it is not written so, or names no heading or part of this report.
    """
    heading, mark, part = assignment.replace("＝", "=").partition("=")
    heading = heading.strip()
    if not mark or not heading:
        raise InputError(
            f"“{assignment}”写法不对，应当写成 标题=部分，如 防火防汛=安全生产与消防。"
        )
    headings = list(dict.fromkeys(h for s in passages for h in s.passage.heading_path or ("",)))
    if heading == OPENING and "" in headings:
        return PartOf("", find_part(unit_type, part))
    exact = [h for h in headings if h == heading]
    found = exact or [h for h in headings if h and heading in h]
    if len(found) != 1:
        shown = "、".join(h or OPENING for h in headings)
        many = "对得上的不止一个" if found else "没有"
        raise InputError(f"标题“{heading}”在这份总结里{many}，这份的标题有：{shown}。")
    return PartOf(found[0], find_part(unit_type, part))


def uses_of_draft(draft: Draft) -> tuple[SectionUse, ...]:
    """What a draft just written used."""
    return tuple(
        SectionUse(section.title, _count(x for s in section.sentences for x in s.passages))
        for section in draft.sections
    )


def read_uses(data: bytes, name: str) -> tuple[SectionUse, ...]:
    """What a saved draft (``pingan draft --format json``) used.

    Raises:
        InputError: it is no such file.
    """
    try:
        if len(data) > _MAX_DRAFT_BYTES:
            raise ValueError("too large")
        sections = json.loads(data)["sections"]
        return tuple(
            SectionUse(str(section["title"]), _count(_passage_ids(section))) for section in sections
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(
            f"文件{label(name)}不是起草结果，请给出 pingan draft --format json 存下的文件。",
            on_page=f"文件{label(name)}不是起草结果，请选起草时存下的 JSON 文件。",
        ) from error


def _passage_ids(section: Mapping[str, Any]) -> Iterable[str]:
    """The ids at the sentences, and those lent to the whole section where they are told."""
    for sentence in section["sentences"]:
        yield from sentence["passages"]
    for item in section.get("passages", ()):
        yield item["id"] if isinstance(item, Mapping) else item


def _count(ids: Iterable[str]) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for name in ids:
        counts[str(name)] = counts.get(str(name), 0) + 1
    return counts


def used_passages(store: KnowledgeStore, uses: Sequence[SectionUse]) -> tuple[UsedSection, ...]:
    """The passages behind a draft's sections.

    Raises:
        KnowledgeError: the store cannot be read.
    """
    wanted = {name for use in uses for name in use.uses}
    found: dict[str, ShownPassage] = {}
    for report_id in sorted({name.rpartition("-")[0] for name in wanted} - {""}):
        for passage in store.passages(report_id):
            if passage.id in wanted:
                found[passage.id] = _shown(passage)
    return tuple(
        UsedSection(
            use.title,
            tuple(UsedPassage(name, found.get(name), count) for name, count in use.uses.items()),
        )
        for use in uses
    )
