"""How long ``pingan check`` of one report takes from nothing, beside Python and click alone."""

import compileall
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import app
from eval.bench.rules import long_reports
from eval.bench.timing import Timing, python, run
from eval.report import ReportTable, Section

REPEATS = 9
BAR_S = 0.35
_CHECK = "pingan check（4000字txt）"
_PYTHON, _CLICK = "python -c pass", "python -c 'import click'"


@dataclass(frozen=True, slots=True)
class Cold:
    """Medians of fresh processes, by name; each took its turn in every round."""

    wall_s: dict[str, float]
    cpu_s: dict[str, float]


def measure_cold(repeats: int = REPEATS) -> Cold:
    """Start every command ``repeats`` times, one after the other in turn."""
    compileall.compile_dir(str(Path(app.__file__).parent), quiet=2)
    taken: dict[str, list[Timing]] = {}
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        text = home / "a.txt"
        text.write_text(long_reports()[0], encoding="utf-8")
        commands = {
            _PYTHON: python("-c", "pass"),
            _CLICK: python("-c", "import click"),
            _CHECK: python("-m", "app.cli", "check", str(text)),
        }
        run(python("-m", "app.patterns"), home=home)
        for _ in range(repeats):
            for title, command in commands.items():
                taken.setdefault(title, []).append(run(command, home=home))
    return Cold(
        {title: median(t.wall_s for t in timings) for title, timings in taken.items()},
        {title: median(t.cpu_s for t in timings) for title, timings in taken.items()},
    )


def cold_section(cold: Cold | None = None) -> Section:
    """The measurement as a section of a run."""
    told = cold or measure_cold()
    click = told.cpu_s[_CLICK]
    rows = tuple(
        (title, f"{told.wall_s[title]:.3f}", f"{told.cpu_s[title]:.3f}", f"{cpu / click:.2f}")
        for title, cpu in told.cpu_s.items()
    )
    ratio = told.cpu_s[_CHECK] / click
    return Section(
        title=f"冷启动（{REPEATS}次全新进程的中位数）",
        notes=(
            f"核查一份4000字的文本从启动到退出{told.wall_s[_CHECK]:.2f}秒"
            f"（上限{BAR_S}秒），处理器时间是只引入click的{ratio:.1f}倍。",
        ),
        tables=(ReportTable(("命令", "历时（秒）", "处理器（秒）", "与引入click之比"), rows),),
        metrics={"cold.wall_s": told.wall_s[_CHECK], "cold.ratio_to_click": ratio},
    )
