"""The one error tree: a message says in plain Chinese what failed, where, what to do next."""


class PinganError(Exception):
    """Base of every error a user may see; ``exit_code`` is the process's exit code.

    ``on_page`` is the sentence as the page shows it, where it differs: a page has buttons and
    settings, no command line.
    """

    exit_code = 2

    def __init__(self, message: str, *, on_page: str = "") -> None:
        super().__init__(message)
        self.on_page = on_page or message


class InputError(PinganError):
    """A file or fact sheet cannot be read: missing, empty, encrypted, damaged, too large."""


class ConfigError(PinganError):
    """A setting, profile, baseline or prompt file is wrong."""


class KnowledgeError(PinganError):
    """The knowledge base cannot be opened, read or written."""


class ModelError(PinganError):
    """A model endpoint failed; ``retryable`` tells whether trying again may help.

    ``wait_s`` is how long the endpoint asked to be left alone, 0 where it did not. ``what`` is
    what happened alone, for a text that goes on to tell what was done about it. ``has_answered``:
    the endpoint is there and lets us in, but what it said is of no use.
    """

    def __init__(
        self,
        message: str,
        *,
        on_page: str = "",
        what: str = "",
        retryable: bool = False,
        wait_s: float = 0.0,
        has_answered: bool = False,
    ) -> None:
        super().__init__(message, on_page=on_page)
        self.what = what or message
        self.retryable = retryable
        self.wait_s = wait_s
        self.has_answered = has_answered


class ExportError(PinganError):
    """A result cannot be written."""
