"""The draft gates hold, and a grounding or a firewall switched off turns them red."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.core.draft import DraftSentence, Origin
from app.drafting.model import post_editor as mend
from app.drafting.verify import Verified
from app.knowledge.store import KnowledgeStore
from app.services import drafting
from app.settings import Settings
from eval.baselines.hostile import serve_hostile
from eval.cases import compute_manifest, read_manifest
from eval.draft_cases import DraftCase, draft_cases
from eval.draft_systems import ComposerSystem, DraftSystem, HostileSystem, sample_store
from eval.gating import failures, load_gates
from eval.tasks.draft import TASK, DraftOptions, judge, run_draft, system_section

_FEW = 4


@pytest.fixture(scope="module")
def store() -> Iterator[KnowledgeStore]:
    with sample_store() as opened:
        yield opened


def red(system: DraftSystem, cases: Sequence[DraftCase]) -> tuple[str, ...]:
    metrics = system_section(system, judge(system, cases)).metrics
    gates = tuple(g for g in load_gates(TASK) if g.metric.startswith(f"{system.key}."))
    assert gates
    return failures(gates, metrics)


def test_hashes_are_current() -> None:
    assert read_manifest(TASK) == compute_manifest(TASK), "run: python -m eval.manifest"


def test_the_composer_passes_every_gate(store: KnowledgeStore) -> None:
    assert red(ComposerSystem(store), draft_cases()) == ()


def test_the_chain_passes_every_gate_even_with_the_worst_model(store: KnowledgeStore) -> None:
    assert red(HostileSystem(store), draft_cases()[:_FEW]) == ()


def test_a_grounding_switched_off_turns_the_gates_red(
    store: KnowledgeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def believe(self: mend.PostEditor, answer: str, repair: Any = None) -> mend.EditedSentences:
        ids = tuple(fact.id for fact in self.facts)
        return mend.EditedSentences((DraftSentence(answer, ids, (), Origin.MODEL),))

    monkeypatch.setattr(mend.PostEditor, "mend", believe)
    monkeypatch.setattr(drafting, "verify", lambda _, sections: Verified(tuple(sections)))
    told = "".join(red(HostileSystem(store), draft_cases()[:2]))
    for name in ("unsourced", "altered", "claims", "residue", "coverage", "checker_errors"):
        assert f"hostile.{name} " in told


def test_a_firewall_switched_off_turns_the_gates_red(
    store: KnowledgeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.drafting.model import prompting as asking

    monkeypatch.setattr(asking, "mask_passage", lambda text, **_: text)
    assert "hostile.prompt_leaks " in "".join(red(HostileSystem(store), draft_cases()[:_FEW]))


def test_a_model_that_does_not_answer_is_an_error_and_no_average(store: KnowledgeStore) -> None:
    class Broken:
        key = "composer"
        name = "坏的"

        def run(self, case: DraftCase) -> object:
            from eval.draft_cases import DraftOutput

            if case.id.endswith("-1"):
                return DraftOutput(error="没有回答")
            return ComposerSystem(store).run(case)

    system: Any = Broken()
    section = system_section(system, judge(system, draft_cases()))
    assert section.metrics["composer.errors"] == 4
    assert section.metrics["composer.coverage"] == 1
    assert section.evidence[0].title == "没有写成"
    assert any(score.value is None for score in section.scores)


@pytest.mark.slow
def test_when_time_is_up_what_was_written_is_compared() -> None:
    with serve_hostile() as endpoint:
        settings = Settings(home=Path(), base_url=endpoint.url, model="hostile")
        run = run_draft(
            DraftOptions(settings, limit=3, with_hostile=False, with_plain=False, minutes=1e-6)
        )
    metrics = {name: value for part in run.sections for name, value in part.metrics.items()}
    assert metrics["composer.sheets"] == 3
    assert metrics["chain.sheets"] == 1
    assert any("只比都写了的1份" in note for note in run.sections[0].notes)
