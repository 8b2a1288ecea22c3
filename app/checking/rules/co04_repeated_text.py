"""CO04 repeated-text — 词语、列项、句子或段落重复。

Why: “内容包括包括” and a paragraph that stands twice are slips of copying.
Misses: a sentence repeated with other words; single characters doubled but for particles.
False alarms: a verb doubled on purpose (研究研究); two names that touch (群众体育体育产业).

Reported: a word of two or more characters or a particle (的的) written twice in a row, an item that
stands twice in one list, and a sentence, a long clause or a paragraph that stands twice. Not
reported: legal doublings (实实在在, 一件一件), words that only overlap (就业创业创新, 实事求是是),
a short refrain, a heading, what stands twice a report's length apart.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from app.checking.context import CheckContext, RuleMeta
from app.checking.rule import bad, good, near
from app.core.document import Span
from app.core.finding import Finding, Fix, Severity
from app.language.similarity.repeats import doubled

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
_NOT_IN_LIST = re.compile("[，。；：！？\n“”《》（）]")
_LIST_TAIL = re.compile("(?:等|和|及|与|以及|之间).*$")
_CLAUSE_MARK = re.compile("[，。；！？]")
_LONG_CLAUSE = re.compile("[^。！？!?\n；;，,：:]{12,600}+")
# Words of one character that never stand twice in a row: 价值的的线索, unlike 目的的确.
_PARTICLES = re.compile(
    "([的了在和是与及得为对把将被从由于以并也都而就向到要有使让因但或且又还已很其该各本每们])\\1"
)
_PARALLEL = re.compile("为|加上|占|比|较|与|同|完成|达到|其中|按")
_MAX_SHOWN = 24
_MAX_ITEMS = 60
_LEAD_WORDS, _LONG_ITEM = 4, 4  # characters
_MAX_COPIES = 40
_LEAD_SENTENCE = 24
_REFRAIN = 3  # times
_POINT_CHARS, _LONGEST_POINT = 4, 600
_NEAR_CLAUSE = 400
# Beyond the length of a long report the same words belong to another report in the same file, or
# are a set formula.
_FAR = 12_000


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
        from app.language.similarity.doubling import copies  # noqa: PLC0415  # only with a run to judge

        for part in _cjk_runs(text, run, length):
            span = copies(text, part, length)
            if span is None:
                continue
            piece = text[span.start : span.start + length]
            if piece not in params.allow:
                yield ctx.finding(
                    META,
                    span,
                    f"“{piece}”连写了{len(span) // length}遍，请删去多余的。",
                    fix=Fix(span, piece),
                )


def _cjk_runs(text: str, run: Span, length: int) -> Iterator[Span]:
    """The parts of a run that can hold a word twice; of a very long one the beginning."""
    stop = min(run.end, run.start + _MAX_COPIES * length)
    for match in _CJK.finditer(text, run.start, stop):
        if match.end() - match.start() >= 2 * length:
            yield Span(*match.span())


def _doubled_particles(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    for match in _PARTICLES.finditer(ctx.text):
        from app.language.similarity.doubling import is_particle_twice  # noqa: PLC0415  # as above

        particle, span = match[1], Span(*match.span())
        if particle not in params.allow and is_particle_twice(ctx.text, span):
            yield ctx.finding(
                META, span, f"“{particle}”连写了两遍，请删去多余的。", fix=Fix(span, particle)
            )


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
    """覆盖学校、医院、学校: the first item with the words before it, but not 东南亚、南亚."""
    before = len(first) - len(item)
    most = _LEAD_WORDS if len(item) < _LONG_ITEM else 2 * _LEAD_WORDS
    if not first.endswith(item) or not 1 <= before <= most:
        return False
    from app.language.similarity.doubling import is_edge  # noqa: PLC0415  # as above

    return is_edge(first, before)


def _key(text: str) -> str:
    return "".join(text.split())


def _repeated_paragraphs(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Paragraphs told before; a heading may stand on the cover, too."""
    seen: dict[str, Span] = {}
    for paragraph in ctx.paragraphs:
        if len(paragraph) < 2 * params.sentence_chars:
            continue
        key = _key(paragraph.of(ctx.text))
        first = seen.get(key)
        seen[key] = paragraph
        if first is None or paragraph.start - first.end > _FAR or not _CLAUSE_MARK.search(key):
            continue
        yield ctx.finding(
            META,
            paragraph,
            f"这一段与前面一段完全相同（“{_shown(key)}”），请删去或改写。",
            related=[first],
        )


def _repeated_sentences(ctx: CheckContext, params: Params) -> Iterator[Finding]:
    """Sentences told before; neighbours that repeat neighbours become one finding."""
    run: tuple[Span, Span] | None = None
    previous = (-2, -2)
    for index, first in _same_sentences(ctx, params):
        pair = (ctx.sentences[index], ctx.sentences[first])
        if run is not None and previous == (index - 1, first - 1):
            run = (run[0] | pair[0], run[1] | pair[1])
        else:
            if run is not None:
                yield _sentence_finding(ctx, *run)
            run = pair
        previous = (index, first)
    if run is not None:
        yield _sentence_finding(ctx, *run)


def _same_sentences(ctx: CheckContext, params: Params) -> Iterator[tuple[int, int]]:
    """The places of sentences with the place where the same one stood last."""
    text = ctx.text
    keys = {
        index: _key(sentence.of(text))
        for index, sentence in enumerate(ctx.sentences)
        if _is_full_sentence(text, sentence, params)
    }
    times = Counter(keys.values())
    seen: dict[str, int] = {}
    for index, key in keys.items():
        first = seen.get(key)
        seen[key] = index
        if first is None or _is_lead_in(text, ctx.sentences[index]) or not _is_wordy(key):
            continue
        is_refrain = len(key) < _LEAD_SENTENCE and times[key] >= _REFRAIN and index > first + 1
        is_far = ctx.sentences[index].start - ctx.sentences[first].end > _FAR
        if not is_refrain and not is_far:
            yield index, first


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
        if match.start() - first > _NEAR_CLAUSE or _PARALLEL.match(clause.strip()):
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
    bad("我⟦们们⟧把群众冷暖记在心上，治安形势⟦保持保持⟧平稳，切实⟦加强加强⟧巡逻。"),
    bad("做到了人员配备到位、物资储备到位、⟦人员配备到位⟧。"),
    good("调查内容包括群众安全感和对调解工作的评价。"),
    good("开展防火、防盗、防诈、防溺水等宣传，覆盖全部小区。"),
    near("实实在在为群众办事，邻里和和美美，一件一件抓落实，为为政之魂立根。"),
    near("支持就业创业创新，编制预算决算决议，构建共建共治共享格局，发展文化文艺事业。"),
    near("推进常态化长效化治理，加强工业农业农村安全，做好公安治安治理和调解调解员培训。"),
    near("支持群众体育、体育产业发展，推进就业保障、保障房建设。"),
    near("目的的确明确，为了了解情况，现在在家的老人，总和和平均数，但是是否到位，就是是非分明。"),
    near("实事求是是做人的根本，信访事项不会不了了之，领导领导力培训两期，资产阶级阶级观念。"),
    near("一个村一个村、一个厂一个厂地过，抓得很实很实，覆盖东南亚、南亚商户。"),
    near("今年排查矛盾纠纷86件。去年排查矛盾纠纷86件。二〇二〇年起连续3年下降。"),
)
