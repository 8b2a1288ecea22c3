"""What is put to the model: retrieve | mask | prompt, as one LangChain runnable a piece.

The same code serves a draft and a dry run, so that what is shown is what would be sent.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from langchain_core.runnables import Runnable, RunnableLambda, RunnablePassthrough

from app.core.errors import ConfigError, ModelError
from app.core.facts import Fact, FactSheet
from app.drafting.model.pieces import Piece
from app.drafting.model.prompts import Rendered, load_prompt, render
from app.drafting.prose.wording import tell
from app.knowledge.masking.mask import mask_passage
from app.knowledge.passage import Passage
from app.knowledge.tokens import count_tokens

_PASSAGE_CHARS = 110
_PASSAGES = 1
_QUERY_CHARS = 300

Retrieve = Callable[[str, str], Sequence[Passage]]


@dataclass(frozen=True, slots=True)
class Lent:
    """The masked wording of a past passage that goes into a prompt."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class FilledPrompt:
    """A filled-in prompt: its messages, their size, and the passages in it."""

    name: str
    messages: tuple[BaseMessage, ...]
    tokens: int
    lent: tuple[Lent, ...] = ()


@dataclass(frozen=True, slots=True)
class Prompter:
    """Fills in the prompts of one report. ``is_brief`` asks for the shortest wording."""

    sheet: FactSheet
    subject: str
    retrieve: Retrieve | None = None
    is_brief: bool = False

    def draft(self, piece: Piece) -> FilledPrompt:
        """The prompt that has a piece written.

        Raises:
            ModelError: it does not fit the budget even without a passage.
        """
        prepare: Runnable[Any, FilledPrompt] = (
            RunnablePassthrough.assign(passages=RunnableLambda(self._retrieve))
            | RunnablePassthrough.assign(passages=RunnableLambda(_mask))
            | RunnableLambda(self._draft)
        )
        return prepare.invoke({"piece": piece, "passages": ()}, config={"callbacks": []})

    def repair(self, facts: Sequence[Fact], text: str, complaints: Sequence[str]) -> FilledPrompt:
        """The prompt that has sentences put right.

        Raises:
            ModelError: it does not fit the budget.
        """
        return self._fill(
            "section_repair",
            {"facts": _told(facts), "draft": text, "complaints": "\n".join(complaints)},
        )

    def rewrite(self, title: str, facts: Sequence[Fact], text: str, wish: str) -> FilledPrompt:
        """The prompt that has a section written anew.

        Raises:
            ModelError: it does not fit the budget.
        """
        values = {**self._who(title), "facts": _told(facts), "draft": text, "wish": wish}
        return self._fill("section_rewrite", values)

    def _who(self, title: str) -> dict[str, str | int | Sequence[str]]:
        sheet = self.sheet
        return {
            "unit": sheet.unit,
            "subject": self.subject,
            "year": sheet.year,
            "title": title,
        }

    def _retrieve(self, values: dict[str, Any]) -> Sequence[Passage]:
        if self.retrieve is None:
            return ()
        piece: Piece = values["piece"]
        query = piece.title + " " + " ".join(f.text for f in piece.facts)[:_QUERY_CHARS]
        return self.retrieve(query, piece.part)

    def _draft(self, values: dict[str, Any]) -> FilledPrompt:
        piece: Piece = values["piece"]
        lent: tuple[Lent, ...] = values["passages"]
        return self._fill(
            "section_draft",
            {
                **self._who(piece.title),
                "form": self._form(piece),
                "facts": _told(piece.facts),
                "passages": [item.text for item in lent],
            },
            lent,
        )

    def _form(self, piece: Piece) -> str:
        short = "语言尽量简短。" if self.is_brief else ""
        if len(piece.facts) == 1:
            return "请把这条要点写成完整通顺的句子。" + short
        return (
            f"请把以上{len(piece.facts)}条要点依次写进一段话，语句连贯，每条要点写成一句。{short}"
        )

    def _fill(
        self,
        name: str,
        values: dict[str, str | int | Sequence[str]],
        lent: tuple[Lent, ...] = (),
    ) -> FilledPrompt:
        try:
            rendered: Rendered = render(load_prompt(name), values, count=count_tokens)
        except ConfigError as error:
            raise ModelError(str(error), on_page=error.on_page, retryable=True) from error
        messages = (SystemMessage(rendered.system), HumanMessage(rendered.user))
        return FilledPrompt(name, messages, rendered.tokens, lent[: rendered.kept])


def _told(facts: Sequence[Fact]) -> list[str]:
    return [tell(fact) + "。" for fact in facts]


def _mask(values: dict[str, Any]) -> tuple[Lent, ...]:
    """Passages without figures and names, cut to a few whole sentences."""
    out: list[Lent] = []
    for passage in values["passages"][:_PASSAGES]:
        head = mask_passage(passage.text, names=(passage.unit,))[:_PASSAGE_CHARS]
        cut = max(head.rfind("。"), head.rfind("；")) + 1
        if cut:
            out.append(Lent(passage.id, head[:cut]))
    return tuple(out)
