"""The pages for people: log-in, one's own account, and the list of users. They need no script."""

import base64
from collections.abc import Iterable
from hashlib import sha256
from html import escape

from app.accounts.passwords import LONGEST, SHORTEST
from app.accounts.users import Person, Role
from app.core.audit import Actor
from app.resources import STATIC
from app.web.auth.visitor import Visitor
from app.workspace.handover import Waiting

_STYLE = (STATIC / "people.css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(sha256(_STYLE.encode()).digest()).decode("ascii")
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
TITLE = "平安建设工作总结"
_DO = {
    "写稿": "起草、核查、搜知识库",
    "审核": "另加审阅",
    "管理": "全部，包括用户、知识库和评测",
}


def _frame(title: str, body: str, *, is_wide: bool = False, head: str = "", link: str = "") -> str:
    kind = ' class="wide"' if is_wide else ""
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'{head}<title>{escape(title)} · {TITLE}</title><link rel="icon" href="favicon.ico">'
        f"<style>{_STYLE}</style></head><body><header>"
        f'<div class="seal" aria-hidden="true">平</div><h1>{TITLE}</h1>{link}</header>'
        f"<main{kind}>{body}</main></body></html>"
    )


def _told(text: str, *, is_error: bool) -> str:
    if not text:
        return ""
    kind, role = (" error", "alert") if is_error else ("", "status")
    return f'<p class="told{kind}" role="{role}">{escape(text)}</p>'


def login_page(*, told: str = "", name: str = "", is_error: bool = True) -> str:
    """The log-in; what went wrong stands above the fields, the name stays."""
    focus_name, focus_word = ("", " autofocus") if name else (" autofocus", "")
    return _frame(
        "登录",
        '<section class="login"><h2>登录</h2>'
        f"{_told(told, is_error=is_error)}"
        '<form method="post" action="login">'
        '<label for="username">用户名</label><input id="username" name="username" required '
        f'maxlength="64" autocomplete="username" autocapitalize="none" spellcheck="false" '
        f'value="{escape(name[:64])}"{focus_name}>'
        '<label for="password">密码</label><input id="password" name="password" type="password" '
        f'required maxlength="{LONGEST}" autocomplete="current-password"{focus_word}>'
        "<button>登录</button></form>"
        '<p class="hint">没有用户名，或忘了密码，请找本单位的管理员。</p></section>',
    )


def bounce_page() -> str:
    """Ask once more from here: a link from another site brings no cookie along."""
    return _frame(
        "请稍候",
        '<section><p>正在打开……</p><p><a href="./">没有反应就点这里</a></p></section>',
        head='<meta http-equiv="refresh" content="0;url=./">',
    )


def _new_password(label: str, field: str) -> str:
    return (
        f'<label for="{field}">{label}</label><input id="{field}" name="{field}" type="password" '
        f'required minlength="{SHORTEST}" maxlength="{LONGEST}" autocomplete="new-password">'
    )


def account_page(visitor: Visitor, *, told: str = "", is_error: bool = False) -> str:
    """One's own name, role and password."""
    manage = '<p><a href="people">管理用户</a></p>' if visitor.role == Role.MANAGER else ""
    body = (
        f"<section><h2>{escape(visitor.name)}</h2>{_told(told, is_error=is_error)}"
        f"<p>角色：{escape(visitor.role)}（{_DO.get(visitor.role, '')}）</p>{manage}"
        '<form method="post" action="account"><label for="old">现在的密码</label>'
        f'<input id="old" name="old" type="password" required maxlength="{LONGEST}" '
        'autocomplete="current-password">'
        f"{_new_password(f'新密码（至少 {SHORTEST} 个字）', 'new')}"
        f"{_new_password('再输一遍新密码', 'again')}<button>改密码</button></form>"
        '<p class="hint">改了以后，在别的电脑上的登录和程序密钥都会失效。</p></section>'
        '<section><form method="post" action="logout">'
        '<button class="plain">退出登录</button></form></section>'
    )
    return _frame("账号", body, link='<a href="./">返回</a>')


def _options(chosen: str) -> str:
    return "".join(
        f'<option value="{role}"{" selected" if role == chosen else ""}>{role}</option>'
        for role in Role
    )


def _form(action: str, name: str, inner: str) -> str:
    return (
        '<form method="post" action="people">'
        f'<input type="hidden" name="do" value="{action}">'
        f'<input type="hidden" name="name" value="{escape(name)}">{inner}</form>'
    )


def _row(person: Person, me: str) -> str:
    name = escape(person.name)
    role = _form(
        "role",
        person.name,
        f'<select name="role" aria-label="{name} 的角色">{_options(person.role)}</select>'
        '<button class="plain">改角色</button>',
    )
    word = _form(
        "passwd",
        person.name,
        f'<input name="password" type="password" required minlength="{SHORTEST}" '
        f'maxlength="{LONGEST}" autocomplete="new-password" aria-label="{name} 的新密码" '
        'placeholder="新密码"><button class="plain">改密码</button>',
    )
    remove = _form("remove", person.name, '<button class="danger">去掉这个人</button>')
    more = f"<details><summary>改密码、去掉</summary>{word}{remove}</details>"
    mine = "（自己）" if person.user_id == me else ""
    keys = f"{len(person.tokens)} 个程序密钥" if person.tokens else ""
    return (
        f"<tr><td><b>{name}</b>{mine}</td><td>{role}</td>"
        f"<td>{escape(person.created[:10])} {keys}</td><td>{'' if mine else more}</td></tr>"
    )


def _receivers(people: Iterable[Person], label: str, first: str = "") -> str:
    names = "".join(f"<option>{escape(p.name)}</option>" for p in people)
    none = f'<option value="">{escape(first)}</option>' if first else ""
    return f'<select name="to" aria-label="{escape(label)}">{none}{names}</select>'


def remove_page(person: Person, drafts: int, people: Iterable[Person]) -> str:
    """Ask before somebody is removed, and where the drafts go."""
    others = [other for other in people if other.user_id != person.user_id]
    name = escape(person.name)
    left = (
        f'<label for="to">此人有 {drafts} 份稿子，交给谁</label>'
        + _receivers(others, "稿子交给谁", "先留着，以后由管理分派").replace(
            "<select ", '<select id="to" ', 1
        )
        + '<p class="hint">稿子一份不删；以后再添加此人，就还给本人。</p>'
        if drafts
        else '<p class="hint">此人没有稿子。</p>'
    )
    body = (
        f"<section><h2>去掉 {name}？</h2><p>去掉以后，此人不能再登录，正在用的马上退出，"
        "程序密钥作废。</p>"
        '<form method="post" action="people"><input type="hidden" name="do" value="remove-sure">'
        f'<input type="hidden" name="name" value="{name}">{left}'
        '<button class="danger">去掉这个人</button></form>'
        '<p><a href="people">不去掉，返回</a></p></section>'
    )
    return _frame("去掉一个人", body, link='<a href="people">返回</a>')


def _waiting_section(waiting: Iterable[Waiting], people: Iterable[Person]) -> str:
    receivers = _receivers(people, "交给谁")
    rows = "".join(
        f"<tr><td><b>{escape(one.person.name)}</b></td><td>{one.drafts} 份稿子</td><td>"
        + _form("hand-out", one.person.name, f'{receivers}<button class="plain">交给此人</button>')
        + "</td></tr>"
        for one in waiting
    )
    if not rows:
        return ""
    return (
        '<section><h2>离开的人留下的稿子</h2><table><thead><tr><th scope="col">离开的人</th>'
        '<th scope="col">稿子</th><th scope="col">交给</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
        '<p class="hint">再添加离开的人，稿子就还给本人；接手的人改过的，两个人各有一份。</p>'
        "</section>"
    )


def people_page(
    people: Iterable[Person],
    me: Visitor | Actor,
    *,
    told: str = "",
    is_error: bool = False,
    waiting: Iterable[Waiting] = (),
) -> str:
    """Everyone, for 管理: add, change, remove; and the drafts of those who have left."""
    people = tuple(people)
    rows = "".join(_row(person, me.user_id) for person in people)
    roles = "；".join(f"{role}：{what}" for role, what in _DO.items())
    body = (
        f"{_told(told, is_error=is_error)}<section><h2>用户</h2><table><thead><tr>"
        '<th scope="col">用户名</th><th scope="col">角色</th><th scope="col">添加日期</th>'
        f'<th scope="col">其他</th></tr></thead><tbody>{rows}</tbody></table>'
        f'<p class="hint">{roles}。改角色、改密码立刻生效。</p></section>'
        f"{_waiting_section(waiting, people)}"
        '<section><h2>添加一个人</h2><form method="post" action="people">'
        '<input type="hidden" name="do" value="add"><div class="row"><div>'
        '<label for="name">用户名</label><input id="name" name="name" required maxlength="32" '
        'autocomplete="off"></div><div><label for="role">角色</label>'
        f'<select id="role" name="role">{_options(Role.WRITER)}</select></div></div>'
        f"{_new_password(f'初始密码（至少 {SHORTEST} 个字，请本人登录后改掉）', 'password')}"
        "<button>添加</button></form></section>"
    )
    return _frame("用户", body, is_wide=True, link='<a href="./">返回</a>')


def visitor_bar(visitor: Visitor) -> str:
    """Who is logged in and the way out, at the top of the main page."""
    manage = '<a href="people">用户</a>' if visitor.role == Role.MANAGER else ""
    return (
        '<nav class="who" aria-label="登录的人">'
        f"<span><b>{escape(visitor.name)}</b>（{escape(visitor.role)}）</span>{manage}"
        '<a href="account">账号</a><form method="post" action="logout">'
        "<button>退出</button></form></nav>"
    )


BAR_SCRIPT = (STATIC / "people.js").read_text(encoding="utf-8")
BAR_CSS = (
    ".expired{position:fixed;z-index:1000;top:0;left:0;right:0;padding:12px 20px;text-align:center;"
    'background:#fdf1cd;color:#7c4a03;font:15px/1.6 "PingFang SC","Microsoft YaHei",sans-serif;'
    "border-bottom:1px solid #e5c877}.expired a{color:#1b4276;font-weight:600;margin:0 4px}"
    "nav.who{position:absolute;top:12px;right:22px;z-index:20;display:flex;align-items:center;"
    'gap:14px;font:14px/1.4 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;'
    "color:#425466}nav.who a,nav.who button{color:#1b4276;background:none;border:0;padding:6px 2px;"
    "font:inherit;cursor:pointer;text-decoration:underline}nav.who form{margin:0}"
    "nav.who a:focus-visible,nav.who button:focus-visible{outline:3px solid #8fb3da}"
    "body .brand{padding-right:340px!important}"
    "@media (max-width:900px){nav.who{position:static;justify-content:flex-end;flex-wrap:wrap;"
    "padding:6px 14px;background:#fff;border-bottom:1px solid #d9dfe7;gap:2px 14px}"
    "body .brand{padding-right:2px!important}}"
)
