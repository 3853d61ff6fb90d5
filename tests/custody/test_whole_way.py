"""The whole way of a record: sealed when a report is sent, put away, opened from the desk and from the incident."""

from collections.abc import Callable
from datetime import timedelta

from tests.custody.conftest import PASSPHRASE, REASON, move
from tests.incidents.conftest import COUNCIL, NAME, Village, village
from tests.portal import PortalClient
from warp_hub import clock, db
from warp_hub.incidents import release

__all__ = ["village"]
LINK = 'a[href*="/desk/records/"]'


def test_who_sent_a_report_is_opened_from_its_desk_page_and_from_what_members_read(
    village: Village, signed_in: Callable[..., PortalClient]
) -> None:
    report = village.approved(at=clock.now() - timedelta(days=9))
    village.approved(at=clock.now() - timedelta(days=9))
    assert move() == 2
    client = signed_in(village.coordinator)

    for path in (f"/desk/reports/{report.record_id}", f"/incidents/{report.record_id}"):
        link = client.get_page(path).select_one(LINK)
        assert link is not None
        opened = client.post_form(str(link["href"]), reason=REASON, passphrase=PASSPHRASE)
        assert (NAME in opened.text, COUNCIL in opened.text) == (True, True)
        release.release_due(clock.now())
        db.session.commit()

    assert signed_in(village.other).get_page(path).select_one(LINK) is None
    assert signed_in(village.reporter).get_page("/account/messages").text.count("was opened") == 2
