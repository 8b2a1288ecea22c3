"""Look through all that is kept, and mend it."""

from dataclasses import replace

from app.core.errors import ConfigError
from app.settings import Settings
from app.upkeep.accounts import check_people
from app.upkeep.desks import check_review, check_workspace
from app.upkeep.flaws import Flaw, Quarantine, RepairResult, StoreHealth
from app.upkeep.knowledge import check_knowledge


def check_data(settings: Settings) -> tuple[StoreHealth, ...]:
    """Every store of the data folder; nothing is altered.

    Raises:
        ConfigError: there is no such folder.
    """
    home = settings.home
    if not home.is_dir():
        raise ConfigError(f"没有数据文件夹 {home}，请用 --home 或 PINGAN_HOME 指明。")
    is_local = any((home / "kb" / name).exists() for name in ("chroma", "records.sqlite3"))
    local = replace(settings, chroma_url="") if is_local else settings
    return check_workspace(home), check_review(home), check_people(home), check_knowledge(local)


def mend_data(areas: tuple[StoreHealth, ...], quarantine: Quarantine) -> list[RepairResult]:
    """Mend what can be mended; what was done, one after the other.

    Raises:
        PinganError: a store cannot be written.
    """
    return [f.mend(quarantine) for f in flaws_of(areas) if f.mend is not None]


def flaws_of(areas: tuple[StoreHealth, ...]) -> list[Flaw]:
    """Everything that is wrong."""
    return [flaw for area in areas for flaw in area.flaws]
