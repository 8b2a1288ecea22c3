"""What is read of files as people paste and upload them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import InputError
from eval.first_contact.sheets import EXPECTED, Tried, bare, beside
from eval.report import CaseEvidence, DocumentScore, Pool, ReportTable, Section


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be read of a file, and what must not become a fact.

    Each of ``facts`` lists strings that must stand together in one fact. Where ``unit`` is empty
    or ``year`` 0 nothing is known of it.
    """

    unit: str = ""
    year: int = 0
    facts: tuple[tuple[str, ...], ...] = ()
    noise: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """A file, what was expected of it (``None`` where nobody said) and what went otherwise."""

    tried: Tried
    expected: Expected | None = None
    missed: tuple[tuple[str, ...], ...] = ()
    noise: tuple[str, ...] = ()
    header: tuple[str, ...] = ()


def read_expected(path: Path) -> Expected:
    """The expectations for a file.

    Raises:
        InputError: they cannot be read.
    """
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        return Expected(
            unit=str(row.get("unit") or ""),
            year=int(row.get("year") or 0),
            facts=tuple(_strings(fact["must"]) for fact in row["facts"]),
            noise=_strings(row.get("noise") or ()),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"读不了 {path}，应是带 facts（各有 must）和 noise 的 JSON，请照 docs/eval.md 改正。"
        ) from error


def _strings(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(map(str, value))


def compare(tried: Tried, expected: Expected | None) -> Read:
    """What was read against what was expected; a file that cannot be read misses every fact."""
    if expected is None:
        return Read(tried)
    sheet = tried.sheet
    texts = [bare(fact.shown) for fact in sheet.facts] if sheet else []
    missed = tuple(
        must
        for must in expected.facts
        if not any(all(bare(word) in text for word in must) for text in texts)
    )
    noise = tuple(word for word in expected.noise if any(bare(word) in text for text in texts))
    header = []
    if expected.unit and bare(expected.unit) != bare(sheet.unit if sheet else ""):
        header.append(f"单位应是{expected.unit}，读成{sheet.unit if sheet else '无'}")
    if expected.year and expected.year != (sheet.year if sheet else 0):
        header.append(f"年度应是{expected.year}，读成{sheet.year if sheet else '无'}")
    return Read(tried, expected, missed, noise, tuple(header))


def intake_section(tried: Sequence[Tried]) -> Section:
    """What is read of each file; found and lost where ``X.expected.json`` says what there is.

    Raises:
        InputError: an expectation cannot be read.
    """
    read = []
    for item in tried:
        found = beside(item.path, EXPECTED)
        read.append(compare(item, read_expected(found) if found else None))
    told = [r for r in read if r.expected]
    readable = sum(r.tried.sheet is not None for r in read)
    notes = [f"{len(read)}份，{readable}份读得出要点。"]
    if told:
        wanted, found_facts = sum(map(_wanted, told)), sum(map(_found, told))
        noise = sum(len(r.noise) for r in told)
        notes.append(f"写明应读到的要点{wanted}条，读到{found_facts}条；混进要点的闲话{noise}处。")
    return Section(
        title="来料：粘贴和上传的文件",
        notes=tuple(notes),
        tables=(
            ReportTable(
                ("文件", "读得出", "单位", "年度", "要点", "成稿", "应读到", "读到", "混入"),
                tuple(map(_cells, read)),
            ),
        ),
        evidence=_evidence(read),
        metrics={
            "intake.readable": readable / len(read) if read else None,
            **(_expected_metrics(told) if told else {}),
        },
        scores=tuple(score for r in read for score in _scores(r)),
    )


def _wanted(read: Read) -> int:
    return len(read.expected.facts) if read.expected else 0


def _found(read: Read) -> int:
    return _wanted(read) - len(read.missed)


def _expected_metrics(told: Sequence[Read]) -> dict[str, float | None]:
    wanted = sum(map(_wanted, told))
    return {
        "intake.facts": sum(map(_found, told)) / wanted if wanted else None,
        "intake.noise": float(sum(len(r.noise) for r in told)),
        "intake.headers": float(sum(len(r.header) for r in told)),
    }


def _cells(read: Read) -> tuple[str, ...]:
    sheet = read.tried.sheet
    if sheet is None:
        own: tuple[str, ...] = ("否", "—", "—", "—", "否")
    else:
        drafted = "是" if read.tried.draft else "否"
        own = ("是", sheet.unit or "无", str(sheet.year or "无"), str(len(sheet.facts)), drafted)
    counts = (_wanted(read), _found(read), len(read.noise))
    expected = map(str, counts) if read.expected else ("—",) * len(counts)
    return (read.tried.name, *own, *expected)


def _evidence(read: Sequence[Read]) -> tuple[CaseEvidence, ...]:
    failed = [r for r in read if r.tried.error]
    return (
        CaseEvidence("读不出或写不成", tuple(f"{r.tried.name}：{r.tried.error}" for r in failed)),
        CaseEvidence(
            "没读到的要点",
            tuple(f"{r.tried.name}：{'、'.join(must)}" for r in read for must in r.missed),
        ),
        CaseEvidence(
            "混进要点的闲话", tuple(f"{r.tried.name}：{w}" for r in read for w in r.noise)
        ),
        CaseEvidence(
            "单位、年度不对", tuple(f"{r.tried.name}：{w}" for r in read for w in r.header)
        ),
    )


def _scores(read: Read) -> tuple[DocumentScore, ...]:
    name = read.tried.name
    scores = [DocumentScore("intake.readable", name, float(read.tried.sheet is not None))]
    if read.expected:
        wanted = _wanted(read)
        share = _found(read) / wanted if wanted else None
        scores += [
            DocumentScore("intake.facts", name, share, float(wanted)),
            DocumentScore("intake.noise", name, float(len(read.noise)), pool=Pool.SUM),
            DocumentScore("intake.headers", name, float(len(read.header)), pool=Pool.SUM),
        ]
    return tuple(scores)
