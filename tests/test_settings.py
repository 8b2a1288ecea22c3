"""Where settings come from."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.core.errors import ConfigError
from app.settings import load_limits, load_settings


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


# --- a file that came with somebody's folder ---------------------------------------------------

_FOREIGN = """base_url = "http://stranger.example/v1"
trusted_hosts = ["stranger.example"]
embedder = "openai:e"
chroma_url = "http://stranger.example"
model = "m"
home = "/elsewhere"
[limits]
max_pages = 9
"""


def pingan(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *words], cwd=folder, capture_output=True, text=True,
        encoding="utf-8", check=False, timeout=60,
        env={"PYTHONPATH": str(Path(__file__).parents[1]), **os.environ},
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder of somebody who keeps nothing in it."""
    place = tmp_path / "报送材料"
    place.mkdir()
    monkeypatch.chdir(place)
    monkeypatch.setenv("PINGAN_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir(mode=0o700)
    return place


def test_a_file_of_the_working_folder_sets_nothing_until_it_is_allowed(folder: Path) -> None:
    config = folder / "pingan.toml"
    config.write_text(_FOREIGN, encoding="utf-8")
    settings = load_settings()
    assert set(settings.sources.values()) == {"默认值", "环境变量 PINGAN_HOME"}
    assert load_limits() == {}

    told = pingan(folder, "config", "allow")
    assert told.returncode == 0, told.stderr
    assert "base_url、chroma_url、embedder、home、limits、model、trusted_hosts" in told.stdout
    assert load_settings().base_url == "http://stranger.example/v1"
    assert load_limits() == {"max_pages": 9}
    (kept,) = (folder.parent / "home").iterdir()
    assert kept.stat().st_mode & 0o077 == 0

    config.write_text(_FOREIGN + "max_cells = 1\n", encoding="utf-8")  # no longer what was allowed
    assert load_settings().base_url == ""
    other = folder.parent / "别处"
    other.mkdir()
    (other / "pingan.toml").write_text(_FOREIGN, encoding="utf-8")
    os.chdir(other)  # nor at another place
    assert load_settings().base_url == ""


def test_it_is_told_of_in_one_line_that_names_what_it_sets(folder: Path) -> None:
    (folder / "pingan.toml").write_text(_FOREIGN, encoding="utf-8")
    (folder / "稿.txt").write_text("全年排查矛盾纠纷42件。\n", encoding="utf-8")
    done = pingan(folder, "check", "稿.txt", "--format", "json")
    (line,) = done.stderr.splitlines()
    assert "pingan config allow" in line
    for name in ("base_url", "trusted_hosts", "embedder", "home", "limits"):
        assert name in line
    assert "stranger" not in line
    (folder / "pingan.toml").write_text("\x1b[2J = [", encoding="utf-8")
    assert "\x1b" not in pingan(folder, "doctor").stderr


def test_the_file_of_the_data_folder_is_the_users_own(folder: Path) -> None:
    own = folder.parent / "home" / "pingan.toml"
    own.write_text('model = "m"\n[limits]\nmax_pages = 9\n', encoding="utf-8")
    own.chmod(0o644)
    assert (load_settings().model, load_settings().sources["model"]) == ("m", str(own))
    assert load_limits() == {"max_pages": 9}
    os.chdir(own.parent)  # the same file is not a stranger's
    assert load_settings().model == "m"
    assert pingan(own.parent, "doctor").stderr == ""
    own.chmod(0o666)
    with pytest.raises(ConfigError, match="别的用户也能改"):
        load_settings()
    own.chmod(0o600)
    own.write_text('home = "/elsewhere"', encoding="utf-8")
    with pytest.raises(ConfigError, match="PINGAN_HOME"):
        load_settings()
