"""The documented functions, called with the official client."""

import json
from typing import Any

import pytest

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def client(server_url: str) -> Any:
    from gradio_client import Client  # type: ignore[import-untyped]

    return Client(server_url, verbose=False, analytics_enabled=False)


def test_check_answers_as_the_command_does(client: Any) -> None:
    text = "某局总结\n排查42件，化解45件。"
    answer = json.loads(client.predict(text=text, profile="机关", api_name="/check"))
    assert answer["schema_version"] == 1
    rules = [f["rule"] for f in answer["documents"][0]["findings"]]
    assert "NU02" in rules


def test_draft_answers_as_the_command_does(client: Any) -> None:
    facts = "单位：临溪县云渡镇\n年度：2025\n\n- 全年排查矛盾纠纷192件，化解188件\n"
    answer = json.loads(client.predict(facts=facts, api_name="/draft"))
    assert answer["unit"] == "临溪县云渡镇"
    assert answer["unsourced"] == []
    assert "192件" in answer["text"]


def test_search_explains_its_scores(client: Any) -> None:
    answer = json.loads(client.predict(query="矛盾纠纷 化解", count=2, api_name="/search"))
    assert len(answer) == 2
    assert answer[0]["score"] >= answer[1]["score"]
    assert "语义" in answer[0]["why"]


def test_what_goes_wrong_is_one_chinese_sentence(client: Any) -> None:
    with pytest.raises(Exception, match="还没有要点"):
        client.predict(facts=" ", api_name="/draft")


def test_only_the_documented_functions_are_offered(client: Any) -> None:
    named = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert sorted(named) == ["/check", "/draft", "/search"]
