"""Defects that a pattern can see: masks, residue, punctuation, personal data, secrecy."""

import re
from collections.abc import Iterator
from random import Random

from app.core.document import Span
from eval.mutations.edit import CleanReport, DefectKind, Edit, Finder, insert_at, replace_at

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_OWN_NAMES = ("云渡", "临溪", "云岭", "柏泉", "梧川", "沅澄", "青岚", "凤渚", "澄江", "龙井坳")
_COUNT = re.compile(r"(?<![\d.])\d{1,5}(?=[件起处个名场次份家台批])")
_RATE = re.compile(r"\d+(?:\.\d+)?(?=%)")
_MONEY = re.compile(r"\d+(?:\.\d+)?(?=万元)")
_MONTH_DAY = re.compile(r"\d{1,2}月\d{1,2}日")
_LEADER = re.compile(
    "(?:党组书记、局长|乡党委书记|董事长|公司董事长|书记|馆长|局长)(?=任|主持|牵头|每月|带)"
)
_CHOICE = re.compile(r"(?:下降|增长)(?=\d+(?:\.\d+)?%)")
_COMMA = re.compile("(?<=[\u4e00-\u9fff])，(?=[\u4e00-\u9fff])")
_STOP = re.compile("(?<=[\u4e00-\u9fff])。")
_QUOTE = re.compile("“[\u4e00-\u9fff]{2,8}”")
_RESIDUE = (
    "##paidbegin##",
    "##paidend##",
    "（此处填写本单位特色做法）",
    "（字数不少于300字）",
    "此处隐藏862字，正式会员可完整阅读",
    "本文来源于网络，下载后可编辑修改",
)
_PAGE_LINES = (
    "【字号：大 中 小】\n",
    "扫一扫在手机打开当前页\n",
    "您的位置：首页>政务公开>工作总结\n",
    "打印本页 关闭窗口\n",
    "相关报道：\n",
)
_SECRETS = ("机密★1年\n", "秘密★3年\n", "绝密★10年\n", "内部资料 严禁外传\n")


def _in_body(source: CleanReport, pattern: re.Pattern[str]) -> Iterator[Span]:
    for line in source.body:
        for found in pattern.finditer(source.text, line.start, line.end):
            yield Span(*found.span())


def _masking(pattern: re.Pattern[str], *masks: str) -> Finder:
    def find(source: CleanReport, rng: Random) -> Iterator[Edit]:
        for place in _in_body(source, pattern):
            yield replace_at(place.start, place.end, rng.choice(masks))

    return find


_NAME = re.compile("|".join(_OWN_NAMES))


def _after_sentence(*pieces: str) -> Finder:
    def find(source: CleanReport, rng: Random) -> Iterator[Edit]:
        for sentence in source.sentences():
            yield insert_at(sentence.end, rng.choice(pieces))

    return find


def _as_line(*pieces: str) -> Finder:
    def find(source: CleanReport, rng: Random) -> Iterator[Edit]:
        for line in source.body:
            yield insert_at(line.start, rng.choice(pieces))

    return find


def _html(source: CleanReport, rng: Random) -> Iterator[Edit]:
    for place in _in_body(source, _COMMA):
        if rng.random() < 0.1:
            yield insert_at(place.end, rng.choice(("&nbsp;&nbsp;", "<br/>", "</p><p>", "&ldquo;")))


def _choice(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    for place in _in_body(source, _CHOICE):
        yield replace_at(place.start, place.end, "增长（下降）")


def _secret(_source: CleanReport, rng: Random) -> Iterator[Edit]:
    yield insert_at(0, rng.choice(_SECRETS))


def _personal(source: CleanReport, rng: Random) -> Iterator[Edit]:
    """An identity card number that checks, or a mobile number, of an invented person."""
    for sentence in source.sentences():
        day = f"19{rng.randint(50, 99)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
        stem = f"450328{day}{rng.randint(0, 999):03}"
        total = sum(int(d) * w for d, w in zip(stem, _WEIGHTS, strict=True))
        card = f"{stem}{'10X98765432'[total % 11]}"
        mobile = f"139{rng.randint(10_000_000, 99_999_999)}"
        told = rng.choice((f"来访人身份证号{card}。", f"来访人联系电话{mobile}。"))
        yield insert_at(sentence.end, told)


def _hidden(source: CleanReport, rng: Random) -> Iterator[Edit]:
    """A character that cannot be seen inside a figure."""
    for place in _in_body(source, _COUNT):
        if len(place) > 1:
            figure = place.of(source.text)
            hidden = figure[0] + rng.choice("\u200b\u00ad\u2060\ufeff") + figure[1:]
            yield replace_at(place.start, place.end, hidden)


def _doubled(source: CleanReport, rng: Random) -> Iterator[Edit]:
    for pattern, marks in ((_COMMA, ("，，", "，、", "，。")), (_STOP, ("。。", "，。", "；。"))):
        for place in _in_body(source, pattern):
            if rng.random() < 0.1:
                yield replace_at(place.start, place.end, rng.choice(marks))


def _half_width(source: CleanReport, rng: Random) -> Iterator[Edit]:
    for place in _in_body(source, _COMMA):
        if rng.random() < 0.1:
            yield replace_at(place.start, place.end, ",")


def _unpaired(source: CleanReport, rng: Random) -> Iterator[Edit]:
    for place in _in_body(source, _QUOTE):
        line = next(line for line in source.body if place in line)
        if rng.random() < 0.5:
            yield replace_at(place.end - 1, place.end, "", line)
        else:
            yield replace_at(place.start, place.start + 1, "", line)


KINDS = (
    DefectKind(
        "mask-name",
        "单位或地名用X代替",
        ("PH01", "CO01"),
        _masking(_NAME, "XX", "xx", "ＸＸ", "××"),
    ),
    DefectKind(
        "mask-star", "单位或地名用星号代替", ("PH01", "CO01"), _masking(_NAME, "**", "***", "*")
    ),
    DefectKind("mask-count", "数字用X代替", ("PH01",), _masking(_COUNT, "X", "XX", "×", "**")),
    DefectKind(
        "mask-blank", "数字留空", ("PH01",), _masking(_MONEY, "____", "（  ）", "　　　", "（）")
    ),
    DefectKind("mask-rate", "百分比没填", ("PH01",), _masking(_RATE, "XX", "？？", "**", "X.X")),
    DefectKind(
        "mask-date", "日期没填", ("PH01",), _masking(_MONTH_DAY, "X月X日", "*月*日", "××月××日")
    ),
    DefectKind(
        "mask-year",
        "年份没填",
        ("PH01",),
        _masking(re.compile(r"20\d\d(?=年)"), "20XX", "20xx", "20**", "202X", "____"),
    ),
    DefectKind(
        "mask-person", "人名没填", ("PH01",), _masking(_LEADER, "局长某某某", "书记XXX", "主任×××")
    ),
    DefectKind(
        "todo",
        "待补标记",
        ("PH01",),
        _after_sentence("【待补】", "【待核实：参加人数】", "【待补充：典型案例】", "[待补充数据]"),
    ),
    DefectKind("residue", "范文网站残留", ("PH02",), _after_sentence(*_RESIDUE)),
    DefectKind("residue-page", "网页残留行", ("PH02",), _as_line(*_PAGE_LINES)),
    DefectKind("residue-html", "网页代码残留", ("PH02",), _html),
    DefectKind("residue-choice", "模板选项未选", ("PH02", "PH01"), _choice),
    DefectKind("secret", "密级标志", ("SE02",), _secret),
    DefectKind("hidden", "数字里有看不见的字符", ("PH04",), _hidden),
    DefectKind("personal", "个人信息", ("SE01",), _personal),
    DefectKind("punct-doubled", "标点重复", ("LA02",), _doubled),
    DefectKind("punct-half", "中文里的半角逗号", ("LA02",), _half_width),
    DefectKind("punct-unpaired", "引号不成对", ("LA02",), _unpaired),
)
