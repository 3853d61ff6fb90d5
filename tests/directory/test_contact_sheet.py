"""The contact sheet: full members print whom to ring, with what people chose to show and the label on it."""

from tests.directory.conftest import PHONE, Town, shows, words
from tests.portal import PortalClient
from warp_hub.memberships.viewers import Proof

SHEET = "/members/contact-sheet"


def test_a_full_member_prints_coordinators_leads_and_the_numbers_of_others(signed_in: object, town: Town) -> None:
    shows(town.sam, "name", "telephone")
    shows(town.tom, "name", "telephone", telephone="01632 960 111")
    shows(town.priya, "name", "telephone", "email", telephone="01632 960 222")
    shows(town.grace, "telephone", telephone="01632 960 333")
    shows(town.owen, "name", "telephone", telephone="01632 960 444")

    page = signed_in(town.tom).get_page(SHEET)  # type: ignore[operator]

    told = words(page)
    for there in (
        "Ashcombe Council Sam Hartley",
        PHONE,
        "Priya Shah",
        "01632 960 222",
        "0300 020 0973",
        "Report Fraud",
    ):
        assert there in told
    # An officer, who shows no name, who is in another WARP: none of them is on it.
    for absent in ("Tom Fielding", "01632 960 111", "Grace", "01632 960 333", "Owen", "01632 960 444"):
        assert absent not in told
    for edge in ("thead", "tfoot"):
        assert page.select_one(f"table {edge} .warp-tlp").text == "TLP:AMBER"


def test_nobody_else_has_a_sheet(signed_in: object, browser: PortalClient, town: Town) -> None:
    assert signed_in(town.declan).get(SHEET).status_code == 404  # type: ignore[operator]
    assert "contact-sheet" not in str(signed_in(town.declan).get_page("/members"))  # type: ignore[operator]
    assert signed_in(town.sam).get(f"{SHEET}?warp=westmarch").status_code == 404  # type: ignore[operator]
    for proof in (Proof.MAILBOX, Proof.PASSWORD):
        assert "/sign-in/" in signed_in(town.sam, proof).get(SHEET).location  # type: ignore[operator]
    assert browser.get(SHEET).location.startswith("/sign-in?")
    assert signed_in(town.ffion).get(f"{SHEET}?warp=westmarch").status_code == 200  # type: ignore[operator]
    assert "contact-sheet" in str(signed_in(town.sam).get_page("/members"))  # type: ignore[operator]
