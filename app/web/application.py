"""The web application: Gradio's own, behind the layers that keep people apart."""

import logging
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from app.core.faults import log_line
from app.web import theme
from app.web.api.owner import BrowserMiddleware
from app.web.auth.access import PageGuard
from app.web.auth.authenticator import Authenticator
from app.web.auth.files import FileOwners
from app.web.auth.http import Asgi
from app.web.auth.middleware import AccountMiddleware
from app.web.auth.proxy import Proxies
from app.web.auth.token_gate import TokenGate
from app.web.auth.upload import Uploads
from app.web.auth.visitor import SCOPE_KEY, current_user
from app.web.middleware import PageMiddleware, failure
from app.web.workspace import MAX_UPLOAD_BYTES

_log = logging.getLogger(__name__)
_MOST_SESSIONS = 1000  # open pages; beyond, the one longest untouched forgets its document


@dataclass(frozen=True, slots=True)
class Front:
    """What stands in front of a page."""

    page: gr.Blocks
    door: Authenticator
    owners: FileOwners
    hosts: frozenset[str] | None
    proxies: Proxies
    token: str = field(default="", repr=False)
    port: int = 0


async def _on_crash(request: Request, error: Exception) -> Response:
    _log.error("request failed: %s", log_line(error))
    answer = failure(request.scope, error)
    return Response(answer.body, answer.status, media_type=answer.content_type)


def _user_of(request: Any) -> str | None:
    """The name that Gradio puts down for a request; who it is has been settled before."""
    return current_user(request) if SCOPE_KEY in request.scope else None


def office_app(front: Front) -> Any:
    """The application that serves ``front.page``, every function of it guarded.

    Headers and frame are outermost, then the gate, then Gradio.
    """
    guard = PageGuard.install(front.page, front.owners, front.door.home)
    front.page.state_session_capacity = _MOST_SESSIONS
    inner = gr.mount_gradio_app(
        FastAPI(docs_url=None, redoc_url=None, openapi_url=None),
        front.page,
        path="/",
        app_kwargs={
            "docs_url": None,
            "redoc_url": None,
            "openapi_url": None,
            "exception_handlers": {Exception: _on_crash},
        },
        auth_dependency=_user_of,
        root_path=front.proxies.root_path,
        allowed_paths=[],
        favicon_path=str(theme.FAVICON),
        show_error=False,
        max_file_size=MAX_UPLOAD_BYTES,
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=theme.page_theme(),
        css=theme.page_css(),
    )
    gate = AccountMiddleware(inner, front.door, front.owners, guard, Uploads(front.owners))
    named: Asgi = BrowserMiddleware(gate)
    if front.token:
        named = TokenGate(named, front.token, front.port)
    return PageMiddleware(named, hosts=front.hosts, proxies=front.proxies)
