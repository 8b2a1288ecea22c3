"""Where everything stands in the plots of a run; the templates draw it as inline SVG."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

from eval.gating import GateStatus
from eval.naming import title_of
from eval.report import PlotPoint

_WIDTH = 640
_LEFT = 210
_RIGHT = 66
_LANE = 20
_TOP = 34
_SIDE = 380
_PAD = 46


@dataclass(frozen=True, slots=True)
class Tick:
    """A value on an axis."""

    value: float
    at: float


@dataclass(frozen=True, slots=True)
class Lane:
    """One gate: where it was, is now, and must not fall below."""

    gate: GateStatus
    title: str
    y: float
    value: float
    was: float
    now: float
    bound: float


@dataclass(frozen=True, slots=True)
class GatesPlot:
    """Gates, a lane each."""

    height: int
    ticks: tuple[Tick, ...]
    lanes: tuple[Lane, ...]
    width: int = _WIDTH
    left: int = _LEFT
    top: int = _TOP


@dataclass(frozen=True, slots=True)
class Dot:
    """One rule; ``label_y`` is ``None`` where its name is not written beside it."""

    point: PlotPoint
    x: float
    y: float
    radius: float
    label_y: float | None


@dataclass(frozen=True, slots=True)
class PointsPlot:
    """Rules by recall and precision; ``perfect`` counts those without a fault."""

    ticks: tuple[Tick, ...]
    dots: tuple[Dot, ...]
    perfect: int
    side: int = _SIDE
    pad: int = _PAD


def _floor_of(values: Sequence[float]) -> float:
    """The left end of an axis that ends at 1: the round tenth below the smallest value."""
    return max(0, min(8, ceil(min(values) * 10 - 1))) / 10


def _ticks(low: float, place: Callable[[float], float]) -> tuple[Tick, ...]:
    step = 0.1 if low >= 0.5 else 0.2
    count = int((1 - low) / step + 1e-6)
    values = (1 - step * i for i in range(count, -1, -1))
    return tuple(Tick(value, place(value)) for value in values)


def share_gates(gates: Sequence[GateStatus]) -> tuple[GateStatus, ...]:
    """Gates that hold a share up, the red ones and the narrowest first."""
    kept = [
        g
        for g in gates
        if not g.is_ceiling and g.value is not None and 0 <= g.value <= 1 and g.bound <= 1
    ]
    return tuple(sorted(kept, key=lambda g: ((g.value or 0.0) - g.bound, g.metric)))


def gates_plot(gates: Sequence[GateStatus], *, limit: int = 40) -> GatesPlot | None:
    """The plot of the gates that hold a share up; ``None`` where there are none."""
    shown = share_gates(gates)[:limit]
    if not shown:
        return None
    low = _floor_of([min(g.value or 0.0, g.bound, g.committed) for g in shown])
    width = _WIDTH - _LEFT - _RIGHT

    def x(value: float) -> float:
        return _LEFT + width * (value - low) / (1 - low)

    lanes = tuple(
        Lane(
            gate,
            title_of(gate.metric),
            y=_TOP + _LANE * index + _LANE / 2,
            value=gate.value or 0.0,
            was=x(gate.committed),
            now=x(gate.value or 0.0),
            bound=x(gate.bound),
        )
        for index, gate in enumerate(shown)
    )
    return GatesPlot(_TOP + _LANE * len(shown) + 8, _ticks(low, x), lanes)


def points_plot(points: Sequence[PlotPoint]) -> PointsPlot | None:
    """The plot of the rules; ``None`` where there are none."""
    if not points:
        return None
    low = _floor_of([min(p.recall, p.precision) for p in points])
    span = _SIDE - 2 * _PAD

    def at(value: float) -> float:
        return _PAD + span * (value - low) / (1 - low)

    dots: list[Dot] = []
    perfect = 0
    for point in sorted(points, key=lambda p: (p.recall, p.precision, p.label)):
        x, y = at(point.recall), _SIDE - at(point.precision)
        label_y: float | None = None
        if point.recall == point.precision == 1:
            perfect += 1
        else:
            label_y = _free_y(dots, x, y + 20)
        dots.append(Dot(point, x, y, min(9.0, 3 + point.weight**0.5 / 3), label_y))
    return PointsPlot(_ticks(low, at), tuple(dots), perfect)


def _free_y(dots: Sequence[Dot], x: float, y: float) -> float:
    """The first height from ``y`` down at which a name covers no other."""
    taken = [(dot.x, dot.label_y) for dot in dots if dot.label_y is not None]
    while any(abs(x - a) < 38 and abs(y - b) < 12 for a, b in taken):
        y += 13
    return y
