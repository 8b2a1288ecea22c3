"""The users file: who may use the page, and nobody else can read it."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.accounts import passwords
from app.accounts.passwords import hash_password, is_hash, matches, require_strong
from app.accounts.users import Role, UserFile
from app.core.errors import ConfigError

GOOD = "夜里的灯塔照着海面呢"
OTHER = "河岸上的风车转得很慢"


@pytest.fixture
def people(tmp_path: Path) -> UserFile:
    file = UserFile(tmp_path / "home")
    file.add("王管", GOOD, Role.MANAGER)
    return file


def test_only_the_owner_can_read_the_file_and_no_password_is_in_it(people: UserFile) -> None:
    people.add("zhang", OTHER, Role.WRITER)
    text = people.path.read_text(encoding="utf-8")
    assert people.path.stat().st_mode & 0o777 == 0o600
    assert people.path.parent.stat().st_mode & 0o077 == 0
    assert GOOD not in text
    assert OTHER not in text
    assert text.count("scrypt$32768$8$1$") == 2


def test_equal_passwords_have_different_hashes() -> None:
    first, second = hash_password(GOOD), hash_password(GOOD)
    assert first != second
    assert matches(GOOD, first)
    assert matches(GOOD, second)
    assert not matches(OTHER, first)


def test_full_width_typing_is_the_same_password() -> None:
    assert matches("ａbcdefg1２３", hash_password("abcdefg123"))


@pytest.mark.parametrize(
    "stored",
    ["", "x", "md5$a", "scrypt$3$8$1$AA$AA", "scrypt$1048576$8$1$AA$AA", "scrypt$2$8$1$!$!"],
)
def test_odd_hashes_are_no_hashes(stored: str) -> None:
    assert not is_hash(stored)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "1111111111",
        "12345678",
        "password12",
        "字" * 129,
        "a\x00bcdefghijk",
        "pingan2025",
        "p1ngan@2025",
        "woaini5201314",
        "5201314520",
        "13812345678",
        "zhangwei19850612",
        "WangFang@1985",
        "zw19900101",
        "临溪县公安局2025",
        "平安建设工作总结2025",
        "qwertyuiop123",
        "1qaz2wsx3edc",
        "P@ssw0rd2025",
        "iloveyou2024",
    ],
)
def test_passwords_that_are_guessed_first_are_refused(password: str) -> None:
    with pytest.raises(ConfigError) as told:
        require_strong(password)
    assert len(password) < 5 or password not in str(told.value)


@pytest.mark.parametrize("password", ["zhangsan12", "Zhang.san-2024", "2025zhangsan!"])
def test_a_password_that_is_little_more_than_the_name_is_refused(password: str) -> None:
    with pytest.raises(ConfigError, match="用户名"):
        require_strong(password, name="zhangsan")


def test_more_than_ten_thousand_common_passwords_are_refused() -> None:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    common = FREQUENCY_LISTS["passwords"]
    assert len(common) >= 10_000
    for password in [p for p in common if len(p) >= 10][::10]:
        for tried in (password, password.title(), password + "1"):
            with pytest.raises(ConfigError, match="容易猜"):
                require_strong(tried)


@pytest.mark.parametrize(
    "password", [GOOD, OTHER, "lanmaohenxihuanchiyu", "kX9$mq2Lz!w", "correcthorsebatterystaple"]
)
def test_a_sentence_of_ones_own_is_taken(password: str) -> None:
    require_strong(password, name="zhang")
    require_strong(f"{password}-zhang", name="zhang")


def test_an_unknown_name_costs_as_much_as_a_wrong_password(
    people: UserFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int, int]] = []
    derive = passwords._derive

    def counted(password: str, salt: bytes, *, n: int, r: int, p: int, size: int) -> bytes:
        asked.append((n, r, p))
        return derive(password, salt, n=n, r=r, p=p, size=size)

    monkeypatch.setattr(passwords, "_derive", counted)
    assert people.authenticate("王管", OTHER) is None
    assert people.authenticate("nobody", OTHER) is None
    assert people.authenticate("王管", "x" * 10**6) is None
    assert asked == [asked[0]] * 3
    person = people.authenticate("王管", GOOD)
    assert person is not None


def test_a_hash_takes_long_enough_to_slow_down_guessing() -> None:
    begun = time.process_time()
    hash_password(GOOD)
    assert time.process_time() - begun > 0.02


def test_names_meet_whatever_their_case(people: UserFile) -> None:
    people.add("Zhang", OTHER, Role.WRITER)
    assert people.by_name("ＺＨＡＮＧ") is not None
    with pytest.raises(ConfigError, match="已经有用户"):
        people.add("zhang", OTHER, Role.WRITER)


@pytest.mark.parametrize("name", ["", " ", "../x", "a b", "<b>", "-x", "字" * 33, "a\n", "a/b"])
def test_odd_names_are_refused(people: UserFile, name: str) -> None:
    if name == "a\n":
        assert people.add(name, OTHER, Role.WRITER).name == "a"
        return
    with pytest.raises(ConfigError, match="用户名只能用"):
        people.add(name, OTHER, Role.WRITER)


def test_the_first_and_the_last_is_a_manager(tmp_path: Path, people: UserFile) -> None:
    with pytest.raises(ConfigError, match="第一个用户要是管理"):
        UserFile(tmp_path / "other").add("a", GOOD, Role.WRITER)
    with pytest.raises(ConfigError, match="至少要留一个管理"):
        people.remove("王管")
    with pytest.raises(ConfigError, match="至少要留一个管理"):
        people.set_role("王管", Role.WRITER)
    assert [p.role for p in people.people()] == [Role.MANAGER]


def test_a_running_server_sees_what_the_command_changed(people: UserFile) -> None:
    server = UserFile(people.path.parent)
    assert len(server.people()) == 1
    people.add("zhang", OTHER, Role.WRITER)
    assert server.by_name("zhang") is not None
    people.remove("zhang")
    assert server.by_name("zhang") is None


def test_a_new_password_ends_sessions_and_keys(people: UserFile) -> None:
    token = people.new_token("王管", "公文系统")
    before = people.by_token(token)
    assert before is not None
    after = people.set_password("王管", OTHER)
    assert after.epoch > before.epoch
    assert people.by_token(token) is None


def test_keys_are_kept_as_hashes(people: UserFile) -> None:
    token = people.new_token("王管", "公文系统")
    assert token not in people.path.read_text(encoding="utf-8")
    assert people.by_token("pgt_" + "x" * 43) is None
    assert people.by_token("") is None


def test_a_file_that_others_can_read_is_refused(people: UserFile) -> None:
    assert people.people()
    people.path.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        people.people()


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"version": 2, "users": []}', '{"version": 1, "users": [{}]}', "[" * 100_000],
)
def test_a_damaged_file_opens_the_door_to_nobody(people: UserFile, content: str) -> None:
    people.path.write_text(content)
    with pytest.raises(ConfigError, match="已损坏"):
        people.people()


def test_a_weakened_hash_is_refused(people: UserFile) -> None:
    data = json.loads(people.path.read_text())
    data["users"][0]["hash"] = "plain"
    people.path.write_text(json.dumps(data))
    with pytest.raises(ConfigError, match="已损坏"):
        people.authenticate("王管", "plain")


def test_people_added_at_once_are_all_there(people: UserFile) -> None:
    names = [f"p{i}" for i in range(6)]
    with ThreadPoolExecutor(3) as pool:
        files = [UserFile(people.path.parent) for _ in names]
        list(pool.map(lambda f, n: f.add(n, OTHER, Role.WRITER), files, names))
    assert {p.name for p in people.people()} == {"王管", *names}


def test_a_failed_write_leaves_the_old_file(
    people: UserFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    before = people.path.read_bytes()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigError, match="写不进去"):
        people.add("zhang", OTHER, Role.WRITER)
    assert people.path.read_bytes() == before
    assert not list(people.path.parent.glob("*.tmp"))
