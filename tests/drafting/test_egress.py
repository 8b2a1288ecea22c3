"""Secrecy marks and personal data never go to a model beyond the office."""

import pytest

from app.core.address import is_loopback
from app.core.errors import ConfigError
from app.drafting.model.egress import find_leaks, guard

REMOTE = "https://model.example.com/v1"

LEAKS = [
    ("机密★1年", "密级标志"),
    ("秘密 ★", "密级标志"),
    ("密级：秘密", "密级标志"),
    ("绝密★", "密级标志"),
    ("帮扶对象身份证号110105199003078515", "身份证号"),
    ("证件11010519900307851X已核对", "身份证号"),
    ("１１０１０５１９９００３０７８５１５", "身份证号"),
    ("联系电话13812345678", "手机号"),
    ("电话138 1234 5678", "手机号"),
    ("手机＋86 13812345678".replace("＋", "+"), "手机号"),
    ("信访人李建国反映道路破损", "姓名"),
    ("来访群众王小红的诉求已办结", "姓名"),
    ("信访人：欧阳".replace("欧阳", "赵明"), "姓名"),
    ("账号6222021234567890123", "银行卡号"),
]

CLEAN = [
    "开展保密自查4次，抓好机密文件管理",
    "排查矛盾纠纷12345678件",
    "拨打12345热线",
    "接待来访群众28批46人次",
    "信访人张某反映问题",
    "来访群众平均等候时间缩短",
    "信访人员高度关注",
    "信访人等候区",
    "来访群众满意率99%",
    "投资1380万元，惠及1381户",
    "2025年3月5日，编号2025030512345",
    "会议20250305次",
]


@pytest.mark.parametrize(("text", "kind"), LEAKS)
def test_leak_is_found_and_its_content_hidden(text: str, kind: str) -> None:
    leaks = find_leaks([("第3行要点", text)])
    assert [leak.kind for leak in leaks] == [kind]
    with pytest.raises(ConfigError) as caught:
        guard([("第3行要点", text)], base_url=REMOTE)
    message = str(caught.value)
    assert "第3行要点" in message
    assert kind in message
    for secret in ("13812345678", "199003078515", "李建国", "王小红", "赵明", "1234567890"):
        assert secret not in message


@pytest.mark.parametrize("text", CLEAN)
def test_ordinary_facts_pass(text: str) -> None:
    assert find_leaks([("要点", text)]) == ()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8009/v1", "http://localhost:1/v1", "http://[::1]:80/v1"]
)
def test_loopback_gets_everything(url: str) -> None:
    guard([("要点", "机密★1年")], base_url=url)


def test_trusted_host_gets_everything_and_its_neighbour_nothing() -> None:
    text = [("要点", "机密★1年")]
    guard(text, base_url="http://llm.office.lan/v1", trusted_hosts=["LLM.office.lan"])
    with pytest.raises(ConfigError):
        guard(text, base_url="http://llm.office.lan.evil.cn/v1", trusted_hosts=["llm.office.lan"])


@pytest.mark.parametrize("host", ["127.0.0.1.example.com", "localhost.example.com", "10.0.0.1"])
def test_lookalikes_are_not_loopback(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:8009", "ftp://x/v1", "http://", "http://x:99999/v1"]
)
def test_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="OPENAI_BASE_URL"):
        guard([], base_url=url)


def test_user_part_of_an_address_does_not_pass_for_the_host() -> None:
    with pytest.raises(ConfigError):
        guard([("要点", "机密★1年")], base_url="http://127.0.0.1@model.example.com/v1")
