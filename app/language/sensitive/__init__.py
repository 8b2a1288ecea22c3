"""Personal data and secrecy marks: the one reader that rules, guard, dry run and logs ask."""

from app.language.sensitive.kinds import Sensitive, SensitiveKind
from app.language.sensitive.reader import read_sensitive, redact

__all__ = ["Sensitive", "SensitiveKind", "read_sensitive", "redact"]
