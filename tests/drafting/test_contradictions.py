"""Facts that do not agree are told before anything is written."""

from pathlib import Path

import pytest

from app import resources
from app.core.errors import InputError
from app.formats.fact_files import read_fact_sheet
from app.report.profile import PROFILE_NAMES
from app.services.planning import prepare, require_consistent
from tests.drafting.helpers import sheet_of
from tests.drafting.test_commands import pingan


@pytest.mark.parametrize(
    ("bullets", "rule", "facts"),
    [
        (["排查矛盾纠纷42件，化解45件"], "NU02", ("F1",)),
        (["检查企业10家，其中甲类4家、乙类7家"], "NU01", ("F1",)),
        (["受理100件，办结90件，办结率80%"], "NU03", ("F1",)),
        (["立案21起，上年23起，下降12.7%"], "NU04", ("F1",)),
        (["矛盾纠纷化解率103%"], "NU07", ("F1",)),
        (["签订责任书3份", "全年未发生火灾", "火灾2起，均及时扑灭"], "NU08", ("F2", "F3")),
    ],
)
def test_contradiction_names_its_facts(
    bullets: list[str], rule: str, facts: tuple[str, ...]
) -> None:
    found = prepare(sheet_of(*bullets)).contradictions
    assert (rule, facts) in {(c.rule, c.facts) for c in found}


@pytest.mark.parametrize("name", PROFILE_NAMES)
def test_example_sheets_agree(name: str) -> None:
    sheet = read_fact_sheet(resources.examples_dir() / f"{name}.txt")
    ready = prepare(sheet)
    assert ready.contradictions == ()
    require_consistent(ready)


def test_contradiction_is_told_with_the_line_it_stands_on() -> None:
    ready = prepare(sheet_of("签订责任书3份", "排查矛盾纠纷42件，化解45件"))
    assert "F2（第2行）" in ready.told(ready.contradictions[0])
    with pytest.raises(InputError, match="F2"):
        require_consistent(ready)


def test_draft_warns_and_goes_on_unless_strict(tmp_path: Path) -> None:
    path = tmp_path / "要点.txt"
    path.write_text("单位：云渡镇\n年度：2025\n- 排查矛盾纠纷42件，化解45件\n", encoding="utf-8")
    done = pingan(tmp_path, "draft", str(path))
    assert (done.returncode, done.stdout[:2]) == (0, "# ")
    assert "要点有矛盾" in done.stderr
    strict = pingan(tmp_path, "draft", str(path), "--strict")
    assert (strict.returncode, strict.stdout) == (2, "")
    assert "第3行" in strict.stderr
    shown = pingan(tmp_path, "facts", str(path))
    assert shown.returncode == 0
    assert "要点有矛盾" in shown.stdout
