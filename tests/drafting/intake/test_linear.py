"""Material made to be slow is read about as fast as any other of its length."""

import time

import pytest

from app.formats.fact_files import parse_fact_sheet

_HEAD = "单位：云渡镇\n年度：2025\n- 演练3次\n"
_MOST_S = 5.0  # before these were mended: 13 to 50 s


@pytest.mark.parametrize("piece", ["推荐先进", "老旧，", "上年通报", "（", "2026年", "问题：", "@"])
def test_one_long_line_is_read_in_bounded_time(piece: str) -> None:
    started = time.monotonic()
    parse_fact_sheet(_HEAD + piece * (30_000 // len(piece)))
    assert time.monotonic() - started < _MOST_S
