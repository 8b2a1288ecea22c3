"""Strangers' fact sheets: which can be read, which give a draft, and what the draft leaves open."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.core.draft import Draft, SectionStatus
from app.core.errors import PinganError
from app.core.facts import FactSheet
from app.formats.fact_files import read_fact_sheet
from app.services.drafting import draft_report
from app.settings import Settings
from eval.report import CaseEvidence, DocumentScore, ReportTable, Section

LABELS = "labels.jsonl"
EXPECTED = "expected.json"
# Every state a section can be in that leaves work to the writer.
_OPEN = tuple(status for status in SectionStatus if status is not SectionStatus.OK)
_STATUS_TITLES = {"needs_input": "待补充", "needs_check": "待核对"}


@dataclass(frozen=True, slots=True)
class Tried:
    """A file as a fact sheet: what was read of it, what was drafted, or why not."""

    path: Path
    sheet: FactSheet | None = None
    draft: Draft | None = None
    error: str = ""

    @property
    def name(self) -> str:
        """How people name it."""
        return self.path.name


def beside(path: Path, ending: str) -> Path | None:
    """The file of labels beside a file: ``a.txt.labels.jsonl`` or ``a.labels.jsonl``."""
    for name in (path.name, path.stem):
        found = path.with_name(f"{name}.{ending}")
        if found.is_file():
            return found
    return None


def material(folder: Path) -> tuple[Path, ...]:
    """The files of a folder that somebody brought: neither hidden, nor labels, nor folders."""
    return tuple(
        path
        for path in sorted(folder.iterdir())
        if path.is_file()
        and not path.name.startswith((".", "~"))
        and not path.name.endswith((LABELS, EXPECTED))
    )


def try_sheet(path: Path) -> Tried:
    """Read a file as a fact sheet and draft from it, without a model."""
    sheet = None
    try:
        sheet = read_fact_sheet(path)
        draft = draft_report(sheet, settings=Settings(home=Path()), offline=True)
    except PinganError as error:
        return Tried(path, sheet, error=str(error).replace(str(path), path.name))
    return Tried(path, sheet, draft)


def bare(text: str) -> str:
    """A text for comparison: one form for each character, no blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def sheets_section(tried: Sequence[Tried]) -> Section:
    """How many sheets give a draft, and what each draft leaves to the writer."""
    drafted = [item for item in tried if item.draft]
    failed = tuple(f"{item.name}：{item.error}" for item in tried if not item.draft)
    columns = ("要点表", "要点", "成稿", "字数", *map(_status_title, _OPEN), "没写的要点")
    return Section(
        title="要点表起草（不用模型）",
        notes=(f"{len(tried)}份要点表，{len(drafted)}份写成了稿子。",),
        tables=(ReportTable(columns, tuple(map(_cells, tried))),),
        evidence=(
            CaseEvidence("没有成稿", failed),
            CaseEvidence("没写的要点", tuple(line for item in drafted for line in _left_out(item))),
        ),
        metrics={"sheets.drafted": len(drafted) / len(tried) if tried else None},
        scores=tuple(
            DocumentScore("sheets.drafted", item.name, float(item.draft is not None))
            for item in tried
        ),
    )


def _status_title(status: SectionStatus) -> str:
    return _STATUS_TITLES.get(status.value, status.value)


def _cells(item: Tried) -> tuple[str, ...]:
    facts = str(len(item.sheet.facts)) if item.sheet else "—"
    if item.draft is None:
        return (item.name, facts, "否", *("—" for _ in ("字数", *_OPEN, "没写的要点")))
    states = Counter(section.status for section in item.draft.sections)
    chars = len(bare(item.draft.text))
    open_parts = (str(states[status]) for status in _OPEN)
    return (item.name, facts, "是", str(chars), *open_parts, str(len(_left_out(item))))


def _left_out(item: Tried) -> tuple[str, ...]:
    """The facts that no section tells."""
    if item.sheet is None or item.draft is None:
        return ()
    uses = item.draft.fact_uses
    return tuple(
        f"{item.name}：{fact.id}：{fact.text}" for fact in item.sheet.facts if not uses.get(fact.id)
    )
