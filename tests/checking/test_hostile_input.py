"""No rule runs away: a megabyte of repeated tokens takes each rule less than two seconds."""

import time
from collections.abc import Callable
from functools import partial

import pytest

from app.checking.context import CheckContext
from app.checking.engine import MAX_FINDINGS, load_rules, run_rule
from app.checking.rule import Rule
from app.core.document import Document
from app.report.profile import load_profile
from tests.timing import allowed

TOKENS = (
    *("X", "*", "×年", "某", "_", "（", "《", "“", "〔", "【", "(", "<", "&", "？", "一", "、"),
    *("。", "，", " ", "\n", "\n\n", "啊", "啊哦", "市际、", "包括包括", "一是", "一、", "（一）"),
    *("1.", "①", "附件\n", "2024年", "12月", "第一，", "##", "日为至", "-", "年 ", "同比增长（"),
    *("存在问题", "下一步，", "a.", "1380013", "机密", "\n一、甲\n", "，\n乙"),
)
SIZE = 1_000_000
LIMIT_S = 2.0
READER_LIMIT_S = 10.0  # a reader runs once for all rules


@pytest.mark.slow
@pytest.mark.parametrize("token", TOKENS, ids=repr)
def test_every_rule_survives_a_megabyte(token: str) -> None:
    ctx = CheckContext(Document(token * (SIZE // len(token))), load_profile("机关"))
    for reader in ("paragraphs", "sentences", "outline", "enumerations", "quantities", "parts"):
        _timed(reader, partial(getattr, ctx, reader), READER_LIMIT_S)
    for rule in load_rules():
        _timed(rule.meta.code, partial(_run, rule, ctx))


@pytest.mark.parametrize("token", ["X", "（", "一是", "市际、", "\n", "存在问题", "。"], ids=repr)
def test_text_rules_survive_a_hundred_thousand_characters(token: str) -> None:
    ctx = CheckContext(Document(token * (SIZE // 10 // len(token))), load_profile("机关"))
    for rule in load_rules():
        if rule.meta.code[:2] in ("PH", "ST", "LA", "SE") or rule.meta.code in ("CO01", "CO04"):
            _timed(rule.meta.code, partial(_run, rule, ctx))


def _run(rule: Rule, ctx: CheckContext) -> None:
    for finding in run_rule(rule, ctx):
        assert finding.rule != "XX00", finding.message


def _timed(name: str, work: Callable[[], object], limit_s: float = LIMIT_S) -> None:
    start = time.process_time()
    work()
    spent = time.process_time() - start

    assert spent < allowed(limit_s), f"{name} took {spent:.1f} s"


def test_endless_findings_of_one_rule_are_cut_off_with_a_word_about_it() -> None:
    ctx = CheckContext(Document("×年" * 20_000), load_profile("机关"))
    (rule,) = [rule for rule in load_rules() if rule.meta.code == "PH01"]

    findings = list(run_rule(rule, ctx))

    assert len(findings) == MAX_FINDINGS
    assert "其余不再列出" in findings[-1].message
