import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from app.web.serving.environment import prepare_environment


def test_nothing_is_reported_and_files_stay_in_the_private_folder() -> None:
    environment: dict[str, str] = {"GRADIO_SHARE": "True", "GRADIO_ALLOWED_PATHS": "/"}
    prepare_environment(Path("/private"), environment)
    assert environment["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert environment["GRADIO_SHARE"] == "False"
    assert environment["GRADIO_ALLOWED_PATHS"] == ""
    assert environment["HF_HUB_OFFLINE"] == "1"
    assert environment["GRADIO_TEMP_DIR"] == "/private"
    assert "NO_PROXY" not in environment


def test_a_proxy_is_not_asked_for_the_page_itself() -> None:
    environment = {"HTTP_PROXY": "http://proxy:8080", "no_proxy": "intranet,localhost"}
    prepare_environment(Path("/private"), environment)
    assert environment["no_proxy"] == "intranet,localhost,127.0.0.1,::1"
    assert environment["NO_PROXY"] == "127.0.0.1,localhost,::1"


_RECORDS = """
import gradio as gr
with gr.Blocks(analytics_enabled=False) as page:
    gr.Textbox()
queue = page.queue()._queue
queue.events_recorded = 100_000
queue.compute_analytics_summary([{"function": "check", "status": "success"}] * 1000)
print(queue.ANALYTICS_MAX_EVENTS, queue.cached_event_analytics_summary)
"""


def test_gradio_keeps_no_record_of_every_event() -> None:
    environment = {**os.environ}
    prepare_environment(Path("/private"), environment)
    told = subprocess.run(  # Gradio leaves event loops open, hence a process of its own
        [sys.executable, "-c", _RECORDS],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "1 {'functions': {}}"


_THREADS = """
import ctypes, threading
from app.web.serving.environment import limit_arenas
if {is_limited}:
    limit_arenas()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
barrier = threading.Barrier(12)
def work():
    barrier.wait()
    libc.malloc(100_000)
    barrier.wait()
threads = [threading.Thread(target=work) for _ in range(12)]
[t.start() for t in threads]
[t.join() for t in threads]
libc.malloc_stats()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has such heaps")
def test_threads_share_two_heaps() -> None:
    heaps = []
    for is_limited in (True, False):
        told = subprocess.run(
            [sys.executable, "-c", _THREADS.format(is_limited=is_limited)],
            capture_output=True,
            text=True,
            check=True,
        )
        heaps.append(told.stderr.count("Arena "))
    assert heaps[0] == 2
    assert heaps[1] > 2
