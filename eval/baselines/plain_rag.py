"""The plain retrieval prompt: passages as they are, all in one prompt a section, no reading back.

What most people would build in an afternoon. It is given the product's own plan of sections and
facts, which flatters it.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import httpx
import openai

from app.core.address import host_of, is_loopback
from app.core.facts import Fact
from app.drafting.model.egress import guard
from app.drafting.plan.planner import plan
from app.drafting.plan.types import PlannedSection
from app.knowledge.retriever import HybridRetriever
from app.knowledge.store import KnowledgeStore
from app.services.consent import require_consent
from app.services.drafting import choose_profile
from app.settings import Settings
from eval.baselines.prompts import PLAIN_RAG, SEED
from eval.draft_cases import DraftCase, DraftOutput

PASSAGES = 3
_MAX_TOKENS = 500
_TEMPERATURE = 0.2
_TIMEOUT_S = 900.0


@dataclass(slots=True)
class _Spent:
    """What one report cost so far."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    calls: int = 0


@dataclass(slots=True)
class PlainRagSystem:
    """The same model with the plain prompt."""

    store: KnowledgeStore
    settings: Settings
    key: str = "plain"
    name: str = "普通检索提示＋模型"
    _retriever: HybridRetriever = field(init=False)

    def __post_init__(self) -> None:
        self._retriever = HybridRetriever(self.store)

    def run(self, case: DraftCase) -> DraftOutput:
        """Write one report."""
        started = time.monotonic()
        spent = _Spent()
        try:
            texts = [(fact.id, fact.text) for fact in case.sheet.facts]
            settings = self.settings
            require_consent(settings, settings.base_url)
            guard(texts, base_url=settings.base_url, trusted_hosts=settings.trusted_hosts)
            with self._client() as client:
                text = "\n\n".join(self._sections(case, client, spent))
        except (openai.OpenAIError, httpx.HTTPError, ValueError) as error:
            return DraftOutput(error=f"模型没有回答：{error}", seconds=time.monotonic() - started)
        return DraftOutput(
            text=text,
            seconds=time.monotonic() - started,
            prompt_tokens=spent.prompt_tokens,
            completion_tokens=spent.completion_tokens,
            calls=spent.calls,
        )

    def _client(self) -> openai.OpenAI:
        is_local = is_loopback(host_of(self.settings.base_url))
        return openai.OpenAI(
            base_url=self.settings.base_url,
            api_key=self.settings.api_key or "none",
            timeout=_TIMEOUT_S,
            max_retries=0,
            http_client=cast("Any", httpx.Client(trust_env=not is_local, timeout=_TIMEOUT_S)),
        )

    def _sections(self, case: DraftCase, client: openai.OpenAI, spent: _Spent) -> Iterator[str]:
        profile = choose_profile(case.sheet, "auto")
        for section in plan(case.sheet, profile).sections:
            if section.facts:
                body = self._ask(client, self._prompt(case, section), spent)
                yield f"{section.title}\n{body}" if section.title else body

    def _prompt(self, case: DraftCase, section: PlannedSection) -> str:
        facts: Sequence[Fact] = section.facts
        query = section.title + " " + " ".join(fact.text for fact in facts)[:300]
        hits = self._retriever.search(query, k=PASSAGES, explain=False)
        return PLAIN_RAG.format(
            unit=case.sheet.unit,
            year=case.sheet.year,
            title=section.title or "引言",
            passages="\n".join(hit.passage.text for hit in hits),
            facts="\n".join(f"- {fact.text}" for fact in facts),
        )

    def _ask(self, client: openai.OpenAI, prompt: str, spent: _Spent) -> str:
        answer = client.chat.completions.create(
            model=self.settings.model,
            messages=[{"role": "user", "content": prompt}],
            temperature=_TEMPERATURE,
            max_tokens=_MAX_TOKENS,
            seed=SEED,
        )
        spent.calls += 1
        if answer.usage:
            spent.prompt_tokens += answer.usage.prompt_tokens
            spent.completion_tokens += answer.usage.completion_tokens
        return (answer.choices[0].message.content or "").strip()
