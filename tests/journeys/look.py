"""What a machine can say of a page in a browser: accessible, nothing spills, nothing complains."""

from collections.abc import Iterator

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LAW = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
WIDTHS = (1280, 320)
RULES = (*LAW, "best-practice")
SCRIPT = Axe().axe_script
RUN = """rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']}).then(found =>
    found.violations.map(one =>
        one.id + ': ' + one.nodes.map(node => node.html.slice(0, 200)).slice(0, 3).join(' | ')))"""
SPILLS = """() => [...document.body.querySelectorAll('*')].filter(one => one.checkVisibility() &&
    one.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(one =>
    one.outerHTML.slice(0, 120)).slice(0, 3)"""
# Our pages mark the body when scripts run: axe is one itself and would wait for ever where they do not.
WITHOUT_SCRIPTS = "document.scripts.length > 0 && !document.body.classList.contains('js-enabled')"
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def faults(page: Page, rules: tuple[str, ...] = RULES) -> list[str]:
    """Return what axe finds on the page as it stands; nothing in a browser without scripts, where it cannot look."""
    if page.evaluate(WITHOUT_SCRIPTS):
        return []
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    return [str(fault) for fault in page.evaluate(RUN, list(rules))]


def faults_everywhere(page: Page) -> list[str]:
    """Return what is wrong with a page that its address brings back: at a desk and on a phone, in both languages."""
    seen, found = page.viewport_size, []
    for language in ("cy", "en"):
        page.context.add_cookies([{"name": "language", "value": language, "url": page.url}])
        page.reload()
        assert page.locator("html").get_attribute("lang") == language, page.url
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            found += [f"in {language} at {width}: {fault}" for fault in (*faults(page), *spilling(page))]
    page.set_viewport_size(seen)  # type: ignore[arg-type]
    return found


def spilling(page: Page) -> Iterator[str]:
    """Yield what makes the page wider than the screen."""
    if page.evaluate(WIDER):
        yield f"wider than {page.viewport_size}: {page.evaluate(SPILLS)}"
