"""What the page of the writers' desk may ask for: one call, one answer, both JSON text."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from app.core.audit import Deed, record
from app.core.errors import InputError
from app.drafting.rewriting import RewriteTool
from app.formats.results.side_by_side import compare_texts
from app.formats.source import encodable
from app.web.api import workspace_files as desk_files
from app.web.api import workspace_json as desk_json
from app.web.backend import Backend
from app.web.guard import log_failure, sentence_for
from app.workspace.merge import put_facts
from app.workspace.service import WorkspaceService
from app.workspace.types import DOUBT, WorkspaceFact

_MOST_CHARS = 40_000_000
_FIELDS = ("title", "unit", "year", "unit_type", "date", "mode", "inbox")
_LONGEST = {"inbox": 200_000}
_USUAL = 120

Call = Mapping[str, Any]
Answer = dict[str, Any]


class WorkspaceApi:
    """Answers the page's calls for one server."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._answers: dict[str, Callable[[str, str, Call], Answer]] = {
            name.removeprefix("_do_"): getattr(self, name)
            for name in dir(self)
            if name.startswith("_do_")
        }

    @property
    def _desk(self) -> WorkspaceService:
        return self._backend.desk()

    @staticmethod
    def failure(sentence: str) -> str:
        """An answer that says what went wrong."""
        return json.dumps({"error": sentence}, ensure_ascii=False)

    def answer(self, owner: str, text: object, *, browser: str = "") -> str:
        """The answer to one call; what goes wrong becomes one Chinese sentence.

        ``browser`` owns what was written in this browser before anybody had to log in: whoever
        lists the drafts first after that gets it.
        """
        try:
            return json.dumps(self._answer(owner, text, browser), ensure_ascii=False)
        except Exception as error:  # noqa: BLE001  # the page's outermost frame
            log_failure("desk call failed", error)
            return self.failure(sentence_for(error))

    def _answer(self, owner: str, text: object, browser: str) -> Answer:
        if not isinstance(text, str) or len(text) > _MOST_CHARS:
            raise InputError("这一步的内容太大，没有保存，请拆开再试。")
        try:
            call = _loaded(text)
            name, draft = call["op"], str(call.get("id", ""))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise InputError("页面和程序对不上，请刷新页面后再试。") from error
        if not isinstance(name, str) or name not in self._answers:
            raise InputError("页面和程序的版本对不上，请刷新页面后再试。")
        is_claim = name == "list" and browser not in ("", owner)
        claimed = self._desk.store.claim(browser, owner) if is_claim else 0
        answer = self._answers[name](owner, draft, call)
        return {**answer, "claimed": claimed} if claimed else answer

    def _view(self, owner: str, draft: str, **more: Any) -> Answer:
        return {"view": desk_json.view_json(self._desk.view(owner, draft)), **more}

    # --- the list of drafts ----------------------------------------------------------------

    def _do_list(self, owner: str, _draft: str, _call: Call) -> Answer:
        store = self._desk.store
        return {
            "drafts": [desk_json.row_json(r) for r in store.rows(owner)],
            "trash": [desk_json.row_json(r) for r in store.rows(owner, is_trashed=True)],
            "has_model": self._backend.has_model,
        }

    def _do_new(self, owner: str, _draft: str, call: Call) -> Answer:
        mode = "model" if self._backend.has_model else "composer"
        fields = {"mode": mode, **_fields(call)}
        return self._view(owner, self._desk.store.create(owner, **fields))

    def _do_open(self, owner: str, draft: str, _call: Call) -> Answer:
        progress = desk_json.progress_json(self._desk.progress(owner, draft))
        return self._view(owner, draft, progress=progress)

    def _do_trash(self, owner: str, draft: str, call: Call) -> Answer:
        self._desk.stop(owner, draft)
        self._desk.forget(draft)
        self._desk.store.trash(owner, draft, is_trashed=call.get("undo") is not True)
        return self._do_list(owner, draft, call)

    def _do_remove(self, owner: str, draft: str, call: Call) -> Answer:
        self._desk.store.remove(owner, draft)
        return self._do_list(owner, draft, call)

    def _do_next_year(self, owner: str, draft: str, _call: Call) -> Answer:
        return self._view(owner, self._desk.next_year(owner, draft))

    def _do_share(self, owner: str, draft: str, call: Call) -> Answer:
        if call.get("undo") is True:
            self._desk.store.unshare(owner, draft)
            return {"code": ""}
        return {"code": self._desk.store.share(owner, draft)}

    def _do_take(self, owner: str, _draft: str, call: Call) -> Answer:
        code = _text(call, "code").strip().lower()
        return self._view(owner, self._desk.store.take(owner, code))

    # --- facts and fields ------------------------------------------------------------------

    def _do_fields(self, owner: str, draft: str, call: Call) -> Answer:
        self._desk.store.set(owner, draft, **_fields(call))
        return self._view(owner, draft)

    def _do_facts(self, owner: str, draft: str, call: Call) -> Answer:
        """The table as a window has it; what another window has made of it is put in as well."""
        mine, base = _rows(call, "facts"), _rows(call, "base")
        told = put_facts(self._desk.store, owner, draft, mine=mine, base=base)
        return self._view(owner, draft, told=told)

    def _do_intake(self, owner: str, draft: str, call: Call) -> Answer:
        """Pasted text or a file: its facts go behind those in the table."""
        kept = self._desk.store.load(owner, draft)
        if "data" in call:
            data = desk_files.uploaded(call["data"])
            name, known = _text(call, "name") or "要点", desk_files.known_of(kept)
            sheet = self._backend.read_sheet_bytes(data, name, is_loose=True, **known)
        else:
            sheet = desk_files.pasted_sheet(_text(call, "text", 200_000), kept)
        said = desk_files.said_by(sheet)
        fields = {k: v for k, v in said.items() if not getattr(kept, k)}
        if "data" not in call:
            fields["inbox"] = ""
        new: tuple[WorkspaceFact, ...] = ()

        def change(facts: tuple[WorkspaceFact, ...]) -> tuple[WorkspaceFact, ...]:
            nonlocal new
            taken = desk_files.taken_in(facts, sheet)
            new = taken[sum(bool(f.text.strip()) for f in facts) :]
            return taken

        skipped = [one for one in sheet.skipped if not one.is_question]
        self._desk.store.change_facts(owner, draft, change, skipped=skipped, **fields)
        doubts = sum(f.mark == DOUBT for f in new)
        told = {
            "taken": len(new) - doubts,
            "doubts": doubts,
            "doubled": len(sheet.facts) - len(new) + doubts,
            "notes": list(sheet.notes),
        }
        return self._view(owner, draft, **told)

    def _do_take_skipped(self, owner: str, draft: str, call: Call) -> Answer:
        """What the intake left aside is a fact after all."""
        number = call.get("number")
        self._desk.store.take_skipped(owner, draft, number if isinstance(number, int) else 0)
        return self._view(owner, draft)

    def _do_clear_skipped(self, owner: str, draft: str, _call: Call) -> Answer:
        self._desk.store.clear_skipped(owner, draft)
        return self._view(owner, draft)

    def _do_example(self, owner: str, draft: str, call: Call) -> Answer:
        from app import resources  # noqa: PLC0415

        name = _text(call, "name")
        path = resources.examples_dir() / f"{name}.txt"
        if name not in {p.stem for p in resources.examples_dir().glob("*.txt")}:
            raise InputError("没有这个示例，请刷新页面后再选。")
        return self._do_intake(owner, draft, {"text": path.read_text(encoding="utf-8")})

    def _do_previous(self, owner: str, draft: str, call: Call) -> Answer:
        """Last year's report, or none."""
        name, text = "", ""
        if "data" in call:
            name = _text(call, "name") or "去年总结"
            text = self._backend.read_bytes(desk_files.uploaded(call["data"]), name).text
        self._desk.store.set(owner, draft, previous_name=name, previous_text=text)
        return self._view(owner, draft)

    # --- writing ---------------------------------------------------------------------------

    def _do_write(self, owner: str, draft: str, call: Call) -> Answer:
        key = _text(call, "key")
        self._desk.write(owner, draft, [key] if key else ())
        return self._do_progress(owner, draft, call)

    def _do_rewrite(self, owner: str, draft: str, call: Call) -> Answer:
        tool = _text(call, "tool")
        if tool not in set(RewriteTool):
            raise InputError("没有这种改写，请刷新页面后再试。")
        self._desk.rewrite(
            owner, draft, _text(call, "key"), RewriteTool(tool), _text(call, "wish", 1000)
        )
        return self._do_progress(owner, draft, call)

    def _do_progress(self, owner: str, draft: str, _call: Call) -> Answer:
        progress = self._desk.progress(owner, draft)
        answer: Answer = {"progress": desk_json.progress_json(progress)}
        if progress is None or progress.state != "writing":
            answer |= self._view(owner, draft)
        return answer

    def _do_stop(self, owner: str, draft: str, call: Call) -> Answer:
        self._desk.stop(owner, draft)
        return self._do_progress(owner, draft, call)

    def _do_go_on(self, owner: str, draft: str, call: Call) -> Answer:
        """The rest without the model."""
        self._desk.go_on(owner, draft)
        return self._do_progress(owner, draft, call)

    def _do_outgoing(self, owner: str, draft: str, _call: Call) -> Answer:
        return {"outgoing": desk_json.outgoing_json(self._desk.outgoing(owner, draft))}

    def _do_agree(self, owner: str, draft: str, call: Call) -> Answer:
        """The outside host has been agreed to, as it was shown."""
        self._desk.agree(_text(call, "host"))
        return self._do_outgoing(owner, draft, call)

    # --- one section -----------------------------------------------------------------------

    def _do_edit(self, owner: str, draft: str, call: Call) -> Answer:
        key = _text(call, "key")
        kept = self._desk.store.load(owner, draft).sections.get(key)
        is_double = kept is not None and call.get("seen") not in (None, 0, kept.version.number)
        self._desk.edit(owner, draft, key, _text(call, "text", 200_000))
        told = "这一部分在另一个窗口里也改过，两种写法都在“版本”里。" if is_double else ""
        return self._view(owner, draft, told=told)

    def _do_fix(self, owner: str, draft: str, call: Call) -> Answer:
        self._desk.fix(owner, draft, _text(call, "key"), _text(call, "finding"))
        return self._view(owner, draft)

    def _do_lock(self, owner: str, draft: str, call: Call) -> Answer:
        is_locked = call.get("locked") is True
        self._desk.store.lock(owner, draft, _text(call, "key"), is_locked=is_locked)
        return self._view(owner, draft)

    def _do_versions(self, owner: str, draft: str, call: Call) -> Answer:
        found = self._desk.store.versions(owner, draft, _text(call, "key"))
        rows = [desk_json.version_json(v) for v in reversed(found[-200:])]
        now = found[-1].text if found else ""
        for row in rows[:40]:
            both = compare_texts(row["text"], now)
            row["diff"] = {"old": both.first, "new": both.second}
        return {"versions": rows}

    def _do_restore(self, owner: str, draft: str, call: Call) -> Answer:
        number = call.get("number")
        self._desk.restore(
            owner, draft, _text(call, "key"), number if isinstance(number, int) else 0
        )
        return self._view(owner, draft)

    def _do_passages(self, owner: str, draft: str, _call: Call) -> Answer:
        """The past passages behind each section, masked as they were lent."""
        view = self._desk.view(owner, draft)
        wanted = {s.key: s.passages for s in view.sections if s.passages}
        texts = self._backend.masked_texts({p for ids in wanted.values() for p in ids})
        return {"passages": {k: [texts[p] for p in ids if p in texts] for k, ids in wanted.items()}}

    # --- the plan --------------------------------------------------------------------------

    def _do_rename(self, owner: str, draft: str, call: Call) -> Answer:
        self._desk.rename(owner, draft, _text(call, "key"), _text(call, "title"))
        return self._view(owner, draft)

    def _do_move(self, owner: str, draft: str, call: Call) -> Answer:
        step = call.get("step")
        self._desk.move(owner, draft, _text(call, "key"), step if isinstance(step, int) else 0)
        return self._view(owner, draft)

    def _do_add(self, owner: str, draft: str, call: Call) -> Answer:
        after = _text(call, "after")
        key = self._desk.add_section(owner, draft, _text(call, "title"), after=after)
        return self._view(owner, draft, key=key)

    def _do_leave_out(self, owner: str, draft: str, call: Call) -> Answer:
        key = _text(call, "key")
        if call.get("undo") is True:
            self._desk.take_in(owner, draft, key)
        else:
            self._desk.leave_out(owner, draft, key, with_facts=call.get("with_facts") is True)
        return self._view(owner, draft)

    # --- files -----------------------------------------------------------------------------

    def _do_export(self, owner: str, draft: str, call: Call) -> Answer:
        report, sheet = self._desk.report(owner, draft)
        kind = _text(call, "kind")
        if kind == "facts":
            sheet = self._desk.facts(owner, draft)
        file = desk_files.export_file(kind, report, sheet)
        record(self._backend.settings.home, Deed.DOWNLOAD, to=kind, more="稿子")
        return {"file": file}

    def _do_template(self, _owner: str, _draft: str, _call: Call) -> Answer:
        return {"file": desk_files.template_file()}


def _loaded(text: str) -> Any:
    """The value of a JSON text; halves of characters (``\\ud83d``) never get in."""
    value = json.loads(text)
    if "\\ud" not in text.lower():
        return value
    return json.loads(encodable(json.dumps(value, ensure_ascii=False)))


def _text(call: Call, name: str, longest: int = 400) -> str:
    """A text of the call.

    Raises:
        InputError: it is longer than anything a person writes there.
    """
    value = call.get(name)
    text = value if isinstance(value, str) else ""
    if len(text) > longest:
        raise InputError(f"文字太长（超过{longest}字），没有保存，请缩短。")
    return text


def _rows(call: Call, name: str) -> list[WorkspaceFact]:
    """A table of facts.

    Raises:
        InputError: it has not come whole.
    """
    rows = call.get(name)
    if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
        raise InputError("要点表没有传完整，没有保存；请复制下改过的要点，刷新页面后再改一次。")
    return [desk_json.fact_of(r) for r in rows]


def _fields(call: Call) -> dict[str, Any]:
    """The fields of a draft that a call changes."""
    fields: dict[str, Any] = {
        name: _text(call, name, _LONGEST.get(name, _USUAL)) for name in _FIELDS if name in call
    }
    if "length" in call:
        value = str(call["length"] or "0").strip()
        if not value.isascii() or not value.isdigit() or len(value) > 6:
            raise InputError("篇幅请填字数，例如 3000；不填就按要点多少来写。")
        fields["length"] = int(value)
    return fields
