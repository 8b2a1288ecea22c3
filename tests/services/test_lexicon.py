"""The word list as a file: where it lies, how it is read and kept."""

from pathlib import Path

import pytest

from app.core.errors import ConfigError
from app.services.checking import Checker, CheckOptions
from app.services.lexicon import (
    home_lexicons,
    lexicon_path,
    lexicon_text,
    load_lexicon,
    save_lexicon,
)
from app.settings import Settings

TEXT = "云渡镇2024年总结\n组织云渡XX讲堂12次，化减矛盾纠纷3件。\n"


def found(*lists: Path) -> list[str]:
    result = Checker(CheckOptions(profile="乡镇", lexicons=lists)).check_text(TEXT).result
    return [f.quote for f in result.findings if f.rule in ("PH01", "LA01")]


def test_the_sample_list_is_right_and_says_nothing(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert home_lexicons(settings) == ()
    sample = lexicon_text(settings)
    for section in ("【固定说法】", "【单位简称】", "【允许的名称】", "【错别字】"):
        assert section in sample
    assert not save_lexicon(settings, sample)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_lists_saved_by_notepad_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "词表.txt"
    path.write_bytes("【固定说法】\r\n云渡XX讲堂\r\n【错别字】\r\n化减=化解\r\n".encode(encoding))
    assert found(path) == ["化减"]
    assert found() == ["XX"]


def test_a_saved_list_is_used_and_a_wrong_one_leaves_it_as_it_was(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "新")
    save_lexicon(settings, "【错别字】\n化减 = 化解")
    assert home_lexicons(settings) == (lexicon_path(settings),)
    assert found(*home_lexicons(settings)) == ["XX", "化减"]
    with pytest.raises(ConfigError, match=r"词表\.txt 第1行"):
        save_lexicon(settings, "化减 = 化解")
    assert lexicon_text(settings) == "【错别字】\n化减 = 化解\n"


def test_a_list_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="读不出来"):
        load_lexicon([tmp_path / "没有.txt"])
    binary = tmp_path / "图.txt"
    binary.write_bytes(bytes(range(256)) * 4)
    with pytest.raises(ConfigError, match="不是文本文件"):
        load_lexicon([binary])
    large = tmp_path / "大.txt"
    large.write_bytes(b"#" * (1024 * 1024 + 1))
    with pytest.raises(ConfigError, match="超过 1 MB"):
        load_lexicon([large])
    empty = tmp_path / "空.txt"
    empty.touch()
    assert not load_lexicon([empty])
