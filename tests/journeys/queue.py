"""On the way to one warning of many."""

from tests.journeys.conftest import Reader


def find_in_queue(coordinator: Reader, title: str) -> None:
    """Go from What's waiting to one warning, page by page."""
    coordinator.go("/desk")
    coordinator.follow("See all warnings to decide")
    coordinator.arrives("Warnings to decide")
    assert _turn_to(coordinator, title), f"{title} does not wait"
    coordinator.follow(title)
    coordinator.arrives(title)


def find_among_warnings(reader: Reader, title: str) -> bool:
    """Say whether a warning is in somebody's list, looking at every page of it."""
    reader.go("/advisories")
    return _turn_to(reader, title)


def _turn_to(reader: Reader, title: str) -> bool:
    while not reader.page.get_by_role("link", name=title, exact=True).count():
        older = reader.page.get_by_role("link", name="Older", exact=True)
        if not older.count():
            return False
        with reader.page.expect_navigation():
            older.click()
    return True
