"""Names of one unit's own making are masked, everybody's sayings stay."""

import pytest

from app.knowledge.masking.coinages import has_coinage, mask_coinages
from app.knowledge.masking.mask import mask_passage, usable_sentences


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("做强“船家调解室”，常年开放。", "做强有关做法，常年开放。"),
        ("在云桐公路桐湾急弯处增设凸面镜。", "在本地公路本地急弯处增设凸面镜。"),
        ("三是梧柏公路安装护栏。", "三是本地公路安装护栏。"),
        ("完善云桐公路照明。", "完善本地公路照明。"),
    ],
)
def test_what_is_one_units_own_is_masked(text: str, masked: str) -> None:
    assert mask_coinages(text) == masked
    assert has_coinage(text)


@pytest.mark.parametrize(
    "text",
    [
        "坚持和发展新时代“枫桥经验”。",
        "推行“一企一册、一患一策”。",
        "开展“国家宪法日”宣传。",
        "在农村公路增设标志，对主要公路加强巡查。",
        "整治道路隐患，疏通消防通道。",
    ],
)
def test_what_everybody_says_stays(text: str) -> None:
    assert mask_coinages(text) == text


def test_a_passage_lends_no_coined_name() -> None:
    text = "“船家调解室”增设周末班，调处旅游消费纠纷22件。"
    assert "船家" not in mask_passage(text, names=("临溪县云渡镇",))
    assert usable_sentences("把“船家调解室”办成群众家门口的调解室，让道理说得明白。") == ()
