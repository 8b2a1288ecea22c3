"""Plain text and Markdown in the encodings that Chinese offices use."""

import codecs
import re
from itertools import islice

from app.core.document import Document
from app.core.errors import InputError
from app.formats.limits import Limits
from app.formats.source import check_document, label, too_long

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_MOST_BYTES_PER_CHAR = 4
_SAMPLE = 4000
_PLAUSIBLE = 0.75
_PUNCTUATION = frozenset("，。、；：？！“”‘’（）《》【】〔〕〈〉—…·　％×～－．￥℃①②③④⑤⑥⑦⑧⑨⑩○●□■◆★▲")


def read_plain(data: bytes, name: str, limits: Limits, *, kind: str = "txt") -> Document:
    """A text file as a document; line ends become ``\\n``, a byte order mark goes.

    Raises:
        InputError: binary data, an unknown encoding, no text, too much text.
    """
    if len(data) > limits.max_chars * _MOST_BYTES_PER_CHAR:
        raise too_long(name, limits)
    text = _LINE_ENDS.sub("\n", decode(data, name))
    return check_document(Document(text=text, path=name, format=kind), limits)


def decode(data: bytes, name: str) -> str:
    """Text from bytes: by mark, else UTF-8, else whichever of GB18030 and UTF-16 reads as Chinese.

    Raises:
        InputError: no encoding gives text.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _checked(_decode_as(data[len(mark) :], encoding, name), name)
    text = _try(data, "utf-8")
    if text is not None and "\0" not in text:
        return _checked(text, name)
    candidates = [c for e in ("gb18030", "utf-16-le", "utf-16-be") if (c := _try(data, e))]
    best = max(candidates, key=plausibility, default="")
    if best and "\0" not in best and plausibility(best) >= _PLAUSIBLE:
        return _checked(best, name)
    raise _undecodable(data, name)


def plausibility(text: str) -> float:
    """Share of characters that everyday Chinese office text is made of, 0 to 1."""
    sample = text[:_SAMPLE]
    return sum(map(_is_everyday, sample)) / len(sample) if sample else 0.0


def _is_everyday(char: str) -> bool:
    if char in _PUNCTUATION or "！" <= char <= "～":
        return True
    if char < "\x7f":
        return char >= " " or char in "\t\r\n\f\v"
    if not "一" <= char <= "龥":
        return False
    try:  # the first level of GB 2312 holds the 3,755 characters in common use
        return char.encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        return False


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _decode_as(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            f"文件{label(name)}的文字编码损坏或内容不完整，请用记事本打开后另存为UTF-8编码。"
        ) from error


def _checked(text: str, name: str) -> str:
    most = 3 + len(text) // 100
    controls = sum(1 for _ in islice(_CONTROLS.finditer(text), most + 1))
    if "\0" in text or controls > most:
        raise _binary(name)
    return text


def _undecodable(data: bytes, name: str) -> InputError:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        good = data[: error.start].decode("utf-8")
        if good and plausibility(good[-_SAMPLE:]) >= _PLAUSIBLE and not _CONTROLS.search(good):
            line = good.count("\n") + 1
            return InputError(
                f"文件{label(name)}第{line}行起无法按UTF-8读出，文件可能不完整，"
                "请用记事本打开检查后另存为UTF-8编码。"
            )
    return _binary(name)


def _binary(name: str) -> InputError:
    return InputError(
        f"文件{label(name)}不是文本文件（二进制内容或未知编码），"
        "请另存为.docx，或用记事本另存为UTF-8编码的.txt。"
    )
