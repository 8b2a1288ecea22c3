"""How much a reader takes before it refuses a file."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from functools import cache

from app.core.errors import ConfigError
from app.settings import load_limits

_ARCHIVE = "archive_"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that keep a hostile or mistaken upload from eating the machine.

    ``max_zip_ratio`` is unpacked over packed size and counts only for members that unpack to more
    than eight mebibytes, since repetitive XML packs very well. ``max_xml_nodes`` counts tags and
    attributes of a package, ``max_attributes`` those of one element; ``max_page_bytes`` is a PDF
    page's unpacked content. ``timeout_s`` bounds PDF extraction and the LibreOffice conversion;
    the last three bound a process in which one document is read, checked and annotated.
    """

    max_bytes: int = 50 * 2**20
    max_chars: int = 5_000_000
    max_zip_members: int = 5_000
    max_unzipped_bytes: int = 200 * 2**20
    max_zip_ratio: int = 200
    max_xml_nodes: int = 1_000_000
    max_attributes: int = 250
    max_cells: int = 100_000
    max_pages: int = 2_000
    max_page_bytes: int = 8 * 2**20
    max_pdf_objects: int = 300_000
    timeout_s: float = 60.0
    work_cpu_s: int = 120
    work_wall_s: int = 300
    work_bytes: int = 2**30


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Bounds for one archive; memory holds its directory and one member at a time.

    ``max_ratio`` is unpacked over packed size and counts only for members that unpack to more
    than eight mebibytes, since a text of blanks packs very well.
    """

    max_bytes: int = 500 * 2**20
    max_members: int = 5_000
    max_member_bytes: int = DEFAULT_LIMITS.max_bytes
    max_unzipped_bytes: int = 2**30
    max_ratio: int = DEFAULT_LIMITS.max_zip_ratio


DEFAULT_ARCHIVE_LIMITS = ArchiveLimits()


def limit_names() -> tuple[str, ...]:
    """Every name that may stand under ``[limits]`` in ``pingan.toml``."""
    own = [f.name for f in fields(Limits)]
    return (*own, *(_ARCHIVE + f.name for f in fields(ArchiveLimits)))


def limits_from(values: Mapping[str, float]) -> tuple[Limits, ArchiveLimits]:
    """The bounds with what an office has set for itself.

    Raises:
        ConfigError: an unknown name, or a bound that is not above zero.
    """
    known = limit_names()
    for name, value in values.items():
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"，是不是想写 {near[0]}" if near else ""
            raise ConfigError(
                f"配置文件 pingan.toml 的 [limits] 里有不认识的项 {name}{hint}。",
                on_page=f"设置的上限里有不认识的项 {name}，请管理员改正。",
            )
        is_whole = isinstance(value, int) or name == "timeout_s"
        if isinstance(value, bool) or not is_whole or not 0 < value < 2**50:
            raise ConfigError(
                f"配置文件 pingan.toml 的 [limits] 里，{name} 应当是大于 0 的整数。",
                on_page=f"设置的上限里，{name} 应当是大于 0 的整数，请管理员改正。",
            )
    own = {k: v for k, v in values.items() if not k.startswith(_ARCHIVE)}
    packed = {k.removeprefix(_ARCHIVE): v for k, v in values.items() if k.startswith(_ARCHIVE)}
    if "max_bytes" in own:
        packed.setdefault("max_member_bytes", own["max_bytes"])
    limits = replace(DEFAULT_LIMITS, **own)  # type: ignore[arg-type]
    return limits, replace(DEFAULT_ARCHIVE_LIMITS, **packed)  # type: ignore[arg-type]


@cache
def _configured() -> tuple[Limits, ArchiveLimits]:
    return limits_from(load_limits())


def current_limits() -> Limits:
    """The bounds of this process: those of a ``pingan.toml`` that counts, else ours.

    Raises:
        ConfigError: the file is damaged or holds a wrong bound.
    """
    return _configured()[0]


def current_archive_limits() -> ArchiveLimits:
    """As :func:`current_limits`, for zip archives."""
    return _configured()[1]
