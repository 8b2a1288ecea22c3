"""Cases: a text with the findings it must and may have, read from data sets."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import app
from app import resources
from app.core.document import Document, Span
from app.core.errors import InputError

_DATASETS = Path(__file__).resolve().parent / "datasets"
_GATES = Path(__file__).resolve().parent / "gates"
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Label:
    """A defect: any of ``rules`` at any of ``spans`` finds it.

    Without a place (a missing part) ``spans`` is empty and ``quote`` names what is missing.
    Finding an ``optional`` label is neither right nor wrong.
    """

    rules: tuple[str, ...]
    spans: tuple[Span, ...] = ()
    quote: str = ""
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class TextCase:
    """A text and its labels; ``group`` is the row of the table it is counted in.

    Findings over ``touched`` are consequences of the defects and no false alarms.
    """

    id: str
    group: str
    document: Document
    labels: tuple[Label, ...] = ()
    touched: tuple[Span, ...] = ()
    previous: Document | None = None


def datasets_dir(task: str) -> Path:
    """The folder of a task's data sets."""
    return _DATASETS / task


def dataset_tasks() -> tuple[str, ...]:
    """The tasks that have data sets."""
    return tuple(sorted(path.name for path in _DATASETS.iterdir() if path.is_dir()))


def gates_file(task: str) -> Path:
    """The committed floors of a task."""
    return _GATES / f"{task}.json"


def read_json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-lines file.

    Raises:
        InputError: the file is missing or a line is no JSON object.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")  # a text may hold any mark
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"读不了数据集 {path}，请检查文件是否完整。") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"{path} 第{number}行不是 JSON，请修正后再试。") from error
        if not isinstance(value, dict):
            raise InputError(f"{path} 第{number}行应是一个 JSON 对象，请修正后再试。")
        yield value


def sentence_cases(path: Path) -> tuple[TextCase, ...]:
    """Cases of ``{"text", "rules"}``: each rule must fire, wherever; near misses have none.

    Raises:
        InputError: the file cannot be read.
    """
    cases = []
    for number, row in enumerate(read_json_lines(path), start=1):
        text = str(row["text"])
        everywhere = (Span(0, len(text)),)
        labels = tuple(Label((str(code),), everywhere, text) for code in row["rules"])
        group = labels[0].rules[0] if labels else "近似正确"
        cases.append(TextCase(f"{path.stem}:{number}", group, Document(text), labels))
    return tuple(cases)


def _label(row: Mapping[str, Any]) -> Label:
    has_place = row["start"] is not None
    return Label(
        rules=tuple(row["rule"]),
        spans=(Span(row["start"], row["end"]),) if has_place else (),
        quote=str(row["quote"]),
        is_optional=bool(row.get("optional")),
    )


def corpus_cases(folder: Path) -> tuple[TextCase, ...]:
    """The reports of a labelled corpus: text files and ``labels.jsonl``.

    Raises:
        InputError: a file is missing, or a label does not fit its text.
    """
    rows = list(read_json_lines(folder / "labels.jsonl"))
    cases = []
    for path in sorted(folder.glob("*.txt")):
        text = read_text(path)
        mine = [row for row in rows if row["doc"] == path.name]
        for row in mine:
            if row["start"] is not None and text[row["start"] : row["end"]] != row["quote"]:
                raise InputError(
                    f"{folder / 'labels.jsonl'} 里 {path.name} 的标注“{row['quote']}”与原文"
                    f"第{row['start']}字起的文字对不上，请重新标注。"
                )
        labels = tuple(_label(row) for row in mine)
        cases.append(TextCase(path.name, path.name, Document(text, path=path.name), labels))
    if not cases:
        raise InputError(f"{folder} 里没有 txt 报告，请换一个文件夹。")
    return tuple(cases)


def clean_cases(folder: Path) -> tuple[TextCase, ...]:
    """Texts of a folder that have no defect.

    Raises:
        InputError: there is no text file.
    """
    cases = tuple(
        TextCase(path.name, folder.name, Document(read_text(path), path=path.name))
        for path in sorted(folder.glob("*.txt"))
    )
    if not cases:
        raise InputError(f"{folder} 里没有 txt 文件，请换一个文件夹。")
    return cases


@cache
def sample_cases() -> tuple[TextCase, ...]:
    """The bundled sample reports, which have no defect."""
    return clean_cases(resources.reports_dir())


def read_text(path: Path) -> str:
    """A UTF-8 text with ``\\n`` line ends.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"读不了 {path}，请确认它是 UTF-8 文本。") from error


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def rules_digest() -> str:
    """One hash over the checker and the readers it stands on."""
    folders = [
        Path(app.__file__).parent / name for name in ("checking", "evidence", "language", "report")
    ]
    files = sorted(path for folder in folders for path in folder.rglob("*.py"))
    return digest_text("".join(digest(path) for path in files))


def digest_text(text: str) -> str:
    """SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def compute_manifest(task: str) -> dict[str, str]:
    """The hash of every file of a task's data sets, and of the sample reports it works on."""
    folder = datasets_dir(task)
    own = {
        path.relative_to(folder).as_posix(): digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }
    reports = {
        f"knowledge_base/reports/{path.name}": digest(path)
        for path in sorted(resources.reports_dir().glob("*.txt"))
    }
    return own | reports


def read_manifest(task: str) -> dict[str, str]:
    """The committed hashes."""
    text = (datasets_dir(task) / MANIFEST).read_text(encoding="utf-8")
    return {str(name): str(value) for name, value in json.loads(text)["files"].items()}


def write_manifest(task: str) -> None:
    """Commit to the data sets as they are."""
    payload = {"files": compute_manifest(task)}
    text = json.dumps(payload, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (datasets_dir(task) / MANIFEST).write_text(text, encoding="utf-8")
