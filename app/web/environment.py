"""Settle what Gradio reads from the environment; call before it is imported."""

import os
from collections.abc import MutableMapping
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
