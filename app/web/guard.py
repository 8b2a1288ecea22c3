"""The page's outermost frame: what goes wrong unexpectedly becomes one Chinese sentence."""

import functools
import inspect
import logging
import os
from collections.abc import Callable, Generator
from html import escape
from typing import Any

import gradio as gr

from app.core.faults import log_line, refusal_behind

_log = logging.getLogger(__name__)


def sentence_for(error: Exception) -> str:
    """What a user reads of an error."""
    told = refusal_behind(error)
    return (
        told.on_page
        if told
        else (
            f"程序内部出错（{type(error).__name__}），这一步没有完成；已有的内容没有改动，请重试，"
            "仍不行请告诉维护人员。"
        )
    )


def log_failure(what: str, error: Exception) -> None:
    """Note what is not the user's doing: a defect of ours, or the machine's refusal."""
    is_ours = refusal_behind(error) is None
    line = log_line(error)
    if is_ours or line != type(error).__name__:
        has_details = is_ours and bool(os.environ.get("PINGAN_DEBUG"))
        _log.error("%s: %s", what, line, exc_info=has_details)


def shown_error(error: Exception) -> gr.Error:
    """What the page tells of an error; the log gets its kind alone."""
    log_failure("page handler failed", error)
    # Gradio renders the message as HTML, and it may quote a file's name.
    sentence = escape(sentence_for(error), quote=False)
    return gr.Error(sentence, title="没有完成", print_exception=False, duration=12)


def guarded(function: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap an event handler or a generator of updates."""
    if inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def streaming(*args: Any, **kwargs: Any) -> Generator[Any, None, None]:
            try:
                yield from function(*args, **kwargs)
            except Exception as error:  # the page's outermost frame
                raise shown_error(error) from error

        return streaming

    @functools.wraps(function)
    def plain(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:  # the page's outermost frame
            raise shown_error(error) from error

    return plain
