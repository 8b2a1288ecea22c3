"""Systems under test: anything that says findings about a text."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Protocol

from app.checking.context import CheckContext
from app.checking.engine import CRASH_CODE, load_rules, run_rules
from app.core.document import Span
from app.core.finding import Finding, Severity
from app.language.view import TextView
from app.report.profile import load_profile
from app.report.recognise import recognise_profile
from eval.cases import TextCase
from eval.metrics import Output


class System(Protocol):
    """What can be evaluated on texts."""

    @property
    def name(self) -> str:
        """The column it is told in."""

    def run(self, case: TextCase) -> Output:
        """Check one text."""


class CheckerSystem:
    """The product's checker, with the profile it would choose itself."""

    name = "pingan"

    @cached_property
    def rules(self) -> frozenset[str]:
        """The codes of the rules there are."""
        return frozenset(rule.meta.code for rule in load_rules())

    def run(self, case: TextCase) -> Output:
        """Check one text; the first rule that crashes is told as the error."""
        findings = run_rules(self.context(case))
        crash = next((f.message for f in findings if f.rule == CRASH_CODE), "")
        return Output(findings, crash)

    @staticmethod
    def context(case: TextCase) -> CheckContext:
        """What the rules will see."""
        view = TextView(case.document)
        profile = load_profile(recognise_profile(view).name)
        return CheckContext(case.document, profile, outline=view.outline, previous=case.previous)


_BASELINE = (
    ("PH01", re.compile(r"[XxＸ×*]{2,}|20[Xx]{2}|某某+|_{3,}|（\s+）|【待[补核]")),
    ("PH02", re.compile(r"##\w+##|<[a-z/]+>|&nbsp;|此处填写|下载后")),
    ("CO04", re.compile(r"([\u4e00-\u9fff]{2,6})\1")),
    ("LA02", re.compile("，，|。。|，。|、，|；；")),
)
_RATE = re.compile(r"率(?:为|达到?)?(\d+(?:\.\d+)?)%")
_FULL = 100
_WHOLE_REPORT = 800
_PAIR = re.compile(
    r"(?:排查|发现|受理)[^，。\d]{0,10}(\d+)([件处起个])[，、](?:已|成功|全部)?(?:化解|整改|办结)(\d+)\2"
)
_SECTIONS = (("存在问题", "问题|不足|短板|差距"), ("下一步打算", "下一步|打算|今后|明年"))


class RegexBaseline:
    """A page of regular expressions: what an afternoon's work would find."""

    name = "正则基线"

    def run(self, case: TextCase) -> Output:
        """Search the text."""
        return Output(tuple(self._search(case.document.text)))

    def _search(self, text: str) -> Iterator[Finding]:
        for code, pattern in _BASELINE:
            for found in pattern.finditer(text):
                yield _finding(code, text, found.span())
        for found in _RATE.finditer(text):
            if float(found[1]) > _FULL:
                yield _finding("NU07", text, found.span())
        for found in _PAIR.finditer(text):
            if int(found[3]) > int(found[1]):
                yield _finding("NU02", text, found.span())
        for part, words in _SECTIONS if len(text) > _WHOLE_REPORT else ():
            if not re.search(words, text):
                yield _finding("ST01", text, (len(text), len(text)), part)


def _finding(code: str, text: str, place: tuple[int, int], part: str = "") -> Finding:
    span = Span(*place)
    return Finding(code, "baseline", Severity.ERROR, span, span.of(text), part, {"part": part})
