"""Systems that write a report from a fact sheet: composer, our chain, a plain retrieval prompt."""

import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from app.checking.context import CheckContext
from app.checking.engine import run_rules
from app.core.document import Document
from app.core.errors import PinganError
from app.core.facts import FactSheet
from app.core.finding import Finding, Severity
from app.knowledge.store import KnowledgeStore
from app.language.view import TextView
from app.report.profile import load_profile
from app.report.recognise import recognise_profile
from app.services.drafting import draft_report
from app.services.knowledge import ensure_samples, open_store
from app.settings import Settings
from eval.draft_cases import DraftCase, DraftOutput

_TODO = re.compile("【待补充[^】]*】")


class DraftSystem(Protocol):
    """Anything that writes a report."""

    @property
    def key(self) -> str:
        """The prefix of its metrics."""

    @property
    def name(self) -> str:
        """The column it is told in."""

    def run(self, case: DraftCase) -> DraftOutput:
        """Write one report; a failure is told as the output's error."""


def sheet_context(text: str, sheet: FactSheet) -> CheckContext:
    """What the checker sees of a text with its fact sheet at hand."""
    document = Document(text)
    view = TextView(document)
    name = sheet.unit_type or recognise_profile(view).name
    return CheckContext(document, load_profile(name), outline=view.outline, sheet=sheet)


def check_draft(case: DraftCase, text: str) -> tuple[Finding, ...]:
    """Errors of the product's checker in a draft, with the sheet at hand.

    【待补充：……】 asks the writer for a part that no fact tells: meant, and no error.
    """
    asked = [found.span() for found in _TODO.finditer(text)]
    return tuple(
        finding
        for finding in run_rules(sheet_context(text, case.sheet))
        if finding.severity is Severity.ERROR
        and not any(a <= finding.span.start and finding.span.end <= b for a, b in asked)
    )


@contextmanager
def sample_store() -> Iterator[KnowledgeStore]:
    """A knowledge base of the bundled reports alone, whatever the user's own holds."""
    with (
        tempfile.TemporaryDirectory(prefix="pingan-eval-", ignore_cleanup_errors=True) as folder,
        open_store(Settings(home=Path(folder))) as store,
    ):
        ensure_samples(store, lambda *_: None)
        yield store


@dataclass(frozen=True, slots=True)
class ComposerSystem:
    """The product without a model."""

    store: KnowledgeStore
    key: str = "composer"
    name: str = "组稿（不用模型）"

    def run(self, case: DraftCase) -> DraftOutput:
        """Write one report."""
        return _draft(case, Settings(home=Path()), self.store, offline=True)


@dataclass(frozen=True, slots=True)
class ChainSystem:
    """The product with a model."""

    store: KnowledgeStore
    settings: Settings
    key: str = "chain"
    name: str = "本程序＋模型"

    def run(self, case: DraftCase) -> DraftOutput:
        """Write one report."""
        return _draft(case, self.settings, self.store, offline=False)


def _draft(
    case: DraftCase, settings: Settings, store: KnowledgeStore, *, offline: bool
) -> DraftOutput:
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pingan-eval-") as home:  # nothing is gone on with
        settings = replace(settings, home=Path(home))
        try:
            draft = draft_report(case.sheet, settings=settings, offline=offline, store=store)
        except PinganError as error:
            return DraftOutput(error=str(error), seconds=time.monotonic() - started)
    usage = draft.usage
    return DraftOutput(
        text=draft.text,
        seconds=time.monotonic() - started,
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        calls=usage.calls,
    )


@dataclass(frozen=True, slots=True)
class HostileSystem:
    """The product with a scripted model that answers as badly as can be.

    It invents figures, events and awards, parrots what it was shown of past reports, leaves
    facts out and chats. Whatever comes through is the product's own fault.
    """

    store: KnowledgeStore
    key: str = "hostile"
    name: str = "本程序＋乱写的模型"

    def run(self, case: DraftCase) -> DraftOutput:
        """Write one report."""
        from eval.baselines.hostile import serve_hostile  # noqa: PLC0415  # starts a server

        with serve_hostile() as endpoint:
            settings = Settings(home=Path(), base_url=endpoint.url, model="hostile")
            output = _draft(case, settings, self.store, offline=False)
        if not endpoint.prompts and not output.error:
            return DraftOutput(error="起草时没有调用模型，评测不成立。")
        return replace(output, prompts=tuple(endpoint.prompts))
