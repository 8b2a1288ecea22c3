"""Chat logs: who said what is kept, talk is no fact, a correction is asked about."""

import pytest

from app.core.facts import FactSheet
from app.formats.fact_files import parse_fact_sheet

PC = """\
平安办 何主任 2025/12/1 9:15:22
@所有人 清溪镇的平安建设数据今天下班前报一下

综治中心-老郑 2025/12/1 9:32:08
今年排查矛盾纠纷 326 件，调处成功 319 件

派出所 老马 2025/12/1 9:43:17
收到，稍等
[图片]
反诈入户宣传3150户，劝阻27人[抱拳]
"""
PHONE = """\
德育处-小梁:
法治讲座6次，覆盖学生1840人
[图片]

总务 老范:
收到

总务 老范:
更换灭火器64具，疏散演练4次

王校:
好，辛苦大家[OK]
"""
DING = """\
数据上报群（47）
裴永(一水厂)
2026-01-06 09:20
开展安全巡查365次，查出隐患58项，整改58项
12人已读
贡雪(营业所)
2026-01-06 09:45
[文件] 小结.docx
受理用水纠纷207件，调解205件
"""
QQ = """\
【管理员】李四(12345678) 10:22:31
各村今天把数报上来
【成员】上坪村-周(22334455) 10:25:02
夜间巡逻149次，劝返钓鱼人员12人
"""
SHEET = "单位：清溪镇\n年度：2025\n"


def facts(sheet: FactSheet) -> list[tuple[str, str]]:
    return [(f.shown, f.source) for f in sheet.facts]


def test_a_log_of_a_computer_gives_its_facts_with_the_department_that_told_them() -> None:
    sheet = parse_fact_sheet(PC)
    assert facts(sheet) == [
        ("今年排查矛盾纠纷326件，调处成功319件", "综治中心"),
        ("反诈入户宣传3150户，劝阻27人", "派出所"),
    ]
    assert (sheet.unit, sheet.year) == ("清溪镇", 2025)


def test_a_log_of_a_phone_has_names_on_lines_of_their_own() -> None:
    assert facts(parse_fact_sheet(PHONE, is_loose=True)) == [
        ("法治讲座6次，覆盖学生1840人", "德育处"),
        ("更换灭火器64具，疏散演练4次", "总务"),
    ]


def test_names_above_their_times_are_speakers_and_january_tells_of_the_year_before() -> None:
    sheet = parse_fact_sheet(DING)
    assert facts(sheet) == [
        ("开展安全巡查365次，查出隐患58项，整改58项", "一水厂"),
        ("受理用水纠纷207件，调解205件", "营业所"),
    ]
    assert sheet.year == 2025


def test_account_numbers_and_ranks_are_no_part_of_a_name() -> None:
    assert facts(parse_fact_sheet(QQ, is_loose=True)) == [
        ("夜间巡逻149次，劝返钓鱼人员12人", "上坪村")
    ]


@pytest.mark.parametrize("log", [PC, PHONE, DING, QQ])
def test_nothing_of_a_log_goes_silently(log: str) -> None:
    sheet = parse_fact_sheet(log, is_loose=True)
    told = "".join(f.shown for f in sheet.facts) + "".join(s.text for s in sheet.skipped)
    for line in filter(None, map(str.strip, log.splitlines())):
        for piece in line.replace(" ", "").split("，"):
            bare = piece.strip("[抱拳]OK：:")
            assert bare[-4:] in told.replace(" ", ""), piece
    assert all(s.why and s.line for s in sheet.skipped)


def test_a_corrected_figure_is_asked_about_and_neither_is_told() -> None:
    sheet = parse_fact_sheet(
        SHEET + "安监 小贺 2025/12/1 10:20:45\n检查九小场所512家次。发现隐患743处，整改731处\n"
        "安监 小贺 2025/12/1 10:24:19\n上面隐患数打错了，应该是734处\n"
    )
    assert [f.text for f in sheet.facts] == ["检查九小场所512家次"]
    asked = [s.text for s in sheet.skipped if s.is_question]
    assert asked == ["发现隐患743处，整改731处", "上面隐患数打错了，应该是734处"]


@pytest.mark.parametrize(
    "line",
    [
        "消防：检查326家次",
        "2025年12月3日 09:12接到报警，出警18次",
        "综治中心\n- 受理诉求12件",
        "【消防】\n- 检查9次",
        "好的做法：推行“三色预警”8处",
    ],
)
def test_a_sheet_is_no_log(line: str) -> None:
    sheet = parse_fact_sheet(SHEET + line)
    assert not any("聊天" in s.why or "应答" in s.why for s in sheet.skipped)
    assert len(sheet.facts) == 1
