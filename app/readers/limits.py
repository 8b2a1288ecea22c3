"""How much a reader takes before it refuses a file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that keep a hostile or mistaken upload from eating the machine.

    ``max_zip_ratio`` is unpacked over packed size and counts only for members that unpack to more
    than eight mebibytes, since repetitive XML packs very well. ``timeout_s`` bounds PDF
    extraction and the LibreOffice conversion.
    """

    max_bytes: int = 50 * 2**20
    max_chars: int = 5_000_000
    max_zip_members: int = 5_000
    max_unzipped_bytes: int = 200 * 2**20
    max_zip_ratio: int = 200
    max_pages: int = 2_000
    timeout_s: float = 120.0


DEFAULT_LIMITS = Limits()
