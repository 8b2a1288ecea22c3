"""What a store remembers of itself: active passages, generation, samples, work under way."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from app.core.errors import KnowledgeError
from app.core.faults import refused
from app.knowledge.storage.tables import RecordTable

_ACTIVE, _BUILDING, _GENERATION, _SAMPLES = "active", "building", "generation", "samples"
OWNER_FILE = "client.id"
_PENDING, _LEASE, _LOST = "pending-", "lease", "lost"


@dataclass(frozen=True, slots=True)
class Intent:
    """A write under way: the version that comes and the one that goes (either may be empty)."""

    id: str
    owner: str
    comes: str
    goes: str
    started: datetime


@dataclass(frozen=True, slots=True)
class Lease:
    """Who is rebuilding the passages on a server, and when it was last heard of."""

    owner: str
    beat: datetime


class StoreState:
    """Reads and writes the store's own records, each in one transaction."""

    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def _value(self, key: str) -> str:
        return str((self._table.get(key) or {}).get("value", ""))

    @property
    def active(self) -> str:
        """Name of the collection whose passages count; empty before the first report."""
        return self._value(_ACTIVE)

    @active.setter
    def active(self, name: str) -> None:
        self._table.put(_ACTIVE, {"value": name})

    @property
    def building(self) -> str:
        """Name of the collection that a rebuild is filling; empty where none is."""
        return self._value(_BUILDING)

    @building.setter
    def building(self, name: str) -> None:
        if name:
            self._table.put(_BUILDING, {"value": name})
        else:
            self._table.delete(_BUILDING)

    @property
    def is_index_lost(self) -> bool:
        """True until the passages that were thrown away have been made again."""
        return bool(self._value(_LOST))

    def lose_index(self) -> None:
        """No passages count any more; they have to be made again from the records."""
        self._table.put(_LOST, {"value": "yes"})
        self._table.delete(_ACTIVE)
        self._table.delete(_BUILDING)

    def forget_loss(self) -> None:
        """The passages have been made again."""
        self._table.delete(_LOST)

    @property
    def generation(self) -> str:
        """A value that changes whenever the visible passages do."""
        return self._value(_GENERATION)

    def bump_generation(self) -> str:
        """Tell every reader that what it has cached is old; returns the new value."""
        value = uuid4().hex
        self._table.put(_GENERATION, {"value": value})
        return value

    @property
    def samples(self) -> str:
        """What became of the sample reports: ````, ``adding``, ``added`` or ``declined``."""
        return self._value(_SAMPLES)

    @samples.setter
    def samples(self, value: str) -> None:
        self._table.put(_SAMPLES, {"value": value})

    @property
    def lease(self) -> Lease | None:
        """Who rebuilds; ``None`` where nobody does."""
        values = self._table.get(_LEASE)
        if values is None:
            return None
        return Lease(str(values["owner"]), datetime.fromisoformat(str(values["beat"])))

    @lease.setter
    def lease(self, lease: Lease | None) -> None:
        if lease is None:
            self._table.delete(_LEASE)
        else:
            self._table.put(_LEASE, {"owner": lease.owner, "beat": lease.beat.isoformat()})

    def begin(self, *, owner: str, comes: str, goes: str, started: datetime) -> str:
        """Note a write before its first passage; returns the note's id."""
        key = f"{_PENDING}{owner}-{comes or goes}"
        values = {"owner": owner, "comes": comes, "goes": goes, "started": started.isoformat()}
        self._table.put(key, values)
        return key

    def end(self, intent_id: str) -> None:
        """Forget a write that is complete."""
        self._table.delete(intent_id)

    def intents(self) -> tuple[Intent, ...]:
        """Writes that were begun and not ended."""
        return tuple(
            Intent(
                key,
                str(values.get("owner", "")),
                str(values["comes"]),
                str(values["goes"]),
                datetime.fromisoformat(str(values["started"])),
            )
            for key, values in sorted(self._table.all().items())
            if key.startswith(_PENDING)
        )


def read_owner(folder: Path) -> str:
    """The name under which this data folder writes on a shared server; made at first use.

    Raises:
        KnowledgeError: the folder cannot be written.
    """
    path = folder / OWNER_FILE
    try:
        with suppress(FileExistsError), path.open("x", encoding="ascii") as handle:
            handle.write(uuid4().hex)
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        subject = f"知识库所在文件夹 {folder} 不能读写"
        raise refused(KnowledgeError, subject, error) from error
