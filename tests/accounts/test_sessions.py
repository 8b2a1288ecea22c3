"""Sessions end when they should; guessing gets slower, and a restart forgets nothing."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network
from pathlib import Path

import pytest

from app.accounts.sessions import BusyError, SessionLimits, SessionStore, network_of
from app.core.errors import ConfigError


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def logins(tmp_path: Path, clock: Clock) -> SessionStore:
    return SessionStore(tmp_path, SessionLimits(idle_s=600, absolute_s=3600), clock)


def test_a_session_ends_when_it_is_left_alone(logins: SessionStore, clock: Clock) -> None:
    secret = logins.begin("u-1", 1)
    for _ in range(5):
        clock.now += 590
        assert logins.find(secret) is not None
    clock.now += 601
    assert logins.find(secret) is None
    clock.now -= 601
    assert logins.find(secret) is None, "it does not come back"


def test_a_session_ends_however_busy(logins: SessionStore, clock: Clock) -> None:
    secret = logins.begin("u-1", 1)
    for _ in range(35):
        clock.now += 100
        assert logins.find(secret) is not None
    clock.now += 101
    assert logins.find(secret) is None


def test_what_the_browser_does_by_itself_keeps_nothing_alive(
    logins: SessionStore, clock: Clock
) -> None:
    secret = logins.begin("u-1", 1)
    found = logins.find(secret)
    assert found is not None
    for _ in range(3):
        clock.now += 199
        assert logins.find(secret, is_active=False) is not None
        assert logins.holds(found.digest)
    clock.now += 10
    assert not logins.holds(found.digest)


def test_secrets_are_random_and_not_on_disk(logins: SessionStore) -> None:
    secrets = {logins.begin("u-1", 1) for _ in range(50)}
    assert len(secrets) == 50
    assert min(map(len, secrets)) >= 43
    raw = b"".join(p.read_bytes() for p in logins.path.parent.iterdir())
    assert not any(s.encode() in raw for s in secrets)
    assert logins.path.stat().st_mode & 0o777 == 0o600


def test_sessions_live_through_a_restart(
    tmp_path: Path, logins: SessionStore, clock: Clock
) -> None:
    secret = logins.begin("u-1", 1)
    again = SessionStore(tmp_path, logins.limits, clock)
    found = again.find(secret)
    assert found is not None
    assert found.user_id == "u-1"
    again.end_all("u-1")
    assert logins.find(secret) is None


def _fail(
    logins: SessionStore, times: int, name: str = "zhang", address: str = "10.0.0.1"
) -> float:
    waits = [logins.reserve(name, address) for _ in range(times)]
    return waits[-1]


def test_each_failure_doubles_the_wait(logins: SessionStore, clock: Clock) -> None:
    assert _fail(logins, 5) == 0
    waits = []
    for _ in range(6):
        wait = logins.reserve("zhang", "10.0.0.1")
        waits.append(wait)
        clock.now += wait + 0.01
        assert logins.reserve("zhang", "10.0.0.1") == 0
    assert waits == pytest.approx([1, 2, 4, 8, 16, 30], abs=0.1)


def test_nobody_waits_longer_than_half_a_minute(logins: SessionStore, clock: Clock) -> None:
    for i in range(60):
        for name in ("zhang", f"p{i}"):
            wait = logins.reserve(name, "10.0.0.1")
            assert wait <= 30
            clock.now += wait + 0.01


def test_failures_fade_within_a_day(logins: SessionStore, clock: Clock) -> None:
    for _ in range(48):  # one every hour, for two days, by a whole office
        clock.now += 3600
        assert logins.reserve("zhang", "10.0.0.1") <= 30
    _fail(logins, 5, "li", "10.0.0.2")
    clock.now += 12 * 3600
    assert _fail(logins, 2, "li", "10.0.0.2") == 0, "half of them have faded"
    office = [logins.reserve(f"p{i}", "10.0.0.1") for i in range(4)]
    assert max(office) == 0


def test_a_restart_forgets_no_failure(tmp_path: Path, logins: SessionStore, clock: Clock) -> None:
    _fail(logins, 6)
    assert SessionStore(tmp_path, logins.limits, clock).reserve("zhang", "10.0.0.1") > 0
    clock.now += 25 * 3600
    assert logins.reserve("zhang", "10.0.0.1") == 0, "but a day does"


def test_a_clock_set_back_locks_nobody_out_for_ever(logins: SessionStore, clock: Clock) -> None:
    _fail(logins, 7)
    clock.now -= 10 * 24 * 3600
    assert logins.reserve("zhang", "10.0.0.1") <= 4


def test_somebody_elses_guessing_keeps_me_out_only_shortly(
    logins: SessionStore, clock: Clock
) -> None:
    for i in range(200):
        logins.reserve("zhang", f"10.0.{i}.1")
    assert logins.reserve("zhang", "10.9.9.9") <= 60
    assert logins.reserve("li", "10.9.9.9") == 0


def test_one_address_cannot_try_everybody(logins: SessionStore) -> None:
    waits = [logins.reserve(f"p{i}", "10.0.0.1") for i in range(32)]
    assert waits[29] == 0
    assert waits[31] > 0


def test_a_right_password_clears_the_name_but_not_all_of_the_address(logins: SessionStore) -> None:
    _fail(logins, 4)
    logins.succeeded("zhang", "10.0.0.1")
    assert _fail(logins, 5) == 0
    waits = [logins.reserve(f"p{i}", "10.0.0.1") for i in range(27)]
    assert waits[-1] > 0


def test_colleagues_behind_one_address_do_not_lock_one_another_out(
    logins: SessionStore, clock: Clock
) -> None:
    for i in range(40):  # everybody mistypes twice, then gets in
        for _ in range(3):
            clock.now += 1
            assert logins.reserve(f"p{i}", "10.0.0.1") == 0
        logins.succeeded(f"p{i}", "10.0.0.1")


def test_guessing_keeps_nobody_out_of_where_one_has_been_before(
    logins: SessionStore, clock: Clock
) -> None:
    assert logins.reserve("li", "10.0.0.1") == 0
    logins.succeeded("li", "10.0.0.1")
    for i in range(40):
        logins.reserve("li", f"10.1.{i}.1")  # at the name, from elsewhere
        logins.reserve(f"p{i}", "10.0.0.1")  # at other names, from here
    assert logins.reserve("new", "10.0.0.1") > 0
    assert logins.reserve("li", "10.0.0.1") == 0


def test_an_exempt_address_is_not_counted(tmp_path: Path, clock: Clock) -> None:
    logins = SessionStore(tmp_path, clock=clock, exempt=(ip_network("10.0.0.0/24"),))
    assert max(logins.reserve(f"p{i}", "10.0.0.7") for i in range(40)) == 0
    assert max(logins.reserve(f"p{i}", "10.0.1.7") for i in range(40)) > 0
    assert _fail(logins, 7, "li", "10.0.0.7") > 0, "one name is slowed down everywhere"


@pytest.mark.parametrize("step_s", [-30.0, -24 * 3600.0])
def test_a_clock_set_back_logs_nobody_out(
    logins: SessionStore, clock: Clock, step_s: float
) -> None:
    secret = logins.begin("u-1", 1)
    clock.now += 500
    assert logins.find(secret) is not None
    clock.now += step_s
    assert logins.find(secret) is not None
    clock.now += 601
    assert logins.find(secret) is None, "and it still ends"


def test_setting_the_clock_moves_nothing_in_a_running_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logins = SessionStore(tmp_path)
    secret = logins.begin("u-1", 1)
    now = time.time()
    for step_s in (-86_400.0, 86_400.0):
        monkeypatch.setattr(time, "time", lambda step_s=step_s: now + step_s)
        assert logins.find(secret) is not None


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Locks the file as a careless program would, so that nobody else can even read it."""
    db = sqlite3.connect(tmp_path / "sessions.sqlite", isolation_level=None)

    def lock() -> None:
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("BEGIN EXCLUSIVE")

    yield lock
    db.close()


def test_a_locked_file_puts_out_nobody_who_was_in(
    logins: SessionStore, locked: Callable[[], None]
) -> None:
    secret, unseen = logins.begin("u-1", 1), logins.begin("u-2", 1)
    found = logins.find(secret)
    assert found is not None
    locked()
    assert logins.find(secret) == found
    assert logins.holds(found.digest)
    with pytest.raises(BusyError, match="占用"):
        logins.find(unseen)


def test_many_attempts_at_once_are_counted_one_by_one(logins: SessionStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: logins.reserve("zhang", "10.0.0.1"), range(40)))
    assert sum(w == 0 for w in waits) == 5


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8::1:2:3:4", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "?"),
    ],
)
def test_an_address_is_as_wide_as_one_owner_has(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_damaged_file_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "sessions.sqlite").write_bytes(b"nonsense" * 1000)
    with pytest.raises(ConfigError, match="登录记录"):
        SessionStore(tmp_path)
