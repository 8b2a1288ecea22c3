"""The same report written otherwise: which share of the findings is kept."""

import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from app.core.document import Document
from app.core.finding import Finding, Severity
from eval.cases import TextCase
from eval.report import CaseEvidence, ReportTable, Section, show_share
from eval.systems import System

_DIGITS = "零一二三四五六七八九"
_COUNT = re.compile(
    r"(?<![\d.·～-])(?P<value>[1-9]\d{0,3})(?=[件起处个名人批次场份户家台支辆路所]|人次)"
)
_SUBHEADING = re.compile(r"(?m)^(?P<indent>[\s　]*)（(?P<number>[一二三四五六七八九])）")
_FIGURE_HEADING = re.compile(r"(?m)^[\s　]*\d{1,2}[.．、]")
_AROUND_DIGITS = re.compile(r"(?<=[\u4e00-\u9fff])(?=\d)|(?<=\d)(?=[\u4e00-\u9fff])")
_DIGITS_BEFORE_UNIT = re.compile(
    r"(?<=[\u4e00-\u9fff])\d{2,}(?:\.\d+)?(?=[件起处个名人次批万亿元%年月])"
)
_HALF = str.maketrans("，；：（）？！", ",;:()?!")
_FULL = str.maketrans("0123456789%.", "０１２３４５６７８９％．")
_WRAP = 38
_FORM_RULES = ("LA", "ST06")


def full_width_digits(document: Document) -> Document:
    """３６件."""
    return replace(document, text=document.text.translate(_FULL))


def in_chinese(value: int) -> str:
    """A number below 10,000 in Chinese characters."""
    text = ""
    was_skipped = False
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, power)
        if digit:
            text += ("零" if was_skipped and text else "") + _DIGITS[digit] + name
        was_skipped = not digit
    return text[1:] if text.startswith("一十") else text


def chinese_numerals(document: Document) -> Document:
    """三十六件."""
    text = _COUNT.sub(lambda m: in_chinese(int(m["value"])), document.text)
    return replace(document, text=text)


def half_width_punctuation(document: Document) -> Document:
    """A report typed with the other keyboard."""
    return replace(document, text=document.text.translate(_HALF))


def other_headings(document: Document) -> Document:
    """1. in the place of （一）, in reports that do not number with figures below it."""
    if _FIGURE_HEADING.search(document.text):
        return document

    def numbered(found: re.Match[str]) -> str:
        return f"{found['indent']}{_DIGITS.index(found['number'])}．"

    return replace(document, text=_SUBHEADING.sub(numbered, document.text))


def broken_lines(document: Document) -> Document:
    """Printed lines: every paragraph indented and broken at one width."""
    lines = []
    for line in document.text.split("\n"):
        bare = line.strip("　 ")
        if len(bare) <= _WRAP or not bare.endswith(("。", "；", "：")):
            lines.append(line)
            continue
        lines.append("　　" + bare[: _WRAP - 2])
        rest = bare[_WRAP - 2 :]
        lines += [rest[i : i + _WRAP] for i in range(0, len(rest), _WRAP)]
    return replace(document, text="\n".join(lines))


def spaced_figures(document: Document) -> Document:
    """共 36 件."""
    return replace(document, text=_AROUND_DIGITS.sub(" ", document.text))


def spread_figures(document: Document) -> Document:
    """共 3 6 件, as some PDF files give their text."""
    return replace(document, text=_DIGITS_BEFORE_UNIT.sub(_spread, document.text))


def _spread(found: re.Match[str]) -> str:
    return f" {' '.join(found.group())} "


def as_word(document: Document) -> Document:
    """Written to a Word file and read back."""
    import docx  # noqa: PLC0415  # heavy
    from docx.shared import Pt  # noqa: PLC0415

    from app.formats import read_bytes  # noqa: PLC0415

    word = docx.Document()
    for line in document.text.split("\n"):
        if line.strip():
            word.add_paragraph(line.strip("　 ")).paragraph_format.first_line_indent = Pt(24)
    data = io.BytesIO()
    word.save(data)
    return read_bytes(data.getvalue(), "report.docx")


def as_pdf(document: Document) -> Document:
    """Printed to a PDF file and read back."""
    from app.formats import read_bytes  # noqa: PLC0415
    from eval.as_pdf import make_pdf  # noqa: PLC0415

    return read_bytes(make_pdf(document.text), "report.pdf")


Transformation = Callable[[Document], Document]
TRANSFORMATIONS: Mapping[str, Transformation] = {
    "全角数字": full_width_digits,
    "汉字数字": chinese_numerals,
    "半角标点": half_width_punctuation,
    "另一种标题编号": other_headings,
    "硬换行": broken_lines,
    "数字两侧加空格": spaced_figures,
    "数字逐位空开": spread_figures,
    "Word文件": as_word,
    "PDF文件": as_pdf,
}
_SAMPLED = {"PDF文件": 4}  # every fourth report: a PDF takes a second to read


@dataclass(frozen=True, slots=True)
class TransformResult:
    """What one transformation did to the findings."""

    name: str
    base: int
    kept: int
    lost: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def share(self) -> float | None:
        """Of the findings on the text as it was."""
        return self.kept / self.base if self.base else None


def _weighty(findings: Iterable[Finding]) -> list[Finding]:
    return [
        f
        for f in findings
        if f.severity.rank >= Severity.WARNING.rank and not f.rule.startswith(_FORM_RULES)
    ]


def compare(system: System, cases: Iterable[TextCase]) -> tuple[TransformResult, ...]:
    """Check every case as it is and transformed; findings are compared rule by rule."""
    items = tuple(cases)
    bases = [_weighty(system.run(case).findings) for case in items]
    rows = []
    for name, transform in TRANSFORMATIONS.items():
        base = kept = 0
        lost: list[str] = []
        new: list[str] = []
        pairs = list(zip(items, bases, strict=True))
        for case, before in pairs[:: _SAMPLED.get(name, 1)]:
            previous = case.previous and transform(case.previous)
            changed = replace(case, document=transform(case.document), previous=previous)
            after = _weighty(system.run(changed).findings)
            was, now = Counter(f.rule for f in before), Counter(f.rule for f in after)
            base += was.total()
            kept += (was & now).total()
            lost += _tell(case.id, before, was - now)
            new += _tell(case.id, after, now - was)
        rows.append(TransformResult(name, base, kept, tuple(lost), tuple(new)))
    return tuple(rows)


def _tell(case_id: str, findings: list[Finding], rules: Counter[str]) -> list[str]:
    return [
        f"{case_id}：{f.rule}：{f.quote[:40]}：{f.message[:80]}".replace("\n", "⏎")
        for f in findings
        if rules[f.rule]
    ]


def robustness_section(system: System, cases: Iterable[TextCase]) -> Section:
    """The comparison as a section of a run."""
    rows = compare(system, cases)
    return Section(
        title="稳健性：换一种写法，发现保留多少",
        tables=(
            ReportTable(
                ("写法", "原有发现", "保留", "保留率", "新增"),
                tuple(
                    (r.name, str(r.base), str(r.kept), show_share(r.share), str(len(r.new)))
                    for r in rows
                ),
            ),
        ),
        evidence=tuple(
            part
            for r in rows
            for part in (
                CaseEvidence(f"{r.name}·丢失", r.lost),
                CaseEvidence(f"{r.name}·新增", r.new),
            )
        ),
        metrics={f"robustness.{r.name}": r.share for r in rows},
    )
