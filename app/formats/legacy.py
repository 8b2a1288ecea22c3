"""Old and foreign word-processor files, converted by LibreOffice where it is installed."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from app.core.document import Document
from app.core.errors import InputError
from app.formats.docx.reader import read_docx
from app.formats.limits import Limits
from app.formats.source import label

_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_EXCEL_STREAM = "Workbook".encode("utf-16-le")
_SUFFIXES = {"ole": ".doc", "rtf": ".rtf", "xml": ".xml", "odt": ".odt"}
_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:/Program Files/LibreOffice/program/soffice.exe",
    "C:/Program Files (x86)/LibreOffice/program/soffice.exe",
)
# A private profile that runs no macro, follows no link out of the file and reaches no network.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetProxyType" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyPort" oor:op="fuse"><value>9</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyPort" oor:op="fuse"><value>9</value></prop></item>
</oor:items>
"""  # noqa: E501


def find_soffice() -> str | None:
    """The LibreOffice program, ``None`` where it is not installed."""
    for command in ("soffice", "libreoffice"):
        if found := shutil.which(command):
            return found
    return next((place for place in _PLACES if Path(place).is_file()), None)


def read_legacy(data: bytes, name: str, limits: Limits, *, kind: str) -> Document:
    """A doc, wps, rtf, odt or Word 2003 XML file, read through its conversion to docx.

    The result has no run slices: the runs are those of the conversion, not of the file.

    Raises:
        InputError: encrypted, damaged, too slow, or LibreOffice is not there.
    """
    if kind == "ole":
        _check_ole(data, name)
    program = find_soffice()
    if program is None:
        raise InputError(
            f"文件{label(name)}是旧格式或非Word格式，本机没有LibreOffice可供转换，"
            "请用Word或WPS另存为.docx再提交。"
        )
    suffix = Path(name).suffix.lower()
    if kind != "ole" or suffix not in {".wps", ".wpt", ".doc", ".dot"}:
        suffix = _SUFFIXES[kind]
    converted = _convert(program, data, suffix, name, limits)
    document = read_docx(converted, name, limits)
    return replace(document, format=suffix.removeprefix("."), runs=())


def _check_ole(data: bytes, name: str) -> None:
    if _ENCRYPTED_PACKAGE in data:
        raise InputError(f"文件{label(name)}已加密，请先用密码打开，去掉密码后另存为.docx再提交。")
    if _EXCEL_STREAM in data and "WordDocument".encode("utf-16-le") not in data:
        raise InputError(f"文件{label(name)}是Excel表格，不是文稿，请提供.docx、.pdf或.txt文件。")


def _convert(program: str, data: bytes, suffix: str, name: str, limits: Limits) -> bytes:
    with tempfile.TemporaryDirectory(prefix="pingan-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        profile = home / "profile" / "user"
        profile.mkdir(parents=True)
        (profile / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
        source = home / f"source{suffix}"
        source.write_bytes(data)
        command = [
            program,
            "--headless",
            "--norestore",
            "--nolockcheck",
            "--nodefault",
            f"-env:UserInstallation={(home / 'profile').as_uri()}",
            "--convert-to",
            "docx:MS Word 2007 XML",
            "--outdir",
            str(home / "out"),
            str(source),
        ]
        _run(command, home, name, limits)
        result = home / "out" / "source.docx"
        if not result.is_file() or result.stat().st_size > limits.max_bytes:
            raise _failed(name)
        return result.read_bytes()


def _run(command: list[str], home: Path, name: str, limits: Limits) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    environment |= {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    try:
        with _unbounded_memory():
            process = subprocess.Popen(
                command,
                cwd=home,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
    except OSError as error:
        raise _failed(name) from error
    try:
        process.wait(timeout=limits.timeout_s)
    except subprocess.TimeoutExpired as error:
        raise InputError(f"文件{label(name)}转换超时，请用Word或WPS另存为.docx再提交。") from error
    finally:
        _end(process)


@contextmanager
def _unbounded_memory() -> Iterator[None]:
    """A program started within takes over no bound of this process: it maps more than it uses."""
    if sys.platform == "win32":
        yield
        return
    import resource  # noqa: PLC0415  # not on every system

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the converter and what it started, if it still runs."""
    if process.poll() is None:
        if sys.platform == "win32":
            process.kill()
        else:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _failed(name: str) -> InputError:
    return InputError(f"文件{label(name)}无法转换，可能已损坏，请用Word或WPS另存为.docx再提交。")
