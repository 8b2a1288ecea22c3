"""Configuration: command line > environment > ``pingan.toml`` > defaults."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

from app.core.errors import ConfigError

_ENVIRONMENT = {
    "home": "PINGAN_HOME",
    "base_url": "OPENAI_BASE_URL",
    "api_key": "OPENAI_API_KEY",
    "model": "PINGAN_MODEL",
    "embedder": "PINGAN_EMBEDDER",
    "chroma_url": "PINGAN_CHROMA_URL",
    "send_to": "PINGAN_SEND_TO",
}
_LIMITS = "limits"
_FROM_FILE = frozenset(_ENVIRONMENT) - {"send_to"} | {"trusted_hosts", _LIMITS}


@dataclass(frozen=True, slots=True)
class Settings:
    """Every value the program can be configured with.

    ``home`` holds the vector store and drafts. ``model`` empty means composer mode.
    ``trusted_hosts`` are model hosts beyond loopback to which drafts may be sent unguarded.
    ``send_to`` is the outside host to which the user has agreed to send.
    ``sources`` tells for each field where its value came from, in Chinese.
    """

    home: Path
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    model: str = ""
    embedder: str = "hashed"
    chroma_url: str = ""
    trusted_hosts: tuple[str, ...] = ()
    send_to: str = ""
    sources: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), compare=False)


def default_home() -> Path:
    """The per-user data folder of this operating system."""
    from platformdirs import user_data_path  # noqa: PLC0415  # only when no other home is given

    return user_data_path("pingan", appauthor=False)


def _read_file(path: Path) -> dict[str, object]:
    import tomllib  # noqa: PLC0415  # only where there is a file

    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"配置文件 {path} 读不出来（{error}），请按 TOML 格式改正。") from error
    for key, value in data.items():
        if key == "api_key":
            _require_private(path)
        if key not in _FROM_FILE:
            near = get_close_matches(key, sorted(_FROM_FILE), n=1)
            hint = f"，是不是想写 {near[0]}" if near else ""
            raise ConfigError(f"配置文件 {path} 里有不认识的项 {key}{hint}。")
        _require_type(path, key, value)
    return data


def _require_private(path: Path) -> None:
    """A key may stand in a file that its owner alone can read."""
    if sys.platform == "win32":
        raise ConfigError(f"配置文件 {path} 里不能写 api_key，请改用环境变量 OPENAI_API_KEY。")
    told = path.stat()
    if told.st_mode & 0o077 or told.st_uid not in (os.geteuid(), 0):
        raise ConfigError(
            f"配置文件 {path} 里有 api_key，别的用户也能读它；请运行 chmod 600 '{path}'，"
            "或把密钥改放在环境变量 OPENAI_API_KEY 里。"
        )


def _require_no_password(name: str, url: str, source: str) -> None:
    """An address is shown and logged, so it must not hold a password."""
    if "@" in url.partition("://")[2].partition("/")[0]:
        raise ConfigError(
            f"{source}的 {name} 里带了用户名或密码，会显示出来，不能这样写；"
            "请去掉“@”前面的部分，密钥放在环境变量 OPENAI_API_KEY 里。"
        )


def _require_type(path: Path, key: str, value: object) -> None:
    if key == _LIMITS:
        if not (isinstance(value, dict) and all(_is_number(v) for v in value.values())):
            raise ConfigError(
                f"配置文件 {path} 的 [limits] 下面应当一行一个“名称 = 数”，例如 max_pages = 3000。"
            )
        return
    if key == "trusted_hosts":
        if not (isinstance(value, list) and all(isinstance(v, str) for v in value)):
            raise ConfigError(f"配置文件 {path} 的 {key} 应当是一组带引号的主机名。")
    elif not isinstance(value, str):
        raise ConfigError(f"配置文件 {path} 的 {key} 应当是带引号的文字。")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def load_limits(config: Path | None = None) -> dict[str, float]:
    """The bounds for files under ``[limits]``, by name; none where nothing is set.

    Raises:
        ConfigError: as :func:`load_settings`.
    """
    path = config or Path("pingan.toml")
    found = _read_file(path).get(_LIMITS, {}) if config or path.is_file() else {}
    return dict(found)  # type: ignore[call-overload, no-any-return]


def load_settings(
    environment: Mapping[str, str] | None = None,
    *,
    config: Path | None = None,
    **overrides: object,
) -> Settings:
    """Gather the settings; an override of ``None`` counts as not given.

    ``config`` defaults to ``pingan.toml`` in the working folder, where there is one.

    Raises:
        ConfigError: the file is damaged, or holds an unknown key or a value of the wrong type.
    """
    environment = os.environ if environment is None else environment
    path = config or Path("pingan.toml")
    from_file = _read_file(path) if config or path.is_file() else {}
    values: dict[str, object] = {}
    sources: dict[str, str] = {}
    for name in (f.name for f in fields(Settings) if f.name != "sources"):
        variable = _ENVIRONMENT.get(name, "")
        if overrides.get(name) is not None:
            values[name], sources[name] = overrides[name], "命令行"
        elif environment.get(variable):
            values[name], sources[name] = environment[variable].strip(), f"环境变量 {variable}"
        elif name in from_file:
            values[name], sources[name] = from_file[name], str(path)
        else:
            sources[name] = "默认值"
    for name in ("base_url", "chroma_url"):
        _require_no_password(name, str(values.get(name, "")), sources[name])
    home = values.get("home")
    values["home"] = Path(str(home)).expanduser() if home else default_home()
    if "trusted_hosts" in values:
        values["trusted_hosts"] = tuple(values["trusted_hosts"])  # type: ignore[arg-type]
    return Settings(**values, sources=MappingProxyType(sources))  # type: ignore[arg-type]
