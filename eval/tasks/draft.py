"""The draft task: composer, our chain and a plain retrieval prompt over the same fact sheets."""

import math
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app import __version__, resources
from app.core.errors import ConfigError
from app.settings import Settings
from eval.baselines.prompts import PLAIN_RAG, SEED
from eval.cases import compute_manifest, digest, digest_text
from eval.draft_cases import TASK, DraftCase, DraftOutput, draft_cases, own_cases
from eval.draft_metrics import AVERAGED, COUNTED, score
from eval.draft_systems import (
    ChainSystem,
    ComposerSystem,
    DraftSystem,
    HostileSystem,
    sample_store,
)
from eval.holdout import is_held_out
from eval.metrics import Score, pool
from eval.report import CaseEvidence, DocumentScore, Pool, ReportTable, Run, Section
from eval.sheet_variants import variants_section

__all__ = ["TASK", "DraftOptions", "run_draft"]

Progress = Callable[[str], None]
_MUST_BE_NONE = ("unsourced", "altered", "foreign", "claims", "residue", "checker_errors")
_TITLES = {name: title for name, (title, _) in {**COUNTED, **AVERAGED}.items()}
_SHOWN = (
    "unsourced", "altered", "foreign", "claims", "residue", "lost_figures", "coverage",
    "checker_errors", "copied", "length", "seconds", "prompt_tokens", "completion_tokens",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DraftOptions:
    """What to run: ``limit`` 0 takes every sheet; ``sheets`` adds a folder of one's own.

    Without a model in ``settings`` only the composer and the scripted model run. After
    ``minutes``, where they are not 0, the systems with a model begin no further sheet.
    """

    settings: Settings
    limit: int = 0
    sheets: Path | None = None
    with_hostile: bool = True
    with_plain: bool = True
    hostile_limit: int = 0
    minutes: float = 0.0


@dataclass(frozen=True, slots=True)
class Drafted:
    """A sheet, what a system wrote of it, and how that scores."""

    case: DraftCase
    output: DraftOutput
    scores: Mapping[str, Score]


def _silent(_: str) -> None:
    return


def judge(
    system: DraftSystem, cases: Sequence[DraftCase], progress: Progress = _silent
) -> tuple[Drafted, ...]:
    """Let a system write every sheet and score what it wrote."""
    drafted = []
    for case in cases:
        progress(f"{system.name} {case.id}")
        output = system.run(case)
        drafted.append(Drafted(case, output, score(case, output)))
    return tuple(drafted)


def total(name: str, drafted: Sequence[Drafted]) -> Score:
    """A metric over many sheets: counts are added up, shares weighed."""
    scores = [item.scores[name] for item in drafted]
    if name in AVERAGED:
        return pool(scores)
    kept = [s for s in scores if s.value is not None]
    if not kept:
        return Score(None, 0)
    lines = tuple(line for s in kept for line in s.evidence)
    return Score(sum(s.value or 0.0 for s in kept), sum(s.units for s in kept), lines)


def _show(name: str, value: Score) -> str:
    if value.value is None:
        return "—"
    if name in ("coverage", "copied"):
        return f"{100 * value.value:.1f}%"
    if name == "seconds":
        return f"{value.value:.2f}"
    if name in ("unsourced", "altered", "lost_figures", "claims"):
        return f"{value.value:.0f}/{value.units}"
    return f"{value.value:.0f}"


def _rows(drafted: Sequence[Drafted]) -> tuple[tuple[str, ...], ...]:
    rows = [
        (item.case.id, *(_show(name, item.scores[name]) for name in _SHOWN)) for item in drafted
    ]
    return (*rows, ("合计", *(_show(name, total(name, drafted)) for name in _SHOWN)))


def _fault_count(item: Drafted) -> float:
    """Faults of a draft, for putting the worst first and for the held-out total."""
    wrong = sum(item.scores[name].value or 0.0 for name in _MUST_BE_NONE)
    covered = item.scores["coverage"]
    lost = (1 - covered.value) * covered.units if covered.value is not None else 0.0
    return wrong + round(lost)


def _evidence(drafted: Sequence[Drafted]) -> tuple[CaseEvidence, ...]:
    """The worst sheets first."""
    worst = sorted(
        drafted, key=lambda item: (not item.output.error, -_fault_count(item), item.case.id)
    )
    parts = [
        CaseEvidence(
            _TITLES[name],
            tuple(
                f"{item.case.id}：{line}" for item in worst for line in item.scores[name].evidence
            ),
        )
        for name in (*_MUST_BE_NONE, "coverage", "prompt_leaks", "lost_figures", "copied")
    ]
    errors = tuple(f"{item.case.id}：{item.output.error}" for item in worst if item.output.error)
    return (CaseEvidence("没有写成", errors), *(part for part in parts if part.lines))


def _document_scores(key: str, drafted: Sequence[Drafted]) -> tuple[DocumentScore, ...]:
    return tuple(
        DocumentScore(
            f"{key}.{name}",
            item.case.id,
            value.value,
            float(value.units),
            Pool.MEAN if name in AVERAGED else Pool.SUM,
        )
        for item in drafted
        for name, value in item.scores.items()
    )


def system_section(system: DraftSystem, drafted: Sequence[Drafted], *, prefix: str = "") -> Section:
    """One system's results. The held-out sheets are told as one total."""
    hidden = [item for item in drafted if not prefix and is_held_out(item.case.id)]
    shown = [item for item in drafted if item not in hidden]
    key = prefix + system.key
    metrics: dict[str, float | None] = {
        f"{key}.{name}": total(name, shown).value for name in (*COUNTED, *AVERAGED)
    }
    if not any(item.output.prompts for item in shown):
        del metrics[f"{key}.prompt_leaks"]
    metrics[f"{key}.errors"] = float(sum(bool(item.output.error) for item in drafted))
    metrics[f"{key}.sheets"] = float(len(drafted))
    notes = [f"没有写成的{metrics[f'{key}.errors']:.0f}份，不计入平均数。"]
    faults = float(sum(_fault_count(item) for item in hidden if not item.output.error))
    metrics[f"{key}.heldout_faults"] = faults
    if hidden:
        notes.append(f"留出的{len(hidden)}份只报总数：共{faults:.0f}处不合格。")
    todo = sum(item.output.text.count("【待补充") for item in drafted)
    notes.append(f"因没有要点而留空（【待补充】）的{todo}处，核查时不算错误。")
    return Section(
        title=f"{system.name}（{len(drafted)}份要点表）",
        notes=tuple(notes),
        tables=(ReportTable(("要点表", *(_TITLES[name] for name in _SHOWN)), _rows(shown)),),
        evidence=_evidence(shown),
        metrics=metrics,
        scores=_document_scores(key, shown),
    )


def _comparison(
    sections: Mapping[str, tuple[DraftSystem, Sequence[Drafted]]], chosen: "_Chosen"
) -> Section:
    """All systems side by side, over the sheets that every one of them has written."""
    common = set.intersection(*({d.case.id for d in rows} for _, rows in sections.values()))
    sections = {
        key: (system, [d for d in drafted if d.case.id in common])
        for key, (system, drafted) in sections.items()
    }
    columns = ("指标", *(system.name for system, _ in sections.values()))
    rows = [
        (
            _TITLES[name],
            *(_show(name, total(name, drafted)) for _, drafted in sections.values()),
        )
        for name in _SHOWN
    ]
    metrics: dict[str, float | None] = {}
    notes = ["“无出处数字”等写成“个数/稿子里的总数”；“漏掉的数字”写成“个数/要点里的总数”。"]
    if chosen.note:
        notes.append(chosen.note)
    if len(common) < len(chosen.cases):
        notes.append(
            f"不是每个系统都写完了{len(chosen.cases)}份，这里只比都写了的{len(common)}份。"
        )
    if "chain" in sections and "plain" in sections:
        own = total("seconds", sections["chain"][1]).value
        other = total("seconds", sections["plain"][1]).value
        ratio = own / other if own is not None and other else None
        metrics[f"{chosen.prefix}chain.time_ratio"] = ratio
        told = "—" if ratio is None else f"{ratio:.2f}"
        notes.append(f"整份用时与普通检索提示之比：{told}（应不超过0.50）。")
    return Section(
        "各系统对比（含留出）", (ReportTable(columns, tuple(rows)),), (), metrics, tuple(notes)
    )


def _about(options: DraftOptions, cases: Sequence[DraftCase]) -> dict[str, str]:
    prompts = resources.prompts_dir()
    hashes = [f"{p.stem} {digest(p)[:12]}" for p in sorted(prompts.glob("*.md"))]
    hashes.append(f"plain_rag {digest_text(PLAIN_RAG)[:12]}")
    manifest = "\n".join(f"{k} {v}" for k, v in sorted(compute_manifest(TASK).items()))
    return {
        "版本": f"pingan {__version__}",
        "Python": platform.python_version(),
        "模型": options.settings.model or "未用",
        "种子": str(SEED),
        "提示词": "；".join(hashes),
        "数据集": f"draft {digest_text(manifest)[:12]}，{len(cases)}份要点表",
    }


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The sheets to write; metrics of a stranger's own have a prefix, for which no gate stands."""

    cases: tuple[DraftCase, ...]
    prefix: str = ""
    note: str = ""


def _choose(options: DraftOptions) -> _Chosen:
    note = ""
    if options.sheets is not None:
        own = own_cases(options.sheets)
        if own.skipped:
            note = f"{options.sheets} 里不是要点表而略过的：{'、'.join(own.skipped)}。"
        if own.cases:
            note += "自己的要点表不设闸门；没有标注的只数无出处、漏掉的数字等不靠标注的项。"
            return _Chosen(own.cases[: options.limit or None], "own.", note)
        note += "没有别的要点表，用的是自带的。"
    return _Chosen(draft_cases()[: options.limit or None], "", note)


def _in_turn(
    systems: Sequence[DraftSystem], cases: Sequence[DraftCase], minutes: float, progress: Progress
) -> dict[str, tuple[DraftSystem, Sequence[Drafted]]]:
    """Sheet by sheet, each system in turn: what is done when time is up can be compared."""
    until = time.monotonic() + 60 * minutes if minutes else math.inf
    drafted: list[list[Drafted]] = []
    for case in cases:
        if drafted and time.monotonic() >= until:
            break
        try:
            drafted.append([judge(system, (case,), progress)[0] for system in systems])
        except KeyboardInterrupt:
            if not drafted:
                raise
            progress(f"中断了，只算写完的{len(drafted)}份")
            break
    return {system.key: (system, [row[i] for row in drafted]) for i, system in enumerate(systems)}


def run_draft(options: DraftOptions, progress: Progress = _silent) -> Run:
    """Run the whole task.

    Raises:
        InputError: the sheets cannot be read.
        ConfigError: there is a model but no address.
    """
    settings = options.settings
    if settings.model and not settings.base_url:
        raise ConfigError(
            "设了模型却没有模型地址，请设置环境变量 OPENAI_BASE_URL（如 "
            "http://127.0.0.1:8009/v1），或去掉模型只评测不用模型的写法。"
        )
    chosen = _choose(options)
    cases = chosen.cases
    done: dict[str, tuple[DraftSystem, Sequence[Drafted]]] = {}
    progress("建示例知识库")
    with sample_store() as store:
        systems: list[DraftSystem] = [ComposerSystem(store)]
        if options.with_hostile:
            systems.append(HostileSystem(store))
        for system in systems:
            few = options.hostile_limit if system.key == "hostile" else 0
            done[system.key] = (system, judge(system, cases[: few or None], progress))
        if settings.model:
            asking: list[DraftSystem] = [ChainSystem(store, settings)]
            if options.with_plain:
                from eval.baselines.plain_rag import PlainRagSystem  # noqa: PLC0415  # openai

                asking.append(PlainRagSystem(store, settings))
            done |= _in_turn(asking, cases, options.minutes, progress)
    sections = [_comparison(done, chosen)]
    sections += [
        system_section(system, drafted, prefix=chosen.prefix) for system, drafted in done.values()
    ]
    if not chosen.prefix:
        progress("同样的要点换写法")
        sections.append(variants_section(settings))
    return Run("起草", _about(options, cases), tuple(sections))
