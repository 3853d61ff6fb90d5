"""`make screenshots`: the README's pictures, from a fresh demonstration."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.journeys import chromium, hub

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
SIZES = {"desktop": {"width": 1280, "height": 860}, "phone": {"width": 390, "height": 844}}
# Name of the picture: (persona, path, title of the link to follow from there).
WANTED = {
    "home": ("lead-midshire", "/", ""),
    "warning": ("lead-midshire", "/advisories", "FortiOS SSL-VPN"),
    "desk": ("coordinator-midshire", "/desk", ""),
    "deciding": ("coordinator-midshire", "/desk/warnings", "Ivanti"),
}


def main() -> None:
    """Build, serve, and take each picture on a desk and on a phone."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="warp-pictures-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)  # as root the database has a user of its own
        data = Path(folder) / "data"
        hub.build(data)
        with hub.served(data) as served, chromium.running() as browser:
            for size in SIZES:
                _take_all(browser, served.address, size)


def _take_all(browser: Browser, address: str, size: str) -> None:
    for name, (persona, path, title) in WANTED.items():
        page = browser.new_context(viewport=SIZES[size]).new_page()  # type: ignore[arg-type]
        page.goto(f"{address}/demo")
        page.locator(f"form:has(input[value='{persona}']) button").click()
        page.goto(f"{address}{path}")
        if title:
            _follow(page, title)
        page.screenshot(path=PICTURES / f"{name}-{size}.png")
        page.context.close()


def _follow(page: Page, title: str) -> None:
    link = page.locator("a", has_text=title)
    (link.first if link.count() else page.locator(".warp-item__title a").first).click()


if __name__ == "__main__":
    main()
