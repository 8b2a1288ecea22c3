"""A plan as a text a writer can change with any editor, and back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.core.errors import InputError
from app.core.facts import Fact, FactSheet
from app.drafting.plan.edit import clean_title, own_key, require_complete
from app.drafting.plan.planner import all_parts
from app.drafting.plan.types import Plan, PlannedBlock, PlannedSection
from app.language.terms import normalise
from app.report.profile import Part, PartKind, Profile

LEFT_OUT = "不写进总结"
_OPENING = "引言"
_HELP = """\
> 怎么改：每一行要点可以剪切到别的部分下面，也可以上下换位置；
> “## ”后面是一级标题，可以改名、换位置、删去或者新添；“### ”后面是小标题；
> 〔〕里是这一部分的类别，请不要改，新添的部分不用写；
> 不想写的要点剪切到最后“不写进总结”下面，不要直接删掉；要点的文字请在要点表里改。"""
_TAG = re.compile(r"\s*[〔\[［]([^〔〕\[\]［］]{1,40})[〕\]］]\s*$")
_NUMBER = re.compile(r"^(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)])\s*")
_FACT = re.compile(
    r"^(?:[-*•·+]\s*)?[\[【（(]?\s*([FfＦ]\d{1,5})(?!\d)[\]】）)]?[\s:：、.．]*(.*)$"
)
_LONGEST_LINE = 60_000


def render_plan(plan: Plan, sheet: FactSheet, profile: Profile) -> str:
    """The plan as text; :func:`parse_plan` reads it back to the same plan."""
    names = {part.key: part.title for part in all_parts(profile)}
    lines = [f"# {sheet.unit}{sheet.year}年 起草计划（{profile.name}）", "", _HELP]
    for section in plan.sections:
        name = names.get(section.key, "")
        tag = f" 〔{name}〕" if name and section.kind is not PartKind.OPENING else ""
        lines += ["", f"## {section.title or _OPENING}{tag}"]
        has_heads = len(section.blocks) > 1 or _has_own_head(section)
        for block in section.blocks:
            if has_heads:
                other = names.get(block.key, "") if block.key != section.key else ""
                lines.append(f"### {block.title}{f' 〔{other}〕' if other else ''}")
            lines += [_fact_line(fact) for fact in block.facts]
    lines += ["", f"## {LEFT_OUT}", *(_fact_line(fact) for fact in plan.left_out)]
    return "\n".join(lines) + "\n"


def parse_plan(text: str, sheet: FactSheet, profile: Profile, *, name: str = "计划") -> Plan:
    """The plan in a text.

    Raises:
        InputError: a line that is none of a plan, a fact that is unknown, missing or there twice;
            the message names the line.
    """
    reader = _Reader(sheet, all_parts(profile), name)
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        reader.take(line[:_LONGEST_LINE].strip(), number)
    plan = reader.plan()
    require_complete(plan, sheet)
    return plan


def _has_own_head(section: PlannedSection) -> bool:
    """True where the one block's title is a topic's, on which its wording hangs."""
    if section.kind is not PartKind.WORK or not section.blocks:
        return False
    block = section.blocks[0]
    return bool(block.title) and (block.key != section.key or block.title != section.title)


def _fact_line(fact: Fact) -> str:
    return f"- {fact.id} {' '.join(fact.shown.split())}"


@dataclass(slots=True)
class _Block:
    key: str
    title: str
    facts: list[Fact] = field(default_factory=list)


@dataclass(slots=True)
class _Section:
    section: PlannedSection
    blocks: list[_Block] = field(default_factory=list)


class _Reader:
    """Takes the lines of a plan in order."""

    def __init__(self, sheet: FactSheet, parts: Sequence[Part], name: str) -> None:
        self.name = name
        self._parts = {part.title: part for part in parts}
        self._opening = next(part for part in parts if part.kind is PartKind.OPENING)
        self._by_id = {fact.id: fact for fact in sheet.facts}
        self._by_text = {_plain(fact.shown): fact for fact in sheet.facts}
        self._sections: list[_Section] = []
        self._left_out: list[Fact] | None = None

    def take(self, line: str, number: int) -> None:
        """Read one line."""
        if not line or line.startswith((">", "＞", "# ", "＃ ", "---")) or line == "#":
            return
        if match := re.match(r"^###\s*(.*)$", line):
            self._block(match.group(1), number)
        elif match := re.match(r"^##\s*(.*)$", line):
            self._section(match.group(1), number)
        elif match := _FACT.match(line):
            self._fact(match.group(1).upper().replace("Ｆ", "F"), match.group(2), number)
        else:
            raise self._fail(number, f"“{line[:20]}”看不懂，标题请以“## ”开头，要点请以“- F1”开头")

    def plan(self) -> Plan:
        """What was read.

        Raises:
            InputError: no section at all.
        """
        if not any(s.section.title != LEFT_OUT for s in self._sections):
            raise InputError(
                f"{self.name}里没有任何部分，请用 pingan facts 要点文件 --plan 重新生成。"
            )
        return Plan(
            tuple(_finished(s) for s in self._sections if s.section.title != LEFT_OUT),
            tuple(self._left_out or ()),
        )

    def _section(self, text: str, number: int) -> None:
        title, part = self._titled(text, number)
        if title == LEFT_OUT:
            self._left_out = self._left_out if self._left_out is not None else []
            self._sections.append(_Section(PlannedSection("", LEFT_OUT, ())))
            return
        if title == _OPENING and part is None:
            part, title = self._opening, ""
        taken = [s.section for s in self._sections]
        if part is None:
            found = PlannedSection(own_key(taken), title, (), kind=_kind_of(title), is_fixed=True)
        else:
            is_taken = any(section.key == part.key for section in taken)
            key = own_key(taken, part.key) if is_taken else part.key
            found = PlannedSection(
                key, title, (), part.mandatory, part.kind, (), part.title, is_fixed=True
            )
        self._sections.append(_Section(found, [_Block(part.key if part else found.key, "")]))

    def _block(self, text: str, number: int) -> None:
        if not self._sections:
            raise self._fail(number, "小标题前面还没有“## ”开头的标题")
        title, part = self._titled(text, number)
        current = self._sections[-1]
        key = part.key if part else (current.blocks[0].key if current.blocks else "work")
        current.blocks.append(_Block(key, title))

    def _fact(self, fact_id: str, text: str, number: int) -> None:
        fact = self._by_id.get(fact_id)
        if text and (fact is None or _plain(fact.shown) != _plain(text)):
            fact = self._by_text.get(_plain(text))
            if fact is None:
                raise self._fail(
                    number,
                    f"要点{fact_id}与要点表里的不一样，要点的文字请在要点表里改，再重新生成计划",
                )
        if fact is None:
            raise self._fail(number, f"要点表里没有{fact_id}")
        if not self._sections:
            raise self._fail(number, "要点前面还没有“## ”开头的标题")
        if self._sections[-1].section.title == LEFT_OUT:
            assert self._left_out is not None
            self._left_out.append(fact)
        else:
            self._sections[-1].blocks[-1].facts.append(fact)

    def _titled(self, text: str, number: int) -> tuple[str, Part | None]:
        """A heading and the part its tag names."""
        match = _TAG.search(text)
        part = self._parts.get(match.group(1).strip()) if match else None
        if match and part is None:
            raise self._fail(
                number,
                f"没有“{match.group(1)}”这一类，可以写：{'、'.join(self._parts)}；也可以不写〔〕",
            )
        try:
            title = clean_title(_NUMBER.sub("", _TAG.sub("", text)))
        except InputError as error:
            raise self._fail(number, "标题是空的，或者超过60字") from error
        return title, part

    def _fail(self, number: int, what: str) -> InputError:
        return InputError(f"{self.name}第{number}行：{what}。")


def _finished(read: _Section) -> PlannedSection:
    blocks = tuple(
        PlannedBlock(b.key, b.title or read.section.title, tuple(b.facts))
        for b in read.blocks
        if b.facts
    )
    facts = tuple(fact for block in blocks for fact in block.facts)
    return replace(read.section, blocks=blocks, facts=facts)


def _kind_of(title: str) -> PartKind:
    """What a section without a tag is, by its heading."""
    if re.search(r"(?:问题|不足|短板|困难|薄弱环节)$", title):
        return PartKind.PROBLEMS
    return PartKind.PLANS if re.search(r"下一?步|打算|明年", title) else PartKind.WORK


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", normalise(text))
