"""The layer in front of the page: who asks, what is offered, and whose everything is."""

import json
import logging
import time
from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread

from app.accounts.sessions import BusyError
from app.core.audit import ACTOR, Deed
from app.core.errors import ConfigError
from app.core.faults import log_line
from app.web.auth.access import PageGuard
from app.web.auth.account_pages import PATHS, AccountPages, wants_page
from app.web.auth.authenticator import AuthenticatedUser, Authenticator, Refusal, actor_for
from app.web.auth.files import FileOwners
from app.web.auth.html import POLICY, bounce_page
from app.web.auth.http import (
    LET_IN,
    Answer,
    Asgi,
    Message,
    Receive,
    Scope,
    Send,
    TooLargeError,
    header,
    is_same_origin,
    json_error,
    read_body,
    redirect,
    replay,
    sentence,
)
from app.web.auth.isolate import (
    API,
    MOST_JSON_BYTES,
    MOST_UPLOAD_BYTES,
    ONE_CALL,
    SERVER_CALL,
    NotYoursError,
    file_of,
    function_of,
    is_offered,
    job_of,
    own_body,
    own_path,
    own_query,
    owns_job,
    session_of,
    set_path,
)
from app.web.auth.memory import forget_answered
from app.web.auth.upload import Uploads
from app.web.auth.visitor import SCOPE_KEY

_log = logging.getLogger(__name__)
_RECHECK_S = 3.0
_SOON_READ_BYTES = 2**20
_NOT_YOURS = "您的角色不能做这一步，需要的话请找管理员调整。"
_UPLOAD = f"{API}/upload"
_LOGIN_FIRST = "还没有登录，或登录已过期，请先登录。"
_FOREIGN = "这个请求是别的网站发起的，没有执行；请直接在本网页上操作。"
_OPEN = ("/favicon.ico", "/robots.txt")  # asked before anyone can log in
# A browser asks for these by itself; they do not keep a log-in alive.
_BACKGROUND = (f"{API}/heartbeat/", f"{API}/upload_progress", "/theme.css", "/manifest.json")


class _RefusedError(Exception):
    """A request that is not passed on; ``answer`` is what is sent instead."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class AccountMiddleware:
    """Lets through what people may have; ``guard`` knows the page behind it."""

    app: Asgi
    door: Authenticator
    owners: FileOwners
    guard: PageGuard
    uploads: Uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        try:
            try:
                known = await self._known(scope)
                if scope["path"] in PATHS:
                    answer = await AccountPages(self.door).answer(scope, receive, known)
                    await answer.send(send)
                    return
            except ConfigError as error:
                _log.error("the files of people or log-ins fail: %s", type(error).__name__)
                raise _RefusedError(sentence(503, error.on_page)) from error
            if known is None:
                await self.app(scope, receive, send)
                return
            scope[SCOPE_KEY] = known.visitor
            scope.get(LET_IN, lambda: None)()
            ACTOR.set(actor_for(known.visitor, scope))
            await self._let_in(scope, receive, send, known)
        except _RefusedError as refused:
            await refused.answer.send(send)

    async def _known(self, scope: Scope) -> AuthenticatedUser | None:
        """Who asks; ``None`` for what anybody may have."""
        path = scope["path"]
        is_read = scope["method"] in ("GET", "HEAD")
        if not (is_read and path in ("/", "", *PATHS)) and not is_same_origin(scope):
            raise _RefusedError(json_error(403, _FOREIGN))
        if is_read and path in _OPEN:
            return None
        known = await self.door.identify(scope, is_active=not path.startswith(_BACKGROUND))
        if isinstance(known, Refusal):
            headers = ((b"www-authenticate", b"Bearer"),) if known.status == 401 else ()
            raise _RefusedError(json_error(known.status, known.text, headers))
        if known is None and path not in PATHS:
            raise _RefusedError(self._please_log_in(scope))
        return known

    @staticmethod
    def _please_log_in(scope: Scope) -> Answer:
        if scope["path"] not in ("/", "") or scope["method"] not in ("GET", "HEAD"):
            return json_error(401, _LOGIN_FIRST)
        site = header(scope, b"sec-fetch-site")
        if site in ("cross-site", "same-site") and wants_page(scope):
            headers = ((b"content-security-policy", POLICY.encode()),)
            return Answer(200, bounce_page().encode(), "text/html; charset=utf-8", headers)
        return redirect("./login")

    async def _let_in(
        self, scope: Scope, receive: Receive, send: Send, known: AuthenticatedUser
    ) -> None:
        path, user_id = scope["path"], known.visitor.user_id
        self._require_offered(scope["method"], path or "/", user_id)
        try:
            scope["query_string"] = own_query(scope, user_id)
            set_path(scope, own_path(path, user_id))
            if path.rstrip("/") == _UPLOAD:
                answer = await self.uploads.take(scope, receive, user_id)
                await answer.send(send)
                return
            if scope["method"] == "POST":
                receive = await self._own(scope, receive, known)
        except TooLargeError as error:
            limit = MOST_UPLOAD_BYTES if path.startswith(_UPLOAD) else MOST_JSON_BYTES
            told = f"一次发来的内容超过 {limit // 2**20} MB，请分几次。"
            raise _RefusedError(json_error(413, told)) from error
        except NotYoursError as error:
            raise _RefusedError(json_error(400, "请求的内容不对。")) from error
        if file_of(path):
            await self._note_download(scope, known)
        watched = _Watched(send, self.door, known) if known.person else None
        job = job_of(path)
        session = session_of(self.guard.page, job) if job else ""
        await self.app(scope, receive, watched.send if watched else send)
        if f".{ONE_CALL}" in session:
            forget_answered(self.guard.page, session)

    async def _note_download(self, scope: Scope, known: AuthenticatedUser) -> None:
        """Put a download down: its kind alone, for its name may be a draft's title."""
        kind = Path(file_of(scope["path"])).suffix[:10]
        actor = actor_for(known.visitor, scope)
        await self.door.aside(lambda: self.door.note(Deed.DOWNLOAD, actor, to=kind))

    def _require_offered(self, method: str, path: str, user_id: str) -> None:
        if not is_offered(method, path):
            raise _RefusedError(sentence(404, "没有这个地址。"))
        file, job = file_of(path), job_of(path)
        if file and not self.owners.may_read(file, user_id):
            raise _RefusedError(sentence(403, "这个文件不是您的，或者已经清理。"))
        if job and not owns_job(self.guard.page, job, user_id):
            raise _RefusedError(json_error(404, "没有这项任务。"))

    async def _own(self, scope: Scope, receive: Receive, known: AuthenticatedUser) -> Receive:
        """The body, with the session's name made this person's."""
        told, user_id = await read_body(receive, MOST_JSON_BYTES), known.visitor.user_id
        if function := function_of(scope["path"]):
            told = self._by_place(function, told)
            set_path(scope, f"{API}/call/{function}")
        if len(told) < _SOON_READ_BYTES:
            body, data = own_body(told, scope["path"], user_id)
        else:
            body, data = await anyio.to_thread.run_sync(own_body, told, scope["path"], user_id)
        path = scope["path"].rstrip("/")
        if path == SERVER_CALL and not self.guard.may_reach(
            known.visitor, data.get("component_id")
        ):
            raise _RefusedError(json_error(403, _NOT_YOURS))
        if path == f"{API}/cancel":
            job = data.get("event_id")
            session = session_of(self.guard.page, job) if isinstance(job, str) else ""
            if session and not session.startswith(f"{user_id}."):
                raise NotYoursError("任务不对")
        scope["headers"] = [
            (k, str(len(body)).encode() if k == b"content-length" else v)
            for k, v in scope["headers"]
        ]
        return replay(body, receive)

    def _by_place(self, function: str, told: bytes) -> bytes:
        """The body of a call whose arguments were given by name, as of one by place."""
        try:
            given = json.loads(told)
        except (ValueError, RecursionError) as error:
            raise NotYoursError("内容不是 JSON") from error
        if not isinstance(given, dict):
            raise NotYoursError("内容不是 JSON 对象")
        return json.dumps({"data": self.guard.arguments(function, given)}).encode()


class _Watched:
    """Ends a stream once the log-in behind it has ended."""

    def __init__(self, send: Send, door: Authenticator, known: AuthenticatedUser) -> None:
        self._send, self._door, self._known = send, door, known
        self._next = time.monotonic() + _RECHECK_S
        self._is_over = False

    async def send(self, message: Message) -> None:
        if self._is_over:
            return
        if message["type"] == "http.response.body" and message.get("more_body"):
            now = time.monotonic()
            if now >= self._next:
                self._next = now + _RECHECK_S
                if not await self._holds():
                    self._is_over = True
                    told = {"msg": "unexpected_error", "message": _LOGIN_FIRST, "success": False}
                    last = f"data: {json.dumps(told, ensure_ascii=False)}\n\n".encode()
                    await self._send({"type": "http.response.body", "body": last})
                    return
        await self._send(message)

    async def _holds(self) -> bool:
        try:
            return await self._door.aside(lambda: self._door.still_holds(self._known))
        except BusyError:
            return True  # asked again in a moment
        except ConfigError as error:
            _log.error("a stream is ended: %s", log_line(error))
            return False
