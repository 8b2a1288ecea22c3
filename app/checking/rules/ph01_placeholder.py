"""PH01 placeholder — 占位符没有填写。

Why: a report with “XX镇” or “化解**件” was copied from a template and never finished.
Misses: a wrong name in the place of a blank; 某 standing alone (某小区 may be meant so).
False alarms: X as a letter of a name that is not listed here.

Reported: runs of X, ×, ＊ and * that stand for a name, a figure or a date; 某某; underscores;
empty brackets, quotation marks and document numbers; 【待补】; 20XX年; blank dates; ？？%.
Not reported: 415X, 1+N+X, X光, FTTx, 7×24小时, 数据要素×, Markdown bold, a person anonymised on
purpose (张某, 李某某), digits hidden on purpose (138****0000), the title of a model rule.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.core.document import Span
from app.core.finding import Finding, Severity
from app.language.prefilter import Signs
from app.language.structure.markup import NAME_UNITS, NAMED_PLACE, bold_pairs

META = RuleMeta(code="PH01", name="placeholder", severity=Severity.ERROR, summary="占位符没有填写")


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.PH01``; ``allow`` lists words whose X, × or * is no blank."""

    allow: tuple[str, ...] = ()


_M = "XxＸｘ×✕╳*＊"
_RUN = re.compile(f"[{_M}]+")
_DATE = re.compile(
    f"[{_M}]{{1,4}}[^\\S\\n]?年(?:度|[^\\S\\n]?[{_M}]{{1,2}}[^\\S\\n]?月(?:[^\\S\\n]?["
    f"{_M}]{{1,3}}[^\\S\\n]?日)?)?"
    f"|[{_M}]{{1,2}}[^\\S\\n]?月[^\\S\\n]?[{_M}]{{1,3}}[^\\S\\n]?日"
)
_NUMBER = re.compile(f"[{_M}]+(?:[.．][{_M}]+[%％]?|[-－~～—至到][{_M}]+)")
_YEAR_HEAD = re.compile(r"(?<!\d)(?:20\d?|二[〇○零])$")
_LETTER_WORDS = frozenset("光射线轴染型形荧波")
_EXPLAINS = frozenset("为是指即")  # “X+N”值守，X指带班领导
# Blanks in prose are rare, so they are looked for first and what stands round them after that.
_BLANKS = re.compile("[ \u00a0\u3000]{2,24}")
_BLANK = re.compile(
    r"(?<=[一-鿿])(?:\u3000{2,12}|[ \u00a0]{3,24}|\u3000 {1,12}| \u3000{1,6})"
    r"(?=(?:[万亿]?元|人次|[%％]|(?:件(?!数)|起(?![草到来止])|名(?![单称])|人(?![民员大才口力社身物])|个(?![人别体])|次(?![日序要])"
    r"|户(?![籍口主外数])|处(?![理置长级罚室])|份(?!额)|批(?![准评复示次])|场(?![所景地馆合])|项(?!目)"
    r"|条(?![件例款])))(?:[，。；、（）]|[一-鿿]))"
)
_QUOTES = frozenset("“”‘’\"'「」『』")
_CLOSING = frozenset("，。、；：！？）》”’】〕,;:!?)]")
_MODEL_TITLE = re.compile(
    "(?:村|社区|小区|组|屯|家庭|学校|企业|班级?|单位)(?:（[^）\n]{1,4}）)?[^《》\n]{0,20}"
    "(?:制度|公约|章程|守则|规约|办法|承诺书|协议书?|示范文本|细则|清单|合同)》"
)
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜"
    "叶程苏魏吕丁任沈姚"
    "卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严"
    "覃武戴莫孔向汤言彭欧"
    "阳温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟申耿左焦季柴甄尚"
)
_WAITING = "待(?:补|核|填|定|确|续|完善|更新|提供)"
_COUNTED = r"(?=[件起人次个名万亿元户家批宗篇条场]|年\d?月|月|日(?!常))"
_TEMPLATE = "(?:单位|地名|姓名|名称|日期|时间|数字|年份|金额|人数|此处)"
_LINE_CHARS = 200
_ZERO = "一二三四五六七八九零〇○"
_GAP = r"[^\S\n]"
_SIMPLE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("某某", re.compile("某{2,}")),
    ("__", re.compile(r"(?<![A-Za-z0-9])_{2,}(?![A-Za-z0-9])")),
    ("＿＿", re.compile("＿{2,}")),
    ("（", re.compile(rf"（{_GAP}{{0,20}}）")),
    ("(", re.compile(rf"(?<![A-Za-z0-9_])\({_GAP}{{0,20}}\)")),
    ("〔", re.compile(rf"〔{_GAP}{{0,10}}〕(?:{_GAP}{{0,4}}号)?|〔20\d\d〕{_GAP}{{0,10}}第?号")),
    ("［", re.compile(rf"［{_GAP}{{0,10}}］(?:{_GAP}{{0,4}}号)?|［20\d\d］{_GAP}{{0,10}}第?号")),
    ("[20", re.compile(rf"\[20\d\d\]{_GAP}{{0,10}}第?号")),
    ("【", re.compile(rf"【{_GAP}{{0,10}}】")),
    ("《", re.compile(rf"《{_GAP}{{0,10}}》")),
    ("“", re.compile(rf"“{_GAP}{{0,10}}”")),
    (
        "待",
        re.compile(
            rf"[【［\[（(〔]{_GAP}?(?:此处|数据|内容|这里)?{_WAITING}[^】］\]）)〕\n]{{0,"
            rf"80}}[】］\]）)〕]"
        ),
    ),
    ("补充", re.compile(rf"[【［\[（(〔]{_GAP}?需?补充[^】］\]）)〕\n]{{0,80}}[】］\]）)〕]")),
    ("请", re.compile(rf"[【［\[（(〔]{_GAP}?请[填补][^】］\]）)〕\n]{{0,80}}[】］\]）)〕]")),
    (
        "待",
        re.compile(r"(?<=[据字称间期额名数])待(?:补充?|填写?|核实?|定|确认)(?=[，。；、）)\n]|\Z)"),
    ),
    ("TODO", re.compile(r"(?<![A-Za-z])TODO(?![A-Za-z])")),
    ("TBD", re.compile(r"(?<![A-Za-z])TBD(?![A-Za-z])")),
    ("？", re.compile("？{1,8}(?=[%％])|" + "(?<=[一-鿿])？{1,8}" + _COUNTED)),
    (
        "?",
        re.compile(
            r"\?{1,8}(?=[%％])|"
            + r"(?<=[一-鿿])\?{1,8}"
            + _COUNTED
            + r"|(?<=[一-鿿])\?{3,}(?=[一-鿿])"
        ),
    ),
    ("○○", re.compile(f"(?<![{_ZERO}])○{{2,}}(?![{_ZERO}])")),
    ("◯◯", re.compile("◯{2,}")),
    ("□□", re.compile("□{2,}(?=[一-鿿%％])")),
    ("█", re.compile("█+")),
    ("△△", re.compile("△{2,}(?=[一-鿿])")),
    # 出警 余次: nothing is left of the figure but its 余
    *(
        (f"{gap}余", re.compile(rf"(?<=[一-鿿]){gap}余(?=[件起人名个次户家处场份批篇条辆台万亿])"))
        for gap in " \u3000"
    ),
    # 培训人员 人次: the figure is missing, but not in 十 万元 as a PDF spaces it
    *(
        (
            f"{gap}{unit}",
            re.compile(
                rf"(?<=[一-鿿])(?<![一二两三四五六七八九十百千万亿余几数多]){gap}{unit}(?=[，。；、）])"
            ),
        )
        for gap in " \u3000"
        for unit in ("人次", "场次", "件次", "万元")
    ),
    ("年 ", re.compile(rf"(?:20\d\d)?{_GAP}{{0,10}}年{_GAP}{{1,10}}月{_GAP}{{1,10}}日")),
    ("年\u3000", re.compile(rf"(?:20\d\d)?{_GAP}{{0,10}}年{_GAP}{{1,10}}月{_GAP}{{1,10}}日")),
    ("${", re.compile(r"\$\{[^{}\n]{1,40}\}")),
    ("{{", re.compile(r"\{\{[^{}\n]{1,40}\}\}")),
    ("<", re.compile(rf"<{_TEMPLATE}[^<>\n]{{0,20}}>")),
    ("＜", re.compile(rf"＜{_TEMPLATE}[^＜＞\n]{{0,20}}＞")),
    ("〈", re.compile(rf"〈{_TEMPLATE}[^〈〉\n]{{0,20}}〉")),
)
_SIGNS = Signs(sign for sign, _ in _SIMPLE)


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per blank."""
    spans = [*_masks(ctx, params), *_others(ctx.text, ctx.chars)]
    spans.sort()
    end = -1
    for span in spans:
        if span.start < end:
            continue
        end = span.end
        quote = span.of(ctx.text).strip()
        what = f"“{quote}”是没有填写的占位符" if quote else "这里的空格处没有填写"
        yield ctx.finding(META, span, f"{what}，请补上实际内容或删去。")


def _others(text: str, chars: frozenset[str]) -> Iterator[Span]:
    for blanks in _BLANKS.finditer(text):
        match = _BLANK.match(text, blanks.start())
        if match is None:
            continue
        start = text.rfind("\n", max(match.start() - _LINE_CHARS, 0), match.start()) + 1
        end = text.find("\n", match.end(), match.end() + _LINE_CHARS)
        line = text[start : end if end >= 0 else match.end() + _LINE_CHARS]
        if "，" in line or "。" in line:
            yield Span(*match.span())
    present = _SIGNS.present(text, chars)
    for sign, pattern in _SIMPLE:
        if sign not in present:
            continue
        for match in pattern.finditer(text):
            if _is_blank(text, match):
                yield Span(*match.span())


def _is_blank(text: str, match: re.Match[str]) -> bool:
    """Sort out what only looks like a blank: a person, a ruled line, a check box."""
    start, end = match.span()
    before = text[start - 1] if start else "\n"
    after = text[end] if end < len(text) else "\n"
    first = text[start]
    if first == "某":
        return before not in _SURNAMES
    return not (first in "_＿" and before == after == "\n" and end - start >= 10)


def _masks(ctx: CheckContext, params: Params) -> Iterator[Span]:
    text = ctx.text
    is_markdown = ctx.document.format == "md"
    pairs = bold_pairs(text, is_markdown=is_markdown) if "**" in text else ()
    bold = {mark for pair in pairs for mark in (pair.start, pair.end - 2)}
    allowed = _allowed(text, params.allow)
    done = -1
    for match in _RUN.finditer(text):
        start, end = match.span()
        if start < done or start in bold:
            continue
        span = _composed(text, start, end) or (
            Span(start, end) if _is_mask(text, start, end) else None
        )
        if span is None or any(span.overlaps(a) for a in allowed):
            continue
        done = span.end
        yield span


def _allowed(text: str, words: tuple[str, ...]) -> list[Span]:
    return [
        Span(m.start(), m.end())
        for word in words
        if word
        for m in re.finditer(re.escape(word), text)
    ]


def _is_ascii_word(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _composed(text: str, start: int, end: int) -> Span | None:
    """A masked date, decimal or range that begins at this run."""
    before = text[start - 1] if start else "\n"
    date = _DATE.match(text, start)
    if date is not None:
        head = _YEAR_HEAD.search(text[max(start - 4, 0) : start])
        if head is not None and "年" in date.group():
            return Span(start - len(head.group()), date.end())
        if not _is_ascii_word(before):
            return Span(start, date.end())
    number = _NUMBER.match(text, start)
    if number is not None and number.end() > end and not _is_ascii_word(before):
        after = text[number.end() : number.end() + 1]
        if not _is_ascii_word(after):
            return Span(start, number.end())
    return None


def _is_mask(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else "\n"
    after = text[end] if end < len(text) else "\n"
    is_word = any((c.isascii() and c.isalpha()) or "Ａ" <= c <= "ｚ" for c in (before, after))
    if is_word or after.isdecimal():
        return False
    if text[start] in "*＊" and (before in "/\\" or after in "/\\"):
        return False
    if end - start == 1:
        return _is_single_mask(text, start, before, after)
    if after == "\n" and not text[text.rfind("\n", 0, start) + 1 : start].strip():
        return text[start] not in "*＊"  # a ruled line
    opening = text.rfind("《", max(start - 20, 0), start)
    return not (opening >= 0 and "》" not in text[opening:start] and _MODEL_TITLE.match(text, end))


def _is_single_mask(text: str, start: int, before: str, after: str) -> bool:
    if before in "+＋/^=＝" or after in "+＋/^=＝" or before.isdecimal() or after.isdecimal():
        return False
    if before in "（([［" and after in "）)]］":
        return False
    if text[start] in "×✕╳*＊":
        is_noun = after in NAME_UNITS or NAMED_PLACE.match(text, start + 1) is not None
        return is_noun and not (before == "\n" and text[start] in "*＊")
    return not _is_letter(text, start, before, after) and _stands_for_word(
        text[start], before, after
    )


def _is_letter(text: str, start: int, before: str, after: str) -> bool:
    """X光, “X”, 变量X、Y: the letter itself."""
    return (
        after in _LETTER_WORDS
        or (before in _QUOTES and after in _QUOTES)
        or (after in _EXPLAINS and (f"{text[start]}+" in text or f"+{text[start]}" in text))
        or (after == "、" and _is_ascii_word(text[start + 2 : start + 3]))
        or (before == "、" and _is_ascii_word(text[start - 2 : start - 1]))
    )


def _stands_for_word(sign: str, before: str, after: str) -> bool:
    is_cjk_before, is_cjk_after = "一" <= before <= "鿿", "一" <= after <= "鿿"
    if sign in "xｘ":
        return after in NAME_UNITS or (is_cjk_after and is_cjk_before)
    return after in NAME_UNITS or is_cjk_after or (after in _CLOSING and is_cjk_before)


EXAMPLES = (
    bad("⟦XX⟧镇全年排查矛盾纠纷⟦X⟧件，化解⟦XX⟧件。"),
    bad("⟦****年*月*日⟧至⟦****年*月**日⟧，调解成功率⟦**.*%⟧。"),
    bad("⟦20XX年⟧，我局开展消防演练⟦×⟧次，⟦某某⟧同志带队检查。"),
    bad("印发《方案》（青应急⟦〔〕号⟧），投入资金⟦____⟧万元，群众满意度达⟦？？⟧%。"),
    bad("责任人⟦（  ）⟧，完成时限⟦【待补】⟧，联系单位⟦【待核实：名称】⟧。"),
    bad("截至⟦X月X日⟧，全县共有网格员⟦xx⟧名，“⟦xx⟧平安在线”推送信息⟦×××⟧条。"),
    bad("⟦2024年　月　日⟧"),
    bad("投入交通设施⟦\u3000\u3000\u3000⟧万元，共有⟦   ⟧名网格员，走访⟦*⟧中心小学和敬老院。"),
    good("全年排查矛盾纠纷126件，化解121件，化解率96%。"),
    near("推广**“码上办”**小程序，办结**《消防条例》**宣讲4场。"),
    good("配备X光安检机2台，实行7×24小时值守。"),
    near("新装X波段雷达1部。推行“X+N”值守，X指带班领导，N指值班人员。"),
    near("推进“415X”产业集群建设，构建1+N+X工作体系，拓展5G+X应用。"),
    near("建成4×4米宣传栏3块，FTTx改造全部完成，“数据要素×”试点落地，XR体验区开放。"),
    near("推广《XX村（组）防火公约制度》范本，村民张某因邻里纠纷申请调解，李某某到场。"),
    near("联系电话138****0000，增幅＝（本期数-同期数）/同期数*100%。"),
    near("平安建设短板亟待补齐，线索待核实后移交。"),
)
