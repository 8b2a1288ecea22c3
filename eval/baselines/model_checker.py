"""The model asked to find the mistakes: a baseline for the checker."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import httpx
import openai

from app.core.address import host_of, is_loopback
from app.core.document import Span
from app.core.finding import Finding, Severity
from app.drafting.model.egress import guard
from app.services.consent import require_consent
from app.settings import Settings
from eval.baselines.prompts import FIND_MISTAKES, SEED
from eval.cases import TextCase
from eval.metrics import Output

RULE = "MODEL"
_PIECE_CHARS = 700
_MAX_TOKENS = 300
_TIMEOUT_S = 600.0
_SHORTEST = 2
_LABEL = re.compile(r"^\s*(?:[-*•]|\d+[.、）)])?\s*[“\"']?|[”\"'。]?\s*$")


def pieces(text: str) -> Iterator[str]:
    """Whole lines, about as much as a small model can read with care."""
    piece = ""
    for line in text.split("\n"):
        if piece and len(piece) + len(line) > _PIECE_CHARS:
            yield piece
            piece = ""
        piece += line + "\n"
    if piece.strip():
        yield piece


@dataclass(frozen=True, slots=True)
class ModelChecker:
    """Asks for the wrong words and looks them up in the text; any reason counts."""

    settings: Settings
    name: str = "模型找错"

    def run(self, case: TextCase) -> Output:
        """Check one text."""
        text = case.document.text
        settings = self.settings
        require_consent(settings, settings.base_url)
        guard([("正文", text)], base_url=settings.base_url, trusted_hosts=settings.trusted_hosts)
        is_local = is_loopback(host_of(settings.base_url))
        client = openai.OpenAI(
            base_url=settings.base_url,
            api_key=settings.api_key or "none",
            timeout=_TIMEOUT_S,
            max_retries=0,
            http_client=cast("Any", httpx.Client(trust_env=not is_local, timeout=_TIMEOUT_S)),
        )
        found: dict[tuple[int, int], Finding] = {}
        try:
            with client:
                for piece in pieces(text):
                    for finding in self._read(text, self._ask(client, piece)):
                        found[finding.span.start, finding.span.end] = finding
        except (openai.OpenAIError, httpx.HTTPError, ValueError) as error:
            return Output((), f"模型没有回答：{error}")
        return Output(tuple(found[key] for key in sorted(found)))

    def _ask(self, client: openai.OpenAI, piece: str) -> str:
        answer = client.chat.completions.create(
            model=self.settings.model,
            messages=[{"role": "user", "content": FIND_MISTAKES.format(text=piece)}],
            temperature=0.0,
            max_tokens=_MAX_TOKENS,
            seed=SEED,
        )
        return answer.choices[0].message.content or ""

    @staticmethod
    def _read(text: str, answer: str) -> Iterator[Finding]:
        for line in answer.splitlines():
            quote = _LABEL.sub("", line)
            start = text.find(quote) if len(quote) >= _SHORTEST else -1
            if start >= 0:
                span = Span(start, start + len(quote))
                yield Finding(RULE, "model", Severity.ERROR, span, quote, "模型认为有错", {})
