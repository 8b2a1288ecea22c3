"""What each role may do: every function of the page is checked on the server, whatever is shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from app.accounts.users import Role
from app.core.audit import ACTOR, Actor, Deed, record
from app.web.auth.files import FileOwners, told_paths
from app.web.auth.http import client_of
from app.web.auth.isolate import ONE_CALL, NotYoursError
from app.web.auth.memory import forget_session, trim_session
from app.web.auth.visitor import LOCAL_VISITOR, SCOPE_KEY, Visitor
from app.web.guard import shown_error

_RANK = {role: rank for rank, role in enumerate(Role)}
_TABS = {
    "tab-draft": Role.WRITER,
    "tab-check": Role.WRITER,
    "tab-review": Role.REVIEWER,
    "tab-knowledge": Role.WRITER,
    "tab-eval": Role.MANAGER,
}
# What one may do with the knowledge base without being 管理: look. Anything else is refused.
_LOOKING = frozenset(
    (
        "tab-knowledge",
        "kb-search",
        "kb-query",
        "kb-used-last",
        "kb-used-file",
        "kb-filter-text",
        "kb-filter-year",
        "kb-filter-type",
        "kb-list",
        "kb-choice",
        "kb-mode",
    )
)
# The word list changes what everybody's check finds.
_SHARED = {"check-lexicon-save": Role.REVIEWER}
_NAMED = {"check": Role.WRITER, "draft": Role.WRITER, "search": Role.WRITER}
# Shown to nobody who could not use them; the server refuses them in any case.
_HIDDEN = {
    "check-lexicon-save": Role.REVIEWER,
    "kb-file": Role.MANAGER,
    "kb-save": Role.MANAGER,
    "kb-restore": Role.MANAGER,
    "kb-remove": Role.MANAGER,
}
_DENIED = "您的角色是{role}，这一步要{needed}才能做；需要的话请找管理员调整。"


def has_rank(role: str, needed: Role) -> bool:
    """True where a role may do what ``needed`` may; an unknown role may nothing."""
    try:
        return _RANK[Role(role)] >= _RANK[needed]
    except ValueError:
        return False


def hidden_css(role: str) -> str:
    """Rules that take what a role may not use off the page."""
    names = [f"#{tab},#{tab}-button" for tab, needed in _TABS.items() if not has_rank(role, needed)]
    names += [f"#{name}" for name, needed in _HIDDEN.items() if not has_rank(role, needed)]
    return f"{','.join(names)}{{display:none!important}}" if names else ""


def tab_of(block: Any) -> str:
    """The page's tab that a block lies in; empty for one outside all tabs."""
    while block is not None:
        if isinstance(block, gr.Tab) and (block.elem_id or "") in _TABS:
            return str(block.elem_id)
        # A tab of the page that is not in the table belongs to 管理.
        if isinstance(block, gr.Tab) and isinstance(block.parent, gr.Tabs):
            outer = block.parent.parent
            if outer is None or outer.parent is None:
                return str(block.elem_id or block.label)
        block = block.parent
    return ""


def _triggers(page: gr.Blocks, function: Any) -> Iterator[Any]:
    """The blocks whose events lead to a function, also by way of another's ``then``."""
    seen: set[int] = set()
    while True:
        for block_id, _ in function.targets:
            if block_id is not None and block_id in page.blocks:
                yield page.blocks[block_id]
        before = getattr(function, "trigger_after", None)
        if before is None or before in seen:
            return
        seen.add(before)
        function = page.fns[before]


def needed_for(page: gr.Blocks, function: Any) -> Role:
    """The lowest role that may call a function."""
    if not function.targets:
        return _NAMED.get(str(function.api_name), Role.MANAGER)
    needed = Role.WRITER
    triggers = list(_triggers(page, function))
    for block in [*triggers, *function.outputs]:
        tab = tab_of(block)
        needed = max(needed, _TABS.get(tab, Role.MANAGER) if tab else needed, key=_RANK.__getitem__)
    for block in triggers:
        name = getattr(block, "elem_id", None) or ""
        needed = max(needed, _SHARED.get(name, needed), key=_RANK.__getitem__)
        if tab_of(block) == "tab-knowledge" and name not in _LOOKING:
            needed = Role.MANAGER
    return needed


def actor_of(visitor: Visitor, request: Any) -> Actor:
    """Who is put down for what a request does."""
    first = request[0] if isinstance(request, list) and request else request
    scope = getattr(getattr(first, "request", None), "scope", None)
    address = client_of(scope) if isinstance(scope, dict) else ""
    return Actor(visitor.name, visitor.user_id, address)


@dataclass(frozen=True, slots=True)
class PageGuard:
    """Checks every call of a page's functions: the person's role, and whose the files are."""

    page: gr.Blocks
    owners: FileOwners
    home: Path
    needed: dict[int, Role]

    @classmethod
    def install(cls, page: gr.Blocks, owners: FileOwners, home: Path) -> "PageGuard":
        """Put a guard before everything that ``page`` does."""
        needed = {i: needed_for(page, f) for i, f in page.fns.items()}
        guard = cls(page, owners, home, needed)
        inner = page.process_api

        async def process_api(block_fn: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
            function = page.fns[block_fn] if isinstance(block_fn, int) else block_fn
            visitor = guard.visitor_of(kwargs.get("request"))
            ACTOR.set(actor_of(visitor, kwargs.get("request")))
            guard.require_role(visitor, function)
            paths = () if kwargs.get("iterator") else tuple(told_paths(inputs))
            guard.require_own(visitor, paths)
            try:
                output = await inner(block_fn, inputs, *args, **kwargs)
            except gr.Error as error:
                error.print_exception = False  # its text may quote what was sent
                raise
            except Exception as error:  # the page's outermost frame
                raise shown_error(error) from error
            finally:
                for path in paths:
                    owners.forget_used(path)
                if paths:
                    owners.drop_strays()
                trim_session(page, kwargs.get("state"))
            for path in told_paths(output.get("data")):
                owners.grant(path, visitor.user_id)
            session = kwargs.get("session_hash") or ""
            if not output.get("is_generating") and f".{ONE_CALL}" in session:
                forget_session(page, session)
            return output

        page.process_api = process_api  # type: ignore[method-assign]
        return guard

    def arguments(self, function: str, given: dict[str, Any]) -> list[Any]:
        """The arguments that a program gives by their names, in the function's order.

        Raises:
            NotYoursError: there is no such function, or the names are not its own.
        """
        endpoint = self.page.get_api_info()["named_endpoints"].get(f"/{function}")
        if endpoint is None:
            raise NotYoursError("没有这个函数")
        known = {parameter["parameter_name"]: parameter for parameter in endpoint["parameters"]}
        optional = {
            n: p["parameter_default"] for n, p in known.items() if p["parameter_has_default"]
        }
        values = {**optional, **given}
        if values.keys() != known.keys():
            raise NotYoursError("参数不对")
        return [values[name] for name in known]

    def may_reach(self, visitor: Visitor, component: object) -> bool:
        """Whether a person may call the functions that a block of the page offers by itself."""
        block = self.page.blocks.get(component) if isinstance(component, int) else None
        if block is None:
            return False
        tab = tab_of(block)
        needed = _TABS.get(tab, Role.MANAGER) if tab else Role.WRITER
        return visitor is LOCAL_VISITOR or has_rank(visitor.role, needed)

    @staticmethod
    def visitor_of(request: Any) -> Visitor:
        """The person the layer in front let through; without it nobody gets in."""
        first = request[0] if isinstance(request, list) and request else request
        scope = getattr(getattr(first, "request", None), "scope", None)
        visitor = scope.get(SCOPE_KEY) if isinstance(scope, dict) else None
        if not isinstance(visitor, Visitor):
            raise gr.Error("请先登录，再做这一步。", print_exception=False)
        return visitor

    def require_role(self, visitor: Visitor, function: Any) -> None:
        """Refuse what the person's role may not do."""
        needed = self.needed.get(function._id, Role.MANAGER)  # its only name
        if visitor is not LOCAL_VISITOR and not has_rank(visitor.role, needed):
            record(self.home, Deed.DENIED, more=str(function.api_name or ""))
            told = _DENIED.format(role=escape(visitor.role), needed=needed)
            raise gr.Error(told, title="没有权限", print_exception=False, duration=12)

    def require_own(self, visitor: Visitor, paths: tuple[str, ...]) -> None:
        """Refuse files that the person neither uploaded nor was given."""
        if not all(self.owners.may_read(path, visitor.user_id) for path in paths):
            raise gr.Error(
                "上传的文件已经清理，或者不是您上传的，请重新选择一次。",
                title="没有完成",
                print_exception=False,
                duration=12,
            )
