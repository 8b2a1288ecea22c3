"""Personal data and secrecy marks: the one reader that rules, guard, dry run and logs ask."""

from app.language.sensitive.kinds import Kind, Sensitive
from app.language.sensitive.reader import read_sensitive, redact

__all__ = ["Kind", "Sensitive", "read_sensitive", "redact"]
