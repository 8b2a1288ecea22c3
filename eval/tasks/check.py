"""The checker's evaluation: labelled corpus, edited texts, seeded defects, sentences, samples."""

import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app import __version__
from app.checking.engine import load_rules
from app.core.finding import Severity
from app.settings import Settings
from eval.baselines.prompts import FIND_MISTAKES
from eval.bench import speed_section
from eval.cases import (
    TextCase,
    clean_cases,
    compute_manifest,
    corpus_cases,
    datasets_dir,
    digest_text,
    rules_digest,
    sample_cases,
    sentence_cases,
)
from eval.holdout import is_held_out
from eval.metrics import Scope, match, match_place, match_sentence
from eval.mutations.edit import DefectKind
from eval.mutations.generate import COMBINED, KINDS, PER_KIND, combined, mutants
from eval.report import CaseEvidence, ReportTable, Run, Section, show_share
from eval.robustness import robustness_section
from eval.systems import CheckerSystem, RegexBaseline, System
from eval.tally import COLUMNS, Tally, document_of, judge

TASK = "check"
MODEL_DOCUMENTS = 4
CORPUS_SCOPE = Scope(("PH", "NU", "ST", "CO01", "CO04", "LA02"), recall_only=("LA01", "LA03"))
EVERYTHING = Scope(("",))
FIGURES = Scope(("PH", "NU"), least=Severity.ERROR)
WORDING = Scope(("ST03", "CO04", "LA"))
SENTENCES = Scope(("PH", "NU", "ST03", "CO04"))
SENTENCE_FILES = {"sentences": Scope(("NU",)), "sentences_more": SENTENCES}

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class CheckTaskOptions:
    """What to run the task on; folders that are not given are left out."""

    corpus: Path | None = None
    edited: Path | None = None
    seed: int = 0
    per_kind: int = PER_KIND
    with_speed: bool = False
    with_robustness: bool = True
    with_baseline: bool = True
    settings: Settings | None = None


def _silent(_: str) -> None:
    return


def corpus_section(system: System, folder: Path) -> Section:
    """Recall and precision against a labelled corpus."""
    tally = judge(system, corpus_cases(folder), CORPUS_SCOPE)
    metrics = {"corpus.recall": tally.recall, "corpus.precision": tally.precision}
    return Section(
        title=f"标注语料：{folder.name}（警告及以上；PH、NU、ST、CO01、CO04、LA02，LA01、LA03只计召回）",
        tables=(tally.rule_table(), tally.group_table("报告")),
        evidence=(tally.missed(), tally.wrong(), CaseEvidence("出错", tally.errors)),
        metrics=metrics | tally.rule_recalls("corpus"),
        scores=tally.document_scores("corpus"),
        points=tally.points(),
    )


def edited_section(system: System, folder: Path) -> Section:
    """False alarms on texts that professionals have edited."""
    cases = clean_cases(folder)
    figures = judge(system, cases, FIGURES)
    wording = Tally(
        tuple(type(j)(j.case, j.output, match(j.case, j.output, WORDING)) for j in figures.judged),
        WORDING,
    )
    chars = sum(len(case.document.text) for case in cases)
    rate, other = figures.false_per_1000, wording.false_per_1000
    return Section(
        title=f"专业编辑过的文本：{folder.name}（{chars:,}字）",
        notes=(
            f"PH、NU错误级发现每千字{rate or 0:.4f}条；"
            f"ST03、CO04、LA警告每千字{other or 0:.4f}条。",
        ),
        tables=(figures.rule_table(), wording.rule_table()),
        evidence=(
            figures.wrong(title="PH、NU错误"),
            wording.wrong(title="ST03、CO04、LA警告"),
            CaseEvidence("出错", figures.errors),
        ),
        metrics={"edited.errors_per_1000": rate, "edited.warnings_per_1000": other},
        scores=(
            *figures.document_scores("edited", rate="errors_per_1000"),
            *wording.document_scores("edited", rate="warnings_per_1000"),
        ),
    )


def usable_kinds(system: CheckerSystem) -> tuple[DefectKind, ...]:
    """The kinds of defect that some rule there is could find."""
    return tuple(kind for kind in KINDS if system.rules & set(kind.rules))


def is_hidden(case: TextCase) -> bool:
    """True for the held-out part: all reports of some units, and some sentences."""
    return is_held_out(document_of(case).rpartition("_")[2])


def is_shown(case: TextCase) -> bool:
    """True for what is told case by case."""
    return not is_hidden(case)


def mutants_section(whole: Tally, *, prefix: str = "mutants") -> Section:
    """Seeded defects of one kind each, but for the held-out reports."""
    tally = whole.keep(is_shown)
    titles = {kind.name: f"{kind.title}（{'／'.join(kind.rules)}）" for kind in KINDS}
    groups = tally.groups()
    metrics: dict[str, float | None] = {
        f"{prefix}.recall": tally.recall,
        f"{prefix}.extra_per_1000": tally.false_per_1000,
        f"{prefix}.errors": float(len(tally.errors)),
        f"{prefix}.kinds": float(len(groups)),
        f"{prefix}.texts": float(len(tally.judged)),
    }
    metrics |= _recalls_by_kind_rule(tally, prefix)
    left = [f"{k.title}（{'／'.join(k.rules)}）" for k in KINDS if k.name not in groups]
    return Section(
        notes=(f"没有对应规则而未评的缺陷：{'、'.join(left) or '无'}。",),
        title=f"植入缺陷：{len(groups)}种，{len(tally.judged)}份（规则相符且位置相交才算找到）",
        tables=(tally.group_table("缺陷", titles), tally.rule_table()),
        evidence=(
            tally.missed(),
            tally.wrong(title="别处的误报"),
            CaseEvidence("出错", tally.errors),
        ),
        metrics=metrics,
        scores=tally.document_scores(prefix),
        points=tally.points(),
    )


def _recalls_by_kind_rule(tally: Tally, prefix: str) -> dict[str, float | None]:
    """Recall per rule; a kind belongs to the first of its rules whoever found it."""
    found: dict[str, list[int]] = {}
    for item in tally.judged:
        for hit in item.matching.hits:
            found.setdefault(hit.label.rules[0], []).append(1)
        for label in item.matching.missed:
            found.setdefault(label.rules[0], []).append(0)
    return {f"{prefix}.{code}.recall": sum(v) / len(v) for code, v in sorted(found.items())}


def combined_section(whole: Tally) -> Section:
    """Three to five seeded defects a text, but for the held-out reports."""
    tally = whole.keep(is_shown)
    return Section(
        title=f"组合缺陷：每份3至5处，{len(tally.judged)}份",
        tables=(tally.group_table("每份"),),
        evidence=(tally.missed(), tally.wrong(title="别处的误报")),
        metrics={
            "combined.recall": tally.recall,
            "combined.extra_per_1000": tally.false_per_1000,
        },
        scores=tally.document_scores("combined"),
    )


def heldout_section(tallies: Iterable[Tally]) -> Section:
    """What nobody tunes on, as a total and nothing else."""
    kept = tuple(j for tally in tallies for j in tally.keep(is_hidden).judged)
    tally = Tally(kept, EVERYTHING)
    return Section(
        title=f"留出部分（{len(kept)}份，只报总数）",
        tables=(
            ReportTable(
                ("", "召回率", "每千字误报", "出错"),
                (
                    (
                        "合计",
                        show_share(tally.recall),
                        show_share(tally.false_per_1000),
                        str(len(tally.errors)),
                    ),
                ),
            ),
        ),
        metrics={
            "heldout.recall": tally.recall,
            "heldout.extra_per_1000": tally.false_per_1000,
            "heldout.errors": float(len(tally.errors)),
        },
    )


def sentence_tally(system: System, name: str, scope: Scope) -> Tally:
    """A file of sentences, judged."""
    cases = sentence_cases(datasets_dir(TASK) / f"{name}.jsonl")
    return judge(system, cases, scope, matcher=match_sentence)


def sentences_section(whole: Tally, name: str) -> Section:
    """Sentences, half of them near misses; exactly their rules must fire."""
    tally = whole.keep(is_shown)
    cases = [item.case for item in tally.judged]
    right = sum(not j.matching.missed and not j.matching.false_alarms for j in tally.judged)
    return Section(
        title=f"句子：{name}（{len(cases)}句，近似正确的{sum(not c.labels for c in cases)}句）",
        notes=(f"规则完全相符的{right}句。",),
        tables=(tally.rule_table(),),
        evidence=(tally.missed(), tally.wrong(), CaseEvidence("出错", tally.errors)),
        metrics={
            f"{name}.recall": tally.recall,
            f"{name}.precision": tally.precision,
            f"{name}.exact": right / len(cases),
        },
        scores=tally.document_scores(name),
    )


def samples_section(system: System) -> Section:
    """The untouched samples, which must be silent."""
    tally = judge(system, sample_cases(), EVERYTHING)
    wrong = tally.wrong()
    return Section(
        scores=tally.document_scores("samples", rate="findings_per_1000"),
        title=f"未改动的示例报告（{len(tally.judged)}份，应无警告及以上的发现）",
        notes=(f"发现{len(wrong.lines)}条。",),
        evidence=(wrong, CaseEvidence("出错", tally.errors)),
        metrics={"samples.findings": float(len(wrong.lines))},
    )


def baseline_section(seed: int, per_kind: int) -> Section:
    """A page of regular expressions on the same mutants, to tell what the checker adds."""
    cases = filter(is_shown, mutants(seed=seed, per_kind=per_kind))
    tally = judge(RegexBaseline(), cases, EVERYTHING)
    return Section(
        title="对照：一页正则表达式（同样的植入缺陷）",
        tables=(tally.rule_table(),),
        metrics={"baseline.recall": tally.recall, "baseline.precision": tally.precision},
    )


def model_section(settings: Settings, mixed: Sequence[TextCase]) -> Section:
    """The model asked to find the mistakes, beside the checker on the same few reports.

    Only the place counts, whatever the rule: the model is not told our codes.
    """
    from eval.baselines.model_checker import ModelChecker  # noqa: PLC0415  # imports openai

    cases = tuple(mixed[:MODEL_DOCUMENTS])
    systems: tuple[System, ...] = (CheckerSystem(), ModelChecker(settings))
    tallies = [judge(system, cases, EVERYTHING, matcher=match_place) for system in systems]
    rows = tuple(
        (system.name, *tally.total_cells(), str(len(tally.errors)))
        for system, tally in zip(systems, tallies, strict=True)
    )
    told = tallies[1]
    return Section(
        title=f"对照：让模型找错（{len(cases)}份组合缺陷，只看位置，不看理由）",
        notes=(f"模型：{settings.model}。",),
        tables=(ReportTable(("系统", *COLUMNS, "出错"), rows),),
        evidence=(told.missed(), told.wrong(), CaseEvidence("出错", told.errors)),
        metrics={
            "model.recall": told.recall,
            "model.precision": told.precision,
            "model.errors": float(len(told.errors)),
        },
        scores=told.document_scores("model"),
    )


def about(seed: int, settings: Settings | None = None) -> dict[str, str]:
    """What a run was made with."""
    files = compute_manifest(TASK)
    shown = [f"{name} {value[:12]}" for name, value in files.items() if name.endswith(".jsonl")]
    return {
        "版本": f"pingan {__version__}",
        "Python": platform.python_version(),
        "种子": str(seed),
        "模型": "未用" if settings is None else settings.model,
        "提示词": f"find_mistakes {digest_text(FIND_MISTAKES)[:12]}",
        "规则": f"{len(load_rules())}条，{rules_digest()[:12]}",
        "数据集": "；".join(shown),
    }


def mutant_tally(system: CheckerSystem, options: CheckTaskOptions) -> Tally:
    """Every text with one seeded defect, judged."""
    kinds = usable_kinds(system)
    cases = mutants(seed=options.seed, per_kind=options.per_kind, kinds=kinds)
    return judge(system, cases, EVERYTHING)


def offline_sections(
    system: System, tally: Tally, mixed: tuple[TextCase, ...]
) -> tuple[Section, ...]:
    """What needs nothing but the product's own data: the part the fast tests hold."""
    mixed_tally = judge(system, mixed, EVERYTHING)
    spoken = {name: sentence_tally(system, name, scope) for name, scope in SENTENCE_FILES.items()}
    return (
        mutants_section(tally),
        combined_section(mixed_tally),
        *(sentences_section(told, name) for name, told in spoken.items()),
        heldout_section((tally, mixed_tally, *spoken.values())),
        samples_section(system),
    )


def run_check(options: CheckTaskOptions, progress: Progress = _silent) -> Run:
    """Run the whole task.

    Raises:
        InputError: a folder holds no readable data set.
    """
    system = CheckerSystem()
    sections: list[Section] = []
    if options.corpus is not None:
        progress("标注语料")
        sections.append(corpus_section(system, options.corpus))
    if options.edited is not None:
        progress("专业编辑过的文本")
        sections.append(edited_section(system, options.edited))
    progress("植入缺陷")
    mixed = combined(seed=options.seed, count=COMBINED, kinds=usable_kinds(system))
    tally = mutant_tally(system, options)
    sections += offline_sections(system, tally, mixed)
    if options.with_baseline:
        sections.append(baseline_section(options.seed, options.per_kind))
    if options.settings is not None:
        progress("让模型找错")
        sections.append(model_section(options.settings, mixed))
    if options.with_robustness:
        progress("稳健性")
        sections.append(robustness_section(system, (*sample_cases(), *mixed)))
    if options.with_speed:
        progress("速度")
        sections.append(speed_section())
    return Run("核查", about(options.seed, options.settings), tuple(sections))
