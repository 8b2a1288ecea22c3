"""Defects in dates, years, announced counts and nil-incident claims."""

import re
from collections.abc import Iterator
from random import Random

from app.core.document import Span
from eval.mutations.edit import CleanReport, DefectKind, Edit, TextEdit, insert_at, replace_at

_DIGITS = "零一二三四五六七八九十"
_ITEMS = "一二三四五六七八"
_DAY = re.compile(r"(?<!\d)(?P<month>\d{1,2})月(?P<day>\d{1,2})日")
_EVENT = re.compile(
    r"(?P<what>火灾|火情|盗窃案件|道路交通事故|电信网络诈骗案件|治安案件|集体访)"
    r"(?:立案)?(?:降至)?(?P<count>\d+)(?P<unit>起|件|批)"
)
_NIL = re.compile(
    "(?:未|没有)发生(?P<what>命案|火灾|森林火灾|(?:较大以上)?生产安全事故|失泄密事件|溺水事件|"
    "水上交通事故|船舶翻沉事故|亡人火灾|信息泄露问题|重大治安案件|越级上访|生产安全死亡事故)"
)
_COUNT = re.compile(
    "(?P<count>[二三四五六七八])(?P<unit>项|个方面|条)(?P<of>重点|工作|措施|任务|制度)?[^。：]{0,12}[：。]"
    "(?=(?:（?一）?(?:是|要)|一))"
)


def impossible_date(source: CleanReport, rng: Random) -> Iterator[Edit]:
    """A day no calendar has."""
    for line in source.body:
        for found in _DAY.finditer(source.text, line.start, line.end):
            month = rng.choice((2, 4, 6, 9, 11))
            wrong = rng.choice(
                (
                    f"{month}月{30 if month == 2 else 31}日",
                    f"13月{found['day']}日",
                    f"{found['month']}月{rng.choice((32, 35, 36))}日",
                )
            )
            yield replace_at(*found.span(), wrong)


def _years(source: CleanReport, span: Span) -> Iterator[Span]:
    for found in re.finditer(rf"{source.year}(?=年)", span.of(source.text)):
        yield Span(*found.span()).shift(span.start)


def title_year(source: CleanReport, rng: Random) -> Iterator[Edit]:
    """The title names another year than body and date."""
    for place in _years(source, source.title):
        other = str(source.year + rng.choice((-1, 1)))
        yield Edit((TextEdit(place.start, place.end, other),), (source.title, source.date))


def date_year(source: CleanReport, rng: Random) -> Iterator[Edit]:
    """The date is years off the title."""
    place = Span(source.date.start, source.date.start + 4)
    other = str(source.year + rng.choice((-1, -2, 2)))
    yield Edit((TextEdit(place.start, place.end, other),), (source.date, source.title))


def body_year(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """The year under report told as another one in the opening."""
    for line in source.body[:3]:
        for place in _years(source, line):
            follows = source.text[place.end : place.end + 5]
            is_name = "《" in source.text[line.start : place.start]
            if not is_name and re.match("年度?(?:，|[^0-9]{0,2}平安)", follows):
                yield replace_at(place.start, place.end, str(source.year - 1), line)


def plan_year(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """The plans for next year told for the year that has just gone."""
    ahead = source.year + 1
    for found in re.finditer(rf"(?P<year>{ahead})(?=年，|年(?:工作)?打算|年，?我)", source.text):
        place = Span(*found.span("year"))
        line_end = source.text.find("\n", place.end)
        yield replace_at(
            place.start, place.end, str(source.year), Span(place.start, max(line_end, place.end))
        )


def nil_claim(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """Nothing happened, says the opening; the body counts cases."""
    opening = source.body[0]
    for line in source.body[1:]:
        for found in _EVENT.finditer(source.text, line.start, line.end):
            if int(found["count"]) > 1:
                claim = f"全年未发生{found['what']}。"
                yield insert_at(opening.end, claim, Span(*found.span()))


def _accounts(source: CleanReport) -> tuple[Span, ...]:
    """The body's lines that tell what was done, without problems and plans at the end."""
    return tuple(b for b in source.body[1:] if b.end < 0.75 * len(source.text))


def nil_broken(source: CleanReport, rng: Random) -> Iterator[Edit]:
    """Nothing happened, says the body; a case is told elsewhere."""
    for line in source.body:
        for found in _NIL.finditer(source.text, line.start, line.end):
            month = rng.randint(3, 10)
            unit = "批" if "上访" in found["what"] else "起"
            case = f"{month}月份发生{found['what']}1{unit}，已及时妥善处置。"
            others = [b for b in _accounts(source) if b != line]
            place = rng.choice(others).end
            yield insert_at(place, case, Span(*found.span()))


def _items(source: CleanReport, sentence: Span, start: int) -> list[int]:
    """Where the items 一是、二是… begin, as long as they follow each other."""
    places: list[int] = []
    position = start
    for char in _ITEMS:
        found = re.compile(f"(?<![^：；。，])(?:{char}是|{char}要|（{char}）)").search(
            source.text, position, sentence.end
        )
        if not found:
            break
        places.append(found.start())
        position = found.end()
    return places


def _announced(source: CleanReport) -> Iterator[tuple[re.Match[str], list[int], Span]]:
    for line in source.body:
        for found in _COUNT.finditer(source.text, line.start, line.end):
            items = _items(source, line, found.end())
            if len(items) == _DIGITS.index(found["count"]):
                yield found, items, line


def count_changed(source: CleanReport, rng: Random) -> Iterator[Edit]:
    """Three things announced, four told."""
    for found, items, line in _announced(source):
        count = len(items) + rng.choice((-1, 1))
        if count > 1:
            place = Span(*found.span("count"))
            yield replace_at(place.start, place.end, _DIGITS[count], Span(place.start, line.end))


def item_dropped(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """Four things announced, the last one is gone."""
    for found, items, line in _announced(source):
        start = items[-1]
        end = source.text.index("。", start) + 1
        before = source.text[start - 1]
        if len(items) < 3 or before not in "；。":
            continue
        change = TextEdit(start - 1, end, "。")
        yield Edit((change,), (Span(found.start(), min(line.end, start)),))


KINDS = (
    DefectKind("date-impossible", "不存在的日期", ("NU07",), impossible_date),
    DefectKind("year-title", "标题年份改动", ("NU09",), title_year),
    DefectKind("year-date", "落款年份改动", ("NU09",), date_year),
    DefectKind("year-body", "开头年份改动", ("NU09",), body_year),
    DefectKind("year-plan", "下一年打算写成本年", ("NU09",), plan_year),
    DefectKind("nil-claim", "有案件却称未发生", ("NU08",), nil_claim),
    DefectKind("nil-broken", "称未发生又写发生", ("NU08",), nil_broken),
    DefectKind("count-changed", "几项与列举不符", ("NU06",), count_changed),
    DefectKind("item-dropped", "列举漏了末项", ("NU06",), item_dropped),
)
