"""The web application: Gradio's own, behind the layers that keep people apart."""

import logging
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.routes import App, ORJSONResponse
from starlette.requests import Request
from starlette.responses import Response

from app.core.faults import log_line
from app.web.desk_owner import BrowserMiddleware
from app.web.middleware import PageMiddleware, failure
from app.web.people import SCOPE_KEY, current_user
from app.web.people_access import PageGuard
from app.web.people_files import FileOwners
from app.web.people_gate import Gate
from app.web.people_login import Doorkeeper
from app.web.people_proxy import Proxies
from app.web.people_upload import Uploads

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Front:
    """What stands in front of a page."""

    page: gr.Blocks
    door: Doorkeeper
    owners: FileOwners
    hosts: frozenset[str] | None
    proxies: Proxies


async def _on_crash(request: Request, error: Exception) -> Response:
    _log.error("request failed: %s", log_line(error))
    answer = failure(request.scope, error)
    return Response(answer.body, answer.status, media_type=answer.content_type)


def _user_of(request: Any) -> str | None:
    """The name that Gradio puts down for a request; who it is has been settled before."""
    return current_user(request) if SCOPE_KEY in request.scope else None


class _OfficeApp(App):
    """Gradio's application; the layers go outside everything it adds itself."""

    front: Front
    guard: PageGuard

    def build_middleware_stack(self) -> Any:
        """Headers and frame outermost, then the gate, then Gradio."""
        front = self.front
        inner = super().build_middleware_stack()
        gate = Gate(inner, front.door, front.owners, self.guard, Uploads(front.owners))
        named = BrowserMiddleware(gate)
        return PageMiddleware(named, hosts=front.hosts, proxies=front.proxies)


def office_app(front: Front) -> App:
    """The application that serves ``front.page``, every function of it guarded."""
    guard = PageGuard.install(front.page, front.owners)
    app = _OfficeApp(
        auth_dependency=_user_of,
        default_response_class=ORJSONResponse,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        exception_handlers={Exception: _on_crash},
    )
    app.front, app.guard = front, guard
    return app
