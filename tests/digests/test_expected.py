"""Letters as they are meant to read, kept as files; WARP_HUB_WRITE_EXPECTED=1 writes them anew."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import factories
from tests.digests.post_room import PostRoom, html_of, text_of
from tests.page_client import check_letter, parse
from warp_hub import clock, db
from warp_hub.alerts import notices
from warp_hub.digests import schedule
from warp_hub.digests.models import DigestRun, Watermark
from warp_hub.memberships.models import Person, Warp
from warp_hub.sharing.models import Item, ItemKind, Severity
from warp_hub.tlp import Marking

EXPECTED = Path(__file__).parent / "expected"
THURSDAY = datetime(2026, 12, 3, 7, 31, tzinfo=UTC)
BEFORE = THURSDAY - timedelta(days=1)


@pytest.fixture
def midshire(post_room: PostRoom) -> Warp:
    return factories.warp("Midshire", name_cy="WARP Canoldir")


@pytest.fixture
def sam(midshire: Warp) -> Person:
    return factories.member(midshire, name="Sam Lee", email="sam@ashford.example")


def warning(warp: Warp, title: str, marking: Marking = Marking.GREEN, **given: object) -> Item:
    given.setdefault("severity", Severity.THIS_WEEK)
    given.setdefault("published", THURSDAY - timedelta(hours=2))
    return factories.item(marking, title=title, passed_by=[warp.id], **given)  # type: ignore[arg-type]


def letter_of_the_morning(post_room: PostRoom) -> tuple[str, str]:
    """Return subject and text of the one letter of a morning, and its HTML."""
    with clock.at(THURSDAY):
        schedule.start_due(clock.now())
        db.session.commit()
        (message,) = post_room.deliver()
    return f"Subject: {message['Subject'].strip()}\n\n{text_of(message)}", html_of(message)


def check(name: str, text: str, html: str) -> None:
    """Compare a letter with its file, links cut to their paths; both parts must say the same."""
    text = re.sub(r"(http://localhost:8000/\w[\w/-]*\?\w+)=\S+", r"\1=…", text.replace("\r\n", "\n"))
    file = EXPECTED / f"{name}.txt"
    if os.environ.get("WARP_HUB_WRITE_EXPECTED"):
        file.write_text(text)
    assert text == file.read_text()
    check_letter(html, name)
    words = parse(html).get_text(" ")
    for line in text.split("\n\n", 1)[1].splitlines():
        said = line.split(" http://")[0].removesuffix(":").strip()
        if said and said != "-----" and "http://" not in said and said != "Read it":
            assert squeezed(said) in squeezed(words), f"the HTML part does not say {said!r}"


def squeezed(words: str) -> str:
    return re.sub(r"\W+", "", words).lower()


def test_a_full_digest(midshire: Warp, sam: Person, post_room: PostRoom) -> None:
    warning(
        midshire,
        "FortiOS SSL-VPN: install 7.4.9 or switch it off",
        severity=Severity.ACT_TODAY,
        summary="Attackers use a flaw to get in without a password. Install 7.4.9, or switch SSL-VPN off. "
        "Look for sign-ins from http://203.0.113.9/login since Monday.",
        originator_name="National Cyber Security Centre",
    )
    warning(
        midshire, "Civica outage used as a lure", summary="Do not sign in from a mail.",
        chatham_house=True, restrictions="Not for suppliers.",
    )  # fmt: skip
    warning(midshire, "Chrome 143 mends 13 flaws", Marking.CLEAR, severity=Severity.FOR_INFORMATION)
    warning(midshire, "A payroll was redirected", kind=ItemKind.SHARED_INCIDENT, severity=None)
    warning(midshire, "Who runs Sophos on Server 2025?", kind=ItemKind.QUESTION, severity=None)
    warning(
        midshire, "Ransomware exercise", kind=ItemKind.TRAINING_SESSION, severity=None, originator_name="Midshire WARP",
        summary="15/12/2026, 10:00–11:30. Bring your plan for the first hour.",
    )  # fmt: skip
    warning(midshire, "secret", Marking.AMBER, to=[midshire])
    warning(midshire, "secret", Marking.AMBER_STRICT, to=[midshire])
    warning(midshire, "secret", Marking.AMBER_STRICT, to=[midshire], kind=ItemKind.SHARED_INCIDENT)
    warning(midshire, "secret", Marking.AMBER, to=[midshire], kind=ItemKind.QUESTION)
    warning(midshire, "secret", Marking.AMBER, to=[midshire], kind=ItemKind.TRAINING_SESSION)
    check("digest", *letter_of_the_morning(post_room))


def test_a_digest_of_changes(midshire: Warp, sam: Person, post_room: PostRoom) -> None:
    given = {"published": BEFORE - timedelta(hours=2), "added_at": THURSDAY - timedelta(hours=2)}
    revised = {**given, "revised_at": THURSDAY - timedelta(hours=2)}
    item = warning(midshire, "FortiOS SSL-VPN: install 7.4.10", **revised)
    secret = warning(midshire, "secret", Marking.AMBER, to=[midshire], **revised)
    run = DigestRun(
        person_id=sam.id, warp_id=midshire.id, period=BEFORE.date(), started_at=BEFORE, horizon=BEFORE,
        delivered_at=BEFORE, printed=[item.id], noticed=[secret.id],
    )  # fmt: skip
    db.session.add_all([run, Watermark(person_id=sam.id, warp_id=midshire.id, covered_until=BEFORE)])
    db.session.commit()
    check("digest_of_changes", *letter_of_the_morning(post_room))


def test_a_digest_of_mere_counts(midshire: Warp, sam: Person, post_room: PostRoom) -> None:
    warning(midshire, "secret", Marking.AMBER, to=[midshire])
    warning(midshire, "secret", Marking.RED, to=[sam])
    check("digest_of_counts", *letter_of_the_morning(post_room))


def test_a_digest_of_one_word(midshire: Warp, sam: Person, post_room: PostRoom) -> None:
    warning(midshire, "secret", Marking.RED, to=[sam])
    check("digest_for_the_named", *letter_of_the_morning(post_room))


@pytest.mark.parametrize(
    ("name", "marking"),
    [("alert", Marking.GREEN), ("alert_counted", Marking.AMBER), ("alert_for_the_named", Marking.RED)],
)
def test_an_immediate_notice(midshire: Warp, sam: Person, post_room: PostRoom, name: str, marking: Marking) -> None:
    item = warning(
        midshire, "Exchange is under attack: switch off Outlook on the web", marking, to=[midshire, sam],
        severity=Severity.ACT_TODAY, summary="There is no fix yet.",
    )  # fmt: skip
    with clock.at(THURSDAY):
        notices.announce(item.id)
        db.session.commit()
        (message,) = post_room.deliver()
    check(name, f"Subject: {message['Subject'].strip()}\n\n{text_of(message)}", html_of(message))
