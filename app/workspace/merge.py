"""Two windows on one table of facts: the changes of both, row by row; nothing is lost."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from difflib import SequenceMatcher

from app.workspace.store import WorkspaceStore
from app.workspace.types import BOTH, UNCONFIRMED, WorkspaceFact

_ALIKE = 0.5
_MOST_PAIRS = 400  # beyond, changed rows are paired in their order

Rows = Sequence[WorkspaceFact]


@dataclass(frozen=True, slots=True)
class Merged:
    """The rows of both windows.

    ``taken`` counts the other window's changes taken in; ``doubled`` the rows that both have
    changed, of which both forms stay, marked.
    """

    rows: tuple[WorkspaceFact, ...]
    taken: int = 0
    doubled: int = 0

    @property
    def told(self) -> str:
        """What happened, in one sentence; empty where only one window had changed something."""
        if not self.taken and not self.doubled:
            return ""
        taken = f"，那边的{self.taken}处改动合进来了" if self.taken else ""
        doubled = (
            f"，有{self.doubled}条两边都改了，两种写法都留着，标着“两边都改过”，请核对后删去不要的"
            if self.doubled
            else ""
        )
        return f"这份要点在另一个窗口里也改过{taken}{doubled}。"


def merge_rows(base: Rows, mine: Rows, theirs: Rows) -> Merged:
    """What ``mine`` and ``theirs`` have made of ``base``, put together.

    ``theirs`` is what is kept at the moment. The order is mine, unless only they moved rows.
    """
    if list(theirs) in (list(base), list(mine)):
        return Merged(tuple(mine))
    return _Merger(base, mine, theirs).merged()


def put_facts(store: WorkspaceStore, owner: str, name: str, *, mine: Rows, base: Rows) -> str:
    """Keep what a window has made of ``base``, with what others have made of it meanwhile.

    Returns what happened, in one sentence; empty where nobody else changed anything.
    """
    told = ""

    def change(theirs: Rows) -> Rows:
        nonlocal told
        merged = merge_rows(base, mine, theirs)
        told = merged.told
        return merged.rows

    store.change_facts(owner, name, change)
    return told


class _Merger:
    """One merge; a slot holds the rows that a row of ``base``, or a new one, has become."""

    def __init__(self, base: Rows, mine: Rows, theirs: Rows) -> None:
        self._base = base
        self._mine = _keyed(mine, _origins(base, mine), "m")
        self._theirs = _keyed(theirs, _origins(base, theirs), "t")
        self._taken = self._doubled = 0

    def merged(self) -> Merged:
        is_theirs = _is_moved(self._theirs) and not _is_moved(self._mine)
        lead, other = (self._theirs, self._mine) if is_theirs else (self._mine, self._theirs)
        new = {_bare(row) for key, row in lead.items() if isinstance(key, str)}
        order = list(lead)
        before: int | str | None = None
        for key, row in other.items():
            is_double = isinstance(key, str) and _bare(row) in new
            if key not in lead and not is_double:
                order.insert(order.index(before) + 1 if before is not None else 0, key)
            if not is_double:
                before = key
        rows = tuple(row for key in order for row in self._slot(key))
        return Merged(rows, self._taken, self._doubled)

    def _slot(self, key: int | str) -> tuple[WorkspaceFact, ...]:
        mine, theirs = self._mine.get(key), self._theirs.get(key)
        if isinstance(key, str):
            self._taken += mine is None
            return tuple(row for row in (mine, theirs) if row is not None)
        base = self._base[key]
        if mine is None or theirs is None:
            return self._removed(base, mine, theirs)
        if mine.text != theirs.text and base.text not in (mine.text, theirs.text):
            self._doubled += 1
            return _doubled(theirs), _doubled(mine)
        both = WorkspaceFact(
            *(
                ours if ours != old else other
                for old, ours, other in zip(
                    astuple(base), astuple(mine), astuple(theirs), strict=True
                )
            )
        )
        self._taken += both != mine
        return (both,)

    def _removed(
        self, base: WorkspaceFact, mine: WorkspaceFact | None, theirs: WorkspaceFact | None
    ) -> tuple[WorkspaceFact, ...]:
        """A row that one window has removed; where the other has changed it, it stays."""
        left = mine or theirs
        if left is None or left == base:
            self._taken += left is mine is not None
            return ()
        self._doubled += 1
        return (_doubled(left),)


def _doubled(row: WorkspaceFact) -> WorkspaceFact:
    """The row as one to look at; what nobody has confirmed stays so."""
    return row if row.mark in UNCONFIRMED else replace(row, mark=BOTH)


def _bare(row: WorkspaceFact) -> str:
    return "".join(row.text.split())


def _is_moved(rows: dict[int | str, WorkspaceFact]) -> bool:
    places = [key for key in rows if isinstance(key, int)]
    return places != sorted(places)


def _keyed(rows: Rows, origins: Sequence[int | None], side: str) -> dict[int | str, WorkspaceFact]:
    """Each row under the number of the row it comes from, or a name of its own."""
    return {
        f"{side}{n}" if origin is None else origin: row
        for n, (row, origin) in enumerate(zip(rows, origins, strict=True))
    }


def _origins(base: Rows, rows: Rows) -> list[int | None]:
    """For each row the row of ``base`` it was: the same, moved, or changed in its place."""
    places: dict[WorkspaceFact, list[int]] = {}
    for k, row in enumerate(base):
        places.setdefault(row, []).append(k)
    out: list[int | None] = []
    for row in rows:
        found = places.get(row)
        out.append(found.pop(0) if found else None)  # of equal rows the first is the first
    same = {k for k in out if k is not None}
    old = _gaps([k if k in same else None for k in range(len(base))])
    new = _gaps(out)
    for before in old.keys() & new.keys():
        _pair(base, rows, old[before], new[before], out)
    return out


def _gaps(known: Sequence[int | None]) -> dict[int, list[int]]:
    """The places of unknown rows, by the known row before them."""
    out: dict[int, list[int]] = {}
    before = -1
    for n, origin in enumerate(known):
        if origin is None:
            out.setdefault(before, []).append(n)
        else:
            before = origin
    return out


def _pair(base: Rows, rows: Rows, old: list[int], new: list[int], out: list[int | None]) -> None:
    """Changed rows of one gap: the most alike first; as many as before are taken in order."""
    if len(old) * len(new) <= _MOST_PAIRS:
        alike = sorted(
            (
                (SequenceMatcher(None, base[k].text, rows[n].text, autojunk=False).ratio(), k, n)
                for k in old
                for n in new
            ),
            key=lambda found: (-found[0], found[1], found[2]),
        )
        for ratio, k, n in alike:
            if ratio >= _ALIKE and k in old and n in new:
                out[n] = k
                old.remove(k)
                new.remove(n)
    if len(old) == len(new):
        for k, n in zip(old, new, strict=True):
            out[n] = k
