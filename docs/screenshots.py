"""Remake the pictures of the page in ``docs/images`` from the running product.

Needs Chromium: ``python docs/screenshots.py``. With a folder named, the pictures go there, and
those of a phone's width with them.
"""

import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.chromium import CHROMIUM, CHROMIUM_ARGS  # noqa: E402
from tests.web.conftest import free_port, start_web, stop_web  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Page

SAMPLE = ROOT / "app" / "web" / "static" / "check_sample.txt"
SIZE = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}


def show_draft(page: "Page") -> None:
    """An example sheet, drafted."""
    page.click("#draft-example summary")
    page.get_by_role("button", name="乡镇", exact=True).click()
    page.wait_for_selector("#desk-table tr[data-row='10']")
    page.click("#draft-run")
    page.wait_for_selector("#draft-status :text('写完')", timeout=60_000)


def show_check(page: "Page") -> None:
    """The example with mistakes, checked."""
    page.get_by_role("tab", name="核查", exact=True).click()
    page.click("#check-sample")
    page.wait_for_selector("#check-table table")


def show_review(page: "Page") -> None:
    """Last year's sample reports and the example with mistakes, handed in together."""
    page.get_by_role("tab", name="审阅", exact=True).click()
    files = [*sorted((ROOT / "knowledge_base" / "reports").glob("2024_*.txt")), SAMPLE]
    page.set_input_files("#review-file input[type=file]", files)
    page.wait_for_selector(f"#review-overview :text('共 {len(files)} 份')", timeout=60_000)
    page.get_by_role("button", name="错误", exact=True).click()


def show_review_draft(page: "Page") -> None:
    """The one with most mistakes, two findings judged."""
    show_review(page)
    page.locator("#review-table button.name").first.click()
    page.wait_for_selector("#review-list li")
    page.fill("#review-by textarea, #review-by input", "王审")
    for number, verdict in ((0, "属实"), (1, "误报")):
        entry = page.locator("#review-list li[data-finding]").nth(number)
        entry.get_by_role("button", name=verdict).click()
        page.wait_for_selector(f"#review-list .tag:has-text('{verdict}')")


def show_knowledge(page: "Page") -> None:
    """A search over the sample reports."""
    page.get_by_role("tab", name="知识库", exact=True).click()
    page.wait_for_selector("#kb-list table")
    page.get_by_role("tab", name="搜索", exact=True).click()
    page.fill("#kb-query textarea, #kb-query input", "电动自行车 消防")
    page.click("#kb-search")
    page.wait_for_selector("#kb-hits .hit")


VIEWS: dict[str, Callable[["Page"], None]] = {
    "draft": show_draft,
    "check": show_check,
    "review": show_review,
    "review-draft": show_review_draft,
    "knowledge": show_knowledge,
}


def save(picture: bytes, path: Path) -> None:
    """Save with a palette, a third of the size."""
    with Image.open(io.BytesIO(picture)) as image:
        image.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


def take(url: str, folder: Path, *, with_phone: bool) -> None:
    """One picture a tab, for a desktop and, if asked for, for a phone."""
    sizes = [("", SIZE), ("-phone", PHONE)] if with_phone else [("", SIZE)]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*CHROMIUM_ARGS, "--font-render-hinting=none"]
        )
        for suffix, size in sizes:
            for name, show in VIEWS.items():
                page = browser.new_page(viewport=size)
                page.goto(url)
                page.wait_for_selector("#draft-facts textarea")
                show(page)
                page.mouse.move(5, 5)
                page.wait_for_timeout(500)
                save(page.screenshot(), folder / f"{name}{suffix}.png")
                page.close()
        browser.close()


def main() -> None:
    """Start the page with a store of its own and picture every tab."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        port = free_port()
        process = start_web(Path(home) / "home", port)
        try:
            take(f"http://127.0.0.1:{port}/", folder, with_phone=len(sys.argv) > 1)
        finally:
            stop_web(process)


if __name__ == "__main__":
    main()
