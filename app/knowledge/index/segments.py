"""Immutable pieces of the lexical index: one memory-mapped file each.

A segment holds the postings of some reports' passages. New reports make new small segments, and
segments of like size are merged, so that writing a passage costs the same however many there are.
"""

import json
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.files import replacing

MAGIC = b"PALX0001"
SUFFIX = ".seg"
_ALIGN = 64
_ARRAYS = (
    ("terms", "<u4"),
    ("starts", "<u8"),
    ("docs", "<u4"),
    ("counts", "|u1"),
    ("lengths", "<u4"),
    ("parts", "<u2"),
)

Codes = NDArray[np.uint32]


class DamagedSegmentError(Exception):
    """A file that is no whole segment."""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report version in a segment: its passages are ``first`` to ``first + count``."""

    report_id: str
    unit: str
    year: int
    unit_type: str
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A report version to be indexed: for each passage its terms and its part."""

    report_id: str
    unit: str
    year: int
    unit_type: str
    terms: tuple[Codes, ...]
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Columns:
    """Postings in any order, and the passages' lengths and parts."""

    terms: Codes
    docs: Codes
    counts: NDArray[np.uint8]
    lengths: Codes
    parts: NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """An open segment. ``starts[i]`` to ``starts[i + 1]`` are the postings of ``terms[i]``."""

    name: str
    reports: tuple[ReportRow, ...]
    part_names: tuple[str, ...]
    terms: Codes
    starts: NDArray[np.uint64]
    docs: Codes
    counts: NDArray[np.uint8]
    lengths: Codes
    parts: NDArray[np.uint16]

    @property
    def size(self) -> int:
        """Number of passages."""
        return len(self.lengths)

    def ranges(self, terms: Codes) -> NDArray[np.int64]:
        """Start and end of the postings of each term, as two rows."""
        if not len(self.terms):
            return np.zeros((2, len(terms)), dtype=np.int64)
        at = np.minimum(np.searchsorted(self.terms, terms), len(self.terms) - 1)
        known = self.terms[at] == terms
        low = np.where(known, self.starts[at], 0)
        high = np.where(known, self.starts[at + 1], 0)
        return np.stack((low, high)).astype(np.int64)


def make_segment(entries: Sequence[IndexEntry]) -> Segment:
    """A segment of these reports, not yet in a file."""
    rows: list[ReportRow] = []
    terms: list[Codes] = []
    counts: list[NDArray[np.int64]] = []
    sizes: list[int] = []
    lengths: list[int] = []
    part_names: dict[str, int] = {}
    parts: list[int] = []
    for entry in entries:
        rows.append(
            ReportRow(
                entry.report_id,
                entry.unit,
                entry.year,
                entry.unit_type,
                len(lengths),
                len(entry.terms),
            )
        )
        for passage, part in zip(entry.terms, entry.parts, strict=True):
            unique, found = np.unique(passage, return_counts=True)
            terms.append(unique.astype(np.uint32))
            counts.append(found)
            sizes.append(len(unique))
            lengths.append(len(passage))
            parts.append(part_names.setdefault(part, len(part_names)))
    docs = np.repeat(np.arange(len(sizes), dtype=np.uint32), sizes)
    every = np.concatenate(terms) if terms else np.zeros(0, dtype=np.uint32)
    tfs = np.concatenate(counts) if counts else np.zeros(0, dtype=np.int64)
    columns = _Columns(
        every,
        docs,
        np.minimum(tfs, 255).astype(np.uint8),
        np.asarray(lengths, dtype=np.uint32),
        np.asarray(parts, dtype=np.uint16),
    )
    return _sorted(rows, part_names, columns)


def _sorted(rows: Sequence[ReportRow], part_names: Iterable[str], columns: _Columns) -> Segment:
    order = np.argsort(columns.terms, kind="stable")
    terms = columns.terms[order]
    is_first = np.ones(len(terms), dtype=bool)
    is_first[1:] = terms[1:] != terms[:-1]
    starts = np.flatnonzero(is_first)
    return Segment(
        "",
        tuple(rows),
        tuple(part_names),
        terms[starts],
        np.append(starts, len(terms)).astype(np.uint64),
        columns.docs[order],
        columns.counts[order],
        columns.lengths,
        columns.parts,
    )


def merge_segments(segments: Sequence[Segment], live: Container[str] | None = None) -> Segment:
    """One segment of the reports in ``live``, or of all; of a report that is twice, the last."""
    newest = {row.report_id: i for i, segment in enumerate(segments) for row in segment.reports}
    rows: list[ReportRow] = []
    part_names: dict[str, int] = {}
    pieces: list[_Columns] = []
    size = 0
    for number, segment in enumerate(segments):
        place = np.full(segment.size, -1, dtype=np.int64)
        for row in segment.reports:
            is_newest = newest[row.report_id] == number
            if is_newest and (live is None or row.report_id in live):
                place[row.first : row.first + row.count] = np.arange(size, size + row.count)
                rows.append(replace(row, first=size))
                size += row.count
        codes = [part_names.setdefault(name, len(part_names)) for name in segment.part_names]
        pieces.append(_moved(segment, place, np.asarray(codes, dtype=np.uint16)))
    columns = {
        item.name: np.concatenate([getattr(piece, item.name) for piece in pieces])
        for item in fields(_Columns)
    }
    return _sorted(rows, part_names, _Columns(**columns))


def _moved(segment: Segment, place: NDArray[np.int64], codes: NDArray[np.uint16]) -> _Columns:
    """A segment's contents with passages in new places; those at −1 are left out."""
    docs = place[segment.docs]
    kept, alive = docs >= 0, place >= 0
    terms = np.repeat(segment.terms, np.diff(segment.starts).astype(np.int64))
    return _Columns(
        terms[kept],
        docs[kept].astype(np.uint32),
        segment.counts[kept],
        segment.lengths[alive],
        codes[segment.parts[alive]],
    )


def write_segment(folder: Path, name: str, segment: Segment) -> None:
    """Write a segment to ``folder``; it is there whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    arrays = [np.ascontiguousarray(getattr(segment, key), dtype=kind) for key, kind in _ARRAYS]
    head = json.dumps(
        {
            "sizes": [len(array) for array in arrays],
            "parts": segment.part_names,
            "reports": [
                [r.report_id, r.unit, r.year, r.unit_type, r.first, r.count]
                for r in segment.reports
            ],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode("utf-8")
    with replacing(folder / f"{name}{SUFFIX}") as file:
        file.write(MAGIC + len(head).to_bytes(8, "little") + head)
        for array in arrays:
            file.write(b"\0" * (-file.tell() % _ALIGN))
            file.write(array.tobytes())


def open_segment(folder: Path, name: str) -> Segment:
    """Map a segment into memory.

    Raises:
        FileNotFoundError: it is not there (any more).
        DamagedSegmentError: the file is not whole.
    """
    path = folder / f"{name}{SUFFIX}"
    try:
        data = np.memmap(path, dtype=np.uint8, mode="r")
        if bytes(data[:8]) != MAGIC:
            raise DamagedSegmentError(name)
        start = 16 + int.from_bytes(bytes(data[8:16]), "little")
        head = json.loads(bytes(data[16:start]))
        arrays = {}
        for (key, kind), count in zip(_ARRAYS, head["sizes"], strict=True):
            start += -start % _ALIGN
            end = start + count * np.dtype(kind).itemsize
            if end > len(data):
                raise DamagedSegmentError(name)
            arrays[key] = data[start:end].view(kind)
            start = end
        reports = tuple(ReportRow(*row) for row in head["reports"])
    except FileNotFoundError:
        raise
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DamagedSegmentError(name) from error
    return Segment(name, reports, tuple(head["parts"]), **arrays)
