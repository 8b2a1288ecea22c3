"""The lexical side of retrieval: BM25 over Chinese words."""

import logging
import re
import warnings
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.core.errors import KnowledgeError
from app.knowledge.passage import Passage

_WORD = re.compile(r"\w+")
_FUNCTION_WORDS = frozenset("的了和与及等对为在是并以中把被将从向于由")


@lru_cache(maxsize=4)
def _tokenizer(cache_folder: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba still imports pkg_resources
        import jieba  # noqa: PLC0415

        jieba.setLogLevel(logging.CRITICAL)
    try:
        cache_folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KnowledgeError(f"文件夹 {cache_folder} 建不起来，请检查权限。") from error
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = str(cache_folder)
    return tokenizer


def tokenize(text: str, cache_folder: Path) -> list[str]:
    """Words and their shorter parts, without marks and function words."""
    tokens = _tokenizer(cache_folder).lcut_for_search(text.lower())
    return [t for t in tokens if _WORD.fullmatch(t) and t not in _FUNCTION_WORDS]


class LexicalIndex:
    """BM25 over a fixed set of passages."""

    def __init__(self, passages: Sequence[Passage], cache_folder: Path) -> None:
        import bm25s  # noqa: PLC0415

        self.passages = tuple(passages)
        self._cache_folder = cache_folder
        corpus = [tokenize(p.indexed_text, cache_folder) or ["∅"] for p in self.passages]
        self._known = {token for tokens in corpus for token in tokens}
        self._bm25: Any = None
        if corpus:
            self._bm25 = bm25s.BM25()
            self._bm25.index(corpus, show_progress=False)

    def search(self, query: str, count: int, allowed: NDArray[np.bool_] | None = None) -> list[int]:
        """Positions of the best passages, best first; only those that share a word.

        ``allowed`` masks the positions that may be found.
        """
        tokens = [t for t in tokenize(query, self._cache_folder) if t in self._known]
        if self._bm25 is None or not tokens:
            return []
        scores: NDArray[np.float32] = np.asarray(self._bm25.get_scores(tokens))
        if allowed is not None:
            scores = np.where(allowed, scores, 0.0)
        order = np.argsort(-scores, kind="stable")[:count]
        return [int(i) for i in order if scores[i] > 0]
