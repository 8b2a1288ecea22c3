"""The drafts to check: files as given, folders and zip archives opened."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from app.core.errors import InputError
from app.formats.archive import Archive, is_archive, open_archive
from app.formats.limits import current_limits
from app.formats.source import barrier, label, read_limited, shown_name
from app.services.checking import Failed

REPORT_SUFFIXES = frozenset({".txt", ".md", ".docx", ".doc", ".wps", ".pdf"})
_KINDS = "txt、md、docx、doc、wps、pdf"


@dataclass(frozen=True, slots=True)
class Source:
    """One draft: a file, or a member of an archive.

    ``name`` is shown to people; ``below`` is the path below what the user gave, by which
    annotated files are laid out.
    """

    path: Path
    name: str
    below: PurePosixPath
    member: str = ""


class Opener:
    """Reads sources; the last archive stays open, for its members come one after the other."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._path: Path | None = None
        self._archive: Archive | None = None

    def read(self, source: Source) -> bytes:
        """The bytes of one source.

        Raises:
            InputError: it cannot be read.
        """
        if not source.member:
            return read_limited(source.path, current_limits())
        if self._archive is None or self._path != source.path:
            self.close()
            self._archive = self._stack.enter_context(open_archive(source.path))
            self._path = source.path
        return self._archive.read(source.member)

    def close(self) -> None:
        """Let the archive go."""
        self._stack.close()
        self._archive = self._path = None


def find_sources(
    paths: Iterable[Path], *, skip: Path | None = None
) -> tuple[list[Source], list[Failed]]:
    """Every draft below ``paths`` in order, each once, and what cannot be read as a whole.

    ``skip`` is a folder left out, where results are written.

    Raises:
        InputError: a folder or an archive holds no draft.
    """
    sources: list[Source] = []
    failed: list[Failed] = []
    for path in paths:
        if path.is_dir():
            _add_folder(path, skip, sources, failed)
        elif is_archive(path.name):
            _add_archive(path, shown_name(path.name), sources, failed)
        else:
            sources.append(
                Source(path, shown_name(str(path)), PurePosixPath(shown_name(path.name)))
            )
    unique = {(s.path, s.member): s for s in reversed(sources)}
    return [s for s in sources if unique.pop((s.path, s.member), None) is not None], failed


def _add_folder(
    folder: Path, skip: Path | None, sources: list[Source], failed: list[Failed]
) -> None:
    before = len(sources) + len(failed)
    for path in sorted(_files(folder, skip)):
        if is_archive(path.name):
            below = shown_name(path.relative_to(folder).as_posix())
            _add_archive(path, below, sources, failed)
        elif path.suffix.lower() in REPORT_SUFFIXES:
            below = shown_name(path.relative_to(folder).as_posix())
            sources.append(Source(path, shown_name(str(path)), PurePosixPath(below)))
    if len(sources) + len(failed) == before:
        raise InputError(f"文件夹 {shown_name(str(folder))} 里没有可核查的文件（{_KINDS}、zip）。")


def _files(folder: Path, skip: Path | None) -> Iterator[Path]:
    left_out = skip.resolve() if skip is not None and skip.is_dir() else None
    is_whole = left_out == folder.resolve()
    for path in folder.rglob("*"):
        if path.name[0] in ".~" or not path.is_file():
            continue
        if left_out is None or is_whole or left_out not in path.resolve().parents:
            yield path


def _add_archive(path: Path, below: str, sources: list[Source], failed: list[Failed]) -> None:
    shown = shown_name(str(path))
    try:
        with barrier(shown), open_archive(path) as archive:
            found = [n for n in archive.names if _is_report(n)]
            skipped = archive.skipped
    except InputError as error:
        failed.append(Failed(shown, str(error)))
        return
    failed.extend(Failed(f"{shown}/{s.name}", f"{s.name}：{s.reason}") for s in skipped)
    if not found and not skipped:
        reason = f"压缩包{label(shown)}里没有可核查的文件（{_KINDS}）。"
        failed.append(Failed(shown, reason))
    folder = PurePosixPath(below).with_suffix("")
    sources.extend(Source(path, f"{shown}/{n}", folder / n, n) for n in found)


def _is_report(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in REPORT_SUFFIXES


def annotated_places(sources: Iterable[Source], folder: Path) -> list[Path]:
    """Where each source's annotated file goes: its own name and subfolder, ending in ``.docx``.

    Names that meet are told apart by number; no input is ever written over.
    """
    items = list(sources)
    taken = {str(s.path.resolve()).lower() for s in items}
    places: dict[int, Path] = {}
    # Word files first: they keep their names, texts of the same name step aside
    order = sorted(range(len(items)), key=lambda n: (items[n].below.suffix.lower() != ".docx", n))
    for number in order:
        below = items[number].below
        # a file with macros has to keep its ending, or Word refuses it
        ending = ".docm" if below.suffix.lower() == ".docm" else ".docx"
        notes = ("", "（批注）", *(f"（{n}）" for n in range(2, len(items) + 3)))
        candidates = [f"{below.stem}{note}{ending}" for note in notes]
        for name in candidates:
            place = folder.joinpath(*below.parent.parts, name)
            key = str(place.resolve()).lower()
            if key not in taken:
                taken.add(key)
                places[number] = place
                break
    return [places[n] for n in range(len(items))]
