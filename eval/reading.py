"""A plain, strict reader of figures for measuring drafts.

It is deliberately none of the product's: what the product misreads, it must not misread alike.
It knows digits, Chinese numerals before a measure word, shares (百分之、成) and ranges, and
nothing of sums, rates or indicators.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

_UNITS = (
    "个百分点 百分点 人次 家次 批次 课时 小时 分钟 公里 公顷 平方米 立方米 万元 亿元 千克 度 "
    "元 件 起 处 个 名 人 位 户 家 次 场 份 条 项 期 节 本 册 套 块 盏 根 只 台 支 辆 路 艘 所 栋 "
    "座 组 具 卷 对 轮 批 幅 篇 部 吨 米 亩 瓶 桶 张 枚 顶 间 站 篮 包 封 队 班 类 层 版 片 袋 "
    "仓 天 周 月 年 日 号 秒 分 岁 篇 人份 % 成"
).split()
_UNIT = "|".join(sorted(map(re.escape, set(_UNITS)), key=len, reverse=True))
_HAN = "零〇一二两三四五六七八九十百千万亿"
_HAN_UNIT = "|".join(
    sorted(
        {u for u in _UNITS if u not in ("分", "类", "度", "号", "%", "成")}, key=len, reverse=True
    )
)
_BEFORE = r"(?P<before>大约|约|将近|接近|近|超过|超|逾)?"
_FIGURE = re.compile(
    _BEFORE + r"(?P<number>\d+(?:\.\d+)?)(?P<more>余|多)?(?P<scale>[万亿]|千(?!克)|百(?!分))?"
    rf"(?P<more2>余|多)?(?P<unit>{_UNIT})?(?P<after>以上|左右|上下|余)?"
)
_HAN_FIGURE = re.compile(
    rf"(?<!第)(?<![{_HAN}]){_BEFORE}(?P<number>[一二两三四五六七八九十][{_HAN}]*)(?P<more>余|多)?"
    rf"(?P<unit>{_HAN_UNIT})(?P<after>以上|左右|上下|余)?"
)
_HAN_PERCENT = re.compile(rf"{_BEFORE}百分之(?P<number>[{_HAN}]+(?:点[{_HAN}]+)?|\d+(?:\.\d+)?)")
_HAN_TENTHS = re.compile(
    rf"{_BEFORE}(?<![{_HAN}])(?P<number>[一二两三四五六七八九])成(?P<more>[一二三四五六七八九]|多)?"
    r"(?![立为员本功果绩效年长熟就])(?P<after>以上|左右)?"
)
# Numerals that count nothing.
_PHRASES = re.compile(
    r"[一二三四五六七八九十]是|(?m:^\s*[（(]?[一二三四五六七八九十]{1,3}[）)、．.])|十[四五]五|[七八九]五普法|“八五”"
    r"|(?m:^[\s*#-]*[（(]?\d{1,2}(?:[、)）．]|\.(?!\d)))"
    r"|两个(?:维护|确立|一以贯之|文明)|四个(?:意识|自信|全面)|三(?:零|防)|四不放过|千家万户|三个必须"
    r"|两[委会节客]|[二三]十[大届]|[一二三四五]中全会|三轮|一件件|一次次|一项项|一个个|两手抓|九个坚持|第[一二三四五六七八九十]+"
)
_RANGE = re.compile(r"\s*(?:至|到|-|—+|～|~|－)\s*")
_DIGIT_OF = {**dict(zip("零〇一二两三四五六七八九", "00122" + "3456789", strict=True))}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_SCALES = {"": 1, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_SAME = {"名": "人", "位": "人", "宗": "件", "起": "件", "百分点": "个百分点", "册": "本"}
_BOUNDS = {
    "大约": "约", "约": "约", "左右": "约", "上下": "约", "将近": "近", "接近": "近", "近": "近",
    "超过": "余", "超": "余", "逾": "余", "余": "余", "多": "余", "以上": "余",
}  # fmt: skip
_FULL = str.maketrans("０１２３４５６７８９％．", "0123456789%.")


@dataclass(frozen=True, slots=True)
class ReadFigure:
    """A figure in a text: ``bound`` is 约, 近, 余 or empty; ``unit`` empty where none is known.

    ``is_loose`` marks 一名, 一次: as often a turn of phrase as a count.
    """

    value: Decimal
    unit: str
    bound: str
    start: int
    end: int
    is_loose: bool = False

    def fits(self, other: "ReadFigure") -> bool:
        """The same value of the same kind of thing, as exactly told."""
        units = {self.unit, other.unit}
        return (
            self.value == other.value
            and (len(units) == 1 or "" in units)
            and self.bound == other.bound
        )


def plain(text: str) -> str:
    """Half-width digits, no separators of thousands; other characters stay where they are."""
    return re.sub(r"(?<=\d)[,，](?=\d{3}(?!\d))", "", text.translate(_FULL))


def _han_value(text: str) -> Decimal:
    total = section = digit = 0
    for char in text:
        if char in _DIGIT_OF:
            digit = int(_DIGIT_OF[char])
        elif char in _POWERS:
            section += (digit or 1) * _POWERS[char]
            digit = 0
        else:
            total = (total + section + digit) * _SCALES[char]
            section = digit = 0
    return Decimal(total + section + digit)


def _han_decimal(text: str) -> Decimal:
    if text[0].isdigit():
        return Decimal(text)
    whole, _, part = text.partition("点")
    value = _han_value(whole)
    return value + Decimal("0." + "".join(_DIGIT_OF[c] for c in part)) if part else value


def _bound(found: re.Match[str]) -> str:
    told = found.groupdict()
    marks = (told.get(k) or "" for k in ("before", "more", "more2", "after"))
    return next((_BOUNDS[mark] for mark in marks if mark in _BOUNDS), "")


def _digits(text: str) -> Iterator[ReadFigure]:
    for found in _FIGURE.finditer(text):
        value = Decimal(found["number"]) * _SCALES[found["scale"] or ""]
        unit, bound = found["unit"] or "", _bound(found)
        if unit in ("万元", "亿元"):
            value, unit = value * _SCALES[unit[0]], "元"
        if unit == "成":
            value, unit = value * 10, "%"
        yield ReadFigure(value, _SAME.get(unit, unit), bound, *found.span())


def _numerals(text: str) -> Iterator[ReadFigure]:
    for found in _HAN_PERCENT.finditer(text):
        yield ReadFigure(_han_decimal(found["number"]), "%", _bound(found), *found.span())
    for found in _HAN_TENTHS.finditer(text):
        more = found["more"] or ""
        value = _han_value(found["number"]) * 10 + (_han_value(more) if more in _DIGIT_OF else 0)
        yield ReadFigure(value, "%", _bound(found), *found.span())
    for found in _HAN_FIGURE.finditer(text):
        value = _han_value(found["number"])
        unit = found["unit"]
        scale = _SCALES[unit[0]] if unit in ("万元", "亿元") else 1
        unit = "元" if scale > 1 else _SAME.get(unit, unit)
        bound = _bound(found)
        is_loose = found["number"] == "一" and not bound
        yield ReadFigure(value * scale, unit, bound, *found.span(), is_loose=is_loose)


def figures(text: str) -> tuple[ReadFigure, ...]:
    """Every figure of a text already made :func:`plain`, in order."""
    masked = _PHRASES.sub(lambda m: "□" * len(m[0]), text)
    digits = sorted(_digits(masked), key=lambda f: f.start)
    for index, (one, two) in enumerate(pairwise(digits)):
        if not one.unit and _RANGE.fullmatch(masked[one.end : two.start]):
            digits[index] = replace(one, unit=two.unit)
    taken = {place for figure in digits for place in range(figure.start, figure.end)}
    others: list[ReadFigure] = []
    for figure in _numerals(masked):
        if not taken & set(range(figure.start, figure.end)):
            taken |= set(range(figure.start, figure.end))
            others.append(figure)
    return tuple(sorted((*digits, *others), key=lambda f: f.start))


def read_one(text: str) -> ReadFigure:
    """The figure a label names.

    Raises:
        ValueError: it names none, or several.
    """
    (figure,) = figures(plain(text))
    return figure
