"""Seeded generation of mutants: the same seed gives the same texts on every machine."""

from collections.abc import Iterator, Sequence
from functools import cache
from random import Random

from app import resources
from eval.cases import TextCase, read_text
from eval.mutations import claims, marks, numbers, parts, topics, words
from eval.mutations.edit import CleanReport, DefectKind, Planned, build, clash

KINDS: tuple[DefectKind, ...] = (
    *numbers.KINDS,
    *claims.KINDS,
    *parts.KINDS,
    *topics.KINDS,
    *marks.KINDS,
    *words.KINDS,
)
PER_KIND = 12
COMBINED = 48
_LEAST, _MOST = 3, 5
_TRIES = 12


@cache
def sample_sources() -> tuple[CleanReport, ...]:
    """The bundled sample reports, those of the second year with the first year's beside them."""
    paths = sorted(resources.reports_dir().glob("*.txt"))
    texts = {path.stem: read_text(path) for path in paths}
    return tuple(CleanReport(name, text, _earlier(name, texts)) for name, text in texts.items())


def _earlier(name: str, texts: dict[str, str]) -> str | None:
    year, _, unit = name.partition("_")
    return texts.get(f"{int(year) - 1}_{unit}")


def _draw(
    kind: DefectKind, sources: Sequence[CleanReport], seed: int, count: int
) -> Iterator[TextCase]:
    """Up to ``count`` mutants of a kind, taken from the reports in turn."""
    rng = Random(f"{seed}/{kind.name}")  # noqa: S311  # reproducible, not secret
    piles = []
    for source in sources:
        edits = list(kind.find(source, rng))
        rng.shuffle(edits)
        piles.append((source, edits))
    rng.shuffle(piles)
    drawn = 0
    while drawn < count and any(edits for _, edits in piles):
        for source, edits in piles:
            if edits and drawn < count:
                drawn += 1
                case_id = f"{kind.name}/{drawn}/{source.name}"
                yield build(source, [Planned(kind, edits.pop())], case_id=case_id, group=kind.name)


def mutants(
    *,
    seed: int = 0,
    per_kind: int = PER_KIND,
    kinds: Sequence[DefectKind] = KINDS,
    sources: Sequence[CleanReport] | None = None,
) -> tuple[TextCase, ...]:
    """Reports with one defect each."""
    reports = sample_sources() if sources is None else sources
    return tuple(case for kind in kinds for case in _draw(kind, reports, seed, per_kind))


def combined(
    *,
    seed: int = 0,
    count: int = COMBINED,
    kinds: Sequence[DefectKind] = KINDS,
    sources: Sequence[CleanReport] | None = None,
) -> tuple[TextCase, ...]:
    """Reports with three to five defects of different kinds, far enough apart to be told."""
    reports = sample_sources() if sources is None else sources
    rng = Random(f"{seed}/combined")  # noqa: S311  # reproducible, not secret
    cases = []
    for number in range(count):
        source = reports[number % len(reports)]
        planned = _plan(source, rng, kinds)
        names = "+".join(item.kind.name for item in planned)
        case_id = f"combined/{number + 1}/{source.name}/{names}"
        cases.append(build(source, planned, case_id=case_id, group=f"{len(planned)}处"))
    return tuple(cases)


def _plan(source: CleanReport, rng: Random, kinds: Sequence[DefectKind]) -> list[Planned]:
    wanted = rng.randint(_LEAST, _MOST)
    planned: list[Planned] = []
    for kind in rng.sample(kinds, len(kinds)):
        edits = list(kind.find(source, rng))
        rng.shuffle(edits)
        for edit in edits[:_TRIES]:
            if not any(clash(edit, item.edit, source.text) for item in planned):
                planned.append(Planned(kind, edit))
                break
        if len(planned) == wanted:
            break
    return planned
