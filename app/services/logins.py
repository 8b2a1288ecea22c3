"""Sessions and failed log-ins, kept on disk so that a restart forgets neither."""

import ipaddress
import os
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from app.core.errors import ConfigError

SESSIONS_FILE = "sessions.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS session (
  digest TEXT PRIMARY KEY, user_id TEXT NOT NULL, epoch INTEGER NOT NULL,
  begun REAL NOT NULL, seen REAL NOT NULL);
CREATE INDEX IF NOT EXISTS session_user ON session (user_id);
CREATE TABLE IF NOT EXISTS failure (
  what TEXT PRIMARY KEY, count REAL NOT NULL, last REAL NOT NULL);
CREATE TABLE IF NOT EXISTS success (what TEXT PRIMARY KEY, last REAL NOT NULL);
"""
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
_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)

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


class Logins:
    """The sessions and the throttle of one data folder, shared by every process on it.

    From ``exempt`` addresses many people may fail: what they get wrong is counted by name alone.
    """

    def __init__(
        self,
        home: Path,
        limits: Limits | None = None,
        clock: Callable[[], float] | None = None,
        *,
        exempt: tuple[Network, ...] = (),
    ) -> None:
        self.path = home / SESSIONS_FILE
        self.limits = limits or Limits()
        self.exempt = exempt
        self._clock = clock or SteadyClock()
        self._found: dict[str, tuple[Session, float]] = {}
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            self.path.chmod(0o600)
            with self._open() as db:
                db.executescript(_SCHEMA)
                db.execute("PRAGMA journal_mode=WAL")
        except OSError as error:
            raise ConfigError(f"登录记录 {self.path} 写不进去，请检查这个文件夹的权限。") from error

    @contextmanager
    def _open(self, busy_s: float = _BUSY_S) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=busy_s, isolation_level=None)) as db:
                # A power cut may cost the last log-in, never the file.
                db.execute("PRAGMA synchronous = NORMAL")
                yield db
        except sqlite3.DatabaseError as error:
            if (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _LOCKED:
                raise BusyError(
                    f"登录记录 {self.path} 正被别的程序占用，请过几秒再试。",
                    on_page="登录记录正被别的程序占用，请过几秒再试。",
                ) from error
            raise ConfigError(
                f"登录记录 {self.path} 已损坏或写不进去，请删去它再试，大家重新登录一次即可。"
            ) from error

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
            with self._open(_READ_BUSY_S) as db:
                found = self._read(db, digest, now)
                if found and is_active:
                    self._touch(db, digest, now)
        except BusyError:
            session, until = self._found.get(digest, (None, 0.0))
            if session is not None and now < until:
                return session  # whoever was in a minute ago is not put out by a lock
            raise
        if found is None:
            self._found.pop(digest, None)
            return None
        if len(self._found) >= _MOST_TRUSTED:
            self._found.clear()
        self._found[digest] = (found, now + _TRUSTED_S)
        return found

    def _read(self, db: sqlite3.Connection, digest: str, now: float) -> Session | None:
        row = db.execute(
            "SELECT user_id, epoch, begun, seen FROM session WHERE digest = ?", (digest,)
        ).fetchone()
        if row is None:
            return None
        user_id, epoch, begun, seen = row
        if begun > now or seen > now:
            # The clock has been set back: the session goes on, and ends as late as one begun now.
            begun, seen = min(begun, now), min(seen, now)
            self._try(
                db, "UPDATE session SET begun = ?, seen = ? WHERE digest = ?", begun, seen, digest
            )
        if now - begun >= self.limits.absolute_s or now - seen >= self.limits.idle_s:
            self._try(db, "DELETE FROM session WHERE digest = ?", digest)
            return None
        return Session(digest, user_id, epoch, begun)

    def _touch(self, db: sqlite3.Connection, digest: str, now: float) -> None:
        self._try(
            db,
            "UPDATE session SET seen = ? WHERE digest = ? AND seen < ?",
            now,
            digest,
            now - _TOUCH_S,
        )

    @staticmethod
    def _try(db: sqlite3.Connection, statement: str, *values: object) -> None:
        """Write what the next request would write as well, unless somebody else is writing."""
        try:
            db.execute("PRAGMA busy_timeout = 100")
            db.execute(statement, values)
        except sqlite3.OperationalError as error:
            if (error.sqlite_errorcode & 0xFF) not in _LOCKED:
                raise

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
