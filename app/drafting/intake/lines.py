"""Lines of a sheet told apart: header, title, heading, bullet, continuation."""

import re
from dataclasses import dataclass, field

from app.core.facts import Skipped
from app.drafting.intake.material import Line, Table
from app.drafting.intake.tables import Aside, RowStatement, Unread, read_table
from app.drafting.intake.words import words
from app.language.terms import normalise

_HEADER = re.compile(
    r"[-*•·●]?\s*(?:\*\*|__)?([\u4e00-\u9fff](?:[ \u3000]*[\u4e00-\u9fff]){1,5})"
    r"(?:\*\*|__)?\s*(?:[:：]|\t)\s*(?:\*\*|__)?\s*"
    r"(.{0,200}?)\s*(?:\*\*|__)?\s*"
)
_PAIRS = re.compile(r"(?:^|[\s　，,；;|]+)([\u4e00-\u9fff]{2,6})\s*[:：]\s*")
_BULLET = re.compile(
    r"(?:[-*+—–－][ \t\u3000]+|[-–—－•·●○■□◆▪◦‧・](?=[^-–—\s\d])[ \t\u3000]*"
    r"|[•·●○■□◆▪◦‧・▲△★☆►▶➤✓✔√]"
    r"[ \t\u3000]*"
    r"|[0-9０-９]{1,3}(?:[.．](?![0-9０-９])|[、)）])[ \t\u3000]*"
    r"|[（(][0-9０-９]{1,3}[）)][ \t\u3000]*|[①-⑳⑴-⒇⒈-⒛][ \t\u3000]*)"
)
_MARKDOWN_HEADING = re.compile(r"#{1,6}[ \t\u3000]*(.*?)[ \t#]*")
_BRACKET_HEADING = re.compile(r"【([^【】]{1,40})】\s*(.*)")
_CHINESE_NUMBER = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)])\s*(.*)"
)
_RULE = re.compile(r"[-*_=—－·.]{3,}|```.*")
_EMPHASIS = re.compile(r"(?<!\*)\*\*([^*\n]{1,200})\*\*(?!\*)|(?<!_)__([^_\n]{1,200})__(?!_)")
_SENTENCE = re.compile(r"[，。；！？,;]|[0-9０-９]")
_OPEN_END = re.compile(r"[，、,（(“：:—\-]$")
_OPEN_START = re.compile(r"[，。、；）)”%％,;]")
_DATE_LINE = re.compile(
    r"(?:20\d\d|二[〇○零]..)\s?年\s?[\d一二三四五六七八九十]{1,2}\s?月(?:\s?[\d一二三四五六七八九十]{1,3}\s?日)?"
)
_HEADING_MAX = 24
_TITLE_MAX = 60
_HEADING_TAIL = re.compile(
    r"^[\u4e00-\u9fff]{2,10}(?:情况|做法|例子|案例|亮点|措施|问题|打算|部分|方面|成效)$"
)
_WRAPPED = 30  # characters; a line that its writer ended so late was ended by a program


@dataclass(frozen=True, slots=True)
class Bullet:
    """One bullet with the heading above it, the line it begins on, and who reported it."""

    text: str
    heading: str
    line: int
    source: str = ""


@dataclass(slots=True)
class LineParser:
    """Takes what was brought in order and collects headers, titles and bullets.

    ``titles`` are lines that name the whole, ``units`` those that only name a unit, ``dates``
    what was noted of who filled it in when; ``skipped`` is what is no fact. ``heading`` and
    ``source`` are in force for the next bullet. ``is_chat``: each line is a message of its own.
    """

    headers: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    bullets: list[Bullet] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    is_chat: bool = False
    heading: str = ""
    source: str = ""
    _is_open: bool = False
    _indent: int = 0
    _is_plain: bool = False  # the last bullet was a line without a mark
    _above: list[tuple[int, str]] = field(default_factory=list)  # headings by their indents
    _last: str = ""  # the line before this one, empty after a blank one

    def take(self, item: Line | Table) -> None:
        """Read one line or table."""
        if isinstance(item, Line):
            self._take_line(item)
            return
        self._is_open = self._is_plain = False
        self._above, self._last = [], ""
        if item.name and words().title.fullmatch(item.name):
            self.titles.append(item.name)
        before = self.heading
        for told in read_table(item):
            self._take_told(told)
        self.heading, self._is_open = before, False

    def _take_told(self, told: RowStatement | Aside | Unread) -> None:
        match told:
            case RowStatement():
                section = _bare_heading(told.section) if told.section else self.heading
                text = f"{told.label}：{told.text}" if told.label else told.text
                self._add(text, told.number, heading=section, source=told.source)
            case Unread():
                self.skipped.append(Skipped(told.text, told.why, told.number, told.is_question))
            case Aside(is_caption=True) if not self._take_pairs(told.text, told.number):
                self.skipped.append(Skipped(told.text, "标题", told.number))
                self.titles.append(told.text)
                is_own = not words().title.fullmatch(told.text)
                self.heading = _bare_heading(told.text) if is_own else ""
            case Aside():
                self._take_aside(told)

    def _take_aside(self, aside: Aside) -> None:
        cells = [cell.strip() for cell in aside.text.split("\t") if cell.strip()]
        keys = [_key(cell) for cell in cells[::2]]
        if len(cells) > 1 and all(keys) and not any("：" in c or ":" in c for c in cells):
            for key, value in zip(keys, [*cells[1::2], ""], strict=False):
                self._header(key, value, aside.number)
        elif len(cells) > 1 and not self._take_pairs("　".join(cells), aside.number):
            first = cells[1:] if cells[0].isdecimal() and len(cells) > 2 else cells
            if _is_row_of_pairs(first):
                pairs = zip(first[::2], first[1::2], strict=True)
                self._add("，".join(f"{name}{figure}" for name, figure in pairs), aside.number)
                return
            rest = "，".join(first[1:])
            if first[0].isdecimal():
                self._add(rest, aside.number)
            else:
                self.heading = _bare_heading(first[0])
                self._add(rest, aside.number)
        elif len(cells) == 1 and not keys[0] and not self._take_pairs(cells[0], aside.number):
            self._take_text(Line(cells[0], aside.number))

    def _take_line(self, line: Line) -> None:
        if line.source != self.source and line.source:
            self.source, self._is_open = line.source, False
        self._take_text(line)
        self._last = line.text.strip()

    def _take_text(self, line: Line) -> None:
        text = line.text.rstrip()
        bare = text.lstrip(" \t\u3000\xa0")
        indent = _width(text[: len(text) - len(bare)])
        if not bare:
            self._is_open = False
            return
        mark = _BULLET.match(bare)
        if self._take_header(bare, line.number, is_marked=mark is not None):
            return
        if _RULE.fullmatch(bare):
            self._is_open = False
            return
        if mark is None and self._take_heading(bare, line.number, indent):
            return
        if mark is not None:
            self._take_marked(bare[mark.end() :], line.number, indent)
        elif self.bullets and self._goes_on(bare, indent):
            self._continue(bare)
        elif self._is_title(bare):
            self.titles.append(bare)
            self.skipped.append(Skipped(bare, "标题", line.number))
        elif _DATE_LINE.fullmatch(bare):
            self._header("date", bare, line.number)
        elif _is_unit(bare):
            self.units.append(bare)
            self.skipped.append(Skipped(bare, "单位名称", line.number))
        else:
            self._take_plain(bare, line.number, indent)

    def _goes_on(self, bare: str, indent: int) -> bool:
        """True where a line without a mark belongs to the bullet above it."""
        if self.is_chat or not self._is_open or not self._last:
            return False
        if indent > self._indent:
            return True
        if len(self._last) < _WRAPPED // 2:
            return False
        if _OPEN_START.match(bare) or _OPEN_END.search(self._last):
            return True
        is_cut = not re.search(r"[。；！？：:;!?]$", self._last)
        return is_cut and not self._is_plain and not _is_heading_text(bare)

    # --- headers and titles -----------------------------------------------------------------

    def _take_header(self, bare: str, number: int, *, is_marked: bool) -> bool:
        header = _HEADER.fullmatch(bare)
        key = _key(header[1]) if header else ""
        if header is None or not key or (self.bullets and is_marked):
            return not is_marked and self._take_pairs(bare, number)
        if not self._take_pairs(bare, number):
            self._header(key, header[2], number)
        return True

    def _take_pairs(self, text: str, number: int) -> bool:
        """Read a line of several fields (填报单位：… 填报人：…); False where it is none."""
        found = list(_PAIRS.finditer(text))
        if not found or found[0].start() or not any(_key(m[1]) for m in found):
            return False
        if len(found) == 1 and not _key(found[0][1]):
            return False
        if len(found) > 1 and not _key(found[0][1]) and words().counted.search(text):
            return False
        ends = [*(m.start() for m in found[1:]), len(text)]
        for match, end in zip(found, ends, strict=True):
            self._header(
                _key(match[1]) or "others", text[match.end() : end].strip(" 　，,；;|"), number
            )
        return True

    def _header(self, key: str, value: str, number: int) -> None:
        self._is_open = False
        if key == "unit" and words().measure.fullmatch(value):
            return
        if key == "others":
            self.skipped.append(Skipped(value, "表头里的填报信息", number))
            self.dates.append(value)
        else:
            self.headers.setdefault(key, []).append((value, number))

    def _is_title(self, bare: str) -> bool:
        """True for a line that names the whole: by its last words, or above everything else."""
        head = normalise(re.sub(r"[（(][^（）()]*[）)]$", "", bare))
        if (
            len(head) > _TITLE_MAX
            or re.search(r"[，。；！？：:]", head)
            or words().counted.search(head)
        ):
            return False
        if words().title.fullmatch(head):
            return True
        is_first = not self.bullets and not self.heading
        return is_first and bool(re.search(r"20\d\d|\d\d年|年度|平安|综治|总结", head))

    # --- headings and bullets ---------------------------------------------------------------

    def _take_heading(self, bare: str, number: int, indent: int) -> bool:
        """True where the line is a heading, alone or with a bullet behind it."""
        if match := _MARKDOWN_HEADING.fullmatch(bare):
            if self._is_title(match[1]):
                self.titles.append(match[1])
                self.skipped.append(Skipped(match[1], "标题", number))
                self._set_heading("")
            else:
                self._set_heading(_bare_heading(match[1]))
            return True
        if match := _BRACKET_HEADING.fullmatch(bare):
            if match[2]:
                self._open(f"{match[1].strip()}：{match[2]}", number, indent)
            else:
                self._set_heading(match[1].strip())
            return True
        if match := _CHINESE_NUMBER.fullmatch(bare):
            rest = match[1].strip()
            if len(rest) <= _HEADING_MAX and not re.search(r"[。；！？0-9０-９]", rest):
                self._set_heading(rest.rstrip("：:"))
            else:
                self._open(rest, number, indent)
            return True
        return False

    def _take_marked(self, text: str, number: int, indent: int) -> None:
        if text.rstrip().endswith(("：", ":")) and _is_heading_text(text):
            self._set_heading(text.strip().rstrip("：:"))
            return
        if self._is_plain and self.bullets and _is_lone_heading(self.bullets[-1].text):
            self._set_heading(self.bullets.pop().text)
        elif self._is_open and indent > self._indent and self._is_parent(self.bullets[-1].text):
            parent = self.bullets.pop().text
            self._above.append((self._indent, self.heading))
            self.heading = _bare_heading(parent)
        while self._above and indent <= self._above[-1][0]:
            self.heading = self._above.pop()[1]
        self._open(text, number, indent)

    @staticmethod
    def _is_parent(text: str) -> bool:
        return _is_heading_text(text) and not re.match(r"[未无没零]", text)

    def _take_plain(self, bare: str, number: int, indent: int) -> None:
        is_colon = bare.endswith(("：", ":"))
        if _is_heading_text(bare) and (is_colon or _HEADING_TAIL.search(bare)):
            self._set_heading(bare.rstrip("：:"))
        else:
            self._open(bare, number, indent)
            self._is_plain = True

    def _set_heading(self, heading: str) -> None:
        """Put a heading in force; the name of a department that reports is a source instead."""
        self._is_plain = self._is_open = False
        self._above = []
        heading = " ".join(_plain(heading).split())
        if reporter := reporter_of(heading):
            self.heading, self.source = "", reporter
        else:
            self.heading, self.source = heading, ""

    def _open(self, text: str, number: int, indent: int) -> None:
        """Begin a bullet; more deeply indented lines below it go on with it."""
        self._add(text, number)
        self._is_open = True
        self._indent = indent
        self._is_plain = False

    def _continue(self, text: str) -> None:
        last = self.bullets[-1]
        text = _plain(text)
        is_latin = last.text[-1:].isascii() and text[:1].isascii() and text[:1].isalpha()
        joined = last.text + (" " if is_latin and last.text[-1:].isalpha() else "") + text
        self.bullets[-1] = Bullet(joined, last.heading, last.line, last.source)

    def _add(self, text: str, number: int, *, heading: str | None = None, source: str = "") -> None:
        text = " ".join(_plain(text).split())
        if text:
            own = self.heading if heading is None else heading
            self.bullets.append(Bullet(text, own, number, source or self.source))


def _is_row_of_pairs(cells: list[str]) -> bool:
    """True for names and figures in turn: 执法人员 | 58人 | 持证率 | 99.2%."""
    names, figures = cells[::2], cells[1::2]
    return (
        len(cells) > 2
        and len(names) == len(figures)
        and all(re.match(r"\d", figure) for figure in figures)
        and not any(re.search(r"\d", name) for name in names)
    )


def _is_unit(text: str) -> bool:
    """True for a line that is the full name of a unit, as under a report."""
    from app.language.names.finder import NameKind, locate_names  # noqa: PLC0415 — heavy; few lines ask it

    if not 4 <= len(text) <= 30 or _SENTENCE.search(text):
        return False
    whole = [n for n in locate_names(text) if n.text == text]
    return any(n.kind is NameKind.ORGANISATION for n in whole)


def reporter_of(text: str) -> str:
    """The department or person a label or heading names as the one who reports, else empty.

    ``综治中心`` and its like are matters as well as departments: only 综治中心报 is a reporter.
    """
    words_ = words()
    bare = re.sub(rf"(?:{'|'.join(words_.source_verbs)})$", "", text)
    if words_.titled_person.fullmatch(bare) or (bare != text and words_.person.fullmatch(bare)):
        return bare
    if not words_.source.fullmatch(text):
        return ""
    is_told = bare != text
    return bare if is_told or bare.endswith(words_.inner_tails) else ""


def _key(cell: str) -> str:
    return words().headers.get(re.sub(r"\s", "", cell).rstrip("：:"), "")


def _plain(text: str) -> str:
    return _EMPHASIS.sub(lambda m: m[1] or m[2], text).strip(" \t\u3000\xa0")


def _bare_heading(text: str) -> str:
    """A heading without its number, brackets and emphasis."""
    text = _plain(text).strip("【】 ")
    if match := _CHINESE_NUMBER.fullmatch(text):
        text = match[1]
    return text.strip().rstrip("：:")


def _is_heading_text(text: str) -> bool:
    text = text.strip()
    return 0 < len(text) <= _HEADING_MAX and _SENTENCE.search(text) is None


def _is_lone_heading(text: str) -> bool:
    """A short plain line above a marked bullet: its heading, unless it tells something itself."""
    return _is_heading_text(text) and len(text) <= 10 and text[0] not in "未无没不获已全被零"


def _width(indent: str) -> int:
    return sum(4 if c == "\t" else 2 if c == "\u3000" else 1 for c in indent)
