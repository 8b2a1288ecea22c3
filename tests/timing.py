"""Time limits that hold on a slow or busy machine: measured against a fixed piece of work."""

import time
from functools import cache

_NOMINAL_S = 0.06  # what the work takes on a machine the limits were set on


@cache
def slowness() -> float:
    """How many times slower this machine is now, at least 1."""
    spent: list[float] = []
    for _ in range(3):
        start = time.process_time()
        sum(number * number for number in range(1_000_000))
        spent.append(time.process_time() - start)
    return max(1.0, sorted(spent)[1] / _NOMINAL_S)


def allowed(seconds: float) -> float:
    """``seconds`` on the nominal machine, in seconds of this one with room for noise."""
    return seconds * slowness() * 1.5
