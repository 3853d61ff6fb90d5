"""Asking and answering on pages: what is typed is kept, what would give somebody away is asked about first."""

from tests.discussions.conftest import Room


def test_x(room: Room, signed_in) -> None:
    sam = signed_in(room.sam)
    page = sam.get_page("/discussions")
    print(page.select_one("main").get_text(" ", strip=True))
    page = sam.get_page("/discussions/ask")
    print(page.select_one("main").get_text(" ", strip=True))
    asked = room.asks(room.sam)
    room.replies(room.grace, asked, named=False)
    room.replies(room.grace, asked)
    for who in (room.sam, room.priya, room.grace):
        page = signed_in(who).get_page(f"/discussions/{asked}")
        print(page.select_one("main").get_text(" ", strip=True))
    page = sam.get_page(f"/discussions/{asked}/reply")
    print(page.select_one("main").get_text(" ", strip=True))
