"""What a writer does to the sections of a kept draft: rename, move, add, leave out, lock."""

from dataclasses import replace

from app.core.errors import InputError
from app.drafting.plan_edit import clean_title
from app.services.desk_store import DeskStore
from app.services.desk_view import view_of


class OutlineDesk:
    """The part of the desk that works on the outline."""

    def __init__(self, store: DeskStore) -> None:
        self.store = store

    def rename(self, owner: str, name: str, key: str, title: str) -> None:
        """Give a section another heading.

        Raises:
            InputError: it is no heading.
        """
        outline = self.store.load(owner, name).outline
        new = clean_title(title)
        own = {**outline.own, key: new} if key in outline.own else outline.own
        titles = {**outline.titles, key: new}
        self.store.set(owner, name, outline=replace(outline, titles=titles, own=own))

    def move(self, owner: str, name: str, key: str, step: int) -> None:
        """Put a section ``step`` places further down (up, where negative)."""
        draft = self.store.load(owner, name)
        keys = [s.key for s in view_of(draft).sections]
        if key not in keys:
            raise InputError("没有这一部分，请刷新后再试。")
        place = keys.index(key)
        keys.remove(key)
        keys.insert(max(0, min(place + step, len(keys))), key)
        self.store.set(owner, name, outline=replace(draft.outline, order=tuple(keys)))

    def add_section(self, owner: str, name: str, title: str, *, after: str = "") -> str:
        """Add a section of the writer's own behind another; its key."""
        draft = self.store.load(owner, name)
        taken = {*draft.outline.own, *draft.outline.removed, *draft.sections}
        key = next(k for n in range(1, len(taken) + 2) if (k := f"own-{n}") not in taken)
        keys = [s.key for s in view_of(draft).sections]
        keys.insert(keys.index(after) + 1 if after in keys else len(keys), key)
        outline = replace(
            draft.outline, own={**draft.outline.own, key: clean_title(title)}, order=tuple(keys)
        )
        self.store.set(owner, name, outline=outline)
        return key

    def leave_out(self, owner: str, name: str, key: str, *, is_out: bool = True) -> None:
        """Leave a section out of the report, or take it in again; its text stays kept."""
        outline = self.store.load(owner, name).outline
        removed = [k for k in outline.removed if k != key] + ([key] if is_out else [])
        self.store.set(owner, name, outline=replace(outline, removed=tuple(removed)))
