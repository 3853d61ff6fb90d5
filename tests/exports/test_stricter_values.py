"""What stands behind a warning under a stricter label than its own is shown, copied and recorded under that label."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests import factories
from tests.exports.test_files import warning
from warp_hub import audit, db
from warp_hub.memberships.models import Person, Warp
from warp_hub.sharing.models import Indicator, ItemKind, ItemVersion, Reference, Subject
from warp_hub.sharing.visibility import house_read
from warp_hub.tlp import Marking

pytestmark = pytest.mark.usefixtures("database")
LOOK_FOR, ABOUT = "Addresses and files to look for", "Products and CVEs"


def _address(marking: Marking, part: Indicator | Subject, *to: Any) -> str:
    """Return the address of a TLP:GREEN warning that names something with this part, under this label."""
    source = uuid4()
    item = warning(Marking.GREEN, originator=source)
    behind = factories.item(marking, originator=source, kind=ItemKind.SUPPORT, to=to)
    its_id = select(ItemVersion.stix_id).where(ItemVersion.item_id == behind.id)
    db.session.add(Reference(item_id=item.id, target=db.session.scalars(house_read(its_id, "test")).one()))
    part.item_id = behind.id
    db.session.add(part)
    db.session.commit()
    return f"/advisories/{item.id}"


def _domain() -> Indicator:
    return Indicator(kind="domain", value="bad.example")


def _label_under(page: Any, heading: str) -> str | None:
    """Return the label that stands right under this heading, if one does."""
    beneath = page.main.find("h2", string=heading).find_next_sibling()
    return beneath.select_one(".warp-tlp").text if "warp-handling" in beneath["class"] else None


def _reads() -> list[tuple[Any, str]]:
    rows = db.session.scalars(select(audit.Audit).where(audit.Audit.action == "read"))
    return [(row.actor, row.detail["marking"]) for row in rows]


def test_values_under_a_stricter_label_bear_it_where_they_are_shown(
    signed_in: Any, sam: Person, midshire: Warp
) -> None:
    page = signed_in(sam).get_page(_address(Marking.AMBER_STRICT, _domain(), midshire))
    assert "bad[.]example" in page.text
    assert page.main.select_one(".warp-handling .warp-tlp").text == "TLP:GREEN"
    assert _label_under(page, LOOK_FOR) == "TLP:AMBER+STRICT"
    assert _reads() == []


@pytest.mark.parametrize("marking", [Marking.CLEAR, Marking.GREEN])
def test_values_under_the_same_or_a_wider_label_need_none_of_their_own(
    signed_in: Any, sam: Person, marking: Marking
) -> None:
    page = signed_in(sam).get_page(_address(marking, _domain()))
    assert "bad[.]example" in page.text
    assert _label_under(page, LOOK_FOR) is None
    assert "WARP Hub TLP:GREEN" in page.select_one("#defender-domain").text


def test_subjects_under_a_stricter_label_bear_it_too(signed_in: Any, sam: Person, midshire: Warp) -> None:
    page = signed_in(sam).get_page(_address(Marking.AMBER, Subject(kind="cve", value="CVE-2026-1234"), midshire))
    assert _label_under(page, ABOUT) == "TLP:AMBER"


def test_what_is_copied_bears_the_strictest_label_of_what_is_in_it(signed_in: Any, sam: Person, midshire: Warp) -> None:
    page = signed_in(sam).get_page(_address(Marking.AMBER_STRICT, _domain(), midshire))
    lines = page.select_one("#defender-domain").text
    assert "WARP Hub TLP:AMBER+STRICT" in lines
    assert "TLP:GREEN" not in lines
    for part in ("#block-domain", "#defender-domain"):
        assert page.select_one(part).find_parent("details").select_one(".warp-tlp").text == "TLP:AMBER+STRICT"


def test_who_reads_a_value_for_named_people_is_recorded(signed_in: Any, sam: Person, midshire: Warp) -> None:
    address = _address(Marking.RED, _domain(), sam)
    other = signed_in(factories.member(midshire)).get_page(address)
    assert "bad[.]example" not in other.text
    assert _reads() == []
    page = signed_in(sam).get_page(address)
    assert _label_under(page, LOOK_FOR) == "TLP:RED"
    assert page.select_one("#block-domain") is None
    assert _reads() == [(sam.id, "TLP:RED")]
