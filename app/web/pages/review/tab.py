"""The tab 审阅: many drafts in, a table, one draft's findings to judge, copies, figures, files."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import gradio as gr

from app.core.errors import InputError, PinganError
from app.core.verdict import Verdict
from app.resources import STATIC
from app.review.service import ReviewService, Taken
from app.review.store import Submission
from app.web.auth.visitor import LOCAL_VISITOR, current_visitor
from app.web.backend import Backend
from app.web.blocks import filter_choice, filter_words, html_block
from app.web.guard import guarded
from app.web.notices import chips, hint, notice, progress_bar
from app.web.pages.check.tab import PROFILES, REPORT_TYPES
from app.web.pages.review import view as review_view
from app.web.pages.review.files import ReviewFiles
from app.web.tasks import PageTask

_SCRIPT = STATIC / "review.js"
_READING = "review-reading"
_MOST_FAILED = 8
_CLEARED = "这一批文稿已从本机删除，原文件一小时后抹去；判定仍然保留。"
_CLEAR, _SURE = "清空这一批", "再点一次，清空这一批"
_HINT = hint(
    "可一次选很多份，也可打成 zip；同一单位再次报送时，判定和上次的问题都还在。文稿只存在本机。"
)

Updates = dict[Any, Any]


def kept_batch() -> gr.BrowserState:
    """The name of this browser's batch, which nobody else can guess.

    It belongs outside the tabs: what a tab holds is not there before the tab is opened.
    """
    return gr.BrowserState("", storage_key="pingan-review", secret="pingan")  # noqa: S106


class ReviewTab:
    """Lays the tab out inside the current ``gr.Tab`` and wires it."""

    def __init__(self, backend: Backend, batch: gr.BrowserState) -> None:
        self._backend = backend
        self._quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        self._batch = batch
        self._number = gr.State(0)
        self._is_asked = gr.State(value=False)  # whether a first click has asked to clear
        with gr.Row(equal_height=False, elem_classes="review"):
            with gr.Column(scale=3, min_width=270, elem_classes="inputs"):
                self._lay_out_inputs()
            with gr.Column(scale=11, min_width=320):
                self._lay_out_views()
        self._wire()

    def _lay_out_inputs(self) -> None:
        self._files = gr.File(
            label="报送的总结（每个 20 MB 以内）",
            file_types=[*REPORT_TYPES, ".zip"],
            file_count="multiple",
            height=150,
            elem_id="review-file",
        )
        self._status = html_block(_HINT, elem_id="review-status")
        self._profile = gr.Dropdown(
            list(PROFILES), value="auto", label="按哪一类单位的要求", elem_id="review-profile"
        )
        self._by = gr.Textbox(
            label="审阅人（记在判定里）", max_length=30, placeholder="姓名", elem_id="review-by"
        )
        self._clear = gr.Button(_CLEAR, size="sm", elem_id="review-clear")

    def _lay_out_views(self) -> None:
        desk = self._backend.review
        with gr.Tabs() as self._views:
            with gr.Tab("汇总表", id="review-overview") as self._table_tab:
                self._lay_out_table()
                self._downloads = ReviewFiles(desk, self._backend.workspace)
            with gr.Tab("逐份审阅", id=_READING, elem_id="review-reading"):
                self._lay_out_draft()
            with gr.Tab(
                "雷同", id="review-copies", elem_id="review-copies-tab"
            ) as self._copies_tab:
                self._copies = html_block(
                    review_view.EMPTY_COPIES,
                    elem_id="review-copies",
                    elem_classes=["pane", "side", "cohort-pane"],
                )
            with gr.Tab("指标", id="review-figures") as self._figures_tab:
                self._figures = html_block(
                    review_view.EMPTY_FIGURES,
                    elem_id="review-figures",
                    elem_classes=["pane", "side", "cohort-pane"],
                )

    def _lay_out_table(self) -> None:
        self._overview = html_block(review_view.overview_html(()), elem_id="review-overview")
        with gr.Row(equal_height=True):
            self._words = filter_words("单位、文件名或年度里的字", elem_id="review-words")
            self._wanted = filter_choice(
                "哪些文稿",
                list(review_view.FILTERS),
                value="all",
                min_width=130,
                elem_id="review-wanted",
            )
        self._table = html_block(
            review_view.EMPTY_TABLE,
            elem_id="review-table",
            elem_classes=["pane", "side", "review-pane"],
            js_on_load=_SCRIPT.read_text(encoding="utf-8"),
        )

    def _lay_out_draft(self) -> None:
        self._summary = html_block(
            chips("还没有选文稿"),
            elem_id="review-summary",
            elem_classes="summary",
        )
        with gr.Row(equal_height=False, elem_classes="with-summary"):
            with gr.Column(min_width=320):
                self._text = html_block(
                    review_view.EMPTY_TEXT, elem_id="review-paper", elem_classes=["pane", "paper"]
                )
            with gr.Column(min_width=320):
                self._list = html_block(
                    review_view.EMPTY_LIST,
                    elem_id="review-list",
                    elem_classes=["pane", "side"],
                    js_on_load=_SCRIPT.read_text(encoding="utf-8"),
                )

    def _wire(self) -> None:
        quiet = self._quiet
        table = [self._overview, self._table]
        draft = [self._number, self._summary, self._text, self._list]
        wishes = [self._words, self._wanted]
        uploaded = self._files.upload(
            guarded(self._on_upload),
            [self._files, self._profile, self._batch],
            [
                self._batch,
                self._files,
                self._status,
                self._is_asked,
                self._clear,
                self._copies,
                self._figures,
            ],
            **quiet,
        )
        uploaded.then(guarded(self._tables), [self._batch, *wishes], table, **quiet)
        for event in (self._words.change, self._wanted.input):
            event(guarded(self._tables), [self._batch, *wishes], table, **quiet)
        self._table.select(
            guarded(self._on_row), [self._batch], [self._views, self._status, *draft], **quiet
        )
        self._list.select(
            guarded(self._on_verdict),
            [self._batch, self._number, self._by],
            [self._status, *draft],
            **quiet,
        )
        self._table_tab.select(guarded(self._tables), [self._batch, *wishes], table, **quiet)
        self._copies_tab.select(guarded(self._on_copies), [self._batch], [self._copies], **quiet)
        self._figures_tab.select(guarded(self._on_figures), [self._batch], [self._figures], **quiet)
        self._clear.click(
            guarded(self._on_clear),
            [self._batch, self._is_asked],
            [
                self._batch,
                self._is_asked,
                self._clear,
                self._status,
                *table,
                *draft,
                self._copies,
                self._figures,
            ],
            **quiet,
        )
        self._downloads.wire(self._batch, self._status, quiet)
        self.load = guarded(self._on_load)
        self.loaded: dict[str, Any] = {
            "inputs": [self._batch, *wishes],
            "outputs": [self._batch, *table],
        }

    @property
    def _desk(self) -> ReviewService:
        return self._backend.review()

    # --- what happens ----------------------------------------------------------------------

    def _on_load(self, batch: str | None, words: str, wanted: str, request: gr.Request) -> Updates:
        """The browser's own batch again, after a reload or a restart of the program."""
        if batch and not self._desk.store.has_batch(batch, _user(request)):
            batch = ""
        return {self._batch: batch or "", **self._tables(batch, words, wanted)}

    def _on_upload(
        self,
        uploaded: list[str] | None,
        profile: str,
        batch: str | None,
        request: gr.Request,
    ) -> Iterator[Updates]:
        yield {self._status: progress_bar("正在读取……", 0), self._files: None}
        try:
            store = self._desk.store
            user = _user(request)
            batch = batch if batch and store.has_batch(batch, user) else store.new_batch(user)
            with ExitStack() as stack:
                paths = [
                    stack.enter_context(self._backend.workspace.taken(u)) for u in uploaded or []
                ]
                yield from self._take(batch, paths, profile)
        except PinganError as error:
            yield {self._status: notice(error.on_page, kind="error")}
            return
        yield {
            self._batch: batch,
            self._is_asked: False,
            self._clear: _CLEAR,
            self._copies: review_view.EMPTY_COPIES,
            self._figures: review_view.EMPTY_FIGURES,
        }

    def _take(self, batch: str, paths: list[Path], profile: str) -> Iterator[Updates]:
        if not paths:
            raise InputError("没有收到文件，请重新选择一次。")
        task: PageTask[Taken] = PageTask(
            lambda t: self._desk.take(batch, paths, profile=profile, on_step=t.progress)
        )
        for done, total, name in task.events():
            told = f"已核查 {done}/{total} 份：{Path(name).name}"
            yield {self._status: progress_bar(told, done / max(total, 1))}
        taken = task.result()
        told = f"收到 {taken.count} 份。"
        if taken.failed:
            shown = "".join(taken.failed[:_MOST_FAILED])
            more = f"等 {len(taken.failed)} 个" if len(taken.failed) > _MOST_FAILED else ""
            told += f"没有读成的：{shown}{more}"
        yield {self._status: notice(told, kind="error" if taken.failed else "ok")}

    def _tables(self, batch: str | None, words: str, wanted: str) -> Updates:
        rows = self._desk.rows(batch) if batch else ()
        shown = review_view.matching(rows, words or "", wanted)
        return {
            self._overview: review_view.overview_html(rows),
            self._table: review_view.table_html(shown, len(rows)),
        }

    def _on_row(self, batch: str | None, event: gr.EventData) -> Updates:
        try:
            submission = self._opened(batch, _told(event, "open"))
        except PinganError as error:
            return {self._status: notice(error.on_page, kind="error")}
        shown = self._shown(submission)
        return {self._views: gr.Tabs(selected=_READING), **shown, self._status: _HINT}

    def _on_verdict(
        self,
        batch: str | None,
        number: int,
        by: str | None,
        event: gr.EventData,
        request: gr.Request,
    ) -> Updates:
        try:
            submission = self._opened(batch, str(number))
            self._judge(submission, event, _user(request) or (by or "").strip())
        except PinganError as error:
            seen = self._shown(self._opened(batch, str(number))) if batch and number else {}
            return {**seen, self._status: notice(error.on_page, kind="error")}
        return {**self._shown(self._opened(batch, str(number))), self._status: _HINT}

    def _judge(self, submission: Submission, event: gr.EventData, by: str) -> None:
        finding, verdict = _told(event, "finding"), _told(event, "verdict")
        known = {f.fingerprint for f in submission.result.findings}
        if finding not in known or verdict not in set(Verdict):
            raise InputError("这一条已经不在这份文稿里，请重新打开这一份。")
        self._desk.judge(
            submission, finding, Verdict(verdict), reason=_told(event, "reason"), by=by
        )

    def _opened(self, batch: str | None, number: str) -> Submission:
        if not batch or not number.isascii() or not number.isdigit():
            raise InputError("这份文稿已经不在这一批里，请重新选择。")
        return self._desk.open(batch, int(number))

    def _shown(self, submission: Submission) -> Updates:
        return {
            self._number: submission.row.number,
            self._summary: review_view.summary_html(submission),
            self._text: review_view.text_html(submission),
            self._list: review_view.list_html(submission),
        }

    def _on_copies(self, batch: str | None) -> Updates:
        from app.formats.results.cohort.html import copies_html  # noqa: PLC0415

        if not batch or len(self._desk.rows(batch)) < 2:
            return {self._copies: review_view.EMPTY_COPIES}
        return {self._copies: copies_html(self._desk.cohort(batch), prefix="copies")}

    def _on_figures(self, batch: str | None) -> Updates:
        from app.formats.results.cohort.html import indicators_html  # noqa: PLC0415

        if not batch or len(self._desk.rows(batch)) < 2:
            return {self._figures: review_view.EMPTY_FIGURES}
        return {self._figures: indicators_html(self._desk.cohort(batch))}

    def _on_clear(self, batch: str | None, is_asked: bool) -> Updates:  # noqa: FBT001  # a state
        if not is_asked and batch and (count := len(self._desk.rows(batch))):
            return {
                self._is_asked: True,
                self._clear: _SURE,
                self._status: notice(f"将从本机删除这 {count} 份文稿，判定保留；再点一次就删除。"),
            }
        if batch:
            self._desk.store.remove_batch(batch)
        return {
            self._is_asked: False,
            self._clear: _CLEAR,
            self._batch: "",
            self._number: 0,
            self._status: notice(_CLEARED, kind="ok"),
            self._summary: chips("还没有选文稿"),
            self._text: review_view.EMPTY_TEXT,
            self._list: review_view.EMPTY_LIST,
            self._copies: review_view.EMPTY_COPIES,
            self._figures: review_view.EMPTY_FIGURES,
            **self._tables("", "", "all"),
        }


def _user(request: gr.Request) -> str:
    """The name of who is logged in; empty where nobody has to."""
    visitor = current_visitor(request)
    return "" if visitor is LOCAL_VISITOR else visitor.name


def _told(event: gr.EventData, name: str) -> str:
    """What the browser sent along, as text; it may send anything."""
    value = getattr(event, name, "")
    return str(value)[:600] if isinstance(value, str | int) else ""
