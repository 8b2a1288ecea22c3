"""The page's private folder: uploads are deleted once read, downloads after a working day."""

import atexit
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from app.core.errors import InputError

MAX_UPLOAD_BYTES = 20 * 1024 * 1024
KEEP_SECONDS = 8 * 3600
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]')
_MAX_NAME = 60


def safe_name(stem: str, suffix: str) -> str:
    """A file name that every system takes."""
    cleaned = _UNSAFE.sub("", stem).strip(" .")[:_MAX_NAME]
    return f"{cleaned or '平安建设工作总结'}{suffix}"


@dataclass(frozen=True, slots=True)
class UploadFolder:
    """A folder only this user can read."""

    folder: Path

    @classmethod
    def create(cls) -> "UploadFolder":
        """A new folder, removed when the program ends."""
        folder = Path(tempfile.mkdtemp(prefix="pingan-web-")).resolve()
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return cls(folder)

    @contextmanager
    def taken(self, uploaded: str | None) -> Iterator[Path]:
        """An uploaded file, deleted afterwards.

        Raises:
            InputError: there is none, or it is not an upload of this page.
        """
        if not uploaded:
            raise InputError("没有收到文件，请重新选择一次。")
        path = Path(uploaded).resolve()
        if not path.is_relative_to(self.folder) or not path.is_file():
            raise InputError("上传的文件已经清理，请重新选择一次。")
        try:
            yield path
        finally:
            with suppress(OSError):
                path.unlink()
                path.parent.rmdir()

    def place(self, stem: str, suffix: str) -> Path:
        """Where to write a file for download: a folder of its own, so that names do not meet."""
        folder = self.folder / uuid4().hex
        folder.mkdir(mode=0o700)
        return folder / safe_name(stem, suffix)
