"""What a message says of figures: in the magnitude and the words the text has them in."""

import pytest

from app.checking.context import CheckContext
from app.checking.engine import run_rules
from app.core.document import Document
from app.report.profile import load_profile


def message(text: str, rule: str) -> str:
    ctx = CheckContext(Document(text), load_profile("机关"))
    (found,) = [f.message for f in run_rules(ctx) if f.rule == rule]
    return found


@pytest.mark.parametrize(
    ("text", "rule", "told"),
    [
        (
            "全年共投入安全经费3.75亿元。年内共投入安全经费37250万元。",
            "NU05",
            "“投入安全经费”前面写的是3.75亿元，这里是37250万元，相差250万元",
        ),
        (
            "全年一般公共预算支出共3.75亿元。年内一般公共预算支出共3.57亿元。",
            "NU05",
            "“一般公共预算支出共”前面写的是3.75亿元，这里是3.57亿元，相差0.18亿元",
        ),
        (
            "投入1.12亿元，其中设备5200万元、场地4100万元、人员2100万元。",
            "NU01",
            "分项相加5200万＋4100万＋2100万＝1.14亿，与总数1.12亿相差0.02亿",
        ),
        (
            "补助资金1.2亿元，其中设备补助14000万元。",
            "NU02",
            "14000万元大于1.2亿元，多出2000万元",
        ),
        (
            "经费由57万元增加到65万元，增加12万元。",
            "NU04",
            "65万元与57万元相差8万元，与所写的12万元不符",
        ),
        ("全县排名由9位上升到21位。", "NU04", "由9位到21位是下降，写的却是上升"),
    ],
)
def test_amounts_are_told_as_the_text_prints_them(text: str, rule: str, told: str) -> None:
    assert told in message(text, rule)
