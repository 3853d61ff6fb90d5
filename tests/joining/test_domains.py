"""What a domain tells: an exact match with a verified one, or hints for whoever decides; nothing else counts."""

import pytest

from tests import factories
from tests.joining.conftest import with_domain
from warp_hub import db
from warp_hub.joining import wording
from warp_hub.memberships.domains import Hint, check
from warp_hub.memberships.models import OrganisationDomain
from warp_hub.memberships.reading import Unreadable, read_address

CASES = {
    "sam@leeds.gov.uk": (["Leeds"], Hint.PUBLIC_BODY),
    "Sam@LEEDS.GOV.UK": (["Leeds"], Hint.PUBLIC_BODY),
    "sam@leeds.gov.uk.": (["Leeds"], Hint.PUBLIC_BODY),
    "sam+warp@leeds.gov.uk": (["Leeds"], Hint.PUBLIC_BODY),
    "sam@shared.gov.uk": (["Leeds", "York"], Hint.PUBLIC_BODY),
    "sam@it.leeds.gov.uk": ([], Hint.PUBLIC_BODY),
    "sam@old.gov.uk": ([], Hint.PUBLIC_BODY),
    "x@leeds.gov.uk.evil.com": ([], Hint.IMITATES),
    "x@leedsgov.uk": ([], Hint.IMITATES),
    "x@leeds-gov.uk": ([], Hint.IMITATES),
    "x@1eeds.gov.uk": ([], Hint.IMITATES),
    "x@gov.uk.com": ([], Hint.IMITATES),
    "x@otley.gov.uk.co": ([], Hint.IMITATES),
    "clerk@otley.parish.gov.uk": ([], Hint.PUBLIC_BODY),
    "clerk@parish.gov.uk": ([], Hint.SHARED),
    "web@otley.service.gov.uk": ([], Hint.SHARED),
    "x@gov.uk": ([], Hint.SHARED),
    "sam@gmail.com": ([], Hint.SHARED),
    "sam@supplier.example": ([], Hint.NOTHING),
}


@pytest.mark.usefixtures("database")
def test_only_an_exact_match_with_a_verified_domain_counts(portal) -> None:
    leeds, york = (with_domain(factories.organisation(), *domains) for domains in (("leeds.gov.uk",), ()))
    leeds.name, york.name = "Leeds", "York"
    with_domain(leeds, "shared.gov.uk")
    with_domain(york, "shared.gov.uk")
    db.session.add(OrganisationDomain(organisation_id=york.id, domain="old.gov.uk", is_former=True))
    db.session.commit()

    found = {typed: check(read_address(typed)) for typed in CASES}
    assert {typed: ([one.name for one in told.verified], told.hint) for typed, told in found.items()} == CASES
    assert [typed for typed, told in found.items() if told.has_plus] == ["sam+warp@leeds.gov.uk"]
    assert not found["sam@gmail.com"].may_be_noted
    assert found["x@leeds.gov.uk.evil.com"].taken_for == "leeds.gov.uk"
    with portal.test_request_context():
        assert "Take care" in " ".join(wording.told_by_domain(found["x@leedsgov.uk"]))
        assert "one mailbox can have many" in " ".join(wording.told_by_domain(found["sam+warp@leeds.gov.uk"]))


@pytest.mark.parametrize("typed", ["x@lеeds.gov.uk", "x@xn--leds-43d.gov.uk", "x@leeds", "x@@leeds.gov.uk", "leeds"])
def test_what_only_looks_like_an_address_is_no_address(typed: str) -> None:
    with pytest.raises(Unreadable):
        read_address(typed)
