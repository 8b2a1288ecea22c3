"""``pingan users``: passwords come from a prompt or standard input, never from the command line."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.accounts.users import Role, UserFile
from app.commands.users import users
from app.core.errors import ConfigError

GOOD = "夜里的灯塔照着海面呢"
OTHER = "河岸上的风车转得很慢"


def run(home: Path, *arguments: str, given: str = "") -> Result:
    return CliRunner().invoke(users, [*arguments, "--home", str(home)], input=given)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    assert run(home, "add", "王管", given=f"{GOOD}\n").exit_code == 0
    return home


def test_the_first_person_manages(home: Path) -> None:
    (person,) = UserFile(home).people()
    assert (person.name, person.role) == ("王管", Role.MANAGER)
    assert UserFile(home).authenticate("王管", GOOD) is not None


def test_everyone_is_listed_without_secrets(home: Path) -> None:
    run(home, "add", "zhang", "--role", "审核", given=f"{OTHER}\n")
    told = run(home, "list").output
    assert "zhang　审核" in told
    assert "scrypt" not in told


def test_a_person_without_a_role_writes(home: Path) -> None:
    run(home, "add", "zhang", given=f"{OTHER}\r\n")
    found = UserFile(home).authenticate("zhang", OTHER)
    assert found is not None
    assert found.role is Role.WRITER


def test_no_password_is_taken_from_the_command_line(home: Path) -> None:
    assert run(home, "add", "zhang", OTHER).exit_code == 2
    assert run(home, "add", "zhang", "--password", OTHER).exit_code == 2
    assert isinstance(run(home, "add", "zhang").exception, ConfigError)


def test_a_typed_password_is_asked_for_twice(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter((OTHER, OTHER + "x", OTHER, OTHER))
    monkeypatch.setattr("click.prompt", lambda *_, **options: options["hide_input"] and next(typed))
    monkeypatch.setattr("app.commands.users._is_terminal", lambda: True)
    assert "两遍密码不一样" in str(run(home, "add", "zhang").exception)
    assert run(home, "add", "zhang").exit_code == 0


def test_password_role_and_removal(home: Path) -> None:
    run(home, "add", "zhang", given=f"{GOOD}\n")
    assert "已失效" in run(home, "passwd", "zhang", "--stdin", given=f"{OTHER}\n").output
    assert UserFile(home).authenticate("zhang", OTHER) is not None
    assert "现在是审核" in run(home, "role", "zhang", "审核").output
    assert "已去掉" in run(home, "remove", "zhang").output
    assert UserFile(home).by_name("zhang") is None


def test_a_key_is_told_once(home: Path) -> None:
    told = run(home, "token", "王管", "--label", "公文系统").output
    key = next(line for line in told.splitlines() if line.startswith("pgt_"))
    assert UserFile(home).by_token(key) is not None
    assert "1 个程序密钥" in run(home, "list").output


@pytest.mark.parametrize(
    "arguments", [("passwd", "nobody"), ("role", "nobody", "写稿"), ("remove", "nobody")]
)
def test_an_unknown_name_is_told(home: Path, arguments: tuple[str, ...]) -> None:
    assert "没有用户" in str(run(home, *arguments, given=f"{OTHER}\n").exception)


def test_an_empty_list_says_what_to_do(tmp_path: Path) -> None:
    assert "pingan users add" in run(tmp_path, "list").output


def test_what_was_done_is_shown(home: Path) -> None:
    run(home, "add", "zhang", given=f"{OTHER}\n")
    run(home, "role", "zhang", "审核")
    run(home, "remove", "zhang")
    told = run(home, "audit").stdout.splitlines()
    assert [line.partition("本机　")[2] for line in told] == [
        "添加用户：王管，管理",
        "添加用户：zhang，写稿",
        "改角色：zhang，审核",
        "去掉用户：zhang",
    ]
    assert len(run(home, "audit", "--who", "zhang", "--last", "2").stdout.splitlines()) == 2
    assert "改角色" in run(home, "audit", "--what", "改角色", "--json").stdout
    assert run(home, "audit", "--since", "2999-01-01").stdout == ""
    assert "没有“x”这种事" in str(run(home, "audit", "--what", "x").exception)
    assert OTHER not in "".join(p.read_text() for p in (home / "audit").iterdir())
