"""Block lists: what the owner of a token may take to a firewall, one value a line, and nothing that does harm there."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests import factories
from tests.exports.conftest import lines, minted, with_values
from warp_hub import audit, clock, db
from warp_hub.memberships.models import MembershipKind, Person, Warp
from warp_hub.sharing import block_lists
from warp_hub.sharing.block_lists import KINDS
from warp_hub.sharing.models import Indicator, ItemKind, Reference
from warp_hub.stix.blockable import fit
from warp_hub.tlp import Marking

pytestmark = pytest.mark.usefixtures("database")
Fetch = Callable[..., TestResponse]


def test_the_owner_gets_what_may_leave_in_a_file(fetch: Fetch, sam: Person, midshire: Warp) -> None:
    for marking in Marking:
        name = marking.name.lower().replace("_", "-")
        with_values(marking, f"{name}.example", to=[midshire, sam])
    with_values(Marking.AMBER, "for-others.example", to=[factories.warp("Westmarch")])
    with_values(Marking.GREEN, "early.example", embargo_until=clock.now() + timedelta(days=1), early=[sam])
    with_values(Marking.GREEN, "withdrawn.example", withdrawn_at=clock.now())
    with_values(Marking.GREEN, "waiting.example", published=None, added_at=clock.now(), kept_by=[sam])
    answer = fetch(sam)
    assert lines(answer) == ["amber-strict.example", "amber.example", "clear.example", "green.example"]
    assert answer.headers["X-TLP"] == "TLP:AMBER+STRICT"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
    assert answer.mimetype == "text/plain"


@pytest.mark.parametrize(("ceiling", "count"), [("TLP:CLEAR", 1), ("TLP:GREEN", 2), ("TLP:AMBER", 3)])
def test_a_token_fetches_up_to_its_label(fetch: Fetch, sam: Person, midshire: Warp, ceiling: str, count: int) -> None:
    for marking in Marking:
        with_values(marking, f"{marking.rank}.value.example", to=[midshire, sam])
    answer = fetch(sam, minted(sam, Marking(ceiling)))
    assert lines(answer) == [f"{rank}.value.example" for rank in range(count)]
    assert answer.headers["X-TLP"] == ceiling


def test_an_associate_gets_no_amber_strict(fetch: Fetch, midshire: Warp) -> None:
    supplier = factories.member(midshire, kind=MembershipKind.ASSOCIATE)
    with_values(Marking.AMBER_STRICT, "strict.example", to=[midshire])
    with_values(Marking.AMBER, "amber.example", to=[midshire])
    assert lines(fetch(supplier)) == ["amber.example"]


def test_what_may_not_be_acted_on_is_on_no_list(fetch: Fetch, sam: Person) -> None:
    for pap in (None, "PAP:CLEAR", "PAP:GREEN", "PAP:AMBER", "PAP:RED", "PAP:PURPLE"):
        with_values(Marking.GREEN, f"{str(pap).lower().replace(':', '-')}.example", pap=pap)
    assert lines(fetch(sam)) == ["none.example", "pap-clear.example", "pap-green.example"]


@pytest.fixture(params=[False, True], ids=["short", "long"])
def of_any_length(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the list be looked after as a short one and as a long one."""
    if request.param:
        monkeypatch.setattr(block_lists, "MOST_OF_ITEMS", 0)


@pytest.mark.usefixtures("of_any_length")
def test_another_copy_of_a_value_under_pap_amber_is_on_no_list_either(fetch: Fetch, sam: Person) -> None:
    with_values(Marking.GREEN, "watched.example", "free.example")
    old = timedelta(days=-400)
    with_values(Marking.GREEN, "watched.example", pap="PAP:AMBER", published=old)
    assert lines(fetch(sam)) == ["free.example"]


@pytest.mark.usefixtures("of_any_length")
def test_what_a_report_under_pap_red_names_is_on_no_list(fetch: Fetch, sam: Person) -> None:
    source = uuid4()
    named, other = (with_values(Marking.GREEN, f"{n}.example", originator=source) for n in ("named", "other"))
    named.kind = other.kind = ItemKind.SUPPORT
    report = factories.item(Marking.GREEN, pap="PAP:RED", originator=source)
    elsewhere = factories.item(Marking.GREEN, pap="PAP:RED")
    db.session.add(Reference(item_id=report.id, target=_stix_id(named)))
    db.session.add(Reference(item_id=elsewhere.id, target=_stix_id(other)))
    db.session.commit()
    assert lines(fetch(sam)) == ["other.example"]


def _stix_id(item: Any) -> str:
    from warp_hub.sharing.models import ItemVersion
    from warp_hub.sharing.visibility import house_read

    asked = select(ItemVersion.stix_id).where(ItemVersion.item_id == item.id)
    return str(db.session.scalars(house_read(asked, "test")).one())


@pytest.mark.usefixtures("of_any_length")
def test_a_restriction_that_the_owner_does_not_receive_takes_nothing_away(fetch: Fetch, sam: Person) -> None:
    """A gap in the list would tell that somebody else has a warning about the value."""
    with_values(Marking.GREEN, "shared.example")
    with_values(Marking.AMBER, "shared.example", pap="PAP:RED", to=[factories.warp("Westmarch")])
    assert lines(fetch(sam)) == ["shared.example"]


def test_each_value_stands_once_in_order_and_clean(fetch: Fetch, sam: Person) -> None:
    with_values(Marking.GREEN, "b.example", "A.example", "a.example.")
    with_values(Marking.CLEAR, "a.example", "two\nlines.example", "", "localhost", "*.example", "a b.example")
    with_values(Marking.GREEN, "198.51.100.7", "10.1.2.3", "192.168.0.0/16", "0.0.0.0/0", "127.0.0.1", kind="ipv4")
    with_values(Marking.GREEN, "http://bad.example/x y", "https://bad.example/x", "javascript:alert(1)", kind="url")
    with_values(Marking.GREEN, "=cmd|' /C calc'!A0", kind="other")
    assert lines(fetch(sam)) == ["a.example", "b.example", "198.51.100.7", "https://bad.example/x"]


@given(st.sampled_from(sorted(KINDS)), st.text(max_size=60))
def test_whatever_a_source_sends_a_line_is_one_line_of_plain_characters(kind: str, value: str) -> None:
    line = fit(kind, value)
    assert line is None or (line.isascii() and line.isprintable() and " " not in line and line[0] not in "=+-@#")


def test_a_list_is_of_the_kinds_that_were_asked_for(fetch: Fetch, sam: Person) -> None:
    values = {"ipv4": "198.51.100.7", "ipv6": "2001:db8::7", "domain": "bad.example", "url": "https://bad.example/x"}
    values["file-hash-sha256"] = "ab" * 32
    for kind, value in values.items():
        with_values(Marking.GREEN, value, kind=kind)
    token = minted(sam)
    asked = {
        "ip": ["198.51.100.7", "2001:db8::7"],
        "ipv4-addr": ["198.51.100.7"],
        "domain-name": ["bad.example"],
        "url,sha256": ["ab" * 32, "https://bad.example/x"],
    }
    for kind, meant in asked.items():
        assert lines(fetch(sam, token, kind=kind)) == meant, kind
    assert sorted(lines(fetch(sam, token))) == sorted(values.values())
    for wrong in ({"kind": "everything"}, {"days": "0"}, {"days": "x"}, {"days": "99999"}, {"days": "²"}):
        assert fetch(sam, token, **wrong).status_code == 400


def test_a_list_is_of_what_came_or_changed_lately(fetch: Fetch, sam: Person) -> None:
    with_values(Marking.GREEN, "old.example", published=timedelta(days=-91))
    with_values(Marking.GREEN, "changed.example", published=timedelta(days=-91), added_at=clock.now())
    with_values(Marking.GREEN, "new.example", published=timedelta(days=-2))
    token = minted(sam)
    assert lines(fetch(sam, token)) == ["changed.example", "new.example"]
    assert lines(fetch(sam, token, days=1)) == ["changed.example"]
    assert len(lines(fetch(sam, token, days=100))) == 3


def test_comments_say_whose_list_it_is_and_its_label_first_and_last(fetch: Fetch, sam: Person) -> None:
    with_values(Marking.GREEN, "bad.example")
    told = lines(fetch(sam, comments=1))
    assert (told[0], told[-1]) == ("# TLP:GREEN", "# End of TLP:GREEN")
    assert "sam.lee@testham.example" in told[1]
    assert [line for line in told if not line.startswith("#")] == ["bad.example"]


def test_a_list_that_is_cut_keeps_the_newest_and_says_so(
    fetch: Fetch, sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        with_values(Marking.GREEN, f"{number}.value.example", published=timedelta(hours=number - 10))
    monkeypatch.setattr(block_lists.newest, "__defaults__", (3,))
    answer = fetch(sam, comments=1)
    assert answer.headers["X-Complete"] == "no"
    assert "This is not all" in answer.get_data(as_text=True)
    assert [line for line in lines(answer) if not line.startswith("#")] == [f"{n}.value.example" for n in (1, 2, 3)]


def test_taking_a_list_is_recorded_without_what_is_on_it(fetch: Fetch, sam: Person) -> None:
    with_values(Marking.GREEN, "bad.example")
    fetch(sam)
    asked = select(audit.Audit).where(audit.Audit.action == "export.firewall")
    row = db.session.scalars(asked).one()
    assert row.actor == sam.id
    assert {key: row.detail[key] for key in ("count", "label")} == {"count": 1, "label": "TLP:GREEN"}
    assert "bad.example" not in repr(row.detail)


def test_a_warnings_page_offers_what_may_be_copied(signed_in: Any, browser: Any, sam: Person, midshire: Warp) -> None:
    from tests.exports.test_files import warning

    item = warning(Marking.AMBER, to=[midshire])
    rows = [("domain", "bad.example"), ("ipv4", "198.51.100.7"), ("ipv4", "10.0.0.1")]
    db.session.add_all(Indicator(item_id=item.id, kind=kind, value=value) for kind, value in rows)
    db.session.commit()
    page = signed_in(sam).get_page(f"/advisories/{item.id}")
    assert "Copy for my firewall" in page.get_text()
    assert page.select_one("#block-domain").get_text(strip=True) == "bad.example"
    assert page.select_one("#block-ip").get_text(strip=True) == "198.51.100.7"
    assert page.select_one("#fetch-ip").get_text(strip=True) == "http://localhost:8000/exports/indicators.txt?kind=ip"
    assert "IpAddress,198.51.100.7," in page.select_one("#defender-ip").get_text()


@pytest.mark.parametrize("given_", [{"marking": Marking.RED}, {"marking": Marking.AMBER, "pap": "PAP:AMBER"}])
def test_a_warning_that_may_not_leave_offers_nothing_to_copy(
    signed_in: Any, sam: Person, midshire: Warp, given_: dict[str, Any]
) -> None:
    from tests.exports.test_files import warning

    item = warning(**given_, to=[midshire, sam])
    db.session.add(Indicator(item_id=item.id, kind="domain", value="bad.example"))
    db.session.commit()
    page = signed_in(sam).get_page(f"/advisories/{item.id}").get_text()
    assert "bad[.]example" in page
    assert "Copy for" not in page
