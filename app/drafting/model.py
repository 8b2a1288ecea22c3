"""The chat model: any OpenAI-compatible endpoint, with bounded retries and Chinese errors."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from threading import Event
from typing import Any

import httpx
import openai
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.runnables import Runnable, RunnableGenerator
from langchain_openai import ChatOpenAI
from langsmith.run_helpers import tracing_context
from pydantic import SecretStr

from app.core.errors import ModelError
from app.drafting.egress import host_of, is_loopback

_NO_KEY = "none"
_OFFICIAL_HOST = "api.openai.com"


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """How an endpoint is called. ``timeout_s`` is the longest wait for the next piece of text."""

    base_url: str
    model: str
    api_key: str = ""
    timeout_s: float = 120.0
    connect_timeout_s: float = 8.0
    attempts: int = 3
    backoff_s: float = 1.0
    concurrency: int = 2


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of the answer. The last one of a whole answer tells why it ended."""

    text: str
    finish: str = ""


class Cancelled(ModelError):
    """The user stopped the draft."""

    def __init__(self) -> None:
        super().__init__("起草已取消。")


def make_chat(
    options: ModelOptions, params: Mapping[str, float], client: httpx.Client
) -> Runnable[list[BaseMessage], Delta]:
    """Model and parser as one runnable that streams ``Delta``."""
    limit = int(params.get("max_output_tokens", 600))
    is_official = host_of(options.base_url) == _OFFICIAL_HOST
    # Other servers know the older name only, and an answer without a limit may never end.
    extra: dict[str, Any] = (
        {"max_tokens": limit} if is_official else {"extra_body": {"max_tokens": limit}}
    )
    chat = ChatOpenAI(
        model=options.model,
        base_url=options.base_url,
        api_key=SecretStr(options.api_key or _NO_KEY),
        temperature=params.get("temperature", 0.2),
        max_retries=0,
        streaming=True,
        http_client=client,
        timeout=_timeout(options),
        **extra,
    )
    return chat | RunnableGenerator(_parse)


def make_client(options: ModelOptions) -> httpx.Client:
    """An HTTP client; a proxy of the environment is not asked for this machine itself."""
    is_local = is_loopback(host_of(options.base_url))
    return httpx.Client(timeout=_timeout(options), trust_env=not is_local)


def _timeout(options: ModelOptions) -> httpx.Timeout:
    return httpx.Timeout(options.timeout_s, connect=options.connect_timeout_s)


def _parse(chunks: Iterator[AIMessageChunk]) -> Iterator[Delta]:
    for chunk in chunks:
        finish = str(chunk.response_metadata.get("finish_reason") or "")
        text = chunk.content if isinstance(chunk.content, str) else str(chunk.text)
        if text or finish:
            yield Delta(text, finish)


@dataclass(slots=True)
class Caller:
    """Runs one answer at a time to its end; tries again where that may help."""

    options: ModelOptions
    cancel: Event
    sleep: Callable[[float], None] | None = None
    calls: int = 0

    def answer(
        self,
        chat: Runnable[list[BaseMessage], Delta],
        messages: list[BaseMessage],
        *,
        limit_chars: int,
        on_delta: Callable[[str], None] | None = None,
    ) -> str:
        """The whole answer; ``on_delta`` gets its pieces, of the first attempt only.

        Raises:
            ModelError: the endpoint failed for good; the message says how and what to do.
        """
        for attempt in range(1, self.options.attempts + 1):
            self.calls += 1
            try:
                return self._once(chat, messages, limit_chars, on_delta if attempt == 1 else None)
            except Cancelled:
                raise
            except ModelError as error:
                if not error.retryable or attempt == self.options.attempts:
                    raise
            self._wait(self.options.backoff_s * 2 ** (attempt - 1))
        raise AssertionError("unreachable")

    def _wait(self, seconds: float) -> None:
        seconds *= 1 + random.random() / 4  # noqa: S311  # spreads retries, no secret
        if self.sleep:
            self.sleep(seconds)
        elif self.cancel.wait(seconds):
            raise Cancelled

    def _once(
        self,
        chat: Runnable[list[BaseMessage], Delta],
        messages: list[BaseMessage],
        limit_chars: int,
        on_delta: Callable[[str], None] | None,
    ) -> str:
        pieces: list[str] = []
        length, finish = 0, ""
        started = time.monotonic()
        try:
            # Tracing would send the text elsewhere, whatever the environment asks for.
            with tracing_context(enabled=False):
                for delta in chat.stream(messages):
                    if self.cancel.is_set():
                        raise Cancelled
                    pieces.append(delta.text)
                    length += len(delta.text)
                    finish = delta.finish or finish
                    if on_delta and delta.text:
                        on_delta(delta.text)
                    if length > limit_chars or time.monotonic() - started > self._longest:
                        finish = "length"
                        break
        except (
            openai.OpenAIError,
            httpx.HTTPError,
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
        ) as error:
            raise explain(error, self.options) from error
        if not finish:
            raise ModelError(f"模型服务 {_where(self.options)} 的回答中途断了。", retryable=True)
        text = "".join(pieces)
        if not text.strip():
            raise ModelError(f"模型 {self.options.model} 没有写出内容。", retryable=True)
        return text

    @property
    def _longest(self) -> float:
        return 4 * self.options.timeout_s


def explain(error: Exception, options: ModelOptions) -> ModelError:
    """What a failure means to a user; the key and the text sent are never part of it."""
    where, model = _where(options), options.model
    match error:
        case openai.APITimeoutError() | httpx.TimeoutException():
            return ModelError(
                f"模型服务 {where} 超过 {options.timeout_s:g} 秒没有回应，请稍后再试或用 --offline 起草。",
                retryable=True,
            )
        case openai.APIConnectionError() | httpx.ConnectError():
            return ModelError(
                f"连不上模型服务 {where}，请检查地址和网络，或用 --offline 起草。", retryable=True
            )
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return ModelError(
                f"模型服务 {where} 不认可密钥（{error.status_code}），请检查环境变量 OPENAI_API_KEY。"
            )
        case openai.NotFoundError():
            return ModelError(
                f"模型服务 {where} 上没有模型 {model}（404），请检查 --model 或 PINGAN_MODEL，"
                "以及地址是否以 /v1 结尾。"
            )
        case openai.RateLimitError():
            return ModelError(f"模型服务 {where} 请求过多（429），请稍后再试。", retryable=True)
        case openai.APIStatusError() if error.status_code >= 500:
            return ModelError(
                f"模型服务 {where} 出错（{error.status_code}），请稍后再试或用 --offline 起草。",
                retryable=True,
            )
        case openai.APIStatusError():
            return ModelError(
                f"模型服务 {where} 拒绝了请求（{error.status_code}），请检查模型名称和服务设置。"
            )
        case _:
            return ModelError(
                f"模型服务 {where} 的回答不完整或看不懂，请检查地址是否以 /v1 结尾。",
                retryable=True,
            )


def _where(options: ModelOptions) -> str:
    """The address without user, password and query."""
    parts = httpx.URL(options.base_url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.host}{port}{parts.path.rstrip('/')}"
