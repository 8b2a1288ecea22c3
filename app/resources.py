"""Where bundled data lies: beside ``app`` in a checkout, inside it in an installed wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
STATIC = _PACKAGE / "web" / "static"  # what the page is made of: style sheets, scripts, pictures
TEMPLATES = {  # of HTML, with the style sheets and scripts that belong to them
    "static": STATIC,
    "results": _PACKAGE / "formats" / "templates",
    "web": _PACKAGE / "web" / "templates",
    "eval": _PACKAGE.parent / "eval" / "templates",
}


def _root() -> Path:
    bundled = _PACKAGE / "_resources"
    return bundled if bundled.is_dir() else _PACKAGE.parent


def prompts_dir() -> Path:
    """Folder of the prompt files."""
    return _root() / "prompts"


def profiles_dir() -> Path:
    """Folder of the built-in profiles (``机关.yaml`` …)."""
    return _root() / "knowledge_base" / "profiles"


def lexicons_dir() -> Path:
    """Folder of the word lists."""
    return _root() / "knowledge_base" / "lexicons"


def reports_dir() -> Path:
    """Folder of the sample past reports."""
    return _root() / "knowledge_base" / "reports"


def examples_dir() -> Path:
    """Folder of the example fact sheets."""
    return _root() / "examples"
