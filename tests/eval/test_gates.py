"""The gates hold, and a rule switched off turns its gate red."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from app.checking import engine
from app.checking.rule import Rule
from eval import gating, systems
from eval.gating import Gate, failures, load_gates
from eval.mutations.generate import KINDS, combined, mutants
from eval.systems import CheckerSystem
from eval.tally import Tally, judge, rejudge
from eval.tasks import check
from eval.tasks.check import CheckTaskOptions


@dataclass(frozen=True)
class _Offline:
    tally: Tally
    metrics: dict[str, float | None]


@pytest.fixture(scope="module")
def offline() -> _Offline:
    system = CheckerSystem()
    tally = check.mutant_tally(system, CheckTaskOptions())
    mixed = combined(kinds=check.usable_kinds(system))
    sections = check.offline_sections(system, tally, mixed)
    return _Offline(tally, {k: v for s in sections for k, v in s.metrics.items()})


def test_gates_hold_on_samples_mutants_and_sentences(offline: _Offline) -> None:
    assert failures(load_gates(check.TASK), offline.metrics) == ()


def test_every_rule_with_mutants_has_a_gate(offline: _Offline) -> None:
    gated = {gate.metric for gate in load_gates(check.TASK)}
    told = {name for name in offline.metrics if name.startswith("mutants.")}
    assert told <= gated


def _guarded() -> list[str]:
    return [
        gate.metric.split(".")[1]
        for gate in load_gates(check.TASK)
        if gate.metric.startswith("mutants.") and gate.metric.endswith(".recall") and gate.committed
        if gate.metric.count(".") == 2
    ]


@pytest.mark.parametrize("code", _guarded())
def test_a_silent_rule_turns_its_own_gate_red(offline: _Offline, code: str) -> None:
    silent = rejudge(offline.tally, lambda rule: rule != code)
    red = failures(
        load_gates(check.TASK), {**offline.metrics, **check.mutants_section(silent).metrics}
    )
    assert any(reason.startswith(f"mutants.{code}.recall") for reason in red)


def test_a_rule_taken_out_of_the_engine_turns_its_gate_red(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def without_placeholders() -> tuple[Rule, ...]:
        return tuple(rule for rule in loaded if rule.meta.code != "PH01")

    loaded = engine.load_rules()
    kinds = [kind for kind in KINDS if kind.name in ("mask-count", "mask-rate", "todo")]
    cases = mutants(per_kind=2, kinds=kinds)
    gates = tuple(g for g in load_gates(check.TASK) if g.metric == "mutants.PH01.recall")

    def red() -> tuple[str, ...]:
        tally = judge(CheckerSystem(), cases, check.EVERYTHING)
        return failures(gates, check.mutants_section(tally).metrics)

    assert gates
    assert not red()
    monkeypatch.setattr(engine, "load_rules", without_placeholders)
    monkeypatch.setattr(systems, "load_rules", without_placeholders)
    assert red()


def test_a_gate_holds_floor_and_drop() -> None:
    gate = Gate("x", committed=0.98, floor=0.9, drop=0.02)
    assert not gate.failure(0.97)
    assert gate.failure(0.95) == "x 是0.95，不应低于0.96"
    assert Gate("x", committed=0.9, floor=0.9, drop=0.05).failure(0.89)
    assert gate.failure(None) == "x 没有得到评分"


def test_a_gate_holds_ceiling_and_rise() -> None:
    gate = Gate("x", committed=0.01, ceiling=0.05, rise=0.02)
    assert not gate.failure(0.03)
    assert gate.failure(0.04)


def test_an_unscored_metric_is_red_but_a_part_left_out_is_not() -> None:
    gates = (
        Gate("corpus.recall", committed=1.0, floor=0.9),
        Gate("samples.findings", 0, ceiling=0),
    )
    assert failures(gates, {"samples.findings": 0.0}) == ()
    assert len(failures(gates, {"corpus.precision": 1.0, "samples.findings": 0.0})) == 1
    assert len(failures(gates, {})) == 1


def test_accepting_keeps_the_floors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "gates.json"
    path.write_text('{"gates": {"x": {"committed": 0.5, "floor": 0.4, "drop": 0.1}}}', "utf-8")
    monkeypatch.setattr(gating, "gates_file", lambda task: path)
    gating.accept("check", {"x": 0.75})
    assert load_gates("check") == (Gate("x", committed=0.75, floor=0.4, drop=0.1),)
