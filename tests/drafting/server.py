"""A scripted chat endpoint on loopback: real HTTP, no patching of the client."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["Exchange"], None]


@dataclass
class Exchange:
    """One request, and what a script needs to answer it."""

    handler: BaseHTTPRequestHandler
    body: dict[str, Any]
    number: int

    @property
    def user(self) -> str:
        return str(self.body["messages"][-1]["content"])

    @property
    def facts(self) -> list[str]:
        match = re.search(r"<要点>\n(.*?)\n</要点>", self.user, re.DOTALL)
        return [line.removeprefix("- ") for line in match.group(1).splitlines()] if match else []

    @property
    def is_repair(self) -> bool:
        return "<原句>" in self.user

    def status(self, code: int, body: str = '{"error":{"message":"no"}}') -> None:
        data = body.encode()
        self.handler.send_response(code)
        self.handler.send_header("Content-Type", "application/json")
        self.handler.send_header("Content-Length", str(len(data)))
        self.handler.end_headers()
        self.handler.wfile.write(data)

    def start(self) -> None:
        self.handler.send_response(200)
        self.handler.send_header("Content-Type", "text/event-stream")
        self.handler.send_header("Connection", "close")
        self.handler.end_headers()

    def event(self, text: str, finish: str | None = None) -> None:
        chunk = {
            "id": "c1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": self.body["model"],
            "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}],
        }
        self.handler.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.handler.wfile.flush()

    def stream(self, text: str, *, pause_s: float = 0.0) -> None:
        self.start()
        for start in range(0, len(text), 8):
            self.event(text[start : start + 8])
            if pause_s:
                time.sleep(pause_s)
        self.event("", "stop")
        self.handler.wfile.write(b"data: [DONE]\n\n")


@dataclass
class Server:
    """The endpoint's address and every request body it got."""

    url: str
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def serve(reply: Reply) -> Iterator[Server]:
    """Run ``reply`` for every request until the block ends."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                server.requests.append(body)
                server.headers.append(dict(self.headers))
                number = len(server.requests)
            self.close_connection = True
            # The client hangs up, as some tests want.
            with suppress(BrokenPipeError, ConnectionResetError):
                reply(Exchange(self, body, number))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            return

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    server = Server(f"http://127.0.0.1:{httpd.server_address[1]}/v1")
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()
