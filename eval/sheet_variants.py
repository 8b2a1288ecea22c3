"""The same facts as other clerks would bring them: each writing must give the same facts."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from app import resources
from app.core.errors import PinganError
from app.core.facts import FactSheet
from app.formats.fact_files import parse_fact_sheet, read_fact_sheet, read_fact_sheet_bytes
from app.services.drafting import DraftWish, draft_report
from app.settings import Settings
from eval.cases import datasets_dir
from eval.report import CaseEvidence, ReportTable, Section

_FIGURE = re.compile(r"\d[\d.,]*%?")
_WIDE = str.maketrans({**{chr(c): chr(c + 0xFEE0) for c in range(0x30, 0x3A)}, "%": "％"})
_YEARS = (
    ("夜间巡查", "次", 412, 436),
    ("火灾警情", "起", 9, 6),
    ("群众满意率", "%", 0.962, 0.973),
)
_YEAR_FACTS = (
    "夜间巡查上年412次，今年436次",
    "火灾警情上年9起，今年6起",
    "群众满意率上年96.2%，今年97.3%",
)
_TALK = ("[图片]", "赵敏：收到", "@所有人 还没报的抓紧报一下", "王主任：辛苦大家[抱拳]", "好的")


@dataclass(frozen=True, slots=True)
class Variant:
    """A way of writing a sheet; ``extra`` are facts that it adds to those of the sheet."""

    name: str
    title: str
    read: Callable[[FactSheet], FactSheet]
    extra: tuple[str, ...] = ()


def sheets() -> tuple[FactSheet, ...]:
    """The bundled sheets and the examples."""
    folders = (datasets_dir("draft") / "sheets", resources.examples_dir())
    return tuple(read_fact_sheet(p) for folder in folders for p in sorted(folder.glob("*.txt")))


def _head(sheet: FactSheet) -> str:
    return f"单位：{sheet.unit}\n年度：{sheet.year}\n类型：{sheet.unit_type}\n"


def _bullets(sheet: FactSheet, text: Callable[[str], str]) -> FactSheet:
    """The sheet written again, its headings kept, each fact as ``text`` puts it."""
    lines, heading = [], ""
    for fact in sheet.facts:
        if fact.heading != heading:
            heading = fact.heading
            lines.append(f"## {heading}")
        lines.append(f"- {text(fact.shown)}")
    return parse_fact_sheet(_head(sheet) + "\n".join(lines))


def _blanks(text: str) -> str:
    return _FIGURE.sub(lambda m: f" {m[0]} ", text).replace("  ", " ").strip()


def _chat(sheet: FactSheet) -> FactSheet:
    """Each fact a message of somebody, with talk between them."""
    lines = []
    for number, fact in enumerate(sheet.facts):
        lines.append(f"张伟(综治办) 2025/12/{number % 28 + 1} 09:{number % 60:02d}")
        lines += [fact.shown, _TALK[number % len(_TALK)], ""]
    return parse_fact_sheet(_head(sheet) + "\n".join(lines))


def _workbook(sheet: FactSheet) -> FactSheet:
    """The facts in one column, and below them a table with last year and this year."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    rows: list[tuple[object, ...]] = [
        ("单位", sheet.unit),
        ("年度", sheet.year),
        ("类型", sheet.unit_type),
        (),
        ("类别", "要点"),
        *((fact.heading or None, fact.shown) for fact in sheet.facts),
        (),
        ("事项", "单位", "上年", "今年"),
        *_YEARS,
    ]
    for row in rows:
        page.append(list(row))
    data = io.BytesIO()
    book.save(data)
    return read_fact_sheet_bytes(data.getvalue(), "要点.xlsx")


VARIANTS = (
    Variant("blanks", "数字前后有空格", lambda s: _bullets(s, _blanks)),
    Variant("wide", "全角数字", lambda s: _bullets(s, lambda t: t.translate(_WIDE))),
    Variant("chat", "夹着聊天的话", _chat),
    Variant("labels", "带科室标签", lambda s: _bullets(s, lambda t: f"综治办报：{t}")),
    Variant("workbook", "Excel，另有两年对照表", _workbook, _YEAR_FACTS),
)


@dataclass(frozen=True, slots=True)
class Same:
    """How many sheets a variant leaves as they are; ``lines`` tell what differs."""

    same: int
    drafted: int
    total: int
    lines: tuple[str, ...] = ()


def compare(variant: Variant, settings: Settings) -> Same:
    """Read and draft every sheet in one writing."""
    same = drafted = 0
    lines: list[str] = []
    all_sheets = sheets()
    for sheet in all_sheets:
        name = f"{variant.title}：{Path(sheet.path).stem}"
        wanted = [fact.shown for fact in sheet.facts] + list(variant.extra)
        try:
            read = variant.read(sheet)
            drafted += bool(
                draft_report(read, settings=settings, wish=DraftWish(is_offline=True)).text
            )
        except PinganError as error:
            lines.append(f"{name}：{error}")
            continue
        got = [fact.shown for fact in read.facts]
        same += got == wanted
        lines += [f"{name}：少了“{text}”" for text in wanted if text not in got]
        lines += [f"{name}：多了“{text}”" for text in got if text not in wanted]
    return Same(same, drafted, len(all_sheets), tuple(lines))


def variants_section(settings: Settings) -> Section:
    """The table of the drafting report; each share has a gate."""
    found = {variant: compare(variant, settings) for variant in VARIANTS}
    rows = tuple(
        (v.title, f"{one.same}/{one.total}", f"{one.drafted}/{one.total}")
        for v, one in found.items()
    )
    metrics: dict[str, float | None] = {}
    for variant, one in found.items():
        metrics[f"variants.{variant.name}.same"] = one.same / one.total
        metrics[f"variants.{variant.name}.drafted"] = one.drafted / one.total
    lines = tuple(line for one in found.values() for line in one.lines)
    return Section(
        title="同样的要点，换别人的写法送来（要点应当一字不差）",
        tables=(ReportTable(("写法", "要点相同", "写成稿子"), rows),),
        evidence=(CaseEvidence("不相同的要点", lines),),
        metrics=metrics,
    )
