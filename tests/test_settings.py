"""Where settings come from."""

from pathlib import Path

import pytest

from app.core.errors import ConfigError
from app.settings import load_settings


def test_command_line_beats_environment_beats_file_beats_default(tmp_path: Path) -> None:
    config = tmp_path / "pingan.toml"
    config.write_text('model = "文件"\nembedder = "e5"\nbase_url = "http://f"\n', encoding="utf-8")
    environment = {"PINGAN_MODEL": "环境", "OPENAI_BASE_URL": "http://e"}
    settings = load_settings(environment, config=config, base_url="http://c")
    assert (settings.base_url, settings.model) == ("http://c", "环境")
    assert (settings.embedder, settings.chroma_url) == ("e5", "")
    assert settings.sources["base_url"] == "命令行"
    assert settings.sources["model"] == "环境变量 PINGAN_MODEL"
    assert settings.sources["embedder"] == str(config)
    assert settings.sources["chroma_url"] == "默认值"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('modle = "m"', "model"),
        ("model = 3", "带引号的文字"),
        ('api_key = "sk"', "OPENAI_API_KEY"),
        ('trusted_hosts = "a"', "一组"),
        ("model = ", "TOML"),
    ],
)
def test_wrong_file_is_refused_with_the_way_out(tmp_path: Path, content: str, message: str) -> None:
    config = tmp_path / "pingan.toml"
    config.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        load_settings({}, config=config)


def test_key_never_shows_in_repr() -> None:
    assert "sk-secret" not in repr(load_settings({"OPENAI_API_KEY": "sk-secret"}))


def test_home_defaults_to_the_users_own_folder() -> None:
    assert load_settings({}).home.name == "pingan"
    assert load_settings({"PINGAN_HOME": "~/x"}).home == Path("~/x").expanduser()


def test_a_key_may_stand_in_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    config = tmp_path / "pingan.toml"
    config.write_text('api_key = "sk-secret"', encoding="utf-8")
    config.chmod(0o600)
    assert load_settings({}, config=config).api_key == "sk-secret"
    for mode in (0o640, 0o604, 0o644, 0o660):
        config.chmod(mode)
        with pytest.raises(ConfigError, match="chmod 600") as told:
            load_settings({}, config=config)
        assert "sk-secret" not in str(told.value)


@pytest.mark.parametrize("name", ["OPENAI_BASE_URL", "PINGAN_CHROMA_URL"])
def test_an_address_holds_no_password(name: str) -> None:
    with pytest.raises(ConfigError, match="会显示出来") as told:
        load_settings({name: "http://user:sk-secret@model.example/v1"})
    assert "sk-secret" not in str(told.value)
    assert load_settings({name: "http://model.example/v1/@x"}) is not None
