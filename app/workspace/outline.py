"""What a writer does to the sections of a kept draft: rename, move, add, leave out, lock."""

from dataclasses import replace

from app.core.errors import InputError
from app.drafting.plan.edit import clean_title
from app.workspace.plan import lay_out
from app.workspace.store import WorkspaceStore
from app.workspace.types import DOUBT, LEFT_OUT, STALE, OutlineEdits, WorkspaceFact
from app.workspace.view import view_of


class OutlineService:
    """The part of the desk that works on the outline, and carries it into another year."""

    def __init__(self, store: WorkspaceStore) -> None:
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

    def leave_out(self, owner: str, name: str, key: str, *, with_facts: bool = False) -> None:
        """Leave a section out of the report; its text stays kept.

        Its facts are told in other parts, or, ``with_facts``, left out until it is taken in again.

        Raises:
            InputError: the facts have no other place.
        """
        draft = self.store.load(owner, name)
        removed = (*(k for k in draft.outline.removed if k != key), key)
        outline = replace(draft.outline, removed=removed)

        def change(facts: tuple[WorkspaceFact, ...]) -> tuple[WorkspaceFact, ...]:
            before = lay_out(replace(draft, facts=facts))
            if with_facts:
                return tuple(
                    replace(f, part=LEFT_OUT + key) if before.places.get(f"F{n}") == key else f
                    for n, f in enumerate(facts, 1)
                )
            after = lay_out(replace(draft, facts=facts, outline=outline))
            if len(after.told.facts) < len(before.told.facts):
                raise InputError(
                    "别的部分都不写了，这些要点没有地方可写；请先恢复或添一部分，或连同要点一起不写。"
                )
            return facts

        self.store.change_facts(owner, name, change, outline=outline)

    def take_in(self, owner: str, name: str, key: str) -> None:
        """Take a section into the report again, with the facts that were left out with it."""
        outline = self.store.load(owner, name).outline
        removed = tuple(k for k in outline.removed if k != key)

        def change(facts: tuple[WorkspaceFact, ...]) -> list[WorkspaceFact]:
            return [replace(f, part=key) if f.part == LEFT_OUT + key else f for f in facts]

        self.store.change_facts(owner, name, change, outline=replace(outline, removed=removed))

    # --- another year ----------------------------------------------------------------------

    def next_year(self, owner: str, name: str) -> str:
        """A new draft for the year after: this report as last year's, its facts to be renewed."""
        view = view_of(self.store.load(owner, name))
        draft = view.draft
        year = draft.year.strip()
        following = str(int(year) + 1) if year.isascii() and year.isdigit() else ""
        outline = OutlineEdits(draft.outline.order, draft.outline.titles, draft.outline.own)
        new = self.store.create(
            owner,
            unit=draft.unit,
            year=following,
            unit_type=draft.unit_type,
            length=draft.length,
            mode=draft.mode,
            outline=outline,
            title=draft.title.replace(year, following) if year and following else draft.title,
            previous_name=f"{draft.shown_title}（上一年）" if view.text else draft.previous_name,
            previous_text=view.text or draft.previous_text,
        )
        facts = [
            replace(
                f,
                part=f.part if f.part == LEFT_OUT else f.part.removeprefix(LEFT_OUT),
                mark=DOUBT if f.mark == DOUBT else STALE,
            )
            for f in draft.facts
            if f.text.strip()
        ]
        self.store.set_facts(owner, new, facts)
        return new
