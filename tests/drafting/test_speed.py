"""Many bullets that hardly differ take time in proportion, not to its square."""

import time

from app.services.drafting import draft_report
from app.settings import Settings, default_home
from tests.drafting.helpers import sheet_of


def seconds(count: int) -> float:
    sheet = sheet_of(
        *(
            f"第{i}村排查矛盾纠纷{i + 3}件，化解{i + 1}件，开展消防检查{i % 7 + 1}次"
            for i in range(count)
        )
    )
    started = time.process_time()
    draft = draft_report(sheet, settings=Settings(default_home()))
    assert all(draft.fact_uses.values())
    return time.process_time() - started


def test_four_hundred_like_bullets_are_told_at_once() -> None:
    seconds(20)  # what is read once
    assert seconds(400) < 20 * max(seconds(100), 0.1)
