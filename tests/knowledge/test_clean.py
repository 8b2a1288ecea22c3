import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.knowledge.clean import clean_report


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("##paidbegin##\n全年平稳。\n##paidend##", "全年平稳。"),
        (
            "<p>组织&nbsp;&ldquo;消防&rdquo;演练。</p><br/>再次检查。",
            "组织“消防”演练。\n再次检查。",
        ),
        ("<script>var a='<b>';</script>全年平稳。", "全年平稳。"),
        ("【字号：大 中 小】 打印本页\n全年平稳。", "全年平稳。"),
        ("全年平稳。\n- 3 -\n群众满意。", "全年平稳。\n群众满意。"),
        ("全年平稳。\n第 2 页 共 5 页\n群众满意。", "全年平稳。\n群众满意。"),
        ("全年平稳。\n相关报道：\n云渡镇开展消防演练\n临溪县召开例会", "全年平稳。"),
        ("\ue004全年\u200b平稳。\ufeff", "全年平稳。"),
        ("您的位置：首页>政务公开\n全年平稳。", "全年平稳。"),
        ("临溪县云渡镇工作总结-政务公开\n全年平稳。", "全年平稳。"),
        ("投入 1.5 亿元，　增长 3 %。", "投入1.5亿元，增长3%。"),
        ("一、工作（此处隐藏1903字）情况", "一、工作情况"),
    ],
)
def test_residue_is_removed(dirty: str, clean: str) -> None:
    assert clean_report(dirty) == clean


def test_a_sentence_broken_over_lines_is_joined() -> None:
    text = (
        "坚持预防为主、防消结合，组织网格员对沿街商铺逐户走访，\n发现隐患当场督促整改。\n全年平稳。"
    )
    assert clean_report(text).split("\n") == [
        "坚持预防为主、防消结合，组织网格员对沿街商铺逐户走访，发现隐患当场督促整改。",
        "全年平稳。",
    ]


def test_a_heading_cut_inside_its_number_is_joined() -> None:
    assert clean_report("全年平稳。\n（\n三）反诈宣传") == "全年平稳。\n（三）反诈宣传"


def test_headings_title_and_signature_keep_their_lines() -> None:
    text = (
        "云渡镇2024年平安建设工作总结\n一、加强组织领导，压实责任\n"
        "（一）健全机制\n成立领导小组。\n云渡镇人民政府"
    )
    assert clean_report(text) == text


def test_a_running_list_of_links_with_prose_behind_it_is_kept() -> None:
    text = "相关信息：\n" + "网格员坚持每周走访，及时掌握邻里之间的矛盾苗头。\n" * 2
    assert "网格员" in clean_report(text)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="一二、（）()，。：1234.页第年 \n\t<>/pbr&lt;#【】字号安全\ue000\u3000x-"))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean_report(text)
    assert clean_report(once) == once


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_any_text_is_cleaned_without_error(text: str) -> None:
    cleaned = clean_report(text)
    assert "\r" not in cleaned
    assert "\n\n" not in cleaned


def test_hostile_text_is_cleaned_in_linear_time() -> None:
    for piece in ("<", "<a ", "（", "##", "&#", "相关报道：\n", "一、", "【字号："):
        clean_report(piece * 20_000)
