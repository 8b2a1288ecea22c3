"""Where in a report a figure is told: whose heading it stands under, of which budget and year.

城东街道…126件 under one heading and 城西街道…98件 under the next are two things, though the words
beside the figures are the same; so are 全市 and 市本级, 一般公共预算 and 政府性基金, 2025年预算执行
and 2026年预算草案.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from app.core.document import Span
from app.language.names.unit import report_year
from app.language.names.vocabulary import CUT_WORDS
from app.language.structure.outline import Heading, Outline

_OWNER = re.compile(
    r"(?P<stem>[\u4e00-\u9fff]{1,8}?)(?P<tail>街道|社区|苏木|镇|乡|村|县|区|市|州|旗|公司|集团|工厂|分厂|厂|矿"
    r"|车间|项目部|仓储部|分局|派出所|支队|大队|中队|学校|学院|中学|小学|校区|院区|支行|分行|营业部|管理所"
    r"|供电所|税务所|卫生院|医院|林场|农场|口岸|车站|泵站|水库)(?!化|级|建设|创建|治理|民)"
)
_NO_STEM = (*"我本全各该每", *CUT_WORDS)
_ITEM_LABEL = re.compile(
    r"[ \u3000]*(?:[（(]?[一二三四五六七八九十\d]{1,3}[）).．、]|[●—-]{1,2})?[ \u3000]*"
)
_LEVEL = re.compile(
    r"(?:全(?:[省市县区州旗镇乡]|自治[区州县])|(?:[省市县区州旗镇乡]|自治区)本?级|本级)"
    r"(?=[^，。；：\n]{0,12}(?:收入|支出|收支|预算|决算|财政|财力|基金|债务|债券|结余))"
)
_ACCOUNT = re.compile(
    r"一般公共预算|公共财政预算|政府性基金|国有资本经营|社会保险基金|社保基金|财政专户|政府债务"
)
# Under other headings, 2026年工作打算 among them, may stand a closing line on the year's results.
_BUDGET_HEADING = re.compile("[预决]算|收支")
_LEAST_OWNERS = 2
_REACH = 1500


@dataclass(frozen=True, slots=True)
class Setting:
    """Empty fields are the report's own: the whole unit, no account or budget of several."""

    owner: str = ""
    level: str = ""
    account: str = ""
    budget: str = ""


class TextSettings:
    """The settings of one text. ``text`` is the view that the outline's spans lead into."""

    def __init__(self, text: str, outline: Outline, paragraphs: tuple[Span, ...]) -> None:
        self._text = text
        self._paths = _paths(outline.headings)
        self._paragraphs = paragraphs
        self.own_year = str(report_year(outline, text))
        self._owners = _owners(text, outline.headings, paragraphs)

    def at(self, position: int) -> Setting:
        """The setting of what stands at ``position``."""
        path, paragraph = self._path(position), self._paragraph(position)
        titles = [h.title for h in reversed(path)]
        budget = next((title for title in titles if _BUDGET_HEADING.search(title)), "")
        return Setting(
            self.owner(position),
            self._level(paragraph, position, titles),
            self._account(path, position),
            budget,
        )

    def owner(self, position: int) -> str:
        """The unit that a paragraph or its heading begins with; empty for the whole report's."""
        if not self._owners:
            return ""
        headings = (heading.span.start for heading in reversed(self._path(position)))
        starts = (self._paragraph(position), *headings)
        return next((name for start in starts if (name := self._owners.get(start))), "")

    def _path(self, position: int) -> Sequence[Heading]:
        at = bisect_right(self._paths, position, key=lambda path: path[-1].span.start) - 1
        return self._paths[at] if at >= 0 else ()

    def _paragraph(self, position: int) -> int:
        index = bisect_right(self._paragraphs, position, key=lambda p: p.start) - 1
        return self._paragraphs[index].start if index >= 0 else 0

    def _level(self, paragraph: int, position: int, titles: list[str]) -> str:
        told = _last(_LEVEL, self._text[max(paragraph, position - _REACH) : position])
        told = told or next((level for title in titles if (level := _last(_LEVEL, title))), "")
        return "" if told.startswith("全") else told

    def _account(self, path: Sequence[Heading], position: int) -> str:
        start = max(path[-1].span.start if path else 0, position - _REACH)
        return _last(_ACCOUNT, self._text[start:position])


def _paths(headings: tuple[Heading, ...]) -> list[tuple[Heading, ...]]:
    """For each heading the headings it stands under, from the highest, and itself."""
    paths: list[tuple[Heading, ...]] = []
    open_: list[Heading] = []
    for heading in headings:
        while open_ and open_[-1].level >= heading.level:
            open_.pop()
        open_.append(heading)
        paths.append(tuple(open_))
    return paths


def _last(pattern: re.Pattern[str], text: str) -> str:
    """The last place where ``text`` has the pattern; empty where it has none."""
    found = ""
    for match in pattern.finditer(text):
        found = match.group()
    return found


def _owners(
    text: str, headings: tuple[Heading, ...], paragraphs: tuple[Span, ...]
) -> dict[int, str]:
    """By the start of a heading or paragraph, the unit it begins with.

    A name counts where others of its kind begin headings or paragraphs like it: 城东街道, 城西街道.
    """
    kinds: dict[tuple[int, str], dict[int, str]] = defaultdict(dict)
    for heading in headings:
        if match := _owner_at(heading.title, 0):
            kinds[heading.level, match["tail"]][heading.span.start] = match.group()
    for paragraph in paragraphs:
        label = _ITEM_LABEL.match(text, paragraph.start)
        match = _owner_at(text, label.end() if label else paragraph.start)
        if match and match.end() < paragraph.end:
            kinds[0, match["tail"]][paragraph.start] = match.group()
    return {
        start: name
        for named in kinds.values()
        if len(set(named.values())) >= _LEAST_OWNERS
        for start, name in named.items()
    }


def _owner_at(text: str, start: int) -> re.Match[str] | None:
    """The unit named at ``start``; 我乡, 各村 and 加强社区 are no names."""
    match = _OWNER.match(text, start)
    return None if match is None or match["stem"].startswith(_NO_STEM) else match
