"""A key given to the program is found in nothing that the program puts out."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

ROOT = Path(__file__).resolve().parent.parent
CANARY = "sk-canary-5d2e8b7a90"


class _Refusing(BaseHTTPRequestHandler):
    """An endpoint that gives the key it was sent back in its error."""

    def _answer(self) -> None:
        told = f"bad key {self.headers.get('Authorization')}"
        body = json.dumps({"error": {"message": told, "code": "invalid_api_key"}}).encode()
        self.send_response(401)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _answer  # noqa: N815  # names the server looks for

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def endpoint() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Refusing)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    server.shutdown()
    server.server_close()


def run(endpoint: str, home: Path, *arguments: str, debug: bool = False) -> str:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "PINGAN_"))}
    told = {
        "OPENAI_API_KEY": CANARY,
        "OPENAI_BASE_URL": endpoint,
        "PINGAN_MODEL": "some-model",
        "PINGAN_HOME": str(home),
        **({"PINGAN_DEBUG": "1"} if debug else {}),
    }
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        cwd=ROOT, env={**kept, **told}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def test_the_key_is_in_no_output_and_no_file(endpoint: str, tmp_path: Path) -> None:
    home, facts = tmp_path / "home", ROOT / "examples" / "乡镇.txt"
    doctor = run(endpoint, home, "doctor")
    assert "密钥不对" in doctor
    assert "已设置" in doctor
    seen = [doctor]
    for debug in (False, True):
        seen.append(run(endpoint, home, "draft", str(facts), debug=debug))
        seen.append(run(endpoint, home, "check", str(facts), "--format", "json", debug=debug))
        seen.append(run(endpoint, home, "web", "--host", "0.0.0.0", debug=debug))
    for path in home.rglob("*"):
        if path.is_file():
            seen.append(path.read_bytes().decode("latin-1"))
    assert len("".join(seen)) > 500
    assert [text[max(0, text.find(CANARY) - 80) :][:200] for text in seen if CANARY in text] == []
