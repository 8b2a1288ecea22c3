"""Set phrases with one character of the same sound: found in any phrase, no chance meeting."""

from itertools import pairwise

import pytest

from app import resources
from app.checking.set_phrases import find_slips


def slips(text: str) -> list[tuple[str, str]]:
    return sorted((slip.span.of(text), slip.right) for slip in find_slips(text))


@pytest.mark.parametrize(
    ("text", "wrong", "right"),
    [
        ("干部职工安全意识不断题高。", "不断题高", "不断提高"),
        ("深入开展扫黑除恶，坚持除恶务进。", "除恶务进", "除恶务尽"),
        ("做到底数清、情况名、措施实。", "底数清、情况名", "底数清、情况明"),
        ("以负责的态度做好各向工作，不留死角。", "各向工作", "各项工作"),
        ("完善社会治安防空体系建设。", "治安防空体系", "治安防控体系"),
        ("及时处治突发事件5起。", "处治突发", "处置突发"),
        ("推进群访群治队伍建设。", "群访群治", "群防群治"),
        ("确保社会大局长治九安。", "长治九安", "长治久安"),
        ("严格落实一岗双则，层层签订责任状。", "一岗双则", "一岗双责"),
        ("宣传消防安权，走访86户。", "消防安权", "消防安全"),
        ("统一思相、凝聚共识。", "统一思相", "统一思想"),
        ("强化源头制理，做到抓早抓小。", "源头制理", "源头治理"),
    ],
)
def test_one_wrong_character_of_the_same_sound_is_found(text: str, wrong: str, right: str) -> None:
    assert (wrong, right) in slips(text)


@pytest.mark.parametrize(
    "text",
    [
        "形成合理布局，现场汇报3次，推进汇总上报。",
        "社会免费开放法制宣传栏，普及民主法制知识。",
        "人民防空体系建设有序推进，防空警报试鸣。",
        "隐患处治工程完工，边坡病害处治到位。",
        "执行例会制度，信息画像更准，政法为民办实事。",
        "各村向其他单位学习，工作方按职责分工推进。",
        "服务中新增窗口4个，群众满意度高。",
        "在重点工程一线，组织全员学习，坚持以人为镜。",
        "不断提高，除恶务尽，各项工作，长治久安。",
        "齐心协力、统筹协调、一以贯之、公开公正。",
        "不断\n题高",
        "",
        "题高",
    ],
)
def test_what_only_looks_like_one_is_left_alone(text: str) -> None:
    assert slips(text) == []


def test_no_sample_report_holds_one() -> None:
    for path in sorted(resources.reports_dir().glob("*.txt")):
        assert slips(path.read_text("utf-8")) == [], path.name


def test_the_lists_name_nothing_twice() -> None:
    for name in ("set_phrases.txt", "homophones.txt"):
        lines = (resources.lexicons_dir() / name).read_text("utf-8").splitlines()[1:]
        assert all(one != other for one, other in pairwise(sorted(lines))), name


def test_time_stays_in_proportion_to_length() -> None:
    text = "不断题高，" * 20_000
    assert len(slips(text)) == 20_000
