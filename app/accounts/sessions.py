"""Sessions and failed log-ins, kept on disk so that a restart forgets neither."""

import ipaddress
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from app.core.database import Database, Schema
from app.core.errors import ConfigError
from app.core.faults import Fault, fault_of

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
        what TEXT PRIMARY KEY, count REAL NOT NULL, last REAL NOT NULL)
    """,
    "CREATE TABLE IF NOT EXISTS success (what TEXT PRIMARY KEY, last REAL NOT NULL)",
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
_KNOWN_S = 30 * 24 * 3600.0
_LONGEST_WAIT_S = 30.0
_SUCCESS_IS_WORTH = 5.0  # failures of others at the same address
_MOST_ROWS = 50_000
_BUSY_S = 2.0
_READ_BUSY_S = 0.5  # every request reads, and mostly can do without
_TRUSTED_S = 60.0  # how long what was found last holds while the file is locked
_MOST_TRUSTED = 10_000

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class BusyError(ConfigError):
    """Another program holds the file; nothing is wrong with it."""


class SteadyClock:
    """The time of day as it was at the start, going on evenly: setting the clock moves nothing."""

    def __init__(self) -> None:
        # CLOCK_BOOTTIME counts the hours that a machine sleeps, too.
        self._clock = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
        self._offset = time.time() - self._passed()

    def _passed(self) -> float:
        return time.monotonic() if self._clock is None else time.clock_gettime(self._clock)

    def __call__(self) -> float:
        """Seconds since 1970, more or less."""
        return self._offset + self._passed()


@dataclass(frozen=True, slots=True)
class SessionLimits:
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

    def wait_s(self, count: float, last: float, now: float) -> float:
        """Seconds still to wait."""
        over = round(count) - self.free
        if over < 0:
            return 0.0
        wait = min(_LONGEST_WAIT_S, 2.0 ** min(over, 20))
        return max(0.0, last + wait - now)


def _gauges(name: str, address: str) -> tuple[_Gauge, _Gauge, _Gauge]:
    """What is counted: this name from here, the name from anywhere, any name from here."""
    who = _digest(name.strip().casefold())[:32]
    where = network_of(address)
    return (
        _Gauge(f"pair:{who}:{where}", free=5),
        _Gauge(f"name:{who}", free=20),
        _Gauge(f"from:{where}", free=30),
    )


def is_within(address: str, networks: Iterable[Network]) -> bool:
    """Whether an address lies in one of ``networks``."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return any(ip.version == n.version and ip in n for n in networks)


class SessionStore:
    """The sessions and the throttle of one data folder, shared by every process on it.

    From ``exempt`` addresses many people may fail: what they get wrong is counted by name alone.
    """

    def __init__(
        self,
        home: Path,
        limits: SessionLimits | None = None,
        clock: Callable[[], float] | None = None,
        *,
        exempt: tuple[Network, ...] = (),
    ) -> None:
        self.path = home / SESSIONS_FILE
        self.limits = limits or SessionLimits()
        self.exempt = exempt
        self._clock = clock or SteadyClock()
        self._found: dict[str, tuple[Session, float]] = {}
        self._db = Database(home, SESSIONS, wait_s=_BUSY_S)
        self._quick = Database(home, SESSIONS, wait_s=_READ_BUSY_S)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell a file that is locked from one that cannot be used."""
        try:
            yield
        except ConfigError as error:
            if error.__cause__ is None or fault_of(error.__cause__) is not Fault.LOCKED:
                raise
            raise BusyError(
                f"登录记录 {self.path} 正被别的程序占用，请过几秒再试。",
                on_page="登录记录正被别的程序占用，请过几秒再试。",
            ) from error

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._told(), self._db.single_steps() as db:
            yield db

    # --- sessions --------------------------------------------------------------------------

    def begin(self, user_id: str, epoch: int) -> str:
        """Start a session; returns its secret, for the cookie."""
        secret, now = secrets.token_urlsafe(32), self._clock()
        with self._open() as db:
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
        """The session of a cookie, where it still holds; asking counts as activity.

        Raises:
            BusyError: the file is locked, and the session has not been seen lately.
        """
        return self._find(_digest(secret), is_active=is_active)

    def holds(self, digest: str) -> bool:
        """Whether a session found earlier still holds; asking is no activity."""
        return self._find(digest, is_active=False) is not None

    def _find(self, digest: str, *, is_active: bool) -> Session | None:
        now = self._clock()
        try:
            with self._told(), self._quick.reading() as db:
                row = db.execute(
                    "SELECT user_id, epoch, begun, seen FROM session WHERE digest = ?", (digest,)
                ).fetchone()
        except BusyError:
            session, until = self._found.get(digest, (None, 0.0))
            if session is not None and now < until:
                return session  # whoever was in a minute ago is not put out by a lock
            raise
        found = self._judged(digest, row, now, is_active=is_active) if row else None
        if found is None:
            self._found.pop(digest, None)
            return None
        if len(self._found) >= _MOST_TRUSTED:
            self._found.clear()
        self._found[digest] = (found, now + _TRUSTED_S)
        return found

    def _judged(
        self, digest: str, row: tuple[str, int, float, float], now: float, *, is_active: bool
    ) -> Session | None:
        user_id, epoch, begun, seen = row
        is_set_back = begun > now or seen > now
        # After that the session goes on, and ends as late as one begun now.
        begun, seen = min(begun, now), min(seen, now)
        if now - begun >= self.limits.absolute_s or now - seen >= self.limits.idle_s:
            self._note("DELETE FROM session WHERE digest = ?", digest)
            return None
        if is_set_back or (is_active and now - seen > _TOUCH_S):
            seen = now if is_active else seen
            self._note(
                "UPDATE session SET begun = ?, seen = ? WHERE digest = ?", begun, seen, digest
            )
        return Session(digest, user_id, epoch, begun)

    def _note(self, statement: str, *values: object) -> None:
        """Write what the next request would write as well: not on a full disk or a locked file."""
        with suppress(ConfigError), self._quick.single_steps() as db:
            db.execute("PRAGMA busy_timeout = 100")
            db.execute(statement, values)

    def end(self, secret: str) -> None:
        """Log out."""
        digest = _digest(secret)
        self._found.pop(digest, None)
        with self._open() as db:
            db.execute("DELETE FROM session WHERE digest = ?", (digest,))

    def end_all(self, user_id: str) -> None:
        """Log a person out everywhere."""
        self._found.clear()
        with self._open() as db:
            db.execute("DELETE FROM session WHERE user_id = ?", (user_id,))

    # --- throttle --------------------------------------------------------------------------

    def reserve(self, name: str, address: str) -> float:
        """Count one attempt as failed before it is made; returns seconds to wait instead.

        Counting first keeps a hundred attempts at once from all being let through.
        """
        now = self._clock()
        gauges = self._counted(name, address)
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            # Where somebody has logged in before, nobody else's guessing keeps that person out.
            is_known = self._is_known(db, gauges[0].what, now)
            wait = max(
                gauge.wait_s(*self._count(db, gauge.what, now), now)
                for gauge in (gauges[:1] if is_known else gauges)
            )
            if wait <= 0:
                for gauge in gauges:
                    count, _ = self._count(db, gauge.what, now)
                    self._set(db, gauge.what, count + 1, now)
                self._prune(db, now)
            db.execute("COMMIT")
        return wait

    def _counted(self, name: str, address: str) -> tuple[_Gauge, ...]:
        gauges = _gauges(name, address)
        return gauges[:2] if is_within(address, self.exempt) else gauges

    @staticmethod
    def _is_known(db: sqlite3.Connection, pair: str, now: float) -> bool:
        row = db.execute("SELECT last FROM success WHERE what = ?", (pair,)).fetchone()
        return row is not None and row[0] > now - _KNOWN_S

    @staticmethod
    def _count(db: sqlite3.Connection, what: str, now: float) -> tuple[float, float]:
        """How many failures count by now, and when the last one was: within a day all fade."""
        row = db.execute("SELECT count, last FROM failure WHERE what = ?", (what,)).fetchone()
        if row is None:
            return 0.0, 0.0
        last = min(float(row[1]), now)  # a clock set back must not lock for ever
        return float(row[0]) * max(0.0, 1 - (now - last) / _FORGET_S), last

    @staticmethod
    def _set(db: sqlite3.Connection, what: str, count: float, now: float) -> None:
        db.execute(
            "INSERT INTO failure VALUES (?, ?, ?) ON CONFLICT (what) DO UPDATE "
            "SET count = excluded.count, last = excluded.last",
            (what, count, now),
        )

    @staticmethod
    def _prune(db: sqlite3.Connection, now: float) -> None:
        db.execute("DELETE FROM failure WHERE last < ?", (now - _FORGET_S,))
        db.execute("DELETE FROM success WHERE last < ?", (now - _KNOWN_S,))
        (rows,) = db.execute("SELECT count(*) FROM failure").fetchone()
        if rows > _MOST_ROWS:
            db.execute(
                "DELETE FROM failure WHERE what IN (SELECT what FROM failure "
                "ORDER BY count, last LIMIT ?)",
                (rows - _MOST_ROWS,),
            )

    def succeeded(self, name: str, address: str) -> None:
        """Forget what was counted for this name; much of what was counted for the address, too.

        Behind one address there may be a whole office: whoever gets in there shows that it is.
        """
        pair, by_name, source = _gauges(name, address)
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            db.execute("DELETE FROM failure WHERE what IN (?, ?)", (pair.what, by_name.what))
            db.execute(
                "UPDATE failure SET count = max(count - ?, 0) WHERE what = ?",
                (1 + _SUCCESS_IS_WORTH, source.what),
            )
            db.execute("INSERT OR REPLACE INTO success VALUES (?, ?)", (pair.what, self._clock()))
            db.execute("COMMIT")
