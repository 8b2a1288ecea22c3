"""When somebody leaves: the drafts go to a colleague or wait, and come back with the person."""

from dataclasses import dataclass

from app.accounts.users import Former, Person, Role, UserFile
from app.core.errors import ConfigError
from app.workspace.store import WorkspaceStore

OWNER_PREFIX = "user:"


def user_owner(user_id: str) -> str:
    """The owner of drafts that a person is."""
    return f"{OWNER_PREFIX}{user_id}"


@dataclass(frozen=True, slots=True)
class WaitingDrafts:
    """Somebody who has left, and how many drafts wait to be handed out."""

    person: Former
    drafts: int


@dataclass(frozen=True, slots=True)
class Handover:
    """People and drafts, changed together."""

    people: UserFile
    store: WorkspaceStore

    def drafts_of(self, person: Person | Former) -> int:
        """How many drafts a person has."""
        return self.store.count(user_owner(person.user_id))

    def remove(self, name: str, *, to: str = "") -> tuple[Person, int]:
        """Remove a person; the drafts go to ``to``, or wait where that is empty. How many they are.

        Raises:
            ConfigError: there is no such person, or nobody to hand over to.
        """
        receiver = self._receiver(name, to) if to else None
        person = self.people.remove(name)
        count = self.drafts_of(person)
        if receiver is not None:
            self.store.hand_over(user_owner(person.user_id), user_owner(receiver.user_id))
        return person, count

    def hand_out(self, name: str, to: str) -> tuple[Person, int]:
        """Give the drafts that somebody has left to a colleague.

        Raises:
            ConfigError: nobody of that name has left, or there is nobody to hand over to.
        """
        former = next((f for f in self.people.former() if f.name == name), None)
        if former is None:
            raise ConfigError(f"离开的人里没有 {name}，请看现在的名单。")
        receiver = self._receiver(name, to)
        count = self.store.hand_over(user_owner(former.user_id), user_owner(receiver.user_id))
        return receiver, count

    def add(self, name: str, password: str, role: Role) -> tuple[Person, int]:
        """Add a person; who was here before gets the drafts back. How many they are.

        Raises:
            ConfigError: as :meth:`UserFile.add`.
        """
        person = self.people.add(name, password, role)
        owner = user_owner(person.user_id)
        self.store.give_back(owner)
        return person, self.store.count(owner)

    def waiting(self) -> tuple[WaitingDrafts, ...]:
        """Everybody who has left drafts that are in nobody's hands."""
        found = (WaitingDrafts(former, self.drafts_of(former)) for former in self.people.former())
        return tuple(one for one in found if one.drafts)

    def _receiver(self, name: str, to: str) -> Person:
        receiver = self.people.by_name(to)
        if receiver is None or receiver.name == name:
            raise ConfigError(f"没有 {to} 这个人可以接稿子，请看现在的名单，另选一个。")
        return receiver
