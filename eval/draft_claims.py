"""Claims in drafts: what did not happen, awards, firsts, successes, events; and chat phrases."""

import re
from functools import lru_cache

from eval.draft_cases import DraftCase, DraftOutput
from eval.metrics import Score

_SENTENCE_END = re.compile(r"[。！？\n]+")
_CLAUSE = re.compile(r"[^，。；;！？：:\n]+")
_NOTHING = re.compile(
    r"(?:未|没有|没|无)(?:再)?(?:发生|出现|接报|发现|造成|引发)|零(?:发生|事故|案件|伤亡|报案|上访|发案)"
    r"|(?:事故|案件|发案|火灾|伤亡)(?:数)?(?:为|实现)?零|杜绝了|无一[起例人件]|无人(?:员)?(?:伤亡|死亡|脱管)|无脱管"
)
_AWARD = re.compile(
    r"荣获|获评|获得[^，。]{0,20}(?:称号|奖|先进|荣誉|表彰)|被(?:评|授予|命名|表彰)|授予|先进(?:集体|单位|个人|县|乡镇)"
    r"|获[^，。得取悉准批]{2,20}(?:称号|先进|表彰|奖)"
)
_FIRST = re.compile(
    r"(?:全国|全省|全市|全县|全区|同类)[^，。]{0,6}(?:第一|首位|首个|首家|唯一|领先|前列|标杆)"
    r"|名列前茅|首创|率先|位居[^，。]{0,6}前列|历史(?:最|新)[好高低]"
)
_EFFECT = re.compile(
    r"(?:明显|显著|大幅|有效|进一步|切实|稳步|持续|极大|不断)(?:地)?(?:提升|提高|增强|下降|好转|改善|减少|遏制|降低)了"
    r"|(?:得到|取得)了?(?:了)?(?:明显|显著|有效|良好|大幅|进一步)[^，。]{0,12}"
    r"|(?:满意度|满意率|安全感|获得感)[^，。]{0,6}(?:明显|显著|大幅|进一步|持续|不断)?(?:提升|提高|增强|上升)(?:了|。|，)"
)
_EVENT = re.compile(
    r"(?:开展|组织|举办|召开|安装|建立|成立|印发|签订|投入|建成|设立|配备|制定|邀请|走访|发放|实施)了"
)
_RESIDUE = re.compile(
    r"(?m)^\s*#{1,6}\s|\*\*|^\s*[-*]\s|```|^\s*\d+[.、)]\s|以上(?:内容|是|为)|以下是|好的[，,]|作为(?:一个)?AI|请注意|"
    r"希望(?:对|以上)|如有需要|（此处|\[[^\]]*\]|根据(?:您|你)提供|要点[：:]|【要点|参考资料|</?\w+>"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_EVIDENCE = 60
_LEAST_SHARED_EVENT = 0.2
_LEAST_SHARED_CLAIM = 0.6


def excerpt_at(text: str, start: int, length: int) -> str:
    """A place in ⟦⟧ with a little of its surroundings."""
    half = _EVIDENCE // 3
    before, after = text[max(0, start - half) : start], text[start + length : start + length + half]
    return f"{before}⟦{text[start : start + length]}⟧{after}".replace("\n", "⏎")


def unsupported_claims(case: DraftCase, output: DraftOutput) -> Score:
    """“未发生……”, awards, firsts, successes and events that no fact tells."""
    wrong: list[str] = []
    seen = 0
    for found in _CLAUSE.finditer(output.text):
        clause = found[0]
        kind = _claim_kind(clause)
        if not kind:
            continue
        seen += 1
        if not _is_supported(case, clause, kind):
            wrong.append(f"{kind}：{clause.strip()[:_EVIDENCE]}")
    for sentence in _SENTENCE_END.split(output.text):
        if _EVENT.search(sentence):
            seen += 1
            if _overlap(case, sentence) < _LEAST_SHARED_EVENT:
                wrong.append(f"没有要点的事：{sentence.strip()[:_EVIDENCE]}")
    return Score(float(len(wrong)), seen, tuple(wrong))


def _claim_kind(clause: str) -> str:
    kinds = (("未发生", _NOTHING), ("荣誉", _AWARD), ("名次", _FIRST), ("成效", _EFFECT))
    return next((kind for kind, pattern in kinds if pattern.search(clause)), "")


def _is_supported(case: DraftCase, clause: str, kind: str) -> bool:
    if case.is_labelled and kind != "成效":
        return any(claim in clause for claim in case.claims)
    return _overlap(case, clause) >= _LEAST_SHARED_CLAIM


@lru_cache(maxsize=64)
def _pairs_of_facts(case: DraftCase) -> frozenset[str]:
    return _pairs(case.text)


def _pairs(text: str) -> frozenset[str]:
    han = "".join(_HAN.findall(text))
    return frozenset(han[i : i + 2] for i in range(len(han) - 1))


def _overlap(case: DraftCase, text: str) -> float:
    """The share of a sentence's pairs of characters that some fact holds too."""
    pairs = _pairs(text)
    return len(pairs & _pairs_of_facts(case)) / len(pairs) if pairs else 1.0


def residue(case: DraftCase, output: DraftOutput) -> Score:
    """Markdown, chat phrases and traces of the prompt."""
    own = case.text
    found = [m for m in _RESIDUE.finditer(output.text) if m[0].strip() not in own]
    lines = tuple(excerpt_at(output.text, m.start(), len(m[0])) for m in found)
    return Score(float(len(found)), len(output.text), lines)
