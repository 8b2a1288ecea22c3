"""The chat model: any OpenAI-compatible endpoint, with bounded retries and Chinese errors."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Any, cast

import httpx
import openai
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.runnables import Runnable, RunnableGenerator
from langchain_openai import ChatOpenAI
from langsmith.run_helpers import tracing_context
from pydantic import SecretStr

from app.core.address import host_of, is_loopback
from app.core.errors import ModelError
from app.drafting.events import ModelWaiting
from app.endpoint import CallLimits, Watcher, make_client

_NO_KEY = "none"
_REMOTE_WORKERS = 3
_LONGEST_WAITS = 4
_LONGEST_PAUSE_S = 30.0
_OFFICIAL_HOST = "api.openai.com"


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """How an endpoint is called.

    ``timeout_s`` is the longest wait for the next piece of text; each ``silence_s`` without a byte
    is told. ``concurrency`` 0 means one call at a time on this machine, where calls only share the
    same processor (and some small servers break off one answer for the next), and a few elsewhere.
    """

    base_url: str
    model: str
    api_key: str = field(default="", repr=False)
    timeout_s: float = 180.0
    connect_timeout_s: float = 8.0
    attempts: int = 3
    backoff_s: float = 1.0
    concurrency: int = 0
    silence_s: float = 15.0

    @property
    def workers(self) -> int:
        """How many calls run at once."""
        if self.concurrency:
            return self.concurrency
        return 1 if is_loopback(host_of(self.base_url)) else _REMOTE_WORKERS


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of the answer. The last one of a whole answer tells why it ended."""

    text: str
    finish: str = ""


@dataclass(slots=True)
class Pulse:
    """When a byte of any call came last; every further ``every_s`` of silence is news."""

    every_s: float
    _heard: float = field(default_factory=time.monotonic)
    _told_s: float = 0.0

    def beat(self) -> None:
        """A call begins, or a byte has come."""
        self._heard = time.monotonic()

    def news(self) -> ModelWaiting | None:
        """How long all has been silent, where that is to be told now."""
        silent_s = (time.monotonic() - self._heard) // self.every_s * self.every_s
        if silent_s == self._told_s:
            return None
        self._told_s = silent_s
        return ModelWaiting(int(silent_s))


class CancelledError(ModelError):
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
        timeout=client.timeout,
        **extra,
    )
    parser: Runnable[Any, Delta] = RunnableGenerator(_parse)
    return cast("Runnable[list[BaseMessage], Delta]", chat | parser)


def _bounds(options: ModelOptions) -> CallLimits:
    return CallLimits(
        options.timeout_s, _LONGEST_WAITS * options.timeout_s, options.connect_timeout_s
    )


def _parse(chunks: Iterator[Any]) -> Iterator[Delta]:
    for chunk in chunks:
        assert isinstance(chunk, AIMessageChunk)
        finish = str(chunk.response_metadata.get("finish_reason") or "")
        text = chunk.content if isinstance(chunk.content, str) else str(chunk.text)
        if text or finish:
            yield Delta(text, finish)


# What a client makes of an answer that is none: no JSON, other JSON, JSON nested without end, a
# stream cut in the middle.
_FAILURES = (
    openai.OpenAIError, httpx.HTTPError, ValueError, TypeError, KeyError, AttributeError,
    RecursionError,
)  # fmt: skip


@dataclass(slots=True)
class Caller:
    """Runs one answer at a time to its end; tries again where that may help.

    ``on_bytes`` is called when a call begins and whenever something of its answer comes.
    """

    options: ModelOptions
    cancel: Event
    sleep: Callable[[float], None] | None = None
    on_bytes: Callable[[], None] = lambda: None
    calls: int = 0

    def answer(
        self,
        messages: list[BaseMessage],
        params: Mapping[str, float],
        *,
        limit_chars: int,
        on_delta: Callable[[str], None] | None = None,
        is_enough: Callable[[str], bool] | None = None,
    ) -> str:
        """The whole answer; ``on_delta`` gets its pieces, of the first attempt only.

        ``is_enough`` is asked after each sentence; the answer ends where it says so.

        Raises:
            ModelError: the endpoint failed for good; the message says how and what to do.
        """
        for attempt in range(1, self.options.attempts + 1):
            self.calls += 1
            try:
                shown = on_delta if attempt == 1 else None
                until = time.monotonic() + _bounds(self.options).whole_s
                limit = _Limit(limit_chars, until, is_enough)
                return self._once(messages, params, limit, shown)
            except CancelledError:
                raise
            except ModelError as error:
                if not error.retryable or attempt == self.options.attempts:
                    raise
                asked_s = min(error.wait_s, _LONGEST_PAUSE_S)
            self._wait(max(asked_s, self.options.backoff_s * 2 ** (attempt - 1)))
        raise AssertionError("unreachable")

    def _wait(self, seconds: float) -> None:
        seconds *= 1 + random.random() / 4  # noqa: S311  # spreads retries, no secret
        if self.sleep:
            self.sleep(seconds)
        elif self.cancel.wait(seconds):
            raise CancelledError

    def _once(
        self,
        messages: list[BaseMessage],
        params: Mapping[str, float],
        limit: "_Limit",
        on_delta: Callable[[str], None] | None,
    ) -> str:
        finish = ""

        def must_stop() -> bool:
            return limit.is_full or self.cancel.is_set()

        self.on_bytes()
        watcher = Watcher(must_stop, self.on_bytes)
        client = make_client(self.options.base_url, _bounds(self.options), watcher)
        try:
            # Tracing would send the text elsewhere, whatever the environment asks for.
            with client, tracing_context(enabled=False):
                for delta in make_chat(self.options, params, client).stream(messages):
                    finish = delta.finish or finish
                    limit.take(delta.text)
                    if on_delta and delta.text and not self.cancel.is_set():
                        on_delta(delta.text)
        except _FAILURES as error:
            if self.cancel.is_set():
                raise CancelledError from error
            if not limit.is_usable:
                raise explain(error, self.options) from error
            finish = "length"
        if self.cancel.is_set():
            raise CancelledError
        if not finish:
            told = f"模型服务 {shown_address(self.options)} 的回答中途断了。"
            raise ModelError(told, retryable=True, has_answered=True)
        text = limit.text
        if not text.strip():
            told = f"模型 {self.options.model} 没有写出内容。"
            raise ModelError(told, retryable=True, has_answered=True)
        return text


@dataclass(slots=True)
class _Limit:
    """The answer so far, and how long it may get and take."""

    chars: int
    deadline: float
    is_enough: Callable[[str], bool] | None = None
    text: str = ""
    _is_whole: bool = False

    def take(self, delta: str) -> None:
        """Add a piece; after a sentence's end, see whether all is told."""
        if self._is_whole:
            return
        self.text += delta
        if self.is_enough and "。" in delta and len(self.text) <= self.chars:
            self._is_whole = self.is_enough(self.text)

    @property
    def is_full(self) -> bool:
        """True where nothing more is wanted."""
        return self._is_whole or len(self.text) > self.chars

    @property
    def is_usable(self) -> bool:
        """True where an answer that was cut is worth something."""
        return self.is_full or (bool(self.text.strip()) and time.monotonic() > self.deadline)


def explain(error: Exception, options: ModelOptions) -> ModelError:
    """What a failure means to a user; the key and the text sent are never part of it."""
    where = f"模型服务 {shown_address(options)}"
    is_retryable, has_answered = True, False
    match error:
        case openai.APITimeoutError() | httpx.TimeoutException():
            told = f"{where} 超过 {options.timeout_s:g} 秒没有回应"
            todo = page_todo = "请稍后再试"
        case openai.APIConnectionError() if not _was_undecodable(error):
            told, todo = f"连不上{where}", "请检查地址和网络"
            page_todo = "请检查网络，或请管理员核对模型的地址"
        case openai.RateLimitError():
            told, todo = f"{where} 请求过多（429）", "请稍后再试"
            page_todo = todo
        case openai.APIStatusError() if error.status_code >= 500:
            told, todo = f"{where} 出错（{error.status_code}）", "请稍后再试"
            page_todo = todo
        case openai.APIStatusError():
            refused, todo, page_todo = _refusal(error, options.model)
            told, is_retryable = f"{where} {refused}", False
        case _:
            told, todo = f"{where} 的回答不完整或看不懂", "请检查地址是否以 /v1 结尾"
            page_todo = "请管理员核对模型的地址是否以 /v1 结尾"
            has_answered = True
    return ModelError(
        f"{told}，{todo}，或用 --offline 起草。",
        on_page=f"{told}，{page_todo}。",
        what=f"{told}。",
        retryable=is_retryable,
        wait_s=_asked_wait_s(error),
        has_answered=has_answered,
    )


def _was_undecodable(error: BaseException | None) -> bool:
    """True where an answer came that is packed or too long."""
    while error is not None and not isinstance(error, httpx.DecodingError):
        error = error.__cause__
    return error is not None


def _asked_wait_s(error: Exception) -> float:
    """Seconds of a Retry-After header; 0 without one or where it is no number."""
    if not isinstance(error, openai.APIStatusError):
        return 0.0
    asked = error.response.headers.get("retry-after", "")
    return float(asked) if asked.isascii() and asked.isdigit() else 0.0


def _refusal(error: openai.APIStatusError, model: str) -> tuple[str, str, str]:
    """What the server refused, what to do about it at the command line, and on the page."""
    code = error.status_code
    if 300 <= code < 400:
        return (
            f"要转到另一个地址（{code}），没有跟去，免得文稿和密钥落到别处",
            "请把 OPENAI_BASE_URL 改成服务的最终地址",
            "请管理员把模型的地址改成服务的最终地址",
        )
    match code:
        case 401:
            told = "不认可密钥（401）：没有填，或者填错、过期了"
        case 403:
            told = f"不认可密钥（403）：这个密钥不许用模型 {model}"
        case 404:
            return (
                f"上没有模型 {model}（404）",
                "请检查 --model 或 PINGAN_MODEL，以及地址是否以 /v1 结尾",
                "请管理员核对模型名称，以及模型的地址是否以 /v1 结尾",
            )
        case _:
            told = f"拒绝了请求（{code}）"
            todo = "请检查模型名称和服务设置"
            return told, todo, "请管理员核对模型名称和服务的设置"
    return told, "请检查环境变量 OPENAI_API_KEY", "请管理员核对模型密钥的设置"


def shown_address(options: ModelOptions) -> str:
    """The address without user, password and query."""
    parts = httpx.URL(options.base_url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.host}{port}{parts.path.rstrip('/')}"
