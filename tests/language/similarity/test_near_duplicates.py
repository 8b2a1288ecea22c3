import random
import time

from app.language.similarity.near_duplicates import (
    CopyFinder,
    KnownPrint,
    as_known,
    mask_wording,
    read_prints,
)
from tests.timing import allowed

PARAGRAPH = (
    "镇综治中心每周二组织司法所、派出所和妇联集中坐班，群众反映的事情当场登记、当场分流，三天内由包村干部"
    "上门回话。全年接待群众31批52人次，化解邻里纠纷26件，大坪村的采石场噪声一事经四次协商得到解决。"
)
OTHER = (
    "校园周边交通整治由交警、城管和学校三方轮值，上下学时段增设临时停车带，家长志愿者佩戴袖标引导车辆即停即走，"
    "拥堵时间明显缩短，沿线商户也主动把货架退回店内，让出完整的人行道。"
)


def test_figures_names_and_marks_are_masked() -> None:
    one = mask_wording("云渡镇2024年化解矛盾42件，", ["云渡镇"])
    other = mask_wording("柏泉乡2023年化解矛盾三十六件。", ["柏泉乡"])
    assert one == other == "年化解矛盾件"


def test_same_paragraph_with_other_figures_is_found() -> None:
    changed = PARAGRAPH.replace("31批52人次", "28批47人次").replace("大坪村", "上河村")
    (copy,) = CopyFinder(read_prints(changed)).find(as_known(read_prints(PARAGRAPH)), 0.85)
    assert copy.likeness > 0.95
    assert copy.print.span.of(changed) == changed


def test_other_paragraph_is_not() -> None:
    assert not CopyFinder(read_prints(OTHER)).find(as_known(read_prints(PARAGRAPH)), 0.85)


def test_sketch_tells_nearly_what_the_whole_does() -> None:
    rng = random.Random(7)
    characters = [chr(0x4E00 + i) for i in range(3000)]
    for _ in range(20):
        known = "".join(rng.choices(characters, k=300))
        own = known[: rng.randint(150, 300)] + "".join(rng.choices(characters, k=40))
        (print_,) = read_prints(known)
        sketch = KnownPrint(len(print_.hashes), print_.sketch())
        finder = CopyFinder(read_prints(own))
        (exact,) = finder.find(as_known([print_]), 0.0)
        (estimate,) = finder.find([sketch], 0.0)
        assert abs(exact.likeness - estimate.likeness) < 0.2


def test_short_lines_headings_and_set_openings_have_no_print() -> None:
    opening = PARAGRAPH + "现将全年工作情况报告如下。"
    assert not list(read_prints(f"一、矛盾化解\n{PARAGRAPH[:50]}\n{opening}\n"))


def test_every_repeat_is_reported_and_time_stays_near_to_linear() -> None:
    text = f"{PARAGRAPH}\n" * 2000
    start = time.process_time()
    copies = CopyFinder(read_prints(text)).find(as_known(read_prints(text)), 0.85)
    assert len(copies) == 2000
    assert time.process_time() - start < allowed(4)
