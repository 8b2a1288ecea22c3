"""No personal data in a log line of the program, whatever an error says of what it was given."""

import logging
from typing import Any

from app.language.sensitive import redact

_OWN = "app."
_plain = logging.Formatter()


def redact_logs() -> None:
    """From now on replace personal data in the program's own log records by its kind."""
    make = logging.getLogRecordFactory()
    if getattr(make, "redacts", False):
        return

    def make_redacted(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        if record.name.startswith(_OWN):
            record.msg, record.args = redact(record.getMessage()), ()
            if record.exc_info:
                record.exc_text = redact(_plain.formatException(record.exc_info))
        return record

    make_redacted.redacts = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(make_redacted)
