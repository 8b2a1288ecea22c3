"""Names of people who are not in office: behind (or before) what they are, or with their sex."""

import re
from collections.abc import Iterator

from app.core.document import Span
from app.language.segmentation import is_apart, look_up
from app.language.sensitive.kinds import Sensitive, SensitiveKind
from app.language.sensitive.names import (
    is_common,
    is_end,
    is_linked,
    is_name,
    reads_as_name,
    surname_length,
)
from app.language.sensitive.strangers import read_strangers
from app.language.sensitive.view import View
from app.language.sensitive.words import SensitiveWords, words

_HAN = "一-鿿"
_LEAD_IN = re.compile(
    r"[”』」\"）)】]?(?:代表|家属|子女|亲属|家长|本人|之一|中的?){0,2}"
    r"(?:\d{1,3}[名人位个]|[一二三两]名|姓名|名字|名(?=[叫为：:]))?"
    r"(?:名?[系是为叫即]|的(?=[一-鿿]{2}))?"
    r"(?:(?<=[系是为])[本我该外当]?[地村镇乡县市区社]{0,2}(?:村民|居民|人员)?)?"
    r"(?P<told>(?:姓名|名叫|叫)?[（(][男女][^（）()\n]{0,12}[）)]"
    r"|(?:姓名|名叫|叫|系|是|为|即)?[:：\s“\"「（(《【—-]{1,3}(?:姓名[:：\s]{0,2})?)?"
    r"(?:姓名|名叫|叫)?(?:\d{1,2}[.、)]?)?"
)
_ASIDE = re.compile(r"[（(](?![男女])[^（）()\n]{1,12}[）)](?=[一-鿿])")  # 对象（盗窃罪）李国强
_UNMASKED = re.compile(r"某{1,2}[（(](?:真名|本名|原名|即)?[:：]?")  # 胡某某（胡志刚）
_SPACED = re.compile(rf"[{_HAN}](?:[ \u3000][{_HAN}]){{1,2}}(?=[ \u3000]|[^{_HAN}]|$)")
_AND = re.compile("[、和与及,，/]")
_MINORITY = re.compile(rf"[{_HAN}]{{2,7}}[·•・‧][{_HAN}]{{2,8}}")
_FORM = re.compile(r"(?<![单位部门项目企业公司组织机构场所活动])姓\s{0,3}名\s{0,3}[:：]\s{0,3}")
_SEX = re.compile(
    rf"(?<=[{_HAN}])[，,、（(\s]{{1,2}}(?:[男女](?=[，,、）);；。:\s]|性)|现?年?\d{{1,3}}周?岁(?![以之至])"
    r"|(?:19|20)\d\d年[^，。；\n]{0,8}[出生])"
)
_BEFORE = re.compile(
    r"(?:[（(]|(?:系|是|为|属于|属|作为)(?:[我本该辖][镇乡村区县市街社局内]{1,2}|当地|一?名|在册|在管)?|[，,])\Z"
)
_STARTS = frozenset("的到访对将向与和为被由把经让给同劝请帮叫助访使令系")
_ETC = re.compile(r"等(?:\d{1,4}|[一二三四五六七八九十两数几]{1,3})[余多]?[人名位户]")
_SIGNED = re.compile(r"(?:署名|落款|签名)(?:为|是)?[:：]?[“\"「]?(?:[一-鿿]{2,8}[ \u3000])?")
_COUNTED = re.compile(r"[名人位](?<=[0-9一二三两].)[（(：:]")
_NICKNAMED = re.compile(rf"[{_HAN}]{{1,5}}[（(]")  # 独居老人仇奶奶（仇金凤）
_BYNAME = re.compile(rf"[:：“\"「（(是为叫即]?(?P<name>阿[{_HAN}])")
_BYNAMED = re.compile(
    r"(?:绰号|外号(?!码)|诨名|诨号|小名(?!额)|乳名|(?P<loose>人称|花名|别名|网名))(?:叫做?|是|为)?[:：]?"
    rf"(?:[“\"「‘'](?P<quoted>[{_HAN}A-Za-z0-9]{{1,6}})[”\"」’']"
    rf"|(?(loose)(?!))(?P<plain>[{_HAN}]{{2,3}})(?=[的，,。；;、）)]))"
)
_DESCRIBED = re.compile(rf"[{_HAN}]{{0,3}}?[系是为](?P<what>[{_HAN}0-9]{{4,16}})")
_CLAUSE_END = re.compile(r"[和与，。；、,;（）()\s]|\Z")
_SEEN = 50  # times met where the dictionary was made: 阿姨, as against 阿飞
_SENTENCE = 48
_REACH = 8
_SHORT = 2


def read_people(view: View) -> Iterator[Sensitive]:
    """Every name of a person who is not in office."""
    text = view.text
    told = words()
    for match in told.roles.finditer(text):
        found = (*_behind(text, match.end(), told), *_before(text, match.start(), told))
        if found and _is_role(text, match) and not _is_honoured(text, match, told):
            yield from found
    for span in read_strangers(text):
        yield _name(text, span)
    for match in (*_FORM.finditer(text), *_UNMASKED.finditer(text), *_SIGNED.finditer(text)):
        yield from _listed(text, match.end(), told, is_set_off=True)
    for match in _BYNAMED.finditer(text):
        yield _name(text, Span(*match.span("quoted" if match["quoted"] else "plain")))
    yield from _called(text, told)
    yield from _told_of(text, told)


def _called(text: str, told: SensitiveWords) -> Iterator[Sensitive]:
    """那个人叫石磊, 被拐妇女一名（龙彩云）."""
    for match in told.callings.finditer(text):
        for item in _listed(text, match.end(), told, is_set_off=False):
            if text[item.span.end - 1] not in told.places:
                yield item
    for match in _COUNTED.finditer(text):
        if not told.honours.search(_sentence(text, match.start())):
            yield from _listed(text, match.end(), told, is_set_off=False)


def _told_of(text: str, told: SensitiveWords) -> Iterator[Sensitive]:
    """贺长顺等11人投诉; 方卫东，男，47岁."""
    for match in _ETC.finditer(text):
        span = _ending_at(text, match.start(), told)
        if span and _is_in_plight(text, match.end()):
            yield _name(text, span)
    for match in told.followers.finditer(text):
        span = _ending_at(text, match.start(), told)
        is_plain = span is None or text[span.start] in told.weak or not is_apart(text, span)
        if span and not (is_plain or told.honours.search(_sentence(text, match.start()))):
            yield _name(text, span)
    for match in _SEX.finditer(text):
        span = _ending_at(text, match.start(), told)
        if span and not told.honours.search(_sentence(text, match.start())):
            yield _name(text, span)


def _is_role(text: str, match: re.Match[str]) -> bool:
    """False for a post (村民代表), and for a short role inside other words (妇女儿童: 女儿).

    Who speaks for others in a plight is no post: 欠薪工人代表.
    """
    if post := words().posts.match(text, match.start()):
        return post.group().endswith("代表") and _is_in_plight(text, post.end())
    if len(match.group()) > _SHORT:
        return True
    lead = max(0, match.start() - _REACH)
    return is_apart(text[lead : match.end()], Span(match.start() - lead, match.end() - lead))


def _is_honoured(text: str, role: re.Match[str], told: SensitiveWords) -> bool:
    """True for anybody (a villager, a driver) of whom an award is told."""
    sentence = _sentence(text, role.start())
    return (
        role.group() in told.ordinary
        and told.honours.search(sentence) is not None
        and told.plights.search(sentence) is None
    )


def _sentence(text: str, place: int) -> str:
    """What stands round a place in its sentence."""
    before = re.split("[。；\n]", text[max(0, place - _SENTENCE) : place])[-1]
    return before + re.split("[。；\n]", text[place : place + _SENTENCE])[0]


def _is_in_plight(text: str, place: int) -> bool:
    """True where the sentence tells of a trouble people have, and of no honour or post."""
    told, sentence = words(), _sentence(text, place)
    return told.plights.search(sentence) is not None and not (
        told.honours.search(sentence) or told.colleagues.search(sentence)
    )


def _name(text: str, span: Span) -> Sensitive:
    return Sensitive(SensitiveKind.NAME, span, f"{text[span.start]}某")


def _behind(text: str, place: int, told: SensitiveWords) -> Iterator[Sensitive]:
    aside = _ASIDE.match(text, place)
    for start in (place, aside.end()) if aside else (place,):
        lead = _LEAD_IN.match(text, start)
        is_set_off = lead is not None and lead["told"] is not None
        yield from _listed(text, lead.end() if lead else start, told, is_set_off=is_set_off)
    if byname := _BYNAME.match(text, place):
        span = Span(*byname.span("name"))
        is_word = look_up(span.of(text)).count > _SEEN or any(
            look_up(text[span.start : span.end + more]).count for more in (1, 2)
        )
        if is_end(text, span.end, told) and not is_word:
            yield _name(text, span)
    if nick := _NICKNAMED.match(text, place):
        yield from _listed(text, nick.end(), told, is_set_off=False)
    if described := _DESCRIBED.match(text, place):
        yield from _described(text, Span(*described.span("what")), told)


def _described(text: str, what: Span, told: SensitiveWords) -> Iterator[Sensitive]:
    """A name at the end of what somebody is: 举报人系该厂原保管员熊志刚，."""
    if what.end - what.start < _SHORT or not _CLAUSE_END.match(text, what.end):
        return
    for length in (4, 3, 2):
        start = what.end - length
        if start <= what.start or text[start - 1] not in told.holders:
            continue
        if _beginning_at(text, start, told, is_set_off=False) == Span(start, what.end):
            yield _name(text, Span(start, what.end))
            return


def _listed(
    text: str, start: int, told: SensitiveWords, *, is_set_off: bool
) -> Iterator[Sensitive]:
    """A name, and those that follow it in a list."""
    while span := _beginning_at(text, start, told, is_set_off=is_set_off):
        yield _name(text, span)
        if not _AND.match(text, span.end):
            return
        start = span.end + 1


def _beginning_at(text: str, start: int, told: SensitiveWords, *, is_set_off: bool) -> Span | None:
    if foreign := _MINORITY.match(text, start):
        return Span(*foreign.span())
    if spaced := _SPACED.match(text, start):
        name = "".join(spaced.group().split())
        family = surname_length(name, 0, told)
        if family and is_name(name, family, told, is_set_off=False):
            return Span(*spaced.span())
    family = surname_length(text, start, told)
    for length in (2, 1):
        end = start + family + length
        given = text[start + family : end]
        if not family or len(given) < length:
            continue
        if given in told.titles or is_common(text[start : start + 4]):
            return None
        if family == 1 and not is_set_off and is_linked(text, start, told):
            return None
        is_such = is_end(text, end, told) and is_name(
            text[start:end], family, told, is_set_off=is_set_off
        )
        if is_such and (is_set_off or reads_as_name(text, Span(start, end))):
            return Span(start, end)
    return None


def _ending_at(text: str, end: int, told: SensitiveWords) -> Span | None:
    for length in (4, 3, 2):
        start = end - length
        if start < 0 or not all("一" <= c <= "鿿" for c in text[start:end]):
            continue
        before = text[start - 1 : start]
        is_start = not ("一" <= before <= "鿿") or before in _STARTS or _is_role_end(text, start)
        family = surname_length(text, start, told)
        is_long_enough = 0 < length - family <= 2 and (length < 4 or family == 2)
        if not (is_start and is_long_enough):
            continue
        if is_name(text[start:end], family, told, is_set_off=False) and reads_as_name(
            text, Span(start, end)
        ):
            return Span(start, end)
    return None


def _is_role_end(text: str, place: int) -> bool:
    """True where a role, or 村民 and the like, ends just before the place."""
    lead = max(0, place - _REACH)
    return any(
        place - lead == m.end()
        for pattern in (words().roles, words().posts)
        for m in pattern.finditer(text[lead:place])
    )


def _before(text: str, place: int, told: SensitiveWords) -> Iterator[Sensitive]:
    """王建国（社区矫正对象）, 李秀英系精神障碍患者."""
    lead = _BEFORE.search(text[max(0, place - _REACH) : place])
    if lead is not None and (span := _ending_at(text, place - len(lead.group()), told)):
        yield _name(text, span)
