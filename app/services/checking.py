"""Check files and texts: read, choose the profile, run the rules."""

from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from app.checking.baseline import Baseline, load_baseline
from app.checking.context import CheckContext
from app.checking.engine import check_document, validate_profile
from app.checking.lexicon import EMPTY, Lexicon
from app.core.document import Document
from app.core.errors import InputError
from app.core.facts import FactSheet
from app.core.finding import CheckResult
from app.formats import read_document
from app.formats.source import encodable
from app.language.structure.unwrap import reveal
from app.language.view import TextView
from app.report.profile import Profile, load_profile
from app.report.recognise import recognise_profile
from app.services.reference_index import SIDECAR, KnownReports, load_known

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What to check against; ``profile`` is a name, a YAML file or ``auto``.

    ``knowledge`` is the folder of a knowledge base, whose units and texts are compared with.
    ``lexicons`` are word lists of the user; where two disagree the later one wins.
    """

    profile: str = AUTO
    facts: Path | None = None
    previous: Path | None = None
    baseline: Path | None = None
    knowledge: Path | None = None
    lexicons: tuple[Path, ...] = ()

    def stamp(self) -> tuple[tuple[int, int], ...]:
        """What differs as soon as one of the files named here does."""
        known = self.knowledge / SIDECAR if self.knowledge else None
        beside = (self.facts, self.previous, self.baseline, known, *self.lexicons)
        return tuple(_stamp(path) for path in (Path(self.profile), *beside) if path is not None)


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return 0, 0
    return found.st_mtime_ns, found.st_size


@dataclass(frozen=True, slots=True)
class Checked:
    """One checked document."""

    document: Document
    result: CheckResult


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that could not be checked, with the sentence that says why."""

    path: str
    message: str


class Checker:
    """Checks documents under fixed options; the side inputs are read once.

    ``sheet`` and ``previous`` are a fact sheet and last year's report already read; they win over
    the files that the options name.

    Raises:
        PinganError: on construction, where a side input cannot be read.
    """

    def __init__(
        self,
        options: CheckOptions | None = None,
        *,
        sheet: FactSheet | None = None,
        previous: Document | None = None,
    ) -> None:
        self.options = options or CheckOptions()
        self._given_sheet, self._given_previous = sheet, previous
        for prepared in (
            self._profile,
            self._sheet,
            self._previous,
            self.baseline,
            self._known,
            self._lexicon,
        ):
            del prepared

    def beside(self, sheet: FactSheet | None, previous: Document | None) -> "Checker":
        """The same checker with a fact sheet and last year's report in place of its own."""
        other = copy(self)
        other.__dict__.update(_sheet=sheet, _previous=previous)
        return other

    @cached_property
    def _profile(self) -> Profile | None:
        if self.options.profile == AUTO:
            return None
        profile = load_profile(self.options.profile)
        validate_profile(profile)
        return profile

    @cached_property
    def _sheet(self) -> FactSheet | None:
        if self._given_sheet is not None or self.options.facts is None:
            return self._given_sheet
        from app.formats.fact_files import read_fact_sheet  # noqa: PLC0415  # only with --facts

        return read_fact_sheet(self.options.facts)

    @cached_property
    def _previous(self) -> Document | None:
        if self._given_previous is not None or self.options.previous is None:
            return self._given_previous
        return read_document(self.options.previous)

    @cached_property
    def _known(self) -> KnownReports:
        known = load_known(self.options.knowledge)
        if not self._lexicon.units:
            return known
        units = (
            replace(u, names=tuple(dict.fromkeys((*u.names, *self._lexicon.short_names(u.unit)))))
            for u in known.units
        )
        return replace(known, units=tuple(units))

    @cached_property
    def _lexicon(self) -> Lexicon:
        if not self.options.lexicons:
            return EMPTY
        from app.services.lexicon import load_lexicon  # noqa: PLC0415  # only with a word list

        return load_lexicon(self.options.lexicons)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What could not be taken into account, in plain Chinese."""
        return (self._known.warning,) if self._known.warning else ()

    @cached_property
    def baseline(self) -> Baseline | None:
        """The accepted findings, where a baseline file is given."""
        return load_baseline(self.options.baseline) if self.options.baseline else None

    def check(self, document: Document) -> Checked:
        """Check one document."""
        profile, reason = self._profile, "由使用者指定"
        revealed = reveal(document)
        shown = revealed.document if revealed else document
        view = TextView(shown)
        if profile is None:
            recognition = recognise_profile(view)
            profile, reason = load_profile(recognition.name), recognition.reason
        ctx = CheckContext(
            document,
            profile,
            outline=None if revealed else view.outline,
            sheet=self._sheet,
            previous=self._previous,
            known_units=self._known.units,
            known_texts=self._known.texts,
            lexicon=self._lexicon,
        )
        result = check_document(ctx, baseline=self.baseline)
        return Checked(document, replace(result, profile_reason=reason))

    def check_text(self, text: str, name: str = "粘贴的文本") -> Checked:
        """Check pasted text.

        Raises:
            InputError: there is no text.
        """
        return self.check(pasted(text, name))


def pasted(text: str, name: str) -> Document:
    """Pasted text as a document.

    Raises:
        InputError: there is no text.
    """
    if not text.strip():
        raise InputError("没有可核查的文字，请粘贴正文或选择文件。")
    return Document(text=encodable(text).replace("\r\n", "\n").replace("\r", "\n"), path=name)
