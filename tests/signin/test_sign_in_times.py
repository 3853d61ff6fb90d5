"""When somebody signed in is known for thirty days, apart from what they did, and by nobody afterwards."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.page_client import PageClient
from tests.signin.conftest import code_of, give_code, seen, sign_in, token
from warp_hub import audit, clock, db
from warp_hub.mail import links
from warp_hub.mail.models import Letter
from warp_hub.memberships.models import Person
from warp_hub.signin import link_requests, recovery, retention
from warp_hub.signin.models import Attempt, Credential, LinkRequest, Passkey, Session
from warp_hub.signin.recovery_models import RecoveryAddress

pytestmark = pytest.mark.usefixtures("as_web")
KEPT = timedelta(days=30)


@pytest.fixture
def paper(sam: Person, secret: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what Sam printed, hashed at a cost that tests can bear."""
    monkeypatch.setattr(recovery, "cost", 2)
    codes = recovery.make(sam.id)
    db.session.commit()
    return codes


def send(browser: PageClient, path: str, **answers: str) -> int:
    return browser.post(path, data=answers | token(browser, path)).status_code


def deeds(person: Person) -> list[str]:
    with db.acting("work"):
        told = select(audit.Audit.action).where(
            (audit.Audit.actor == person.id) | (audit.Audit.detail["person"].astext == str(person.id))
        )
        return sorted(db.session.scalars(told))


def swept(later: timedelta) -> None:
    with db.acting("work"), clock.at(clock.now() + later):
        retention.sweep()
        retention.forget_letters()
        db.session.commit()


def come_in_by_each_way(browser: PageClient, sam: Person, secret: str, paper: list[str]) -> None:
    sign_in(browser, "wrong")
    sign_in(browser)
    assert give_code(browser, code_of(secret)).status_code == 303
    send(browser, "/sign-out")
    sign_in(browser)
    assert send(browser, "/sign-in/recovery", recovery_code=paper[0]) == 303
    assert send(browser, "/sign-in/again", code=code_of(secret, 1)) == 303
    send(browser, "/sign-out")
    send(browser, "/sign-in/link", email=sam.email)
    with db.acting("work"):
        assert link_requests.answer(db.session.scalars(select(LinkRequest.id)).one())
        db.session.commit()
    browser.get(f"/open?link={links.sign('open', sam.id, next='/account')}")
    assert send(browser, "/open") == 303
    assert seen(browser)["proof"] == "mailbox"


def test_no_record_of_deeds_tells_when_somebody_signed_in(
    browser: PageClient, sam: Person, secret: str, paper: list[str]
) -> None:
    assert deeds(sam) == ["recovery-codes.made"]

    come_in_by_each_way(browser, sam, secret, paper)

    assert deeds(sam) == ["recovery-codes.made"]
    with db.acting("work"):
        assert len(db.session.scalars(select(Session.started).where(Session.person_id == sam.id)).all()) == 3
        assert {"open_link", "new_device", "recovery_code_used"} <= set(db.session.scalars(select(Letter.kind)))


def test_after_thirty_days_no_time_of_it_is_left_and_whoever_comes_back_comes_in(
    app: Flask, browser: PageClient, sam: Person, secret: str, paper: list[str]
) -> None:
    come_in_by_each_way(browser, sam, secret, paper)
    now = clock.now()
    address = {"address": "sam@elsewhere.example", "asked_at": now, "confirmed_at": now, "used_at": now}
    key = {"credential_id": b"1", "public_key": b"1", "sign_count": 1, "name": "A key", "is_synced": False}
    db.session.add(RecoveryAddress(person_id=sam.id, **address))
    db.session.add(Passkey(person_id=sam.id, made_at=now, last_used_on=now.date(), **key))
    db.session.commit()

    swept(KEPT - timedelta(days=1))
    assert all(_times(sam))
    swept(KEPT + timedelta(days=1))
    assert not any(_times(sam))

    with clock.at(now + KEPT + timedelta(days=1)):
        back: PageClient = app.test_client()  # type: ignore[assignment]
        sign_in(back)
        assert recovery.left(sam.id) == recovery.COUNT - 1
        assert send(back, "/sign-in/recovery", recovery_code=paper[0]) == 422
        assert give_code(back, code_of(secret)).status_code == 303


def _times(person: Person) -> list[object]:
    """Return every time of signing in that is kept of somebody, the months apart."""
    mine = {of: of.person_id == person.id for of in (Session, Letter, Credential, Passkey, RecoveryAddress)}
    with db.acting("web"):
        held = [
            *db.session.scalars(select(Session.started).where(mine[Session])),
            db.session.scalar(select(Credential.totp_last_step).where(mine[Credential])),
            db.session.scalar(select(Passkey.last_used_on).where(mine[Passkey])),
            db.session.scalar(select(RecoveryAddress.used_at).where(mine[RecoveryAddress])),
        ]
        months = db.session.scalars(select(Attempt.good_at).where(Attempt.good_at.is_not(None))).all()
        db.leave()
    with db.acting("work"):
        told = db.session.scalars(select(Letter.created_at).where(mine[Letter])).all()
    assert {(at.day, at.hour, at.minute, at.second) for at in months} == {(1, 0, 0, 0)}
    return [*held, *told]
