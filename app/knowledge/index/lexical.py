"""The lexical side of retrieval: BM25 over Chinese characters and their pairs, kept on disk.

The index is derived from the store and can be made anew from it at any time, so a lost or damaged
piece is never an error: what is missing is told by :attr:`LexicalIndex.counts` and added again.
"""

import json
import re
import zlib
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from app.core.errors import KnowledgeError
from app.core.faults import refused
from app.core.files import write_private, writer_lock
from app.core.private import make_private_folder
from app.knowledge.index.segments import (
    SUFFIX,
    Codes,
    DamagedSegmentError,
    IndexEntry,
    Segment,
    make_segment,
    merge_segments,
    open_segment,
    write_segment,
)
from app.knowledge.passage import Passage

Mask = NDArray[np.bool_]

LIST_FILE, _LOCK_FILE = "segments.json", "write.lock"
SCHEMA_VERSION = 1
_TEMPORARY = ".tmp"
_FIRST_HAN, _LAST_HAN = 0x4E00, 0x9FA5
_LATIN = re.compile(r"[a-z]{2,}")
_LATIN_BIT = 0xF0000000
_FUNCTION_WORDS = np.array([ord(char) for char in "的了和与及等对为在是并以中把被将从向于由"])
_K1, _B = 1.5, 0.75
_MOST_POSTINGS = 150_000
_LEAST_TERMS = 6
_FAN_IN = 8
_SMALLEST, _LARGEST = 32, 16_384
_LOCK_TIMEOUT_S = 30.0
_TRIES = 5


def tokenize(text: str) -> Codes:
    """Codes of the characters, of neighbouring characters and of Latin words; figures are left out.

    A pair is both characters in one number, so that no two terms ever share a code.
    """
    lowered = text.lower()
    chars = np.frombuffer(lowered.encode("utf-32-le", "replace"), dtype="<u4")
    is_han = (chars >= _FIRST_HAN) & (chars <= _LAST_HAN)
    pairs = is_han[:-1] & is_han[1:]
    two = (chars[:-1][pairs] << np.uint32(16)) | chars[1:][pairs]
    one = chars[is_han & ~np.isin(chars, _FUNCTION_WORDS)]
    latin = [
        _LATIN_BIT | (zlib.crc32(word.encode("utf-8")) & ~_LATIN_BIT)
        for word in _LATIN.findall(lowered)
    ]
    return np.concatenate((one, two, np.array(latin, dtype=np.uint32))).astype(np.uint32)


def make_entry(passages: Sequence[Passage]) -> IndexEntry:
    """What is indexed of one report version; ``passages`` are all of it, in order."""
    first = passages[0]
    return IndexEntry(
        first.report_id,
        first.unit,
        first.year,
        first.unit_type,
        tuple(tokenize(passage.indexed_text) for passage in passages),
        tuple(passage.part for passage in passages),
    )


@dataclass(frozen=True)
class LexicalView:
    """The index as it was when it was opened. Passages are numbered through all segments."""

    segments: tuple[Segment, ...]

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """Number of each segment's first passage, and of the one behind the last."""
        return np.cumsum([0, *(segment.size for segment in self.segments)])

    @property
    def size(self) -> int:
        """Number of passages, dead ones included."""
        return int(self.starts[-1])

    @cached_property
    def places(self) -> dict[str, tuple[int, int]]:
        """For each report version the number of its first passage, and how many it has."""
        found: dict[str, tuple[int, int]] = {}
        for segment, start in zip(self.segments, self.starts, strict=False):
            for row in segment.reports:
                found[row.report_id] = (int(start) + row.first, row.count)
        return found

    @cached_property
    def counts(self) -> dict[str, int]:
        """Number of passages of each report version."""
        return {report_id: count for report_id, (_, count) in self.places.items()}

    @cached_property
    def _report_firsts(self) -> tuple[NDArray[np.int64], tuple[str, ...]]:
        rows = sorted((place[0], report_id) for report_id, place in self.places.items())
        return np.array([first for first, _ in rows], dtype=np.int64), tuple(r for _, r in rows)

    def passage_id(self, number: int) -> str:
        """The id of a passage that :meth:`mask` holds."""
        firsts, reports = self._report_firsts
        at = int(np.searchsorted(firsts, number, side="right")) - 1
        return f"{reports[at]}-{number - int(firsts[at]):04d}"

    def number(self, passage_id: str) -> int:
        """The number of a passage, −1 where it is not indexed."""
        report_id, _, position = passage_id.rpartition("-")
        first, count = self.places.get(report_id, (0, 0))
        return first + int(position) if position.isdigit() and int(position) < count else -1

    def mask(self, report_ids: Iterable[str]) -> Mask:
        """True at the passages of these report versions."""
        found = np.zeros(self.size, dtype=bool)
        for report_id in report_ids:
            first, count = self.places.get(report_id, (0, 0))
            found[first : first + count] = True
        return found

    def in_part(self, part: str) -> Mask:
        """True at the passages of one part."""
        found = [
            segment.parts == segment.part_names.index(part)
            if part in segment.part_names
            else np.zeros(segment.size, dtype=bool)
            for segment in self.segments
        ]
        return np.concatenate(found) if found else np.zeros(0, dtype=bool)

    @cached_property
    def _mean_length(self) -> float:
        total = sum(int(segment.lengths.sum()) for segment in self.segments)
        return total / self.size if self.size else 1.0

    def search(self, query: str, count: int, allowed: Mask) -> list[int]:
        """Numbers of the best passages, best first; only those that share a term.

        Where the query's terms stand in very many passages, the commonest terms, which tell the
        least, are left out: the time stays bounded however large the index.
        """
        return best(self.scores(query), count, allowed)

    def scores(self, query: str) -> NDArray[np.float64]:
        """The BM25 score of every passage."""
        terms, weights = np.unique(tokenize(query), return_counts=True)
        if not self.size or not len(terms):
            return np.zeros(0, dtype=np.float64)
        ranges = np.stack([segment.ranges(terms) for segment in self.segments])
        found = (ranges[:, 1] - ranges[:, 0]).sum(axis=0)
        used = _rarest(found)
        rarity = np.log1p((self.size - found + 0.5) / (found + 0.5)) * weights
        parts = [
            self._segment_scores(segment, ranges[i][:, used], rarity[used])
            for i, segment in enumerate(self.segments)
        ]
        return np.concatenate(parts)

    def _segment_scores(
        self, segment: Segment, ranges: NDArray[np.int64], rarity: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        sizes = ranges[1] - ranges[0]
        total = int(sizes.sum())
        if not total:
            return np.zeros(segment.size, dtype=np.float64)
        shift = np.repeat(ranges[0] - np.cumsum(sizes) + sizes, sizes)
        at = np.arange(total) + shift
        docs = segment.docs[at]
        tf = segment.counts[at].astype(np.float32)
        norm = (_K1 * (1 - _B + _B * segment.lengths / self._mean_length)).astype(np.float32)
        gain = np.repeat(rarity, sizes) * (tf * (_K1 + 1) / (tf + norm[docs]))
        return np.bincount(docs, weights=gain, minlength=segment.size).astype(np.float64)


def best(scores: NDArray[np.float64], count: int, allowed: Mask) -> list[int]:
    """Numbers of the best allowed passages, best first; none that scores nothing."""
    if not len(scores) or count <= 0:
        return []
    scores = np.where(allowed, scores, 0.0)
    count = min(count, len(scores))
    order = np.argpartition(-scores, count - 1)[:count]
    order = order[np.lexsort((order, -scores[order]))]
    return [int(number) for number in order if scores[number] > 0]


def _rarest(found: NDArray[np.int64]) -> NDArray[np.int64]:
    """The terms that are scored, rarest first, as long as there are not too many postings."""
    order = np.argsort(found, kind="stable")
    order = order[found[order] > 0]
    fits = int(np.searchsorted(np.cumsum(found[order]), _MOST_POSTINGS, side="right"))
    return order[: max(fits, _LEAST_TERMS)]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A segment as the list names it."""

    name: str
    size: int

    @property
    def level(self) -> int:
        """The class of sizes it belongs to."""
        level, size = 0, _SMALLEST
        while self.size > size:
            level, size = level + 1, size * _FAN_IN
        return level


class LexicalIndex:
    """The segments in one folder. Any number of readers, one writer at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def view(self) -> LexicalView:
        """Open the index; pieces that are damaged or gone are left out."""
        for _ in range(_TRIES):
            pieces = self._pieces()
            segments = [self._open(piece) for piece in pieces]
            if None not in segments or pieces == self._pieces():
                break  # otherwise some were merged meanwhile: look at the list again
        return LexicalView(tuple(segment for segment in segments if segment is not None))

    def _open(self, piece: _Piece) -> Segment | None:
        try:
            segment = open_segment(self.folder, piece.name)
        except (FileNotFoundError, DamagedSegmentError):
            return None
        return segment if segment.size == piece.size else None

    def _pieces(self) -> list[_Piece]:
        try:
            data = json.loads((self.folder / LIST_FILE).read_bytes())
            if data["schema"] != SCHEMA_VERSION:
                return []
            return [_Piece(str(name), int(size)) for name, size in data["segments"]]
        except (OSError, ValueError, TypeError, KeyError):
            return []

    def add(self, entries: Sequence[IndexEntry]) -> None:
        """Index report versions; one that is indexed already is replaced.

        Raises:
            KnowledgeError: the folder cannot be written, or another writer goes on for too long.
        """
        if entries:
            with self._writing():
                pieces = [*self._pieces(), self._saved(make_segment(entries))]
                self._put(self._merged(pieces))

    def compact(self, live: Container[str]) -> None:
        """Leave out the reports that live no more, and what is damaged.

        Raises:
            KnowledgeError: as for :meth:`add`.
        """
        with self._writing():
            kept: list[_Piece] = []
            for piece in self._pieces():
                segment = self._open(piece)
                if segment is None:
                    continue
                if not all(row.report_id in live for row in segment.reports):
                    piece = self._saved(merge_segments([segment], live))  # noqa: PLW2901
                kept.append(piece)
            self._put(self._merged(kept))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            make_private_folder(self.folder)
            with writer_lock(self.folder / _LOCK_FILE, timeout_s=_LOCK_TIMEOUT_S):
                yield
        except OSError as error:
            subject = f"知识库的字词索引 {self.folder} 写不进去"
            raise refused(KnowledgeError, subject, error) from error

    def _saved(self, segment: Segment) -> _Piece:
        name = uuid4().hex[:16]
        write_segment(self.folder, name, segment)
        return _Piece(name, segment.size)

    def _merged(self, pieces: Sequence[_Piece]) -> list[_Piece]:
        """Merge segments of like size as long as there are enough of them."""
        left = [piece for piece in pieces if piece.size]
        while some := _alike(left):
            segments = [s for piece in some if (s := self._open(piece)) is not None]
            at = left.index(some[0])
            left = [piece for piece in left if piece not in some]
            if segments:
                left.insert(at, self._saved(merge_segments(segments)))
        return left

    def _put(self, pieces: Sequence[_Piece]) -> None:
        rows = [[piece.name, piece.size] for piece in pieces]
        listed = json.dumps({"schema": SCHEMA_VERSION, "segments": rows})
        write_private(self.folder / LIST_FILE, listed)
        names = {piece.name for piece in pieces}
        for path in self.folder.iterdir():
            is_old = path.suffix == SUFFIX and path.stem not in names
            if is_old or path.suffix == _TEMPORARY:
                with suppress(OSError):  # still open elsewhere: goes next time
                    path.unlink()


def _alike(pieces: Sequence[_Piece]) -> list[_Piece]:
    """Segments of like size that are to be merged; none where there are too few."""
    by_level: dict[int, list[_Piece]] = {}
    for piece in pieces:
        by_level.setdefault(piece.level, []).append(piece)
    for alike in by_level.values():
        some = alike[:_FAN_IN]
        if len(some) == _FAN_IN and sum(piece.size for piece in some) <= _LARGEST:
            return some
    return []
