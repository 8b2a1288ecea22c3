import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import resources
from app.core.quantity import QuantityKind
from app.knowledge.clean import clean_report
from app.knowledge.masking.mask import mask_passage, usable_sentences
from app.knowledge.metadata import describe_report
from app.language.numbers.quantities import read_quantities

FORBIDDEN = {
    QuantityKind.COUNT,
    QuantityKind.PERCENT,
    QuantityKind.POINTS,
    QuantityKind.FRACTION,
    QuantityKind.MULTIPLE,
}


def left_over(text: str) -> list[str]:
    digits = [char for char in text if char.isdigit()]
    return digits + [q.span.of(text) for q in read_quantities(text) if q.kind in FORBIDDEN]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("全年排查矛盾纠纷413件，化解率97.3%。", "全年排查矛盾纠纷若干件，化解率相应比例。"),
        ("接待群众74批129人次。", "接待群众若干批若干人次。"),
        ("开展演练三十六次。", "开展演练若干次。"),
        ("2024年，投入1.2万元。", "本年度，投入若干元。"),
        ("按照青安办〔2024〕6号要求落实。", "有关文件要求落实。"),
        ("严格落实四不放过要求。", "严格落实四不放过要求。"),
        ("一是抓宣传，二是抓演练。", "一是抓宣传，二是抓演练。"),
    ],
)
def test_figures_and_dates_become_neutral_words(text: str, masked: str) -> None:
    assert mask_passage(text) == masked or left_over(mask_passage(text)) == []


def test_own_unit_and_place_are_masked_in_every_form() -> None:
    text = "临溪县云渡镇召开会议，云渡镇各村参加，平安云渡建设稳步推进，临溪县给予支持。"
    masked = mask_passage(text, names=("临溪县云渡镇",))
    assert "云渡" not in masked
    assert "临溪" not in masked
    assert masked.startswith("本单位召开会议")


def test_a_common_word_is_not_taken_for_a_place() -> None:
    assert "平安建设" in mask_passage("扎实推进平安建设。", names=("平安县安全局",))


def test_samples_keep_no_digit_no_quantity_and_no_unit_name() -> None:
    paths = sorted(resources.reports_dir().glob("*.txt"))
    assert len(paths) >= 16
    for path in paths:
        text = clean_report(path.read_text(encoding="utf-8"))
        unit = describe_report(text, path.name).unit
        masked = mask_passage(text, names=(unit,))
        assert left_over(masked) == []
        assert unit not in masked
        assert 0.5 < len(masked) / len(text) < 1.3


def test_usable_sentences_hold_no_figure_name_or_claim() -> None:
    text = (
        "网格员坚持每周走访，及时掌握邻里之间的矛盾苗头。全年排查矛盾纠纷413件。"
        "云渡镇召开会议部署消防工作。全年未发生火灾事故。被评为先进单位，受到表彰。"
        "（一）排查化解矛盾纠纷。建立说事室，请老党员和乡贤参与调解。比上年下降明显，群众满意。"
    )
    assert usable_sentences(text, names=("临溪县云渡镇",)) == (
        "网格员坚持每周走访，及时掌握邻里之间的矛盾苗头。",
        "建立说事室，请老党员和乡贤参与调解。",
    )


WORDS = (
    "排查 矛盾纠纷 12 ３ 件 ， 。 三十六次 近百万元 97.3% ① 云渡镇 〔2024〕6号 2024年 "
    "3月5日 二〇二三年 1+3+N 110 百分之九十 三成 Ⅳ 县 化解 "
    "一是 第3批 两倍 若干 本单位 12345热线 ％ x 十 万 零"
)
PIECES = st.lists(st.sampled_from(WORDS.split()), max_size=25).map("".join)


@settings(max_examples=200, deadline=None)
@given(PIECES)
def test_no_figure_survives(text: str) -> None:
    assert left_over(mask_passage(text)) == []


@settings(max_examples=100, deadline=None)
@given(
    PIECES,
    st.lists(st.text(alphabet="云渡镇县若干本单位件ab1", min_size=2, max_size=5), max_size=3),
)
def test_no_given_name_survives(text: str, names: list[str]) -> None:
    masked = mask_passage(text, names=names)
    assert not any(name in masked for name in names)


@settings(max_examples=100, deadline=None)
@given(PIECES)
def test_usable_sentences_are_sentences_of_the_text(text: str) -> None:
    for sentence in usable_sentences(text):
        assert sentence in text
        assert left_over(sentence) == []
