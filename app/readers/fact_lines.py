"""Lines and rows of a fact sheet, told apart: header, heading, bullet, continuation."""

import re
from dataclasses import astuple, dataclass, field

_KEYS = {
    "单位": "unit", "单位名称": "unit", "填报单位": "unit", "报送单位": "unit", "报告单位": "unit",
    "年度": "year", "年份": "year", "报告年度": "year",
    "类型": "type", "单位类型": "type", "单位类别": "type",
    "标题": "title", "题目": "title",
    "日期": "date", "落款日期": "date", "成文日期": "date",
}  # fmt: skip
_HEADER = re.compile(
    rf"[-*•·●]?\s*(?:\*\*|__)?({'|'.join(sorted(_KEYS, key=len, reverse=True))})"
    r"(?:\*\*|__)?\s*(?:[:：]|\t)\s*(?:\*\*|__)?\s*(.{0,200}?)\s*(?:\*\*|__)?\s*"
)
_BULLET = re.compile(
    r"(?:[-*+—–][ \t\u3000]+|[-–—•·●○■□◆▪◦‧・](?=[^-–—\s\d])[ \t\u3000]*|[•·●○■□◆▪◦‧・][ \t\u3000]*"
    r"|[0-9０-９]{1,3}(?:[.．](?![0-9０-９])|[、)）])[ \t\u3000]*"
    r"|[（(][0-9０-９]{1,3}[）)][ \t\u3000]*|[①-⑳⑴-⒇⒈-⒛][ \t\u3000]*)"
)
_MARKDOWN_HEADING = re.compile(r"#{1,6}[ \t\u3000]*(.*?)[ \t#]*")
_BRACKET_HEADING = re.compile(r"【([^【】]{1,40})】\s*(.*)")
_CHINESE_NUMBER = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)])\s*(.*)"
)
_RULE = re.compile(r"[-*_=—－·.]{3,}|```.*")
_TABLE_RULE = re.compile(r":?-*:?")
_EMPHASIS = re.compile(r"(?<!\*)\*\*([^*\n]{1,200})\*\*(?!\*)|(?<!_)__([^_\n]{1,200})__(?!_)")
_SENTENCE = re.compile(r"[，。；！？,;]|[0-9０-９]")
_HEADING_MAX = 24
_CONTENT = ("要点", "内容", "事项", "工作要点", "事实", "主要内容", "工作内容", "具体内容")
# 指标 with its 数值: content only beside an amount or a section
_ITEM = ("指标", "指标名称", "项目", "名称", "工作项目", "工作")
_MORE = ("说明", "情况", "具体情况", "完成情况", "进展", "成效", "结果")
_SECTION = ("部分", "板块", "栏目", "章节", "类别", "分类")
_AMOUNT = ("数量", "数值", "数据", "数字")
_MEASURE = ("计量单位", "单位")
_ORDINAL = ("序号", "编号", "No", "no", "NO")


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line of text (one cell) or a row of a table; ``number`` counts from 1."""

    cells: tuple[str, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Bullet:
    """One bullet with the heading above it and the line it begins on."""

    text: str
    heading: str
    line: int


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a table holds what; -1 for none."""

    content: int
    section: int = -1
    amount: int = -1
    measure: int = -1
    ordinal: int = -1
    more: int = -1


@dataclass(slots=True)
class SheetParser:
    """Takes the lines of a sheet in order and collects headers and bullets."""

    headers: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    bullets: list[Bullet] = field(default_factory=list)
    heading: str = ""
    columns: Columns | None = None
    _is_open: bool = False
    _indent: int = 0
    _is_plain: bool = False  # the last bullet was a line without a mark
    _is_tabbed: bool = False  # in a table that was pasted as text

    def take(self, line: SheetLine) -> None:
        """Read one line or row; a table in Markdown or pasted from a sheet is one of rows."""
        if len(line.cells) == 1 and (cells := self._cells_in(line.cells[0])) is not None:
            if not all(_TABLE_RULE.fullmatch(cell) for cell in cells):
                self._take_cells(SheetLine(cells, line.number))
            return
        self._take_cells(line)

    def _cells_in(self, text: str) -> tuple[str, ...] | None:
        """The cells of a line that is the row of a table, ``None`` for running text."""
        bare = text.strip()
        if bare.startswith("|") and bare.count("|") > 1:
            return tuple(cell.strip() for cell in bare.strip("|").split("|"))
        cells = tuple(cell.strip() for cell in text.split("\t"))
        is_row = len(cells) > 1 and (self._is_tabbed or _columns(cells) is not None)
        self._is_tabbed = is_row
        return cells if is_row else None

    def _take_cells(self, line: SheetLine) -> None:
        if sum(bool(cell.strip()) for cell in line.cells) > 1:
            self._take_row(line)
            return
        told = next((i for i, cell in enumerate(line.cells) if cell.strip()), -1)
        if told >= 0 and line.cells[told].strip() in _CONTENT:
            self.columns = Columns(content=told) if len(line.cells) > 1 else None
            self._set_heading("")
            return
        if self.columns is not None and len(line.cells) > 1:
            self._take_table_row(line, self.columns)
            return
        if len(line.cells) > 1 and told >= 0 and _key(line.cells[told].strip()):
            return  # a field of the head that was left blank
        if len(line.cells) == 1:
            self.columns = None
        self._take_text(line.cells[told] if told >= 0 else "", line.number)

    def _take_row(self, line: SheetLine) -> None:
        cells = tuple(" ".join(cell.split()) for cell in line.cells)
        self._is_open = False
        if (columns := _columns(cells)) is not None:
            self.columns = columns
            return
        if self.columns is not None:
            self._take_table_row(line, self.columns)
            return
        told = [c for c in cells if c]
        keys = [_key(c) for c in told[::2]]
        if len(told) % 2 == 0 and all(keys):
            for key, value in zip(keys, told[1::2], strict=True):
                self.headers.setdefault(key, []).append((value, line.number))
        elif len(told) > 1 and _key(told[0]):
            self.headers.setdefault(_key(told[0]), []).append((told[1], line.number))
        elif told[0].isdecimal() and len(told) == 2:
            self._add(told[1], line.number)
        else:
            first = told[1:] if told[0].isdecimal() else told
            self.heading = _bare_heading(first[0])
            self._add("，".join(first[1:]), line.number)

    def _take_table_row(self, line: SheetLine, columns: Columns) -> None:
        cells = tuple(" ".join(cell.split()) for cell in line.cells)
        content, more = _cell(cells, columns.content), _cell(cells, columns.more)
        if section := _cell(cells, columns.section):
            self.heading = _bare_heading(section)
        if amount := _cell(cells, columns.amount):
            amount += _cell(cells, columns.measure)
        if not content and not amount and not more:
            return
        known = {*astuple(columns)}
        extra = [c for i, c in enumerate(cells) if c and i not in known]
        text = content + amount + (f"（{'；'.join(extra)}）" if extra else "")
        if more:
            text = f"{text}，{more}" if text else more
        self._add(_BULLET.sub("", text, count=1) if _BULLET.match(text) else text, line.number)

    def _take_text(self, raw: str, number: int) -> None:
        line = raw.rstrip()
        bare = line.lstrip(" \t\u3000\xa0")
        indent = _width(line[: len(line) - len(bare)])
        if not bare:
            self._is_open = False
            return
        header = _HEADER.fullmatch(bare)
        if header is not None and not (self.bullets and _BULLET.match(bare)):
            self._is_open = False
            self.headers.setdefault(_KEYS[header[1]], []).append((header[2], number))
            return
        if _RULE.fullmatch(bare):
            self._is_open = False
            return
        mark = _BULLET.match(bare)
        if mark is None and self._take_heading(bare, number, indent):
            return
        if mark is not None:
            self._take_marked(bare[mark.end() :], number, indent)
        elif self._is_open and indent > self._indent:
            self._continue(bare)
        else:
            self._take_plain(bare, number, indent)

    def _take_heading(self, bare: str, number: int, indent: int) -> bool:
        """True where the line is a heading, alone or with a bullet behind it."""
        if match := _MARKDOWN_HEADING.fullmatch(bare):
            self._set_heading(_bare_heading(match[1]))
            return True
        if match := _BRACKET_HEADING.fullmatch(bare):
            self._set_heading(match[1].strip())
            if match[2]:
                self._open(match[2], number, indent)
            return True
        if match := _CHINESE_NUMBER.fullmatch(bare):
            rest = match[1].strip()
            if _is_heading_text(rest):
                self._set_heading(rest.rstrip("：:"))
            else:
                self._open(rest, number, indent)
            return True
        return False

    def _take_marked(self, text: str, number: int, indent: int) -> None:
        if text.rstrip().endswith(("：", ":")) and _is_heading_text(text):
            self._set_heading(text.strip().rstrip("：:"))
        elif _HEADER.fullmatch(text.strip()) and not self.bullets:
            header = _HEADER.fullmatch(text.strip())
            if header is not None:
                self.headers.setdefault(_KEYS[header[1]], []).append((header[2], number))
        else:
            if self._is_plain and _is_lone_heading(self.bullets[-1].text):
                self._set_heading(self.bullets.pop().text)
            self._open(text, number, indent)

    def _take_plain(self, bare: str, number: int, indent: int) -> None:
        if bare.endswith(("：", ":")) and _is_heading_text(bare):
            self._set_heading(bare.rstrip("：:"))
        else:
            self._open(bare, number, indent)
            self._is_plain = True

    def _set_heading(self, heading: str) -> None:
        self._is_plain = False
        self.heading = " ".join(_plain(heading).split())
        self._is_open = False

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
        self.bullets[-1] = Bullet(joined, last.heading, last.line)

    def _add(self, text: str, number: int) -> None:
        text = " ".join(_plain(text).split())
        if text:
            self.bullets.append(Bullet(text, self.heading, number))


def _columns(cells: tuple[str, ...]) -> Columns | None:
    """The columns a header row names, ``None`` where the row is no such row."""
    content, amount, section = (_find(cells, n) for n in (_CONTENT, _AMOUNT, _SECTION))
    if content < 0 and (amount >= 0 or section >= 0):
        content = _find(cells, _ITEM)
    others = [c for i, c in enumerate(cells) if c and i != content]
    if content < 0 or any(len(c) > 8 for c in others):
        return None
    return Columns(
        content=content,
        section=section,
        amount=amount,
        measure=_find(cells, _MEASURE),
        ordinal=_find(cells, _ORDINAL),
        more=_find(cells, _MORE),
    )


def _find(cells: tuple[str, ...], names: tuple[str, ...]) -> int:
    return next((i for i, c in enumerate(cells) if c.replace(" ", "") in names), -1)


def _cell(cells: tuple[str, ...], index: int) -> str:
    return cells[index] if 0 <= index < len(cells) else ""


def _key(cell: str) -> str:
    return _KEYS.get(cell.replace(" ", "").rstrip("：:"), "")


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
