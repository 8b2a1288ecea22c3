"""An HTTP server in a thread of its own, on a port that is taken already."""

import socket
import ssl
from asyncio import Protocol
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any, Self

import uvicorn

from app.core.errors import ConfigError
from app.web.serving.bounds import LOOP

_GRACE_S = 2  # for answers under way when the page is closed; event streams never end by themselves
_POLL_S = 0.01


class Listener:
    """Serves one application until closed."""

    def __init__(self, server: uvicorn.Server, thread: Thread) -> None:
        self._server = server
        self._thread = thread

    @classmethod
    def start(
        cls,
        app: Any,
        taken: socket.socket,
        *,
        certificate: Path | None,
        key: Path | None,
        protocol: type[Protocol],
    ) -> Self:
        """Serve ``app`` on ``taken``; returns as soon as it answers, however long that takes.

        ``protocol`` is how a connection is spoken on.

        Raises:
            ConfigError: the certificate and its key cannot be read or do not belong together, or
                the application could not be started.
        """
        config = uvicorn.Config(
            app,
            http=protocol,
            loop=LOOP,
            log_config=None,  # the page has a log of its own
            log_level="warning",
            lifespan="on",  # Gradio begins to work through its queue there
            ssl_certfile=certificate,
            ssl_keyfile=key,
            timeout_graceful_shutdown=_GRACE_S,
        )
        try:
            config.load()
        except (ssl.SSLError, OSError) as error:
            raise ConfigError("证书或私钥读不出来，请检查 --ssl-cert 和 --ssl-key。") from error
        server = uvicorn.Server(config)
        thread = Thread(
            target=server.run, kwargs={"sockets": [taken]}, name="listener", daemon=True
        )
        thread.start()
        while not server.started:
            if not thread.is_alive():
                raise ConfigError("网页没有启动成，原因见上面的日志。")
            sleep(_POLL_S)
        return cls(server, thread)

    @property
    def is_serving(self) -> bool:
        """False once it has been stopped."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Stop serving; answers under way get a moment."""
        self._server.should_exit = True
        self._thread.join(timeout=_GRACE_S + 3)
