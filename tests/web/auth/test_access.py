"""Every function of the page has a role that may call it; one in no table is for 管理 alone."""

from typing import Any

import pytest

from tests.web.auth.office import dumped

KNOWN = ["tab-check", "tab-draft", "tab-eval", "tab-knowledge", "tab-review"]


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return dumped()


def by_role(told: dict[str, Any], role: str) -> set[str]:
    return {name for name, needed, _ in told["functions"] if needed == role}


def test_every_tab_of_the_page_is_in_the_table(told: dict[str, Any]) -> None:
    assert told["tabs"] == KNOWN


def test_writers_may_neither_review_nor_change_the_knowledge_base(told: dict[str, Any]) -> None:
    allowed = by_role(told, "写稿")
    assert not any(name.startswith(("review-", "eval-")) for name in allowed)
    changing = {"kb-file", "kb-save", "kb-restore", "kb-remove", "kb-confirm", "check-lexicon-save"}
    assert not allowed & changing
    assert {"check-run", "check-file", "kb-query", "kb-search", "kb-list"} <= allowed


def test_reviewers_may_do_all_of_the_review_and_no_evaluation(told: dict[str, Any]) -> None:
    for name, needed, _ in told["functions"]:
        if name.startswith("review-"):
            assert needed == "审核", name
        if name.startswith("eval-"):
            assert needed == "管理", name


def test_the_documented_functions_are_for_everyone(told: dict[str, Any]) -> None:
    named = {api: needed for _, needed, api in told["functions"]}
    assert {named[api] for api in ("check", "draft", "search")} == {"写稿"}


def test_what_follows_an_event_needs_the_same_role(told: dict[str, Any]) -> None:
    assert told["follower"] == ["审核", "审核"]


def test_what_is_in_no_table_is_for_managers(told: dict[str, Any]) -> None:
    assert told["unlisted"] == ["管理"] * 3


def test_an_event_outside_writes_into_a_tab_only_for_its_role(told: dict[str, Any]) -> None:
    assert told["outside"] == ["管理"]


def test_what_a_role_may_not_use_is_not_shown(told: dict[str, Any]) -> None:
    hidden = told["hidden"]
    assert hidden["管理"] == ""
    assert "#tab-eval" in hidden["审核"]
    assert "#tab-review" not in hidden["审核"]
    assert "#tab-review" in hidden["写稿"]
    assert "#tab-draft" in hidden[""], "an unknown role sees nothing"


def test_a_session_keeps_only_the_pages_own_blocks(told: dict[str, Any]) -> None:
    assert told["trimmed"] is True
