"""Chat logs: who said what; times, replies, pictures and words to colleagues are no facts."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.core.facts import Fact, Skipped
from app.drafting.intake.fact_types import FactType, label_kind, type_of
from app.drafting.intake.material import Line, Material, Table
from app.drafting.intake.words import words
from app.drafting.plan.matters import matter_of
from app.language.terms import key_terms

_CLOCK = r"(?:[上下]午|凌晨|早上|中午|晚上)?\s?\d{1,2}[:：]\d{2}(?:[:：]\d{2})?(?:\s?[AaPp][Mm])?"
_WEEKDAY = r"(?:星期|周)[一二三四五六日天]"
_DAY = (
    rf"(?:(?:(?P<year>20\d{{2}})\s?[-/.年]\s?)?(?P<month>\d{{1,2}})\s?[-/.月]\s?\d{{1,2}}\s?日?(?:\s?{_WEEKDAY})?"
    rf"|昨天|今天|前天|{_WEEKDAY})"
)
_STAMP = re.compile(rf"[\[【（(]?(?:{_DAY}\s*)?(?<![\d:：]){_CLOCK}(?![\d:：])[\]】）)]?")
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\u20e3\U000e0000-\U000e007f]+"
)
_BULLET = re.compile(r"\s*(?:[-*•·●○■◆▪]|\d{1,2}\s?[.、)）．]|[（(]\d{1,2}[)）]|[①-⑳])")
_ROLE_TAG = re.compile(
    r"[\[【](?:管理员|群主|活跃|潜水|冒泡|吐槽|传说|话唠|学徒|新人|成员)[\]】]|<[^<>]{0,30}>"
)
_ACCOUNT = re.compile(r"[（(]\d{3,12}[)）]")
_PARTS = re.compile(r"[-—_\s·|/()（）\[\]【】<>：:,，]+")
_CLAUSE = re.compile(r"[^，。；！？!?;,\n]+[，。；！？!?;,]*")
_PAUSES = "，。；！？!?;, 　"
_MAILBOX = re.compile(r"<[^<>\s]{1,60}@[^<>\s]{1,60}>")
_DAY_LINE = re.compile(r"[—\-=－_\s]{2,}(20\d\d)[-年./](\d{1,2})[-月./]\d{1,2}日?[—\-=－_\s]{2,}")
_SENTENCE = re.compile(r"[^。！？!?]+[。！？!?]*")
_NIL = re.compile(
    r"(?:没有?|未|无|零)(?:再)?(?:发生|出现|一[起件例]|命案|事故|火灾|上访|伤亡|发案|淹|死|出过?事|人)"
    r"|一[起件例个次](?:都|也)?(?:没|无)"
)
_WON = re.compile(
    r"[获评拿得授](?:到|了|为|予)?[^，。]{0,16}(?:“|先进|优秀|示范|称号|奖|第[一二三])"
)
_SHORTEST_TOLD = 8
_STATEMENT = 18  # characters without a word to anybody: nobody chats like that
_WINTER_ENDS = 3  # until March people report on the year before
_LONGEST_MESSAGE = 400
_LONGEST_NAME = 24
_FEWEST_HEADS = 2


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The material without what is only talk; ``year`` is that of the time stamps, 0 for none.

    ``mentions`` is the talk, which may name the unit and the year.
    """

    items: tuple[Line | Table, ...]
    skipped: tuple[Skipped, ...] = ()
    mentions: tuple[str, ...] = ()
    is_chat: bool = False
    year: int = 0


def clean_chat(material: Material) -> Cleaned:
    """The material as it is, or, where it is a chat log, its messages with their speakers."""
    if not _is_chat(item.text for item in material if isinstance(item, Line)):
        return Cleaned(tuple(material))
    heads = (_head(i.text.strip()) for i in material if isinstance(i, Line))
    reader = _Reader(has_stamps=sum(h is not None and bool(h.speaker) for h in heads) > 1)
    items = reader.read(material)
    years = [(year, count) for year, count in reader.years.most_common() if year]
    return Cleaned(
        items,
        tuple(reader.skipped),
        tuple(reader.mentions),
        is_chat=True,
        year=years[0][0] if years else 0,
    )


def speaker_source(text: str) -> str:
    """The department in a speaker's name (``张伟(综治办)`` → ``综治办``), else the person."""
    parts = [p for p in _PARTS.split(_ACCOUNT.sub("", text)) if p]
    units = [p for p in parts if words().source.fullmatch(p)]
    others = [p for p in parts if not words().person.fullmatch(p)] if len(parts) > 1 else []
    return next(iter((*units, *others, *parts)), "")


def is_source(text: str) -> bool:
    """True for the name of a department or of a person who reports, as clerks write it."""
    return bool(words().source.fullmatch(text) or words().person.fullmatch(text))


def _is_chat(lines: Iterable[str]) -> bool:
    heads = marks = names = 0
    for line in lines:
        bare = line.strip()
        if not bare:
            continue
        heads += _head(bare) is not None
        marks += bool(
            words().media.fullmatch(bare)
            or words().system.search(bare)
            or bare.startswith("@")
            or _bare_reply(bare) in {"收到", "好的"}
        )
        names += bare.endswith((":", "：")) and bool(words().person.fullmatch(bare[:-1].strip()))
    return heads >= _FEWEST_HEADS or heads + marks + names > _FEWEST_HEADS or (heads and marks) > 0


@dataclass(frozen=True, slots=True)
class _Head:
    speaker: str
    text: str = ""
    year: int = 0


def _head(line: str) -> _Head | None:
    """What a line says that begins a message or stands between messages, ``None`` for its text."""
    line = _MAILBOX.sub("", line)
    if day := _DAY_LINE.fullmatch(line):
        return _Head("", year=int(day[1]) - (int(day[2]) <= _WINTER_ENDS))
    stamp = _STAMP.search(line)
    if stamp is None or _BULLET.match(line) or len(line) > _LONGEST_MESSAGE:
        return None
    before, after = line[: stamp.start()].strip(), line[stamp.end() :].strip()
    year = int(stamp["year"] or 0)
    if year and int(stamp["month"] or 12) <= _WINTER_ENDS:
        year -= 1  # what is told in January is the year before
    if len(before) <= _LONGEST_NAME and _is_name(before):
        if len(after) <= _LONGEST_NAME and not before and _is_name(after):
            return _Head(after.strip(":： "), year=year)
        name, colon, text = after.partition("：" if "：" in after else ":")
        if not before and colon and len(name) <= _LONGEST_NAME and _is_name(name.strip()):
            return _Head(name.strip(), text.strip(), year)
        if before or not after:
            return _Head(before.strip(":： "), after.lstrip(":： "), year)
    return None


def _is_name(text: str) -> bool:
    """True for what may be a speaker's name beside a time: no sentence and no figure."""
    bare = _ROLE_TAG.sub("", _ACCOUNT.sub("", text)).strip(" :：")
    return not re.search(r"[，。；！？、\d]", bare)


def _bare_reply(text: str) -> str:
    return _EMOJI.sub("", text).strip(words().particles + _PAUSES + "^_*")


@dataclass(slots=True)
class _Reader:
    """Goes through a log once; ``source`` is whose message the lines are.

    ``has_stamps``: messages begin with times, so that 反诈这块： is no speaker.
    """

    has_stamps: bool
    skipped: list[Skipped] = field(default_factory=list)
    mentions: list[str] = field(default_factory=list)
    years: Counter[int] = field(default_factory=Counter)
    source: str = ""
    _out: list[Line | Table] = field(default_factory=list)

    def read(self, material: Material) -> tuple[Line | Table, ...]:
        """The facts of the log in order."""
        for index, item in enumerate(material):
            if isinstance(item, Table) or not item.text.strip():
                self._out.append(item)
            else:
                self._line(item, _next_line(material, index))
        return tuple(self._out)

    def _line(self, line: Line, below: str) -> None:
        bare = line.text.strip()
        name, colon, _ = bare.replace(":", "：", 1).partition("：")
        if colon and name.strip() in words().headers:
            self._out.append(line)  # 单位：…… above the log, though 单 is a surname
            return
        head = _head(bare)
        if head is None and words().system.search(bare):
            if not re.search(r"\w", bare):
                self.source = ""  # a rule: what follows may be anybody's
            self.mentions.append(bare)
            self._skip(line, bare, "聊天软件的提示")
            return
        if head is not None:
            self.years[head.year] += bool(head.year)
            if head.speaker:
                self.source = speaker_source(_ROLE_TAG.sub("", head.speaker))
            if not head.text:
                self._skip(line, bare, "聊天的时间和发言人")
                return
            bare = head.text
        elif name := self._speaker(bare, below):
            self.source = speaker_source(_ROLE_TAG.sub("", name))
            bare = bare[len(name) :].lstrip(" :：")
            if not bare:
                self._skip(line, line.text.strip(), "聊天的时间和发言人")
                return
        if text := self._message(line, bare):
            self._out.append(Line(text, line.number, self.source))

    def _speaker(self, text: str, below: str) -> str:
        """The speaker's name a line begins with or consists of, empty for none."""
        name, colon, rest = text.partition("：" if "：" in text[:_LONGEST_NAME] else ":")
        if not colon:
            name, rest = text, ""
        bare = _ACCOUNT.sub("", name)
        parts = [p for p in _PARTS.split(bare) if p]
        if not parts or len(name) > _LONGEST_NAME or re.search(r"[，。；！？、\d]", bare):
            return ""
        is_under_stamp = not rest and not colon and _is_stamp(below)
        is_alone = bool(colon) and not rest and label_kind(name.strip()) is None
        is_alone = is_alone and not self.has_stamps
        if is_under_stamp or is_alone:
            return name
        has_person = any(words().person.fullmatch(p) for p in parts)
        return name if has_person and all(is_source(p) for p in parts) else ""

    def _message(self, line: Line, text: str) -> str:
        """The message without pictures, courtesies and words to colleagues."""
        plain = _EMOJI.sub("", words().media.sub("", text)).strip()
        if not plain:
            self._skip(line, text, "图片、文件、表情，没有文字")
            return ""
        if words().corrections.search(plain):
            self._withdraw(line, plain)
            return ""
        kept: list[str] = []
        for match in _CLAUSE.finditer(plain):
            clause = match.group(0)
            bare = _bare_reply(clause)
            if not bare:
                continue
            if bare in words().replies or re.fullmatch(r"(?:收到|好的|谢谢|辛苦)\D{0,6}", bare):
                self._skip(line, clause, "应答")
            elif words().requests.search(bare):
                self.mentions.append(clause)
                self._skip(line, clause, "说给同事的话")
            else:
                kept.append(clause)
        out = "".join(kept).strip().rstrip(words().particles.replace("。", "") + " ，,；;")
        if out and not _tells(out):
            self.mentions.append(out)
            self._skip(line, out, "聊天里的话，没有说到工作和数字")
            return ""
        return out

    def _withdraw(self, line: Line, text: str) -> None:
        """Take back the sentence that a later message corrects; which figure holds is asked."""
        self._skip(line, text, "更正了前面的话，请核实后补进要点", is_question=True)
        terms = key_terms(text)
        for place in range(len(self._out) - 1, -1, -1):
            said = self._out[place]
            if not isinstance(said, Line) or said.source != self.source:
                continue
            sentences = _SENTENCE.findall(said.text)
            wrong = [s for s in sentences if re.search(r"\d", s) and key_terms(s) & terms]
            if not wrong:
                continue
            rest = "".join(s for s in sentences if s not in wrong)
            self._out[place : place + 1] = [Line(rest, said.number, said.source)] if rest else []
            for sentence in wrong:
                why = f"后来更正说“{text[:40]}”，请核实后补进要点"
                self.skipped.append(
                    Skipped(sentence, why, said.number, is_question=True, source=said.source)
                )
            return

    def _skip(self, line: Line, text: str, why: str, *, is_question: bool = False) -> None:
        self.skipped.append(Skipped(text, why, line.number, is_question, self.source))


def _tells(text: str) -> bool:
    """True for words that tell something of the work: a count, a nil claim, a matter."""
    if words().counted.search(text) or _NIL.search(text) or _WON.search(text):
        return True
    label, colon, _ = text.partition("：")
    if colon and label_kind(label) is not None:
        return True
    if type_of(Fact("", text), 0) is not FactType.WORK and len(text) >= _SHORTEST_TOLD:
        return True
    is_talk = re.search(r"[我咱](?!们)|[你谁哪您]|大家|各位", text)
    if is_talk or len(text) < _SHORTEST_TOLD:
        return False
    return matter_of(text) is not None or bool(colon) or len(text) >= _STATEMENT


def _next_line(material: Material, index: int) -> str:
    below = material[index + 1] if index + 1 < len(material) else None
    return below.text.strip() if isinstance(below, Line) else ""


def _is_stamp(line: str) -> bool:
    """True for a line that is a date and time and nothing else."""
    match = _STAMP.fullmatch(line)
    return match is not None
