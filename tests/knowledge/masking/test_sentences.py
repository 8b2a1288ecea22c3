"""Sentences of our own: half hold something to mask, half only look as if they did."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import resources
from app.core.document import Document
from app.knowledge.chunking import PASSAGE_TOKENS, cut_passages
from app.knowledge.clean import clean_report
from app.knowledge.masking.mask import mask_passage
from app.knowledge.metadata import describe_report
from app.knowledge.tokens import count_tokens
from app.language.structure.outline import read_outline
from tests.knowledge.masking.test_mask import left_over

MASKED = (
    ("沅湖水域安全由四个部门共同看管。", "沅湖"),
    ("岚江沿线增设救生圈。", "岚江"),
    ("三岔河穿镇而过，汛期水位涨得快。", "三岔河"),
    ("梧溪片区水压不足的问题得到解决。", "梧溪"),
    ("东郊停车场更换了充电桩。", "东郊"),
    ("城南建材市场的商户反映瓷砖色差。", "城南"),
    ("深入金桂商厦排查隐患。", "金桂"),
    ("云秀花园电梯更新后住户送来锦旗。", "云秀"),
    ("到码头、桐花街、茶亭等社区开展志愿服务。", "桐花街"),
    ("沙洲、石峡两个所执法人员偏少。", "石峡"),
    ("柳湾所、城关所被评为优秀。", "柳湾"),
    ("原机械厂职工的档案已经补齐。", "机械厂"),
    ("三号泵站的高压柜得到更换。", "三号"),
    ("二水厂开展了应急演练。", "二水厂"),
    ("吸取临溪“6.25”火灾事故教训。", "临溪"),
    ("XX市金桂实业有限公司违规操作。", "金桂"),
    ("竹山村屋后滑坡已经治理。", "竹山"),
    ("岭背教学点有教师值守。", "岭背"),
    ("组织村干部赴浙江考察学习。", "浙江"),
    ("平安云渡建设稳步推进，云渡镇各村参加。", "云渡"),
    ("周志强同志任组长，负责日常工作。", "周志强"),
    ("接待来访三十一批五十二人次。", "三十一"),
    ("全年没有发生一起刑事案件。", "一起"),
    ("化解率达到百分之九十七。", "九十七"),
    ("投入２３万元更换监控。", "２３"),
)

KEPT = (
    ("沿江步道安装了护栏。", "沿江"),
    ("江河湖库管护责任落实到人。", "江河湖库"),
    ("老街商户自觉清理门前杂物。", "老街"),
    ("农贸市场和大型商厦定期检查。", "农贸市场"),
    ("办公大楼实行封闭管理。", "办公大楼"),
    ("派出所、司法所联合调解。", "司法所"),
    ("对学校、医院、车站等场所逐一排查。", "学校、医院、车站"),
    ("对重点工程区开展治安整治。", "重点工程区"),
    ("深入开展安全社区创建。", "安全社区"),
    ("推进平安乡村和法治乡村建设。", "法治乡村"),
    ("乡干部每周走访群众。", "乡干部"),
    ("狭窄村道会车困难。", "村道"),
    ("茶厂、砖厂等企业用电规范。", "茶厂、砖厂"),
    ("一是抓宣传，二是抓演练。", "一是抓宣传"),
    ("严格落实四不放过要求。", "四不放过"),
    ("网格员每日巡查，发现问题及时上报。", "网格员每日巡查"),
    ("领导小组下设办公室，负责日常工作。", "下设办公室"),
    ("节假日实行局领导带班值守。", "局领导带班"),
    ("原因查明后逐项整改。", "原因查明"),
    ("矛盾纠纷就地化解在基层。", "就地化解在基层"),
    ("坚持和发展新时代“枫桥经验”。", "枫桥经验"),
    ("登山步道和进山路口有人值守。", "进山路口"),
    ("围绕消防、防汛等重点开展检查。", "消防、防汛等重点"),
    ("高层建筑的消防通道保持畅通。", "高层建筑"),
    ("扎实推进平安建设各项工作。", "平安建设"),
)


@pytest.mark.parametrize(("sentence", "name"), MASKED)
def test_what_tells_a_fact_is_gone(sentence: str, name: str) -> None:
    masked = mask_passage(sentence, names=("临溪县云渡镇",))
    assert name not in masked
    assert left_over(masked) == []


@pytest.mark.parametrize(("sentence", "words"), KEPT)
def test_what_only_looks_like_a_name_stays(sentence: str, words: str) -> None:
    assert words in mask_passage(sentence, names=("临溪县云渡镇",))


@pytest.mark.parametrize(
    ("sentence", "masked"),
    [
        ("化解率97.3%，比上年下降7%。", "化解率达到相应比例，比上年有所下降。"),
        ("批次和人次分别下降18.4%和22.4%。", "批次和人次均有所下降。"),
        ("无一人脱管漏管。", "没有人脱管漏管。"),
        ("发现一处、登记一处、销号一处。", "逐处发现、登记、销号。"),
        ("实行一月一考评。", "实行每月考评。"),
        ("开展治本攻坚三年行动。", "开展治本攻坚行动。"),
        ("46所学校食堂全部覆盖。", "若干所学校食堂全部覆盖。"),
        ("32名乡干部编入工作组。", "若干名乡干部编入工作组。"),
    ],
)
def test_the_masked_text_reads(sentence: str, masked: str) -> None:
    assert mask_passage(sentence) == masked


_PERSON = re.compile(r"(?:[：、，]|任组长，)([一-龥]{2,3})同志")
_AREA = re.compile(r"(?<=[到赴、])([一-龥]{2})(?=[区县][一-龥]{2,3}(?:村|社区|街))")
_VILLAGE = re.compile(r"(?<=[到赴、为])([一-龥]{2})(?=[村镇乡](?:[、，开]|分别))")
_NUMBERED = re.compile(r"〔\d{4}〕\d+号")
_PLAIN = frozenset("全市 全县 各村 我市 行政 乡镇 社区 农村 自然 所在".split())


def _names(text: str, file_name: str) -> set[str]:
    """Names that signs tell surely: in the title, before 同志, between 区 and 村."""
    outline = read_outline(Document(text))
    unit = describe_report(text, file_name).unit
    found = {unit, *_PERSON.findall(text), *_AREA.findall(text), *_VILLAGE.findall(text)}
    found |= {line for line in outline.signature_text.split("\n") if len(line) > 4}
    return {name for name in found | set(_NUMBERED.findall(text)) if name} - _PLAIN


def _passages(folder: Path) -> Iterator[tuple[str, str, set[str]]]:
    for path in sorted(folder.glob("*.txt")):
        text = clean_report(path.read_text(encoding="utf-8-sig"))
        names = _names(text, path.name)
        info = describe_report(text, path.name)
        for passage in cut_passages(
            text, budget_tokens=PASSAGE_TOKENS, count_tokens=count_tokens, info=info
        ):
            yield passage.text, mask_passage(passage.text, names=(passage.unit,)), names


def _check(folder: Path) -> int:
    count = 0
    for text, masked, names in _passages(folder):
        count += 1
        assert left_over(masked) == []
        assert [name for name in names if name in masked] == []
        if len(text) > 40:
            assert 0.3 < len(masked) / len(text) < 1.3
        assert masked.count("有关") < 0.06 * len(masked) + 3
    return count


def test_samples_keep_no_figure_and_no_name() -> None:
    assert _check(resources.reports_dir()) > 200


SAMPLE_NAMES = """
    云渡 上坪村 双石村 龙井坳 三岔河 云桐 桐湾 柳湾 沙洲 石峡 桃坪 云秀
    沅澄 沅湖 澄江 岚江 岚东 梧溪 北岭 梧川 柏泉 茶坪 竹山 清水坑
    大源村 高车 石笋 下洋 岭背 梧柏 青岚 禾浦 凤渚 石泷 临溪 东郊
    西关 城南 岚小安 船家 柏树下 农机厂
""".split()


def test_no_name_of_the_samples_is_left() -> None:
    left = {
        (name, masked)
        for _, masked, _ in _passages(resources.reports_dir())
        for name in SAMPLE_NAMES
        if name in masked
    }
    assert left == set()


def test_the_corpus_keeps_no_figure_and_no_name(shared_dir: Path) -> None:
    assert _check(shared_dir / "corpus") > 80
