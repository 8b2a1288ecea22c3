"""Past reports lend wording, never facts: mask figures, dates and names in a passage."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from app.core.document import Span
from app.core.quantity import Quantity, QuantityKind
from app.knowledge.masking.coinages import has_coinage, mask_coinages
from app.knowledge.masking.plain_words import avoid_figures, smooth
from app.knowledge.masking.sites import has_site, mask_sites, mask_waters
from app.language.names.finder import Name, NameKind, locate_names
from app.language.names.unit import short_names_of
from app.language.numbers.quantities import read_quantities
from app.language.structure.sentences import sentences

OWN_UNIT, OTHER_UNIT = "本单位", "有关单位"
PLACE, PERSON, HONOUR, PAPER = "本地", "有关同志", "有关荣誉", "有关文件"
SOME, SHARE, EXTENT, MATTER = "若干", "相应比例", "相应幅度", "有关"

_MAX_ROUNDS = 6
_SHORTEST_NAME = 2
_DOCUMENT_NUMBER = re.compile(
    r"[一-龥]{0,8}[〔\[［（(]\s*\d{2,4}\s*[〕\]］）)]\s*(?:第?\s*\d{0,5}\s*号)?|第?\d{1,5}号文件?"
)
_TITLE = re.compile(r"《[^《》\n]{1,80}》")
_LIST_MARK = re.compile(r"(?m)^\s*[（(]?\d{1,2}[）).．、]\s*")
_KEPT_ORDINAL = re.compile(
    r"[一二三四五六七八九十]{1,3}(?:是|方面|者|则)?|首[先要批]?|其[一二三四五六]"
)
_FIXED_FIRST = re.compile(r"第一(?:时间|责任人|责任|现场|线|位)?")
_DIGITS = re.compile(r"[0-9０-９][0-9０-９.,，．:：/\-—%％+＋×xX]*")
_REPEATED = re.compile(
    rf"((?:{SOME}|{PAPER}|{OTHER_UNIT}|{OWN_UNIT}|{PERSON}|{HONOUR}|{PLACE}|{EXTENT}|{SHARE})"
    r"[、和与及（]?)\1+"
)
_STEM_AND_LEVEL = 3
_COMMON_STEMS = frozenset(
    "平安 和平 安全 长安 永安 新城 中心 城关 城区 开发 社区 全市 全县 本市 城市 乡镇 村镇".split()
)
_NOBODY = re.compile(
    r"(?:纳入|下设|设立?|办公|党委|党政|政府|办公室|委员会|领导小组|平安建设|单位|部门|机关|中心|重点|工程"
    r"|[各全县市镇乡区省委局])+"
)
_COMMON_WORDS = frozenset("有限公司 集团公司 委员会 人民政府 平安建设 领导小组 办公室".split())
_ADMINISTRATIVE = re.compile(r"[一-龥]{1,6}?(?:自治区|自治州|省|市|县|区|镇|乡|街道|村|社区)")
_KINDS_SHOWING_A_NUMBER = frozenset(QuantityKind) - {QuantityKind.ORDINAL, QuantityKind.SLOGAN}
_NUMBERED_THING = re.compile(r"[一二三四五六七八九十]号|第[一二三四五六七八九十]+(?!时间|责任|一)")
_CLAIM = re.compile(
    r"荣获|荣膺|获得|获评|被评为|评选|表彰|称号|先进(?:单位|集体|个人)|一等奖|排名|名列|位居"
    r"|未发生|没有发生|无一|零(?:发生|事故|案件|上访|发案|投诉)|全年无|实现零"
    r"|首创|首个|率先|领先|第一名|唯一|最(?:高|好|大|多|佳)"
    r"|同比|环比|较上年|比上年|比去年|下降|上升|增长|增加|减少|提升了|翻番"
    r"|去年|上年|今年|同期|如下|连续.{1,3}年|近年"
)
_COUNTED = re.compile(rf"{SOME}|[0-9０-９]")
_MEASURES = "所名座个家处支辆台户条项批期场次"
_MEASURED = re.compile(rf"(?:{SOME}|[0-9０-９一二三四五六七八九十百千万两几多余])\Z")
_TAILS = {"村": "道支务庄", "区": "队", "县": "道", "乡": "道间", "局": "领"}
_MASKED = re.compile(r"[XxＸ×*＊]{2,}|某[一-龥]?某|_{2,}|【[^】]*】")
_WORD_OF_KIND = {
    QuantityKind.PERCENT: SHARE,
    QuantityKind.FRACTION: SHARE,
    QuantityKind.POINTS: EXTENT,
    QuantityKind.MULTIPLE: EXTENT,
    QuantityKind.DOCUMENT: PAPER,
}
_HEADING_MARK = re.compile(
    r"[（(][一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]"
)
_SHORTEST_SENTENCE, _LONGEST_SENTENCE = 10, 140


def _name_forms(names: Iterable[str]) -> tuple[str, ...]:
    """The names with their short forms and the places in them, longest first."""
    forms: set[str] = set()
    for name in names:
        full = name.strip()
        if len(full) < _SHORTEST_NAME:
            continue
        places = [m[0] for m in _ADMINISTRATIVE.finditer(full)]
        stems = [p[:-1] for p in places if len(p) == _STEM_AND_LEVEL]
        forms |= {full, *(f for f in (*short_names_of(full), *places) if len(f) > _SHORTEST_NAME)}
        forms |= {stem for stem in stems if stem not in _COMMON_STEMS}
    return tuple(sorted(forms - _COMMON_WORDS, key=lambda form: (-len(form), form)))


def _date_word(quantity: Quantity, text: str) -> str:
    shown = quantity.span.of(text)
    if "日" in shown or "号" in shown:
        return "当日"
    if "月" in shown:
        return "当月"
    if "季" in shown:
        return "当季"
    return "本年度"


def _code_word(shown: str) -> str:
    if "热线" in shown:
        return "服务热线"
    return "报警电话" if re.fullmatch(r"1\d{2}", shown) else MATTER


def _quantity_word(quantity: Quantity, text: str) -> str | None:
    """What stands for a quantity; ``None`` where it tells no fact and may stay."""
    shown = quantity.span.of(text)
    has_digit = any(char.isdigit() for char in shown)
    kind = quantity.kind
    if kind in _WORD_OF_KIND:
        return _WORD_OF_KIND[kind]
    if kind is QuantityKind.DATE:
        return _date_word(quantity, text)
    if kind is QuantityKind.CODE:
        return _code_word(shown)
    if kind is QuantityKind.ORDINAL:
        return _ordinal_word(shown, has_digit=has_digit)
    if kind in {QuantityKind.TITLE, QuantityKind.SLOGAN}:
        return MATTER if has_digit else None
    return SOME + quantity.unit


def _ordinal_word(shown: str, *, has_digit: bool) -> str | None:
    if not has_digit and (_KEPT_ORDINAL.fullmatch(shown) or _FIXED_FIRST.fullmatch(shown)):
        return None
    return MATTER if shown.startswith("第") else ""


def _name_word(name: Name, own: tuple[str, ...]) -> str:
    if name.kind is NameKind.PERSON:
        return PERSON
    if name.kind is NameKind.HONOUR:
        return HONOUR
    if name.kind is NameKind.TITLE:
        return PAPER
    if name.kind is NameKind.PLACE:
        return PLACE
    return OWN_UNIT if any(form in name.text for form in own) else OTHER_UNIT


def _replace(text: str, changes: Iterable[tuple[Span, str]]) -> str:
    """Apply non-overlapping changes; of two that overlap the earlier counts."""
    pieces: list[str] = []
    done = 0
    for span, word in sorted(changes, key=lambda change: (change[0].start, -change[0].end)):
        if span.start < done:
            continue
        pieces += (text[done : span.start], word)
        done = span.end
    return "".join((*pieces, text[done:]))


def _mask_names(text: str, own: tuple[str, ...]) -> str:
    for form in own:
        text = text.replace(form, OWN_UNIT if not _is_place(form) else PLACE)
    return _replace(text, ((name.span, _name_word(name, own)) for name in _names(text)))


def _names(text: str, start: int = 0) -> Iterator[Name]:
    """Names that are somebody's; a count among them is no part of a name."""
    for name in locate_names(text):
        if _NOBODY.fullmatch(name.text) or _is_word(text, name):
            continue
        figure = _COUNTED.search(name.text)
        if figure is None:
            yield replace(name, span=Span(name.span.start + start, name.span.end + start))
        elif figure.start():
            yield from _names(name.text[: figure.start()], start + name.span.start)


def _is_word(text: str, name: Name) -> bool:
    """True where the name is only the middle of a longer word: 46所｜学校, 村｜道."""
    before, behind = text[: name.span.start], text[name.span.end : name.span.end + 1]
    if behind and behind in _TAILS.get(name.text[-1], ""):
        return True
    return bool(_MEASURED.search(before)) and name.text[0] in _MEASURES


def _is_place(form: str) -> bool:
    is_whole = _ADMINISTRATIVE.fullmatch(form) and not form.endswith(("镇", "乡", "街道"))
    return bool(is_whole) or len(form) == _SHORTEST_NAME


def _mask_quantities(text: str) -> str:
    changes = []
    for quantity in read_quantities(text):
        word = _quantity_word(quantity, text)
        if word is not None:
            changes.append((quantity.span, word))
    return _replace(text, changes)


def _mask_rest(text: str) -> str:
    """Whatever digit the readers did not take for a quantity."""
    text = _DIGITS.sub(SOME, text)
    return "".join(
        "" if char.isdigit() or (char.isnumeric() and not "㐀" <= char <= "鿿") else char
        for char in text
    )


def mask_passage(text: str, *, names: Iterable[str] = ()) -> str:
    """``text`` with figures, dates and names replaced by words that read well.

    ``names`` are known names (the report's unit, its places and people) beside those recognised.
    No digit, no quantity in Chinese numerals and none of ``names`` is left. List marks such as
    一是 and slogans such as 四不放过 stay.
    """
    known = tuple(n.strip() for n in names if len(n.strip()) >= _SHORTEST_NAME)
    own = _name_forms(known)
    text = avoid_figures(_LIST_MARK.sub("", text))
    text = _TITLE.sub(PAPER, text)
    text = mask_sites(mask_coinages(_DOCUMENT_NUMBER.sub(PAPER, text)))
    for _ in range(_MAX_ROUNDS):
        before = text
        text = _mask_rest(_mask_quantities(_mask_names(text, own)))
        if text == before:
            break
    return _without(
        _tidy(smooth(_tidy(_without(mask_waters(text), (*own, *known))))), (*own, *known)
    )


def _without(text: str, names: tuple[str, ...]) -> str:
    """Cut out names that a placeholder or a seam has brought back."""
    while any(name in text for name in names):
        for name in names:
            text = text.replace(name, "")
    return text


def _tidy(text: str) -> str:
    text = _REPEATED.sub(r"\1", text)
    text = re.sub(r"[（(][，、；：\s]*[）)]", "", text)
    return re.sub(r"[ \t]+", "", text) if not re.search(r"[a-zA-Z]", text) else text


def _shows_number(sentence: str) -> bool:
    if any(char.isdigit() for char in sentence) or _NUMBERED_THING.search(sentence):
        return True
    return any(q.kind in _KINDS_SHOWING_A_NUMBER for q in read_quantities(sentence))


def _candidates(text: str) -> Iterator[str]:
    for span in sentences(text):
        sentence = span.of(text)
        if (
            _SHORTEST_SENTENCE <= len(sentence) <= _LONGEST_SENTENCE
            and sentence.endswith(("。", "！"))
            and not _HEADING_MARK.match(sentence)
        ):
            yield sentence


def usable_sentences(text: str, names: Iterable[str] = ()) -> tuple[str, ...]:
    """Whole sentences without figures, dates, names and claims, fit to lend their wording."""
    own = _name_forms(names)
    return tuple(
        sentence
        for sentence in _candidates(text)
        if not _MASKED.search(sentence)
        and not _CLAIM.search(sentence)
        and not any(form in sentence for form in own)
        and not has_coinage(sentence)
        and not has_site(sentence)
        and not _shows_number(sentence)
        and all(_NOBODY.fullmatch(name.text) for name in locate_names(sentence))
    )
