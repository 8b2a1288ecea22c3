"""Sessions and failed log-ins, kept on disk so that a restart forgets neither."""

import ipaddress
import secrets
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from app.core.database import Database, Schema
from app.core.errors import ConfigError

SESSIONS_FILE = "sessions.sqlite"
_STATEMENTS = (
    """
    CREATE TABLE IF NOT EXISTS session (
        digest TEXT PRIMARY KEY, user_id TEXT NOT NULL, epoch INTEGER NOT NULL,
        begun REAL NOT NULL, seen REAL NOT NULL)
    """,
    "CREATE INDEX IF NOT EXISTS session_user ON session (user_id)",
    """
    CREATE TABLE IF NOT EXISTS failure (
        what TEXT PRIMARY KEY, count INTEGER NOT NULL, last REAL NOT NULL)
    """,
)
SESSIONS = Schema(
    file=SESSIONS_FILE,
    statements=_STATEMENTS,
    label="登录记录",
    error=ConfigError,
    is_renewable=True,  # everyone logs in once more, and that is all
)
_TOUCH_S = 30.0  # how exact "last seen" is; saves a write for every request
_FORGET_S = 24 * 3600.0
_LONGEST_WAIT_S = 900.0
_MOST_ROWS = 50_000
_BUSY_S = 5.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a log-in lasts: since the last click, and at all."""

    idle_s: float = 2 * 3600.0
    absolute_s: float = 12 * 3600.0


@dataclass(frozen=True, slots=True)
class Session:
    """A log-in that still holds; ``secret`` is known to the browser alone."""

    digest: str
    user_id: str
    epoch: int
    begun: float


def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()


def network_of(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 an IPv6 one lies in."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64] or "?"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


@dataclass(frozen=True, slots=True)
class _Gauge:
    """Failures counted under ``what``; from ``free`` on, each doubles the wait."""

    what: str
    free: int
    longest_s: float

    def wait_s(self, count: int, last: float, now: float) -> float:
        """Seconds still to wait."""
        if count < self.free:
            return 0.0
        wait = min(self.longest_s, 2.0 ** min(count - self.free, 20))
        return max(0.0, last + wait - now)


def _gauges(name: str, address: str) -> tuple[_Gauge, ...]:
    """Somebody else's guessing at my name must not keep me out for long: hence three counts."""
    who = _digest(name.strip().casefold())[:32]
    where = network_of(address)
    return (
        _Gauge(f"pair:{who}:{where}", free=5, longest_s=_LONGEST_WAIT_S),
        _Gauge(f"name:{who}", free=20, longest_s=60.0),
        _Gauge(f"from:{where}", free=30, longest_s=_LONGEST_WAIT_S),
    )


class Logins:
    """The sessions and the throttle of one data folder, shared by every process on it."""

    def __init__(
        self, home: Path, limits: Limits | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self.path = home / SESSIONS_FILE
        self.limits = limits or Limits()
        self._clock = clock
        self._db = Database(home, SESSIONS, wait_s=_BUSY_S)

    # --- sessions --------------------------------------------------------------------------

    def begin(self, user_id: str, epoch: int) -> str:
        """Start a session; returns its secret, for the cookie."""
        secret, now = secrets.token_urlsafe(32), self._clock()
        with self._db.single_steps() as db:
            db.execute(
                "DELETE FROM session WHERE begun < ? OR seen < ?",
                (now - self.limits.absolute_s, now - self.limits.idle_s),
            )
            db.execute(
                "INSERT INTO session VALUES (?, ?, ?, ?, ?)",
                (_digest(secret), user_id, epoch, now, now),
            )
        return secret

    def find(self, secret: str, *, is_active: bool = True) -> Session | None:
        """The session of a cookie, where it still holds; asking counts as activity."""
        return self._find(_digest(secret), is_active=is_active)

    def holds(self, digest: str) -> bool:
        """Whether a session found earlier still holds; asking is no activity."""
        return self._find(digest, is_active=False) is not None

    def _find(self, digest: str, *, is_active: bool) -> Session | None:
        now = self._clock()
        with self._db.reading() as db:
            row = db.execute(
                "SELECT user_id, epoch, begun, seen FROM session WHERE digest = ?", (digest,)
            ).fetchone()
        if row is None:
            return None
        user_id, epoch, begun, seen = row
        if not 0 <= now - begun < self.limits.absolute_s or now - seen >= self.limits.idle_s:
            self._note("DELETE FROM session WHERE digest = ?", (digest,))
            return None
        if is_active and now - seen > _TOUCH_S:
            self._note("UPDATE session SET seen = ? WHERE digest = ?", (now, digest))
        return Session(digest, user_id, epoch, begun)

    def _note(self, statement: str, values: tuple[object, ...]) -> None:
        """Write down what can be done without: whoever is logged in reads on a full disk, too."""
        with suppress(ConfigError), self._db.single_steps() as db:
            db.execute(statement, values)

    def end(self, secret: str) -> None:
        """Log out."""
        with self._db.single_steps() as db:
            db.execute("DELETE FROM session WHERE digest = ?", (_digest(secret),))

    def end_all(self, user_id: str) -> None:
        """Log a person out everywhere."""
        with self._db.single_steps() as db:
            db.execute("DELETE FROM session WHERE user_id = ?", (user_id,))

    # --- throttle --------------------------------------------------------------------------

    def reserve(self, name: str, address: str) -> float:
        """Count one attempt as failed before it is made; returns seconds to wait instead.

        Counting first keeps a hundred attempts at once from all being let through.
        """
        now = self._clock()
        gauges = _gauges(name, address)
        with self._db.single_steps() as db:
            db.execute("BEGIN IMMEDIATE")
            wait = 0.0
            for gauge in gauges:
                count, last = self._count(db, gauge.what, now)
                wait = max(wait, gauge.wait_s(count, last, now))
            if wait <= 0:
                for gauge in gauges:
                    db.execute(
                        "INSERT INTO failure VALUES (?, 1, ?) ON CONFLICT (what) DO UPDATE "
                        "SET count = CASE WHEN last < ? THEN 1 ELSE count + 1 END, last = ?",
                        (gauge.what, now, now - _FORGET_S, now),
                    )
                self._prune(db, now)
            db.execute("COMMIT")
        return wait

    @staticmethod
    def _count(db: sqlite3.Connection, what: str, now: float) -> tuple[int, float]:
        row = db.execute("SELECT count, last FROM failure WHERE what = ?", (what,)).fetchone()
        if row is None or row[1] < now - _FORGET_S:
            return 0, 0.0
        return int(row[0]), min(float(row[1]), now)  # a clock set back must not lock for ever

    @staticmethod
    def _prune(db: sqlite3.Connection, now: float) -> None:
        db.execute("DELETE FROM failure WHERE last < ?", (now - _FORGET_S,))
        (rows,) = db.execute("SELECT count(*) FROM failure").fetchone()
        if rows > _MOST_ROWS:
            db.execute(
                "DELETE FROM failure WHERE what IN (SELECT what FROM failure "
                "ORDER BY count, last LIMIT ?)",
                (rows - _MOST_ROWS,),
            )

    def succeeded(self, name: str, address: str) -> None:
        """Forget what was counted for this name here; the address keeps its earlier failures."""
        pair, by_name, source = _gauges(name, address)
        with self._db.single_steps() as db:
            db.execute("DELETE FROM failure WHERE what IN (?, ?)", (pair.what, by_name.what))
            db.execute(
                "UPDATE failure SET count = max(count - 1, 0) WHERE what = ?", (source.what,)
            )
