"""CO04 repeated-text — 词语、列项、句子或段落重复。

Why: “内容包括包括” and a paragraph that stands twice are slips of copying.
Misses: a sentence repeated with other words; single characters doubled but for particles.
False alarms: a verb doubled on purpose (研究研究); a refrain.

Reported: a word of two or more characters or a particle (的的) written twice in a row, an item that
stands twice in one list, and a sentence, a long clause or a paragraph that stands twice. Not
reported: legal doublings (实实在在, 一件一件), words that only overlap (就业创业创新), a table of
contents.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext
from app.checking.rule import RuleMeta, bad, good, near
from app.core.document import Span
from app.core.finding import Finding, Fix, Severity
from app.text.repeats import doubled

META = RuleMeta(
    code="CO04",
    name="repeated-text",
    severity=Severity.WARNING,
    summary="词语、列项、句子或段落重复",
)


@dataclass(frozen=True, slots=True)
class Params:
    """Profile key ``rules.CO04``: the least lengths from which repeats are reported.

    ``allow`` lists words that may stand twice in a row.
    """

    sentence_chars: int = 14
    clause_chars: int = 12
    allow: tuple[str, ...] = ()


_CJK = re.compile("[一-鿿]+")
_NUMERAL = re.compile("[一二三四五六七八九十百千万亿零〇两]+")
_LEGAL = frozenset(
    {"非常", "很多", "永远", "谢谢", "慢慢", "好好", "天天", "常常", "时时", "处处", "年年", "人人"}
)
# Words that may follow one another so that a piece seems doubled: 就[业创][业创]新.
_OVERLAPPING = frozenset(
    "创业 农业 企业 就业 工业 商业 林业 行业 产业 决算 预算 共建 共治 共享 自治 法治 德治"
    " 治安 公安 保安 平安 治理"
    " 管理 办理 处理 受理 审理 政务 财务 服务 业务 党务 村务 事务 商务 税务 公务 执法 司"
    "法 普法 立法 守法 用法 学法"
    " 民警 居民 村民 市民 农民 公民 人民 开展 发展 进展 扩展 体育 教育 培育 德育 协会 社"
    "会 工会 专家 国家 大家 科学"
    " 数学 大学 中学 小学 文学 医学 开放 化工 文化 建设 设施 生产 产品 保险 保障 通信 电"
    "信 信访 安全 健全 全面 员工"
    " 干部 部门 组织 机关 机构 结构 构建 会议 决议 道路 公路 网络 联合 综合 合作 学习 检"
    "查 调查 排查 巡查 查处 防范"
    " 规范 预防 消防 国防 防控 管控 控制 体制 机制 制度 分类 分级 分析 群防 群治 学生 学"
    "校 生活 活动 行动 动员 人员"
    " 党员 队伍 村组 小组 全市 全县 全镇 市场 市区 城市 城乡 乡镇 乡村 村庄 基层 层级 镇"
    "村 县区 社区 区域 市域".split()
)
_ENDS_IN_VERB = frozenset(
    {"规定", "确定", "稳定", "制定", "评定", "鉴定", "决定", "认定", "指定", "固定", "约定", "狠抓"}
)
_LONGER_WORD = re.compile("[一-鿿]{2}[员师者]|服务业|生产线|代表团|管理站|服务站|工作站|企业家")
_NOT_IN_LIST = re.compile("[，。；：！？\n“”《》（）]")
_LIST_TAIL = re.compile("(?:等|和|及|与|以及|之间).*$")
_LONG_CLAUSE = re.compile("[^。！？!?\n；;，,：:]{12,600}+")
# 目的的确, 为了了解, 现在在家, 总和和平均: the second character begins another word
_PARTICLE = re.compile(
    "(?<![目有的])的的(?![的确士])|(?<![为除明末了])了了(?![了解然结])"
    "|(?<![现存所实正内自潜外好旨健在])在在(?![在家编线建岗职校册场读])|(?<![总祥饱平温共调缓柔中谐和])和和(?![和平谐睦气美解])"
    "|(?<![但可就不总还若于要只正是凡都真却])是是(?![是非否])|(?<![安及来就与和])与与(?![会否])"
)
_DOUBLED_PARTICLES = ("的的", "了了", "在在", "和和", "是是", "与与")
_MAX_SHOWN = 24
_MAX_ITEMS = 60
_LEAD_SENTENCE = 24
_POINT_CHARS, _LONGEST_POINT = 6, 600


def check(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Yield one finding per repeat; it spans the second copy, or both where they touch."""
    findings = [
        *_repeated_paragraphs(ctx, params),
        *_repeated_sentences(ctx, params),
        *_doubled_words(ctx, params),
        *_doubled_particles(ctx, params),
        *_repeated_items(ctx),
        *_repeated_points(ctx),
        *_repeated_clauses(ctx, params),
    ]
    findings.sort(key=lambda f: (f.span.start, -f.span.end))
    end = 0
    for finding in findings:
        if finding.span.start >= end:
            end = finding.span.end
            yield finding


def _shown(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN else f"{text[: _MAX_SHOWN - 1]}…"


def _doubled_words(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    text = ctx.text
    for run, length in doubled(text, 2, 8):
        for span in _cjk_runs(text, run, length):
            piece = text[span.start : span.start + length]
            if piece in params.allow or not _is_slip(text, span, piece):
                continue
            yield ctx.finding(
                META,
                span,
                f"“{piece}”连写了{len(span) // length}遍，请删去多余的。",
                fix=Fix(span, span.of(text)[: length + len(span) % length]),
            )


def _doubled_particles(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    if not any(doubled in ctx.text for doubled in _DOUBLED_PARTICLES):
        return
    for match in _PARTICLE.finditer(ctx.text):
        particle = match.group()[0]
        if particle in params.allow:
            continue
        span = Span(*match.span())
        yield ctx.finding(
            META, span, f"“{particle}”连写了两遍，请删去多余的。", fix=Fix(span, particle)
        )


def _cjk_runs(text: str, run: Span, length: int) -> Iterator[Span]:
    """The doubled pieces of a run that are words, cut down to whole copies."""
    if len(run) > 40 * length:
        run = Span(run.start, run.start + 2 * length)
    for match in _CJK.finditer(text, run.start, run.end):
        size = match.end() - match.start()
        if size >= 2 * length:
            yield Span(match.start(), match.start() + size - size % length)


def _is_slip(text: str, span: Span, piece: str) -> bool:
    if _NUMERAL.fullmatch(piece) or len(set(piece)) == 1 or piece in _LEGAL:
        return False
    if len(piece) == 2 and piece[0] in "一逐几每":
        return False
    if _LONGER_WORD.match(text, span.end - 2):
        return False
    is_overlap = piece[::-1] in _OVERLAPPING or (piece[1] in "定抓" and piece not in _ENDS_IN_VERB)
    return not (len(span) == 4 and is_overlap)


def _repeated_items(ctx: CheckContext) -> Iterator[Finding]:
    """An item that stands twice in a list joined by 、."""
    start = 0
    for part in _NOT_IN_LIST.split(ctx.text):
        if "、" in part:
            items = part.split("、", _MAX_ITEMS)[:_MAX_ITEMS]
            rest = [*items[1:-1], _LIST_TAIL.sub("", items[-1])]
            if (
                len({items[0], *rest}) < len(items)
                or items[-1].startswith(tuple(items[:-1]))
                or items[0].endswith(tuple(rest))
            ):
                yield from _same_items(ctx, start, items)
        start += len(part) + 1


def _same_items(ctx: CheckContext, start: int, items: list[str]) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    start_of_first = start
    last = len(items) - 1
    for index, raw in enumerate(items):
        item = _LIST_TAIL.sub("", raw) if index == last else raw
        previous = items[index - 1] if index else ""
        if index == last >= 2 and previous in seen and item.startswith(previous):
            item = previous
        place = Span(start, start + len(item))
        start += len(raw) + 1
        if len(item) < 2 or not _CJK.fullmatch(item):
            continue
        if item not in seen and index and _ends_in(items[0], item):
            seen[item] = start_of_first + len(items[0]) - len(item)
        if item not in seen:
            seen[item] = place.start
            continue
        first = Span(seen[item], seen[item] + len(item))
        touches = place.start == first.end + 1
        yield ctx.finding(
            META,
            first | place if touches else place,
            f"并列项“{_shown(item)}”写了两遍，请核对后删去或改正一处。",
            related=[] if touches else [first],
        )


def _ends_in(first: str, item: str) -> bool:
    """覆盖学校、医院、学校: the first item with the verb before it."""
    return first.endswith(item) and 1 <= len(first) - len(item) <= 4


def _key(text: str) -> str:
    return "".join(text.split())


def _repeated_paragraphs(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Paragraphs told before."""
    seen: dict[str, Span] = {}
    for paragraph in ctx.paragraphs:
        if len(paragraph) < 2 * params.sentence_chars:
            continue
        key = _key(paragraph.of(ctx.text))
        first = seen.setdefault(key, paragraph)
        if first is not paragraph:
            yield ctx.finding(
                META,
                paragraph,
                f"这一段与前面一段完全相同（“{_shown(key)}”），请删去或改写。",
                related=[first],
            )


def _repeated_sentences(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Sentences told before; neighbours that repeat neighbours become one finding."""
    text = ctx.text
    seen: dict[str, int] = {}
    run: tuple[Span, Span] | None = None
    previous = (-2, -2)
    for index, sentence in enumerate(ctx.sentences):
        if not _is_full_sentence(text, sentence, params):
            continue
        key = _key(sentence.of(text))
        first = seen.setdefault(key, index)
        if first == index or _is_lead_in(text, sentence) or not _is_wordy(key):
            continue
        pair = (sentence, ctx.sentences[first])
        if run is not None and previous == (index - 1, first - 1):
            run = (run[0] | pair[0], run[1] | pair[1])
        else:
            if run is not None:
                yield _sentence_finding(ctx, *run)
            run = pair
        previous = (index, first)
    if run is not None:
        yield _sentence_finding(ctx, *run)


def _is_full_sentence(text: str, sentence: Span, params: Params) -> bool:
    return len(sentence) >= params.sentence_chars and text[sentence.end - 1] in "。！!；;”"


def _is_wordy(key: str) -> bool:
    return 3 * sum(map(len, _CJK.findall(key))) > len(key)


def _is_lead_in(text: str, sentence: Span) -> bool:
    """A short sentence at the head of a paragraph may name its topic again."""
    line_start = text.rfind("\n", 0, sentence.start) + 1
    return len(sentence) < _LEAD_SENTENCE and not text[line_start : sentence.start].strip()


def _sentence_finding(ctx: CheckContext, span: Span, first: Span) -> Finding:
    return ctx.finding(
        META,
        span,
        f"这里与前面完全相同（“{_shown(_key(span.of(ctx.text)))}”），请删去或改写。",
        related=[first],
    )


def _repeated_points(ctx: CheckContext) -> Iterator[Finding]:
    """A point of 一是…二是… told twice in one list."""
    text = ctx.text
    for enumeration in ctx.enumerations:
        seen: dict[str, Span] = {}
        for item in enumeration.items:
            stop = min(item.span.end, item.label_span.end + _LONGEST_POINT + 1)
            words = text[item.label_span.end : stop].rstrip("。；;，,、 \n\u3000")
            words = words[: words.find("\n")] if "\n" in words else words
            place = Span(item.label_span.end, item.label_span.end + len(words))
            key = _key(words).strip("，：、")
            if len(key) < _POINT_CHARS or len(key) > _LONGEST_POINT:
                continue
            first = seen.setdefault(key, place)
            if first is not place:
                yield ctx.finding(
                    META,
                    place,
                    f"“{_shown(key)}”在同一组列项里写了两遍，请核对后改写一处。",
                    related=[first],
                )


def _repeated_clauses(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """A long clause that stands twice within one paragraph."""
    text = ctx.text
    seen: dict[str, int] = {}
    for match in _LONG_CLAUSE.finditer(text):
        clause = match.group()
        first = seen.get(clause)
        seen[clause] = match.start()
        if first is None or len(clause.strip()) < params.clause_chars:
            continue
        if text.find("\n", first, match.start()) < 0 and _CJK.search(clause):
            yield ctx.finding(
                META,
                Span(*match.span()),
                f"“{_shown(clause)}”在同一段里写了两遍，请核对后改写一处。",
                related=[Span(first, first + len(clause))],
            )


EXAMPLES = (
    bad("调查内容⟦包括包括⟧群众安全感和对调解工作的评价。"),
    bad("全市省际、⟦市际、市际⟧边界卡口全部装上视频监控。"),
    bad("开展防火、防盗、防诈、⟦防盗⟧等宣传，覆盖全部小区。"),
    bad(
        "镇里组织消防演练12场，群众参与面广。隐患整改当场交办、限期销号。"
        "⟦镇里组织消防演练12场，群众参与面广。隐患整改当场交办、限期销号。⟧"
    ),
    bad("一是加强巡逻，坚决防止可防性案件反弹回升，二是加强宣传，⟦坚决防止可防性案件反弹回升⟧。"),
    bad("贯彻⟦总书记总书记⟧重要讲话精神。"),
    bad("全年收到有价值⟦的的⟧线索12条，取得⟦了了⟧一定成效。"),
    bad("一是加强宣传教育，提高防范意识；二是开展巡逻；三是⟦加强宣传教育，提高防范意识⟧。"),
    good("调查内容包括群众安全感和对调解工作的评价。"),
    good("开展防火、防盗、防诈、防溺水等宣传，覆盖全部小区。"),
    near("实实在在为群众办事，邻里和和美美，一件一件抓落实，为为政之魂立根。"),
    near("支持就业创业创新，编制预算决算决议，构建共建共治共享格局，发展文化文艺事业。"),
    near("推进常态化长效化治理，加强工业农业农村安全，做好公安治安治理和调解调解员培训。"),
    near("支持群众体育、体育产业发展，推进就业保障、保障房建设。"),
    near("目的的确明确，为了了解情况，现在在家的老人，总和和平均数，但是是否到位，就是是非分明。"),
    near("今年排查矛盾纠纷86件。去年排查矛盾纠纷86件。二〇二〇年起连续3年下降。"),
)
