"""Small pieces of HTML that every tab uses; all text is escaped here."""

from html import escape


def notice(text: str, *, kind: str = "") -> str:
    """One sentence in a box; ``kind`` is ``error``, ``ok`` or empty."""
    role = "alert" if kind == "error" else "status"
    return f'<div class="notice {kind}" role="{role}">{escape(text)}</div>'


def empty_state(title: str, *lines: str) -> str:
    """What to do where there is nothing to show yet."""
    rows = "".join(f"<span>{escape(line)}</span>" for line in lines)
    return f'<div class="empty"><b>{escape(title)}</b>{rows}</div>'


def progress_bar(text: str, share: float, *, is_shown: bool = True) -> str:
    """A line of fixed height: a bar filled to ``share`` (0 to 1), and what is being done."""
    width = round(100 * min(1.0, max(0.0, share)))
    track = f'<div class="track"><div class="fill" style="width:{width}%"></div></div>'
    return (
        f'<div class="bar" role="status" aria-live="polite">{track if is_shown else ""}'
        f'<span class="what">{escape(text)}</span></div>'
    )
