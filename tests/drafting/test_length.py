"""A report is as long as asked for, as long as its facts carry it."""

import re

import pytest

from app import resources
from app.core.draft import Draft, DraftSection, DraftSentence
from app.core.errors import ConfigError
from app.drafting.prose.length import count_chars, paragraphs_of, with_paragraphs
from app.drafting.prose.phrase_book import load_phrase_book
from app.evidence.ground import ground
from app.formats.fact_files import read_fact_sheet
from app.report.profile import PROFILE_NAMES
from app.services.drafting import DraftWish, draft_report
from app.settings import Settings, default_home
from tests.drafting.helpers import sheet_of

SETTINGS = Settings(default_home())


def draft(name: str, length: int) -> Draft:
    sheet = read_fact_sheet(resources.examples_dir() / f"{name}.txt")
    return draft_report(sheet, settings=SETTINGS, wish=DraftWish(length=length))


@pytest.mark.parametrize("name", PROFILE_NAMES)
@pytest.mark.parametrize("length", [1300, 1700, 2200, 2600])
def test_length_is_met_within_a_fifth_and_nothing_is_invented(name: str, length: int) -> None:
    result = draft(name, length)
    assert result.length is not None
    assert result.length.actual == count_chars(result.text)
    assert 0.8 * length <= result.length.actual <= 1.2 * length
    assert result.length.note == ""
    sheet = read_fact_sheet(resources.examples_dir() / f"{name}.txt")
    body = "\n".join(section.text for section in result.sections)
    grounding = ground(body, sheet, strict=True)
    assert (grounding.unsourced, grounding.unused) == ((), ())


@pytest.mark.parametrize("name", PROFILE_NAMES)
@pytest.mark.parametrize("length", [1300, 2600])
def test_what_is_added_comes_from_the_bank_and_never_twice(name: str, length: int) -> None:
    result = draft(name, length)
    free = [s.text for x in result.sections for s in x.sentences if not s.facts]
    assert len(set(free)) == len(free)
    assert not any(re.search(r"\d", text) for text in free if not text.startswith("2025年"))


def test_length_the_facts_do_not_carry_is_missed_and_told() -> None:
    sheet = sheet_of("排查矛盾纠纷192件，化解188件", "消防演练11次")
    long = draft_report(sheet, settings=SETTINGS, wish=DraftWish(length=5000))
    assert long.length is not None
    assert long.length.actual < 1000
    assert "没有硬凑" in long.length.note
    whole = draft("市级", 400)
    assert whole.length is not None
    assert "没有删减要点" in whole.length.note
    assert all(whole.fact_uses.values())


@pytest.mark.parametrize("length", [1, 199, 10**6])
def test_impossible_length_is_refused(length: int) -> None:
    with pytest.raises(ConfigError, match="字"):
        draft("机关", length)


@pytest.mark.parametrize("length", [1300, 1700, 2600])
def test_sentences_still_make_up_the_text_and_lists_stay_whole(length: int) -> None:
    result = draft("乡镇", length)
    for section in result.sections:
        assert "".join(s.text for s in section.sentences) == section.text.replace("\n", "")
        points = re.findall(r"(?:^|[。；，：\n])([一二三四五六七八九])是", section.text)
        assert points == list("一二三四五六七八九"[: len(points)])
        heads = re.findall(r"（([一二三四五六七八九])）", section.text)
        assert heads == list("一二三四五六七八九"[: len(heads)])


def test_bank_has_wording_to_lengthen_every_part() -> None:
    assert all(part.more for part in load_phrase_book().parts.values())


def test_paragraphs_are_read_back_as_they_stand() -> None:
    section = DraftSection(
        "safety",
        "标题",
        "甲。乙。\n丙。",
        sentences=tuple(map(DraftSentence, ("甲。", "乙。", "丙。"))),
    )
    paragraphs = paragraphs_of(section)
    assert [[s.text for s in group] for group in paragraphs] == [["甲。", "乙。"], ["丙。"]]
    assert with_paragraphs(section, paragraphs) == section
