"""What strangers hold of a server is bounded: headers, time, connections, open files."""

import resource
import shutil
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.web.conftest import free_port

pytestmark = pytest.mark.slow

# A real server with the bounds of the page, shorter in time, and few files.
_SERVER = """
    import resource, socket, sys, time
    from pathlib import Path
    from app.web.serving import bounds
    from app.web.serving.listener import Listener

    resource.setrlimit(resource.RLIMIT_NOFILE, (128, 1200))

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
            return
        if scope["path"] == "/known":
            scope["pingan.let_in"]()
        if scope["method"] == "POST" and scope["path"] != "/":
            while (await receive()).get("more_body"):
                pass
        files = str(resource.getrlimit(resource.RLIMIT_NOFILE)[0]).encode()
        head = [(b"content-length", str(len(files)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": files})

    protocol = bounds.bounded(lambda address: address == "127.0.0.3")
    protocol.strangers.headers_s = bounds._HEADERS_S = 1.5
    taken = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=2048)
    certificate, key = [*map(Path, sys.argv[2:]), None, None][:2]
    listener = Listener.start(app, taken, certificate=certificate, key=key, protocol=protocol)
    while listener.is_serving:
        time.sleep(0.1)
"""


@contextmanager
def server(*keys: str) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-c", textwrap.dedent(_SERVER), str(port), *keys]
    process = subprocess.Popen(command)
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            assert process.poll() is None
            time.sleep(0.1)
    yield port
    process.terminate()
    process.wait(20)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with server() as port:
        yield port


HEADERS = b"GET / HTTP/1.1\r\nX-A: "
BODY = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\na"


def drip(port: int, count: int, source: str, said: bytes = HEADERS) -> list[socket.socket]:
    """Connections that begin a request and never end it."""
    found = []
    for _ in range(count):
        one = socket.socket()
        one.bind((source, 0))
        one.connect(("127.0.0.1", port))
        one.sendall(said)
        one.settimeout(0.01)
        found.append(one)
    return found


def is_open(one: socket.socket) -> bool:
    try:
        one.sendall(b"a")
        return one.recv(100) != b""
    except TimeoutError:
        return True
    except OSError:
        return False


def ask(port: int, source: str = "127.0.0.1") -> tuple[str, float]:
    """An answer, and how long it took."""
    begun = time.monotonic()
    with closing(HTTPConnection("127.0.0.1", port, timeout=5, source_address=(source, 0))) as page:
        page.request("GET", "/")
        return page.getresponse().read().decode(), time.monotonic() - begun


def quickest(port: int, source: str) -> float:
    """The best of a few tries: a busy machine delays one or another."""
    return min(ask(port, source)[1] for _ in range(4))


@pytest.fixture(autouse=True)
def _files() -> Iterator[None]:
    """The test itself holds many connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_idle_connections_keep_nobody_else_waiting(port: int) -> None:
    held = [*drip(port, 500, "127.0.0.2"), *drip(port, 300, "127.0.0.4")]
    for source in ("127.0.0.1", "127.0.0.2"):
        assert quickest(port, source) < 1
    assert ask(port)[0] == "1200", "the file limit is raised as far as the system lets it"
    assert sum(map(is_open, held)) <= 256
    begun = time.monotonic()
    while any(map(is_open, held[-5:])):
        assert time.monotonic() - begun < 15, "however busily they drip"
    for one in held:
        one.close()


def test_forms_that_never_end_keep_nobody_else_waiting(port: int) -> None:
    held = drip(port, 400, "127.0.0.2", BODY % b"/form")
    assert quickest(port, "127.0.0.2") < 1
    assert sum(map(is_open, held)) <= 128
    for one in held:
        one.close()


def test_who_is_known_may_take_long(port: int) -> None:
    held = drip(port, 200, "127.0.0.2", BODY % b"/known")
    held += drip(port, 1, "127.0.0.2")
    time.sleep(2)
    assert all(map(is_open, held[:5]))
    for one in held:
        one.close()


def test_a_trusted_proxy_may_hold_as_many_as_it_likes(port: int) -> None:
    held = drip(port, 200, "127.0.0.3")
    ask(port)
    assert all(map(is_open, held[:5]))
    for one in held:
        one.close()


def _talk(port: int, said: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=8) as one:
        try:
            one.sendall(said)
            return one.recv(400)
        except OSError:
            return b""


def test_headers_have_a_greatest_size(port: int) -> None:
    long = b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 40_000 + b"\r\n\r\n"
    refused = (b"HTTP/1.1 431", b"")  # what was not read may cut the answer off
    assert _talk(port, long)[:12] in refused
    many = b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * 8_000 + b"\r\n"
    assert _talk(port, many)[:12] in refused
    short = b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 9_000 + b"\r\n\r\n"
    assert b"200 OK" in _talk(port, short)


def test_a_connection_serves_one_request_after_another(port: int) -> None:
    with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as page:
        for body in (None, b"x" * 100_000, None, b"x"):
            page.request("POST" if body else "GET", "/form", body)
            assert page.getresponse().read() == b"1200"
    two = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 2
    with socket.create_connection(("127.0.0.1", port), timeout=5) as one:
        one.sendall(two)
        time.sleep(0.5)
        assert one.recv(4000).count(b"200 OK") == 2


def test_what_was_answered_early_is_not_read_for_ever(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=8) as one:
        one.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
        assert b"200 OK" in one.recv(400)
        one.settimeout(0.05)
        begun = time.monotonic()
        while is_open(one):
            assert time.monotonic() - begun < 15
            time.sleep(0.2)
        assert time.monotonic() - begun > 0.5


def test_a_handshake_that_does_not_begin_is_not_waited_for(tmp_path: Path) -> None:
    if not shutil.which("openssl"):
        pytest.skip("没有 openssl，造不出证书")
    keys = [str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x"]
    made += ["-out", keys[0], "-keyout", keys[1]]
    subprocess.run(made, check=True, capture_output=True)
    with server(*keys) as port:
        one = socket.create_connection(("127.0.0.1", port), timeout=10)
        with one, suppress(ConnectionError):
            assert one.recv(10) == b""
