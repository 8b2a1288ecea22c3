"""Metrics of drafts: pure functions ``(case, output) -> Score``.

None of them asks the product's own readers or grounding: they read with :mod:`eval.reading` and
compare with what people wrote down of each sheet. Only :func:`checker_errors` is the product's.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from eval.cases import sample_cases
from eval.draft_cases import DraftCase, DraftOutput, ExpectedFact, ExpectedFigure, foreign_names
from eval.draft_claims import excerpt_at, residue, unsupported_claims
from eval.metrics import Score
from eval.reading import ReadFigure, figures, plain

_SENTENCE_END = re.compile(r"[。！？\n]+")
_CLAUSE_END = re.compile(r"[，。；;、！？：:（）()\n]")
_COPIED = 20
_EVIDENCE = 60


DraftMetric = Callable[[DraftCase, DraftOutput], Score]


@dataclass(frozen=True, slots=True)
class _Place:
    """A figure in a draft, its clause, and its sentence with the one before."""

    figure: ReadFigure
    clause: str
    sentence: str
    around: str
    shown: str


def _bare(case: DraftCase, text: str) -> str:
    """The text without names that hold digits, the unit, and the date of the signature."""
    text = plain(text)
    if case.sheet.date:
        text = text.replace(plain(case.sheet.date), "□")
    for name in sorted((*case.names, case.sheet.unit), key=len, reverse=True):
        if any(char.isdigit() for char in name):
            text = text.replace(name, "□" * len(name))
    return text


@lru_cache(maxsize=512)
def _places(case: DraftCase, text: str) -> tuple[_Place, ...]:
    return tuple(_find_places(_bare(case, text)))


def _find_places(text: str) -> Iterator[_Place]:
    before = ""
    start = 0
    ends = [found.span() for found in _SENTENCE_END.finditer(text)] + [(len(text), len(text))]
    for end, following in ends:
        sentence = text[start:end]
        found = figures(sentence)
        for index, figure in enumerate(found):
            left = found[index - 1].end if index else 0
            right = found[index + 1].start if index + 1 < len(found) else len(sentence)
            stop = _CLAUSE_END.search(sentence, figure.end, right)
            clause = sentence[left : stop.start() if stop else right]
            yield _Place(figure, clause, sentence, before + sentence, _mark(sentence, figure))
        if sentence.strip():
            before = sentence
        start = following


def _mark(sentence: str, figure: ReadFigure) -> str:
    left, right = max(0, figure.start - _EVIDENCE // 2), figure.end + _EVIDENCE // 3
    return (
        f"{sentence[left : figure.start]}⟦{sentence[figure.start : figure.end]}⟧"
        f"{sentence[figure.end : right]}"
    ).strip()


def _is_at(place: _Place, bullet: ExpectedFact, told: ExpectedFigure) -> bool:
    """True where the figure stands by the thing it belongs to."""
    if not place.figure.fits(told.figure):
        return False
    if bullet.topic and not any(word in place.around for word in bullet.topic):
        return False
    scope = place.sentence if told.is_anywhere else place.clause
    return any(word in scope for word in told.anchors)


def _is_year(case: DraftCase, figure: ReadFigure) -> bool:
    return figure.unit == "年" and figure.value == case.sheet.year


def _wanted(case: DraftCase) -> list[tuple[ExpectedFact, ExpectedFigure]]:
    return [(bullet, told) for bullet in case.bullets for told in bullet.figures]


def _known_values(case: DraftCase) -> frozenset[object]:
    if case.is_labelled:
        return frozenset(told.figure.value for _, told in _wanted(case))
    return frozenset(figure.value for figure in figures(_bare(case, case.text)))


def unsourced_figures(case: DraftCase, output: DraftOutput) -> Score:
    """Figures whose value no fact gives; ``units`` counts the figures of the draft."""
    known = _known_values(case)
    places = _places(case, output.text)
    wrong = [
        place.shown
        for place in places
        if place.figure.value not in known
        and not place.figure.is_loose
        and not _is_year(case, place.figure)
    ]
    return Score(float(len(wrong)), len(places), tuple(wrong))


def altered_facts(case: DraftCase, output: DraftOutput) -> Score:
    """Given values told of another thing, in another unit or more or less exactly than given."""
    if not case.is_labelled:
        return Score(None, 0)
    wanted, known = _wanted(case), _known_values(case)
    places = _places(case, output.text)
    wrong = [
        place.shown
        for place in places
        if place.figure.value in known
        and not place.figure.is_loose
        and not _is_year(case, place.figure)
        and not any(_is_at(place, bullet, told) for bullet, told in wanted)
    ]
    return Score(float(len(wrong)), len(places), tuple(wrong))


def coverage(case: DraftCase, output: DraftOutput) -> Score:
    """The share of the facts that are wholly told: every figure in place, every word there."""
    if not case.is_labelled:
        return Score(None, 0)
    places = _places(case, output.text)
    text = plain(output.text)
    lost = [
        f"{bullet.text[:_EVIDENCE]}——缺：{'、'.join(missing)}"
        for bullet in case.bullets
        if (missing := _missing(bullet, places, text))
    ]
    units = len(case.bullets)
    return Score(1 - len(lost) / units if units else None, units, tuple(lost))


def _missing(bullet: ExpectedFact, places: tuple[_Place, ...], text: str) -> list[str]:
    figures_lost = [
        _name(told) for told in bullet.figures if not any(_is_at(p, bullet, told) for p in places)
    ]
    words_lost = [
        "／".join(words) for words in bullet.words if not any(word in text for word in words)
    ]
    return figures_lost + words_lost


def _name(told: ExpectedFigure) -> str:
    figure = told.figure
    return f"{told.anchors[0]}{figure.bound}{figure.value:f}{figure.unit}"


def lost_figures(case: DraftCase, output: DraftOutput) -> Score:
    """Given figures that the draft does not tell at all, wherever; ``units`` counts the given."""
    given = (
        [told.figure for _, told in _wanted(case)]
        if case.is_labelled
        else [f for f in figures(_bare(case, case.text)) if not f.is_loose]
    )
    told = {place.figure.value for place in _places(case, output.text)}
    lost = tuple(f"{f.bound}{f.value:f}{f.unit}" for f in given if f.value not in told)
    return Score(float(len(lost)), len(given), lost)


def foreign(case: DraftCase, output: DraftOutput) -> Score:
    """Names of past reports that this unit's facts do not hold."""
    own = _own_text(case)
    found = [name for name in foreign_names() if name in output.text and name not in own]
    lines = tuple(excerpt_at(output.text, output.text.index(name), len(name)) for name in found)
    return Score(float(sum(output.text.count(name) for name in found)), len(output.text), lines)


@lru_cache(maxsize=64)
def _own_text(case: DraftCase) -> str:
    """What may be named: the unit's facts, and its own past reports."""
    unit = case.sheet.unit
    past = (c.document.text for c in sample_cases() if Path(c.id).stem.endswith(f"_{unit}"))
    return "".join((case.text, unit, case.sheet.title, *past))


@cache
def _known_runs() -> frozenset[str]:
    runs: set[str] = set()
    for case in sample_cases():
        text = _masked(case.document.text)
        runs |= {text[i : i + _COPIED] for i in range(len(text) - _COPIED + 1)}
    return frozenset(runs)


def _masked(text: str) -> str:
    return re.sub(r"\d+(?:\.\d+)?", "0", plain(re.sub(r"\s+", "", text)))


def copied_share(case: DraftCase, output: DraftOutput) -> Score:
    """The share of the characters in runs of 20 that stand in a past report, figures masked."""
    text, own = _masked(output.text), _masked(case.text)
    known = _known_runs()
    copied: set[int] = set()
    for start in range(len(text) - _COPIED + 1):
        run = text[start : start + _COPIED]
        if run in known and run not in own:
            copied |= set(range(start, start + _COPIED))
    lines = tuple(text[a:b] for a, b in _stretches(sorted(copied)))
    return Score(len(copied) / len(text) if text else None, len(text), lines)


def _stretches(places: list[int]) -> Iterator[tuple[int, int]]:
    start = None
    for index, place in enumerate(places):
        if start is None:
            start = place
        if index + 1 == len(places) or places[index + 1] != place + 1:
            yield start, place + 1
            start = None


def prompt_leaks(case: DraftCase, output: DraftOutput) -> Score:
    """Names and figures of past reports in what was sent to the model."""
    if not output.prompts:
        return Score(None, 0)
    own, known = _own_text(case), _known_values(case)
    told: list[str] = []
    for prompt in output.prompts:
        told += [
            excerpt_at(prompt, prompt.index(name), len(name))
            for name in foreign_names()
            if name in prompt and name not in own
        ]
        told += [
            place.shown
            for place in _places(case, _passages_of(prompt))
            if place.figure.value not in known and not place.figure.is_loose
        ]
    return Score(float(len(told)), len(output.prompts), tuple(told))


def _passages_of(prompt: str) -> str:
    found = re.search(r"<参考>\n(.*?)\n</参考>", prompt, re.DOTALL)
    return found[1] if found else ""


def checker_errors(case: DraftCase, output: DraftOutput) -> Score:
    """Errors that the product's own checker finds in the draft, read against the sheet."""
    from eval.draft_systems import check_draft  # noqa: PLC0415  # loads the rules

    found = check_draft(case, output.text)
    lines = tuple(f"{f.rule}：{f.quote[:40]}：{f.message[:80]}".replace("\n", "⏎") for f in found)
    return Score(float(len(found)), len(output.text), lines)


def length(_: DraftCase, output: DraftOutput) -> Score:
    """Characters of the report."""
    return Score(float(len(output.text)), 1)


def seconds(_: DraftCase, output: DraftOutput) -> Score:
    """Wall time of the report."""
    return Score(output.seconds, 1)


def prompt_tokens(_: DraftCase, output: DraftOutput) -> Score:
    """Tokens sent."""
    return Score(float(output.prompt_tokens), 1)


def completion_tokens(_: DraftCase, output: DraftOutput) -> Score:
    """Tokens received."""
    return Score(float(output.completion_tokens), 1)


# Counts are added up over the cases, shares and the rest are averaged by their weight.
COUNTED: Mapping[str, tuple[str, DraftMetric]] = {
    "unsourced": ("无出处数字", unsourced_figures),
    "altered": ("改动的事实", altered_facts),
    "foreign": ("别家名称", foreign),
    "claims": ("无依据说法", unsupported_claims),
    "residue": ("格式残留", residue),
    "checker_errors": ("核查错误", checker_errors),
    "lost_figures": ("漏掉的数字", lost_figures),
    "prompt_leaks": ("提示词泄露", prompt_leaks),
}
AVERAGED: Mapping[str, tuple[str, DraftMetric]] = {
    "coverage": ("要点写全", coverage),
    "copied": ("照抄比例", copied_share),
    "length": ("字数", length),
    "seconds": ("秒", seconds),
    "prompt_tokens": ("输入词元", prompt_tokens),
    "completion_tokens": ("输出词元", completion_tokens),
}


def score(case: DraftCase, output: DraftOutput) -> dict[str, Score]:
    """Every metric of one draft; all of them unscored where there is none."""
    metrics = {**COUNTED, **AVERAGED}
    if output.error:
        return {name: Score(None, 0) for name in metrics}
    return {name: metric(case, output) for name, (_, metric) in metrics.items()}
