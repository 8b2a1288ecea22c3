"""The held-out split: documents whose single results nobody looks at while tuning.

Gates read it as a total only, and reports tell nothing else of it.
"""

import hashlib

_SHARE = 4


def is_held_out(document: str) -> bool:
    """About every fourth document, by its name alone: the same on every machine, for good."""
    told = hashlib.sha256(f"heldout/{document}".encode()).hexdigest()
    return int(told[:8], 16) % _SHARE == 0
