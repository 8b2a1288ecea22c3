"""How fast the rules are: characters a second, growth with length, each rule's share."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median
from time import process_time

from app.checking.context import CheckContext
from app.checking.engine import load_rules, run_rule, run_rules
from app.checking.rule import Rule
from app.core.document import Document
from app.core.finding import Finding
from app.language.view import TextView
from app.report.profile import Profile, load_profile
from app.report.recognise import recognise_profile
from eval.cases import sample_cases
from eval.report import ReportTable, Section

_CHARS = 4000
_REPEATS = 5
_FACTOR = 100
_NOISE_S = 0.0002
_READERS = (
    "outline",
    "paragraphs",
    "sentences",
    "quantities",
    "enumerations",
    "part_groups",
    "parts",
)


@dataclass(frozen=True, slots=True)
class Share:
    """Seconds a reader or rule took over all reports.

    ``growth`` is its time on the long text over its time on one report, where that is no noise.
    """

    name: str
    seconds: float
    growth: float | None


@dataclass(frozen=True, slots=True)
class Speed:
    """What was measured, in processor time, so that other work on the machine matters little."""

    chars: int
    chars_per_s: float
    ratio: float
    shares: tuple[Share, ...]


def long_reports() -> tuple[str, ...]:
    """Reports of 4,000 characters: each sample with the paragraphs of the next one in its body."""
    texts = [case.document.text for case in sample_cases()]
    made = []
    for text, other in zip(texts, texts[1:] + texts[:1], strict=True):
        body = [line for line in other.split("\n") if len(line) > 60]
        head, _, tail = text.rpartition("\n\n")
        filler = "\n".join(body)[: max(0, _CHARS - len(text) - 1)]
        made.append(f"{head}\n{filler}\n\n{tail}")
    return tuple(made)


def _context(text: str, profile: Profile | None = None) -> CheckContext:
    document = Document(text)
    view = TextView(document)
    chosen = profile or load_profile(recognise_profile(view).name)
    return CheckContext(document, chosen, outline=view.outline)


def check_text(text: str) -> tuple[Finding, ...]:
    """Run all rules, under the profile that the text is recognised for."""
    return run_rules(_context(text))


def _timed(work: Callable[[], object]) -> float:
    start = process_time()
    work()
    return process_time() - start


def measure(*, repeats: int = _REPEATS, factor: int = _FACTOR) -> Speed:
    """Check the reports in this process; the median of the repeats counts."""
    reports = long_reports()
    chars = sum(map(len, reports))
    for text in reports[:2]:
        check_text(text)  # compiles patterns, loads profiles
    seconds = median(_timed(lambda: [check_text(text) for text in reports]) for _ in range(repeats))
    text = reports[0]
    once = median(_timed(lambda: check_text(text)) for _ in range(max(5, repeats)))
    many = median(_timed(lambda: check_text(text * factor)) for _ in range(3))
    return Speed(chars, chars / seconds, many / once, _shares(reports, factor))


def _run(rule: Rule, ctx: CheckContext) -> list[Finding]:
    return list(run_rule(rule, ctx))


def _spent(text: str) -> dict[str, float]:
    """Seconds each reader and each rule takes on one text."""
    spent: dict[str, float] = {}
    contexts: list[CheckContext] = []
    spent["读取与识别类型"] = _timed(lambda: contexts.append(_context(text)))
    ctx = contexts[0]
    for reader in _READERS:
        spent[f"读数：{reader}"] = _timed(partial(getattr, ctx, reader))
    for rule in load_rules():
        spent[rule.meta.code] = _timed(partial(_run, rule, ctx))
    return spent


def _shares(reports: tuple[str, ...], factor: int) -> tuple[Share, ...]:
    spent = [_spent(text) for text in reports]
    once = [_spent(reports[0]) for _ in range(_REPEATS)]
    many = _spent(reports[0] * factor)
    shares = []
    for name in spent[0]:
        seconds = sum(one[name] for one in spent)
        alone = median(one[name] for one in once)
        growth = many[name] / alone if alone > _NOISE_S else None
        shares.append(Share(name, seconds, growth))
    return tuple(sorted(shares, key=lambda share: -share.seconds))


def speed_section(speed: Speed | None = None) -> Section:
    """The measurement as a section of a run."""
    told = speed or measure()
    total = sum(share.seconds for share in told.shares)
    rows = tuple(
        (
            share.name,
            f"{1000 * share.seconds:.1f}",
            f"{100 * share.seconds / total:.1f}%",
            "—" if share.growth is None else f"{share.growth:.0f}",
        )
        for share in told.shares
    )
    return Section(
        title=f"速度（{_CHARS}字报告，单核）",
        notes=(
            f"全部规则合计每秒{told.chars_per_s:,.0f}字；"
            f"文字增至{_FACTOR}倍，用时为{told.ratio:.1f}倍（应不超过110倍）。",
        ),
        tables=(ReportTable(("读数或规则", "毫秒", "占比", f"{_FACTOR}倍文字用时倍数"), rows),),
        metrics={"speed.chars_per_s": told.chars_per_s, "speed.ratio": told.ratio},
    )
