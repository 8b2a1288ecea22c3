"""Plots as inline SVG: nothing to load, readable in print, told in words as well."""

from collections.abc import Iterable, Sequence
from html import escape
from math import ceil

from eval.gating import GateStatus
from eval.naming import title_of
from eval.report import Point

_WIDTH = 640
_LEFT = 210
_RIGHT = 66
_LANE = 20
_TOP = 34
_SIDE = 380
_PAD = 46


def _svg(width: int, height: int, label: str, parts: Iterable[str]) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(label)}" xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, text: str, *, css: str = "", anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{css}">{escape(text)}</text>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{css}"/>'


def _floor_of(values: Sequence[float]) -> float:
    """The left end of an axis that ends at 1: the round tenth below the smallest value."""
    return max(0, min(8, ceil(min(values) * 10 - 1))) / 10


def _ticks(low: float) -> list[float]:
    step = 0.1 if low >= 0.5 else 0.2
    count = int((1 - low) / step + 1e-6)
    return [1 - step * i for i in range(count, -1, -1)]


def share_gates(gates: Sequence[GateStatus]) -> tuple[GateStatus, ...]:
    """Gates that hold a share up, the red ones and the narrowest first."""
    kept = [
        g
        for g in gates
        if not g.is_ceiling and g.value is not None and 0 <= g.value <= 1 and g.bound <= 1
    ]
    return tuple(sorted(kept, key=lambda g: ((g.value or 0.0) - g.bound, g.metric)))


def plot_gates(gates: Sequence[GateStatus], *, limit: int = 40) -> str:
    """This run (filled) beside the committed baseline (hollow) and the gate (bar)."""
    shown = share_gates(gates)[:limit]
    if not shown:
        return ""
    low = _floor_of([min(g.value or 0.0, g.bound, g.committed) for g in shown])
    width = _WIDTH - _LEFT - _RIGHT
    height = _TOP + _LANE * len(shown) + 8

    def x(value: float) -> float:
        return _LEFT + width * (value - low) / (1 - low)

    parts = []
    for value in _ticks(low):
        parts.append(_line(x(value), _TOP - 6, x(value), height - 6, "grid"))
        parts.append(_text(x(value), _TOP - 12, f"{value:.1f}", css="axis", anchor="middle"))
    for index, gate in enumerate(shown):
        y = _TOP + _LANE * index + _LANE / 2
        value = gate.value or 0.0
        css = "red" if gate.reason else "now"
        title = title_of(gate.metric)
        told = f"{title}：基准{gate.committed:.3f}，本次{value:.3f}，闸门{gate.bound:.3f}"
        parts.append(f"<g><title>{escape(told)}</title>")
        parts.append(_text(_LEFT - 10, y + 4, title, css="label", anchor="end"))
        parts.append(_line(x(gate.committed), y, x(value), y, "move"))
        parts.append(_line(x(gate.bound), y - 6, x(gate.bound), y + 6, "bound"))
        parts.append(f'<circle cx="{x(gate.committed):.1f}" cy="{y:.1f}" r="5" class="was"/>')
        parts.append(f'<circle cx="{x(value):.1f}" cy="{y:.1f}" r="3.5" class="{css}"/>')
        parts.append(_text(_WIDTH - 8, y + 4, f"{value:.3f}", css="axis", anchor="end"))
        parts.append("</g>")
    return _svg(_WIDTH, height, "本次结果与基准、闸门对比", parts)


def plot_points(points: Sequence[Point]) -> str:
    """Precision over recall, one dot a rule; the perfect ones share the upper right corner."""
    if not points:
        return ""
    low = _floor_of([min(p.recall, p.precision) for p in points])
    span = _SIDE - 2 * _PAD

    def place(point: Point) -> tuple[float, float]:
        return (
            _PAD + span * (point.recall - low) / (1 - low),
            _SIDE - _PAD - span * (point.precision - low) / (1 - low),
        )

    parts = []
    for value in _ticks(low):
        at = _PAD + span * (value - low) / (1 - low)
        parts += [
            _line(at, _PAD, at, _SIDE - _PAD, "grid"),
            _line(_PAD, _SIDE - at, _SIDE - _PAD, _SIDE - at, "grid"),
            _text(at, _SIDE - _PAD + 16, f"{value:.1f}", css="axis", anchor="middle"),
            _text(_PAD - 6, _SIDE - at + 4, f"{value:.1f}", css="axis", anchor="end"),
        ]
    parts.append(_text(_SIDE / 2, _SIDE - 8, "召回率", css="label", anchor="middle"))
    parts.append(_text(8, _PAD - 16, "准确率", css="label"))
    perfect = [p for p in points if p.recall == p.precision == 1]
    taken: list[tuple[float, float]] = []
    for point in sorted(points, key=lambda p: (p.recall, p.precision, p.label)):
        x, y = place(point)
        radius = min(9.0, 3 + point.weight**0.5 / 3)
        told = (
            f"{point.label}：召回率{point.recall:.3f}，准确率{point.precision:.3f}，"
            f"{point.weight}处缺陷"
        )
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" class="dot">'
            f"<title>{escape(told)}</title></circle>"
        )
        if point not in perfect:
            y_label = y + 20
            while any(abs(x - a) < 38 and abs(y_label - b) < 12 for a, b in taken):
                y_label += 13
            taken.append((x, y_label))
            parts.append(_text(x, y_label, point.label, css="axis", anchor="middle"))
    if perfect:
        parts.append(
            _text(
                _SIDE - 6, _PAD - 16, f"右上角：{len(perfect)}条规则全对", css="axis", anchor="end"
            )
        )
    return _svg(_SIDE, _SIDE, "各条规则的准确率与召回率", parts)
