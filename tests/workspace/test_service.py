import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from app import resources
from app.core.document import Document
from app.core.errors import ConfigError, InputError
from app.core.facts import FactSheet
from app.core.finding import CheckResult, Severity
from app.drafting.rewriting import RewriteTool
from app.formats.fact_files import parse_fact_sheet
from app.formats.results.sources_table import source_rows
from app.services.checking import Checker, CheckOptions
from app.settings import Settings
from app.workspace.holes import tell_holes
from app.workspace.plan import lay_out
from app.workspace.service import WorkspaceService
from app.workspace.types import DOUBT, STALE, WorkspaceDraft, WorkspaceFact
from app.workspace.view import WorkspaceView, draft_of, find_section
from tests.drafting.server import serve

ME = "browser:me"


def _check(text: str, profile: str, sheet: FactSheet, previous: Document | None) -> CheckResult:
    checker = Checker(CheckOptions(profile=profile), sheet=sheet, previous=previous)
    return checker.check_text(text).result


@pytest.fixture
def desk(tmp_path: Path) -> WorkspaceService:
    settings = Settings(home=tmp_path / "home")
    return WorkspaceService(settings, check=_check, open_knowledge=lambda: None)


@pytest.fixture
def name(desk: WorkspaceService) -> str:
    return _new(desk, mode="composer")


def _new(desk: WorkspaceService, *, mode: str) -> str:
    text = (resources.examples_dir() / "乡镇.txt").read_text(encoding="utf-8")
    sheet = parse_fact_sheet(text)
    draft = desk.store.create(ME, unit=sheet.unit, year="2025", unit_type="乡镇", mode=mode)
    facts = [WorkspaceFact(f.text, f.heading) for f in sheet.facts]
    desk.store.set_facts(ME, draft, facts, date=sheet.date)
    return draft


def _finish(desk: WorkspaceService, name: str) -> None:
    deadline = time.monotonic() + 60
    while desk.jobs.is_writing(name):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    progress = desk.progress(ME, name)
    assert progress is not None
    assert progress.error == ""


def _written(desk: WorkspaceService, name: str) -> WorkspaceView:
    desk.write(ME, name)
    _finish(desk, name)
    return desk.view(ME, name)


def test_a_report_is_written_kept_and_fully_sourced(desk: WorkspaceService, name: str) -> None:
    view = _written(desk, name)
    assert view.unused == ()
    assert view.unsourced == 0
    assert view.draft.state == "done"
    assert {f for s in view.sections for f in s.facts} == {f"F{n}" for n in range(1, 25)}
    assert desk.store.rows(ME)[0].chars > 1000
    draft, sheet = desk.report(ME, name)
    assert draft.text == view.text
    assert draft.unsourced == ()
    assert len(sheet.facts) == 24


def test_findings_stand_at_their_places_in_the_sections(desk: WorkspaceService, name: str) -> None:
    view = _written(desk, name)
    text = find_section(view, "disputes").text
    desk.edit(ME, name, "disputes", f"{text}化解了99999件𠮷，，测试。\r\n\r\n  \r\n")
    view = desk.view(ME, name)
    section = find_section(view, "disputes")
    assert section.text == f"{text}化解了99999件𠮷，，测试。"
    placed = {p.finding.rule: p for p in view.findings if p.section == "disputes"}
    for found in placed.values():
        assert found.span.of(section.text) == found.finding.quote
    assert placed["SO01"].finding.quote == "99999件"
    assert [c.quote for c in section.complaints] == ["99999件"]
    desk.fix(ME, name, "disputes", placed["LA02"].finding.fingerprint)
    assert find_section(desk.view(ME, name), "disputes").text.endswith("𠮷，测试。")
    with pytest.raises(InputError, match="已经改过"):
        desk.fix(ME, name, "disputes", placed["LA02"].finding.fingerprint)


def test_the_same_text_again_is_no_new_version(desk: WorkspaceService, name: str) -> None:
    text = find_section(_written(desk, name), "law").text
    desk.edit(ME, name, "law", text)
    assert len(desk.store.versions(ME, name, "law")) == 1
    desk.edit(ME, name, "law", "短一些。")
    first = desk.store.versions(ME, name, "law")[0]
    desk.restore(ME, name, "law", first.number)
    assert find_section(desk.view(ME, name), "law").text == text
    with pytest.raises(InputError, match="没有这一版"):
        desk.restore(ME, name, "law", 99_999)


def test_locked_sections_stay_when_all_is_written_anew(desk: WorkspaceService, name: str) -> None:
    _written(desk, name)
    desk.edit(ME, name, "disputes", "我自己写的。")
    desk.store.lock(ME, name, "disputes", is_locked=True)
    view = _written(desk, name)
    assert find_section(view, "disputes").text == "我自己写的。"
    assert find_section(view, "law").section is not None
    with pytest.raises(InputError, match="锁定"):
        desk.rewrite(ME, name, "disputes", RewriteTool.SHORTER)
    with pytest.raises(InputError, match="锁定"):
        desk.write(ME, name, ["disputes"])


def test_one_section_is_written_or_rewritten_alone(desk: WorkspaceService, name: str) -> None:
    before = _written(desk, name)
    desk.edit(ME, name, "disputes", "删光了要点。")
    desk.rewrite(ME, name, "policing", RewriteTool.FULLER)
    _finish(desk, name)
    view = desk.view(ME, name)
    assert len(find_section(view, "policing").text) > len(find_section(before, "policing").text)
    assert find_section(view, "policing").complaints == ()
    assert find_section(view, "disputes").text == "删光了要点。"
    assert {"F1", "F11", "F16"} <= set(view.unused)
    desk.write(ME, name, ["disputes"])
    _finish(desk, name)
    assert desk.view(ME, name).unused == ()


def test_a_wish_in_words_needs_a_model(desk: WorkspaceService, name: str) -> None:
    _written(desk, name)
    desk.rewrite(ME, name, "policing", RewriteTool.FREE, "合并成一段")
    while desk.jobs.is_writing(name):
        time.sleep(0.02)
    progress = desk.progress(ME, name)
    assert progress is not None
    assert progress.state == "failed"
    assert "需要模型" in progress.error
    with pytest.raises(ConfigError, match="没有配置模型"):
        desk.outgoing(ME, name)


def test_the_outline_is_the_writers(desk: WorkspaceService, name: str) -> None:
    _written(desk, name)
    desk.rename(ME, name, "law", "普法")
    desk.move(ME, name, "law", -3)
    key = desk.add_section(ME, name, "特色工作", after="law")
    desk.leave_out(ME, name, "petitions")
    view = desk.view(ME, name)
    keys = [s.key for s in view.sections]
    assert keys.index(key) == keys.index("law") + 1
    assert "petitions" not in keys
    assert find_section(view, "law").title == "普法"
    assert "信访" not in "".join(s.title for s in view.sections)
    view = _written(desk, name)
    assert find_section(view, key).text.startswith("【待补充")
    desk.take_in(ME, name, "petitions")
    assert "petitions" in [s.key for s in desk.view(ME, name).sections]
    with pytest.raises(InputError, match="标题"):
        desk.rename(ME, name, "law", "  ")
    with pytest.raises(InputError, match="没有这一部分"):
        desk.move(ME, name, "nothing", 1)


def test_the_facts_of_a_section_left_out_are_told_in_the_others(
    desk: WorkspaceService, name: str
) -> None:
    before = desk.view(ME, name).layout
    held = {f for f, key in before.places.items() if key in ("petitions", "plans")}
    for key in ("petitions", "plans"):
        desk.leave_out(ME, name, key)
    layout = desk.view(ME, name).layout
    assert not {layout.places[f] for f in held} & {"petitions", "plans", "-"}
    assert len(layout.told.facts) == len(before.told.facts)
    same = {f: key for f, key in before.places.items() if f not in held}
    assert {f: layout.places[f] for f in same} == same
    assert held <= layout.unsure  # the part they fit best is gone
    assert set(layout.places.values()) <= set(before.places.values()) | {"work"}
    assert [c.key for c in layout.removed] == ["petitions", "plans"]
    assert all(not c.title.isascii() for c in layout.removed)
    view = _written(desk, name)
    assert view.unused == ()
    for key in ("petitions", "plans"):
        desk.take_in(ME, name, key)
    assert desk.view(ME, name).layout.places == before.places


def test_facts_left_out_with_their_section_come_back_with_it(
    desk: WorkspaceService, name: str
) -> None:
    before = desk.view(ME, name).layout
    held = {f for f, key in before.places.items() if key == "petitions"}
    desk.leave_out(ME, name, "petitions", with_facts=True)
    facts = [*desk.store.load(ME, name).facts, WorkspaceFact("接待来访群众46批，全部答复")]
    desk.store.set_facts(ME, name, facts)
    layout = desk.view(ME, name).layout
    assert {layout.places[f] for f in held} == {"-"}
    assert layout.places[f"F{len(facts)}"] not in ("-", "petitions")  # nobody left that one out
    copied = desk.store.load(ME, desk.next_year(ME, name))
    assert {copied.facts[int(f[1:]) - 1].part for f in held} == {"petitions"}
    desk.take_in(ME, name, "petitions")
    layout = desk.view(ME, name).layout
    assert {layout.places[f] for f in held} == {"petitions"}


def test_the_last_section_is_not_left_out_without_its_facts(
    desk: WorkspaceService, name: str
) -> None:
    desk.store.set_facts(ME, name, [WorkspaceFact("全年排查矛盾纠纷192件")])
    keys = [s.key for s in desk.view(ME, name).sections]
    for key in [*(k for k in keys if k != "disputes"), "work"]:
        desk.leave_out(ME, name, key)
    with pytest.raises(InputError, match="没有地方可写"):
        desk.leave_out(ME, name, "disputes")
    assert desk.view(ME, name).layout.places == {"F1": "disputes"}
    desk.leave_out(ME, name, "disputes", with_facts=True)
    assert desk.view(ME, name).layout.places == {"F1": "-"}


def test_facts_go_where_the_writer_puts_them(desk: WorkspaceService, name: str) -> None:
    facts = list(desk.store.load(ME, name).facts)
    facts[0] = replace(facts[0], part="law")
    facts[1] = replace(facts[1], part="-")
    facts[2] = replace(facts[2], part="emergency")
    facts[3] = replace(facts[3], part="a part of another profile")
    desk.store.set_facts(ME, name, facts)
    view = _written(desk, name)
    places = view.layout.places
    assert (places["F1"], places["F2"], places["F3"]) == ("law", "-", "emergency")
    assert places["F4"] == "organisation"
    assert "192件" in find_section(view, "law").text
    assert "185户" not in view.text
    keys = [s.key for s in view.sections]
    assert keys.index("emergency") < keys.index("problems")


def test_a_copy_for_next_year_brings_the_facts_to_be_renewed(
    desk: WorkspaceService, name: str
) -> None:
    text = _written(desk, name).text
    draft = desk.store.load(ME, desk.next_year(ME, name))
    assert draft.year == "2026"
    assert draft.previous_text == text
    assert {f.mark for f in draft.facts} == {STALE}
    assert draft.sections == {}
    desk.store.set(ME, draft.id, date="2026年12月18日")
    view = _written(desk, draft.id)
    assert "CO05" in {p.finding.rule for p in view.findings}


def test_a_fact_of_last_year_is_no_source_until_it_is_confirmed(
    desk: WorkspaceService, name: str
) -> None:
    copied = desk.next_year(ME, name)
    view = _written(desk, copied)
    assert len(view.layout.waiting(STALE)) == 24
    told = find_section(view, "disputes")
    why = {c.quote: c.message for c in told.complaints}
    assert why["192件"] == "“192件”出自去年的要点F1，还没有确认"
    problems = find_section(view, "problems")  # no figure: the sentence itself is in doubt
    assert problems.complaints
    # the checker would say that no fact holds it, and one does
    assert "SO01" not in {p.finding.rule for p in view.findings}
    report, sheet = desk.report(ME, copied)
    assert sheet.facts == ()
    assert {row.fact for row in source_rows(report, sheet)} == {""}
    facts = list(desk.store.load(ME, copied).facts)
    facts[0] = replace(facts[0], mark="")
    desk.store.set_facts(ME, copied, facts)
    view = desk.view(ME, copied)
    assert len(view.layout.waiting(STALE)) == 23
    assert "192件" not in {c.quote for c in find_section(view, "disputes").complaints}
    assert "F1" in {row.fact_id for row in source_rows(*desk.report(ME, copied))}
    desk.store.set_facts(ME, copied, [replace(f, mark="") for f in facts])
    view = desk.view(ME, copied)
    assert (view.unsourced, view.layout.waiting(STALE)) == (0, ())


def test_a_doubtful_fact_is_neither_told_nor_a_source_until_it_is_confirmed(
    desk: WorkspaceService, name: str
) -> None:
    facts = list(desk.store.load(ME, name).facts)
    facts[0] = replace(facts[0], mark=DOUBT)  # 全年排查矛盾纠纷192件
    facts.append(WorkspaceFact("排查独居老人大概77户", part="-", mark=DOUBT))
    desk.store.set_facts(ME, name, facts)
    view = _written(desk, name)
    assert "192件" not in view.text
    assert view.layout.waiting(DOUBT) == ("F1",)
    assert "F1" not in {f.id for f in view.layout.told.facts}
    assert "没有确认的拿不准的要点1条（F1）" in tell_holes(view)
    assert "F1" not in view.unused
    told = find_section(view, "disputes").text
    desk.edit(ME, name, "disputes", f"{told}全年排查矛盾纠纷192件。")
    view = desk.view(ME, name)
    why = {c.quote: c.message for c in find_section(view, "disputes").complaints}
    assert why["192件"] == "“192件”出自拿不准的要点F1，还没有确认"
    assert "F1" not in {row.fact_id for row in source_rows(*desk.report(ME, name))}
    copied = desk.store.load(ME, desk.next_year(ME, name))
    assert [f.mark for f in copied.facts].count(DOUBT) == 2
    desk.store.set_facts(ME, name, [replace(f, mark="") for f in facts])
    assert "192件" in _written(desk, name).text


def test_nothing_but_doubts_is_no_report(desk: WorkspaceService, name: str) -> None:
    desk.store.set_facts(ME, name, [WorkspaceFact("排查大概77户", mark=DOUBT)])
    view = desk.view(ME, name)
    assert (view.layout.plan, view.layout.waiting(DOUBT)) == (None, ("F1",))
    with pytest.raises(InputError, match="核实后逐条点确认"):
        desk.write(ME, name)


def test_what_a_report_still_lacks_is_told_in_one_sentence(
    desk: WorkspaceService, name: str
) -> None:
    desk.store.set(ME, name, date="2025年12月18日")
    view = _written(desk, name)
    assert [p.finding for p in view.findings if p.finding.severity is Severity.ERROR] == []
    assert tell_holes(view) == ""
    desk.edit(ME, name, "law", "【待补充：法治宣传】")
    text = find_section(view, "disputes").text
    desk.edit(ME, name, "disputes", f"{text}化解了99999件。")
    facts = list(desk.store.load(ME, name).facts)
    facts[1] = replace(facts[1], mark=STALE)
    desk.store.set_facts(ME, name, facts)
    told = tell_holes(desk.view(ME, name))
    assert re.fullmatch(
        r"这份总结还有：【待补充】1处（法治宣传）；没有出处的\d+处（“.*”等?）；"
        r"(?:核查错误\d+条（.+）；)?没有确认的去年的要点1条（F2）；没有写全的要点\d+条（F\d+.*）。",
        told,
    ), told


def test_what_is_missing_is_asked_for(desk: WorkspaceService) -> None:
    name = desk.store.create(ME)
    for told, fields in (
        ("还没有要点", {}),
        ("填写“单位”", {"unit": ""}),
        ("填写“年度”", {"unit": "云渡镇"}),
        ("不是年份", {"year": "去年"}),
    ):
        desk.store.set_facts(ME, name, [WorkspaceFact("排查42件")] if fields else [], **fields)
        with pytest.raises(InputError, match=told):
            desk.write(ME, name)
    with pytest.raises(InputError, match="还没有正文"):
        desk.report(ME, name)


def test_a_draft_still_without_unit_or_year_is_laid_out() -> None:
    assert lay_out(WorkspaceDraft("x")).plan is None
    layout = lay_out(
        WorkspaceDraft("x", facts=(WorkspaceFact("排查隐患42处，整改45处"), WorkspaceFact(" ")))
    )
    assert [f.id for f in layout.sheet.facts] == ["F1"]
    assert layout.contradictions[0][0].rule == "NU02"
    assert layout.choices


def test_writing_that_a_crash_broke_off_counts_as_stopped(
    desk: WorkspaceService, name: str
) -> None:
    desk.store.set(ME, name, state="writing")
    assert desk.view(ME, name).draft.state == "stopped"


def test_every_sentence_is_read_back_for_the_exporters(desk: WorkspaceService, name: str) -> None:
    draft = draft_of(_written(desk, name))
    for section in draft.sections:
        assert "".join(s.text for s in section.sentences) == "".join(section.text.split("\n"))
    assert all(draft.fact_uses[f"F{n}"] for n in range(1, 25))


def test_what_a_refusing_model_left_is_written_without_it_and_the_rest_kept(
    tmp_path: Path,
) -> None:
    with serve(lambda exchange: exchange.status(401)) as server:
        settings = Settings(tmp_path / "home", base_url=server.url, api_key="sk", model="small")
        desk = WorkspaceService(settings, check=_check, open_knowledge=lambda: None)
        name = _new(desk, mode="model")
        desk.write(ME, name)
        while desk.jobs.is_writing(name):
            time.sleep(0.02)
        failed = desk.progress(ME, name)
        assert failed is not None
        assert (failed.state, failed.can_go_on) == ("failed", True)
        assert "（401）" in failed.error
        assert "OPENAI" not in failed.error
        before = {s.key: s.section for s in desk.view(ME, name).sections if s.section}
        asked = len(server.requests)
        desk.go_on(ME, name)
        _finish(desk, name)
        assert len(server.requests) == asked
    view = desk.view(ME, name)
    assert before
    assert {k: find_section(view, k).section for k in before} == before
    assert view.unused == ()
    assert (view.draft.state, view.draft.model) == ("done", "")
    progress = desk.progress(ME, name)
    assert progress is not None
    assert not progress.can_go_on
