"""What chats leave in a text: the list's own examples, exact places, and time in proportion."""

import time
from dataclasses import dataclass

import pytest

from app import resources
from app.core.errors import ConfigError
from app.language import chat
from app.language.chat import find_remarks
from tests.timing import allowed


@dataclass(frozen=True, slots=True)
class Sample:
    """An example of the list: a text in which an act is, or is not, to be found."""

    act: str
    text: str
    is_found: bool


def _samples() -> tuple[Sample, ...]:
    found = []
    act = ""
    for line in (resources.lexicons_dir() / chat.FILE).read_text("utf-8").splitlines():
        if line.startswith("【"):
            act = line.strip("【】")
        elif line.startswith(("＋", "－")):
            found.append(Sample(act, line[1:].replace("\\n", "\n"), line[0] == "＋"))
    return tuple(found)


SAMPLES = _samples()


def told(text: str) -> list[tuple[str, str]]:
    return [(r.act, r.span.of(text)) for r in find_remarks(text, frozenset(text))]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.text[:24])
def test_every_example_of_the_list_is_as_it_says(sample: Sample) -> None:
    acts = {act for act, _ in told(sample.text)}
    assert sample.act in acts if sample.is_found else not acts


def test_every_act_has_examples_and_near_misses() -> None:
    for act in {sample.act for sample in SAMPLES}:
        kinds = [sample.is_found for sample in SAMPLES if sample.act == act]
        assert sum(kinds) >= 3, act
        assert len(kinds) - sum(kinds) >= 2, act


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("全镇平稳。希望对您有帮助！", ["希望对您有帮助！"]),
        ("全镇平稳（注：数据仅为示例，请替换）。", ["（注：数据仅为示例，请替换）"]),
        ("以下是修改后的版本：全镇平稳。", ["以下是修改后的版本："]),
        ("一、成效\n如需增删，请告诉我\n全镇平稳。", ["如需增删，请告诉我"]),
        ("走访12户[图片]，化解3件", ["[图片]"]),
        ("  @所有人 报数", ["@所有人"]),
    ],
)
def test_speech_is_told_by_the_sentence_and_marks_as_they_stand(
    text: str, places: list[str]
) -> None:
    assert [place for _, place in told(text)] == places


def test_what_is_quoted_is_told_not_meant() -> None:
    assert told("墙上写着“有困难请告诉我”，网格员常说“您看这样行吗？”。") == []


def test_a_line_that_holds_no_more_is_known_as_one() -> None:
    text = "表\n09:15\n2025年12月3日 09:15\n办结[图片]"
    lines = {r.span.of(text): r.is_line for r in find_remarks(text, frozenset(text))}
    assert lines == {"2025年12月3日 09:15": True, "[图片]": False}


def test_no_sample_report_holds_any() -> None:
    for path in sorted(resources.reports_dir().glob("*.txt")):
        assert told(path.read_text("utf-8")) == [], path.name


@pytest.mark.parametrize(
    "token",
    ["如果", "以上内容", "由于您", "语气如果", "您可以", "张三 9:15", "我", "（", "请根据实际"],
)
def test_time_stays_in_proportion_to_length(token: str) -> None:
    text = "您，告诉我，语气，示例，AI，模板" + token * (100_000 // len(token))
    start = time.process_time()
    told(text)
    assert time.process_time() - start < allowed(2.0)


def test_a_line_of_the_list_that_is_none_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    folder = resources.lexicons_dir()
    lines = (folder / chat.FILE).read_text("utf-8").splitlines()
    wrong = "\n".join([*lines, "没有箭头的一行"])
    monkeypatch.setattr(type(folder), "read_text", lambda *_, **__: wrong)
    chat._book.cache_clear()
    with pytest.raises(ConfigError, match=f"第{len(lines) + 1}行"):
        told("您好")
    chat._book.cache_clear()
