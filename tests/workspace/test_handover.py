"""Somebody leaves and comes back: no draft is lost on the way."""

import sqlite3
from pathlib import Path

import pytest

from app.accounts.users import Person, Role, UserFile
from app.core.errors import ConfigError
from app.workspace.handover import Handover, user_owner
from app.workspace.schema import DESK
from app.workspace.store import WorkspaceStore
from app.workspace.types import WorkspaceFact

WORD = "夜里的灯塔照着海面"


@pytest.fixture
def office(tmp_path: Path) -> Handover:
    people = UserFile(tmp_path)
    people.add("王管", f"{WORD}-一", Role.MANAGER)
    return Handover(people, WorkspaceStore(tmp_path))


def _join(office: Handover, name: str) -> Person:
    return office.add(name, f"{WORD}-{name}", Role.WRITER)[0]


def _units(office: Handover, person: Person) -> list[str]:
    return sorted(row.unit for row in office.store.rows(user_owner(person.user_id)))


def test_drafts_wait_for_whoever_comes_back(office: Handover) -> None:
    li = _join(office, "li")
    office.store.create(user_owner(li.user_id), unit="甲")
    assert office.remove("li") == (li, 1)
    assert [(one.person.name, one.drafts) for one in office.waiting()] == [("li", 1)]
    again, drafts = office.add("LI", f"{WORD}-新", Role.WRITER)
    assert (again.user_id, drafts) == (li.user_id, 1)
    assert again.epoch > li.epoch  # log-ins from before do not come back with the drafts
    assert office.waiting() == ()
    assert office.people.former() == ()


def test_what_was_handed_over_comes_back_and_both_have_it_where_it_was_worked_on(
    office: Handover,
) -> None:
    li, zhang = _join(office, "li"), _join(office, "zhang")
    untouched = office.store.create(user_owner(li.user_id), unit="甲")
    worked = office.store.create(user_owner(li.user_id), unit="乙")
    office.remove("li", to="zhang")
    assert office.waiting() == ()
    assert _units(office, zhang) == ["乙", "甲"]
    office.store.set_facts(user_owner(zhang.user_id), worked, [WorkspaceFact("排查42件")])
    again = _join(office, "li")
    assert _units(office, again) == ["乙", "甲"]
    assert _units(office, zhang) == ["乙"]
    assert office.store.load(user_owner(again.user_id), untouched).unit == "甲"
    assert office.store.load(user_owner(zhang.user_id), worked).facts[0].text == "排查42件"
    office.remove("zhang")
    _join(office, "zhang")
    assert _units(office, again) == ["乙", "甲"]


def test_the_first_owner_is_remembered_through_two_hand_overs(office: Handover) -> None:
    li, zhang = _join(office, "li"), _join(office, "zhang")
    office.store.create(user_owner(li.user_id), unit="甲")
    office.remove("li", to="zhang")
    office.remove("zhang", to="王管")
    assert _units(office, _join(office, "zhang")) == []
    assert _units(office, _join(office, "li")) == ["甲"]
    assert zhang.user_id != li.user_id


def test_nobody_is_removed_where_there_is_nobody_to_hand_over_to(office: Handover) -> None:
    li = _join(office, "li")
    office.store.create(user_owner(li.user_id), unit="甲")
    for to in ("没有的人", "li"):
        with pytest.raises(ConfigError, match="可以接稿子"):
            office.remove("li", to=to)
    assert office.people.by_name("li") == li
    office.remove("li")
    with pytest.raises(ConfigError, match="离开的人里没有"):
        office.hand_out("zhao", "王管")
    assert office.hand_out("li", "王管")[1] == 1


def test_drafts_of_an_older_program_are_kept(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / DESK.file)
    for statement in DESK.statements:
        db.execute(statement)
    db.execute("INSERT INTO drafts (id, owner, unit, created, updated) VALUES ('a','o','甲','','')")
    db.execute("PRAGMA user_version = 1")
    db.commit()
    db.close()
    store = WorkspaceStore(tmp_path)
    assert [row.unit for row in store.rows("o")] == ["甲"]
    assert store.hand_over("o", "p") == 1
    WorkspaceStore(tmp_path).give_back("o")
    assert [row.unit for row in store.rows("o")] == ["甲"]
