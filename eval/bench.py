"""How fast the rules are: characters a second, growth with length, each rule's share."""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from app.checking.context import CheckContext
from app.checking.engine import load_rules, run_rule, run_rules
from app.checking.profile import Profile, load_profile
from app.checking.recognise import recognise_profile
from app.core.document import Document
from app.core.finding import Finding
from app.text.outline import read_outline
from eval.cases import sample_cases
from eval.report import Section, Table

_CHARS = 4000
_REPEATS = 5
_FACTOR = 100
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
class Speed:
    """What was measured; ``shares`` are seconds a reader or rule took over all reports."""

    chars: int
    chars_per_s: float
    ratio: float
    shares: tuple[tuple[str, float], ...]


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
    outline = read_outline(document)
    chosen = profile or load_profile(recognise_profile(document, outline).name)
    return CheckContext(document, chosen, outline=outline)


def _check(text: str) -> tuple[Finding, ...]:
    return run_rules(_context(text))


def _timed(work: Callable[[], object]) -> float:
    gc.collect()
    start = perf_counter()
    work()
    return perf_counter() - start


def measure(*, repeats: int = _REPEATS, factor: int = _FACTOR) -> Speed:
    """Check the reports in this process; the median of the repeats counts."""
    reports = long_reports()
    chars = sum(map(len, reports))
    for text in reports[:2]:
        _check(text)  # compiles patterns, loads profiles
    seconds = median(_timed(lambda: [_check(text) for text in reports]) for _ in range(repeats))
    text = reports[0]
    once = median(_timed(lambda: _check(text)) for _ in range(max(5, repeats)))
    many = min(_timed(lambda: _check(text * factor)) for _ in range(2))
    return Speed(chars, chars / seconds, many / once, _shares(reports))


def _shares(reports: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
    spent: dict[str, float] = {}

    def add(name: str, work: Callable[[], object]) -> None:
        start = perf_counter()
        work()
        spent[name] = spent.get(name, 0.0) + perf_counter() - start

    for text in reports:
        contexts: list[CheckContext] = []
        add("读取与识别类型", lambda t=text, c=contexts: c.append(_context(t)))  # type: ignore[misc]
        ctx = contexts[0]
        for reader in _READERS:
            add(f"读数：{reader}", lambda c=ctx, r=reader: getattr(c, r))  # type: ignore[misc]
        for rule in load_rules():
            add(rule.meta.code, lambda c=ctx, r=rule: list(run_rule(r, c)))  # type: ignore[misc]
    return tuple(sorted(spent.items(), key=lambda item: -item[1]))


def speed_section(speed: Speed | None = None) -> Section:
    """The measurement as a section of a run."""
    told = speed or measure()
    total = sum(seconds for _, seconds in told.shares)
    rows = tuple(
        (name, f"{1000 * seconds:.1f}", f"{100 * seconds / total:.1f}%")
        for name, seconds in told.shares
    )
    return Section(
        title=f"速度（{_CHARS}字报告，单核）",
        notes=(
            f"全部规则合计每秒{told.chars_per_s:,.0f}字；"
            f"文字增至{_FACTOR}倍，用时为{told.ratio:.1f}倍（应不超过110倍）。",
        ),
        tables=(Table(("读数或规则", "毫秒", "占比"), rows),),
        metrics={"speed.chars_per_s": told.chars_per_s, "speed.ratio": told.ratio},
    )


def main() -> None:
    """Print the measurement: ``python -m eval.bench``."""
    from eval.report import Run, render_text  # noqa: PLC0415  # only when run as a command

    print(render_text(Run("速度", {}, (speed_section(),))))  # noqa: T201  # a command's output


if __name__ == "__main__":
    main()
