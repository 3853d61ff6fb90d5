"""On the way to one warning of many."""

from bs4 import BeautifulSoup

from tests.journeys.conftest import Reader


def find_in_queue(coordinator: Reader, title: str) -> None:
    """Open one warning that waits for a decision."""
    assert _turn_to(coordinator, "/desk/warnings", title), f"{title} does not wait"
    coordinator.follow(title)
    coordinator.arrives(title)


def find_among_warnings(reader: Reader, title: str) -> bool:
    """Say whether a warning is in somebody's list, on any page of it; that page stands open then."""
    return _turn_to(reader, "/advisories", title)


def _turn_to(reader: Reader, page: str, title: str) -> bool:
    """Turn the pages of a list without drawing them, and draw the one with this link."""
    while True:
        found = BeautifulSoup(reader.context.request.get(reader.hub.here(page)).text(), "html.parser")
        names = {link.get_text(" ", strip=True): str(link["href"]) for link in found.select("main a[href]")}
        if title in names:
            reader.go(page)
            return True
        if "Older" not in names:
            return False
        page = names["Older"]
