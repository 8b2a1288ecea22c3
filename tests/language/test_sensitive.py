"""One reader of personal data and secrecy marks: what it finds, where, and at what cost."""

import logging
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.language.sensitive import SensitiveKind, read_sensitive, redact
from app.services.log_redaction import redact_logs
from tests.timing import allowed

ID = "33010619870412361"
HIDDEN = "\u200b\u00ad\u2060\ufeff\u202e"


def kinds(text: str) -> list[SensitiveKind]:
    return [item.kind for item in read_sensitive(text)]


@pytest.mark.parametrize(
    ("text", "kind", "quote"),
    [
        ("来电139\u200b5714\u00ad2068。", SensitiveKind.PHONE, "139\u200b5714\u00ad2068"),
        ("来电１３９－５７１４－２０６８。", SensitiveKind.PHONE, "１３９－５７１４－２０６８"),
        ("来电𝟏𝟑𝟗𝟓𝟕𝟏𝟒𝟐𝟎𝟔𝟖。", SensitiveKind.PHONE, "𝟏𝟑𝟗𝟓𝟕𝟏𝟒𝟐𝟎𝟔𝟖"),
        ("来电١٣٩٥٧١٤٢٠٦٨。", SensitiveKind.PHONE, "١٣٩٥٧١٤٢٠٦٨"),
        ("来电①③⑨⑤⑦①④②⓪⑥⑧。", SensitiveKind.PHONE, "①③⑨⑤⑦①④②⓪⑥⑧"),
        ("来电幺三九 五七一四 二〇六八。", SensitiveKind.PHONE, "幺三九 五七一四 二〇六八"),
        ("死者张\u2060福\u200b生。", SensitiveKind.NAME, "张\u2060福\u200b生"),
        ("机\u200b 密★1年\n总结", SensitiveKind.SECRECY, "机\u200b 密★1年"),
    ],
)
def test_folded_forms_are_found_and_quoted_as_they_stand(
    text: str, kind: SensitiveKind, quote: str
) -> None:
    (item,) = read_sensitive(text)
    assert (item.kind, item.span.of(text)) == (kind, quote)


@pytest.mark.parametrize(
    ("text", "kind", "quote"),
    [
        ("扣扣2087456613，备注退款。", SensitiveKind.ACCOUNT, "扣扣2087456613"),
        ("他的V信：ZQ_20260311。", SensitiveKind.ACCOUNT, "V信：ZQ_20260311"),
        ("通过QQ（1847362950）联系。", SensitiveKind.ACCOUNT, "QQ（1847362950"),
        ("收款卡 6214 8512 3456 7891。", SensitiveKind.CARD, "6214 8512 3456 7891"),
        ("户籍地：梨树沟乡前进屯4组。", SensitiveKind.HOME, "梨树沟乡前进屯4组"),
        ("他在棉纺厂宿舍4排2号。", SensitiveKind.HOME, "他在棉纺厂宿舍4排2号"),
        ("丁字街柳苑C区8#楼2单元1701回访", SensitiveKind.HOME, "丁字街柳苑C区8#楼2单元1701"),
        ("高小峰等23人因征地上访。", SensitiveKind.NAME, "高小峰"),
        ("跳桥那个人救上来了，叫石磊，情绪稳定。", SensitiveKind.NAME, "石磊"),
        ("解救被拐妇女一名（龙彩云）。", SensitiveKind.NAME, "龙彩云"),
        ("举报人系该厂原保管员熊志刚，线索已转。", SensitiveKind.NAME, "熊志刚"),
        ("欠薪案工人代表古大成领到工资。", SensitiveKind.NAME, "古大成"),
        ("骆小莉称被人威胁。", SensitiveKind.NAME, "骆小莉"),
        ("方卫东，43岁，曾因盗窃被判刑。", SensitiveKind.NAME, "方卫东"),
        ("柏玉兰老人不要人陪。", SensitiveKind.NAME, "柏玉兰"),
        ("首页印有“绝密级”字样。", SensitiveKind.SECRECY, "绝密级"),
        ("只发班子成员，看看就好。", SensitiveKind.INTERNAL, "只发班子成员"),
        ("阅后收回，不留存。", SensitiveKind.INTERNAL, "阅后收回"),
        ("这个数据别往外发。", SensitiveKind.INTERNAL, "这个数据别往外发"),
        ("申请人电话\n1 3 4 8 6 2\n0 7 3 9 5", SensitiveKind.PHONE, "1 3 4 8 6 2\n0 7 3 9 5"),
        ("区号零八三八，号码 2 2 0 3 4 1 7", SensitiveKind.LANDLINE, "2 2 0 3 4 1 7"),
        ("工资卡卡号\n622908439\n027581622", SensitiveKind.CARD, "622908439\n027581622"),
        ("面包车（皖Ｋ－５Ｔ０１９）剐蹭", SensitiveKind.PLATE, "皖Ｋ－５Ｔ０１９"),
        ("挡路的 湘 F Q 6 2 7 3 挪开", SensitiveKind.PLATE, "湘 F Q 6 2 7 3"),
        ("套牌车赣【C】7K3P2已查扣。", SensitiveKind.PLATE, "赣【C】7K3P2"),
        ("刑释人员阿贵昨晚喝醉了。", SensitiveKind.NAME, "阿贵"),
        ("身体最差的要数冯满囤，建议转院。", SensitiveKind.NAME, "冯满囤"),
        ("外号叫“黑皮”的租客砸门。", SensitiveKind.NAME, "黑皮"),
        ("艾力·买买提在车站倒票被查。", SensitiveKind.NAME, "艾力·买买提"),
        ("核心商密▲5年\n并购评估", SensitiveKind.SECRECY, "核心商密▲5年"),
        ("阅后请交回机要室", SensitiveKind.INTERNAL, "阅后请交回机要室"),
    ],
)
def test_what_a_stranger_writes_in_his_own_way_is_found(
    text: str, kind: SensitiveKind, quote: str
) -> None:
    (item,) = read_sensitive(text)
    assert (item.kind, item.span.of(text)) == (kind, quote)


@pytest.mark.parametrize(
    "text",
    [
        "新建安置小区12栋480户，宿舍12栋，住2300人。",
        "办理地点：人民路18号政务服务中心3号楼205室。",
        "东风村3组、5组完成硬化，六组12号电线杆扶正。",
        "当事人向法院申请司法确认86件，群众向村委会反映。",
        "王建国、李秀英等3人获评先进。",
        "民警王磊、陈刚处置打架警情。",
        "张家山水库溺水事故0起，石坪镇村民上访1批。",
        "签订保密责任书，要求案件信息不得外传。",
        "总值班室电话（0838）2510120，保卫科电话（0838）2510110。",
        "门岗值班电话：0771-3842019；教务处：0771-3842006、3842007（传真）。",
        "医患办电话（0832）2106655转8012，儿童保健门诊电话0836-2810155。",
        "医患办搬至门诊楼B座1106室，住院部1号楼8层805病房改建。",
        "吸毒人员毛发检测、戒毒人员宁心工作室、村民温泉路段、家属连心卡各1项。",
        "公交驾驶员钱进获评全国先进工作者。",
        "制定核心商密、普通商密分级管理办法。",
        "户名：县财政局国库支付中心，账号：51001234567890123456。",
        "微信公众号pinganqingshan推文126篇，抖音粉丝123456人。",
    ],
)
def test_counts_public_places_posts_and_rules_of_an_office_pass(text: str) -> None:
    assert kinds(text) == []


def test_a_lines_prose_on_secrets_is_no_mark() -> None:
    assert kinds("开展保密教育2场，绝密、机密、秘密级文件分柜存放，泄密事件0起") == []


@pytest.mark.parametrize(
    "text", ["局长王建国带队", "信访人李某某", "联系人：王芳", "死者家属", "精神障碍患者应治尽治"]
)
def test_people_in_office_masked_names_and_plain_words_pass(text: str) -> None:
    assert kinds(text) == []


def test_the_checksum_decides_where_another_label_stands_before() -> None:
    assert kinds(f"编号{ID}2") == [SensitiveKind.ID]
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
        "微信a",
        "家住王村",
        "不得外传，",
        "仅限阅，",
        "王建国等3人上访，",
        "与张建国纠纷",
        "信访人系王",
        "电话0838-2510120，",
        "(0838) 2510 120 ",
        "区号零八三八 ",
        "京A ",
        "京 A 1 ",
        "阿强",
        "外号老",
        "核心商密▲",
        "艾力·买",
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
