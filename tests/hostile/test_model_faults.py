"""A model endpoint that fails in every way there is: waits are bounded, nothing is lost.

Whatever it does, each fact is told once, other sections stay with the model, and the user reads
one Chinese sentence.
"""

import gzip
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage

from app import resources
from app.core.draft import Draft
from app.core.errors import KnowledgeError, ModelError
from app.drafting.events import Event, Notice
from app.drafting.model.client import Caller, CancelledError, ModelOptions
from app.knowledge.embedders import OpenAIEmbedder
from tests.drafting.server import Exchange, serve
from tests.drafting.test_chain import KEY, SHEET, TWO, draft, faithful, holds, run

_FELL_BACK = "改由要点"


def headers(exchange: Exchange, code: int, body: bytes, **named: str) -> None:
    exchange.handler.send_response(code)
    for name, value in named.items():
        exchange.handler.send_header(name.replace("_", "-"), value)
    exchange.handler.send_header("Content-Length", str(len(body)))
    exchange.handler.end_headers()
    exchange.handler.wfile.write(body)


def html_502(exchange: Exchange) -> None:
    headers(exchange, 502, b"<html><h1>502 Bad Gateway</h1></html>", Content_Type="text/html")


def wrong_type(exchange: Exchange) -> None:
    headers(exchange, 200, b"\x89PNG\r\n\x1a\n" + bytes(200), Content_Type="image/png")


def login_page(exchange: Exchange) -> None:
    headers(exchange, 200, "<html>请登录</html>".encode(), Content_Type="text/html")


def invalid_json(exchange: Exchange) -> None:
    exchange.start()
    exchange.handler.wfile.write(b"data: {not json}\n\n")


def empty(exchange: Exchange) -> None:
    headers(exchange, 200, b"", Content_Type="text/event-stream")


def no_body(exchange: Exchange) -> None:
    """Less than the length promised, then nothing."""
    exchange.handler.send_response(200)
    exchange.handler.send_header("Content-Type", "text/event-stream")
    exchange.handler.send_header("Content-Length", "100000")
    exchange.handler.end_headers()
    exchange.handler.wfile.write(b"data: ")


def closed(exchange: Exchange) -> None:
    """No answer at all: the connection is reset."""
    connection = exchange.handler.connection
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


def garbage(exchange: Exchange) -> None:
    exchange.handler.wfile.write(b"\0\1\2 this is not HTTP \r\n\r\n")


def cut(exchange: Exchange) -> None:
    exchange.start()
    exchange.event("排查矛盾纠纷")


def error_in_stream(exchange: Exchange) -> None:
    exchange.start()
    exchange.event("排查")
    told = {"error": {"message": f"out of memory {KEY}", "code": 500}}
    exchange.handler.wfile.write(f"data: {json.dumps(told)}\n\n".encode())


def no_choices(exchange: Exchange) -> None:
    exchange.start()
    exchange.handler.wfile.write(b'data: {"id":"1","object":"x","choices":[]}\n\ndata: [DONE]\n\n')


def null_content(exchange: Exchange) -> None:
    exchange.start()
    chunk = {
        "id": "1",
        "choices": [{"index": 0, "delta": {"content": None}, "finish_reason": "stop"}],
    }
    exchange.handler.wfile.write(f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n".encode())


def nested(exchange: Exchange) -> None:
    """JSON that no parser follows to its end."""
    exchange.start()
    exchange.handler.wfile.write(b"data: " + b'{"a":[' * 100_000 + b"\n\n")


FAULTS: dict[str, Callable[[Exchange], None]] = {
    "429": lambda e: e.status(429),
    "500": lambda e: e.status(500),
    "502 page": html_502,
    "503": lambda e: e.status(503, ""),
    "wrong type": wrong_type,
    "login page": login_page,
    "invalid JSON": invalid_json,
    "empty": empty,
    "short body": no_body,
    "closed": closed,
    "garbage": garbage,
    "cut": cut,
    "error in stream": error_in_stream,
    "no choices": no_choices,
    "null content": null_content,
    "nested JSON": nested,
}
_AWAY = ("429", "500", "502 page", "503", "short body", "closed", "garbage")


def notes(result: Draft) -> list[str]:
    return [s.note for s in result.sections if _FELL_BACK in s.note]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_that_passes_is_tried_again_and_leaves_no_trace(name: str) -> None:
    def reply(exchange: Exchange) -> None:
        (FAULTS[name] if exchange.number == 1 else faithful)(exchange)

    result, server = run(reply)
    holds(result)
    assert notes(result) == []
    assert result.usage.calls == len(server.requests)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_that_stays_costs_only_its_own_section(name: str) -> None:
    def reply(exchange: Exchange) -> None:
        is_hit = any("演练" in text for text in exchange.facts)
        (FAULTS[name] if is_hit else faithful)(exchange)

    result, server = run(reply)
    holds(result)
    assert len(notes(result)) == 1
    hit = [r for r in server.requests if "演练" in r["messages"][-1]["content"]]
    assert len(hit) == ModelOptions("", "").attempts
    assert KEY not in "".join(s.note for s in result.sections)


@pytest.mark.parametrize("name", [name for name in FAULTS if name not in _AWAY])
def test_an_endpoint_that_says_nothing_of_use_costs_no_draft(name: str) -> None:
    """The facts tell it all, as each section's note says."""
    events: list[Event] = []
    with serve(FAULTS[name]) as server:
        result = draft(server.url, TWO, on_event=events.append)
    holds(result, TWO)
    assert (result.mode, result.model) == ("composer", "")
    assert notes(result)
    (told,) = [e.message for e in events if isinstance(e, Notice)]
    assert told.endswith("全文改由要点直接成文。")
    assert KEY not in told


@pytest.mark.parametrize("name", _AWAY)
def test_an_endpoint_that_is_away_is_one_sentence(name: str) -> None:
    with serve(FAULTS[name]) as server, pytest.raises(ModelError) as caught:
        draft(server.url, TWO)
    told = str(caught.value)
    assert re.search("[一-鿿]", told)
    assert told.endswith("。")
    assert "\n" not in told
    assert KEY not in told
    assert "Traceback" not in told
    assert len(server.requests) <= 6


def test_a_stalled_stream_is_given_up_within_its_time() -> None:
    released = threading.Event()

    def reply(exchange: Exchange) -> None:
        if any("演练" in text for text in exchange.facts):
            exchange.start()
            exchange.event("消防")
            released.wait(20)
        else:
            faithful(exchange)

    started = time.monotonic()
    with serve(reply) as server:
        result = draft(server.url, timeout_s=0.5)
        released.set()
    holds(result)
    assert len(notes(result)) == 1
    assert time.monotonic() - started < 15


def test_a_drip_of_one_letter_at_a_time_ends() -> None:
    """Each piece comes within its time; the whole answer would take for ever."""

    def reply(exchange: Exchange) -> None:
        if any("演练" in text for text in exchange.facts):
            exchange.start()
            for _ in range(600):
                exchange.event("的")
                time.sleep(0.1)
        else:
            faithful(exchange)

    started = time.monotonic()
    result, _ = run(reply, timeout_s=0.5)
    holds(result)
    assert time.monotonic() - started < 25


def test_comments_that_never_end_are_no_answer() -> None:
    """Keep-alive lines come for ever and say nothing."""

    def reply(exchange: Exchange) -> None:
        exchange.start()
        for _ in range(2000):
            exchange.handler.wfile.write(b": still there\n\n")
            exchange.handler.wfile.flush()
            time.sleep(0.02)

    started = time.monotonic()
    with serve(reply) as server, pytest.raises(ModelError, match="没有回应"):
        draft(server.url, TWO, timeout_s=0.3)
    assert time.monotonic() - started < 25


def dripping(exchange: Exchange) -> None:
    """Headers that come one by one, each within its time, and never end."""
    exchange.handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(400):
        exchange.handler.wfile.write(b"X-%d: 1\r\n" % number)
        exchange.handler.wfile.flush()
        time.sleep(0.05)


def ask(url: str, cancel: threading.Event | None = None, **options: float) -> str:
    caller = Caller(
        ModelOptions(url, "small", KEY, connect_timeout_s=0.2, attempts=1, **options),  # type: ignore[arg-type]
        cancel or threading.Event(),
    )
    return caller.answer([HumanMessage("写")], {}, limit_chars=200)


def test_headers_that_drip_are_given_up_as_silence_is() -> None:
    started = time.monotonic()
    with serve(dripping) as server:
        with pytest.raises(ModelError, match="没有回应"):
            ask(server.url, timeout_s=0.3)
        assert time.monotonic() - started < 5


@pytest.mark.parametrize("has_begun", [False, True])
def test_a_call_nobody_waits_for_ends_at_once(has_begun: bool) -> None:
    """Not only with its next byte, for none may come."""
    asked, released, cancel = threading.Event(), threading.Event(), threading.Event()

    def reply(exchange: Exchange) -> None:
        if has_begun:
            exchange.start()
            exchange.event("消防")
        asked.set()
        released.wait(20)

    def stop() -> None:
        asked.wait(10)
        cancel.set()

    with serve(reply) as server:
        helper = threading.Thread(target=stop)
        helper.start()
        with pytest.raises(CancelledError):
            ask(server.url, cancel, timeout_s=60)
        assert asked.is_set()
        assert not released.is_set()
        helper.join()
        released.set()


def test_an_endless_answer_is_cut_and_its_facts_are_told() -> None:
    def reply(exchange: Exchange) -> None:
        exchange.start()
        while True:
            exchange.event("扎实推进各项工作" * 50)

    result, _ = run(reply)
    holds(result)


def test_an_endless_line_does_not_fill_the_memory() -> None:
    """One event of the stream that never ends with a line end."""
    sent = [0]

    def reply(exchange: Exchange) -> None:
        exchange.start()
        exchange.handler.wfile.write(b'data: {"id":"')
        with suppress(OSError):
            for _ in range(4096):
                exchange.handler.wfile.write(b"x" * 2**16)
                sent[0] += 2**16
        exchange.handler.connection.close()

    started = time.monotonic()
    with serve(reply) as server:
        holds(draft(server.url, TWO, timeout_s=2.0), TWO)
    assert sent[0] < 3 * 2 * 2**25
    assert time.monotonic() - started < 60


# --- the key and the text go to nobody else --------------------------------------------------


@contextmanager
def stranger() -> Iterator[tuple[str, list[str]]]:
    """Another host, which notes whatever reaches it."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def _note(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            seen.append(f"{self.command} {dict(self.headers)} {body!r}")
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = _note  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            return

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{httpd.server_address[1]}/v1/chat/completions", seen
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(code: int) -> None:
    with stranger() as (elsewhere, seen):

        def reply(exchange: Exchange) -> None:
            headers(exchange, code, b"", Location=elsewhere)

        with serve(reply) as server, pytest.raises(ModelError, match="转到") as caught:
            draft(server.url, TWO)
    assert seen == []
    assert len(server.requests) == 1
    assert "localhost" not in str(caught.value)


def test_an_embedding_endpoint_that_redirects_gets_no_report_sent_on() -> None:
    with stranger() as (elsewhere, seen):

        def reply(exchange: Exchange) -> None:
            headers(exchange, 307, b"", Location=elsewhere)

        with serve(reply) as server, pytest.raises(KnowledgeError) as caught:
            OpenAIEmbedder(model="e", base_url=server.url, api_key=KEY).embed_documents(
                ["排查42件"]
            )
    assert seen == []
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("name", ["nested", "packed", "endless", "dripping"])
def test_an_embedding_endpoint_has_the_bounds_of_a_chat(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = [0]

    def reply(exchange: Exchange) -> None:
        if name == "nested":
            headers(exchange, 200, b'{"data":' + b"[" * 100_000, Content_Type="application/json")
        elif name == "packed":
            body = gzip.compress(b'{"data":[' + b" " * 2**24)
            assert exchange.handler.headers["Accept-Encoding"] == "identity"
            headers(exchange, 200, body, Content_Type="x/json", Content_Encoding="gzip")
        elif name == "endless":
            exchange.start()
            for _ in range(1000):
                exchange.handler.wfile.write(b" " * 2**16)
                sent[0] += 2**16
        else:
            dripping(exchange)

    monkeypatch.setattr(OpenAIEmbedder, "_answer_bytes", 2**20)
    started = time.monotonic()
    with serve(reply) as server:
        embedder = OpenAIEmbedder(
            model="e", base_url=server.url, timeout_s=0.2 if name == "dripping" else 10
        )
        with pytest.raises(KnowledgeError, match="向量服务"):
            embedder.embed_documents(["排查42件"])
    assert time.monotonic() - started < 15
    assert sent[0] < 2**25


# --- waiting as asked --------------------------------------------------------------------------


def waits(reply: Callable[[Exchange], None]) -> list[float]:
    """How long the caller waits between its attempts, without waiting."""
    found: list[float] = []
    with serve(reply) as server:
        options = ModelOptions(server.url, "small", KEY, timeout_s=5, backoff_s=1.0)
        caller = Caller(options, threading.Event(), found.append)
        with suppress(ModelError):
            caller.answer([HumanMessage("写")], {}, limit_chars=200)
    return found


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [
        ("7", 7.0, 9.0),
        ("0", 1.0, 3.0),
        ("86400", 30.0, 40.0),  # nobody waits a day
        ("-5", 1.0, 3.0),
        ("soon", 1.0, 3.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 1.0, 3.0),
    ],
)
def test_retry_after_is_heeded_within_reason(asked: str, least: float, most: float) -> None:
    def reply(exchange: Exchange) -> None:
        headers(exchange, 429, b"{}", Content_Type="application/json", Retry_After=asked)

    found = waits(reply)
    assert len(found) == 2
    assert all(least <= seconds <= most for seconds in found)


def test_without_being_asked_the_waits_grow() -> None:
    first, second = waits(lambda exchange: exchange.status(503))
    assert 1.0 <= first <= 1.25
    assert 2.0 <= second <= 2.5


def test_what_was_written_before_the_fault_is_kept(tmp_path: Path) -> None:
    """Half of the sections come, then the endpoint is gone: a second run asks only for the rest."""
    from tests.drafting.test_chain import draft_at

    is_gone = threading.Event()

    def reply(exchange: Exchange) -> None:
        if exchange.number > 2 and not is_gone.is_set():
            closed(exchange)
        else:
            faithful(exchange)

    with serve(reply) as server:
        first = draft_at(tmp_path, server.url)
        holds(first)
        assert notes(first)
        is_gone.set()
        before = len(server.requests)
        second = draft_at(tmp_path, server.url)
        asked_again = len(server.requests) - before
    holds(second)
    assert notes(second) == []
    assert asked_again < len({s.key for s in second.sections if s.sentences})
    assert SHEET.facts


def test_a_packed_answer_is_not_unpacked() -> None:
    """A megabyte that would unpack to a thousand."""
    packed = gzip.compress(b"data: " + b"x" * 2**24)

    def reply(exchange: Exchange) -> None:
        assert exchange.handler.headers["Accept-Encoding"] == "identity"
        headers(exchange, 200, packed, Content_Type="text/event-stream", Content_Encoding="gzip")

    with serve(reply) as server:
        result = draft(server.url, TWO)
    holds(result, TWO)
    assert notes(result)


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_a_break_while_the_model_is_silent_ends_at_once_and_keeps_what_is_written(
    tmp_path: Path,
) -> None:
    is_silent, released = threading.Event(), threading.Event()

    def reply(exchange: Exchange) -> None:
        if exchange.number == 1:
            faithful(exchange)
        else:
            is_silent.set()
            released.wait(60)

    facts = resources.examples_dir() / "乡镇.txt"
    with serve(reply) as server:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "draft", str(facts), "-o", str(tmp_path / "o.md")],
            stderr=subprocess.PIPE, text=True, encoding="utf-8",
            env={
                **os.environ, "OPENAI_BASE_URL": server.url, "PINGAN_MODEL": "m",
                "PINGAN_HOME": str(tmp_path / "home"),
            },
        )  # fmt: skip
        assert is_silent.wait(60)
        time.sleep(0.5)
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
        took_s = time.monotonic() - started
        released.set()
    assert process.returncode == 130
    assert took_s < 3  # measured 0.1 to 0.9; the model may be silent for 180
    assert "模型已写好的1段留着" in told
    assert len(list((tmp_path / "home" / "drafts").rglob("*.json"))) == 1
