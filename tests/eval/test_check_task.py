from pathlib import Path

import pytest

from app.core.document import Document
from app.core.errors import InputError
from app.core.finding import Finding, Severity
from eval.bench import long_reports, measure, speed_section
from eval.cases import (
    compute_manifest,
    corpus_cases,
    datasets_dir,
    read_manifest,
    sample_cases,
    sentence_cases,
)
from eval.gating import TaskRun
from eval.metrics import Output, match_place
from eval.mutations.generate import mutants
from eval.report import CaseEvidence, ReportTable, Run, Section, render_markdown, render_text
from eval.robustness import TRANSFORMATIONS, compare, in_chinese
from eval.saved import from_json, to_json
from eval.systems import CheckerSystem, RegexBaseline, System
from eval.tally import document_of, judge
from eval.tasks import check


def test_hashes_are_current() -> None:
    assert read_manifest("check") == compute_manifest("check"), "run: python -m eval.manifest"


def test_sentences_are_varied_and_half_of_them_near_misses() -> None:
    cases = sentence_cases(datasets_dir("check") / "sentences_more.jsonl")
    texts = [case.document.text for case in cases]
    assert len(set(texts)) == len(texts) >= 150
    silent = sum(not case.labels for case in cases)
    assert 0.4 <= silent / len(cases) <= 0.6


def test_labelled_corpus_is_met(shared_dir: Path) -> None:
    section = check.corpus_section(CheckerSystem(), shared_dir / "corpus")
    assert section.metrics["corpus.recall"] is not None
    assert section.metrics["corpus.precision"] is not None
    assert section.metrics["corpus.recall"] >= 0.97, section.evidence
    assert section.metrics["corpus.precision"] >= 0.95, section.evidence


def test_a_label_that_does_not_fit_its_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("全年排查42件。", "utf-8")
    row = '{"doc": "a.txt", "rule": ["NU01"], "start": 0, "end": 2, "quote": "今年"}\n'
    (tmp_path / "labels.jsonl").write_text(row, "utf-8")
    with pytest.raises(InputError, match="对不上"):
        corpus_cases(tmp_path)


def test_a_corpus_without_labels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"labels\.jsonl"):
        corpus_cases(tmp_path)


class _Failing:
    name = "failing"

    def run(self, case: object) -> Output:
        return Output((), "规则 NU01 运行出错")


def test_errors_are_told_apart() -> None:
    system: System = _Failing()
    cases = [case for case in sample_cases() if check.is_shown(case)][:2]
    tally = judge(system, cases, check.EVERYTHING)
    assert len(tally.errors) == 2
    assert check.mutants_section(tally).metrics["mutants.errors"] == 2.0
    assert all(score.value is None for score in check.mutants_section(tally).scores)


def test_held_out_reports_are_told_as_a_total_only() -> None:
    cases = mutants(per_kind=3)
    hidden = [case for case in cases if check.is_hidden(case)]
    assert 0.1 < len(hidden) / len(cases) < 0.4
    tally = judge(RegexBaseline(), cases, check.EVERYTHING)
    shown = check.mutants_section(tally)
    names = {document_of(case).rpartition("_")[2] for case in hidden}
    told = "".join(line for evidence in shown.evidence for line in evidence.lines)
    assert not any(name in score.document for score in shown.scores for name in names)
    assert not any(f"_{name}：" in told for name in names)
    total = check.heldout_section([tally])
    assert total.evidence == ()
    assert total.scores == ()
    assert total.metrics["heldout.recall"] is not None


def test_only_the_place_counts_for_a_system_that_knows_no_rules() -> None:
    case = next(c for c in mutants(per_kind=1) if c.labels[0].spans)
    span = case.labels[0].spans[0]
    found = Finding("MODEL", "m", Severity.ERROR, span, span.of(case.document.text), "x")
    matching = match_place(case, Output((found,)), check.EVERYTHING)
    assert len(matching.hits) == len(matching.right) == 1
    assert not matching.false_alarms


def test_the_baseline_sees_what_a_pattern_can_see() -> None:
    case = sentence_cases(datasets_dir("check") / "sentences_more.jsonl")[0]
    assert {f.rule for f in RegexBaseline().run(case).findings} == {"PH01"}


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "一"), (10, "十"), (15, "十五"), (20, "二十"), (105, "一百零五"), (110, "一百一十"),
     (1008, "一千零八"), (1010, "一千零一十"), (2345, "二千三百四十五")],
)  # fmt: skip
def test_numbers_in_chinese(value: int, text: str) -> None:
    assert in_chinese(value) == text


def test_transformations_keep_the_words() -> None:
    text = "（一）抓排查。全年排查矛盾纠纷36件，化解率97.2%。\n"
    told = {name: t(Document(text)).text for name, t in TRANSFORMATIONS.items()}
    assert told["全角数字"] == "（一）抓排查。全年排查矛盾纠纷３６件，化解率９７．２％。\n"
    assert told["汉字数字"] == "（一）抓排查。全年排查矛盾纠纷三十六件，化解率97.2%。\n"
    assert told["半角标点"] == "(一)抓排查。全年排查矛盾纠纷36件,化解率97.2%。\n"
    assert told["另一种标题编号"].startswith("1．抓排查")
    assert told["数字两侧加空格"] == "（一）抓排查。全年排查矛盾纠纷 36 件，化解率 97.2%。\n"
    assert told["Word文件"] == text


def test_word_twins_give_the_same_findings() -> None:
    rows = compare(CheckerSystem(), sample_cases()[:2])
    word = next(row for row in rows if row.name == "Word文件")
    assert word.new == ()


def test_a_printed_report_reads_back() -> None:
    text = sample_cases()[0].document.text
    read = TRANSFORMATIONS["PDF文件"](Document(text)).text
    assert "".join(read.split()) == "".join(text.split())
    paragraphs = [line.strip("　 ") for line in text.split("\n") if line.strip()]
    assert [line for line in read.split("\n") if line] == paragraphs


def test_long_reports_have_the_length_that_speed_is_told_for() -> None:
    assert all(3300 <= len(text) <= 4100 for text in long_reports())


def test_speed_is_told_with_each_rules_share() -> None:
    speed = measure(repeats=1, factor=3)
    section = speed_section(speed)
    assert speed.chars_per_s > 0
    assert "NU01" in {row[0] for row in section.tables[0].rows}


def _run() -> Run:
    table = ReportTable(("规则", "召回率"), (("NU01", "1.000"), ("合计|", "0.500")))
    section = Section(
        "一节", (table,), (CaseEvidence("漏报", ("甲：`乙`", "丙")),), {"x": 0.5, "y": None}
    )
    return Run("核查", {"种子": "0"}, (section,))


def test_a_run_is_told_as_text_markdown_and_json() -> None:
    run = _run()
    text = render_text(run, limit=1)
    assert "NU01    1.000" in text
    assert "……其余1条见报告文件" in text
    markdown = render_markdown(run)
    assert "| 合计\\| | 0.500 |" in markdown
    assert "- `甲：｀乙｀`" in markdown
    assert '"y": null' in to_json([TaskRun("check", run)])
    assert from_json(to_json([TaskRun("check", run)]), name="x") == (TaskRun("check", run),)
    assert run.metrics == {"x": 0.5, "y": None}
