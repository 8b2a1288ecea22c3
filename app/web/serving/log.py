"""The log of a running page: each line with its time, and none with what somebody sent.

An exception is told by its type and place. Its message may quote a draft, and so may the messages
that libraries print of one; with PINGAN_DEBUG set, everything is shown.
"""

import logging
import os
import sys
import threading
import traceback
import warnings
from types import TracebackType
from typing import Any

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_log = logging.getLogger(__name__)


def _place(trace: TracebackType | None) -> str:
    """Where an exception came from: the last file of the stack, without its folder."""
    if trace is None:
        return ""
    while trace.tb_next is not None:
        trace = trace.tb_next
    name = os.path.basename(trace.tb_frame.f_code.co_filename)  # noqa: PTH119  # may be no path
    return f"（{name}:{trace.tb_lineno}）"


def told(error: BaseException | None) -> str:
    """An exception without its message."""
    return f"{type(error).__name__}{_place(error.__traceback__)}" if error else "?"


class _Formatter(logging.Formatter):
    """One line for each record."""

    def format(self, record: logging.LogRecord) -> str:
        if record.name == "asyncio":  # below its first line it quotes the exception
            record.msg, record.args = record.getMessage().partition("\n")[0], ()
        record.exc_text = None
        return super().format(record).replace("\n", " ")

    def formatException(self, ei: Any) -> str:  # noqa: N802  # its name
        return told(ei[1])

    def formatStack(self, stack_info: str) -> str:  # noqa: ARG002, N802  # its name
        return ""


def start_log() -> None:
    """Let everything that this process logs, prints of an exception or warns of go this way."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(_FORMAT))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    if os.environ.get("PINGAN_DEBUG"):
        handler.setFormatter(logging.Formatter(_FORMAT))
        return
    warnings.showwarning = _warn
    threading.excepthook = lambda given: _log.error("thread failed: %s", told(given.exc_value))
    # Gradio prints what goes wrong before a handler is called, and FastAPI what does not fit.
    traceback.print_exc = _print_exc


def _warn(  # noqa: PLR0917  # its signature
    message: Warning | str,  # noqa: ARG001  # pydantic's quotes the value
    category: type[Warning],
    filename: str,
    lineno: int,
    file: Any = None,  # noqa: ARG001
    line: str | None = None,  # noqa: ARG001
) -> None:
    _log.warning("%s（%s:%d）", category.__name__, os.path.basename(filename), lineno)  # noqa: PTH119


def _print_exc(*_: Any, **__: Any) -> None:
    _log.error("failed: %s", told(sys.exc_info()[1]))
