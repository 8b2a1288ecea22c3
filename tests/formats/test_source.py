"""Text that can be encoded, names that can be read, documents behind a barrier."""

import os

import pytest

from app.core.errors import ConfigError, InputError
from app.formats.source import barrier, encodable, shown_name


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("平安", "平安"),
        ("\ud842\udfb7口", "\U00020bb7口"),
        ("口\ud842", "口�"),
        ("\udfb7\ud842口", "��口"),
        ("\ud842\ud842\udfb7", "�\U00020bb7"),
    ],
)
def test_halves_are_joined_and_a_lone_one_is_replaced(text: str, joined: str) -> None:
    assert encodable(text) == joined
    assert encodable(text).encode()


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("报送/总结.txt".encode(), "报送/总结.txt"),
        ("报送/".encode() + "云渡.txt".encode("gb18030"), "报送/云渡.txt"),
        (b"a/\xff.txt", "a/�.txt"),
    ],
)
def test_names_in_another_encoding_are_shown(raw: bytes, shown: str) -> None:
    assert shown_name(os.fsdecode(raw)) == shown
    assert shown_name("半\ud842.txt") == "半�.txt"


@pytest.mark.parametrize(
    ("error", "words"), [(MemoryError(), "内存不够"), (KeyError("x"), "没有料到的内容（KeyError）")]
)
def test_what_happens_behind_the_barrier_names_the_document(error: Exception, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught, barrier("报送/甲.docx"):
        raise error
    assert "“甲.docx”" in str(caught.value)
    assert caught.value.__cause__ is error
    with pytest.raises(ConfigError, match="原样"), barrier("甲.docx"):
        raise ConfigError("原样。")
