"""Configuration: command line > environment > ``pingan.toml`` > defaults.

The ``pingan.toml`` of the data folder is the user's own. One in the working folder may have come
with somebody's files: it counts once the user has allowed it, and as long as it stays the same.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

from app.core.errors import ConfigError
from app.core.files import write_private
from app.core.private import make_private_folder

_ENVIRONMENT = {
    "home": "PINGAN_HOME",
    "base_url": "OPENAI_BASE_URL",
    "api_key": "OPENAI_API_KEY",
    "model": "PINGAN_MODEL",
    "embedder": "PINGAN_EMBEDDER",
    "chroma_url": "PINGAN_CHROMA_URL",
    "send_to": "PINGAN_SEND_TO",
    "chroma_token": "PINGAN_CHROMA_TOKEN",
}
_SECRETS = ("api_key", "chroma_token")
_LIMITS = "limits"
CONFIG_FILE = "pingan.toml"
_ALLOWED_FILE = "allowed-config"
_MOST_BYTES = 1024 * 1024
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
    chroma_token: str = field(default="", repr=False)
    trusted_hosts: tuple[str, ...] = ()
    send_to: str = ""
    sources: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), compare=False)


def default_home() -> Path:
    """The per-user data folder of this operating system."""
    from platformdirs import user_data_path  # noqa: PLC0415  # only when no other home is given

    return user_data_path("pingan", appauthor=False)


def own_home(environment: Mapping[str, str] | None = None) -> Path:
    """The data folder that holds the user's own configuration, whatever a command line says."""
    named = (os.environ if environment is None else environment).get("PINGAN_HOME", "").strip()
    return Path(named).expanduser() if named else default_home()


@dataclass(frozen=True, slots=True)
class FolderConfig:
    """The ``pingan.toml`` of the working folder; ``names`` are the items it would set."""

    path: Path
    is_allowed: bool
    names: tuple[str, ...]
    data: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """What is remembered of an allowance: this content at this place."""
        import hashlib  # noqa: PLC0415  # only where there is a file

        told = str(self.path.resolve()).encode("utf-8", "surrogateescape")
        return hashlib.sha256(told + b"\0" + self.data).hexdigest()


def folder_config(environment: Mapping[str, str] | None = None) -> FolderConfig | None:
    """The file of the working folder; ``None`` where there is none but the user's own.

    Raises:
        ConfigError: it cannot be read.
    """
    path = Path.cwd() / CONFIG_FILE
    if not path.is_file():
        return None
    home = own_home(environment)
    own = home / CONFIG_FILE
    if own.exists() and own.samefile(path):
        return None
    data = _bytes_of(path)
    found = FolderConfig(path, is_allowed=False, names=_names_in(data), data=data)
    return replace(found, is_allowed=found.digest in _allowed(home))


def allow_folder_config(found: FolderConfig, environment: Mapping[str, str] | None = None) -> None:
    """Remember that this file may set what it sets.

    Raises:
        ConfigError: it is wrong, or the allowance cannot be kept.
    """
    _parse(found.path, found.data)
    home = own_home(environment)
    try:
        make_private_folder(home)
        write_private(home / _ALLOWED_FILE, "\n".join(sorted({*_allowed(home), found.digest})))
    except OSError as error:
        raise ConfigError(f"数据文件夹 {home} 写不进去，请检查权限和磁盘空间后再试。") from error


def _allowed(home: Path) -> frozenset[str]:
    path = home / _ALLOWED_FILE
    return frozenset(_own_bytes(path).decode("ascii", "replace").split() if path.is_file() else ())


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"配置文件 {path} 读不出来（{error}），请检查它的权限。") from error
    if len(data) > _MOST_BYTES:
        raise ConfigError(f"配置文件 {path} 超过 1 MB，请核对是不是配置文件。")
    return data


def _own_bytes(path: Path) -> bytes:
    """What stands in a file that nobody else can have written."""
    if sys.platform != "win32":
        told = path.stat()
        if told.st_mode & 0o022 or told.st_uid not in (os.geteuid(), 0):
            raise ConfigError(
                f"配置文件 {path} 别的用户也能改，没有用；请核对内容后运行 chmod 600 '{path}'，"
                "并让它属于运行本程序的用户。"
            )
    return _bytes_of(path)


def _names_in(data: bytes) -> tuple[str, ...]:
    """The known items a file sets; others and what is no TOML set nothing."""
    import tomllib  # noqa: PLC0415  # only where there is a file

    try:
        found = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        return ()
    return tuple(sorted(_FROM_FILE & found.keys()))


def _parse(path: Path, content: bytes) -> dict[str, object]:
    import tomllib  # noqa: PLC0415  # only where there is a file

    try:
        data = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"配置文件 {path} 读不出来（{error}），请按 TOML 格式改正。") from error
    for key, value in data.items():
        if key in _SECRETS:
            _require_private(path, key)
        if key not in _FROM_FILE:
            near = get_close_matches(key, sorted(_FROM_FILE), n=1)
            hint = f"，是不是想写 {near[0]}" if near else ""
            raise ConfigError(f"配置文件 {path} 里有不认识的项 {key}{hint}。")
        _require_type(path, key, value)
    return data


def _files(
    environment: Mapping[str, str] | None, config: Path | None
) -> list[tuple[Path, dict[str, object]]]:
    """The files that count and what they hold, the one that wins first."""
    if config is not None:
        return [(config, _parse(config, _bytes_of(config)))]
    out = []
    found = folder_config(environment)
    if found is not None and found.is_allowed:
        out.append((found.path, _parse(found.path, found.data)))
    own = own_home(environment) / CONFIG_FILE
    if own.is_file():
        data = _parse(own, _own_bytes(own))
        if "home" in data:
            raise ConfigError(
                f"配置文件 {own} 就在数据文件夹里，不能写 home；请改用环境变量 PINGAN_HOME。"
            )
        out.append((own, data))
    return out


def _require_private(path: Path, key: str) -> None:
    """A key may stand in a file that its owner alone can read."""
    variable = _ENVIRONMENT[key]
    if sys.platform == "win32":
        raise ConfigError(f"配置文件 {path} 里不能写 {key}，请改用环境变量 {variable}。")
    told = path.stat()
    if told.st_mode & 0o077 or told.st_uid not in (os.geteuid(), 0):
        raise ConfigError(
            f"配置文件 {path} 里有 {key}，别的用户也能读它；请运行 chmod 600 '{path}'，"
            f"或把密钥改放在环境变量 {variable} 里。"
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
    found = (data.get(_LIMITS, {}) for _, data in reversed(_files(None, config)))
    return {name: value for table in found for name, value in table.items()}  # type: ignore[attr-defined]


def load_settings(
    environment: Mapping[str, str] | None = None,
    *,
    config: Path | None = None,
    **overrides: object,
) -> Settings:
    """Gather the settings; an override of ``None`` counts as not given.

    ``config`` stands in place of the user's own ``pingan.toml`` and that of the working folder.

    Raises:
        ConfigError: a file is damaged or open to others, or holds an unknown key or a value of the
            wrong type.
    """
    environment = os.environ if environment is None else environment
    files = _files(environment, config)
    values: dict[str, object] = {}
    sources: dict[str, str] = {}
    for name in (f.name for f in fields(Settings) if f.name != "sources"):
        variable = _ENVIRONMENT.get(name, "")
        if overrides.get(name) is not None:
            values[name], sources[name] = overrides[name], "命令行"
        elif environment.get(variable):
            values[name], sources[name] = environment[variable].strip(), f"环境变量 {variable}"
        elif found := next(((path, data) for path, data in files if name in data), None):
            values[name], sources[name] = found[1][name], str(found[0])
        else:
            sources[name] = "默认值"
    for name in ("base_url", "chroma_url"):
        _require_no_password(name, str(values.get(name, "")), sources[name])
    home = values.get("home")
    values["home"] = Path(str(home)).expanduser() if home else default_home()
    if "trusted_hosts" in values:
        values["trusted_hosts"] = tuple(values["trusted_hosts"])  # type: ignore[arg-type]
    return Settings(**values, sources=MappingProxyType(sources))  # type: ignore[arg-type]
