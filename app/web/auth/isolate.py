"""Keep people apart: a session's name is only good for whoever it was told to."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode
from uuid import uuid4

from app.web.auth.http import Scope

API = "/gradio_api"
ONE_CALL = "call-"  # begins the name of a session made for one call of another program
SERVER_CALL = f"{API}/component_server"
MOST_JSON_BYTES = 32 * 2**20
MOST_UPLOAD_BYTES = 400 * 2**20
_HASH = re.compile(r"[0-9A-Za-z_\-]{1,64}")
_BY_NAME = re.compile(rf"{API}/call/v2/(?P<function>[A-Za-z0-9_]+)/?")
_NAMED_JOB = re.compile(rf"{API}/call/(?:v2/)?[A-Za-z0-9_]+/(?P<event>[0-9a-f]{{1,64}})")
_HEARTBEAT = re.compile(rf"{API}/heartbeat/(?P<hash>[^/]+)")

# The only addresses of Gradio that the page and its clients need; nothing else is answered.
_READ = re.compile(
    rf"/|/(?:config|favicon\.ico|robots\.txt|theme\.css|manifest\.json)/?"
    rf"|/(?:assets|static|svelte)/.+"
    rf"|{API}/(?:info|app_id|theme\.css|login_check)/?"
    rf"|{API}/(?:queue/data|upload_progress)|{API}/heartbeat/[^/]+|{API}/file=.+"
    rf"|{API}/call/(?:v2/)?[A-Za-z0-9_]+/[0-9a-f]+"
)
_WRITE = re.compile(
    rf"{API}/(?:queue/join|cancel|reset|upload|component_server)/?"
    rf"|{API}/(?:call|call/v2|run|api)/[A-Za-z0-9_]+/?"
)


class NotYoursError(Exception):
    """A request names a session, job or file of somebody else, or is malformed."""


def is_offered(method: str, path: str) -> bool:
    """Whether the page answers at this address at all."""
    if method in ("GET", "HEAD"):
        return _READ.fullmatch(path) is not None
    return method == "POST" and _WRITE.fullmatch(path) is not None


def own_hash(told: object, user_id: str) -> str:
    """The session's name on the server: the browser's, below the person's.

    Raises:
        NotYoursError: it is no name.
    """
    if not isinstance(told, str) or not _HASH.fullmatch(told):
        raise NotYoursError("会话名称不对")
    return f"{user_id}.{told}"


def own_body(body: bytes, path: str, user_id: str) -> tuple[bytes, dict[str, Any]]:
    """A request's JSON with its session's name changed, and what it holds.

    Raises:
        NotYoursError: it is no object.
    """
    try:
        data = json.loads(body) if body else {}
    except (ValueError, RecursionError) as error:
        raise NotYoursError("内容不是 JSON") from error
    if not isinstance(data, dict):
        raise NotYoursError("内容不是 JSON 对象")
    if data.get("session_hash") is not None:
        data["session_hash"] = own_hash(data["session_hash"], user_id)
    elif path.rstrip("/") == SERVER_CALL:
        raise NotYoursError("没有会话名称")
    elif path.startswith(f"{API}/call/"):
        data["session_hash"] = own_hash(f"{ONE_CALL}{uuid4().hex}", user_id)
    return json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass"), data


def own_query(scope: Scope, user_id: str) -> bytes:
    """The query with the names of sessions and uploads changed.

    Raises:
        NotYoursError: one of them is no name.
    """
    raw: bytes = scope.get("query_string", b"")
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, max_num_fields=40)
    except (UnicodeDecodeError, ValueError) as error:
        raise NotYoursError("地址不对") from error
    changed = [
        (k, own_hash(v, user_id) if k in ("session_hash", "upload_id") else v) for k, v in pairs
    ]
    return urlencode(changed).encode("ascii") if changed != pairs else raw


def own_path(path: str, user_id: str) -> str:
    """The path with the name of its session changed.

    Raises:
        NotYoursError: it is no name.
    """
    found = _HEARTBEAT.fullmatch(path)
    return f"{API}/heartbeat/{own_hash(found['hash'], user_id)}" if found else path


def set_path(scope: Scope, path: str) -> None:
    """Let the request go to another path."""
    if path != scope["path"]:
        scope["path"] = path
        scope["raw_path"] = quote(path, safe="/=._-~").encode("ascii")


def function_of(path: str) -> str:
    """The function whose arguments a call gives by their names; empty for any other request."""
    found = _BY_NAME.fullmatch(path)
    return found["function"] if found else ""


def job_of(path: str) -> str:
    """The job a path asks for; empty where it asks for none."""
    found = _NAMED_JOB.fullmatch(path)
    return found["event"] if found else ""


def file_of(path: str) -> str:
    """The file a path asks for; empty where it asks for none."""
    start = f"{API}/file="
    return path[len(start) :] if path.startswith(start) else ""


def session_of(page: Any, job: str) -> str:
    """The session of a queued or finished job; empty where there is no such job."""
    queue = page._queue
    event = queue.event_ids_to_events.get(job)
    if event is not None:
        return str(event.session_hash)
    sessions = list(queue.pending_event_ids_session.items())
    return next((str(session) for session, jobs in sessions if job in jobs), "")


def owns_job(page: Any, job: str, user_id: str) -> bool:
    """Whether a queued or finished job is this person's."""
    return session_of(page, job).startswith(f"{user_id}.")
