"""How far a case has come: 警情 that was reported is not 立案 that was opened, nor 破案."""

from app.language.remember import remembered

_STAGES = (
    ("警情", "接警", "报警"),
    ("立案",),
    ("破案", "侦破", "破获"),
    ("起诉", "公诉"),
    ("判决", "审结", "宣判"),
)


@remembered
def _told(text: str) -> frozenset[int]:
    return frozenset(
        index for index, words in enumerate(_STAGES) if any(word in text for word in words)
    )


def is_other_stage(clause: str, fact: str) -> bool:
    """True where the clause names a stage the fact does not, and the fact names another."""
    told = _told(clause)
    if not told:
        return False
    held = _told(fact)
    return bool(held) and not told & held
