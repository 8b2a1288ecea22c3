"""Each figure of a first contact is what it says it is, on small invented material."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import cli
from app.core.document import Span
from app.core.draft import Draft, DraftSection, DraftSentence, SectionStatus
from app.core.errors import InputError
from app.core.facts import FactSheet
from app.core.finding import Finding, Severity
from app.drafting.intake import make_fact
from app.formats.fact_files import parse_fact_sheet
from app.report.profile import PartKind
from eval.cases import TextCase
from eval.first_contact.intake import intake_section
from eval.first_contact.placement import (
    LabelledLine,
    Placed,
    RowKind,
    Telling,
    facts_of,
    harms_of,
    placement_section,
    read_lines,
    tellings_of,
)
from eval.first_contact.prose import clean_section
from eval.first_contact.sheets import Tried, material, sheets_section, try_sheet
from eval.first_contact.statements import read_statements, statements_section
from eval.first_contact.texts import read_sentences, reports_section, sentences_section
from eval.metrics import Output
from eval.report import Section
from eval.saved import kept_runs, read_runs
from eval.tasks.first_contact import FirstContactOptions, run_first_contact

_SHEET = """单位：柳河县青石镇
年度：2025
类型：乡镇
- 全年排查矛盾纠纷62件，化解58件
- 组织消防演练7次，900余人次参加
"""


class _Words:
    """A system that speaks of a rule wherever one of its words stands."""

    name = "words"

    def __init__(self, words: Mapping[str, str], *, severity: Severity = Severity.ERROR) -> None:
        self._words, self._severity = words, severity

    def run(self, case: TextCase) -> Output:
        text = case.document.text
        if "崩溃" in text:
            return Output((), "规则 NU01 运行出错")
        found = []
        for word, rule in self._words.items():
            if (start := text.find(word)) >= 0:
                span = Span(start, start + len(word))
                found.append(Finding(rule, "w", self._severity, span, word, "不对"))
        return Output(tuple(found))


def _evidence(section: Section, title: str) -> tuple[str, ...]:
    return next(e.lines for e in section.evidence if e.title == title)


def _row(section: Section, first: str, *, table: int = 0) -> tuple[str, ...]:
    return next(row for row in section.tables[table].rows if row[0] == first)


def _lines(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")
    return path


# Sentences


def _sentences(folder: Path, *lines: str) -> Path:
    path = folder / "sentences.tsv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_a_sentence_is_found_where_a_rule_of_its_label_speaks(tmp_path: Path) -> None:
    path = _sentences(
        tmp_path,
        "NU01\t甲错",
        "NU02|NU01\t甲错，二者之一即可",
        "NU01,PH01\t甲错，另一处没有找到",
        "NU01,PH01\t甲错，丙错",
        "NU03\t甲错，却不是这一条规则",
    )
    section = sentences_section(_Words({"甲错": "NU01", "丙错": "PH01"}), path)
    assert section.metrics["sentences.found"] == pytest.approx(3 / 5)
    assert section.metrics["sentences.false_alarms"] is None
    assert _row(section, "NU01") == ("NU01", "4", "4", "1.000", "0")
    assert _row(section, "PH01") == ("PH01", "2", "1", "0.500", "0")
    assert _row(section, "NU03") == ("NU03", "1", "0", "0.000", "0")
    assert _row(section, "合计") == ("合计", "7", "5", "0.714", "0")
    assert len(_evidence(section, "漏报")) == 2


def test_a_right_sentence_is_alarmed_by_what_a_sentence_can_have_wrong(tmp_path: Path) -> None:
    path = _sentences(tmp_path, "-\t甲错", "-\t乙错", "-\t平安无事", "NU01\t丁")
    words = _Words({"甲错": "LA01", "乙错": "ST01"})
    section = sentences_section(words, path)
    assert section.metrics["sentences.false_alarms"] == pytest.approx(1 / 3)
    assert section.notes == ("有错的1句，找到0句；没错的3句，误报1句。",)
    assert _row(section, "LA01") == ("LA01", "0", "0", "—", "1")
    hints = _Words({"甲错": "LA01"}, severity=Severity.INFO)
    assert sentences_section(hints, path).metrics["sentences.false_alarms"] == 0.0


def test_a_crash_leaves_a_sentence_unscored(tmp_path: Path) -> None:
    path = _sentences(tmp_path, "NU01\t崩溃", "-\t崩溃", "NU01\t甲错")
    section = sentences_section(_Words({"甲错": "NU01"}), path)
    assert section.metrics["sentences.found"] == 1.0
    assert len(_evidence(section, "没评成")) == 2


def test_sentences_keep_their_line_breaks(tmp_path: Path) -> None:
    (case,) = read_sentences(_sentences(tmp_path, "-\t一、排查\\n全年排查。", ""))
    assert case.document.text == "一、排查\n全年排查。"


@pytest.mark.parametrize("line", ["没有制表符", "NU01\t", "\t没有规则"])
def test_a_line_that_is_no_sentence_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(InputError, match="第1行"):
        read_sentences(_sentences(tmp_path, line))


# Reports


def test_reports_are_held_to_rule_and_place(tmp_path: Path) -> None:
    (tmp_path / "planted.txt").write_text("甲错在这里。丙错在那里。戊错。", "utf-8")
    (tmp_path / "clean.txt").write_text("这一份没错，却说甲错。", "utf-8")
    label = {"doc": "planted.txt", "quote": "甲错", "start": 0, "end": 2, "rule": ["NU01"]}
    far = {"doc": "planted.txt", "quote": "那里", "start": 9, "end": 11, "rule": ["NU02", "PH01"]}
    _lines(tmp_path / "labels.jsonl", label, far)
    section = reports_section(_Words({"甲错": "NU01", "丙错": "PH01", "戊错": "LA01"}), tmp_path)
    assert section.metrics == {"reports.recall": 0.5, "reports.findings": 1.0}
    assert _row(section, "NU01") == ("NU01", "1", "1", "1.000", "1")
    assert _row(section, "NU02") == ("NU02", "1", "0", "0.000", "0")
    assert len(_evidence(section, "有错的报告里标注之外的发现")) == 2
    assert {s.metric for s in section.scores} == {"reports.recall", "reports.findings"}


# Clean prose


def test_clean_prose_is_told_by_file_folder_and_rule(tmp_path: Path) -> None:
    folder = tmp_path / "多年"
    folder.mkdir()
    (folder / "a.txt").write_text("甲错" + "稳" * 998, "utf-8")
    (folder / "b.txt").write_text("稳" * 1000, "utf-8")
    single = tmp_path / "单篇.txt"
    single.write_text("丙错丁错" + "稳" * 1996, "utf-8")
    words = _Words({"甲错": "NU05", "丙错": "CO04", "丁错": "LA02"})
    section = clean_section(words, (folder, single))
    assert section.metrics == {
        "clean.PH.per_10000": 0.0,
        "clean.NU.per_10000": 2.5,
        "clean.LA01.per_10000": 0.0,
        "clean.CO04.per_10000": 2.5,
    }
    assert _row(section, "多年")[:3] == ("多年", "2", "2,000")
    assert _row(section, "多年")[-3] == "5.000"
    assert _row(section, "单篇.txt")[-1] == "5.000"
    assert [row[0] for row in section.tables[1].rows] == ["CO04", "NU05"]
    assert [row[0] for row in section.tables[2].rows] == ["多年/a.txt", "单篇.txt"]


def test_a_warning_is_no_error_in_clean_prose(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("甲错，乙错。", "utf-8")
    words = _Words({"甲错": "NU05", "乙错": "LA01"}, severity=Severity.WARNING)
    section = clean_section(words, (path,))
    assert section.metrics["clean.NU.per_10000"] == 0.0
    assert section.metrics["clean.LA01.per_10000"] == pytest.approx(10_000 / 6)


# Sheets


def _brought(folder: Path, **texts: str) -> tuple[Tried, ...]:
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    return tuple(map(try_sheet, material(folder)))


def test_sheets_that_give_no_draft_are_told_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "gold").mkdir()
    _lines(tmp_path / "a.txt.labels.jsonl")
    section = sheets_section(_brought(tmp_path, a=_SHEET, b="单位：甲局\n收到\n"))
    assert section.metrics == {"sheets.drafted": 0.5}
    row = _row(section, "a.txt")
    assert (row[1], row[2], row[-1]) == ("2", "是", "0")
    assert _row(section, "b.txt")[1:3] == ("—", "否")
    (reason,) = _evidence(section, "没有成稿")
    assert reason.startswith("b.txt：")
    assert str(tmp_path) not in reason


def test_what_a_draft_leaves_open_is_counted() -> None:
    sheet = parse_fact_sheet(_SHEET)
    sections = (
        DraftSection("problems", "问题", "【待补充：问题】", SectionStatus.NEEDS_INPUT),
        DraftSection("mediation", "化解", "排查。"),
    )
    draft = Draft(
        "柳河县青石镇", 2025, "乡镇", "composer", "", "全文 十字", sections, {"F1": ("x",)}
    )
    section = sheets_section([Tried(Path("a.txt"), sheet, draft)])
    told = dict(zip(section.tables[0].columns, section.tables[0].rows[0], strict=True))
    assert told["待补充"] == "1"
    assert told["字数"] == "4"
    assert told["没写的要点"] == "1"
    assert _evidence(section, "没写的要点") == ("a.txt：F2：组织消防演练7次，900余人次参加",)


# Statements


def _statement(text: str, probe: str | None = None, sheet: str = "a.txt") -> dict[str, object]:
    verdict = "unsupported" if probe else "supported"
    kind = "改数" if probe else "P"
    return {"sheet": sheet, "verdict": verdict, "kind": kind, "text": text, "probe": probe}


def test_statements_are_asked_of_checker_and_drafting(tmp_path: Path) -> None:
    path = _lines(
        tmp_path / "statements.jsonl",
        _statement("全年排查矛盾纠纷62件，化解58件。"),
        _statement("组织消防演练7次，查处酒驾35起。"),
        _statement("全年排查矛盾纠纷62件，化解59件。", "59件"),
        _statement("全年排查矛盾纠纷62件，化解58件。", "排查"),
        _statement("召开会议4次。", "4次", sheet="没有.txt"),
    )
    sheets = tmp_path / "sheets"
    sheets.mkdir()
    section = statements_section(path, _brought(sheets, a=_SHEET))
    assert section.metrics == {
        "statements.kept": 0.5,
        "statements.caught": 0.5,
        "drafted.kept": 0.5,
        "drafted.caught": 0.5,
    }
    assert _row(section, "P") == ("P", "2", "1", "0.500", "1", "0.500")
    assert _row(section, "改数", table=1) == ("改数", "2", "1", "0.500", "1", "0.500")
    (unscored,) = _evidence(section, "没评成")
    assert unscored == "第5条：要点表 没有.txt 没有或读不了"
    (flagged,) = _evidence(section, "有依据却被核查指出")
    assert "35起" in flagged
    (slipped,) = _evidence(section, "没依据却没被指出")
    assert "⟦排查⟧" in slipped


@pytest.mark.parametrize(
    "row",
    [
        {"sheet": "a.txt", "kind": "P", "text": "甲"},
        {"sheet": "a.txt", "kind": "P", "text": "甲", "verdict": "也许"},
        {"sheet": "a.txt", "kind": "P", "text": "甲", "verdict": "unsupported"},
        {"sheet": "a.txt", "kind": "P", "text": "甲", "verdict": "unsupported", "probe": "乙"},
    ],
)
def test_a_statement_that_cannot_be_judged_is_refused(
    tmp_path: Path, row: dict[str, object]
) -> None:
    with pytest.raises(InputError, match="第1条"):
        read_statements(_lines(tmp_path / "statements.jsonl", row))


# Placement


def _telling(part: PartKind, text: str) -> Telling:
    return Telling(part, "某部分", text)


@pytest.mark.parametrize(
    ("kind", "part", "text", "harms"),
    [
        (RowKind.PLAN, PartKind.WORK, "新建警务室3个。", {"plan_as_done"}),
        (RowKind.PLAN, PartKind.PLANS, "新建警务室3个。", set()),
        (RowKind.PROBLEM, PartKind.WORK, "警力不足。", {"problem_as_result"}),
        (RowKind.PROBLEM, PartKind.PROBLEMS, "警力不足。", set()),
        (RowKind.AWARD, PartKind.PROBLEMS, "获评先进。", {"award_as_problem"}),
        (RowKind.AWARD, PartKind.OPENING, "获评先进。", set()),
        (RowKind.AWARD_PENDING, PartKind.WORK, "获评先进。", {"pending_as_received"}),
        (RowKind.AWARD_PENDING, PartKind.WORK, "先进已公示。", set()),
        (
            RowKind.AWARD_PENDING, PartKind.PROBLEMS, "获评先进。",
            {"award_as_problem", "pending_as_received"},
        ),
        (RowKind.NOTE, PartKind.WORK, "这个数再核一下。", {"note_as_fact"}),
        (RowKind.DONE, PartKind.PROBLEMS, "排查62件。", set()),
    ],
)  # fmt: skip
def test_harm_is_done_by_telling_a_line_as_what_it_is_not(
    kind: RowKind, part: PartKind, text: str, harms: set[str]
) -> None:
    placed = Placed(LabelledLine("原来这一行", kind), True, (_telling(part, text),))
    assert {harm.key for harm, _ in harms_of(placed)} == harms


def test_a_pending_award_told_in_its_own_words_is_told_right() -> None:
    line = LabelledLine("- 县级文明镇，材料已报县里", RowKind.AWARD_PENDING)
    told = _telling(PartKind.WORK, "县级文明镇，材料已报县里。")
    assert harms_of(Placed(line, True, (told,))) == ()


def test_a_line_that_is_not_told_does_no_harm() -> None:
    assert harms_of(Placed(LabelledLine("新建警务室3个", RowKind.PLAN), True)) == ()


def test_a_line_is_known_by_the_fact_that_holds_it_or_is_cut_from_it() -> None:
    sheet = parse_fact_sheet(
        "单位：柳河县青石镇\n年度：2025\n"
        "- 治安：刑事警情 31 起；夜间巡逻210次\n- 新建警务室3个\n- 装探头46个\n"
    )
    assert facts_of(LabelledLine("- 夜间巡逻210次；", RowKind.DONE), sheet) == ("F1",)
    assert facts_of(LabelledLine("新建警务室3个，装探头46个。", RowKind.DONE), sheet) == (
        "F2",
        "F3",
    )
    assert facts_of(LabelledLine("夜间巡逻350人", RowKind.DONE), sheet) == ()


_TOLD = Draft(
    "柳河县青石镇",
    2025,
    "乡镇",
    "composer",
    "",
    "",
    (
        DraftSection(
            "mediation",
            "化解",
            "",
            sentences=(
                DraftSentence("排查矛盾纠纷62件。", ("F1",)),
                DraftSentence("明年再招调解员5名。", ("F1",)),
            ),
        ),
        DraftSection("plans", "打算", "", sentences=(DraftSentence("建警务室。", ("F2",)),)),
    ),
)


def test_of_the_sentences_of_a_fact_those_count_that_have_the_lines_words() -> None:
    plan = LabelledLine("明年再招调解员5名", RowKind.PLAN)
    assert [t.text for t in tellings_of(plan, ["F1"], _TOLD)] == ["明年再招调解员5名。"]
    other = LabelledLine("成立三个工作组", RowKind.DONE)
    assert len(tellings_of(other, ["F1"], _TOLD)) == 2
    (planned,) = tellings_of(LabelledLine("建警务室", RowKind.PLAN), ["F2"], _TOLD)
    assert planned.part is PartKind.PLANS


def test_labelled_lines_are_counted_by_kind_and_harm(tmp_path: Path) -> None:
    facts = (make_fact("F1", "排查矛盾纠纷62件；明年再招调解员5名"), make_fact("F2", "建警务室1个"))
    sheet = FactSheet("柳河县青石镇", 2025, facts)
    tried = Tried(tmp_path / "a.txt", sheet, _TOLD)
    failed = Tried(tmp_path / "b.txt", error="写不成")
    _lines(
        tmp_path / "a.labels.jsonl",
        {"text": "排查矛盾纠纷62件", "kind": "done", "topic": "化解"},
        {"text": "明年再招调解员5名", "kind": "plan"},
        {"text": "建警务室1个", "kind": "plan"},
        {"text": "两名辅警离职", "kind": "problem"},
    )
    _lines(tmp_path / "b.txt.labels.jsonl", {"text": "甲", "kind": "note"})
    section = placement_section([tried, failed])
    assert section is not None
    assert section.metrics["placement.plan_as_done"] == 1.0
    assert section.metrics["placement.problem_as_result"] == 0.0
    assert _row(section, "打算") == ("打算", "2", "2", "2", "1")
    assert _row(section, "问题") == ("问题", "1", "0", "0", "0")
    (line,) = _evidence(section, "打算写成已做")
    assert line == "a.txt：明年再招调解员5名 → 化解：明年再招调解员5名。"
    assert _evidence(section, "要点里没读到") == ("a.txt：问题：两名辅警离职",)
    assert _evidence(section, "没评成") == ("b.txt：没有成稿，标注的1行未评",)


def test_sheets_without_labels_have_no_placement(tmp_path: Path) -> None:
    assert placement_section([Tried(tmp_path / "a.txt")]) is None


def test_an_unknown_kind_of_line_is_refused(tmp_path: Path) -> None:
    path = _lines(tmp_path / "a.labels.jsonl", {"text": "甲", "kind": "别的"})
    with pytest.raises(InputError, match="第1条"):
        read_lines(path)


# Intake


def test_what_is_read_is_held_to_what_was_expected(tmp_path: Path) -> None:
    expected = {
        "unit": "柳河县青石镇",
        "year": 2024,
        "facts": [
            {"must": ["纠纷６２件", "化解 58 件"], "kind": "done"},
            {"must": ["纠纷62件", "演练7次"], "kind": "done"},
        ],
        "noise": ["900余人次", "收到"],
    }
    (tmp_path / "a.expected.json").write_text(json.dumps(expected), "utf-8")
    (tmp_path / "b.txt.expected.json").write_text('{"facts": [{"must": ["会议4次"]}]}', "utf-8")
    section = intake_section(_brought(tmp_path, a=_SHEET, b="单位：甲局\n收到\n", c=_SHEET))
    assert section.metrics == {
        "intake.readable": pytest.approx(2 / 3),
        "intake.facts": pytest.approx(1 / 3),
        "intake.noise": 1.0,
        "intake.headers": 1.0,
    }
    assert _row(section, "a.txt") == (
        "a.txt", "是", "柳河县青石镇", "2025", "2", "是", "2", "1", "1",
    )  # fmt: skip
    assert _row(section, "b.txt") == ("b.txt", "否", "—", "—", "—", "否", "1", "0", "0")
    assert _row(section, "c.txt")[-3:] == ("—", "—", "—")
    assert _evidence(section, "没读到的要点") == ("a.txt：纠纷62件、演练7次", "b.txt：会议4次")
    assert _evidence(section, "混进要点的闲话") == ("a.txt：900余人次",)


def test_without_expectations_only_counts_are_told(tmp_path: Path) -> None:
    section = intake_section(_brought(tmp_path, a=_SHEET))
    assert section.metrics == {"intake.readable": 1.0}


def test_expectations_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.expected.json").write_text('{"facts": ["会议4次"]}', "utf-8")
    with pytest.raises(InputError, match=r"expected\.json"):
        intake_section(_brought(tmp_path, a=_SHEET))


# The task


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "材料"
    for name in ("reports", "sheets", "intake"):
        (root / name).mkdir(parents=True)
    _sentences(root, "NU02\t全年排查隐患42处，整改45处。", "-\t全年排查隐患42处，整改40处。")
    (root / "sheets" / "a.txt").write_text(_SHEET, "utf-8")
    (root / "intake" / "a.txt").write_text(_SHEET, "utf-8")
    _lines(root / "statements.jsonl", _statement("组织消防演练7次，900余人次参加。"))
    return root


def test_first_contact_is_told_written_and_kept_without_gates(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "结果"
    prose = tmp_path / "prose.txt"
    prose.write_text("平稳。" * 50, "utf-8")
    args = ["eval", "first-contact", str(folder), "--clean", str(prose), "-o", str(out)]
    result = CliRunner().invoke(cli, args, standalone_mode=False)
    assert result.exception is None
    assert result.return_value == 0
    assert "有错的1句，找到1句；没错的1句，误报0句。" in result.stdout
    assert "这次没有适用的闸门" in result.stdout
    metrics = json.loads((out / "first_contact.json").read_text("utf-8"))["metrics"]
    assert metrics["sheets.drafted"] == metrics["statements.kept"] == 1.0
    assert (out / "first_contact.html").is_file()
    (item,) = read_runs(out)
    assert item.task == "first_contact"
    (kept,) = kept_runs(Path(os.environ["PINGAN_HOME"]))
    assert kept.task == "first_contact"


def test_a_part_that_is_missing_or_broken_is_unscored_with_the_reason(folder: Path) -> None:
    (folder / "statements.jsonl").unlink()
    run = run_first_contact(FirstContactOptions(folder))
    notes = {section.title: section.notes for section in run.sections}
    assert notes["未评：statements.jsonl"] == ("文件夹里没有 statements.jsonl",)
    assert "labels.jsonl" in notes["未评：reports"][0]
    assert not any(name.startswith(("reports.", "statements.")) for name in run.metrics)
    assert run.metrics["sentences.found"] == 1.0


def test_a_folder_without_any_part_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"sentences\.tsv"):
        run_first_contact(FirstContactOptions(tmp_path))
