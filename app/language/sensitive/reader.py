"""Put together what the readers of one kind each find."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from app.language.sensitive.addresses import read_addresses
from app.language.sensitive.contacts import read_contacts
from app.language.sensitive.kinds import Sensitive
from app.language.sensitive.marks import read_marks_of
from app.language.sensitive.numbers import read_numbers
from app.language.sensitive.people import read_people
from app.language.sensitive.view import View, view_of


def read_sensitive(text: str) -> tuple[Sensitive, ...]:
    """Every piece of personal data and every mark, in order; spans are those of ``text``."""
    view = view_of(text)
    return _placed(view, (*_personal(view), *read_marks_of(view)))


def redact(text: str) -> str:
    """The text with every piece of personal data replaced by its kind."""
    pieces: list[str] = []
    done = 0
    for item in read_sensitive(text):
        if item.kind.is_mark:
            continue
        pieces += (text[done : item.span.start], f"〔{item.kind}〕")
        done = item.span.end
    return "".join((*pieces, text[done:]))


def _personal(view: View) -> Iterator[Sensitive]:
    yield from read_numbers(view)
    yield from read_contacts(view)
    yield from read_addresses(view)
    yield from read_people(view)


def _placed(view: View, found: Iterable[Sensitive]) -> tuple[Sensitive, ...]:
    """In order, none inside another; the numbers, which are surest, first where two begin alike."""
    kept: list[Sensitive] = []
    for item in sorted(found, key=lambda s: (s.span.start, -s.span.end)):
        if not kept or item.span.start >= kept[-1].span.end:
            kept.append(item)
    return tuple(replace(item, span=view.restore(item.span)) for item in kept)
