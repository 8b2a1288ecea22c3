"""What a report still lacks, in one sentence, before it is taken away as a Word file."""

import re
from collections.abc import Sequence

from app.core.finding import Severity
from app.workspace.types import BOTH, UNCONFIRMED
from app.workspace.view import WorkspaceView

_TODO = re.compile(r"【待(?:补充|核实)[：:]?([^】\n]*)】")
_MOST_NAMED = 3


def tell_holes(view: WorkspaceView) -> str:
    """The sentence; empty where nothing is lacking. An error told already is not told twice."""
    todo = [found[1] for found in _TODO.finditer(view.text)]
    unsourced = [c.quote for s in view.sections for c in s.complaints]
    errors = [p.finding for p in view.findings if p.finding.severity is Severity.ERROR]
    others = [f for f in errors if not _TODO.search(f.quote) and f.quote not in unsourced]
    waiting = [(name, view.layout.waiting(mark)) for mark, name in UNCONFIRMED.items()]
    both = [f"F{n}" for n, fact in enumerate(view.draft.facts, 1) if fact.mark == BOTH]
    holes = (
        (f"【待补充】{len(todo)}处", todo),
        (f"没有出处的{len(unsourced)}处", [f"“{quote}”" for quote in unsourced]),
        (f"核查错误{len(others)}条", [f.message.rstrip("。") for f in others[:1]]),
        *((f"没有确认的{name}{len(ids)}条", ids) for name, ids in waiting),
        (f"两个窗口都改过、没有核对的要点{len(both)}条", both),
        (f"没有写全的要点{len(view.unused)}条", view.unused),
    )
    told = "；".join(f"{what}{_named(names)}" for what, names in holes if names)
    return f"这份总结还有：{told}。" if told else ""


def _named(names: Sequence[str]) -> str:
    """The first few, in brackets."""
    known = [name for name in dict.fromkeys(names) if name]
    more = "等" if len(known) > _MOST_NAMED else ""
    joint = "" if known and known[0].startswith("“") else "、"
    return f"（{joint.join(known[:_MOST_NAMED])}{more}）" if known else ""
