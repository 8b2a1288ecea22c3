"""A chat endpoint on loopback that answers as badly as a model can, always in the same way."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_FACTS = re.compile(r"<要点>\n(.*?)\n</要点>", re.DOTALL)
_PASSAGES = re.compile(r"<参考>\n(.*?)\n</参考>", re.DOTALL)
_INVENTED = (
    "全年累计开展专项检查1873次，发现并整改隐患6419处。",
    "全年没有发生任何矛盾纠纷事件，群众安全感明显提升了。",
    "先后荣获全国先进集体称号，相关做法在全省率先推广。",
    "为沿线居民安装了LED照明灯，组织了夜间义务巡河和无人机巡航。",
)
_DIGIT = re.compile(r"\d(?=\d)")


@dataclass(slots=True)
class Endpoint:
    """Where it listens, and every prompt it got."""

    url: str
    prompts: list[str] = field(default_factory=list)


def answer(prompt: str) -> str:
    """What the worst model makes of a prompt: the same every time."""
    found = _FACTS.search(prompt)
    facts = [line.lstrip("- ") for line in found[1].splitlines()] if found else []
    shown = _PASSAGES.search(prompt)
    parroted = shown[1].replace("\n", "") if shown else ""
    altered = [_DIGIT.sub("7", fact) for fact in facts[1:2]]
    swapped = [_swap(fact) for fact in facts[2:3]]
    return "".join(
        (
            "好的，以下是正文：\n## 工作情况\n",
            _INVENTED[len(facts) % len(_INVENTED)],
            *altered,  # the first fact is left out
            *swapped,
            *facts[3:],
            parroted,
            _INVENTED[(len(facts) + 1) % len(_INVENTED)],
            "\n- **以上内容仅供参考，如有需要请告诉我。**",
        )
    )


def _swap(fact: str) -> str:
    """The right figures on the wrong things: the first two change places."""
    found = list(re.finditer(r"\d+(?:\.\d+)?", fact))
    if len(found) < 2:
        return fact
    one, two = found[0], found[1]
    return fact[: one.start()] + two[0] + fact[one.end() : two.start()] + one[0] + fact[two.end() :]


def _events(body: dict[str, Any], text: str) -> Iterator[bytes]:
    for start in range(0, len(text), 40):
        yield _event(body, text[start : start + 40], None)
    yield _event(body, "", "stop")
    yield b"data: [DONE]\n\n"


def _event(body: dict[str, Any], text: str, finish: str | None) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    chunk = {
        "id": "hostile",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": body.get("model", ""),
        "choices": [choice],
    }
    return f"data: {json.dumps(chunk)}\n\n".encode()


@contextmanager
def serve_hostile() -> Iterator[Endpoint]:
    """Answer until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name the server looks for
            """Answer one request."""
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            prompt = "\n".join(str(message["content"]) for message in body["messages"])
            endpoint.prompts.append(prompt)
            self.close_connection = True
            with suppress(BrokenPipeError, ConnectionResetError):
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                for data in _events(body, answer(prompt)):
                    self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    endpoint = Endpoint(f"http://127.0.0.1:{server.server_address[1]}/v1")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.daemon = True
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
