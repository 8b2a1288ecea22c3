"""What one call of the model writes, and what came of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.core.draft import DraftSentence
from app.core.errors import ModelError
from app.core.facts import Fact
from app.drafting.model.post_editor import EditedSentences

_MOST_FACTS = 6
_MOST_CHARS = 480
LONGEST_FACT_CHARS = 400
# Words to a model, or the marks that fence its material: such a bullet is told as it stands.
_ORDER = re.compile(
    r"(?:忽略|无视|忘记|忘掉|不要?理会|不要?管)[^，。；]{0,8}(?:以上|上述|以下|前面|之前|上面|先前|所有|一切|全部)"
    r"|(?:忽略|无视|违反|绕过)[^，。；]{0,6}(?:要求|指令|指示|规则|提示词?|约束|设定)"
    r"|ignore\s+(?:all|the|any|previous|above)|system\s*(?:prompt|:)|系统(?:提示词|指令|：)"
    r"|你(?:现在)?(?:只[写说答会能]|是一[个名位]|扮演|必须)|作为(?:一个)?(?:AI|人工智能助手|语言模型)"
    r"|(?:直接|只|请你?|并)(?:写上?|输出|回答|回复)(?:[“「\"：:]|下列|以下|下面)"
    r"|</?[^<>\n]{1,16}>|```",
    re.IGNORECASE,
)


def is_for_model(fact: Fact) -> bool:
    """False for a very long bullet and for one that gives orders: those never reach a model."""
    return len(fact.text) <= LONGEST_FACT_CHARS and not _ORDER.search(fact.shown)


@dataclass(frozen=True, slots=True)
class Piece:
    """Facts that one call writes out; ``index`` is the place of their section."""

    index: int
    part: str
    title: str
    facts: tuple[Fact, ...]

    @property
    def sent(self) -> tuple[Fact, ...]:
        """The facts a model is given; the others are told without it."""
        return tuple(fact for fact in self.facts if is_for_model(fact))


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a piece. ``error`` tells why the composer wrote it.

    ``is_kept``: an earlier run, which broke off, had written it.
    """

    piece: Piece
    sentences: tuple[DraftSentence, ...]
    mended: EditedSentences | None = None
    error: ModelError | None = None
    is_kept: bool = False


def split_facts(index: int, part: str, title: str, facts: Sequence[Fact]) -> list[Piece]:
    """Facts in pieces of about the same size, small enough for one call each."""
    chars = sum(min(len(fact.text), LONGEST_FACT_CHARS) for fact in facts)
    count = max(-(-len(facts) // _MOST_FACTS), -(-chars // _MOST_CHARS), 1)
    size = max(-(-len(facts) // count), 1)
    return [
        Piece(index, part, title, tuple(facts[start : start + size]))
        for start in range(0, len(facts), size)
    ]
