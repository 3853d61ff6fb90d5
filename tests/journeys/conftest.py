"""The hub, the browser, and readers at a desk or with a phone, with scripts and without."""

import itertools
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys import extras
from tests.journeys.hub import Hub, copy_for_this_worker, served
from tests.signin import provider as at_provider
from tests.signin.provider import Provider
from tests.sizes import SIZES

DESK, PHONE, SMALLEST = {"width": 1280, "height": 900}, {"width": 390, "height": 844}, {"width": 320, "height": 640}
WAYS = (
    (
        pytest.param((DESK, True), id="desk"),
        pytest.param((PHONE, False), id="phone without scripts"),
    ),
    (
        pytest.param((PHONE, True), id="phone"),
        pytest.param((DESK, False), id="desk without scripts"),
    ),
)
WELCOME = re.compile("Good (morning|afternoon|evening)")
NAMES = {
    "lead-midshire": "Sam Hartley",
    "officer-midshire": "Grace Okafor",
    "associate-midshire": "Declan Byrne",
    "reader-midshire": "Hannah Whitlock",
    "coordinator-midshire": "Priya Shah",
    "lead-westmarch": "Owen Pritchard",
    "coordinator-westmarch": "Ffion Morgan",
    "national": "Marcus Lockwood",
    "lapsed": "Callum Sinclair",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all of them: they need a browser or the whole hub, and CI runs them apart."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Seat a journey's `reader` two ways that have nothing in common; every way by turns, and in a proof all four."""
    if "reader" in metafunc.fixturenames:
        name = metafunc.function.__name__
        ways = sum(WAYS, ()) if SIZES.every_way else WAYS[zlib.crc32(name.encode()) % 2]
        metafunc.parametrize("reader", ways, indirect=True)


@dataclass
class Reader:
    """Somebody at a browser of their own."""

    hub: Hub
    context: BrowserContext
    page: Page

    def go(self, path: str) -> Page:
        """Open a page of the hub."""
        self.page.goto(self.hub.here(path))
        return self.page

    def arrives(self, heading: "str | re.Pattern[str]") -> None:
        """Wait until the page with this heading is there, or fail."""
        expect(self.page.locator("h1")).to_have_text(heading)

    def sees(self, words: str) -> None:
        """Wait until these words are to be seen, or fail."""
        expect(self.page.get_by_text(words).first).to_be_visible()

    def press(self, words: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=words).click()

    def follow(self, words: str) -> None:
        """Follow a link."""
        self.page.get_by_role("link", name=words, exact=True).first.click()

    def unfold(self, words: str) -> None:
        """Open what is folded away."""
        self.page.locator("summary", has_text=words).click()

    def become(self, slug: str) -> "Reader":
        """Come in as a persona of the demonstration, as its button does; no page is open yet."""
        answer = self.context.request.post(self.hub.here("/demo/sign-in"), form={"persona": slug}, max_redirects=0)
        assert answer.status == 303, f"{slug} does not come in: {answer.status}"
        return self

    def status_of(self, path: str) -> int:
        """Return what a page answers this reader."""
        return self.context.request.get(self.hub.here(path)).status


expect.set_options(timeout=15_000)
Readers = Callable[..., Reader]


@pytest.fixture(scope="session")
def hub_folder() -> Iterator[Path]:
    """Lend this worker's copy of the demonstration, not yet served."""
    with copy_for_this_worker() as folder:
        yield folder


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    """Lend the provider of accounts that the hub knows as Microsoft; whoever goes there is signed in there already."""
    with at_provider.running() as running:
        yield running


@pytest.fixture(scope="session")
def hub(hub_folder: Path, provider: Provider) -> Iterator[Hub]:
    """Lend the demonstration, served for this worker alone."""
    registered = {"CLIENT_ID": at_provider.CLIENT, "CLIENT_SECRET": at_provider.SECRET, "AUTHORITY": provider.url}
    with served(hub_folder, {f"WARP_HUB_MICROSOFT_{name}": value for name, value in registered.items()}) as running:
        yield running


@pytest.fixture
def readers(chrome: Browser, hub: Hub) -> Iterator[Readers]:
    """Lend a way to seat readers, each with a browser that knows nobody."""
    contexts: list[BrowserContext] = []

    def seat(view: dict[str, int] = DESK, *, scripts: bool = True, **options: Any) -> Reader:
        context = chrome.new_context(viewport=view, java_script_enabled=scripts, **options)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        contexts.append(context)
        return Reader(hub, context, context.new_page())

    yield seat
    for context in contexts:
        context.close()


@pytest.fixture
def reader(request: pytest.FixtureRequest, readers: Readers) -> Reader:
    """Seat one reader: at a desk or with a phone, with scripts or without."""
    view, scripts = request.param
    return readers(view, scripts=scripts)


_quiet, _urgent = itertools.count(), itertools.count()


@pytest.fixture
def quiet_warning() -> str:
    """Return the title of a TLP:AMBER warning that waits for Midshire and Westmarch, and that no other test touches."""
    return extras.title("quiet", next(_quiet))


@pytest.fixture
def urgent_warning() -> str:
    """Return the title of a TLP:GREEN warning to act on today, likewise."""
    return extras.title("urgent", next(_urgent))
