"""``units.json``: what the checker needs to know of the knowledge base, without opening it.

For each report the unit, the names it goes by, the title, and sketches of its paragraphs. The
store writes the file whole after every change; reading it takes nothing but the standard library.
"""

import base64
import binascii
import json
from array import array
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from app.core.errors import KnowledgeError
from app.core.faults import refused
from app.core.files import write_private
from app.language.names.places import distinctive_names
from app.language.names.unit import short_names_of
from app.language.similarity.near_duplicates import SKETCH_SIZE, KnownPrint, read_prints

FILE = "units.json"
SCHEMA_VERSION = 1
MAX_BYTES = 8_000_000
MAX_PARAGRAPHS = 1200
MAX_PER_REPORT = 60
MAX_REPORTS = 5000


@dataclass(frozen=True, slots=True)
class KnownReport:
    """One report of the knowledge base. ``prints`` holds its paragraphs' sketches in base64."""

    id: str
    unit: str
    year: int
    title: str
    names: tuple[str, ...]
    sizes: tuple[int, ...] = ()
    prints: str = ""

    def known_prints(self, source: int) -> tuple[KnownPrint, ...]:
        """The sketches, each marked with ``source``.

        Raises:
            ValueError: they are damaged.
        """
        values = array("I")
        try:
            values.frombytes(base64.b64decode(self.prints, validate=True))
        except (binascii.Error, ValueError) as error:
            raise ValueError("damaged sketches") from error
        found: list[KnownPrint] = []
        start = 0
        for size in self.sizes:
            length = min(size, SKETCH_SIZE)
            found.append(KnownPrint(size, values[start : start + length], source))
            start += length
        if start != len(values):
            raise ValueError("damaged sketches")
        return tuple(found)


def describe_known(report_id: str, unit: str, year: int, title: str, text: str) -> KnownReport:
    """What the sidecar tells of one report."""
    names = (unit, *short_names_of(unit, text)) if unit else ()
    prints = list(read_prints(text, names))[:MAX_PER_REPORT]
    sketches = array("I")
    for item in prints:
        sketches.extend(item.sketch())
    return KnownReport(
        report_id,
        unit,
        year,
        title,
        distinctive_names(unit),
        tuple(len(p.hashes) for p in prints),
        base64.b64encode(sketches.tobytes()).decode("ascii"),
    )


def write_sidecar(folder: Path, reports: Iterable[KnownReport], generation: str = "") -> None:
    """Replace the sidecar in ``folder``; the newest reports keep their sketches.

    ``generation`` tells which state of the store it describes.

    Raises:
        KnowledgeError: it cannot be written.
    """
    kept: list[dict[str, object]] = []
    paragraphs = 0
    newest_first = sorted(reports, key=lambda r: (-r.year, r.unit, r.id))
    for report in newest_first[:MAX_REPORTS]:
        item = asdict(report)
        paragraphs += len(report.sizes)
        if paragraphs > MAX_PARAGRAPHS:
            item["sizes"], item["prints"] = (), ""
        kept.append(item)
    data = {"schema_version": SCHEMA_VERSION, "generation": generation, "reports": kept}
    payload = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    try:
        write_private(folder / FILE, payload)
    except OSError as error:
        subject = f"知识库的单位名录 {folder / FILE} 写不进去"
        raise refused(KnowledgeError, subject, error, then="下次打开知识库时补上") from error


def describes(folder: Path, generation: str) -> bool:
    """True where the sidecar in ``folder`` describes this state of the store, or is damaged.

    A damaged one stays until it is rebuilt, and the checker warns of it. Only the head is read.
    """
    head = b'{"schema_version":%d,"generation":"%s",' % (SCHEMA_VERSION, generation.encode())
    try:
        with (folder / FILE).open("rb") as file:
            found = file.read(len(head))
    except FileNotFoundError:
        return False
    except OSError:
        return True
    is_ours = found.startswith(b'{"schema_version":%d,' % SCHEMA_VERSION)
    return found == head or not is_ours


def load_sidecar(folder: Path) -> tuple[KnownReport, ...]:
    """The reports of the sidecar in ``folder``; none where there is no sidecar.

    Raises:
        KnowledgeError: it is there, but damaged or too large to be ours.
    """
    path = folder / FILE
    try:
        if path.stat().st_size > MAX_BYTES:
            raise damaged_sidecar(folder)
        data = json.loads(path.read_bytes())
        return _read(data)
    except FileNotFoundError:
        return ()
    except OSError as error:
        subject = f"知识库的单位名录 {path} 读不出来"
        then = "这次没有核对别单位的名称和段落"
        raise refused(KnowledgeError, subject, error, then=then) from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise damaged_sidecar(folder) from error


def damaged_sidecar(folder: Path) -> KnowledgeError:
    """What to tell where the sidecar in ``folder`` is not fit for use."""
    told = f"知识库的单位名录 {folder / FILE} 读不出来，这次没有核对别单位的名称和段落"
    return KnowledgeError(
        f"{told}；请运行 pingan kb rebuild 重建。", on_page=f"{told}；请管理员重建知识库。"
    )


def _read(data: object) -> tuple[KnownReport, ...]:
    if not isinstance(data, dict) or data.get("schema_version") != SCHEMA_VERSION:
        raise ValueError("not our schema")
    reports = data["reports"]
    if not isinstance(reports, list):
        raise TypeError("reports")
    return tuple(_read_report(item) for item in reports[:MAX_REPORTS])


def _read_report(item: object) -> KnownReport:
    if not isinstance(item, dict):
        raise TypeError("report")
    texts = [item[key] for key in ("id", "unit", "title", "prints")]
    names, sizes, year = item["names"], item["sizes"], item["year"]
    is_right = (
        all(isinstance(value, str) for value in [*texts, *names])
        and all(type(value) is int and value > 0 for value in sizes)
        and type(year) is int
    )
    if not is_right:
        raise TypeError("report")
    return KnownReport(texts[0], texts[1], year, texts[2], tuple(names), tuple(sizes), texts[3])
