"""From what was brought to a fact sheet: clean, read, tell facts from notes and doubts."""

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.core.errors import InputError
from app.core.facts import Fact, FactSheet, Skipped
from app.drafting.intake.chat import clean_chat
from app.drafting.intake.facts import CLAUSE, SENTENCE, TELLING_CHARS, make_fact, part_by_type
from app.drafting.intake.lines import Bullet, LineParser
from app.drafting.intake.material import Material, reveal
from app.drafting.intake.words import words
from app.language.terms import normalise
from app.report.profile import PROFILE_NAMES

UNIT_TYPES = PROFILE_NAMES
NO_UNIT = "【待补充：单位名称】"
_TYPE_NAMES = {
    "机关事业单位": "机关",
    "机关单位": "机关",
    "事业单位": "机关",
    "党政机关": "机关",
    "国有企业": "国企",
    "企业": "国企",
    "乡": "乡镇",
    "镇": "乡镇",
    "街道": "乡镇",
    "乡镇街道": "乡镇",
    "乡镇（街道）": "乡镇",
    "市": "市级",
    "县": "市级",
    "区": "市级",
    "县级": "市级",
    "市县": "市级",
}
_NAMES = {"unit": "单位", "year": "年度", "type": "类型", "title": "标题", "date": "日期"}
_YEAR = re.compile(r"(\d{4})年?度?(?:工作)?")
_ANY_YEAR = re.compile(r"(?<!\d)(20\d\d)\s?(?:年|[-./]\d{1,2}[-./]\d{1,2})")
_DATE = re.compile(r"(20\d\d)\s?[-年./]\s?(\d{1,2})")
_OFFICE = re.compile(r"(?:平安|综治|政法|平安建设|社会治理)?(?:办|办公室|综治中心|中心)")
_BETWEEN_NAMES = re.compile(
    r"[，。；：！？、\s@“”「」]|各(?=[社部科站厂单处室村组])|[的请把将]|所有人|20\d\d年?|年度|全部|今年|本年|去年|全年"
)
_REPORT_YEAR = re.compile(r"(?<!\d)(20\d\d)年(?!\d)")
_CHINESE_YEAR = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_BLANK = re.compile(
    r"[\s_＿xXＸｘ×*＊…\-—.。?？某]*|[（(【\[<《].*(?:填写|填入|单位名称|待补).*[）)】\]>》]"
)
_ASIDE = re.compile(r"[（(][^（）()]{2,60}[）)]")
_NOTE_WHY = "写给自己或同事看的话"
_SHORTEST_UNIT = 3
_SHORTEST_FACT = 3  # 要点, 材料: what is left of a line whose note in brackets was taken out
_WINTER_ENDS = 3  # until March the report is still on the year before


def build_fact_sheet(
    material: Material,
    *,
    path: str = "",
    shown: str = "要点",
    is_loose: bool = False,
    today: dt.date | None = None,
    unit: str = "",
    year: int = 0,
) -> FactSheet:
    """The fact sheet in lines and tables of a file ``path``, which messages call ``shown``.

    Unit and year are taken from the head, else from titles, time stamps and dates, else from
    ``today`` (the current date); ``notes`` tell what was assumed. With ``is_loose`` what cannot
    be found stays empty and 0, and there may be nothing but doubtful pieces. A ``unit`` or
    ``year`` that is known already is taken as it is.

    Raises:
        InputError: there is no fact in it.
    """
    material, hidden = reveal(material)
    cleaned = clean_chat(material)
    parser = LineParser(is_chat=cleaned.is_chat)
    for item in cleaned.items:
        parser.take(item)
    sorter = _Sorter(list(cleaned.skipped) + parser.skipped)
    facts = sorter.facts(parser.bullets)
    doubts = [one for one in sorter.skipped if one.is_question]
    if not facts and not (is_loose and doubts):
        raise InputError(
            f"{shown}里没有要点，请在单位、年度下面每行写一条，"
            "例如“- 全年排查矛盾纠纷42件，化解40件”。"
        )
    own = sorter.skipped[len(cleaned.skipped) :]  # a chat's time stamps are no mention of a year
    talk = [one.text for one in own if not one.is_question]
    head = _Head(parser, (*cleaned.mentions, *talk))
    if hidden:
        head.notes.append(
            f"{shown}里有{hidden}行带着看不见的或者冒充别字的字符，已照看上去的字读，请核对数字。"
        )
    unit = unit or head.unit()
    year = year or head.year(cleaned.year, facts, today, is_loose=is_loose)
    if not unit and not is_loose:
        unit = NO_UNIT
        head.notes.append("没有写明单位，先写成“【待补充：单位名称】”，请在开头加一行“单位：……”。")
    return FactSheet(
        unit=unit,
        year=year,
        facts=part_by_type(facts, year),
        unit_type=head.unit_type(),
        title=head.value("title"),
        date=head.value("date"),
        path=path,
        skipped=tuple(sorted(sorter.skipped, key=lambda s: s.line)),
        notes=tuple(head.notes),
    )


@dataclass(slots=True)
class _Sorter:
    """Tells facts from what the writer noted for himself or is not sure of."""

    skipped: list[Skipped]
    _seen: dict[str, int] = field(default_factory=dict)

    def facts(self, bullets: Iterable[Bullet]) -> list[Fact]:
        """The facts of bullets in order, numbered from F1."""
        out: list[Fact] = []
        for bullet in bullets:
            for text in self._kept(bullet):
                key = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).rstrip(".。;；")
                if key in self._seen:
                    self._skip(text, bullet, f"与第{self._seen[key]}行重复")
                    continue
                fact = make_fact(
                    f"F{len(out) + 1}",
                    text,
                    heading=bullet.heading,
                    line=bullet.line,
                    source=bullet.source,
                )
                if fact.text:
                    self._seen[key] = bullet.line
                    out.append(fact)
        return out

    def _kept(self, bullet: Bullet) -> Iterator[str]:
        """The bullet without sentences that are notes or doubts."""
        if not re.search(r"[\u4e00-\u9fffA-Za-z]", bullet.text):
            self._skip(bullet.text, bullet, "没有文字，看不出说的是什么")
            return
        if bullet.text.strip("。！!~～ ") in words().replies:
            self._skip(bullet.text, bullet, "应答")
            return
        kept = [self._without_notes(s, bullet) for s in SENTENCE.findall(bullet.text)]
        if text := "".join(kept).strip():
            yield text

    def _without_notes(self, sentence: str, bullet: Bullet) -> str:
        """What of a sentence is a fact: all of it, some clauses, or nothing."""
        if words().doubts.search(sentence) and not words().note_lines.search(sentence):
            self._skip(sentence, bullet, "写的时候还拿不准，请核实", is_question=True)
            return ""
        for aside in _ASIDE.findall(sentence):
            if words().notes.search(aside[1:-1]) or words().notes.search(aside):
                self._skip(aside, bullet, _NOTE_WHY)
                sentence = sentence.replace(aside, "")
                if len(sentence) < _SHORTEST_FACT:
                    return ""
        if words().note_lines.search(sentence):
            self._skip(sentence, bullet, _NOTE_WHY)
            return ""
        if not words().notes.search(sentence):
            return sentence
        clauses = CLAUSE.findall(sentence)
        kept = [c for c in clauses if not words().notes.search(c.strip("，；;,。 "))]
        rest = "".join(kept)
        if len(kept) == len(clauses) or not (
            words().counted.search(rest) or len(rest) >= TELLING_CHARS
        ):
            self._skip(sentence, bullet, _NOTE_WHY)
            return ""
        for clause in clauses:
            if clause not in kept:
                self._skip(clause, bullet, _NOTE_WHY)
        return rest.rstrip("，；;, ")

    def _skip(self, text: str, bullet: Bullet, why: str, *, is_question: bool = False) -> None:
        self.skipped.append(Skipped(text.strip(), why, bullet.line, is_question, bullet.source))


@dataclass(slots=True)
class _Head:
    """What the head of a sheet says, and what can be told without it."""

    parser: LineParser
    mentions: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)

    def value(self, key: str) -> str:
        """The value of a header line; blanks and placeholders count as none."""
        told = [v for v, _ in self.parser.headers.get(key, ()) if not _BLANK.fullmatch(v)]
        if len(set(told)) > 1:
            self.notes.append(
                f"写了{len(set(told))}个不同的{_NAMES[key]}，按“{told[0]}”写，请核对并只留一个。"
            )
        return told[0] if told else ""

    def unit(self) -> str:
        """The unit of the header, else the one the titles name."""
        from app.language.names.finder import NameKind, locate_names  # noqa: PLC0415 — as below
        from app.language.names.unit import unit_from_title  # noqa: PLC0415 — not needed to tell a bad sheet

        titles = [normalise(re.sub(r"[（(][^（）()]*[）)]$", "", t)) for t in self.parser.titles]
        if told := self.value("unit"):
            told = re.sub(r"[（(][^（）()]*[）)]$", "", told).strip() or told
            named = next((u for t in titles if (u := unit_from_title(t))), "")
            # 松涧镇平安办 fills in the form, 松涧镇 reports.
            is_office = told.startswith(named) and _OFFICE.fullmatch(told[len(named) :])
            return named if named and is_office else told
        kinds = (NameKind.ORGANISATION, NameKind.PLACE)
        found = next((u for t in titles if (u := unit_from_title(t))), "")
        found = found or next(iter(self.parser.units), "")
        pieces = (p for text in self.mentions for p in _BETWEEN_NAMES.split(normalise(text)))
        chunks = [piece for piece in pieces if len(piece) >= _SHORTEST_UNIT]
        found = found or next((u for c in chunks if (u := unit_from_title(f"{c}2025年工作"))), "")
        found = found or next(
            (n.text for t in titles for n in locate_names(t) if n.kind in kinds), ""
        )
        if found:
            self.notes.append(f"没有写明单位，按文字里的名称写成“{found}”，请核对。")
        return found

    def year(
        self, stamped: int, facts: list[Fact], today: dt.date | None, *, is_loose: bool
    ) -> int:
        """The year of the header, else of the titles, the time stamps, the facts, the calendar."""
        if told := self.value("year"):
            plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", told))
            match = _YEAR.fullmatch(plain.translate(_CHINESE_YEAR))
            if match is not None and 1980 <= int(match[1]) <= 2100:
                return int(match[1])
            self.notes.append(f"年度“{told[:20]}”不是四位数字的年份，没有采用。")
        for title in self.parser.titles:
            if match := _ANY_YEAR.search(normalise(title)):
                return int(match[1])
        for text in self.mentions:
            if match := _REPORT_YEAR.search(normalise(text)):
                return int(match[1])
        stamped = stamped or self._filled_in()
        if is_loose and not stamped:
            return 0
        day = today or dt.date.today()  # noqa: DTZ011 — the writer's own calendar
        latest = day.year if day.month > _WINTER_ENDS else day.year - 1
        told_years = Counter(int(m[1]) for fact in facts for m in _ANY_YEAR.finditer(fact.text))
        most = max(told_years.values(), default=0)
        dated = sorted(
            (y for y, count in told_years.items() if y <= latest and count * 2 >= most),
            reverse=True,
        )
        date = _ANY_YEAR.search(self.value("date"))
        year = stamped or (int(date[1]) if date else 0) or (dated[0] if dated else latest)
        self.notes.append(f"没有写明年度，按{year}年写，请核对。")
        return year

    def _filled_in(self) -> int:
        """The year that a sheet filled in on its dates is about, 0 where there is none."""
        for value in self.parser.dates:
            if match := _DATE.search(normalise(value)):
                return int(match[1]) - (int(match[2]) <= _WINTER_ENDS)
        return 0

    def unit_type(self) -> str:
        """The type of the header under the name the profiles have; empty where none fits."""
        told = re.sub(r"\s+", "", self.value("type"))
        name = _TYPE_NAMES.get(told, told)
        if name and name not in UNIT_TYPES:
            self.notes.append(
                f"单位类型“{told[:20]}”不认识，按单位名称自动识别；可以写机关、国企、乡镇、市级。"
            )
            return ""
        return name
