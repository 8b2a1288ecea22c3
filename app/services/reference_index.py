"""What the checker is told of the knowledge base: other units' names and paragraphs."""

from dataclasses import dataclass
from pathlib import Path

from app.checking.context import KnownText, KnownUnit
from app.core.errors import KnowledgeError
from app.knowledge.reference_index import FILE as SIDECAR
from app.knowledge.reference_index import KnownReport, damaged_sidecar, load_sidecar
from app.settings import Settings

__all__ = ["SIDECAR", "KnownReports", "known_folder", "load_known"]


@dataclass(frozen=True, slots=True)
class KnownReports:
    """Units and texts of the knowledge base; ``warning`` says why there are none."""

    units: tuple[KnownUnit, ...] = ()
    texts: tuple[KnownText, ...] = ()
    warning: str = ""


def known_folder(settings: Settings) -> Path:
    """Where the knowledge base lies beside which its sidecar is written."""
    return settings.home / "kb"


def load_known(folder: Path | None) -> KnownReports:
    """Read what the knowledge base in ``folder`` lies beside itself; a damaged file only warns."""
    if folder is None:
        return KnownReports()
    try:
        reports = load_sidecar(folder)
        texts = tuple(
            KnownText(r.unit, r.year, r.title, r.known_prints(index))
            for index, r in enumerate(reports)
        )
    except KnowledgeError as error:
        return KnownReports(warning=str(error))
    except ValueError:
        return KnownReports(warning=str(damaged_sidecar(folder)))
    return KnownReports(_units(reports), texts)


def _units(reports: tuple[KnownReport, ...]) -> tuple[KnownUnit, ...]:
    """Each unit once, whichever of its reports came first."""
    units = {r.unit: KnownUnit(r.unit, r.names) for r in reversed(reports) if r.unit}
    return tuple(units[name] for name in sorted(units))
