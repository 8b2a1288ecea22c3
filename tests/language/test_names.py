import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.language.names.finder import NameKind, find_names, locate_names
from tests.timing import allowed


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "联合临溪县公安局云渡派出所和云渡司法所开展检查",
            ("临溪县公安局云渡派出所", "云渡司法所"),
        ),
        ("河东社区停车场启用，老街社区、石桥村安装监控", ("河东社区", "老街社区", "石桥村")),
        ("由青岚市水务集团有限公司承办", ("青岚市水务集团有限公司",)),
        (
            "临溪县市场监督管理局、青岚市中级人民法院",
            ("临溪县市场监督管理局", "青岚市中级人民法院"),
        ),
        ("出动民警到临溪县人民医院处置", ("临溪县人民医院",)),
        ("在云渡镇中心小学开展讲座", ("云渡镇中心小学",)),
        ("向阳镇、和平县", ("向阳镇", "和平县")),
        ("青岚市积极支持河东社区建设", ("青岚市", "河东社区")),
        ("印发《云渡镇消防工作方案》", ("《云渡镇消防工作方案》",)),
        ("授予“全国平安建设先进集体”称号", ("全国平安建设先进集体",)),
        ("获县平安建设先进乡镇（连续两年）", ("县平安建设先进乡镇",)),
        ("党委书记张伟带队，镇长李明华同志主持", ("张伟", "李明华")),
        ("书记王强、副书记赵小刚", ("王强", "赵小刚")),
        ("云渡镇检查，云渡镇整改", ("云渡镇",)),
    ],
)
def test_names_are_found(text: str, names: tuple[str, ...]) -> None:
    assert find_names(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "全市各村、我局、有关部门、各乡镇、本县、该镇",
        "与5个县区、43个成员单位签订责任书，三个村、12个乡镇",
        "物业公司和建筑公司，示范村，老旧小区，辖区学校，中小学校",
        "市场、市民、县级、村民、社区矫正、乡村振兴、局面、大局、格局",
        "党委书记高度重视，主任任组长，民警高度负责",
        "排查矛盾纠纷192件，化解188件，化解率97.9%",
        "群众张某因邻里纠纷来访",
        "获得群众好评，获得认可",
        "",
    ],
)
def test_common_words_are_no_names(text: str) -> None:
    assert find_names(text) == ()


def test_mentions_have_spans_and_kinds() -> None:
    text = "石桥村获评市级平安示范社区，书记王强带队"
    found = locate_names(text)
    assert [n.kind for n in found] == [NameKind.PLACE, NameKind.HONOUR, NameKind.PERSON]
    assert all(n.span.of(text) == n.text for n in found)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text(alphabet="云渡镇村县市局公司书记王强《》“”获评先进，和在12\n同志社区", max_size=60))
def test_mentions_never_overlap(text: str) -> None:
    found = locate_names(text)
    assert all(n.span.of(text) == n.text and n.text for n in found)
    for before, after in pairwise(found):
        assert before.span.end <= after.span.start


@pytest.mark.parametrize("unit", ["镇", "云渡镇", "获", "书记王", "《", "“", "和", "公司", "市"])
def test_time_is_linear_in_the_length(unit: str) -> None:
    begin = time.process_time()
    locate_names(unit * (60_000 // len(unit)))
    assert time.process_time() - begin < allowed(3)
