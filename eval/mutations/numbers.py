"""Defects in sums, rates, trends and repeated figures."""

import re
from collections.abc import Iterator
from decimal import Decimal
from random import Random

from app.core.document import Span
from eval.mutations.edit import CleanReport, DefectKind, Edit, TextEdit, replace_at
from eval.mutations.figures import NUMBER, Amount, Sum, percent, show, sums

_NEARLY_ALL = Decimal("0.05")
_DONE = re.compile(
    r"(?P<verb>排查|发现|受理|上报|查出|排出|督办|抽检|检测)(?P<what>[^，。；、\d]{0,12})"
    r"(?P<whole>\d+)(?P<unit>[件处个起]|批次)[^。；]{0,24}?(?<!未)"
    r"(?P<did>化解|整改|办结|解决|合格|修复)(?:问题)?(?P<done>\d+)(?P=unit)"
)
_RATE = re.compile(
    rf"(?P<whole>\d+)(?P<unit>[件处个起名人户]|批次|人次)[^。；]{{0,20}}?(?P<done>\d+)(?P=unit)"
    rf"(?:纳入)?[^。；，\d]{{0,6}}，[^，。；\d]{{0,8}}率(?P<rate>{NUMBER})%"
)
_SHARE = re.compile(
    rf"(?P<whole>\d+)(?P<unit>[所名个])[^。；]{{0,22}}?(?P<done>\d+)(?P=unit)"
    rf"[^。；\d]{{0,20}}，占(?P<rate>{NUMBER})%"
)
_ANY_RATE = re.compile(rf"(?:化解|整改|办结|合格|满意|规范管理|调解成功)率(?P<rate>{NUMBER})%")
_TREND = re.compile(
    rf"(?P<now>{NUMBER})(?P<unit>件次|[件起处])，(?:比|较)上年的(?P<then>{NUMBER})(?P=unit)"
    rf"(?P<way>下降|增长|上升|减少)(?P<rate>{NUMBER})%"
)
_FROM_TO = re.compile(
    rf"由上年的(?P<then>{NUMBER})(?P<unit>[件起处])(?:降至|减至|增至)(?P<now>{NUMBER})(?P=unit)，"
    rf"(?P<way>下降|增长|上升)(?P<rate>{NUMBER})%"
)
_STEP = re.compile(
    rf"(?P<now>{NUMBER})(?P<unit>万元|[件起处])[^。；，\d]{{0,6}}，(?:比|较)上年(?P<way>增加|减少)(?P<step>{NUMBER})"
    rf"(?P=unit)[，、](?:增长|下降)(?P<rate>{NUMBER})%"
)
_ANCHOR = re.compile(
    r"全[年市镇乡]*(?P<what>排查(?:各类)?矛盾纠纷|接待查档|受理投诉举报|举办法治讲座|信访事项|"
    r"开展渡口检查|夜间巡逻|行车责任事故|开展法律宣传|接待群众来访|开展夜间巡逻)"
    r"(?P<value>\d+)(?P<unit>件次|人次|[件起场次批])"
)


def _shifted(value: Decimal, rng: Random, *, is_up: bool, most: Decimal) -> Decimal:
    """Another value a little up or down: a slip of a digit, never below one."""
    room = max(1, min(int(most), 40))
    step = Decimal(rng.randint(1, room))
    return value + step if is_up else max(Decimal(1), value - step)


def _may_fall_short(found: Sum, missing: Decimal) -> bool:
    return found.is_closed or missing <= found.total.value * _NEARLY_ALL


def _changed_part(found: Sum, part: Amount, rng: Random) -> Decimal:
    down = _shifted(part.value, rng, is_up=False, most=part.value / 4)
    lacks = part.value - down
    if rng.random() < 0.5 and lacks > 0 and _may_fall_short(found, lacks):
        return down
    return _shifted(part.value, rng, is_up=True, most=max(part.value / 3, Decimal(2)))


def sum_part(source: CleanReport, rng: Random) -> Iterator[Edit]:
    """Change one part of a complete list."""
    for found in sums(source):
        part = rng.choice(found.parts)
        value = _changed_part(found, part, rng)
        yield _figure(source, part.figure, value, found.span)


def sum_total(source: CleanReport, rng: Random) -> Iterator[Edit]:
    """Change the total of a complete list."""
    for found in sums(source):
        total = found.total.value
        up = _shifted(total, rng, is_up=True, most=total / 20)
        is_up = rng.random() < 0.5 and _may_fall_short(found, up - total)
        value = up if is_up else _shifted(total, rng, is_up=False, most=total / 6)
        if value != total:
            yield _figure(source, found.total.figure, value, found.span)


def sum_swapped_digits(source: CleanReport, rng: Random) -> Iterator[Edit]:
    """Swap two digits of a part: 135 for 153."""
    for found in sums(source):
        for part in found.parts:
            digits = part.figure.of(source.text)
            at = rng.randrange(max(1, len(digits) - 1))
            pair = digits[at : at + 2]
            if len(pair) < 2 or "." in pair or pair[0] == pair[1] or (at == 0 and pair[1] == "0"):
                continue
            swapped = Decimal(digits[:at] + pair[::-1] + digits[at + 2 :])
            if swapped > part.value or _may_fall_short(found, part.value - swapped):
                yield _figure(source, part.figure, swapped, found.span)
                break


def sum_part_dropped(source: CleanReport, rng: Random) -> Iterator[Edit]:
    """Leave one part out of a list that ends in 其他: now it falls short."""
    for found in sums(source):
        told = Span(found.parts[0].span.start, found.parts[-1].span.end).of(source.text)
        if len(found.parts) < 3 or not re.search("其他", told):
            continue
        index = rng.randrange(1, len(found.parts) - 1)
        start, end = found.parts[index - 1].span.end, found.parts[index].span.end
        yield replace_at(start, end, "", found.span)


def _figure(source: CleanReport, figure: Span, value: Decimal, *places: Span) -> Edit:
    text = show(value, figure.of(source.text))
    return replace_at(figure.start, figure.end, text, *places)


def _group(found: re.Match[str], name: str) -> Span:
    return Span(*found.span(name))


def _matches(source: CleanReport, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    for sentence in source.sentences():
        yield from pattern.finditer(source.text, sentence.start, sentence.end)


def _whole(found: re.Match[str]) -> Span:
    return Span(*found.span())


def done_above_whole(source: CleanReport, rng: Random) -> Iterator[Edit]:
    """More settled than there were."""
    for found in _matches(source, _DONE):
        whole = Decimal(found["whole"])
        if Decimal(found["done"]) <= whole:
            value = whole + rng.randint(1, max(2, int(whole) // 12))
            yield _figure(source, _group(found, "done"), value, _whole(found))


def whole_below_done(source: CleanReport, rng: Random) -> Iterator[Edit]:
    """Fewer found than were settled."""
    for found in _matches(source, _DONE):
        done = Decimal(found["done"])
        if 4 < done <= Decimal(found["whole"]):
            value = done - rng.randint(1, max(2, int(done) // 12))
            yield _figure(source, _group(found, "whole"), value, _whole(found))


def _true_rates(source: CleanReport) -> Iterator[re.Match[str]]:
    for pattern in (_RATE, _SHARE):
        for found in _matches(source, pattern):
            whole, done = Decimal(found["whole"]), Decimal(found["done"])
            if whole and percent(done, whole, found["rate"]) == Decimal(found["rate"]):
                yield found


def rate_changed(source: CleanReport, rng: Random) -> Iterator[Edit]:
    """A rate that its counts do not give."""
    for found in _true_rates(source):
        rate = Decimal(found["rate"])
        step = Decimal(rng.randint(8, 60)) / 10
        value = rate + step if rate + step <= 100 and rng.random() < 0.5 else rate - step
        like = found["rate"] if "." in found["rate"] else found["rate"] + ".0"
        text = show(value, like)
        place = _group(found, "rate")
        yield replace_at(place.start, place.end, text, _whole(found))


def rate_digits(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """Digits of a rate swapped: 89.6% for 98.6%."""
    for found in _true_rates(source):
        rate = found["rate"]
        if len(rate) < 2 or rate[0] == rate[1] or "0" in rate[:2] or Decimal(rate) >= 100:
            continue
        place = _group(found, "rate")
        yield replace_at(place.start, place.end, rate[1] + rate[0] + rate[2:], _whole(found))


def rate_count_changed(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """One of the two counts changed, the rate left."""
    for found in _true_rates(source):
        done, whole = Decimal(found["done"]), Decimal(found["whole"])
        low = done - max(Decimal(1), (whole * Decimal("0.04")).to_integral_value())
        if low > 0:
            yield _figure(source, _group(found, "done"), low, _whole(found))


def rate_above_hundred(source: CleanReport, rng: Random) -> Iterator[Edit]:
    """A rate above one hundred per cent."""
    for found in _matches(source, _ANY_RATE):
        value = Decimal(rng.choice((1015, 1026, 1084, 1123))) / 10
        place = _group(found, "rate")
        yield replace_at(place.start, place.end, str(value), _whole(found))


def _true_trends(source: CleanReport) -> Iterator[re.Match[str]]:
    for pattern in (_TREND, _FROM_TO):
        for found in _matches(source, pattern):
            now, then = Decimal(found["now"]), Decimal(found["then"])
            is_down = found["way"] in ("下降", "减少")
            told = Decimal(found["rate"])
            if is_down == (now < then) and percent(abs(now - then), then, found["rate"]) == told:
                yield found


def trend_percent(source: CleanReport, rng: Random) -> Iterator[Edit]:
    """A percentage that the two values do not give."""
    for found in _true_trends(source):
        rate = Decimal(found["rate"])
        step = Decimal(rng.randint(20, 95)) / 10
        value = rate - step if rate > step + 1 and rng.random() < 0.5 else rate + step
        yield _figure(source, _group(found, "rate"), value, _whole(found))


def trend_direction(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """Growth told of a fall, or a fall of growth."""
    for found in _true_trends(source):
        place = _group(found, "way")
        other = "上升" if found["way"] in ("下降", "减少") else "下降"
        yield replace_at(place.start, place.end, other, _whole(found))


def trend_base(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """Last year's value changed, the percentage left."""
    for found in _true_trends(source):
        then, now = Decimal(found["then"]), Decimal(found["now"])
        value = then + max(Decimal(2), (then * Decimal("0.15")).to_integral_value())
        if value != now:
            yield _figure(source, _group(found, "then"), value, _whole(found))


def trend_step(source: CleanReport, rng: Random) -> Iterator[Edit]:
    """An increase in figures that does not fit the increase in per cent."""
    for found in _matches(source, _STEP):
        now, step = Decimal(found["now"]), Decimal(found["step"])
        then = now - step if found["way"] == "增加" else now + step
        if percent(step, then, found["rate"]) == Decimal(found["rate"]):
            value = step * 2 if rng.random() < 0.5 else step + max(step / 2, Decimal(1))
            yield _figure(source, _group(found, "step"), value, _whole(found))


def repeated_quantity(source: CleanReport, rng: Random) -> Iterator[Edit]:
    """The year's count of something told again at the end with another value."""
    for found in _matches(source, _ANCHOR):
        value = int(found["value"])
        other = value + rng.choice((-1, 1)) * max(2, value // 20)
        again = f"总的看，全年{found['what']}{other}{found['unit']}，各项措施落地见效。"
        place = source.body[-1].end
        first = _whole(found)
        yield Edit((TextEdit(place, place, again),), (Span(place, place), first))


KINDS = (
    DefectKind("sum-part", "分项改动", ("NU01",), sum_part),
    DefectKind("sum-total", "总数改动", ("NU01",), sum_total),
    DefectKind("sum-swap", "分项数字颠倒", ("NU01", "NU02"), sum_swapped_digits),
    DefectKind("sum-drop", "漏掉一个分项", ("NU01",), sum_part_dropped),
    DefectKind("done-above", "完成数大于总数", ("NU02",), done_above_whole),
    DefectKind("whole-below", "总数小于完成数", ("NU02",), whole_below_done),
    DefectKind("rate-changed", "比率改动", ("NU03",), rate_changed),
    DefectKind("rate-digits", "比率数字颠倒", ("NU03",), rate_digits),
    DefectKind("rate-count", "比率的分子改动", ("NU03",), rate_count_changed),
    DefectKind("rate-above", "比率超过百分之百", ("NU07", "NU03"), rate_above_hundred),
    DefectKind("trend-percent", "升降幅度改动", ("NU04",), trend_percent),
    DefectKind("trend-way", "升降方向颠倒", ("NU04",), trend_direction),
    DefectKind("trend-base", "上年数改动", ("NU04",), trend_base),
    DefectKind("trend-step", "增减量与幅度不符", ("NU04",), trend_step),
    DefectKind("repeat-value", "同一数字前后不一", ("NU05",), repeated_quantity),
)
