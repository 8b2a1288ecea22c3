"""Finding out who asks never keeps the server from answering others."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest

from app.accounts.sessions import SessionStore
from app.accounts.users import Person, Role, UserFile
from app.web.auth.authenticator import AuthenticatedUser, Authenticator, Refusal
from app.web.auth.http import COOKIE, Scope

T = TypeVar("T")
GOOD = "夜里的灯塔照着海面呢"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("login") / "home"
    UserFile(home).add("王管", GOOD, Role.MANAGER)
    return home


def in_a_loop_of_its_own(work: Coroutine[Any, Any, T]) -> T:
    """What ``work`` gives; this thread may have the browser's loop in it already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def asked(secret: str = "", **headers: str) -> Scope:
    told = [(k.encode(), v.encode()) for k, v in headers.items()]
    if secret:
        told.append((b"cookie", f"{COOKIE}={secret}".encode()))
    return {"type": "http", "headers": told, "client": ("10.0.0.1", 5)}


_MANY = 10  # a loop that is stopped meanwhile does one thing or two, however busy the machine


async def beside(*work: Awaitable[Any]) -> tuple[list[Any], int]:
    """What ``work`` gives, and how often something else could be done meanwhile."""
    beats, is_over = 0, False

    async def beat() -> None:
        nonlocal beats
        while not is_over:
            await asyncio.sleep(0.005)
            beats += 1

    beating = asyncio.create_task(beat())
    found = await asyncio.gather(*work)
    is_over = True
    await beating
    return list(found), beats


def test_a_locked_sessions_file_stops_only_whoever_has_to_wait_for_it(home: Path) -> None:
    people, logins = UserFile(home), SessionStore(home)
    door = Authenticator(people, logins, is_strict=True)
    (person,) = people.people()
    token = people.new_token(person.name, "x")
    seen, unseen = (logins.begin(person.user_id, person.epoch) for _ in range(2))

    async def work() -> None:
        assert isinstance(await door.identify(asked(seen)), AuthenticatedUser)
        db = sqlite3.connect(home / "sessions.sqlite", isolation_level=None)
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("BEGIN EXCLUSIVE")
        try:
            tries = [door.identify(asked(unseen)), door.check("x", "y", "1.2.3.4")]
            waiting = asyncio.create_task(beside(*tries))
            known = await door.identify(asked(authorization=f"Bearer {token}"))
            assert isinstance(known, AuthenticatedUser)
            assert isinstance(await door.identify(asked(seen)), AuthenticatedUser)
            assert not waiting.done(), "others are answered first"
            found, beats = await waiting
        finally:
            db.close()
        assert [r.status for r in found if isinstance(r, Refusal)] == [503, 503]
        assert beats > _MANY
        assert isinstance(await door.identify(asked(unseen)), AuthenticatedUser), (
            "it has not been put out"
        )

    in_a_loop_of_its_own(work())


@pytest.mark.parametrize("is_cookie", [True, False])
def test_slow_files_do_not_stop_the_event_loop(
    home: Path, monkeypatch: pytest.MonkeyPatch, is_cookie: bool
) -> None:
    people, logins = UserFile(home), SessionStore(home)
    door = Authenticator(people, logins, is_strict=True)
    (person,) = people.people()
    secret = logins.begin(person.user_id, person.epoch)

    def slowly(answer: Callable[..., Person | None]) -> Callable[..., Person | None]:
        def wrapped(*given: str) -> Person | None:
            time.sleep(0.6)
            return answer(*given)

        return wrapped

    for name in ("by_id", "by_token"):
        monkeypatch.setattr(people, name, slowly(getattr(people, name)))
    scope = asked(secret) if is_cookie else asked(authorization="Bearer pgt_x")
    _, beats = in_a_loop_of_its_own(beside(door.identify(scope)))
    assert beats > _MANY
