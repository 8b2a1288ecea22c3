"""E-mail, messenger accounts, number plates, passports and service cards."""

import re
from collections.abc import Iterator

from app.core.document import Span
from app.language.sensitive.kinds import Sensitive, SensitiveKind
from app.language.sensitive.view import SEPARATORS, View
from app.language.sensitive.words import words

_LOCAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,63}[ \u3000]?\Z")
_DOMAIN = re.compile(
    r"[ \u3000]?[A-Za-z0-9][A-Za-z0-9-]{0,62}"
    r"(?:[ \u3000]?(?:\.|。|．|点|[\[(（【{]\s?dot\s?[\])）】}]| dot )"
    r"[ \u3000]?[A-Za-z0-9-]{1,62}){1,4}"
)
_AT = re.compile(
    r"@{1,2}|[\[(（【{<#]\s?(?:at|AT|At|艾特|@)\s?[\])）】}>#]|(?<=[A-Za-z0-9])艾特"
    r"| (?:at|AT|At|艾特) "
    r"|#(?=(?:qq|163|126|139|189|sina|sohu|yeah|foxmail|gmail|outlook|hotmail)[.点])"
)
_REACH = 66
#: Behind the name of a messenger: what its account is called, and the account itself.
_ACCOUNT = re.compile(
    r"(?:好友|网友|联系人|里|上)?，?"
    r"(?P<label>[ \u3000]?(?:号码?|[账帐]号|[账帐]户|ID|id|昵称|名|同号){1,2})?"
    r"(?P<link>[:：是为叫做用@“\"'「『（(【\s]{0,4})"
    r"(?:(?P<number>[1-9](?:[ \u3000-]?[0-9]){4,11})(?![0-9A-Za-z_])"
    r"|(?P<word>(?=[A-Za-z0-9_-]{0,19}[A-Za-z_])[A-Za-z0-9][A-Za-z0-9_-]{4,19})"
    r"(?![A-Za-z0-9_.@]))"
)
_COUNTED = re.compile(r"[ \u3000]?(?:[余多]|[人件次户个条例元万篇期名起]|热线)")
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_APART = rf"[【】\[\]|｜“”\"'―{SEPARATORS}]"
_PLATE = re.compile(
    rf"(?<![0-9A-Za-z])[{_PROVINCES}]{_APART}{{0,2}}[A-HJ-NP-Za-hj-np-z](?P<gap>{_APART}{{0,3}})"
    rf"(?P<rest>[A-HJ-NP-Za-hj-np-z0-9](?:{_APART}{{0,2}}[A-HJ-NP-Za-hj-np-z0-9]){{3,5}}[挂学警港澳领]?)"
    r"(?![A-Za-z0-9])"
)
_OFFICIAL_PLATE = "警"
_PAPERS = re.compile(
    r"[A-Za-z0-9](?<![A-Za-z0-9].)(?:(?<=[A-Za-z])[A-Za-z]?[ -]?\d(?:[ -]?\d){6,8}"
    r"|(?<=\d)(?:[ -]?\d){7,9})(?![A-Za-z0-9])"
)
_SERVICE_CARD = re.compile(r"[军武空海参政后联沈北兰济南广成警]{1,2}字第\s?\d{5,9}\s?号")


def read_contacts(view: View) -> Iterator[Sensitive]:
    """Every e-mail address, account, plate and travel document."""
    text = view.text
    yield from _emails(text)
    for service in words().messengers.finditer(text):
        if found := _account(view, service):
            yield found
    for match in _PLATE.finditer(text):
        if _is_plate(text, match):
            yield _piece(SensitiveKind.PLATE, match)
    for match in _PAPERS.finditer(view.digits):
        if words().has_cue("papers", text, match.start(), match.end()) and (
            match.group()[0].isalpha()
            or "台胞证" in text[max(0, match.start() - 12) : match.start()]
        ):
            yield _piece(SensitiveKind.PAPERS, match)
    for match in _SERVICE_CARD.finditer(text):
        yield _piece(SensitiveKind.PAPERS, match)


def _piece(kind: SensitiveKind, match: re.Match[str]) -> Sensitive:
    told = match.group()
    return Sensitive(kind, Span(*match.span()), f"{told[:2]}…{told[-1:]}")


def _account(view: View, service: re.Match[str]) -> Sensitive | None:
    """The account behind the name of a messenger: 扣扣 20874…, V信：zq_2026."""
    text, end = view.text, service.end()
    is_inside = text[service.start() - 1 : service.start()].isascii() and (
        text[service.start() - 1 : service.start()].isalnum() and service.group()[0].isascii()
    )
    match = _ACCOUNT.match(view.digits, end)
    if match is None or is_inside or words().is_public(text, service.start()):
        return None
    if match["number"]:
        is_labelled = words().is_labelled(text, service.start())
        is_account = not (is_labelled or _COUNTED.match(text, match.end()))
    else:
        is_account = bool(match["label"] or match["link"]) or not match["word"].isalpha()
    if not is_account:
        return None
    return Sensitive(
        SensitiveKind.ACCOUNT,
        Span(service.start(), match.end()),
        f"{service.group()}…{match.group()[-1:]}",
    )


def _emails(text: str) -> Iterator[Sensitive]:
    for at in _AT.finditer(text):
        lead = max(0, at.start() - _REACH)
        local = _LOCAL.search(text[lead : at.start()])
        domain = _DOMAIN.match(text, at.end())
        if local is None or domain is None:
            continue
        start, end = lead + local.start(), domain.end()
        is_office = re.search(r"(?:gov|edu|mil)[.。点]?(?:cn)?\Z", domain.group()) is not None
        is_named = domain.group().rstrip()[-1:].isalpha()
        if is_named and not is_office and not words().is_public(text, start):
            shown = f"{text[start : start + 2]}…"
            yield Sensitive(SensitiveKind.EMAIL, Span(start, end), shown)


def _is_plate(text: str, match: re.Match[str]) -> bool:
    rest = match["rest"]
    bare = re.sub(_APART, "", rest)
    core = bare.rstrip("挂学警港澳领")
    if bare.endswith(_OFFICIAL_PLATE) or not any(c.isdigit() for c in core):
        return False
    if len(core) not in (5, 6) and len(bare) not in (5, 6):
        return False
    parts = re.split(f"{_APART}+", match.group())
    is_spread = len(re.split(f"{_APART}+", rest)) > 1
    is_all_apart = len(parts) == len(core) + 2 and "".join(parts[2:3]) not in ("", parts[-1])
    has_cue = words().has_cue("plate", text, match.start(), match.end())
    is_plain = sum(c.isdigit() for c in core) >= 2
    return has_cue or (is_plain and (is_all_apart or not is_spread))
