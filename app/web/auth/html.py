"""The pages for people: log-in, one's own account, and the list of users. They need no script."""

import base64
from collections.abc import Iterable
from hashlib import sha256

from app.accounts.passwords import LONGEST, SHORTEST
from app.accounts.users import Person, Role
from app.core.audit import Actor
from app.formats.rendering import render, source
from app.web.auth.visitor import Visitor
from app.workspace.handover import WaitingDrafts

_FILE = "web/people.html"
_STYLE_HASH = base64.b64encode(sha256(source("static/people.css").encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_DO = {
    "写稿": "起草、核查、搜知识库",
    "审核": "另加审阅",
    "管理": "全部，包括用户、知识库和评测",
}
_BOUNDS = {"shortest": SHORTEST, "longest": LONGEST}


def login_page(*, told: str = "", name: str = "", is_error: bool = True) -> str:
    """The log-in; what went wrong stands above the fields, the name stays."""
    return render(_FILE, "login", told=told, name=name[:64], is_error=is_error, longest=LONGEST)


def bounce_page() -> str:
    """Ask once more from here: a link from another site brings no cookie along."""
    return render(_FILE, "bounce")


def account_page(visitor: Visitor, *, told: str = "", is_error: bool = False) -> str:
    """One's own name, role and password."""
    return render(
        _FILE,
        "account",
        visitor=visitor,
        may=_DO.get(visitor.role, ""),
        is_manager=visitor.role == Role.MANAGER,
        told=told,
        is_error=is_error,
        **_BOUNDS,
    )


def remove_page(person: Person, drafts: int, people: Iterable[Person]) -> str:
    """Ask before somebody is removed, and where the drafts go."""
    others = [other for other in people if other.user_id != person.user_id]
    return render(_FILE, "remove", person=person, drafts=drafts, others=others)


def people_page(
    people: Iterable[Person],
    me: Visitor | Actor,
    *,
    told: str = "",
    is_error: bool = False,
    waiting: Iterable[WaitingDrafts] = (),
) -> str:
    """Everyone, for 管理: add, change, remove; and the drafts of those who have left."""
    return render(
        _FILE,
        "people",
        people=tuple(people),
        me=me,
        duties=_DO,
        first_role=Role.WRITER,
        told=told,
        is_error=is_error,
        waiting=tuple(waiting),
        **_BOUNDS,
    )


def visitor_bar(visitor: Visitor) -> str:
    """Who is logged in and the way out, at the top of the main page."""
    return render(_FILE, "bar", visitor=visitor, is_manager=visitor.role == Role.MANAGER)


def page_head(*, is_known: bool, hidden: str) -> str:
    """What the main page's head begins with; ``hidden`` is the style of what a role may not use."""
    return render(_FILE, "head", is_known=is_known, hidden=hidden)


def door_page(link: str) -> str:
    """Leads a browser on to ``link``."""
    return render(_FILE, "door", link=link)
