"""Settle what Gradio and the allocator go by; call before Gradio is imported."""

import ctypes
import os
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path

_FIXED = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    # A record of every event, summed up anew at each one: memory that only grows, for nobody.
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": str(10**9),
    "GRADIO_RUN_HISTORY": "False",
    "GRADIO_SHARE": "False",
    "GRADIO_SSR_MODE": "False",
    "GRADIO_MCP_SERVER": "False",
    "GRADIO_ALLOWED_PATHS": "",
    "GRADIO_ROOT_PATH": "",
    "GRADIO_NUM_WORKERS": "0",
    "FORWARDED_ALLOW_IPS": "",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}
_PROXIES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_M_ARENA_MAX = -8  # malloc.h of glibc
_MOST_ARENAS = 2


def prepare_environment(uploads: Path, environment: MutableMapping[str, str] | None = None) -> None:
    """Keep Gradio off the network and its files in ``uploads``.

    Offices often set a proxy for everything; the page must not be asked for through it.
    """
    environment = os.environ if environment is None else environment
    environment.update(_FIXED)
    environment["GRADIO_TEMP_DIR"] = str(uploads)
    if not any(environment.get(name) for name in _PROXIES):
        return
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [h.strip() for h in environment.get(name, "").split(",") if h.strip()]
        hosts.extend(h for h in _LOOPBACK if h not in hosts)
        environment[name] = ",".join(hosts)


def limit_arenas() -> bool:
    """Give all threads two heaps to share; call before there are threads.

    By default glibc gives each of them one of its own, up to eight for every core. Work that
    moves from thread to thread leaves holes in all of them, and the process grows for hours.
    Returns whether the C library took it; others than glibc have no such heaps.
    """
    if not sys.platform.startswith("linux"):
        return False
    with suppress(OSError, AttributeError):
        return bool(ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _MOST_ARENAS))
    return False
