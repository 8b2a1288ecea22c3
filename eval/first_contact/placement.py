"""Whether a draft tells each line of a fact sheet as what it is, where it belongs.

Lines are labelled by people in ``<sheet>.labels.jsonl``. Four kinds of line do harm in the wrong
place: a plan told as done, a problem told as a result, an award told as a problem or before it is
given, and a note of the writer to himself told at all.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

from app.core.draft import Draft
from app.core.errors import InputError
from app.core.facts import FactSheet
from app.report.profile import PartKind, load_profile
from eval.cases import read_json_lines
from eval.first_contact.sheets import LABELS, Tried, bare, beside
from eval.report import CaseEvidence, DocumentScore, Pool, ReportTable, Section

# A reader may drop a bullet's label or cut it in two; a writer may put it in other words.
_SAME_LINE = 0.8
_TELLS = 0.5
_SHORTEST_PIECE = 4
_MARKS = re.compile(
    r"^(?:[-*•·●◆■□|]|[(（]?[\d一二三四五六七八九十]{1,3}[)）、.](?!\d))+|[。；;，,|]+$"
)
_PENDING = re.compile(
    "尚未|还未|还没|未(?:公布|揭晓|批|下文|发文|授牌|命名)|公示|申报|推荐|候选|参评|初评|入围|评审|争创"
    "|拟(?:命名|表彰|授予|推荐|评|获)|等(?:结果|通知|发文|批复)|(?<![期接对等看善])待"
)


class RowKind(StrEnum):
    """What a line of a fact sheet is."""

    DONE = "done"
    CASE = "case"
    AWARD = "award"
    AWARD_PENDING = "award_pending"
    PROBLEM = "problem"
    PAST_CRITICISM = "past_criticism"
    PLAN = "plan"
    NIL = "nil"
    NOTE = "note"
    DOUBTFUL = "doubtful"


_TITLES = {
    RowKind.DONE: "已做",
    RowKind.CASE: "案例",
    RowKind.AWARD: "荣誉",
    RowKind.AWARD_PENDING: "待定荣誉",
    RowKind.PROBLEM: "问题",
    RowKind.PAST_CRITICISM: "过去受的批评",
    RowKind.PLAN: "打算",
    RowKind.NIL: "未发生",
    RowKind.NOTE: "提醒",
    RowKind.DOUBTFUL: "存疑",
}


@dataclass(frozen=True, slots=True)
class LabelledLine:
    """A labelled line."""

    text: str
    kind: RowKind


@dataclass(frozen=True, slots=True)
class Telling:
    """A sentence of a draft that tells a line; ``part`` is the kind of section it stands in."""

    part: PartKind
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A line, whether it was read, and the sentences that tell it."""

    line: LabelledLine
    is_read: bool
    tellings: tuple[Telling, ...] = ()


@dataclass(frozen=True, slots=True)
class Harm:
    """A way to misplace a line, with the lines it can befall and the tellings that do it."""

    key: str
    title: str
    kinds: frozenset[RowKind]
    is_done_by: Callable[[LabelledLine, Telling], bool]


def is_told_as_received(line: LabelledLine, telling: Telling) -> bool:
    """True where nothing of a sentence says that an award is still pending."""
    return line_key(line.text) not in bare(telling.text) and not _PENDING.search(telling.text)


HARMS = (
    Harm(
        "plan_as_done", "打算写成已做", frozenset({RowKind.PLAN}),
        lambda _, telling: telling.part is not PartKind.PLANS,
    ),
    Harm(
        "problem_as_result", "问题写成成绩", frozenset({RowKind.PROBLEM}),
        lambda _, telling: telling.part is not PartKind.PROBLEMS,
    ),
    Harm(
        "award_as_problem", "荣誉写进问题", frozenset({RowKind.AWARD, RowKind.AWARD_PENDING}),
        lambda _, telling: telling.part is PartKind.PROBLEMS,
    ),
    Harm(
        "pending_as_received", "待定荣誉写成已得", frozenset({RowKind.AWARD_PENDING}),
        is_told_as_received,
    ),
    Harm("note_as_fact", "提醒写进稿子", frozenset({RowKind.NOTE}), lambda _, __: True),
)  # fmt: skip


def read_lines(path: Path) -> tuple[LabelledLine, ...]:
    """The labelled lines of a sheet.

    Raises:
        InputError: the file cannot be read, or a line has no text or an unknown kind.
    """
    lines = []
    for number, row in enumerate(read_json_lines(path), start=1):
        try:
            lines.append(LabelledLine(str(row["text"]), RowKind(row["kind"])))
        except (KeyError, ValueError) as error:
            raise InputError(
                f"{path} 第{number}条要有 text 和 kind，kind 是 {'、'.join(RowKind)} 之一，请改正。"
            ) from error
    return tuple(lines)


def line_key(text: str) -> str:
    """A line for comparison, without the mark before it and the stop after it."""
    return _MARKS.sub("", bare(text))


def share_in(part: str, whole: str) -> float:
    """The share of a text's pairs of neighbouring characters that another text holds."""
    if len(part) < 2 or part in whole:
        return float(part in whole)
    held = set(pairwise(whole))
    pairs = list(pairwise(part))
    return sum(pair in held for pair in pairs) / len(pairs)


def facts_of(line: LabelledLine, sheet: FactSheet) -> tuple[str, ...]:
    """Ids of the facts that hold a line, or are cut from it; those that match best."""
    key = line_key(line.text)
    shares = {}
    for fact in sheet.facts:
        text = line_key(fact.text)
        piece = share_in(text, key) if len(text) >= _SHORTEST_PIECE else 0.0
        shares[fact.id] = max(share_in(key, text), piece)
    best = max(shares.values(), default=0.0)
    return tuple(i for i, share in shares.items() if share == best and share >= _SAME_LINE)


def tellings_of(line: LabelledLine, facts: Sequence[str], draft: Draft) -> tuple[Telling, ...]:
    """The sentences of a draft that tell a line, by the facts they rest on.

    A fact may hold several lines and be told in several places: of its sentences those count
    that have the line's own words, where there are any.
    """
    parts = {part.key: part.kind for part in load_profile(draft.profile).parts}
    every = [
        Telling(parts.get(section.key, PartKind.WORK), section.title, sentence.text)
        for section in draft.sections
        for sentence in section.sentences
        if set(sentence.facts) & set(facts)
    ]
    key = line_key(line.text)
    close = [telling for telling in every if share_in(key, bare(telling.text)) >= _TELLS]
    return tuple(close or every)


def place(lines: Sequence[LabelledLine], sheet: FactSheet, draft: Draft) -> tuple[Placed, ...]:
    """Where a draft tells each line."""
    placed = []
    for line in lines:
        facts = facts_of(line, sheet)
        placed.append(Placed(line, bool(facts), tellings_of(line, facts, draft)))
    return tuple(placed)


def harms_of(placed: Placed) -> tuple[tuple[Harm, Telling], ...]:
    """Each harm done to a line, with the first sentence that does it."""
    done = []
    for harm in HARMS:
        if placed.line.kind in harm.kinds:
            guilty = (t for t in placed.tellings if harm.is_done_by(placed.line, t))
            done += [(harm, telling) for telling in (next(guilty, None),) if telling]
    return tuple(done)


def placement_section(tried: Sequence[Tried]) -> Section | None:
    """Where the labelled lines of the sheets went; ``None`` where no sheet is labelled.

    Raises:
        InputError: labels cannot be read.
    """
    labelled = [(item, labels) for item in tried if (labels := beside(item.path, LABELS))]
    if not labelled:
        return None
    told: dict[str, tuple[Placed, ...]] = {}
    unscored = []
    for item, labels in labelled:
        lines = read_lines(labels)
        if item.sheet is None or item.draft is None:
            unscored.append(f"{item.name}：没有成稿，标注的{len(lines)}行未评")
        else:
            told[item.name] = place(lines, item.sheet, item.draft)
    counts = {name: Counter(h.key for p in placed for h, _ in harms_of(p)) for name, placed in
              told.items()}  # fmt: skip
    total = sum(counts.values(), Counter[str]())
    return Section(
        title="各行写在了哪里（照标注）",
        notes=("；".join(f"{h.title}{total[h.key]}行" for h in HARMS) + "。",),
        tables=(_table([p for placed in told.values() for p in placed]),),
        evidence=(*_evidence(told), CaseEvidence("没评成", tuple(unscored))),
        metrics={f"placement.{h.key}": float(total[h.key]) if told else None for h in HARMS},
        scores=tuple(
            DocumentScore(f"placement.{h.key}", name, float(count[h.key]), pool=Pool.SUM)
            for name, count in counts.items()
            for h in HARMS
        ),
    )


def _table(placed: Sequence[Placed]) -> ReportTable:
    rows = []
    for kind in RowKind:
        mine = [p for p in placed if p.line.kind is kind]
        if not mine:
            continue
        read = sum(p.is_read for p in mine)
        written = sum(bool(p.tellings) for p in mine)
        harmed = sum(bool(harms_of(p)) for p in mine)
        rows.append((_TITLES[kind], str(len(mine)), str(read), str(written), str(harmed)))
    return ReportTable(("标注", "行", "读到", "写进稿子", "写错地方"), tuple(rows))


def _evidence(told: dict[str, tuple[Placed, ...]]) -> tuple[CaseEvidence, ...]:
    lines: dict[str, list[str]] = {harm.title: [] for harm in HARMS}
    unread = []
    for name, placed in told.items():
        for one in placed:
            for harm, telling in harms_of(one):
                where = telling.title or "引言"
                lines[harm.title].append(f"{name}：{one.line.text} → {where}：{telling.text}")
            if not one.is_read and one.line.kind is not RowKind.NOTE:
                unread.append(f"{name}：{_TITLES[one.line.kind]}：{one.line.text}")
    return (
        *(CaseEvidence(title, tuple(found)) for title, found in lines.items()),
        CaseEvidence("要点里没读到", tuple(unread)),
    )
