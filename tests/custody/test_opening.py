"""A record is opened by whoever may, with a reason, never unseen; nobody else learns that it is there."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from tests import factories
from tests.custody.conftest import PASSPHRASE, REASON, Community, lookup, move, web
from tests.database import connect
from warp_hub import audit, clock, db
from warp_hub.custody import holders, opening
from warp_hub.custody.holders import NoKey, WrongPassphrase
from warp_hub.custody.opening import NoReason, NotOpened, Opened, SameOrganisation
from warp_hub.custody.tries import TooManyTries
from warp_hub.desk import totals
from warp_hub.desk.counting import Count
from warp_hub.desk.models import DailyTotal
from warp_hub.mail.models import Letter
from warp_hub.memberships import people
from warp_hub.memberships.models import OrganisationDomain, Person, Post, State
from warp_hub.sharing.models import ItemKind

pytestmark = pytest.mark.usefixtures("community")
PutAway = Callable[[], UUID]


def open_as(person: object, record: UUID, passphrase: str = PASSPHRASE, reason: str = REASON) -> Opened:
    """Open a record as the page does, which commits whatever is raised."""
    with web():
        db.enter({"app.person": str(person.id)})  # type: ignore[attr-defined]
        try:
            return opening.open_record(record, person.id, reason, passphrase)  # type: ignore[attr-defined]
        finally:
            db.session.commit()


def letters() -> list[tuple[str, UUID, list[UUID], UUID | None]]:
    held = select(Letter.kind, Letter.person_id, Letter.item_ids, Letter.warp_id)
    return [tuple(row) for row in db.session.execute(held)]  # type: ignore[misc]


def test_a_key_holder_learns_who_sent_it_and_the_sender_that_they_did(community: Community, put_away: PutAway) -> None:
    record = put_away()

    opened = open_as(community.first, record)

    assert opened == Opened(community.robin.id, community.robin.name, community.council.name)
    assert community.events() == [(community.first.id, REASON, lookup(record).hex())]
    assert letters() == [("record_opened", community.robin.id, [], None)]


def test_each_opening_is_an_event_of_its_own_and_they_are_counted(community: Community, put_away: PutAway) -> None:
    record = put_away()
    open_as(community.first, record)
    open_as(community.second, record)

    assert {actor for actor, *_ in community.events()} == {community.first.id, community.second.id}
    assert _counted_of(community.warp.id) == [2]
    assert _counted_of(factories.warp().id) == []


def _counted_of(warp_id: UUID) -> list[int]:
    with clock.at(clock.now() + timedelta(days=1)):
        totals.record()
    db.session.commit()
    counted = db.session.scalars(select(DailyTotal.counts).where(DailyTotal.warp_id == warp_id))
    return [counts[Count.OPENED] for counts in counted if counts[Count.OPENED]]


def test_the_event_is_a_link_of_the_chain_and_tampering_shows(community: Community, put_away: PutAway) -> None:
    open_as(community.first, put_away())
    audit.link()
    db.session.commit()
    assert (audit.verify().broken_at, audit.verify().unlinked) == (None, 0)

    with connect(community.urls.owner) as owner:
        owner.execute("""UPDATE audit SET detail = '{"reason": "none"}' WHERE action = 'record.opened'""")
    assert audit.verify().broken_at is not None


def test_after_release_the_incident_s_warp_opens_it(community: Community) -> None:
    """The report is gone; what is left is the incident, whose keeper is the WARP."""
    record = community.file()
    move()
    with connect(community.urls.owner) as owner:
        owner.execute("DELETE FROM report")
    with pytest.raises(NotOpened):
        open_as(community.first, record)
    incident = factories.item(kind=ItemKind.SHARED_INCIDENT, kept_by=[community.warp])
    with connect(community.urls.owner) as owner:
        owner.execute("DELETE FROM item_version")
        owner.execute("UPDATE item SET id = %s WHERE id = %s", [record, incident.id])

    assert open_as(community.first, record).person_id == community.robin.id


@pytest.mark.parametrize(
    ("way", "refusal"),
    [
        ("a wrong passphrase", WrongPassphrase),
        ("no reason", NoReason),
        ("no such record", NotOpened),
        ("not yet put away", NotOpened),
        ("another WARP's coordinator", NotOpened),
        ("a member", NoKey),
        ("a key made later", NotOpened),
        ("a destroyed key", NoKey),
        ("somebody who stepped down", NotOpened),
        ("past its time", NotOpened),
    ],
)
def test_whoever_may_not_learns_nothing_and_leaves_no_letter(
    community: Community, way: str, refusal: type[Exception]
) -> None:
    record, person, passphrase, reason, later = community.file(), community.first, PASSPHRASE, REASON, timedelta(0)
    if way != "not yet put away":
        move()
    match way:
        case "a wrong passphrase":
            passphrase = "wrong"
        case "no reason":
            reason = "      \n  "
        case "no such record":
            record = uuid4()
        case "another WARP's coordinator":
            person = community.key_holder(warp=factories.warp("Westmarch"))
        case "a member":
            person = community.robin
        case "a key made later":
            person = community.key_holder()
        case "a destroyed key":
            _destroy(person.id)
        case "somebody who stepped down":
            people.step_down(person, community.warp)
            db.session.commit()
        case "past its time":
            later = timedelta(days=91)

    with clock.at(clock.now() + later), pytest.raises(refusal):
        open_as(person, record, passphrase, reason)

    assert letters() == []
    # Whoever runs the WARP but holds no key to it has read the record, which is noted, and could not open it.
    assert len(community.events()) == (1 if way == "a key made later" else 0)


def _destroy(person_id: UUID) -> None:
    with web():
        holders.retire(person_id)
        db.session.commit()


def test_records_that_were_swapped_by_hand_are_refused(community: Community) -> None:
    one, other = community.file(), community.file()
    move()
    with connect(community.urls.owner) as owner:
        owner.execute(
            "UPDATE custody.attribution AS one SET sealed = other.sealed "
            "FROM custody.attribution AS other WHERE one.lookup <> other.lookup"
        )

    for record in (one, other):
        with pytest.raises(NotOpened):
            open_as(community.first, record)


@pytest.mark.parametrize("who", ["a colleague", "the sender"])
def test_a_colleague_is_told_only_that_and_it_is_written_down_all_the_same(community: Community, who: str) -> None:
    colleague = community.key_holder(at=community.council if who == "a colleague" else None)
    record = community.file(by=colleague if who == "the sender" else None)
    move()

    with pytest.raises(SameOrganisation) as refused:
        open_as(colleague, record)

    assert not refused.value.args
    assert [event[0] for event in community.events()] == [colleague.id]
    assert [kind for kind, *_ in letters()] == ["record_opened"]


@pytest.mark.parametrize("tie", ["left", "lapsed", "the sender's other place", "the domain"])
def test_who_belongs_there_in_any_way_is_told_only_that(community: Community, tie: str) -> None:
    opener = _tied(community, tie)
    record = community.file()
    move()

    with pytest.raises(SameOrganisation):
        open_as(opener, record)


@pytest.mark.parametrize("tie", ["applied", "a shared domain", "a domain of before"])
def test_who_may_have_nothing_to_do_with_it_is_told_the_name(community: Community, tie: str) -> None:
    opener = _tied(community, tie)
    record = community.file()
    move()

    assert open_as(opener, record).person_id == community.robin.id


def _tied(community: Community, tie: str) -> Person:
    """Return a key holder who has this to do with the sender."""
    opener = community.first
    match tie:
        case "left" | "lapsed" | "applied":
            db.session.add(Post(person_id=opener.id, organisation_id=community.council.id, state=State(tie)))
        case "the sender's other place":
            other = factories.organisation(community.warp)
            for person in (opener, community.robin):
                db.session.add(Post(person_id=person.id, organisation_id=other.id))
        case _:
            places = [community.council] + [factories.organisation()] * (tie == "a shared domain")
            for place in places:
                named = {"organisation_id": place.id, "domain": "testham.example"}
                db.session.add(OrganisationDomain(**named, is_former=tie == "a domain of before"))
    db.session.commit()
    return opener


@pytest.mark.parametrize("way", ["gone", "mail stopped"])
def test_it_is_written_down_when_the_sender_cannot_be_told(community: Community, put_away: PutAway, way: str) -> None:
    record = put_away()
    if way == "gone":
        community.robin.state = State.SUSPENDED
    else:
        community.robin.mail_suspended = "bounced"
    db.session.commit()

    assert not open_as(community.first, record).is_told
    assert _not_told(community) == [(None, None, community.warp.id, {})]


def test_nothing_is_written_down_when_the_sender_is_told(community: Community, put_away: PutAway) -> None:
    assert open_as(community.first, put_away()).is_told
    assert _not_told(community) == []


def _not_told(community: Community) -> list[tuple[object, ...]]:
    with connect(community.urls.owner) as owner:
        query = "SELECT actor, item_id, warp_id, detail FROM audit WHERE action = 'record.sender-not-told'"
        return owner.execute(query).fetchall()


def test_guesses_are_slowed_down_before_any_record_is_read(community: Community, put_away: PutAway) -> None:
    record = put_away()
    for _ in range(5):
        with suppress(WrongPassphrase):
            open_as(community.first, record, "wrong")

    with pytest.raises(TooManyTries):
        open_as(community.first, record)
    assert community.events() == []


def test_nothing_but_the_sealed_record_holds_who_sent_it(community: Community) -> None:
    """Of a whole dump: before anybody opens it no row but their own names the sender, and no secret is anywhere."""
    at_rest = _tables_naming(community, community.robin.id)
    record = community.file()
    move()

    assert _tables_naming(community, community.robin.id) == at_rest
    secrets = (PASSPHRASE.encode(), holders_private_key(community))
    assert all(_tables_with(community, secret) == set() for secret in secrets)
    open_as(community.first, record)
    assert _tables_naming(community, community.robin.id) == at_rest | {"public.letter"}


def holders_private_key(community: Community) -> bytes:
    with web():
        return holders.unlock(community.first.id, PASSPHRASE)


def _tables_naming(community: Community, person_id: UUID) -> set[str]:
    return _tables_with(community, str(person_id).encode()) | _tables_with(community, person_id.bytes)


def _tables_with(community: Community, needle: bytes) -> set[str]:
    query = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('public', 'custody')"
    with connect(community.urls.owner) as owner:
        names = [str(name) for (name,) in owner.execute(query).fetchall()]
        dumps = {name: owner.execute(f"SELECT to_jsonb(t)::text FROM {name} AS t").fetchall() for name in names}  # type: ignore[call-overload]
    forms = (needle.decode("latin-1"), needle.hex())
    return {name for name, rows in dumps.items() if any(form in str(row) for row in rows for form in forms)}


def test_a_message_is_there_for_thirty_days_and_then_forgotten(community: Community, put_away: PutAway) -> None:
    open_as(community.first, put_away())

    assert len(opening.messages_to(community.robin.id)) == 1
    assert opening.messages_to(community.first.id) == []
    with clock.at(clock.now() + timedelta(days=31)):
        assert opening.messages_to(community.robin.id) == []
        assert opening.forget_messages() == 1
    db.session.commit()
    assert letters() == []
