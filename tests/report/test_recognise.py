"""The type of unit is recognised from signature, title and wording."""

import pytest

from app.core.document import Document
from app.language.view import TextView
from app.report.recognise import recognise_profile
from tests.conftest import ROOT

BODY = "一、组织领导\n专题研究4次，压实各级责任。\n二、矛盾化解\n全年排查纠纷86件。\n"


@pytest.mark.parametrize(
    ("text", "name", "because"),
    [
        (f"平安建设工作总结\n{BODY}青岚市林业局\n2024年12月20日\n", "机关", "落款"),
        (f"青岚市水务集团有限公司2024年平安建设工作总结\n{BODY}", "国企", "标题"),
        (f"云渡镇2024年平安建设工作总结\n{BODY}", "乡镇", "标题"),
        (f"青岚市2024年平安建设工作总结\n{BODY}", "市级", "标题"),
        (f"平安建设工作总结\n{BODY}中共临溪县委政法委员会\n2024年12月20日\n", "市级", "落款"),
        (f"工作总结\n我镇坚持源头治理，各村成立调解室，镇党委逐月调度。\n{BODY}", "乡镇", "正文"),
        (f"工作总结\n公司党委高度重视，各班组签订责任书，集团公司督导。\n{BODY}", "国企", "正文"),
        (f"工作总结\n我局高度重视，局党组专题研究，各科室签订责任书。\n{BODY}", "机关", "正文"),
        (
            f"工作总结\n全市上下齐心协力，市委常委会专题研究，各县区签订责任书。\n{BODY}",
            "市级",
            "正文",
        ),
        (f"各位代表：\n现在报告工作。\n{BODY}", "市级", "各位代表"),
        ("扎实推进。", "机关", "看不出"),
    ],
)
def test_type_is_recognised_with_its_reason(text: str, name: str, because: str) -> None:
    document = Document(text)

    recognition = recognise_profile(TextView(document))

    assert recognition.name == name
    assert because in recognition.reason


@pytest.mark.parametrize(
    "path", sorted((ROOT / "knowledge_base" / "reports").glob("*.txt")), ids=lambda p: p.stem
)
def test_sample_reports_are_recognised(path) -> None:  # type: ignore[no-untyped-def]
    stem = path.stem
    kind = (
        "国企"
        if "公司" in stem
        else "乡镇"
        if stem[-1] in "镇乡"
        else "市级"
        if stem[-1] == "市"
        else "机关"
    )
    document = Document(path.read_text(encoding="utf-8"))

    assert recognise_profile(TextView(document)).name == kind
