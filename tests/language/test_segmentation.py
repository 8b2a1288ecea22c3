"""Characters cut into words by a dictionary: the likeliest words, found without reading it."""

from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest

from app.core.document import Span
from app.core.errors import ConfigError
from app.language import segmentation as words
from app.language.segmentation import around, cut, gain, is_apart, look_up


def cut_up(text: str, *, known: str = "", unknown: str = "") -> list[str]:
    return [word.of(text) for word in cut(text, known=known, unknown=unknown).words]


def test_nearly_every_chinese_word_of_the_dictionary_is_found() -> None:
    """Its file is sorted but for a dozen entries, which are no words of official prose."""
    spec = find_spec("jieba")
    assert spec is not None
    assert spec.origin is not None
    text = (Path(spec.origin).parent / "dict.txt").read_text("utf-8")
    lines = [line.split(" ") for line in text.split("\n")[:-1] if "一" <= line[0] <= "鿿"]
    assert len(lines) > 300_000
    assert sum(one[0] > other[0] for one, other in pairwise(lines)) < 10
    for name, count, kind in lines[100::997]:
        word = look_up(name)
        assert (word.count, word.kind) == (int(count), kind), name


@pytest.mark.parametrize("text", ["", "龥龥", "渡渡镇", "zzz", "\ud800", "\n", " "])
def test_what_is_no_word_has_no_count(text: str) -> None:
    assert look_up(text).count == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("困难人员实现再就业", "困难 人员 实现 再 就业"),
        ("从末端处置向前端延伸", "从 末端 处置 向 前端 延伸"),
        ("实事求是是根本", "实事求是 是 根本"),
        ("切实加强加强巡逻", "切实 加强 加强 巡逻"),
        ("", ""),
    ],
)
def test_a_text_is_cut_into_its_likeliest_words(text: str, found: str) -> None:
    assert cut_up(text) == found.split()


def test_words_can_be_added_and_left_out() -> None:
    assert cut_up("登记台账本", known="台账") == ["登记", "台账", "本"]
    assert cut_up("个人帐户", unknown="帐户") == ["个人", "帐", "户"]


def test_a_cut_covers_any_text_whole() -> None:
    for text in ("\ud800坏字\u0000", "AB12。，", "的" * 50, "龥龘"):
        spans = cut(text).words
        assert "".join(span.of(text) for span in spans) == text


def test_what_stands_round_a_place_ends_at_the_next_mark() -> None:
    text = "隐患台帐，逐项销号。"
    assert around(text, Span(2, 4)) == Span(0, 4)
    assert around("共36件台帐12本", Span(4, 6)) == Span(3, 6)


def test_a_wrong_writing_is_weighed_against_the_right_one() -> None:
    text, place = "困难人员实现再就业", Span(5, 7)
    assert not is_apart(text, place, unknown="现再")
    assert gain(text, place, "现在", unknown="现再") < 5
    text, place = "建立隐患台帐", Span(4, 6)
    assert is_apart(text, place, unknown="台帐")
    assert gain(text, place, "台账", known="台账", unknown="台帐") > 5


def test_a_missing_dictionary_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    words._dictionary.cache_clear()
    look_up.cache_clear()
    cut.cache_clear()
    monkeypatch.setattr(words, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match="重新安装"):
        look_up("部署")
    look_up.cache_clear()
