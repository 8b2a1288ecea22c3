"""Find out who asks: by the cookie of a log-in, a program's key, or name and password."""

import base64
import binascii
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TypeVar

import anyio
import anyio.to_thread

from app.accounts.sessions import BusyError, SessionStore
from app.accounts.users import Person, UserFile
from app.core.audit import Actor, Deed, record
from app.core.errors import ConfigError
from app.web.auth.http import COOKIE, Scope, client_of, cookie, header
from app.web.auth.visitor import LOCAL_VISITOR, Visitor

T = TypeVar("T")
# Threads of their own: files that are slow, and people who guess, leave those of the page alone.
_READERS, _HASHERS = 24, 4
_KNOWN_S = 300.0
_MOST_KNOWN = 256
_NOTED_S, _MOST_NOTED = 3600.0, 4096
_WRONG = "用户名或密码不对，请再输一次。"


def told_wait(seconds: float) -> str:
    """How long to wait, for people."""
    whole = max(1, round(seconds + 0.5))
    shown = f"{whole} 秒" if whole < 90 else f"{-(-whole // 60)} 分钟"
    return f"输错的次数太多，请过 {shown}再试。忘了密码，请管理员用“用户”页面改一个。"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody was not let in; ``wait_s`` above zero means: not now.

    ``is_fault``: it cannot be found out at the moment, and nothing is said of the person.
    """

    text: str
    wait_s: float = 0.0
    is_fault: bool = False

    @property
    def status(self) -> int:
        """How HTTP tells it."""
        return 503 if self.is_fault else 429 if self.wait_s else 401


@dataclass(frozen=True, slots=True)
class AuthenticatedUser:
    """Somebody let in; ``session`` is the digest of a log-in, empty for a program's call."""

    visitor: Visitor
    person: Person | None = None
    session: str = ""


NOBODY_NEEDED = AuthenticatedUser(LOCAL_VISITOR)


def actor_for(visitor: Visitor, scope: Scope) -> Actor:
    """Who is put down for what a request does."""
    return Actor(visitor.name, visitor.user_id, client_of(scope))


def visitor_for(person: Person) -> Visitor:
    """What the tabs know of a person."""
    return Visitor(person.user_id, person.name, person.role.value)


@dataclass
class Authenticator:
    """The log-in of one server. ``is_strict`` means: never without log-in."""

    people: UserFile
    logins: SessionStore
    is_strict: bool = False
    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _known: dict[str, tuple[str, int, float]] = field(default_factory=dict)
    _noted: dict[str, float] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _readers: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(_READERS))
    _hashers: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(_HASHERS))

    @property
    def home(self) -> Path:
        """The data folder."""
        return self.people.path.parent

    async def aside(self, work: Callable[[], T]) -> T:
        """Do what reads or writes the files of people and log-ins, off the event loop."""
        return await anyio.to_thread.run_sync(work, limiter=self._readers)

    @property
    def is_needed(self) -> bool:
        """Whether people have to log in: always once there are any."""
        if not self.is_strict and self.people.exists():
            self.is_strict = True  # a users file that vanishes must not open the door
        return self.is_strict

    async def identify(
        self, scope: Scope, *, is_active: bool = True
    ) -> AuthenticatedUser | Refusal | None:
        """Who sent a request; ``None`` where it says nothing of that."""
        kind, _, credentials = header(scope, b"authorization").partition(" ")
        is_basic = kind.lower() == "basic"
        token = credentials.strip() if kind.lower() == "bearer" else ""
        secret = "" if is_basic or token else cookie(scope, COOKIE)

        def look() -> AuthenticatedUser | Refusal | None:
            if not self.is_needed:
                return NOBODY_NEEDED
            if kind.lower() != "bearer":
                return self._by_cookie(secret, is_active=is_active) if secret else None
            person = self.people.by_token(token)
            if person is None:
                nobody = Actor("（密钥不对）", "", client_of(scope))
                self.note(Deed.LOGIN_FAILED, nobody, key=f"token {nobody.address}")
                return Refusal("密钥不对或已作废。")
            actor = actor_for(visitor_for(person), scope)
            key = f"program {actor.user_id} {actor.address}"
            self.note(Deed.LOGIN, actor, key=key, more="程序密钥")
            return AuthenticatedUser(visitor_for(person), person)

        try:
            known = await self.aside(look)
        except BusyError as error:
            return Refusal(error.on_page, is_fault=True)
        if is_basic and known is None:
            return await self._by_basic(credentials, client_of(scope))
        return known

    def _by_cookie(self, secret: str, *, is_active: bool) -> AuthenticatedUser | None:
        session = self.logins.find(secret, is_active=is_active)
        person = self.people.by_id(session.user_id) if session else None
        if session is None or person is None or person.epoch != session.epoch:
            return None
        return AuthenticatedUser(visitor_for(person), person, session.digest)

    def still_holds(self, known: AuthenticatedUser) -> bool:
        """Whether somebody let in before may still be answered."""
        if known.person is None:
            return not self.is_needed
        now = self.people.by_id(known.person.user_id)
        if now is None or now.epoch != known.person.epoch or now.role != known.person.role:
            return False
        return not known.session or self.logins.holds(known.session)

    async def _by_basic(self, credentials: str, address: str) -> AuthenticatedUser | Refusal:
        try:
            text = base64.b64decode(credentials, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            return Refusal(_WRONG)
        name, _, password = text.partition(":")
        key = hmac.new(self._secret, text.encode(), sha256).hexdigest()
        person = await self.aside(lambda: self._remembered(key))
        if person is None:
            told = await self.check(name, password, address)
            if isinstance(told, Refusal):
                return told
            person = told
            with self._lock:
                if len(self._known) >= _MOST_KNOWN:
                    self._known.clear()
                self._known[key] = (person.user_id, person.epoch, time.monotonic() + _KNOWN_S)
        return AuthenticatedUser(visitor_for(person), person)

    def _remembered(self, key: str) -> Person | None:
        """A name and password that fitted within the last minutes: no new hash for each call."""
        with self._lock:
            user_id, epoch, until = self._known.get(key, ("", 0, 0.0))
        person = self.people.by_id(user_id) if time.monotonic() < until else None
        return person if person is not None and person.epoch == epoch else None

    def note(
        self, what: Deed, actor: Actor, *, key: str = "", to: str = "", more: str = ""
    ) -> None:
        """Put something down; what has a ``key``, and comes again and again, once in a while."""
        if key:
            now = time.monotonic()
            with self._lock:
                if self._noted.get(key, 0.0) > now:
                    return
                if len(self._noted) >= _MOST_NOTED:
                    self._noted.clear()
                self._noted[key] = now + _NOTED_S
        record(self.home, what, to=to, more=more, actor=actor)

    def _note_try(self, told: Person | Refusal, name: str, address: str) -> None:
        """Put a log-in down; a name that nobody has might be a password typed in its place."""
        if isinstance(told, Person):
            self.note(Deed.LOGIN, Actor(told.name, told.user_id, address))
            return
        person = self.people.by_name(name)
        actor = Actor(person.name if person else "（没有这个人）", "", address)
        if told.wait_s:
            self.note(Deed.LOGIN_SLOWED, actor, key=f"slowed {address}")
        else:
            self.note(Deed.LOGIN_FAILED, actor)

    async def check(self, name: str, password: str, address: str) -> Person | Refusal:
        """Try a name and a password, at the pace that failures allow."""
        told = await self._check(name, password, address)
        if not (isinstance(told, Refusal) and told.is_fault):
            await self.aside(lambda: self._note_try(told, name, address))
        return told

    async def _check(self, name: str, password: str, address: str) -> Person | Refusal:
        try:
            wait_s = await self.aside(lambda: self.logins.reserve(name, address))
            if wait_s > 0:
                return Refusal(told_wait(wait_s), wait_s)
            person = await anyio.to_thread.run_sync(
                self.people.authenticate, name, password, limiter=self._hashers
            )
            if person is None:
                return Refusal(_WRONG)
            await self.aside(lambda: self.logins.succeeded(name, address))
        except BusyError as error:
            return Refusal(error.on_page, is_fault=True)
        return person

    def _end_all(self, person: Person, address: str) -> None:
        self.logins.end_all(person.user_id)
        actor = Actor(person.name, person.user_id, address)
        self.note(Deed.PASSWORD, actor, to=person.name, more="本人")

    async def change_password(self, person: Person, old: str, new: str, address: str) -> Person:
        """Give a person another password, after the old one.

        Raises:
            ConfigError: the old one is wrong, or the new one weak.
        """
        told = await self.check(person.name, old, address)
        if isinstance(told, Refusal):
            is_wrong = told.status == 401
            raise ConfigError("现在的密码不对，没有改。" if is_wrong else told.text)
        changed = await anyio.to_thread.run_sync(self.people.set_password, person.name, new)
        await self.aside(lambda: self._end_all(changed, address))
        return changed
