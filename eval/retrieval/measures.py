"""nDCG, recall and reciprocal rank of a ranking, with bootstrap intervals over queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np

DEPTH = 5
RELEVANT = 2
MEASURES = ("ndcg", "recall", "mrr")
MEASURE_TITLES = {"ndcg": f"nDCG@{DEPTH}", "recall": f"召回@{DEPTH}", "mrr": "MRR"}
_SAMPLES = 2000


def ndcg(ranking: Sequence[str], grades: Mapping[str, int], depth: int = DEPTH) -> float:
    """Discounted gain ``2^grade − 1`` of the first ``depth`` over that of the best order."""
    gains = [2 ** grades.get(key, 0) - 1 for key in ranking[:depth]]
    ideal = sorted((2**value - 1 for value in grades.values()), reverse=True)[:depth]
    best = _discounted(ideal)
    return _discounted(gains) / best if best else 0.0


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def recall(ranking: Sequence[str], grades: Mapping[str, int], depth: int = DEPTH) -> float:
    """Share of the relevant passages among the first ``depth``, of those that have room there."""
    relevant = {key for key, value in grades.items() if value >= RELEVANT}
    found = len(relevant & set(ranking[:depth]))
    return found / min(depth, len(relevant)) if relevant else 0.0


def reciprocal_rank(ranking: Sequence[str], grades: Mapping[str, int]) -> float:
    """One over the rank of the first relevant passage."""
    for rank, key in enumerate(ranking, start=1):
        if grades.get(key, 0) >= RELEVANT:
            return 1 / rank
    return 0.0


def measure(ranking: Sequence[str], grades: Mapping[str, int]) -> dict[str, float]:
    """All measures of one ranking."""
    values = (ndcg(ranking, grades), recall(ranking, grades), reciprocal_rank(ranking, grades))
    return dict(zip(MEASURES, values, strict=True))


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95% interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def estimate(values: Sequence[float], *, seed: int = 0) -> Estimate:
    """The mean over queries and its percentile bootstrap interval, queries drawn anew."""
    array = np.asarray(values, dtype=np.float64)
    if not len(array):
        return Estimate(0.0, 0.0, 0.0)
    draws = np.random.default_rng(seed).integers(0, len(array), (_SAMPLES, len(array)))
    means = array[draws].mean(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return Estimate(float(array.mean()), float(low), float(high))
