"""What is kept between two looks at a draft: the same answers, and no more than one look asked."""

from app.language.kept import Looks, kept


def _asked(looks: Looks, name: str, key: str, basis: object) -> bool:
    """True where the answer had to be made."""
    made: list[str] = []
    with looks.at(name):
        kept(key, basis, lambda: made.append(key))
    return bool(made)


def test_an_answer_is_made_again_only_where_its_basis_has_changed() -> None:
    looks = Looks()
    assert _asked(looks, "draft", "fact", "one")
    assert not _asked(looks, "draft", "fact", "one")
    assert _asked(looks, "draft", "fact", "two")
    assert _asked(looks, "another draft", "fact", "two")


def test_what_a_look_did_not_ask_for_is_let_go_after_it() -> None:
    looks = Looks()
    _asked(looks, "draft", "fact", "one")
    _asked(looks, "draft", "other", "one")
    assert _asked(looks, "draft", "fact", "one")


def test_of_many_drafts_those_looked_at_last_are_kept() -> None:
    looks = Looks()
    for number in range(9):
        _asked(looks, f"draft {number}", "fact", "one")
    assert not _asked(looks, "draft 8", "fact", "one")
    assert _asked(looks, "draft 0", "fact", "one")
    looks.forget("draft 8")
    assert _asked(looks, "draft 8", "fact", "one")


def test_a_second_look_while_one_goes_on_makes_its_own_answers() -> None:
    looks = Looks()
    with looks.at("draft"):
        kept("fact", "one", lambda: 1)
        with looks.at("draft"):
            pass
        assert kept("fact", "one", lambda: 2) == 1


def test_without_a_draft_nothing_is_kept() -> None:
    assert kept("fact", "one", lambda: 1) == 1
    assert kept("fact", "one", lambda: 2) == 2
