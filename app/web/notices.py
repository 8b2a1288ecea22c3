"""Small pieces of HTML that every tab uses; all text is escaped here."""

from app.formats.rendering import render

_FILE = "web/notices.html"


def notice(text: str, *, kind: str = "") -> str:
    """One sentence in a box; ``kind`` is ``error``, ``ok`` or empty."""
    return render(_FILE, "notice", text=text, kind=kind)


def empty_state(title: str, *lines: str) -> str:
    """What to do where there is nothing to show yet."""
    return render(_FILE, "empty_state", title=title, lines=lines)


def hint(text: str) -> str:
    """One sentence of advice."""
    return render(_FILE, "hint", text=text)


def chips(*texts: str) -> str:
    """A row of short facts."""
    return render(_FILE, "chips", texts=texts)


def progress_bar(text: str, share: float, *, is_shown: bool = True) -> str:
    """A line of fixed height: a bar filled to ``share`` (0 to 1), and what is being done."""
    width = round(100 * min(1.0, max(0.0, share))) if is_shown else None
    return render(_FILE, "progress_bar", text=text, width=width)
