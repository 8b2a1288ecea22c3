"""First contact: how the product reads what strangers bring, laid out in one folder."""

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from app import __version__
from app.checking.engine import load_rules
from app.core.errors import InputError
from eval.cases import digest, digest_text, rules_digest
from eval.first_contact.intake import intake_section
from eval.first_contact.placement import placement_section
from eval.first_contact.prose import clean_section
from eval.first_contact.sheets import Tried, material, sheets_section, try_sheet
from eval.first_contact.statements import statements_section
from eval.first_contact.texts import reports_section, sentences_section
from eval.report import Run, Section
from eval.systems import CheckerSystem

TASK = "first_contact"
PARTS = ("sentences.tsv", "reports", "sheets", "statements.jsonl", "intake")

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class FirstContactOptions:
    """The folder to run on; ``clean`` are files or folders of prose that has no defect."""

    folder: Path
    clean: tuple[Path, ...] = ()


def _silent(_: str) -> None:
    return


class _Material:
    """The parts of a folder, each opened once and only where it is asked for."""

    def __init__(self, folder: Path, system: CheckerSystem) -> None:
        self._folder, self._system = folder, system

    @cached_property
    def tried(self) -> tuple[Tried, ...]:
        """Every fact sheet, read and drafted."""
        folder = self._folder / "sheets"
        return tuple(map(try_sheet, material(folder))) if folder.is_dir() else ()

    def sections(self, part: str) -> tuple[Section, ...]:
        """What one part says.

        Raises:
            InputError: it cannot be read.
        """
        path = self._folder / part
        if not path.exists():
            raise InputError(f"文件夹里没有 {part}")
        match part:
            case "sentences.tsv":
                return (sentences_section(self._system, path),)
            case "reports":
                return (reports_section(self._system, path),)
            case "sheets":
                placed = placement_section(self.tried)
                return (sheets_section(self.tried), *([placed] if placed else []))
            case "statements.jsonl":
                return (statements_section(path, self.tried),)
            case _:
                return (intake_section(tuple(map(try_sheet, material(path)))),)


def _files(folder: Path) -> Iterator[Path]:
    for part in PARTS:
        path = folder / part
        yield from [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())


def _about(options: FirstContactOptions) -> dict[str, str]:
    names = "".join(
        f"{path.relative_to(options.folder).as_posix()} {digest(path)}\n"
        for path in _files(options.folder)
    )
    return {
        "版本": f"pingan {__version__}",
        "Python": platform.python_version(),
        "规则": f"{len(load_rules())}条，{rules_digest()[:12]}",
        "材料": f"{options.folder.resolve().name} {digest_text(names)[:12]}",
    }


def run_first_contact(options: FirstContactOptions, progress: Progress = _silent) -> Run:
    """Run every part there is; one that is missing or unreadable is unscored, with the reason.

    Raises:
        InputError: the folder holds no part at all, or clean prose cannot be read.
    """
    if not any((options.folder / part).exists() for part in PARTS):
        raise InputError(
            f"{options.folder} 里没有 {'、'.join(PARTS)} 中的任何一样，请照 docs/eval.md 放好材料。"
        )
    system = CheckerSystem()
    brought = _Material(options.folder, system)
    sections: list[Section] = []
    for part in PARTS:
        progress(part)
        try:
            sections += brought.sections(part)
        except InputError as error:
            sections.append(Section(f"未评：{part}", notes=(str(error),)))
    if options.clean:
        progress("专业编辑过的文本")
        sections.append(clean_section(system, options.clean))
    return Run("陌生材料", _about(options), tuple(sections))
