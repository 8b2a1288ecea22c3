"""HTML of the tab 起草: the report while it is written, its sources, its findings."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from app.core.draft import Draft, DraftSection, SectionStatus
from app.core.facts import Fact
from app.core.finding import CheckResult
from app.drafting.events import SectionDone, SectionStarted, SectionText
from app.exporters.check_html import severity_chips
from app.exporters.labels import LineIndex
from app.web.notices import empty_state

_TO_FILL_IN = re.compile(r"【待(?:补充|核实)[^】]*】")
_NUMBERS = "一二三四五六七八九十"


@dataclass(slots=True)
class SectionView:
    """One section as far as it is written."""

    key: str
    title: str
    text: str = ""
    is_done: bool = False


@dataclass(slots=True)
class DraftView:
    """The report as far as it is written."""

    title: str
    total: int = 0
    sections: list[SectionView] = field(default_factory=list)
    told: str = "正在准备……"

    def take(self, event: object) -> None:
        """One event of the drafting service."""
        match event:
            case SectionStarted():
                self.total = event.total
                self.start(event.key, event.title)
                self.told = f"正在写第 {event.index + 1}/{self.total} 部分：{event.title or '开头'}"
            case SectionText():
                self.section(event.key).text += event.delta
            case SectionDone():
                section = self.section(event.section.key)
                section.title, section.text = event.section.title, event.section.text
                section.is_done = True
            case _:
                return

    @property
    def share(self) -> float:
        """How much is written, from 0 to 1."""
        return self.done / self.total if self.total else 0.0

    def start(self, key: str, title: str) -> None:
        """A section begins, or begins anew."""
        for section in self.sections:
            if section.key == key:
                section.text, section.is_done = "", False
                return
        self.sections.append(SectionView(key, title))

    def section(self, key: str) -> SectionView:
        """The section with this key; begun where it was not."""
        for section in self.sections:
            if section.key == key:
                return section
        self.start(key, "")
        return self.sections[-1]

    @property
    def done(self) -> int:
        """How many sections are finished."""
        return sum(s.is_done for s in self.sections)


def mark_up(text: str) -> str:
    """Escaped text with what is still to be filled in marked."""
    return _TO_FILL_IN.sub(lambda m: f'<span class="todo">{m.group()}</span>', escape(text))


def _paragraphs(text: str, *, has_caret: bool = False) -> str:
    rows = [line for line in text.split("\n") if line.strip()]
    html = [f"<p>{mark_up(line.strip())}</p>" for line in rows]
    if has_caret:
        last = mark_up(rows[-1].strip()) if rows else ""
        html[-1:] = [f'<p class="caret">{last}</p>']
    return "".join(html)


def ordinal(number: int) -> str:
    """一 to 十 for 1 to 10, 十一 and so on."""
    if number <= 10:
        return _NUMBERS[number - 1]
    tens, ones = divmod(number, 10)
    lead = "十" if tens == 1 else f"{_NUMBERS[tens - 1]}十"
    return lead + (_NUMBERS[ones - 1] if ones else "")


def report_html(view: DraftView) -> str:
    """The report as far as it is written."""
    parts = [f"<h2>{mark_up(view.title)}</h2>"]
    number = 0
    for section in view.sections:
        if section.title:
            number += 1
            parts.append(f"<h3>{ordinal(number)}、{mark_up(section.title)}</h3>")
        parts.append(_paragraphs(section.text, has_caret=not section.is_done))
    return f'<div class="report">{"".join(parts)}</div>'


def draft_html(draft: Draft) -> str:
    """The finished report, exactly the text that is handed in."""
    lines = [line.strip() for line in draft.text.split("\n") if line.strip()]
    if not lines:
        return ""
    titles = {s.title for s in draft.sections if s.title}
    parts = [f"<h2>{mark_up(lines[0])}</h2>"]
    ending = 2 if len(lines) > 3 and lines[-2] == draft.unit else 0
    for position, line in enumerate(lines[1:], 1):
        if position >= len(lines) - ending:
            parts.append(f'<p class="ending">{mark_up(line)}</p>')
        elif line.partition("、")[2] in titles or line in titles:
            parts.append(f"<h3>{mark_up(line)}</h3>")
        else:
            parts.append(f"<p>{mark_up(line)}</p>")
    return f'<div class="report">{"".join(parts)}</div>'


def _facts_html(section: DraftSection, facts: Mapping[str, Fact]) -> str:
    used = dict.fromkeys(name for s in section.sentences for name in s.facts)
    rows = "".join(
        f"<li><b>{escape(name)}</b>{escape(facts[name].text if name in facts else '')}</li>"
        for name in used
    )
    return f"<h4>用到的要点（{len(used)} 条）</h4><ul>{rows}</ul>" if used else ""


def _passages_html(section: DraftSection, passages: Mapping[str, str]) -> str:
    names = dict.fromkeys(name for s in section.sentences for name in s.passages)
    rows = "".join(f"<li>{escape(passages[name])}</li>" for name in names if name in passages)
    if not rows:
        return ""
    return f'<h4>参考的往年写法（数字和名称已遮住）</h4><ul class="masked">{rows}</ul>'


def sources_html(
    draft_sections: Sequence[DraftSection], facts: Sequence[Fact], passages: Mapping[str, str]
) -> str:
    """For each section the facts it uses and the masked passages it follows."""
    by_id = {fact.id: fact for fact in facts}
    rows: list[str] = []
    for section in draft_sections:
        body = _facts_html(section, by_id) + _passages_html(section, passages)
        if section.note:
            body += f'<div class="note">{escape(section.note)}</div>'
        if section.status is SectionStatus.NEEDS_INPUT:
            body += '<div class="note">没有这一部分的要点，已留出【待补充】。</div>'
        title = escape(section.title or "开头")
        rows.append(
            f"<details open><summary>{title}</summary>"
            f"{body or '<div class=from>由固定写法连接，没有引用要点。</div>'}</details>"
        )
    return f'<div class="sources">{"".join(rows)}</div>'


def findings_html(result: CheckResult, text: str) -> str:
    """What the checker says about the draft."""
    if not result.findings:
        return '<div class="notice ok" role="status">核查没有发现问题。</div>'
    index = LineIndex(text)
    rows = "".join(
        f'<tr><td class="tight"><span class="level {f.severity.value}">{f.severity.label}</span>'
        f'<div class="from">{escape(f.rule)}</div></td>'
        f"<td>{escape(f.message)}<div class=from>第{index.place(f.span.start).line}行"
        f"{'：' + escape(f.quote[:40]) if f.quote.strip() else ''}</div></td></tr>"
        for f in result.findings
    )
    return (
        f'<div class="chips">{severity_chips([result])}</div>'
        f'<table class="grid"><tbody>{rows}</tbody></table>'
    )


def title_line(draft: Draft) -> str:
    """The report's title."""
    return next((line.strip() for line in draft.text.split("\n") if line.strip()), draft.unit)


def told_of(draft: Draft, facts: int) -> str:
    """One line on what was written and what it rests on."""
    used = sum(bool(sections) for sections in draft.fact_uses.values())
    missing = [s.title for s in draft.sections if s.status is SectionStatus.NEEDS_INPUT]
    told = f"写完 {len(draft.sections)} 个部分 · 要点用了 {used}/{facts} 条"
    told += f" · 没有出处的数字 {len(draft.unsourced)} 个"
    if missing:
        told += f" · 待补充 {len(missing)} 处"
    return told


EMPTY_REPORT = empty_state(
    "总结会写在这里",
    "① 在左边逐条粘贴要点，或上传要点文件",
    "② 核对单位、年度、类型",
    "③ 点“起草”，各部分依次写出",
)
EMPTY_SOURCES = empty_state("依据", "写完后，这里列出每一部分用到的要点和参考的往年写法。")
EMPTY_FINDINGS = empty_state("核查意见", "写完后自动核查，问题列在这里。")
