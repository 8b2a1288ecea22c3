"""Sessions end when they should; guessing gets slower, and a restart forgets nothing."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.core.errors import ConfigError
from app.services.logins import Limits, Logins, network_of


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def logins(tmp_path: Path, clock: Clock) -> Logins:
    return Logins(tmp_path, Limits(idle_s=600, absolute_s=3600), clock)


def test_a_session_ends_when_it_is_left_alone(logins: Logins, clock: Clock) -> None:
    secret = logins.begin("u-1", 1)
    for _ in range(5):
        clock.now += 590
        assert logins.find(secret) is not None
    clock.now += 601
    assert logins.find(secret) is None
    clock.now -= 601
    assert logins.find(secret) is None, "it does not come back"


def test_a_session_ends_however_busy(logins: Logins, clock: Clock) -> None:
    secret = logins.begin("u-1", 1)
    for _ in range(35):
        clock.now += 100
        assert logins.find(secret) is not None
    clock.now += 101
    assert logins.find(secret) is None


def test_what_the_browser_does_by_itself_keeps_nothing_alive(logins: Logins, clock: Clock) -> None:
    secret = logins.begin("u-1", 1)
    found = logins.find(secret)
    assert found is not None
    for _ in range(3):
        clock.now += 199
        assert logins.find(secret, is_active=False) is not None
        assert logins.holds(found.digest)
    clock.now += 10
    assert not logins.holds(found.digest)


def test_secrets_are_random_and_not_on_disk(logins: Logins) -> None:
    secrets = {logins.begin("u-1", 1) for _ in range(50)}
    assert len(secrets) == 50
    assert min(map(len, secrets)) >= 43
    raw = b"".join(p.read_bytes() for p in logins.path.parent.iterdir())
    assert not any(s.encode() in raw for s in secrets)
    assert logins.path.stat().st_mode & 0o777 == 0o600


def test_sessions_live_through_a_restart(tmp_path: Path, logins: Logins, clock: Clock) -> None:
    secret = logins.begin("u-1", 1)
    again = Logins(tmp_path, logins.limits, clock)
    found = again.find(secret)
    assert found is not None
    assert found.user_id == "u-1"
    again.end_all("u-1")
    assert logins.find(secret) is None


def _fail(logins: Logins, times: int, name: str = "zhang", address: str = "10.0.0.1") -> float:
    waits = [logins.reserve(name, address) for _ in range(times)]
    return waits[-1]


def test_each_failure_doubles_the_wait(logins: Logins, clock: Clock) -> None:
    assert _fail(logins, 5) == 0
    waits = []
    for _ in range(6):
        wait = logins.reserve("zhang", "10.0.0.1")
        waits.append(wait)
        clock.now += wait + 0.01
        assert logins.reserve("zhang", "10.0.0.1") == 0
    assert waits == pytest.approx([1, 2, 4, 8, 16, 32], abs=0.1)


def test_the_wait_has_an_end(logins: Logins, clock: Clock) -> None:
    for _ in range(40):
        clock.now += logins.reserve("zhang", "10.0.0.1") + 0.01
    assert logins.reserve("zhang", "10.0.0.1") <= 900


def test_a_restart_forgets_no_failure(tmp_path: Path, logins: Logins, clock: Clock) -> None:
    _fail(logins, 6)
    assert Logins(tmp_path, logins.limits, clock).reserve("zhang", "10.0.0.1") > 0
    clock.now += 25 * 3600
    assert logins.reserve("zhang", "10.0.0.1") == 0, "but a day does"


def test_a_clock_set_back_locks_nobody_out_for_ever(logins: Logins, clock: Clock) -> None:
    _fail(logins, 7)
    clock.now -= 10 * 24 * 3600
    assert logins.reserve("zhang", "10.0.0.1") <= 4


def test_somebody_elses_guessing_keeps_me_out_only_shortly(logins: Logins, clock: Clock) -> None:
    for i in range(200):
        logins.reserve("zhang", f"10.0.{i}.1")
    assert logins.reserve("zhang", "10.9.9.9") <= 60
    assert logins.reserve("li", "10.9.9.9") == 0


def test_one_address_cannot_try_everybody(logins: Logins) -> None:
    waits = [logins.reserve(f"p{i}", "10.0.0.1") for i in range(32)]
    assert waits[29] == 0
    assert waits[31] > 0


def test_a_right_password_clears_the_name_but_not_the_address(logins: Logins) -> None:
    _fail(logins, 4)
    logins.succeeded("zhang", "10.0.0.1")
    assert _fail(logins, 5) == 0
    waits = [logins.reserve(f"p{i}", "10.0.0.1") for i in range(25)]
    assert waits[-1] > 0


def test_many_attempts_at_once_are_counted_one_by_one(logins: Logins) -> None:
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
        Logins(tmp_path)
