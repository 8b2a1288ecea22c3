"""Mending laid-out text: what is taken out, what stays, and the way back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.document import Block, BlockKind, Document, Span
from app.language.structure.unwrap import mend

PARAGRAPHS = (
    "全镇按照“谁主管、谁负责”的要求，把平安建设纳入村级年度考核，签订责任书36份，召开调度会12次，"
    "逐项研究消防、交通和防溺水工作，做到年初有部署、年中有督查、年末有考评。",
    "一是抓排查。包村干部每半月走访一遍，全年排查矛盾纠纷143件，化解140件，化解率97.9%，"
    "未化解的3件都已落实包案领导。",
    "二是抓宣传。利用集市日发放反诈宣传单2600份，举办消防演练4场，320名群众参加，"
    "劝阻转账17起，避免损失23.6万元。",
    "针对年初摸排出的电动自行车进楼道、农用车载人等突出问题，镇里会同派出所、市场监管所开展集中整治，"
    "检查商户86家，整改隐患41处，新建充电车棚9处，全年没有发生亡人火灾和较大以上道路交通事故。",
)
REPORT = "\n".join(f"　　{p}" for p in PARAGRAPHS)


def mended(text: str) -> str:
    found = mend(Document(text))
    return text if found is None else found.document.text


def printed(text: str, width: int) -> str:
    """Every paragraph broken into lines of one width."""
    return "\n".join(
        line[i : i + width] for line in text.split("\n") for i in range(0, len(line), width)
    )


@pytest.mark.parametrize("width", [24, 31, 38, 42])
def test_printed_lines_become_paragraphs_again(width: int) -> None:
    assert mended(printed(REPORT, width)) == REPORT


def test_lines_as_wide_as_a_page_in_columns_are_joined() -> None:
    lines, line = [], ""
    for char in REPORT.replace("\n", "\r"):
        if char == "\r" or sum(2 - (c < "ÿ") for c in line) >= 56:
            lines.append(line)
            line = ""
        line += char.strip("\r")
    lines.append(line)
    assert mended("\n".join(lines)) == REPORT


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("排查 42 件，化解 45 件。", "排查42件，化解45件。"),
        ("排查矛盾纠纷 4 2 件。", "排查矛盾纠纷42件。"),
        ("2 0 2 4 年 1 2 月", "2024年12月"),
        ("投入 2 . 5 万元", "投入2.5万元"),
        ("化解率 97.3 %，投入 1.5 亿元", "化解率97.3%，投入1.5亿元"),
        ("全年排查隐患4\n2处，整改45处。", None),
        ("全年排查隐患，共4\n2处，整改45处。", "全年排查隐患，共42处，整改45处。"),
        ("全年检查，查出隐患42\n处，整改45处。", "全年检查，查出隐患42处，整改45处。"),
    ],
)
def test_figures_are_put_together(text: str, wanted: str | None) -> None:
    assert mended(text) == (text if wanted is None else wanted)


@pytest.mark.parametrize(
    "text",
    [
        REPORT,
        "1 总体情况\n2 主要做法\n3 下步打算",
        "　　2024年12月3日\n　　云渡镇人民政府",
        "联系电话：0000，值班室12345\n2024年12月3日，全镇召开会议。",
        "共发放宣传单（    ）份，召开会议    次。",
        "一、压实责任，健全齐抓共管的平安建设工作格局\n镇党委专题研究4次，逐村签订责任书。\n"
        "二、排查化解，健全群防群治的矛盾调处工作机制\n全年排查矛盾纠纷143件，化解140件。\n"
        "三、联防联控，健全人防技防的治安防控工作体系\n组织夜间巡逻48次，群众满意率98.6%。",
        "一村，排查矛盾纠纷12件，化解矛盾纠纷11件\n二村，排查矛盾纠纷14件，化解矛盾纠纷13件",
    ],
)
def test_text_without_a_layout_of_its_own_is_left_alone(text: str) -> None:
    assert mend(Document(text)) is None


def test_headings_are_not_joined_with_printed_lines() -> None:
    text = f"一、抓排查\n{REPORT}\n（二）抓宣传\n{REPORT}"
    lines = mended(printed(text, 30)).split("\n")
    assert lines[0] == "一、抓排查"
    assert "（二）抓宣传" in lines


def test_tables_keep_their_layout_and_blocks_move_along() -> None:
    body, table = "排查 42 件，化解 40 件。\n", "指标 42 件\n"
    text = body + table
    blocks = (
        Block(Span(0, len(body)), BlockKind.BODY),
        Block(Span(len(body), len(text)), BlockKind.TABLE),
    )
    found = mend(Document(text, blocks=blocks))
    assert found is not None
    assert [b.span.of(found.document.text) for b in found.document.blocks] == [
        "排查42件，化解40件。\n",
        "指标 42 件\n",
    ]


@given(st.text(alphabet="排查件年，。；\n 　4２7.%", max_size=200))
def test_every_kept_character_leads_back_to_itself_and_only_blanks_are_lost(text: str) -> None:
    found = mend(Document(text))
    if found is None:
        return
    short = found.document.text
    places = [found.restore(Span(i, i + 1)) for i in range(len(short))]
    assert "".join(p.of(text) for p in places) == short
    assert places == sorted(places)
    assert "".join(short.split()) == "".join(text.split())
    end = found.restore(Span(len(short), len(short)))
    assert end == Span(len(text), len(text))
