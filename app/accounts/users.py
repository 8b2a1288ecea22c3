"""The people who may use the page: a users file that only its owner can read."""

import json
import os
import re
import secrets
import stat
import sys
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from app.accounts.passwords import hash_password, is_hash, matches, require_strong
from app.core.errors import ConfigError, KnowledgeError
from app.core.faults import refused
from app.core.files import LockHeldError, write_private, writer_lock

USERS_FILE = "users.json"
_VERSION = 1
_LOCK_S = 10.0
_MOST_BYTES = 4 * 2**20
_MOST_TOKENS = 10
_NAME = re.compile(
    r"[0-9A-Za-z\u3400-\u4dbf\u4e00-\u9fff][0-9A-Za-z._\-\u3400-\u4dbf\u4e00-\u9fff]*"
)
_LONGEST_NAME = 32
_USER_ID = re.compile(r"u-[0-9a-f]{16}")
_TOKEN_PREFIX = "pgt_"  # noqa: S105  # what a token starts with


class Role(StrEnum):
    """What a person may do."""

    WRITER = "写稿"
    REVIEWER = "审核"
    MANAGER = "管理"


@dataclass(frozen=True, slots=True)
class Token:
    """A key for another program; only its hash is kept."""

    label: str
    digest: str
    created: str


@dataclass(frozen=True, slots=True)
class Person:
    """One person; ``epoch`` grows with every change of password and ends older sessions."""

    user_id: str
    name: str
    role: Role
    hashed: str
    epoch: int
    created: str
    tokens: tuple[Token, ...] = ()


@dataclass(frozen=True, slots=True)
class Former:
    """Somebody removed: the id and the epoch go on where the person is added again."""

    user_id: str
    name: str
    epoch: int


def parse_role(text: str) -> Role:
    """The role called ``text``.

    Raises:
        ConfigError: there is none of that name.
    """
    try:
        return Role(text.strip())
    except ValueError as error:
        known = "、".join(Role)
        raise ConfigError(f"没有“{text}”这种角色，请用 {known} 之一。") from error


def clean_name(text: str) -> str:
    """A user name as it is stored.

    Raises:
        ConfigError: it holds anything but letters, digits, Chinese characters and ``._-``.
    """
    name = unicodedata.normalize("NFKC", text).strip()
    if not name or len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
        raise ConfigError(
            "用户名只能用汉字、字母、数字和 . _ -，以汉字、字母或数字开头，"
            f"不超过 {_LONGEST_NAME} 个字。"
        )
    return name


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def require_private(path: Path) -> None:
    """Refuse a file with secrets that others on this machine can read.

    Raises:
        ConfigError: its rights go beyond the owner, or it belongs to somebody else.
    """
    if sys.platform == "win32":
        return
    told = path.stat()
    if told.st_uid not in (os.geteuid(), 0):
        raise ConfigError(f"{path} 不属于运行本程序的用户，请核对后再用（chown）。")
    if stat.S_IMODE(told.st_mode) & 0o077:
        raise ConfigError(
            f"{path} 别的用户也能读，请先运行 chmod 600 '{path}'，只留给自己。",
            on_page=f"{path} 别的用户也能读，请在服务器上改成只有运行本程序的用户能读。",
        )


def _person_from(row: object) -> Person:
    if not isinstance(row, dict):
        raise ValueError("row")
    tokens = tuple(
        Token(str(t["label"]), str(t["digest"]), str(t["created"])) for t in row.get("tokens", ())
    )
    person = Person(
        user_id=str(row["id"]),
        name=clean_name(str(row["name"])),
        role=parse_role(str(row["role"])),
        hashed=str(row["hash"]),
        epoch=int(row["epoch"]),
        created=str(row["created"]),
        tokens=tokens,
    )
    if not _USER_ID.fullmatch(person.user_id) or not is_hash(person.hashed):
        raise ValueError("id")
    return person


def _row_of(person: Person) -> dict[str, object]:
    return {
        "id": person.user_id,
        "name": person.name,
        "role": person.role.value,
        "hash": person.hashed,
        "epoch": person.epoch,
        "created": person.created,
        "tokens": [
            {"label": t.label, "digest": t.digest, "created": t.created} for t in person.tokens
        ],
    }


def _former_from(row: object) -> Former:
    if not isinstance(row, dict) or not _USER_ID.fullmatch(str(row["id"])):
        raise ValueError("former")
    return Former(str(row["id"]), clean_name(str(row["name"])), int(row["epoch"]))


class UserFile:
    """The users file of one data folder; every call sees what any process wrote last."""

    def __init__(self, home: Path) -> None:
        self.path = home / USERS_FILE
        self._seen: tuple[int, int, int] | None = None
        self._people: tuple[Person, ...] = ()
        self._former: tuple[Former, ...] = ()

    def exists(self) -> bool:
        """True once a person has been added: from then on everyone logs in."""
        try:
            self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError:
            return True  # it cannot be looked at: better shut than open
        return True

    # --- reading ---------------------------------------------------------------------------

    def people(self) -> tuple[Person, ...]:
        """Everyone, by name.

        Raises:
            ConfigError: the file is damaged, or others can read it.
        """
        try:
            told = self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            self._seen, self._people, self._former = None, (), ()
            return ()
        except OSError as error:
            raise refused(ConfigError, f"用户文件 {self.path} 读不了", error) from error
        seen = (told.st_mtime_ns, told.st_ino, told.st_size)
        if seen != self._seen or stat.S_IMODE(told.st_mode) & 0o077:
            self._people = self._read()
            self._seen = seen
        return self._people

    def _read(self) -> tuple[Person, ...]:
        require_private(self.path)
        try:
            if self.path.stat().st_size > _MOST_BYTES:
                raise ValueError("size")
            data = json.loads(self.path.read_text(encoding="utf-8"))
            if data["version"] != _VERSION:
                raise ValueError("version")
            people = [_person_from(row) for row in data["users"]]
            self._former = tuple(_former_from(row) for row in data.get("former", ()))
        except OSError as error:
            raise refused(ConfigError, f"用户文件 {self.path} 读不了", error) from error
        except (ValueError, KeyError, TypeError, RecursionError, ConfigError) as error:
            raise ConfigError(
                f"用户文件 {self.path} 已损坏，请用备份替换它；"
                "没有备份就删去它，再用 pingan users add 重新添加用户。",
                on_page=f"用户文件 {self.path} 已损坏，请在服务器上用备份替换它。",
            ) from error
        return tuple(sorted(people, key=lambda p: p.name))

    def former(self) -> tuple[Former, ...]:
        """Everyone who has been removed and not been added again.

        Raises:
            ConfigError: as :meth:`people`.
        """
        self.people()
        return self._former

    def by_name(self, name: str) -> Person | None:
        """The person of that name, whatever the case of its letters."""
        folded = unicodedata.normalize("NFKC", name).strip().casefold()
        return next((p for p in self.people() if p.name.casefold() == folded), None)

    def by_id(self, user_id: str) -> Person | None:
        """The person of that id."""
        return next((p for p in self.people() if p.user_id == user_id), None)

    def by_token(self, token: str) -> Person | None:
        """The person a program's key belongs to."""
        if not token.startswith(_TOKEN_PREFIX):
            return None
        digest = _digest(token)
        # A hash of 256 random bits: comparing it tells nothing about the token.
        return next((p for p in self.people() if any(t.digest == digest for t in p.tokens)), None)

    def authenticate(self, name: str, password: str) -> Person | None:
        """The person, where name and password fit; an unknown name takes as long as a wrong one."""
        person = self.by_name(name)
        is_right = matches(password, person.hashed if person else None)
        return person if is_right else None

    # --- changing --------------------------------------------------------------------------

    def _change(self, edit: Callable[[list[Person]], Iterable[Person]]) -> None:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with writer_lock(self.path.with_name(".users.lock"), timeout_s=_LOCK_S):
                before = self.people()
                people = sorted(edit(list(before)), key=lambda p: p.name)
                there = {p.user_id for p in people}
                gone = [Former(p.user_id, p.name, p.epoch) for p in before]
                former = [f for f in (*self._former, *gone) if f.user_id not in there]
                data = {
                    "version": _VERSION,
                    "users": [_row_of(p) for p in people],
                    "former": [{"id": f.user_id, "name": f.name, "epoch": f.epoch} for f in former],
                }
                write_private(self.path, json.dumps(data, ensure_ascii=False, indent=1) + "\n")
        except LockHeldError as error:
            raise ConfigError(f"另一个程序正在改用户文件 {self.path}，请稍后再试。") from error
        except (OSError, KnowledgeError) as error:
            cause = error.__cause__ or error if isinstance(error, KnowledgeError) else error
            subject = f"用户文件 {self.path} 写不进去"
            raise refused(ConfigError, subject, cause, then="没有改动") from error

    def add(self, name: str, password: str, role: Role) -> Person:
        """Add a person; who was removed before, by the same name, is the same person again.

        Raises:
            ConfigError: the name is taken or odd, the password weak, or the file not writable.
        """
        name = clean_name(name)
        require_strong(password, name=name)
        person = Person(
            user_id=f"u-{secrets.token_hex(8)}",
            name=name,
            role=role,
            hashed=hash_password(password),
            epoch=1,
            created=_now(),
        )
        added: list[Person] = []

        def edit(people: list[Person]) -> list[Person]:
            if any(p.name.casefold() == name.casefold() for p in people):
                raise ConfigError(
                    f"已经有用户 {name}，要改密码请用 pingan users passwd {name}。",
                    on_page=f"已经有用户 {name}；要改密码，请在上面那一行点“改密码、去掉”。",
                )
            if not people and role is not Role.MANAGER:
                raise ConfigError(
                    f"第一个用户要是管理：请加上 --role {Role.MANAGER}。",
                    on_page=f"第一个用户要是{Role.MANAGER}。",
                )
            known = next((f for f in self._former if f.name.casefold() == name.casefold()), None)
            again = (
                replace(person, user_id=known.user_id, epoch=known.epoch + 1) if known else person
            )
            added.append(again)
            return [*people, again]

        self._change(edit)
        return added[0]

    def remember(self, user_id: str) -> None:
        """Let somebody the file does not know, but whose drafts are there, count as having left.

        Raises:
            ConfigError: the file cannot be written, or this is no one's id.
        """
        if not _USER_ID.fullmatch(user_id):
            raise ConfigError(f"{user_id} 不是用户的编号，没有改动。")

        def edit(people: list[Person]) -> list[Person]:
            self._former = (*self._former, Former(user_id, f"找回的稿子-{user_id[-6:]}", 1))
            return people

        self._change(edit)

    def _edit_one(self, name: str, change: Callable[[Person], Person | None]) -> Person:
        """Change one person; ``None`` removes; the last 管理 stays."""
        touched: list[Person] = []

        def edit(people: list[Person]) -> list[Person]:
            folded = clean_name(name).casefold()
            found = next((p for p in people if p.name.casefold() == folded), None)
            if found is None:
                raise ConfigError(
                    f"没有用户 {name}，请用 pingan users list 看有哪些。",
                    on_page=f"没有用户 {name}，可能已经去掉了，请看现在的名单。",
                )
            changed = change(found)
            touched.append(changed or found)
            rest = [p for p in people if p is not found]
            kept = [*rest, changed] if changed else rest
            if not any(p.role is Role.MANAGER for p in kept):
                raise ConfigError("至少要留一个管理，请先添加或指定另一个管理。")
            return kept

        self._change(edit)
        return touched[0]

    def set_password(self, name: str, password: str) -> Person:
        """Change a password; every session of that person and every program's key ends."""
        require_strong(password, name=clean_name(name))
        hashed = hash_password(password)
        return self._edit_one(
            name, lambda p: replace(p, hashed=hashed, epoch=p.epoch + 1, tokens=())
        )

    def set_role(self, name: str, role: Role) -> Person:
        """Give a person another role; it holds from the next click on."""
        return self._edit_one(name, lambda p: replace(p, role=role))

    def remove(self, name: str) -> Person:
        """Remove a person; sessions and keys end."""
        return self._edit_one(name, lambda _: None)

    def new_token(self, name: str, label: str) -> str:
        """A key for another program to act as this person; told once, kept as a hash."""
        token = _TOKEN_PREFIX + secrets.token_urlsafe(32)
        label = "".join(c for c in label if c.isprintable()).strip()[:40] or "程序"

        def change(person: Person) -> Person:
            if len(person.tokens) >= _MOST_TOKENS:
                raise ConfigError(
                    f"{name} 已有 {_MOST_TOKENS} 个密钥，请先改密码，旧密钥就全部作废。"
                )
            return replace(person, tokens=(*person.tokens, Token(label, _digest(token), _now())))

        self._edit_one(name, change)
        return token
