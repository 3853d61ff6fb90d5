"""The pictures of the README, from a fresh demonstration: `make screenshots`.

`python -m tests.journeys.screenshots FOLDER` takes every page as every persona instead, on a desk and a phone, in
English and in Welsh, with some letters: to look at before a release.
"""

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.journeys import chromium, hub, walk
from tests.journeys.conftest import DESK, NAMES, PHONE, Reader
from tests.journeys.hub import Hub

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
LARGEST = 250_000
LETTERS = 5
SHOWN = "FortiOS SSL-VPN: install 7.4.9 or switch it off"


def main(folder: Path | None) -> None:
    """Take the pictures and say where they are."""
    with _demonstration() as (running, data), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.program(), args=chromium.FLAGS)
        if folder is None:
            PICTURES.mkdir(parents=True, exist_ok=True)
            taken = list(_of_the_readme(browser, running))
        else:
            folder.mkdir(parents=True, exist_ok=True)
            taken = list(_of_everything(browser, running, data, folder))
        browser.close()
    print(f"{len(taken)} pictures in {taken[0].parent}")


def _of_the_readme(browser: Browser, running: Hub) -> Iterator[Path]:
    for size, view in (("desktop", DESK), ("phone", PHONE)):
        lead = _seat(browser, running, "lead-midshire", view)
        yield _take(lead.go("/"), f"home-{size}")
        lead.follow(SHOWN)
        lead.arrives(SHOWN)
        yield _take(lead.page, f"warning-{size}")
        coordinator = _seat(browser, running, "coordinator-midshire", view)
        yield _take(coordinator.go("/desk"), f"desk-{size}")
        coordinator.follow("See all warnings to decide")
        coordinator.arrives("Warnings to decide")
        coordinator.page.locator(".warp-item", has=coordinator.page.locator(".warp-tlp")).first.get_by_role(
            "link"
        ).click()
        expect(coordinator.page.get_by_text("What members will see")).to_be_attached()
        yield _take(coordinator.page, f"deciding-{size}")


def _take(page: Page, name: str) -> Path:
    to = PICTURES / f"{name}.png"
    page.screenshot(path=to)
    size = to.stat().st_size
    if size > LARGEST:
        raise SystemExit(f"{to} has {size} bytes, more than {LARGEST}")
    return to


def _of_everything(browser: Browser, running: Hub, data: Path, folder: Path) -> Iterator[Path]:
    for who in ("nobody", *NAMES):
        for view in (DESK, PHONE):
            reader = _seat(browser, running, who, view)
            visits = list(walk.walk(reader.context.request, running, walk.routes(data)))
            for language in ("en", "cy"):
                reader.context.add_cookies([{"name": "language", "value": language, "url": running.address}])
                for visit in _one_of_each(visits):
                    to = folder / f"{who}-{_name(visit.path)}-{view['width']}-{language}.png"
                    reader.go(visit.path).screenshot(path=to, full_page=True)
                    yield to
            reader.context.close()
    page = browser.new_page(viewport={"width": 640, "height": 900})
    for kind in ("digest", "alert"):
        for number, letter in enumerate(running.letters("", kind)[-LETTERS:]):
            page.set_content(letter.html)
            page.screenshot(path=folder / f"letter-{kind}-{number}.png", full_page=True)


def _one_of_each(visits: list[walk.Visit]) -> Iterator[walk.Visit]:
    shown: set[str] = set()
    for visit in visits:
        if not visit.parts <= shown:
            shown |= visit.parts
            yield visit


def _name(path: str) -> str:
    return re.sub(r"\W+", "-", path).strip("-")[:60] or "home"


def _seat(browser: Browser, running: Hub, who: str, view: dict[str, int]) -> Reader:
    context = browser.new_context(viewport=view)  # type: ignore[arg-type]
    reader = Reader(running, context, context.new_page())
    return reader if who == "nobody" else reader.become(who)


@contextmanager
def _demonstration() -> Iterator[tuple[Hub, Path]]:
    folder = Path(tempfile.mkdtemp(prefix="warp-hub-pictures-"))
    folder.chmod(0o711)
    try:
        hub.build(folder / "built", with_extras=False)
        with hub.served(folder / "built") as running:
            yield running, folder / "built"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
