"""The baselines ask a model over HTTP as they say they do."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.document import Document
from app.core.errors import ConfigError
from app.settings import Settings
from eval.baselines.hostile import answer
from eval.baselines.model_checker import ModelChecker, pieces
from eval.baselines.plain_rag import PlainRagSystem
from eval.cases import TextCase
from eval.draft_cases import draft_cases
from eval.draft_systems import sample_store
from eval.reading import figures, plain
from tests.drafting.server import Exchange, serve

_USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}


def replying(text: str) -> Callable[[Exchange], None]:
    def reply(exchange: Exchange) -> None:
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        body = {"id": "x", "object": "chat.completion", "created": 1, "model": "m"}
        exchange.status(200, json.dumps({**body, "choices": [choice], "usage": _USAGE}))

    return reply


def settings(url: str) -> Settings:
    return Settings(home=Path(), base_url=url, model="m")


def test_the_plain_prompt_holds_facts_and_unmasked_passages() -> None:
    case = draft_cases()[0]
    with sample_store() as store, serve(replying("正文。")) as server:
        output = PlainRagSystem(store, settings(server.url)).run(case)
    prompts = [request["messages"][0]["content"] for request in server.requests]
    assert output.error == ""
    assert output.calls == len(prompts) >= 5
    assert output.prompt_tokens == 10 * len(prompts)
    told = "".join(prompts)
    assert all(fact.text in told for fact in case.sheet.facts)
    passages = [prompt.split("往年材料：")[1].split("工作要点：")[0] for prompt in prompts]
    assert any(figures(plain(text)) for text in passages)
    assert "若干" not in told
    assert {request["seed"] for request in server.requests} == {0}


def test_a_model_that_fails_is_an_error_of_the_output() -> None:
    with sample_store() as store, serve(lambda exchange: exchange.status(500)) as server:
        output = PlainRagSystem(store, settings(server.url)).run(draft_cases()[0])
    assert "模型没有回答" in output.error
    assert output.text == ""


def test_quotes_of_the_model_are_found_in_the_text() -> None:
    case = TextCase("a", "g", Document("全年排查矛盾纠纷42件，化解45件。\n"))
    told = "1. “化解45件”\n- 没有的话\n全年"
    with serve(replying(told)) as server:
        output = ModelChecker(settings(server.url)).run(case)
    assert [finding.quote for finding in output.findings] == ["全年", "化解45件"]
    with serve(replying("无")) as server:
        assert ModelChecker(settings(server.url)).run(case).findings == ()
    with serve(lambda exchange: exchange.status(500)) as server:
        assert "模型没有回答" in ModelChecker(settings(server.url)).run(case).error


def test_secrets_go_to_no_remote_model() -> None:
    case = TextCase("a", "g", Document("信访人张建国，身份证11010119900307123X。"))
    with pytest.raises(ConfigError):
        ModelChecker(settings("https://example.com/v1")).run(case)


def test_pieces_make_up_the_text() -> None:
    text = "\n".join(f"第{i}段" + "字" * 90 for i in range(30)) + "\n"
    parts = list(pieces(text))
    assert "".join(parts) == text + "\n"
    assert all(len(part) < 900 for part in parts)


def test_the_hostile_model_is_as_bad_as_it_says() -> None:
    prompt = (
        "<参考>\n夜间巡逻若干次。\n</参考>\n<要点>\n- 甲12件\n- 乙34件\n- 丙56件，丁78件\n</要点>"
    )
    told = answer(prompt)
    assert told == answer(prompt)
    assert "甲12件" not in told
    assert "乙34件" not in told
    assert "丙78件，丁56件" in told
    assert "夜间巡逻若干次。" in told
    assert "以上内容" in told
