"""Words shared with many texts are counted as if each text were compared by itself."""

from hypothesis import given
from hypothesis import strategies as st

from app.language.held import HeldTexts
from app.language.term_index import TermIndex, numbers_of

_WORDS = st.frozensets(st.sampled_from("甲乙丙丁戊己庚辛壬癸"))


@given(st.lists(_WORDS, max_size=40), _WORDS, st.sampled_from([0.25, 0.5, 0.6, 0.8, 1.0]))
def test_counts_and_shares_are_exact(
    texts: list[frozenset[str]], terms: set[str], share: float
) -> None:
    index = TermIndex(texts)
    shared = index.shared(terms)
    counts = [len(text & terms) for text in texts]
    for least in range(13):
        found = [n for n, count in enumerate(counts) if count >= least]
        assert list(numbers_of(shared.at_least(least))) == found
    worded = [n for n, text in enumerate(texts) if counts[n] >= share * len(text)]
    assert list(numbers_of(index.worded(shared, share))) == worded


@given(st.lists(_WORDS, max_size=40), _WORDS, st.integers(0, 12))
def test_the_closest_are_those_that_share_most(
    texts: list[frozenset[str]], terms: set[str], most: int
) -> None:
    index = TermIndex(texts)
    some = index.all & 0x5555555555
    found = list(numbers_of(index.shared(terms).closest(some, most)))
    ordered = sorted(numbers_of(some), key=lambda n: (-len(texts[n] & terms), n))
    assert found == sorted(ordered[:most])


@given(
    st.lists(st.text("防火防汛", max_size=6), max_size=12),
    st.text("防火汛", min_size=1, max_size=3),
)
def test_words_are_found_in_every_text_that_holds_them(texts: list[str], words: str) -> None:
    held = HeldTexts(texts)
    found = [n for n, text in enumerate(texts) if words in text]
    assert list(numbers_of(held.holding(words))) == found
    assert held.holds(words) is bool(found)
