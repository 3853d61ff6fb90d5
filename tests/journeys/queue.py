"""What a coordinator does on the way to one warning."""

from tests.journeys.conftest import Reader


def find_in_queue(coordinator: Reader, title: str) -> None:
    """Go from What's waiting to one warning, page by page."""
    coordinator.go("/desk")
    coordinator.follow("See all warnings to decide")
    while not (found := coordinator.page.get_by_role("link", name=title, exact=True)).count():
        coordinator.follow("Older")
    found.click()
    coordinator.arrives(title)


def find_among_warnings(reader: Reader, title: str) -> bool:
    """Say whether a warning is in somebody's list, looking at every page of it."""
    reader.go("/advisories")
    while not reader.page.get_by_role("link", name=title, exact=True).count():
        older = reader.page.get_by_role("link", name="Older", exact=True)
        if not older.count():
            return False
        older.click()
    return True
