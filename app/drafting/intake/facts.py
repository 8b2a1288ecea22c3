"""One fact: its normal form, its label set apart, and its parts where it tells several things."""

import re
from dataclasses import replace

from app.core.facts import Fact
from app.drafting.intake.fact_types import FactType, is_case, label_kind, type_of
from app.drafting.intake.lines import reporter_of
from app.drafting.intake.words import LabelKind, words
from app.language.terms import normalise

SENTENCE = re.compile(r"[^。！？!?]+[。！？!?]*[”’）)]*")
CLAUSE = re.compile(r"[^，；;,]+[，；;,]?")
TELLING_CHARS = 12  # what is left of a sentence without its notes and still tells something
_LABEL = re.compile(
    r"^(?:【([^【】]{2,18})】[：:]?|([^：:，,。；;！？]{2,18}?)\s*[：:]"
    r"|([\u4e00-\u9fff“”、]{2,8})。(?=\S{6}))\s*(?=\S)"
)
_ENDS_IN_FIGURE = re.compile(r"\d[:：]?$")  # 截至12: no label, and 9:30 neither
_CLAIMS = re.compile(
    "以上|以内|超过|[在把将已被让使都均了]|(?<!安)全(?!面|民|员)|不[再出超]|(?<![播输支演])[到出成]$"
)
_VERB = re.compile(r"(?:召开|印发|下发|出台|开展了|完成了|建立了|成立|召集|分别|包括|共)")
# 县平安建设优秀单位, 市级“枫桥式”街道: the name of an honour, which its label says was won.
_HONOUR_ALONE = re.compile(
    r"(?:全?国|国家|全?省|全?市|全?县|全?区|自治区|[州镇乡])(?:级|直|委|政府)?[^，。；]{0,20}?"
    r"(?:“[^”]{2,16}”|先进|优秀|示范|文明|模范|平安|标兵|达标)(?![^，；。]{0,12}(?:获|评|通过|表[彰扬]|授予|入选|复评))"
)
_PART = re.compile(r"[^；;]+[；;]?")
_REMAINDER = re.compile(
    r"剩|余|其中|其余|还有|还剩|尚有|尚|仍有|仍|仅|只|目前|另|未|没|但仍|整改率|占|比|同比"
)


def make_fact(
    fact_id: str, text: str, *, heading: str = "", line: int = 0, source: str = ""
) -> Fact:
    """A fact in normal form, its label set apart, its figures and names read."""
    from app.evidence.sheet import quantities_of  # noqa: PLC0415 — not needed to tell a bad sheet
    from app.language.names.finder import find_names  # noqa: PLC0415

    label, rest = split_label(normalise(text))
    if label_kind(label) is None and (reporter := reporter_of(label)):
        source = source or reporter
        label, rest = split_label(rest)
    if label_kind(label) is LabelKind.AWARD and _HONOUR_ALONE.match(rest):
        rest = f"获评{rest}"  # what the label says of it
    return Fact(
        id=fact_id,
        text=rest,
        heading=heading,
        line=line,
        quantities=quantities_of(rest),
        names=find_names(rest),
        label=label,
        source=source,
    )


def split_label(text: str) -> tuple[str, str]:
    """A label before a colon (or a short first sentence) and the rest; no label, the whole text.

    A label is a name: one that counts or claims something is a sentence and stays.
    """
    match = _LABEL.match(text)
    if match is None:
        return "", text
    label, rest = (match[1] or match[2] or match[3]).strip(), text[match.end() :].strip()
    if not rest or words().counted.search(label) or _ENDS_IN_FIGURE.search(label):
        return "", text
    is_known = label_kind(label) is not None or bool(reporter_of(label))
    is_sentence = _CLAIMS.search(label) or label[-1:] in "中是为有于和" or _VERB.match(label)
    if not is_known and (is_sentence or label in words().not_labels):
        return "", text
    return label, rest


def part_by_type(facts: list[Fact], year: int) -> tuple[Fact, ...]:
    """Facts, those parted that tell things of several kinds: work done and a plan, say."""
    out: list[Fact] = []
    for fact in facts:
        for text in _by_type(fact, year):
            one = (
                fact
                if text == fact.text
                else make_fact(
                    fact.id, text, heading=fact.heading, line=fact.line, source=fact.source
                )
            )
            out.append(replace(one, id=f"F{len(out) + 1}", label=one.label or fact.label))
    return tuple(out)


def _by_type(fact: Fact, year: int) -> list[str]:
    kind = label_kind(fact.label)
    if kind is not None or is_case(fact) or type_of(fact, year) is FactType.PAST:
        return [fact.text]
    for pattern in (SENTENCE, _PART, CLAUSE):
        parts = pattern.findall(fact.text)
        types = [
            type_of(replace(fact, text=part, label=""), year, is_part=pattern is not SENTENCE)
            for part in parts
        ]
        if pattern is CLAUSE:
            return _deeds_and_rest(parts, types)
        if len(set(types)) > 1 and all(len(part) > 5 for part in parts):
            return _runs(parts, types)
    return [fact.text]


def _deeds_and_rest(clauses: list[str], types: list[FactType]) -> list[str]:
    """A bullet parted where clauses on work done end and a problem with a subject begins.

    剩2件…, 其中… go on with what was done and stay with it.
    """
    whole = "".join(clauses)
    index = next((i for i, t in enumerate(types) if t is not FactType.WORK), 0)
    if not index or types[index] is not FactType.PROBLEM:
        return [whole]
    before, rest = "".join(clauses[:index]), "".join(clauses[index:])
    is_new = len(rest) >= TELLING_CHARS and not _REMAINDER.match(rest)
    if not is_new or not words().counted.search(before):
        return [whole]
    return [before.rstrip("，；,;"), rest]


def _runs(parts: list[str], types: list[FactType]) -> list[str]:
    """Neighbouring parts of one type put together again."""
    out: list[str] = []
    for index, part in enumerate(parts):
        if index and types[index] is types[index - 1]:
            out[-1] += part
        else:
            out.append(part)
    return [text.strip().rstrip("；;。") for text in out]
