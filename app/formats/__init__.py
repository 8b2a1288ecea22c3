"""Readers: a file in, a :class:`~app.core.document.Document` with exact spans out."""

from app.formats.dispatch import read_bytes, read_document
from app.formats.limits import DEFAULT_LIMITS, Limits, current_limits

__all__ = ["DEFAULT_LIMITS", "Limits", "current_limits", "read_bytes", "read_document"]
