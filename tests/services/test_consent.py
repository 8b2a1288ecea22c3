"""The first sending to an outside host is asked about once, with what goes in sight."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.commands.consent import confirm_sending
from app.core.errors import ConfigError
from app.services.consent import ConsentError, agree, needs_consent, require_consent
from app.services.drafting import draft_report, dry_run
from app.settings import Settings, load_settings
from app.web.api.workspace import WorkspaceApi
from app.web.backend import Backend
from app.web.workspace import UploadFolder
from tests.drafting.test_chain import SHEET
from tests.drafting.test_commands import pingan

URL = "https://model.example.com/v1"


@pytest.fixture
def outside(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "home", base_url=URL, model="big")


def test_nothing_is_sent_before_somebody_agrees(outside: Settings) -> None:
    with pytest.raises(ConsentError, match=r"model\.example\.com"):
        draft_report(SHEET, settings=outside)
    assert dry_run(SHEET, settings=outside).needs_consent


def test_an_answer_is_remembered_for_the_host_in_a_private_file(outside: Settings) -> None:
    require_consent(replace(outside, send_to="Model.example.com"), URL)
    assert not needs_consent(outside, "https://model.example.com:8443/v2")
    assert needs_consent(outside, "https://other.example.com/v1")
    (path,) = outside.home.iterdir()
    assert path.stat().st_mode & 0o077 == 0
    agree(outside, "https://other.example.com/v1")
    assert not needs_consent(outside, URL)
    assert path.stat().st_mode & 0o077 == 0


def test_a_consent_for_another_host_is_none(outside: Settings) -> None:
    with pytest.raises(ConfigError, match=r"other\.example\.com"):
        require_consent(replace(outside, send_to="other.example.com"), URL)
    assert needs_consent(outside, URL)


def test_this_machine_and_trusted_hosts_are_not_asked_about(outside: Settings) -> None:
    assert not needs_consent(outside, "http://127.0.0.1:8009/v1")
    assert not needs_consent(replace(outside, trusted_hosts=("model.example.com",)), URL)


def test_a_damaged_file_agrees_to_nothing(outside: Settings) -> None:
    agree(outside, URL)
    (path,) = outside.home.iterdir()
    path.write_text("[]", encoding="utf-8")
    assert needs_consent(outside, URL)


def test_a_file_in_the_working_folder_cannot_agree(tmp_path: Path) -> None:
    config = tmp_path / "pingan.toml"
    config.write_text('send_to = "model.example.com"', encoding="utf-8")
    with pytest.raises(ConfigError, match="send_to"):
        load_settings({}, config=config)


def test_without_a_terminal_the_command_stops_with_2(tmp_path: Path) -> None:
    sheet = tmp_path / "要点.txt"
    sheet.write_text(
        "单位：云渡镇\n年度：2025\n- 签订平安建设责任书34份\n- 党委会专题研究平安建设7次\n",
        encoding="utf-8",
    )
    where = {"OPENAI_BASE_URL": URL, "PINGAN_MODEL": "big"}
    done = pingan(tmp_path, "draft", str(sheet), **where)
    assert done.returncode == 2
    assert "--send-to model.example.com" in done.stderr
    wrong = pingan(tmp_path, "draft", str(sheet), "--send-to", "x.example.com", **where)
    assert wrong.returncode == 2
    assert "x.example.com" in wrong.stderr


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("answer", ["y", "n"])
def test_on_a_terminal_what_goes_is_shown_and_asked_about(
    outside: Settings, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    screen = _Terminal()
    monkeypatch.setattr("sys.stdin", _Terminal(f"{answer}\n"))
    monkeypatch.setattr("sys.stderr", screen)
    if answer == "n":
        with pytest.raises(ConfigError, match="没有同意"):
            confirm_sending(outside, lambda: "全部内容")
    else:
        confirm_sending(outside, lambda: "全部内容")
        confirm_sending(outside, lambda: pytest.fail("asked twice"))
    assert screen.getvalue().startswith("全部内容")
    assert needs_consent(outside, URL) is (answer == "n")


def test_the_page_shows_what_goes_and_takes_the_answer(outside: Settings, tmp_path: Path) -> None:
    api = WorkspaceApi(Backend(outside, UploadFolder(tmp_path)))

    def call(op: str, draft: str = "", **more: str) -> dict[str, object]:
        answer: dict[str, object] = json.loads(
            api.answer("browser:me", json.dumps({"op": op, "id": draft, **more}))
        )
        return answer

    view = call("new")["view"]
    assert isinstance(view, dict)
    name = view["id"]
    call("intake", name, text="单位：云渡镇\n年度：2025\n- 签订责任书34份\n- 研究平安建设7次\n")
    shown = call("outgoing", name)["outgoing"]
    assert isinstance(shown, dict)
    assert (shown["host"], shown["needs_consent"]) == ("model.example.com", True)
    assert "error" in call("agree", name, host="other.example.com")
    agreed = call("agree", name, host="model.example.com")["outgoing"]
    assert isinstance(agreed, dict)
    assert not agreed["needs_consent"]
