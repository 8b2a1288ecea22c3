"""Doubled pieces found by arithmetic are those a plain search finds."""

from hypothesis import given
from hypothesis import strategies as st

from app.language.similarity.repeats import doubled


@given(st.text(alphabet="甲乙丙 \n𠮷", max_size=60))
def test_every_doubled_piece_is_found_and_nothing_else(text: str) -> None:
    for length in (2, 3, 4):
        found = {
            start
            for span, size in doubled(text, length, length)
            for start in range(span.start, span.end - 2 * size + 1)
        }
        plain = "".join("\ufffd" if c > "\uffff" else c for c in text)
        wanted = {
            start
            for start in range(len(text) - 2 * length + 1)
            if plain[start : start + length] == plain[start + length : start + 2 * length]
        }
        assert found == wanted


def test_a_span_covers_all_copies() -> None:
    ((span, length),) = doubled("内容包括包括包括群众", 2, 2)

    assert (span.of("内容包括包括包括群众"), length) == ("包括包括包括", 2)
