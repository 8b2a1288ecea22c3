"""HTML of the tab 评测: one run, or two compared."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.formats.rendering import render
from app.web.notices import empty_state

if TYPE_CHECKING:  # the evaluation is loaded when the tab is opened, not with the page
    from eval.saved import KeptRun

_FILE = "web/evaluation.html"
_TASKS = {
    "all": "全部",
    "check": "核查",
    "retrieve": "检索",
    "draft": "起草",
    "first_contact": "陌生材料",
}

NOTHING_YET = empty_state(
    "还没有评测过",
    "管理员在服务器上评测以后，结果就会出现在这里",
    "改规则、提示词或换模型之前和之后各评一次，就能看出是好了还是坏了",
)


def run_label(kept: "KeptRun") -> str:
    """A run as it is chosen: when, and what was evaluated."""
    stamp = kept.folder.name.rpartition("-")[0]
    task = _TASKS.get(kept.task, kept.task)
    try:
        when = datetime.strptime(stamp, "%Y%m%d-%H%M%S-%f")  # noqa: DTZ007  # local, as written
    except ValueError:
        return f"{stamp} {task}"
    return f"{when:%Y年%m月%d日 %H:%M:%S} {task}"


def run_html(folder: Path) -> str:
    """One run with its gates, plots, tables and worst cases.

    Raises:
        InputError: it cannot be read.
    """
    from eval.html import view_runs  # noqa: PLC0415
    from eval.saved import read_runs  # noqa: PLC0415

    return render(_FILE, "runs", tasks=view_runs(read_runs(folder)))


def comparison_html(before: Path, after: Path) -> str:
    """What changed from one run to another.

    Raises:
        InputError: one cannot be read.
    """
    from eval.compare import compare  # noqa: PLC0415
    from eval.html import view_runs  # noqa: PLC0415
    from eval.saved import TaskRun, read_runs  # noqa: PLC0415

    run = compare(read_runs(before), read_runs(after))
    told = "甲是“与之比较”的那一次，乙是上面选的这一次。"
    return render(_FILE, "runs", tasks=view_runs([TaskRun("diff", run)]), told=told)
