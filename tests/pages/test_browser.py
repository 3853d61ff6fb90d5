"""The parts of a page in a real browser: axe finds nothing, a phone shows all of it, scripts only add."""

import threading
from collections.abc import Iterator
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from tests.pages.sample import SOMEBODY, STATIC_PAGES, sample_app_for, visitor

# One worker draws them while another builds the demonstration for the journeys.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages in a browser")]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = (
    "/",
    "/advisories",
    "/parts",
    "/form",
    "/checked",
    "/missing",
    "/database-away",
    *(f"/{name}" for name in STATIC_PAGES),
)
DESK, PHONE, SMALLEST = {"width": 1280, "height": 900}, {"width": 390, "height": 844}, {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    app = sample_app_for(visitor(person=SOMEBODY, coordinates=frozenset({UUID(int=1)})))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def browser(chrome: Browser) -> Browser:
    return chrome


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_on_any_page(browser: Browser, address: str, width: dict[str, int], language: str) -> None:
    context = browser.new_context(viewport=width, bypass_csp=True)
    context.add_cookies([{"name": "language", "value": language, "url": address}])
    page = context.new_page()

    found = []
    for path in PAGES:
        page.goto(address + path)
        violations = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        found += [(path, fault["id"], fault["nodes"][0]["html"]) for fault in violations]

    context.close()
    assert found == []


@pytest.mark.parametrize("width", [PHONE, SMALLEST], ids=["phone", "400 % zoom"])
def test_nothing_spills_off_a_small_screen(browser: Browser, address: str, width: dict[str, int]) -> None:
    page = browser.new_page(viewport=width)

    spilling = []
    for path in PAGES:
        page.goto(address + path)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            spilling.append(path)

    page.close()
    assert spilling == []


def test_every_link_and_button_is_big_enough_to_press(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport=PHONE)

    for path in ("/", "/advisories", "/parts"):
        page.goto(address + path)
        for part in page.locator("header a, nav a, button, summary").all():
            box = part.bounding_box()
            if box and part.is_visible() and "skip" not in (part.get_attribute("class") or ""):
                assert box["height"] >= 24, (path, part.inner_text())
    page.close()


def test_the_policy_lets_our_scripts_run_and_nothing_complains(browser: Browser, address: str) -> None:
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    for path in ("/", "/advisories", "/parts", "/form"):
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        assert "govuk-frontend-supported" in (page.locator("body").get_attribute("class") or "")

    page.close()
    assert complaints == []


def test_a_script_put_into_the_page_does_not_run(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address + "/")

    ran = page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        " document.body.append(s); return window.ran === 1 }"
    )

    page.close()
    assert ran is False


def test_the_copy_button_copies_the_whole_text_and_says_so(browser: Browser, address: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(address + "/parts")

    page.get_by_role("button", name="Copy Addresses for my firewall").click()
    page.get_by_role("status").filter(has_text="Copied").wait_for()

    assert page.evaluate("navigator.clipboard.readText()") == "192.0.2.1\n198.51.100.7"
    context.close()


def test_without_scripts_the_menu_the_text_and_the_form_are_all_there(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()

    page.goto(address + "/parts")
    assert page.get_by_role("link", name="What's waiting").is_visible()
    assert page.get_by_label("Addresses for my firewall").is_visible()
    page.get_by_text("What TLP:AMBER+STRICT means").click()
    assert page.get_by_text("As TLP:AMBER, but").is_visible()

    page.goto(address + "/form")
    page.get_by_label("E-mail address").fill("sam@example.org")
    page.get_by_role("button", name="Save").click()
    assert page.get_by_role("link", name="Choose one answer").is_visible()
    assert page.get_by_label("E-mail address").input_value() == "sam@example.org"
    context.close()


def test_by_keyboard_the_first_stop_skips_to_the_content(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address + "/advisories")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.closest('main') !== null")
    page.close()


def test_an_error_takes_the_reader_to_the_summary_and_from_there_to_the_field(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address + "/form")
    page.get_by_role("button", name="Save").click()

    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.get_by_role("link", name="Choose one answer").click()

    expect(page.locator("#marking")).to_be_focused()
    page.close()


def test_the_language_switch_keeps_the_page(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address + "/advisories?show=all")

    page.get_by_role("link", name="Cymraeg").click()
    assert page.url == address + "/advisories?show=all"
    assert page.get_by_role("heading", name="Rhybuddion").is_visible()

    page.get_by_role("link", name="English").click()
    assert page.get_by_role("heading", name="Warnings", exact=True).is_visible()
    page.context.close()


@pytest.mark.parametrize("media", [{"forced_colors": "active"}, {"media": "print"}], ids=["own colours", "print"])
def test_the_words_of_a_label_stay_when_its_colours_go(browser: Browser, address: str, media: dict[str, str]) -> None:
    page: Page = browser.new_page()
    page.emulate_media(**media)
    page.goto(address + "/handling")

    for label in ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"):
        chip = page.locator("h2 .warp-tlp", has_text=label).first
        assert chip.is_visible()
        assert chip.evaluate("part => getComputedStyle(part).borderTopStyle") == "solid"
    if "media" in media:
        assert page.locator(".warp-header__nav").is_hidden()
    page.close()
