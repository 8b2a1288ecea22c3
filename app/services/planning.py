"""Before a draft: what a sheet holds, what in it does not agree, and how it will be told."""

from dataclasses import dataclass
from pathlib import Path

from app.core.errors import InputError
from app.core.facts import Fact, FactSheet
from app.core.faults import refused
from app.drafting.contradictions import Contradiction, describe, find_contradictions
from app.drafting.plan.edit import plan_warnings
from app.drafting.plan.planner import plan
from app.drafting.plan.text import parse_plan, render_plan
from app.drafting.plan.types import Plan
from app.drafting.prose.composer import Composer
from app.report.profile import Profile
from app.services.drafting import AUTO, choose_profile

_MAX_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Preparation:
    """A sheet made ready: the profile it falls under, its plan, and what the writer should see."""

    sheet: FactSheet
    profile: Profile
    plan: Plan
    contradictions: tuple[Contradiction, ...]
    warnings: tuple[str, ...] = ()

    @property
    def unsure(self) -> tuple[Fact, ...]:
        """The facts that belong to no part clearly."""
        return tuple(fact for fact in self.sheet.facts if fact.id in self.plan.unsure)

    @property
    def plan_text(self) -> str:
        """The plan as a text to change."""
        return render_plan(self.plan, self.sheet, self.profile)

    def told(self, contradiction: Contradiction) -> str:
        """A contradiction in one sentence, with the lines it stands in."""
        return describe(contradiction, self.sheet)


def prepare(
    sheet: FactSheet, *, profile_name: str = AUTO, plan_text: str = "", plan_name: str = "计划"
) -> Preparation:
    """Read the facts for contradictions and lay out the report.

    ``plan_text`` is a plan the writer has changed; without one the planner's own is taken.

    Raises:
        ConfigError: there is no such profile.
        InputError: the plan cannot be read, or does not hold every fact once.
    """
    profile = choose_profile(sheet, profile_name)
    if plan_text:
        layout = parse_plan(plan_text, sheet, profile, name=plan_name)
    else:
        layout = Composer(sheet).fixed(plan(sheet, profile))
    return Preparation(
        sheet,
        profile,
        layout,
        find_contradictions(sheet, profile),
        plan_warnings(layout, sheet.year) if plan_text else (),
    )


def read_plan_file(path: Path) -> str:
    """The text of a plan file.

    Raises:
        InputError: it is missing, too large or no text.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InputError(f"计划文件 {path} 太大，请核对是不是选错了文件。")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"计划文件 {path} 不是 UTF-8 编码的文本，请另存为 UTF-8 后再试。"
        ) from error
    except OSError as error:
        raise refused(InputError, f"计划文件 {path} 读不出来", error) from error


def require_consistent(preparation: Preparation) -> None:
    """Refuse to go on while facts contradict each other.

    Raises:
        InputError: they do; the message names them.
    """
    found = preparation.contradictions
    if found:
        told = "；".join(preparation.told(c).rstrip("。") for c in found[:5])
        more = f"等{len(found)}处" if len(found) > 5 else ""
        raise InputError(f"要点之间有矛盾，没有起草：{told}{more}。请改正要点后再试。")
