"""``python -m eval.bench``: print every measurement; names of sections choose some of them."""

import platform
import sys
from collections.abc import Callable
from datetime import date

from app import __version__
from eval.bench.cold import cold_section
from eval.bench.many import many_section
from eval.bench.reference import reference_section
from eval.bench.rules import speed_section
from eval.report import Run, Section, render_markdown, render_text

_SECTIONS: dict[str, Callable[[], Section]] = {
    "cold": cold_section,
    "rules": speed_section,
    "reference": reference_section,
    "many": many_section,
}


def main(arguments: list[str]) -> int:
    """Measure and print; ``--markdown`` prints for a file."""
    chosen = [a for a in arguments if not a.startswith("-")] or list(_SECTIONS)
    unknown = [name for name in chosen if name not in _SECTIONS]
    if unknown:
        print(f"没有 {unknown[0]} 这一项，可选：{'、'.join(_SECTIONS)}。", file=sys.stderr)  # noqa: T201
        return 2
    about = {
        "程序": f"pingan {__version__}，Python {platform.python_version()}",
        "机器": f"{platform.machine()}，{platform.system()} {platform.release()}",
        "日期": date.today().isoformat(),  # noqa: DTZ011
    }
    run = Run("速度", about, tuple(_SECTIONS[name]() for name in chosen))
    print((render_markdown if "--markdown" in arguments else render_text)(run))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
