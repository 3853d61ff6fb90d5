"""explain says who may receive an item, by which outlet and clause; doctor says what works."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import factories
from warp_hub import audit, background, clock, config, db
from warp_hub.memberships.models import MembershipKind
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.operations import doctor, explaining, lost_devices
from warp_hub.operations.explaining import NotFound, clause, explain
from warp_hub.signin.models import Credential
from warp_hub.tlp import Marking, Outlet, permits

pytestmark = pytest.mark.usefixtures("database")


def _answers(item, person) -> dict[tuple[str, str], tuple[str, str]]:
    answers, proof = {}, ""
    for line in list(explain(str(item.id), person.email))[1:]:
        if not line.startswith("  "):
            proof = line
            continue
        outlet, answer, reason = line.split(maxsplit=2)
        answers[proof, outlet] = (answer, reason)
    return answers


def test_every_answer_is_the_rules_and_has_its_clause() -> None:
    warp = factories.warp()
    people = [factories.member(warp), factories.member(warp, MembershipKind.ASSOCIATE), factories.coordinator(warp)]
    items = [factories.item(marking, to=[warp], kept_by=[warp]) for marking in Marking]
    items.append(factories.item(Marking.GREEN, published=None, kept_by=[warp]))
    later = clock.now() + timedelta(hours=1)
    items.append(factories.item(Marking.GREEN, embargo_until=later, early=[people[0]]))
    for person in people:
        for item in items:
            for proof, name in ((Proof.FULL, "second step"), (Proof.MAILBOX, "mail link")):
                viewer = viewer_of(person.id, proof)
                for (said, outlet), (answer, reason) in _answers(item, person).items():
                    if name in said:
                        expected = permits(viewer, item.handling(), Outlet(outlet), clock.now())
                        assert answer == ("yes" if expected else "no"), (outlet, reason)
                        assert reason


@pytest.mark.parametrize(
    ("marking", "outlet", "said"),
    [
        (Marking.AMBER, Outlet.MAIL, "TLP:AMBER does not travel by mail"),
        (Marking.AMBER_STRICT, Outlet.PAGE, "this sign-in or membership opens no address for the label"),
        (Marking.RED, Outlet.PAGE, "not addressed to them"),
        (Marking.GREEN, Outlet.PAGE, "a member of a WARP"),
    ],
)
def test_the_clause_says_why(marking: Marking, outlet: Outlet, said: str) -> None:
    warp = factories.warp()
    associate = viewer_of(factories.member(warp, MembershipKind.ASSOCIATE).id, Proof.FULL)
    item = factories.item(marking, to=[factories.member(warp)] if marking is Marking.RED else [warp])
    assert clause(associate, item.handling(), outlet, clock.now()) == said


def test_a_look_is_recorded_and_says_nothing_of_the_item_but_its_label() -> None:
    item, person = factories.item(Marking.GREEN, title="Secret words"), factories.member(factories.warp())
    told = "\n".join(explain(str(item.id), person.email.upper()))
    assert "Secret words" not in told
    db.session.flush()
    assert db.session.query(audit.Audit).filter_by(action="explain", item_id=item.id).count() == 1


@pytest.mark.parametrize("item", ["nonsense", "00000000-0000-4000-8000-000000000000"])
def test_what_is_not_there_is_said_in_one_line(item: str) -> None:
    with pytest.raises(NotFound):
        list(explaining.explain(item, "nobody@testham.example"))
    with pytest.raises(NotFound):
        list(explaining.explain(str(factories.item().id), "nobody@testham.example"))


def test_the_operator_helps_who_lost_a_device() -> None:
    person = factories.member(factories.warp())
    with db.acting("web"):  # the worker may not see secrets
        db.session.add(
            Credential(person_id=person.id, password_hash="x", password_set_at=clock.now(), totp_secret=b"x")
        )
        db.session.commit()
    assert person.email in lost_devices.forget_second_step(person.email)
    db.session.commit()
    with db.acting("web"):
        held = db.session.scalars(select(Credential).where(Credential.person_id == person.id)).one()
        db.session.refresh(held)
        assert held.totp_secret is None
        db.leave()
    with pytest.raises(NotFound):
        lost_devices.forget_second_step("nobody@testham.example")


def test_the_doctor_finds_a_warp_without_coordinator_and_a_broken_chain(hub_settings: config.Settings) -> None:
    config.use(hub_settings)
    warp = factories.warp()
    bad = [finding.sentence for finding in doctor.examine() if not finding.ok]
    assert f"{warp.name} has no coordinator" in bad
    factories.coordinator(warp)
    background.beat("timetable")
    background.beat("worker")
    assert [finding.sentence for finding in doctor.examine() if not finding.ok] == []


def test_a_look_that_fails_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_look():
        raise RuntimeError
        yield

    monkeypatch.setattr(doctor, "LOOKS", (broken_look, *doctor.LOOKS))
    findings = doctor.examine()
    assert findings[0].sentence == "broken look: RuntimeError"
    assert len(findings) > 3
