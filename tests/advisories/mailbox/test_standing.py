"""How the mail of a WARP is doing, as those who run it see it on their page of sources."""

from contextvars import Context
from typing import Any

from tests.advisories.mailbox.conftest import COORDINATOR, Address
from tests.advisories.mailbox.post import REPORT, mail
from tests.factories import coordinator
from tests.factories import warp as a_warp
from warp_hub import db
from warp_hub.advisories.mailbox import boxes


def test_coordinators_see_numbers_and_the_state_of_their_mailbox_and_nobody_elses(
    address: Address, signed_in: Any
) -> None:
    kim = coordinator(a_warp(name="Westmarch"))
    address.take(mail(COORDINATOR))
    address.take(mail(COORDINATOR, REPORT))
    box = boxes.add(address.warp.slug, "imap.example", "zq7-user", "zq7-password")
    boxes.went_wrong(box, "imap.example does not answer in time.")
    db.session.commit()

    def sources_of(somebody: Any) -> str:
        # Outside the context in which the test takes mails, or both readers would be one visitor.
        page: str = Context().run(lambda: signed_in(somebody).get("/desk/sources").get_data(as_text=True))
        return page

    page = sources_of(address.robin)
    for said in (
        "Midshire WARP",
        "Became warnings",
        "Thrown away unread",
        "does not answer in time",
        "Needs attention",
    ):
        assert said in page, said
    assert "zq7" not in page

    other = sources_of(kim)
    assert "Your WARP has no address for it yet" in other
    assert "imap.example" not in other
    assert "Became warnings" not in other
