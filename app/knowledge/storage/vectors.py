"""The passages' vectors: one Chroma collection."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from chromadb.api.client import Client
from chromadb.api.models.Collection import Collection

from app.knowledge.embedders import Vectors
from app.knowledge.storage.chroma import Scalar, StoreLocation, guarded

# Chroma reads every write since its last save again at each write, hence the early saves.
_HNSW = {"hnsw": {"space": "cosine", "batch_size": 100, "sync_threshold": 400}}


@dataclass(frozen=True, slots=True)
class NearId:
    """The id of a stored text near a query, with its cosine similarity."""

    id: str
    similarity: float


class VectorCollection:
    """Texts with vectors and metadata; created when it is not there yet."""

    def __init__(
        self,
        client: Client,
        name: str,
        place: StoreLocation,
        *,
        metadata: Mapping[str, Scalar] | None = None,
    ) -> None:
        self.name = name
        self._place = place
        with guarded(place):
            self._collection: Collection = client.get_or_create_collection(
                name,
                embedding_function=None,
                metadata=dict(metadata) if metadata else None,
                configuration=_HNSW if metadata else None,  # type: ignore[arg-type]
            )

    @property
    def metadata(self) -> Mapping[str, Any]:
        """What was recorded when the collection was created."""
        return self._collection.metadata or {}

    def count(self) -> int:
        """Number of texts, visible or not."""
        with guarded(self._place):
            return self._collection.count()

    def count_report(self, report_id: str) -> int:
        """Number of texts of one report version."""
        with guarded(self._place):
            found = self._collection.get(where={"report_id": report_id}, include=[])
        return len(found["ids"])

    def write(
        self,
        ids: Sequence[str],
        rows: Vectors,
        texts: Sequence[str],
        values: Sequence[Mapping[str, Scalar]],
    ) -> None:
        """Write a batch; texts with known ids are overwritten."""
        with guarded(self._place):
            self._collection.upsert(
                ids=list(ids),
                embeddings=rows,
                documents=list(texts),
                metadatas=[dict(item) for item in values],
            )

    def delete_report(self, report_id: str) -> None:
        """Delete every text of one report version."""
        with guarded(self._place):
            if self._collection.get(where={"report_id": report_id}, limit=1, include=[])["ids"]:
                self._collection.delete(where={"report_id": report_id})

    def read(
        self, where: Mapping[str, Scalar] | None, page: int
    ) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Yield id, text and metadata, ``page`` at a time."""
        offset = 0
        while True:
            with guarded(self._place):
                found = self._collection.get(
                    where=dict(where) if where else None,
                    limit=page,
                    offset=offset,
                    include=["documents", "metadatas"],
                )
            ids = found["ids"]
            yield from zip(ids, found["documents"] or (), found["metadatas"] or (), strict=True)
            if len(ids) < page:
                return
            offset += len(ids)

    def nearest_ids(self, vector: Vectors, count: int) -> tuple[NearId, ...]:
        """The ids of the texts nearest to ``vector``, nearest first; their texts stay unread."""
        with guarded(self._place):
            found = self._collection.query(
                query_embeddings=vector[np.newaxis], n_results=count, include=["distances"]
            )
        distances = (found["distances"] or [[]])[0]
        return tuple(
            NearId(key, 1.0 - float(distance))
            for key, distance in zip(found["ids"][0], distances, strict=True)
        )

    def fetch(self, ids: Sequence[str]) -> tuple[tuple[str, str, Mapping[str, Any]], ...]:
        """Id, text and metadata of those of ``ids`` that are there, in any order."""
        if not ids:
            return ()
        with guarded(self._place):
            found = self._collection.get(ids=list(ids), include=["documents", "metadatas"])
        texts, values = found["documents"] or (), found["metadatas"] or ()
        return tuple(zip(found["ids"], texts, values, strict=True))
