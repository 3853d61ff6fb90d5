"""What becomes of a mail to the address of a WARP, and who is told."""

import logging
from datetime import timedelta
from email.message import EmailMessage
from threading import Thread

import pytest
from sqlalchemy import select

from tests.advisories.mailbox.conftest import COORDINATOR, MEMBER, STRANGER, Address
from tests.advisories.mailbox.post import ADVISORY, REPORT, mail, raw, signed
from tests.factories import coordinator, person
from tests.factories import warp as a_warp
from tests.faults.killing import killed_at, steps_of
from tests.mail.letters import settings
from warp_hub import clock, db
from warp_hub.advisories.mailbox import answering, opening, taking
from warp_hub.advisories.mailbox.judging import TryLater
from warp_hub.advisories.mailbox.models import Fate
from warp_hub.advisories.originals import Original
from warp_hub.memberships.models import Coordinator, State
from warp_hub.sharing.models import Decision, Item, Subject
from warp_hub.sharing.visibility import house_read
from warp_hub.tlp import Marking

DAY = timedelta(days=1)


def _items() -> list[Item]:
    db.session.expire_all()
    return list(db.session.scalars(house_read(select(Item).order_by(Item.title), "test")))


def _of(what: type, item: Item) -> list:
    return list(db.session.scalars(house_read(select(what).where(what.item_id == item.id), "test")))


def _text(of: EmailMessage) -> str:
    body = of.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_a_coordinators_mail_waits_at_the_desk_with_its_original_and_reaches_nobody_else(address: Address) -> None:
    sent = signed(
        mail(f"Robin Test <{COORDINATOR.upper()}>", subject="FW: FortiOS: write out of bounds"), "testham.gov.uk"
    )
    assert address.take(sent) is Fate.TAKEN

    (item,) = _items()
    assert (item.title, item.marking, item.held) == ("FortiOS: write out of bounds", Marking.GREEN, None)
    assert item.published_at is None
    assert item.keepers == [address.warp.id]
    (decision,) = _of(Decision, item)
    assert (decision.keeper, decision.choice) == (address.warp.id, None)
    (original,) = _of(Original, item)
    assert (original.media_type, original.content) == ("message/rfc822", sent)
    assert "CVE-2024-21762" in {subject.value for subject in _of(Subject, item)}

    (answer,) = address.answers()
    assert answer["To"].addresses[0].addr_spec == COORDINATOR
    assert f"/desk/warnings/{item.id}" in _text(answer).replace("%2F", "/")
    assert "FortiOS" not in answer.as_string()
    assert address.fates() == {"taken": 1}


def test_a_label_that_cannot_be_read_is_chosen_by_hand_and_what_was_not_read_is_named(address: Address) -> None:
    without = mail(COORDINATOR, "Patch FortiOS, CVE-2024-21762. Block 192.0.2.7 and evil-update.example today.")
    without.add_attachment(b"PK", maintype="application", subtype="zip", filename="more `details`.zip")
    unclear = mail(COORDINATOR, "TLP:PURPLE\n\nPatch FortiGate.")
    long = mail(COORDINATOR, ADVISORY + "x " * 60_000 + "TLP:RED")
    for made in (without, unclear, long):
        assert address.take(made) is Fate.TAKEN
    items = _items()
    assert len(items) == 3
    assert all(item.held and item.published_at is None for item in items)
    assert "more details.zip" in address.everything()


def test_the_same_mail_twice_is_one_warning_also_when_both_come_at_once(address: Address) -> None:
    sent = signed(mail(COORDINATOR))
    assert [address.take(sent), address.take(b"Received: by another way\r\n" + sent)] == [Fate.TAKEN, Fate.TWICE]
    other = signed(mail(COORDINATOR))
    fates: list[Fate] = []

    def bring() -> None:
        with address.app.app_context():
            fates.append(address.take(other))
        db.leave()

    threads = [Thread(target=bring) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(fates) == [Fate.TAKEN, Fate.TWICE]
    assert len(_items()) == 2
    assert len(address.answers()) == 2


def test_whoever_is_not_proved_gets_no_answer_and_leaves_nothing(address: Address) -> None:
    silent = {
        "forged": raw(mail(COORDINATOR)),
        "signed by another": signed(mail(COORDINATOR), "otherham.gov.uk"),
        "no sender": raw(mail("nobody")),
        "of a list": signed(mail(STRANGER, "Hello", List_Id="<l.example>"), "gmail.example"),
        "an absence notice": signed(mail(COORDINATOR, Auto_Submitted="auto-replied")),
        "our own letter": signed(mail("hub@gmail.example")),
        "no mail": b"\0\xff" * 999,
        "too large": raw(mail(COORDINATOR)) + b"a" * opening.LARGEST,
    }
    before = address.rows()
    with settings(mail_from="WARP Hub <Hub@gmail.example>"):
        for content in silent.values():
            address.take(content)
    after = {name: count for name, count in address.rows().items() if count != before.get(name)}

    assert address.answers() == []
    assert address.fates() == {
        "unproved": 4,
        "not a coordinator": 1,
        "automatic": 2,
        "too large": 1,
    }
    assert after == {"public.mail_count": 4}


def test_a_proved_stranger_is_answered_once_a_day_and_nothing_tells_who_it_was(address: Address) -> None:
    content = mail(STRANGER, "Buy our zq7-product", subject="zq7-offer")
    now = clock.now()
    for at in (now, now + timedelta(minutes=1), now + 2 * DAY):
        with clock.at(at):
            assert address.take(content) is Fate.NOT_A_COORDINATOR
    first, _second = address.answers()

    assert first["Auto-Submitted"] == "auto-replied"
    assert str(first["To"]) == STRANGER
    assert "/report" in _text(first)
    assert "zq7" not in first.as_string() + address.everything()
    assert STRANGER not in address.everything()
    with clock.at(now + 2 * DAY):
        assert answering.forget() == 1
    with clock.at(now + 500 * DAY):
        assert taking.forget_old() == 2


@pytest.mark.parametrize("at_fault", ["CarrierDown", "Refused"])
def test_a_report_is_thrown_away_unread_and_its_sender_told_where_to_report(
    address: Address, at_fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before = address.rows()
    from_coordinator = mail(COORDINATOR, f"zq7 {REPORT}", subject="FW: zq7-hit")
    from_member = mail(MEMBER, "Who coordinates zq7 this week?", subject="zq7-question")
    from_stranger = mail(STRANGER, REPORT, subject="Incident report zq7")
    for made in (from_coordinator, from_member, from_stranger):
        assert address.take(made) is Fate.REPORT
    assert address.take(raw(from_stranger)) is Fate.REPORT_UNANSWERED

    answers = address.answers()
    assert [str(answer["To"]) for answer in answers] == [COORDINATOR, MEMBER, STRANGER]
    assert all("/report" in _text(answer) and "zq7" not in answer.as_string() for answer in answers)
    assert answers[1]["Content-Language"] == "cy"
    after = {name: count for name, count in address.rows().items() if count != before.get(name)}
    assert after == {"public.mail_count": 2}
    assert address.fates() == {"report": 3, "report unanswered": 1}
    logged = "\n".join(line.getMessage() for line in caplog.records if line.name != "mail.log")  # the test's server
    left = address.everything().replace(f"{COORDINATOR},", "").replace(f"{MEMBER},", "")  # they are people of the hub
    domain = STRANGER.partition("@")[2]
    for told in ("zq7", b"zq7".hex(), COORDINATOR, MEMBER, domain, domain.encode().hex()):
        assert told not in left
        assert told not in logged

    address.server.answers |= {"RCPT": "550 5.1.1 no"} if at_fault == "Refused" else {"MAIL": "421 closing"}
    if at_fault == "Refused":
        assert address.take(from_member) is Fate.REPORT_UNANSWERED
    else:
        with pytest.raises(TryLater):  # the mail server keeps it: its sender has not been told
            address.take(from_member)


def test_no_mail_of_an_outsider_is_a_fault_that_keeps_it_in_the_mailbox_for_ever(address: Address) -> None:
    plain = raw(mail(COORDINATOR))
    hostile = {
        "a lone CR in the head": plain.replace(
            b"Subject: FW: Fo", b"Subject: FW: Fo\rDKIM-Signature: v=1; a=rsa-sha256; d=testham.gov.uk; s=s1; b=; bh=\n"
        ),
        "a NUL in who passed it on": plain.replace(b"TLP:GREEN", b"From: S\0m <s\0m@elsewhere.example>"),
        "a NUL in its sender": plain.replace(b"robin@", b"ro\0bin@"),
        "a lone surrogate": plain.replace(b"TLP:GREEN", b"From: \xed\xa0\x80 <a@\xed\xa0\x80.uk>"),
    }
    assert {name: address.take(content) for name, content in hostile.items()} == dict.fromkeys(hostile, Fate.UNPROVED)


def test_whoever_has_a_coordinators_mail_cannot_bring_it_under_words_of_their_own(address: Address) -> None:
    had = signed(mail(COORDINATOR))
    unsigned = signed(mail(COORDINATOR), include_headers=[b"from", b"date"])
    changed = (
        b"Subject: TLP:CLEAR Go to evil.example\r\n" + had,
        b"Content-Type: text/html\r\n" + had,
        unsigned.replace(b"Subject: FW: FortiOS", b"Subject: TLP:CLEAR Go to evil.example"),
    )
    assert {address.take(made) for made in changed} == {Fate.UNPROVED}
    assert address.take(had) is Fate.TAKEN


def test_what_a_coordinator_passes_on_for_a_member_is_a_report_however_much_it_reads_like_an_advisory(
    address: Address,
) -> None:
    told = (
        "Our NetScaler was broken into through CVE-2023-4966 on Friday. Affected versions: 13.1. The vulnerability is"
        " fixed, we had to patch and update to 13.1-49 and look for indicators of compromise. TLP:AMBER"
    )
    forwarded = f"-----Original Message-----\nFrom: Sam <{MEMBER.upper()}>\nSent: Monday\nSubject: NetScaler\n\n{told}"
    attached = mail(COORDINATOR, "See attached.", subject="FW: NetScaler")
    attached.add_attachment(mail(MEMBER, told, subject="NetScaler"))
    for made in (mail(COORDINATOR, forwarded, subject="FW: NetScaler"), attached):
        assert address.take(made) is Fate.REPORT
    assert _items() == []
    # What another coordinator passes on is a warning as before.
    coordinator(a_warp(name="Westmarch"), email="kim@westmarch.example")
    from_kim = ADVISORY + "\n\nFrom: kim@westmarch.example\nSent: Monday\nSubject: FortiOS\n\nUpgrade."
    assert address.take(mail(COORDINATOR, from_kim)) is Fate.TAKEN


def test_answers_about_reports_are_bounded_by_the_day(address: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "MOST_A_DAY", 1)
    fates = [address.take(mail(STRANGER, REPORT)) for _ in range(2)]
    assert fates == [Fate.REPORT, Fate.REPORT_UNANSWERED]


def test_only_who_runs_this_warp_now_is_taken_for_its_coordinator(address: Address) -> None:
    elsewhere = coordinator(a_warp(name="Westmarch"), email="kim@testham.gov.uk")
    stand_in = coordinator(address.warp, email="alex@testham.gov.uk")
    gone = coordinator(address.warp, email="pat@testham.gov.uk")
    reader = person(email="jo@testham.gov.uk")
    for one in db.session.scalars(select(Coordinator)).all():
        if one.person_id == stand_in.id:
            one.until = clock.now() + DAY
        if one.person_id == gone.id:
            one.state = State.LEFT
    db.session.commit()

    assert address.take(mail("alex@testham.gov.uk")) is Fate.TAKEN
    for someone in (elsewhere, gone, reader):
        assert address.take(mail(someone.email)) is Fate.REPORT
    with clock.at(clock.now() + 2 * DAY):
        assert address.take(mail("alex@testham.gov.uk")) is Fate.REPORT
    assert len(_items()) == 1


def test_while_the_name_service_is_silent_only_a_coordinators_mail_waits(address: Address) -> None:
    address.names.silent = True
    with pytest.raises(TryLater):
        address.take(mail(COORDINATOR))
    assert address.take(mail(STRANGER)) is Fate.UNPROVED
    address.names.silent = False
    assert address.take(mail(COORDINATOR)) is Fate.TAKEN


def test_nothing_a_mail_says_goes_into_a_header_of_an_answer_or_out_of_its_warning(address: Address) -> None:
    sent = mail(COORDINATOR, ADVISORY.replace("FortiOS:", "<script>alert(1)</script> {{7*7}} FortiOS:"))
    crooked = raw(sent).replace(b"Subject: FW: FortiOS", b"Subject: =?utf-8?q?Patch=0D=0ABcc:_x@evil.example?=")
    assert address.take(signed(crooked, "testham.gov.uk")) is Fate.TAKEN
    (item,) = _items()
    assert "\n" not in item.title
    (answer,) = address.answers()
    assert answer["Bcc"] is None
    assert "evil" not in answer.as_string()


def test_killed_at_any_step_a_mail_is_neither_lost_nor_taken_twice(address: Address) -> None:
    sent = signed(mail(COORDINATOR))
    steps = steps_of(lambda: address.take(signed(mail(COORDINATOR, "Another. TLP:GREEN"))) and None)
    already = len(_items())
    assert already == 1
    for step in range(2, steps, max(1, steps // 6)):
        assert killed_at(step, lambda: address.take(sent) and None)
    killed_at(steps, lambda: address.take(sent) and None)
    address.take(sent)
    assert address.take(sent) is Fate.TWICE
    assert len(_items()) == already + 1
    assert len(address.answers()) == 2
