"""One reader of personal data and secrecy marks: what it finds, where, and at what cost."""

import logging
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.language.sensitive import Kind, read_sensitive, redact
from app.services.log_redaction import redact_logs
from tests.timing import allowed

ID = "33010619870412361"
HIDDEN = "\u200b\u00ad\u2060\ufeff\u202e"


def kinds(text: str) -> list[Kind]:
    return [item.kind for item in read_sensitive(text)]


@pytest.mark.parametrize(
    ("text", "kind", "quote"),
    [
        ("来电139\u200b5714\u00ad2068。", Kind.PHONE, "139\u200b5714\u00ad2068"),
        ("来电１３９－５７１４－２０６８。", Kind.PHONE, "１３９－５７１４－２０６８"),
        ("来电𝟏𝟑𝟗𝟓𝟕𝟏𝟒𝟐𝟎𝟔𝟖。", Kind.PHONE, "𝟏𝟑𝟗𝟓𝟕𝟏𝟒𝟐𝟎𝟔𝟖"),
        ("来电١٣٩٥٧١٤٢٠٦٨。", Kind.PHONE, "١٣٩٥٧١٤٢٠٦٨"),
        ("来电①③⑨⑤⑦①④②⓪⑥⑧。", Kind.PHONE, "①③⑨⑤⑦①④②⓪⑥⑧"),
        ("来电幺三九 五七一四 二〇六八。", Kind.PHONE, "幺三九 五七一四 二〇六八"),
        ("死者张\u2060福\u200b生。", Kind.NAME, "张\u2060福\u200b生"),
        ("机\u200b 密★1年\n总结", Kind.SECRECY, "机\u200b 密★1年"),
    ],
)
def test_folded_forms_are_found_and_quoted_as_they_stand(text: str, kind: Kind, quote: str) -> None:
    (item,) = read_sensitive(text)
    assert (item.kind, item.span.of(text)) == (kind, quote)


def test_a_lines_prose_on_secrets_is_no_mark() -> None:
    assert kinds("开展保密教育2场，绝密、机密、秘密级文件分柜存放，泄密事件0起") == []


@pytest.mark.parametrize(
    "text", ["局长王建国带队", "信访人李某某", "联系人：王芳", "死者家属", "精神障碍患者应治尽治"]
)
def test_people_in_office_masked_names_and_plain_words_pass(text: str) -> None:
    assert kinds(text) == []


def test_the_checksum_decides_where_another_label_stands_before() -> None:
    assert kinds(f"编号{ID}2") == [Kind.ID]
    assert kinds(f"编号{ID}5") == []


@given(st.text(alphabet=f"张福生死者机密139571420686 -★年【】@.村号室{HIDDEN}\n１٣①", max_size=60))
def test_spans_lie_in_the_text_in_order_and_apart(text: str) -> None:
    end = 0
    for item in read_sensitive(text):
        assert end <= item.span.start < item.span.end <= len(text)
        end = item.span.end


def test_redaction_leaves_nothing_to_find() -> None:
    text = f"死者张福生，身份证{ID}2，电话139-5714-2068，家住石桥村23号，消防演练6场。"
    assert read_sensitive(redact(text)) == ()
    assert "消防演练6场" in redact(text)


@pytest.mark.parametrize(
    "piece",
    [
        "1 ",
        "1-",
        "一二",
        "信访人",
        "死者张",
        "a@",
        "机 密 ",
        "内部",
        "阳光小区3幢",
        "村1号",
        "浙A1",
        "(男",
    ],
)
def test_hostile_repeats_cost_no_more_than_in_proportion(piece: str) -> None:
    text = piece * (30_000 // len(piece))
    start = time.process_time()
    read_sensitive(text)
    assert time.process_time() - start < allowed(1.0)


@pytest.fixture
def redacted() -> Iterator[None]:
    before = logging.getLogRecordFactory()
    redact_logs()
    yield
    logging.setLogRecordFactory(before)


@pytest.mark.usefixtures("redacted")
def test_log_lines_hold_no_personal_data(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("app.web.guard")
    try:
        raise ValueError(f"身份证{ID}2")
    except ValueError as error:
        log.error("failed on %s", "电话13957142068", exc_info=error)
    shown = caplog.text + "".join(r.exc_text or "" for r in caplog.records)
    assert "〔手机号〕" in shown
    assert "〔身份证号〕" in shown
    assert ID not in shown
    assert "13957142068" not in shown
