"""Recognise the type of unit a report comes from, for ``--profile auto``."""

import re
from collections import Counter
from dataclasses import dataclass

from app.language.names.unit import unit_type_of
from app.language.view import TextView

_DEFAULT = "机关"
_HEAD_CHARS = 1500
_SPEECH = re.compile("各位(?:代表|委员|同志)")
_CITY_WORDS = re.compile(
    "全[市县区州]|市委、市政府(?:认真|坚持|高度|始终|把|全面)|[县区]委、[县区]政府(?:认真|坚持|高度|始终|把|全面)"
    "|市委常委会|市委平安办|[县区]委平安办|各[县市]区|我[市县区]|市域"
)
_TOWN_WORDS = re.compile(
    "我[镇乡]|全[镇乡]|镇党委|乡党委|各村|镇村|街道党工委|我街道|全街道|驻村|村支|镇直|村委会"
)
_COMPANY_WORDS = re.compile(
    "我公司|公司党委|公司[各全]|集团公司|本公司|我厂|全厂|班组|车间|各子公司|董事长|我行|各项目部"
)
_BUREAU_WORDS = re.compile(
    "我[局委办馆院校社所站会中厅]|全[局委院校馆]|局党组|党组书记|各科室|各股室|各处室|机关干部|各部室|干部职工|本系统|市政法委的指导"
    "|市委、市政府的坚强领导下|县委、县政府的坚强领导下"
)


@dataclass(frozen=True, slots=True)
class Recognition:
    """The profile chosen and, in plain Chinese, by what."""

    name: str
    reason: str


def _score(text: str) -> Counter[str]:
    head = text[:_HEAD_CHARS]
    scores: Counter[str] = Counter()
    for name, pattern, weight in (
        ("市级", _CITY_WORDS, 1.0),
        ("乡镇", _TOWN_WORDS, 1.5),
        ("国企", _COMPANY_WORDS, 1.5),
        ("机关", _BUREAU_WORDS, 1.2),
    ):
        hits = len(pattern.findall(text[:20_000])) + 2 * len(pattern.findall(head))
        scores[name] = int(10 * hits * weight)
    return scores


def recognise_profile(view: TextView) -> Recognition:
    """Choose the profile for a document; without any sign it is 机关."""
    text, outline, info = view.text, view.outline, view.unit
    if outline.signature_text:
        kind = unit_type_of(outline.signature_text)
        if kind:
            return Recognition(kind, f"落款是“{outline.signature_text}”")
    if outline.addressee and _SPEECH.match(outline.addressee.of(text)):
        return Recognition("市级", "开头是“各位代表”，按一级政府的报告处理")
    kind = unit_type_of(info.unit)
    if kind and info.unit in outline.title_text:
        return Recognition(kind, f"标题里的单位是“{info.unit}”")
    scores = _score(text[outline.body.start :])
    if kind:
        scores[kind] += 40
    best, points = max(scores.items(), key=lambda item: item[1])
    if points <= 0:
        return Recognition(_DEFAULT, "标题、落款和正文都看不出单位类型，按机关事业单位处理")
    if kind == best:
        return Recognition(best, f"正文里的单位是“{info.unit}”")
    words = {
        "市级": "全市、各县区",
        "乡镇": "我镇、各村",
        "国企": "公司、班组",
        "机关": "我局、各科室",
    }
    return Recognition(best, f"正文多处出现“{words[best]}”一类的说法")
