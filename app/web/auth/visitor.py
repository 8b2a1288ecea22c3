"""Who is asking: the one thing the tabs need to know about log-in."""

from dataclasses import dataclass
from typing import Any

LOCAL_USER = "local"
SCOPE_KEY = "pingan.visitor"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sent a request: ``user_id`` names the person for ever, ``name`` is what people read.

    ``role`` is the name of a role; without log-in everyone is ``local`` with every right.
    """

    user_id: str = LOCAL_USER
    name: str = "本机"
    role: str = "管理"


LOCAL_VISITOR = Visitor()


def current_visitor(request: Any) -> Visitor:
    """The person behind a ``gr.Request`` (or any request with a scope).

    A handler gets it through a parameter annotated ``request: gr.Request``.
    """
    inner = getattr(request, "request", request)
    scope = getattr(inner, "scope", None)
    visitor = scope.get(SCOPE_KEY) if isinstance(scope, dict) else None
    return visitor if isinstance(visitor, Visitor) else LOCAL_VISITOR


def current_user(request: Any) -> str:
    """The id of the person behind a ``gr.Request``: letters, digits and ``-`` only.

    Always ``local`` where the page runs without log-in.
    """
    return current_visitor(request).user_id
