"""Gates: no figure may fall below its floor, nor too far below its committed value."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from app.core.errors import ConfigError
from app.core.files import write_atomically
from eval.cases import gates_file
from eval.report import Run

_OPTIONAL = (
    "corpus.", "edited.", "speed.", "robustness.", "model.", "composer.", "hostile.", "chain.",
    "sampled.", "scale.", "variants.", "stopped.", "harmless.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gate:
    """Bounds of one metric.

    ``floor`` and ``drop`` hold a share up, ``ceiling`` and ``rise`` hold a count or rate down;
    ``committed`` is the value when the gate was last accepted.
    """

    metric: str
    committed: float
    floor: float | None = None
    drop: float = 0.0
    ceiling: float | None = None
    rise: float = 0.0

    @property
    def bound(self) -> float:
        """The value at which the gate turns red."""
        if self.ceiling is not None:
            return min(self.ceiling, self.committed + self.rise)
        return max(self.floor or 0.0, self.committed - self.drop)

    def failure(self, value: float | None) -> str:
        """Why the gate is red, empty where it is green."""
        if value is None:
            return f"{self.metric} 没有得到评分"
        bound = self.bound
        if self.ceiling is not None:
            return f"{self.metric} 是{value:.4g}，不应超过{bound:.4g}" if value > bound else ""
        return f"{self.metric} 是{value:.4g}，不应低于{bound:.4g}" if value < bound else ""


def load_gates(task: str) -> tuple[Gate, ...]:
    """The committed gates of a task.

    Raises:
        ConfigError: the file is missing or wrong.
    """
    path = gates_file(task)
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["gates"]
        return tuple(Gate(metric=name, **row) for name, row in rows.items())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"闸门文件 {path} 读不了或写法不对，请从代码库恢复它。") from error


@dataclass(frozen=True, slots=True)
class GateStatus:
    """A gate beside the value of a run; ``reason`` tells why it is red, empty where it is green."""

    metric: str
    value: float | None
    committed: float
    bound: float
    is_ceiling: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TaskRun:
    """One task's run beside its gates; ``task`` names its files and holds no ``-``."""

    task: str
    run: Run
    gates: tuple[GateStatus, ...] = ()

    @property
    def red(self) -> tuple[str, ...]:
        """Why gates are red."""
        return tuple(gate.reason for gate in self.gates if gate.reason)


def statuses(
    gates: tuple[Gate, ...], metrics: Mapping[str, float | None]
) -> tuple[GateStatus, ...]:
    """Every gate that applies. A metric of a part that was not run has none; any other is red."""
    told = []
    for gate in gates:
        is_absent = gate.metric not in metrics
        family = gate.metric.split(".", maxsplit=1)[0] + "."
        if (
            is_absent
            and gate.metric.startswith(_OPTIONAL)
            and not any(name.startswith(family) for name in metrics)
        ):
            continue
        value = metrics.get(gate.metric)
        is_ceiling = gate.ceiling is not None
        told.append(
            GateStatus(
                gate.metric, value, gate.committed, gate.bound, is_ceiling, gate.failure(value)
            )
        )
    return tuple(told)


def failures(gates: tuple[Gate, ...], metrics: Mapping[str, float | None]) -> tuple[str, ...]:
    """What is red."""
    return tuple(status.reason for status in statuses(gates, metrics) if status.reason)


def accept(task: str, metrics: Mapping[str, float | None]) -> None:
    """Commit to the values of a run; floors and allowances stay as they are.

    Raises:
        ConfigError: the gates cannot be read.
        ExportError: they cannot be written.
    """
    path = gates_file(task)
    load_gates(task)
    payload = json.loads(path.read_text(encoding="utf-8"))
    for name, row in payload["gates"].items():
        value = metrics.get(name)
        if value is not None:
            row["committed"] = round(value, 4)
    write_atomically(path, json.dumps(payload, ensure_ascii=False, indent=1) + "\n")
