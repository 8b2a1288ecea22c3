"""What the model has already written of a report that is not finished, kept on disk.

A draft that is broken off goes on where it stopped. Files belong to their owner alone, are
written whole or not at all, and go when the report is done.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.draft import DraftSentence, Origin
from app.core.facts import FactSheet
from app.core.files import write_private
from app.core.private import make_private_folder
from app.drafting.model.pieces import Piece, Written
from app.drafting.model.post_editor import EditedSentences
from app.evidence.ground import ground_with
from app.evidence.sheet import Evidence

SCHEMA_VERSION = 1
_KEPT_DAYS = 14
_MAX_BYTES = 400_000


def checkpoint_key(sheet: FactSheet, *rest: str) -> str:
    """A name for the draft of these facts under these conditions (model, prompts, length …)."""
    facts = [[fact.id, fact.heading, fact.shown] for fact in sheet.facts]
    told = [SCHEMA_VERSION, sheet.unit, sheet.year, sheet.title, facts, *rest]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The pieces of one unfinished report, a file each."""

    folder: Path
    sheet: FactSheet

    def get(self, piece: Piece) -> Written | None:
        """What an earlier run wrote of the piece, where it still holds against the facts."""
        path = self._path(piece)
        try:
            if path.stat().st_size > _MAX_BYTES:
                return None
            data = json.loads(path.read_text(encoding="utf-8"))
            sentences = tuple(_sentence(item) for item in data["sentences"])
            mended = EditedSentences(
                sentences, *(int(data[k]) for k in ("cut", "repaired", "added"))
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None  # damaged or none: it is written anew
        if not self._holds(piece, sentences):
            return None
        return Written(piece, sentences, mended, is_kept=True)

    def put(self, written: Written) -> None:
        """Keep a piece; a disk that is full costs the resumption, not the draft."""
        mended = written.mended
        data = {
            "sentences": [
                {
                    "text": s.text,
                    "facts": s.facts,
                    "passages": s.passages,
                    "origin": s.origin.value,
                }
                for s in written.sentences
            ],
            "cut": mended.cut if mended else 0,
            "repaired": mended.repaired if mended else 0,
            "added": mended.added if mended else 0,
        }
        with suppress(OSError):
            self._write(self._path(written.piece), json.dumps(data, ensure_ascii=False))

    def count(self, pieces: Iterable[Piece]) -> int:
        """How many of the pieces are kept."""
        return sum(self._path(piece).is_file() for piece in pieces)

    def clear(self) -> None:
        """Take the kept pieces away, and those of drafts nobody went on with."""
        shutil.rmtree(self.folder, ignore_errors=True)
        limit = time.time() - _KEPT_DAYS * 86_400
        with suppress(OSError):
            for other in self.folder.parent.iterdir():
                if other.is_dir() and other.stat().st_mtime < limit:
                    shutil.rmtree(other, ignore_errors=True)

    def _holds(self, piece: Piece, sentences: tuple[DraftSentence, ...]) -> bool:
        evidence = Evidence(self.sheet, piece.facts)
        found = ground_with(evidence, "".join(s.text for s in sentences), strict=True)
        known = {fact.id for fact in piece.facts}
        is_known = all(s.facts and set(s.facts) <= known for s in sentences)
        is_sound = not any(s.complaints for s in found.sentences)
        return is_known and is_sound and not found.unused

    def _path(self, piece: Piece) -> Path:
        told = [piece.part, piece.title, [[f.id, f.text] for f in piece.facts]]
        name = hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:16]
        return self.folder / f"{piece.index:02d}-{name}.json"

    def _write(self, path: Path, text: str) -> None:
        make_private_folder(self.folder)
        write_private(path, text)


def _sentence(item: Any) -> DraftSentence:
    return DraftSentence(
        str(item["text"]),
        tuple(str(f) for f in item["facts"]),
        tuple(str(p) for p in item["passages"]),
        Origin(item["origin"]),
    )
