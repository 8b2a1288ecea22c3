"""CO02 and CO05 with the knowledge base of our own samples."""

from pathlib import Path

import pytest

from app import resources
from app.checking.context import CheckContext, KnownText, KnownUnit
from app.checking.engine import load_rules, run_rule
from app.core.document import Document
from app.knowledge.metadata import describe_report
from app.knowledge.reference_index import KnownReport, describe_known
from app.report.profile import load_profile

RULES = {rule.meta.code: rule for rule in load_rules()}
PROFILE = load_profile("机关")
SAMPLES = sorted(resources.reports_dir().glob("*.txt"))


@pytest.fixture(scope="module")
def reports() -> tuple[KnownReport, ...]:
    found = []
    for path in SAMPLES:
        text = path.read_text("utf-8")
        info = describe_report(text, path.name)
        found.append(describe_known(path.stem, info.unit, info.year, info.title, text))
    return tuple(found)


def context(
    text: str, reports: tuple[KnownReport, ...], previous: str | None = None
) -> CheckContext:
    return CheckContext(
        Document(text),
        PROFILE,
        previous=Document(previous) if previous else None,
        known_units=[KnownUnit(r.unit, r.names) for r in reports],
        known_texts=[
            KnownText(r.unit, r.year, r.title, r.known_prints(i)) for i, r in enumerate(reports)
        ],
    )


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.stem)
def test_samples_are_clean_against_each_other(path: Path, reports: tuple[KnownReport, ...]) -> None:
    past = path.with_name(path.name.replace("2024", "2023", 1))
    ctx = context(path.read_text("utf-8"), reports, past.read_text("utf-8") if past != path else "")
    assert [f.message for code in ("CO02", "CO05") for f in run_rule(RULES[code], ctx)] == []


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.stem)
def test_own_name_replaced_once_by_another_units_is_found(
    path: Path, reports: tuple[KnownReport, ...]
) -> None:
    """A sentence of the kind that is left over from the report it was copied from."""
    text = path.read_text("utf-8")
    own = describe_report(text, path.name).unit
    for unit, name in (("梧川县柏泉乡", "柏泉乡"), ("云岭公共交通有限责任公司", "云岭公共交通")):
        if unit == own or own == "青岚市" or own == "沅澄市":
            continue
        lines = text.split("\n")
        at = max(range(len(lines)), key=lambda i: len(lines[i]))
        lines[at] = f"{lines[at]}{name}坚持把责任落到人头。"
        found = list(run_rule(RULES["CO02"], context("\n".join(lines), reports)))
        assert [f.quote for f in found] == [name], own


@pytest.mark.parametrize("path", [p for p in SAMPLES if "2024" in p.name], ids=lambda p: p.stem)
@pytest.mark.parametrize("source", ["previous", "knowledge"])
def test_paragraph_copied_with_new_figures_is_found(
    path: Path, source: str, reports: tuple[KnownReport, ...]
) -> None:
    past = path.with_name(path.name.replace("2024", "2023", 1)).read_text("utf-8")
    text = path.read_text("utf-8")
    longest = max((p for p in past.split("\n") if "如下" not in p), key=len)
    copied = longest.translate(str.maketrans("123456789", "345678912"))
    mutant = text.replace("\n一、", f"\n{copied}\n一、", 1)
    if mutant == text:
        mutant = f"{text}\n{copied}\n"
    ctx = context(
        mutant, reports if source == "knowledge" else (), past if source == "previous" else None
    )
    (found,) = run_rule(RULES["CO05"], ctx)
    assert found.quote == copied.strip()
    assert ("去年总结第" if source == "previous" else "知识库中本单位2023年总结") in found.message


def test_report_that_lies_in_the_knowledge_base_is_no_copy_of_itself(
    reports: tuple[KnownReport, ...],
) -> None:
    text = SAMPLES[0].read_text("utf-8")
    assert not list(run_rule(RULES["CO05"], context(text, reports)))


@pytest.mark.parametrize(
    "sentence",
    [
        "会同云渡镇开展护林联防。",
        "组织干部赴云渡镇考察学习。",
        "与云渡镇交界处的隐患点由两地共同巡查。",
        "在临溪县委、县政府的领导下，各项工作稳步推进。",
        "全镇学习《临溪县市场监督管理局食品摊贩管理办法》。",
        "县市场监管局到场指导。",
    ],
)
def test_partners_superiors_and_papers_are_fine(
    sentence: str, reports: tuple[KnownReport, ...]
) -> None:
    text = f"临溪县桃坪镇2024年平安建设工作总结\n{sentence}\n临溪县桃坪镇人民政府\n2024年12月1日\n"
    assert not list(run_rule(RULES["CO02"], context(text, reports)))


def test_neighbour_as_the_one_who_acts_is_foreign(reports: tuple[KnownReport, ...]) -> None:
    text = (
        "临溪县桃坪镇2024年平安建设工作总结\n云渡镇坚持每周排查。随后云渡镇党委专题研究。\n"
        "临溪县桃坪镇人民政府\n2024年12月1日\n"
    )
    (found,) = run_rule(RULES["CO02"], context(text, reports))
    assert found.quote == "云渡镇"
    assert "临溪县云渡镇" in found.message


def test_text_that_tells_no_unit_is_left_alone(reports: tuple[KnownReport, ...]) -> None:
    assert not list(run_rule(RULES["CO02"], context("云渡镇坚持每周排查。", reports)))
