"""Log in and out, change one's password, manage the users: the pages that need no script."""

import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import anyio.to_thread

from app.accounts.users import Person, Role, parse_role
from app.core.audit import Actor, Deed
from app.core.errors import PinganError
from app.web.auth import html as people_pages
from app.web.auth.authenticator import AuthenticatedUser, Authenticator, Refusal, actor_for
from app.web.auth.http import (
    COOKIE,
    Answer,
    Headers,
    Receive,
    Scope,
    TooLargeError,
    client_of,
    cookie,
    header,
    json_error,
    read_form,
    redirect,
    sentence,
    set_cookie,
)
from app.web.auth.visitor import Visitor
from app.workspace.handover import Handover
from app.workspace.store import WorkspaceStore

_log = logging.getLogger(__name__)
PATHS = ("/login", "/logout", "/account", "/people")
_HTML = "text/html; charset=utf-8"
_POLICY_HEADER = ((b"content-security-policy", people_pages.POLICY.encode()),)
_NO_LOGIN = "网页没有设登录，直接打开就能用；管理员在服务器上添加用户以后，就要先登录。"
_LATE = "填的内容没有传完，请再试一次。"
_CHANGED = "密码已改，在别处的登录已失效。"


def _told_drafts(drafts: int, to: str) -> str:
    if not drafts:
        return ""
    if to:
        return f"此人的{drafts}份稿子交给了 {to}；再添加此人，就还给本人。"
    return f"此人的{drafts}份稿子都留着，可以在下面交给别人；再添加此人，就还给本人。"


def _page(html: str, status: int = 200, headers: Headers = ()) -> Answer:
    return Answer(status, html.encode(), _HTML, (*_POLICY_HEADER, *headers))


def _cookie_header(scope: Scope, value: str, max_age: int | None = None) -> Headers:
    is_secure = scope.get("scheme") == "https"
    return ((b"set-cookie", set_cookie(value, is_secure=is_secure, max_age=max_age)),)


def wants_page(scope: Scope) -> bool:
    """True for a browser that opens a page; programs want JSON."""
    return "text/html" in header(scope, b"accept")


@dataclass(frozen=True, slots=True)
class AccountPages:
    """Answers the pages for people; ``known`` is whoever asks, or ``None``."""

    door: Authenticator

    async def answer(
        self, scope: Scope, receive: Receive, known: AuthenticatedUser | None
    ) -> Answer:
        """Answer one of ``PATHS``."""
        path, method = scope["path"], scope["method"]
        if not self.door.is_needed:
            return sentence(404, _NO_LOGIN)
        if method not in ("GET", "HEAD", "POST"):
            return sentence(405, "不支持这种请求。", ((b"allow", b"GET, POST"),))
        form: dict[str, str] = {}
        try:
            if method == "POST":
                form = await read_form(receive)
        except (TooLargeError, TimeoutError) as error:
            is_late = isinstance(error, TimeoutError)
            return sentence(408, _LATE) if is_late else sentence(413, "填的内容太长。")
        if path == "/login":
            return await self._login(scope, form, known, is_post=method == "POST")
        if known is None or known.person is None:
            return redirect("./login")
        tasks: dict[
            str, Callable[[Scope, dict[str, str], AuthenticatedUser], Awaitable[Answer]]
        ] = {
            "/logout": self._logout,
            "/account": self._account,
            "/people": self._people,
        }
        return await tasks[path](scope, form, known)

    # --- log-in ----------------------------------------------------------------------------

    async def _login(
        self, scope: Scope, form: dict[str, str], known: AuthenticatedUser | None, *, is_post: bool
    ) -> Answer:
        if not is_post:
            return redirect("./") if known else _page(people_pages.login_page())
        name, password = form.get("username", ""), form.get("password", "")
        told = await self.door.check(name, password, client_of(scope))
        is_page = wants_page(scope)
        if isinstance(told, Refusal):
            status = told.status
            if status == 401:  # whoever goes on is slowed down, and need not fill the log
                _log.warning("login refused from %s", client_of(scope))
            headers: Headers = ()
            if told.wait_s:
                headers = ((b"retry-after", str(int(told.wait_s) + 1).encode()),)
            if not is_page:
                return json_error(status, told.text, headers)
            return _page(people_pages.login_page(told=told.text, name=name), status, headers)
        secret = await self._begin(told, cookie(scope, COOKIE))
        headers = _cookie_header(scope, secret)
        if is_page:
            return redirect("./", headers)
        body = json.dumps({"success": True}).encode()
        return Answer(200, body, "application/json", headers)

    async def _begin(self, person: Person, old: str = "") -> str:
        """Start a session in place of an ``old`` one; returns its secret."""

        def work() -> str:
            secret = self.door.logins.begin(person.user_id, person.epoch)
            if old:
                self.door.logins.end(old)
            return secret

        return await self.door.aside(work)

    async def _logout(
        self, scope: Scope, _form: dict[str, str], known: AuthenticatedUser
    ) -> Answer:
        if scope["method"] != "POST":
            return redirect("./account")

        def work() -> None:
            self.door.logins.end(cookie(scope, COOKIE))
            self.door.note(Deed.LOGOUT, actor_for(known.visitor, scope))

        await self.door.aside(work)
        return redirect("./login", _cookie_header(scope, "", max_age=0))

    # --- one's own account -----------------------------------------------------------------

    async def _account(
        self, scope: Scope, form: dict[str, str], known: AuthenticatedUser
    ) -> Answer:
        visitor = known.visitor
        if scope["method"] != "POST" or known.person is None:
            return _page(people_pages.account_page(visitor))
        new = form.get("new", "")
        try:
            if new != form.get("again", ""):
                return self._not_changed(visitor, "两遍新密码不一样，没有改。")
            person = await self.door.change_password(
                known.person, form.get("old", ""), new, client_of(scope)
            )
        except PinganError as error:
            return self._not_changed(visitor, error.on_page)
        headers = _cookie_header(scope, await self._begin(person))
        return _page(people_pages.account_page(visitor, told=_CHANGED), headers=headers)

    @staticmethod
    def _not_changed(visitor: Visitor, told: str) -> Answer:
        return _page(people_pages.account_page(visitor, told=told, is_error=True), 400)

    # --- everyone --------------------------------------------------------------------------

    async def _people(self, scope: Scope, form: dict[str, str], known: AuthenticatedUser) -> Answer:
        if known.visitor.role != Role.MANAGER:
            return sentence(403, "只有管理才能看用户。")
        actor = actor_for(known.visitor, scope)
        return await anyio.to_thread.run_sync(self._answer, scope["method"], form, actor)

    def _answer(self, method: str, form: dict[str, str], me: Actor) -> Answer:
        told, is_error = "", False
        people = self.door.people
        if method == "POST":
            try:
                leaving = people.by_name(form.get("name", ""))
                if form.get("do") == "remove" and leaving is not None and leaving.name != me.name:
                    drafts = self._handover.drafts_of(leaving)
                    return _page(people_pages.remove_page(leaving, drafts, people.people()))
                told = self._change(form, me)
            except PinganError as error:
                told, is_error = error.on_page, True
        waiting = self._handover.waiting()
        page = people_pages.people_page(
            people.people(), me, told=told, is_error=is_error, waiting=waiting
        )
        return _page(page, 400 if is_error else 200)

    @property
    def _handover(self) -> Handover:
        people = self.door.people
        return Handover(people, WorkspaceStore(people.path.parent))

    def _change(self, form: dict[str, str], me: Actor) -> str:
        """Do one thing to the list; returns what to tell."""
        people, name, note = self.door.people, form.get("name", ""), self.door.note
        match form.get("do"):
            case "add":
                role = parse_role(form.get("role", ""))
                person, drafts = self._handover.add(name, form.get("password", ""), role)
                note(Deed.ADDED, me, to=person.name, more=person.role)
                back = f"此人以前的{drafts}份稿子都还在。" if drafts else ""
                return f"已添加 {person.name}（{person.role}），请本人登录后改掉初始密码。{back}"
            case "role":
                person = people.set_role(name, parse_role(form.get("role", "")))
                note(Deed.ROLE, me, to=person.name, more=person.role)
                return f"{person.name} 现在是{person.role}。"
            case "passwd" if name != me.name:
                person = people.set_password(name, form.get("password", ""))
                self.door.logins.end_all(person.user_id)
                note(Deed.PASSWORD, me, to=person.name)
                return f"已改 {person.name} 的密码，此人要重新登录。"
            case "remove-sure" if name != me.name:
                to = form.get("to", "")
                person, drafts = self._handover.remove(name, to=to)
                self.door.logins.end_all(person.user_id)
                note(Deed.REMOVED, me, to=person.name)
                return f"已去掉 {person.name}。{_told_drafts(drafts, to)}"
            case "hand-out":
                receiver, drafts = self._handover.hand_out(name, form.get("to", ""))
                note(Deed.HANDED_OUT, me, to=receiver.name, more=f"{drafts}份")
                return f"{name} 的{drafts}份稿子交给了 {receiver.name}。"
            case _:
                return "没有改动：自己的密码请在“账号”里改，也不能去掉自己。"
