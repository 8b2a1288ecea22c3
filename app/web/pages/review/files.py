"""The downloads of the tab 审阅: each is made when its button is clicked, then handed over."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import gradio as gr

from app.core.errors import InputError, PinganError
from app.core.files import write_atomically
from app.review.service import OnStep, ReviewService
from app.web.guard import guarded
from app.web.notices import notice, progress_bar
from app.web.tasks import PageTask
from app.web.workspace import UploadFolder

_CLICK = """
(file) => {
  const press = (left) => {
    const button = document.querySelector("#review-download");
    const link = button && (button.matches("a") ? button : button.querySelector("a") || button);
    if (link && !button.disabled) link.click();
    else if (left) setTimeout(() => press(left - 1), 100);
  };
  if (file) setTimeout(() => press(30), 150);
}
"""

Updates = dict[Any, Any]
Made = tuple[bytes | str, str]  # what is written, and what to tell about it


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of file that the tab gives out."""

    label: str
    element: str
    stem: str
    suffix: str
    make: Callable[[str, OnStep], Made]


class ReviewFiles:
    """A row of buttons and one hidden download that they share."""

    def __init__(self, desk: Callable[[], ReviewService], workspace: UploadFolder) -> None:
        self._desk = desk
        self._workspace = workspace
        kinds = (
            _Kind("带批注的 Word（zip）", "review-word", "批注", ".zip", self._word),
            _Kind("汇总表 xlsx", "review-xlsx", "核查汇总", ".xlsx", self._xlsx),
            _Kind("网页", "review-html", "核查结果", ".html", self._html),
            _Kind("JSON", "review-json", "核查结果", ".json", self._json),
            _Kind("SARIF", "review-sarif", "核查结果", ".sarif", self._sarif),
        )
        with gr.Row(elem_classes="downloads"):
            self._buttons = [
                (gr.Button(k.label, size="md", min_width=90, elem_id=k.element), k) for k in kinds
            ]
            self._download = gr.DownloadButton(
                "下载", elem_id="review-download", elem_classes="hidden-download"
            )

    def wire(self, batch: Any, status: Any, quiet: dict[str, Any]) -> None:
        """Let the buttons give out what ``batch`` holds, telling ``status`` how it goes."""
        for button, kind in self._buttons:
            made = button.click(
                guarded(self._handler(kind, status)),
                [batch],
                [self._download, status],
                **quiet,
            )
            made.then(None, [self._download], None, js=_CLICK, **quiet)

    def _handler(self, kind: _Kind, status: Any) -> Callable[[str | None], Iterator[Updates]]:
        def give_out(batch: str | None) -> Iterator[Updates]:
            yield {
                self._download: gr.DownloadButton(value=None),
                status: progress_bar(f"正在准备{kind.label}……", 0),
            }
            try:
                if not batch or not self._desk().rows(batch):
                    raise InputError("还没有文稿，请先在左边上传，再下载。")
                task: PageTask[Made] = PageTask(lambda t: kind.make(batch, t.progress))
                for done, total, name in task.events():
                    told = f"正在准备{kind.label}：{done}/{total} {name}"
                    yield {status: progress_bar(told, done / max(total, 1))}
                data, told = task.result()
                day = datetime.now().astimezone().strftime("%Y%m%d")
                path = self._workspace.place(f"{kind.stem}_{day}", kind.suffix)
                write_atomically(path, data)
                yield {
                    self._download: gr.DownloadButton(value=str(path)),
                    status: notice(told, kind="ok"),
                }
            except PinganError as error:
                yield {status: notice(error.on_page, kind="error")}

        return give_out

    # --- what is in them -------------------------------------------------------------------

    def _word(self, batch: str, on_step: OnStep) -> Made:
        files = self._desk().word_files(batch, on_step=on_step)
        told = f"已生成 {files.count} 份带批注的 Word，误报和豁免的问题不写批注。"
        if files.failed:
            told += "没有写成的：" + "；".join(files.failed)
        return files.data, told

    def _xlsx(self, batch: str, _: OnStep) -> Made:
        from app.formats.results.check.xlsx import render_xlsx  # noqa: PLC0415  # only the one asked for

        found = self._desk().results(batch)
        results, documents = [r for r, _ in found], [s.document for _, s in found]
        cohort = self._desk().cohort(batch)
        return render_xlsx(results, documents, cohort=cohort), _made(len(found))

    def _html(self, batch: str, _: OnStep) -> Made:
        from app.formats.results.check.html import render_html  # noqa: PLC0415

        found = self._desk().results(batch)
        results, documents = [r for r, _ in found], [s.document for _, s in found]
        cohort = self._desk().cohort(batch) if len(found) > 1 else None
        return render_html(results, documents, cohort=cohort), _made(len(found))

    def _json(self, batch: str, _: OnStep) -> Made:
        from app.formats.results.check.json import render_json  # noqa: PLC0415

        results = [r for r, _ in self._desk().results(batch)]
        cohort = self._desk().cohort(batch) if len(results) > 1 else None
        return render_json(results, cohort=cohort), _made(len(results))

    def _sarif(self, batch: str, _: OnStep) -> Made:
        from app.formats.results.check.sarif import render_sarif  # noqa: PLC0415

        found = self._desk().results(batch)
        return render_sarif([r for r, _ in found], [s.document for _, s in found]), _made(
            len(found)
        )


def _made(count: int) -> str:
    return f"已生成，共 {count} 份文稿；误报和豁免的问题另列。"
