"""The vocabulary of intake, read from ``knowledge_base/lexicons/intake.yaml``."""

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

from app.language.lexicons import any_of, load_lexicon, one_of


class ColumnRole(Enum):
    """What a column of a table holds."""

    ORDINAL = "ordinal"
    SECTION = "section"
    SOURCE = "source"
    CONTENT = "content"
    ITEM = "item"
    MEASURE = "measure"
    AMOUNT = "amount"
    THIS_YEAR = "this_year"
    LAST_YEAR = "last_year"
    CHANGE = "change"
    MORE = "more"
    REMARK = "remark"
    CONTACT = "contact"


class LabelKind(Enum):
    """What a label or heading says of what stands under it."""

    PROBLEM = "problem"
    PLAN = "plan"
    AWARD = "award"
    PROFILE = "profile"
    CASE = "case"


_TIMES = frozenset("年 月 天 小时 分钟 分 秒 岁 度 版 页 万".split())  # a date counts nothing


@dataclass(frozen=True, slots=True)
class Words:
    """Everything in the file, compiled."""

    roles: dict[str, ColumnRole]
    blanks: frozenset[str]
    measure: re.Pattern[str]
    counted: re.Pattern[str]
    headers: dict[str, str]
    labels: dict[LabelKind, re.Pattern[str]]
    not_labels: frozenset[str]
    source: re.Pattern[str]
    source_verbs: tuple[str, ...]
    inner_tails: tuple[str, ...]
    person: re.Pattern[str]
    titled_person: re.Pattern[str]
    replies: frozenset[str]
    requests: re.Pattern[str]
    system: re.Pattern[str]
    media: re.Pattern[str]
    corrections: re.Pattern[str]
    particles: str
    doubts: re.Pattern[str]
    note_lines: re.Pattern[str]
    notes: re.Pattern[str]
    title: re.Pattern[str]


@cache
def words() -> Words:
    """The vocabulary.

    Raises:
        ConfigError: the file is missing or not of the expected shape.
    """
    return load_lexicon("intake.yaml", _read)


def _read(data: dict[str, Any]) -> Words:
    chat = data["chat"]
    measures = any_of(data["measures"])
    person = rf"[{data['surnames']}][\u4e00-\u9fff]{{1,2}}"
    titled = rf"(?:{person}|[{data['surnames']}])(?:{any_of(data['person_titles'])})"
    return Words(
        roles={name: ColumnRole(role) for role, names in data["columns"].items() for name in names},
        blanks=frozenset(data["blanks"]),
        measure=re.compile(rf"(?:[万亿千百])?(?:{measures})(?:[、/，,和][^、/，,和]{{1,3}})*"),
        counted=re.compile(
            rf"\d\s?[余多来]?\s?[万亿]?[余多]?\s?(?:{any_of(set(data['measures']) - _TIMES)})"
            r"|[一二两三四五六七八九十百]+(?:余|多)?(?:件|起|次|人|名|户|处|家|场)|第\d+[位名]"
        ),
        headers={name: key for key, names in data["headers"].items() for name in names},
        labels={
            LabelKind(kind): re.compile(re.sub(r"\s", "", pattern))
            for kind, pattern in data["labels"].items()
        },
        not_labels=frozenset(data["not_labels"]),
        source=re.compile(
            rf"[\u4e00-\u9fffA-Za-z“”（）()]{{0,14}}(?:{any_of(data['source_tails'])})"
            rf"(?:{any_of(data['source_verbs'])})?"
        ),
        source_verbs=tuple(sorted(data["source_verbs"], key=len, reverse=True)),
        inner_tails=tuple(data["inner_tails"]),
        person=re.compile(rf"{titled}|{person}|[老小][{data['surnames']}]"),
        titled_person=re.compile(titled),
        replies=frozenset(data["chat"]["replies"]),
        requests=re.compile(one_of(chat["pattern_requests"])),
        system=re.compile(one_of(chat["pattern_system"])),
        media=re.compile(chat["pattern_media"]),
        corrections=re.compile(one_of(chat["pattern_corrections"])),
        particles="".join(chat["particles"]),
        doubts=re.compile(one_of(data["pattern_doubts"])),
        note_lines=re.compile(one_of(data["pattern_note_lines"])),
        notes=re.compile(one_of(data["pattern_notes"])),
        title=re.compile(
            rf".{{2,40}}(?:{any_of(data['title_tails'])})(?:[（(][^（）()]{{0,30}}[）)])?"
        ),
    )
