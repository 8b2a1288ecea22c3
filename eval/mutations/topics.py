"""A mandatory subject taken out of a report altogether: its section and every mention elsewhere."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from app.core.document import Span
from eval.mutations.edit import CleanReport, DefectKind, Edit, Finder, TextEdit
from eval.mutations.parts import headings, renumbered

_MOST_ELSEWHERE = 14
_TAIL = 0.8
_NUMBERED = re.compile(r"[\s　]*(?:\d\.|（[一二三四五六]）|[一二三四五六][是要])")


@dataclass(frozen=True, slots=True)
class _Topic:
    """A subject: words that tell a heading of it, and words that mention it at all."""

    quote: str
    heads: re.Pattern[str]
    words: re.Pattern[str]


_ORGANISATION = _Topic(
    "组织领导",
    re.compile("责任|统筹|领导|高位|合力|链条|组织|机制|引领|格局"),
    re.compile(
        "领导|责任|党委|党组|常委|书记|组长|负责人|专题(?:会议|研究)|考核|考评|述职|一把手|班子|牵头"
        "|统筹|机制|工作要点|部署|任务|分管|带队|督查|督导|签状"
    ),
)
_DISPUTE_HEAD = re.compile("矛盾|纠纷|化解|调解|调处|解民忧|枫桥|诉求|信访")
_INSTEAD = {
    "矛盾纠纷": "日常事务",
    "枫桥经验": "先进经验",
    "枫桥式": "先进",
    "矛盾": "困难",
    "纠纷": "事务",
    "调解": "协调",
    "化解": "办理",
    "调处": "处理",
    "解纷": "服务",
    "信访积案": "服务事项",
    "信访": "服务",
    "来访": "咨询",
    "接访": "接待",
    "上访": "咨询",
    "访": "询",
    "诉前": "事前",
    "诉调": "工作",
    "诉求": "需求",
    "投诉": "反馈",
    "争议": "疑问",
    "口角": "口误",
    "包案": "包干",
}
_DISPUTE_WORDS = re.compile("|".join(sorted(_INSTEAD, key=len, reverse=True)))


def _is_needed(source: CleanReport, sentence: Span) -> bool:
    """True where cutting the sentence would break a numbering, or the problems and plans."""
    in_tail = sentence.start > _TAIL * len(source.text)
    return in_tail or bool(_NUMBERED.match(source.text, sentence.start, sentence.end))


def _taking_out(topic: _Topic) -> Finder:
    def find(source: CleanReport, _rng: Random) -> Iterator[Edit]:
        heads = headings(source)
        own = [h for h in heads if topic.heads.search(source.text, h.start, h.end)]
        if not own:
            return
        after = [h.start for h in heads if h.start > own[0].start]
        section = Span(own[0].start, min(after, default=source.signature.start))
        inner = [
            line
            for line in source.lines
            if line not in source.body and line not in section and line.start > source.title.end
        ]
        if any(
            topic.words.search(source.text, h.start, h.end) for h in inner if h != source.signature
        ):
            return
        elsewhere = [
            s
            for s in source.sentences()
            if s not in section and topic.words.search(source.text, s.start, s.end)
        ]
        if len(elsewhere) > _MOST_ELSEWHERE or any(_is_needed(source, s) for s in elsewhere):
            return
        changes = [TextEdit(section.start, section.end, "")]
        changes += [TextEdit(s.start, s.end, "") for s in elsewhere]
        changes += renumbered(source, section.end)
        yield Edit(tuple(changes), quote=topic.quote, is_alone=True)

    return find


def disputes_missing(source: CleanReport, _rng: Random) -> Iterator[Edit]:
    """The section on disputes is gone, and what else speaks of them speaks of other things."""
    heads = headings(source)
    own = [h for h in heads if _DISPUTE_HEAD.search(source.text, h.start, h.end)]
    if len(own) != 1:
        return
    after = [h.start for h in heads if h.start > own[0].start]
    section = Span(own[0].start, min(after, default=source.signature.start))
    changes = [TextEdit(section.start, section.end, "")]
    changes += [
        TextEdit(*found.span(), _INSTEAD[found[0]])
        for found in _DISPUTE_WORDS.finditer(source.text)
        if not section.start <= found.start() < section.end
    ]
    changes += renumbered(source, section.end)
    yield Edit(tuple(changes), quote="矛盾纠纷", is_alone=True)


KINDS = (
    DefectKind("part-organisation", "删去组织领导", ("ST01", "ST02"), _taking_out(_ORGANISATION)),
    DefectKind("part-disputes", "删去矛盾纠纷", ("ST01", "ST02"), disputes_missing),
)
