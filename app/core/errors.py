"""The one error tree: a message says in plain Chinese what failed, where, what to do next."""


class PinganError(Exception):
    """Base of every error a user may see; ``exit_code`` is the process's exit code."""

    exit_code = 2


class InputError(PinganError):
    """A file or fact sheet cannot be read: missing, empty, encrypted, damaged, too large."""


class ConfigError(PinganError):
    """A setting, profile, baseline or prompt file is wrong."""


class KnowledgeError(PinganError):
    """The knowledge base cannot be opened, read or written."""


class ModelError(PinganError):
    """A model endpoint failed; ``retryable`` tells whether trying again may help.

    ``wait_s`` is how long the endpoint asked to be left alone, 0 where it did not.
    """

    def __init__(self, message: str, *, retryable: bool = False, wait_s: float = 0.0) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.wait_s = wait_s


class ExportError(PinganError):
    """A result cannot be written."""
