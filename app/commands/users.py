"""``pingan users``: who may use the page, with which role, and what has been done."""

import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.accounts.passwords import SHORTEST
from app.accounts.users import Role, UserFile, clean_name, parse_role
from app.commands.private import keep_private
from app.core.audit import AuditEntry, Deed, entries, record
from app.core.errors import ConfigError
from app.settings import load_settings

if TYPE_CHECKING:
    from app.workspace.handover import Handover

_HOME = click.option(
    "--home", type=click.Path(path_type=Path), help="数据文件夹，默认与 pingan web 相同。"
)
_STDIN = click.option(
    "--stdin", "from_stdin", is_flag=True, help="密码从标准输入读一行，供脚本使用。"
)
_ROLES = click.Choice([role.value for role in Role])


@click.group(options_metavar="[选项]", subcommand_metavar="命令 [参数]…")
def users() -> None:
    """管理能登录网页的人。添加第一个用户（管理）之后，网页就要先登录。"""


def _people(home: Path | None) -> UserFile:
    return UserFile(keep_private(load_settings(home=home).home))


def _record(people: UserFile, what: Deed, to: str, more: str = "") -> None:
    record(people.path.parent, what, to=to, more=more)


def _handover(people: UserFile) -> "Handover":
    from app.workspace.handover import Handover  # noqa: PLC0415
    from app.workspace.store import WorkspaceStore  # noqa: PLC0415  # opens the drafts

    return Handover(people, WorkspaceStore(people.path.parent))


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _ask_password(*, from_stdin: bool) -> str:
    """The password, typed twice unseen or read from standard input; never an argument."""
    if from_stdin or not _is_terminal():
        line = sys.stdin.readline()
        if not line:
            raise ConfigError("标准输入里没有密码，请输入一行密码。")
        return line.rstrip("\r\n")
    first: str = click.prompt(f"密码（至少 {SHORTEST} 个字）", hide_input=True, err=True)
    second: str = click.prompt("再输一遍", hide_input=True, err=True)
    if first != second:
        raise ConfigError("两遍密码不一样，没有保存，请重新运行一次。")
    return first


@users.command("add", options_metavar="[选项]", help="添加一个人；第一个人要是管理。")
@click.argument("name", metavar="用户名")
@click.option("--role", type=_ROLES, default=None, metavar="角色", help="写稿、审核或管理。")
@_STDIN
@_HOME
def add(name: str, role: str | None, from_stdin: bool, home: Path | None) -> None:
    """Add one person."""
    people = _people(home)
    given = parse_role(role) if role else Role.WRITER
    if not people.people() and role is None:
        given = Role.MANAGER
        click.echo("这是第一个用户，角色定为管理。", err=True)
    clean_name(name)
    password = _ask_password(from_stdin=from_stdin)
    person, drafts = _handover(people).add(name, password, given)
    _record(people, Deed.ADDED, person.name, person.role)
    back = f"此人以前的{drafts}份稿子都还在。" if drafts else ""
    click.echo(f"已添加 {person.name}（{person.role}）。{back}正在运行的网页立刻生效。")


@users.command("list", options_metavar="[选项]", help="列出所有人和角色。")
@_HOME
def list_people(home: Path | None) -> None:
    """List everyone, without anything secret."""
    people = _people(home).people()
    if not people:
        click.echo(
            "还没有用户：网页只在本机打开，不用登录。用 pingan users add 用户名 添加第一个。"
        )
    for person in people:
        tokens = f"，{len(person.tokens)} 个程序密钥" if person.tokens else ""
        click.echo(f"{person.name}　{person.role}　{person.created[:10]} 添加{tokens}")


@users.command(
    "passwd", options_metavar="[选项]", help="改一个人的密码；此人在别处的登录全部失效。"
)
@click.argument("name", metavar="用户名")
@_STDIN
@_HOME
def passwd(name: str, from_stdin: bool, home: Path | None) -> None:
    """Change a password."""
    people = _people(home)
    if people.by_name(name) is None:
        raise ConfigError(f"没有用户 {name}，请用 pingan users list 看有哪些。")
    person = people.set_password(name, _ask_password(from_stdin=from_stdin))
    _record(people, Deed.PASSWORD, person.name)
    click.echo(f"已改 {person.name} 的密码，原来的登录和程序密钥都已失效。")


@users.command("role", options_metavar="[选项]", help="改一个人的角色。")
@click.argument("name", metavar="用户名")
@click.argument("role", type=_ROLES, metavar="角色")
@_HOME
def set_role(name: str, role: str, home: Path | None) -> None:
    """Give a person another role."""
    people = _people(home)
    person = people.set_role(name, parse_role(role))
    _record(people, Deed.ROLE, person.name, person.role)
    click.echo(f"{person.name} 现在是{person.role}，立刻生效。")


@users.command("remove", options_metavar="[选项]", help="去掉一个人；此人的稿子留着，或交给别人。")
@click.argument("name", metavar="用户名")
@click.option("--to", default="", metavar="用户名", help="稿子交给谁；不写就留着，以后再分派。")
@_HOME
def remove(name: str, to: str, home: Path | None) -> None:
    """Remove a person."""
    people = _people(home)
    person, drafts = _handover(people).remove(name, to=to)
    _record(people, Deed.REMOVED, person.name)
    click.echo(f"已去掉 {person.name}，登录和程序密钥都已失效。")
    if drafts:
        kept = f"交给了 {to}" if to else "都留着，可以在网页右上角“用户”里交给别人"
        click.echo(f"此人的{drafts}份稿子{kept}；再添加此人，就还给本人。")


@users.command(
    "token", options_metavar="[选项]", help="给别的程序一个密钥，以这个人的身份调用接口。"
)
@click.argument("name", metavar="用户名")
@click.option("--label", default="", metavar="名称", help="给哪个程序用。")
@_HOME
def token(name: str, label: str, home: Path | None) -> None:
    """Print a new key for a program, once."""
    people = _people(home)
    secret = people.new_token(name, label)
    _record(people, Deed.TOKEN, name)
    click.echo("密钥只显示这一次，请保存在只有那个程序能读的地方：", err=True)
    click.echo(secret)


@users.command(
    "audit",
    options_metavar="[选项]",
    help="看操作记录：谁、什么时候、从哪里、做了什么；里面没有稿件的字。",
)
@click.option("--who", default="", metavar="用户名", help="只看这个人做的，或对这个人做的。")
@click.option("--what", multiple=True, metavar="事项", help="只看这种事，可写多次，如 登录失败。")
@click.option("--since", type=click.DateTime(("%Y-%m-%d",)), help="从哪一天起，如 2025-12-01。")
@click.option("--last", default=50, show_default=True, help="最近多少条；0 是全部。")
@click.option("--json", "is_json", is_flag=True, help="一行一个 JSON，供程序使用。")
@_HOME
def audit(
    who: str,
    what: tuple[str, ...],
    since: datetime | None,
    last: int,
    is_json: bool,
    home: Path | None,
) -> None:
    """Show what has been done."""
    unknown = [name for name in what if name not in set(Deed)]
    if unknown:
        raise ConfigError(f"没有“{unknown[0]}”这种事，请用 {'、'.join(Deed)} 之一。")
    begin = f"{since:%Y-%m-%d}" if since else ""
    found = [
        entry
        for entry in entries(_people(home).path.parent)
        if entry.time >= begin
        and (not who or who in (entry.who, entry.to))
        and (not what or entry.what in what)
    ]
    for entry in found[-last:] if last else found:
        click.echo(json.dumps(asdict(entry), ensure_ascii=False) if is_json else _told(entry))
    if not found:
        click.echo("没有这样的操作记录。", err=True)


def _told(entry: AuditEntry) -> str:
    when = entry.time[:19].replace("T", " ")
    rest = "，".join(part for part in (entry.to, entry.more) if part)
    return f"{when}　{entry.who}　{entry.address or '—'}　{entry.what}{'：' if rest else ''}{rest}"
