"""Fact sheets and what a draft of each must and may say, read from the data set by hand made."""

import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from app.core.errors import InputError
from app.core.facts import FactSheet
from app.formats.fact_files import read_fact_sheet
from eval.cases import datasets_dir
from eval.reading import ReadFigure, read_one

TASK = "draft"
_WHERE = re.compile(r"(?P<figure>[^=~]+)(?P<near>[=~])(?P<anchors>.+)")


@dataclass(frozen=True, slots=True)
class ExpectedFigure:
    """A figure of a bullet; one of ``anchors`` must stand beside it.

    Beside means in its own clause, or with ``is_anywhere`` in its sentence (for 分别 lists).
    """

    figure: ReadFigure
    anchors: tuple[str, ...]
    is_anywhere: bool = False


@dataclass(frozen=True, slots=True)
class ExpectedFact:
    """What one fact says: its figures, and words of which each must be told somewhere.

    One of ``topic`` must stand in the sentence of a figure or in the one before it.
    """

    text: str
    topic: tuple[str, ...]
    figures: tuple[ExpectedFigure, ...]
    words: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class DraftCase:
    """A fact sheet with its labels. ``claims`` are what may be said not to have happened, to
    have been won, or to be first; ``names`` may hold digits that count nothing."""

    id: str
    sheet: FactSheet
    text: str
    bullets: tuple[ExpectedFact, ...] = ()
    claims: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """The type of unit."""
        return self.sheet.unit_type or self.id.partition("-")[0]

    @property
    def is_labelled(self) -> bool:
        """False for a stranger's own sheet, of which only the figures are known."""
        return bool(self.bullets)


@dataclass(frozen=True, slots=True)
class DraftOutput:
    """What a system wrote; ``error`` tells why it wrote nothing.

    ``prompts`` are what it sent to a model, where that could be recorded.
    """

    text: str = ""
    seconds: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    calls: int = 0
    error: str = ""
    prompts: tuple[str, ...] = field(default=(), repr=False)


def _told(label: str, path: Path) -> ExpectedFigure:
    found = _WHERE.fullmatch(label)
    try:
        if found is None:
            raise ValueError(label)
        figure = read_one(found["figure"])
    except ValueError as error:
        raise InputError(
            f"{path} 的标注“{label}”写法不对，应像“192件=排查/纠纷”，请改正。"
        ) from error
    return ExpectedFigure(figure, tuple(found["anchors"].split("/")), found["near"] == "~")


def _bullet(row: dict[str, Any], text: str, path: Path) -> ExpectedFact:
    return ExpectedFact(
        text=text,
        topic=tuple(row["topic"]),
        figures=tuple(_told(str(label), path) for label in row["figures"]),
        words=tuple(tuple(str(word).split("/")) for word in row["words"]),
    )


def read_case(sheet_path: Path, labels_path: Path | None = None) -> DraftCase:
    """One fact sheet, with its labels where there are any.

    Raises:
        InputError: the sheet cannot be read, or the labels do not fit it.
    """
    sheet = read_fact_sheet(sheet_path)
    text = "\n".join(fact.text for fact in sheet.facts)
    if labels_path is None:
        return DraftCase(sheet_path.stem, sheet, text)
    try:
        row = json.loads(labels_path.read_text(encoding="utf-8"))
        rows = list(row["bullets"])
        if len(rows) != len(sheet.facts):
            raise InputError(
                f"{labels_path} 标了{len(rows)}条要点，{sheet_path.name} 里有{len(sheet.facts)}条，"
                "请一条对一条地标。"
            )
        bullets = tuple(
            _bullet(one, fact.text, labels_path)
            for one, fact in zip(rows, sheet.facts, strict=True)
        )
        claims, names = tuple(row["claims"]), tuple(row["names"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"读不了标注 {labels_path}，请检查它的写法。") from error
    return DraftCase(sheet_path.stem, sheet, text, bullets, claims, names)


@cache
def draft_cases() -> tuple[DraftCase, ...]:
    """The bundled sheets, one of each type of unit in turn, so that the first few are a sample."""
    folder = datasets_dir(TASK)
    cases = [
        read_case(path, folder / "labels" / f"{path.stem}.json")
        for path in (folder / "sheets").glob("*.txt")
    ]
    return tuple(sorted(cases, key=lambda c: (c.id.rpartition("-")[2], c.id)))


@dataclass(frozen=True, slots=True)
class OwnCases:
    """A stranger's fact sheets, and the files of the folder that are none."""

    cases: tuple[DraftCase, ...]
    skipped: tuple[str, ...]


def own_cases(folder: Path) -> OwnCases:
    """The fact sheets of a folder; ``labels/<name>.json`` beside them are taken where they are.

    Raises:
        InputError: labels do not fit their sheet.
    """
    cases, skipped = [], []
    for path in sorted(folder.iterdir()):
        is_sheet = path.suffix.lower() in (".txt", ".md", ".docx", ".xlsx") and path.is_file()
        if not is_sheet or path.name.startswith((".", "~")):
            continue
        try:
            case = read_case(path)
        except InputError:
            skipped.append(path.name)
            continue
        labels = folder / "labels" / f"{path.stem}.json"
        cases.append(read_case(path, labels) if labels.is_file() else case)
    return OwnCases(tuple(cases), tuple(skipped))


@cache
def foreign_names() -> tuple[str, ...]:
    """Names of the sample reports, which belong to no one else's draft."""
    lines = (datasets_dir(TASK) / "foreign.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))
