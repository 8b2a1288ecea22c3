"""Take uploads: each file into a folder of its own, which belongs to whoever sent it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from app.core.errors import InputError
from app.core.faults import refused
from app.web.auth.files import FileOwners
from app.web.auth.http import (
    Answer,
    Message,
    Receive,
    Scope,
    TooLargeError,
    header,
    json_error,
)
from app.web.auth.isolate import MOST_UPLOAD_BYTES
from app.web.workspace import MAX_UPLOAD_BYTES

_LONGEST_NAME = 120
_TOO_LARGE = f"文件超过 {MAX_UPLOAD_BYTES // 2**20} MB，没有上传，请拆开或压缩后再试。"
_BROKEN = "文件没有传完整，请重新选择一次。"


def _counted(receive: Receive, limit: int) -> Callable[[], Any]:
    """A ``receive`` that gives up where the whole request grows beyond ``limit``."""
    got = 0

    async def counted() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        if got > limit:
            raise TooLargeError
        return message

    return counted


def _short(name: str) -> str:
    """A name that fits every file system, its suffix kept."""
    path = Path(name.encode("utf-8", "replace").decode())  # a name may hold half a character
    suffix = path.suffix[:20]
    stem = path.name.removesuffix(path.suffix)[: _LONGEST_NAME - len(suffix)]
    while len((stem + suffix).encode()) > 240:
        stem = stem[:-1]
    return (stem or "文件") + suffix


@dataclass(frozen=True, slots=True)
class Uploads:
    """Stores what people send; Gradio's own way gives equal files one place for everyone."""

    owners: FileOwners

    async def take(self, scope: Scope, receive: Receive, user_id: str) -> Answer:
        """Store the files of one request and answer with their places."""
        from gradio.route_utils import upload_fn  # noqa: PLC0415  # late
        from gradio.routes import file_upload_statuses  # noqa: PLC0415
        from python_multipart.exceptions import FormParserError  # noqa: PLC0415
        from starlette.exceptions import HTTPException  # noqa: PLC0415
        from starlette.formparsers import MultiPartException  # noqa: PLC0415
        from starlette.requests import ClientDisconnect, Request  # noqa: PLC0415

        length = header(scope, b"content-length")
        if length.isascii() and length.isdigit() and int(length) > MOST_UPLOAD_BYTES:
            raise TooLargeError
        query = dict(parse_qsl(scope.get("query_string", b"").decode("ascii")))
        upload_id = query.get("upload_id")
        staging = self.owners.new_folder(user_id)
        try:
            stored, _, _ = await upload_fn(
                Request(scope, _counted(receive, MOST_UPLOAD_BYTES)),
                str(staging),
                MAX_UPLOAD_BYTES,
                upload_id,
                force_move=True,
                upload_progress=file_upload_statuses if upload_id else None,
            )
            places = [self._keep(Path(str(path)), user_id) for path in stored]
        except MultiPartException as error:
            is_size = "maximum allowed size" in error.message
            return json_error(413, _TOO_LARGE) if is_size else json_error(400, _BROKEN)
        except (HTTPException, FormParserError, ClientDisconnect, KeyError, ValueError):
            return json_error(400, _BROKEN)
        except OSError as error:
            return json_error(507, refused(InputError, "文件没有上传", error).on_page)
        finally:
            self.owners.drop(staging)
        return Answer(200, json.dumps(places).encode(), "application/json")

    def _keep(self, path: Path, user_id: str) -> str:
        kept = self.owners.new_folder(user_id) / _short(path.name)
        path.replace(kept)
        return str(kept)
