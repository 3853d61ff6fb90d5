"""A copy of one's own data: what is theirs, nothing of anybody else, nothing that tells what they reported."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from tests import factories
from warp_hub import clock, db, mail
from warp_hub.alerts.interest_models import Interest, InterestKind
from warp_hub.audit import Audit
from warp_hub.custody import opening
from warp_hub.db import Model
from warp_hub.discussions.models import Question, Reply
from warp_hub.memberships import invitations, people, stand_ins, tokens
from warp_hub.memberships.models import Person, Post
from warp_hub.memberships.renewal_models import Answer, StaffAnswer
from warp_hub.memberships.viewers import Proof
from warp_hub.renewals import clearing, commands
from warp_hub.renewals.personal import OF_A_PERSON, UNTOLD_LETTERS, AtLeaving, Read
from warp_hub.serving.opening import load_models
from warp_hub.sharing import deliveries
from warp_hub.sharing.models import ItemKind
from warp_hub.tlp import Marking

MINE, THEIRS = "zqmine", "zqtheirs"


def points_at_people(table) -> bool:
    refers = any(key.column.table.name == "person" for column in table.columns for key in column.foreign_keys)
    return refers or bool({"person_id", "actor", "author"} & {column.name for column in table.columns})


def test_every_table_with_somebody_in_it_has_a_line() -> None:
    load_models()
    assert {name for name, table in Model.metadata.tables.items() if points_at_people(table)} == set(OF_A_PERSON)


def test_every_line_names_what_is_there_and_shows_no_secret() -> None:
    load_models()
    secret = ("hash", "secret", "wrapped", "salt", "sealed", "public_key", "credential")
    for name, held in OF_A_PERSON.items():
        columns = {column.name for column in Model.metadata.tables[name].columns}
        assert {*held.shown, *held.whose} <= columns, name
        assert [column for column in held.shown if any(word in column for word in secret)] == []
        assert bool(held.shown) is (held.read is not Read.NOT)
        assert bool(held.why) is (held.read is Read.NOT)


@pytest.fixture
def warp(database):
    return factories.warp()


@pytest.fixture
def two(warp) -> tuple[Person, Person]:
    """Return two colleagues of whom the hub knows the same, each under a word of their own."""
    council = factories.organisation(warp)
    pair = []
    for word in (MINE, THEIRS):
        person = factories.coordinator(warp, at=council, name=f"Robin {word}", email=f"{word}@council.example")
        pair.append(person)
        _known(person, word, warp)
    for person, other in (pair, pair[::-1]):
        post = db.session.scalars(select(Post).where(Post.person_id == other.id)).one()
        said = {"answer": Answer.NOT_SURE, "answered_on": clock.today(), "person_id": person.id}
        factories._kept(StaffAnswer(post_id=post.id, **said))
    stand_ins.name(pair[0].id, warp, pair[1].id, clock.now() + timedelta(days=3))
    mail.post(opening.KIND, pair[0].id, expires_at=clock.now() + timedelta(days=3))
    db.session.commit()
    return pair[0], pair[1]


def _known(person: Person, word: str, warp) -> None:
    item = factories.item(to=[warp], kept_by=[warp], kind=ItemKind.QUESTION, title="A question")
    asked = {"text": f"{word} asked", "html": "<p>?</p>", "asked_on": clock.today(), "organisation": "The council"}
    factories._kept(Question(id=item.id, author=person.id, name=person.name, **asked))
    said = {"item_id": item.id, "html": "", "said_on": clock.today()}
    factories._kept(Reply(place=1, text=f"{word} replied", author=person.id, name=person.name, **said))
    factories._kept(Reply(place=2, text=f"{word} as a member", **said))
    factories._kept(Interest(person_id=person.id, kind=InterestKind.TYPED, value=f"{word} box", key=word))
    tokens.mint(person.id, f"{word} firewall", Marking.GREEN, clock.now() + timedelta(days=30))
    invitations.mint(person)
    deliveries.note_letter(person.id, [item.id], [], clock.now())


def unzipped(packed: bytes) -> tuple[dict[str, list[dict[str, object]]], str]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert sorted(archive.namelist()) == ["my-data.html", "my-data.json"]
        return json.loads(archive.read("my-data.json")), archive.read("my-data.html").decode()


def test_the_copy_has_what_is_mine_and_nobody_elses_word(signed_in, two) -> None:
    me, other = two
    told, page = unzipped(_exported(signed_in(me)).data)
    text = json.dumps(told, ensure_ascii=False)
    for word in ("Robin zqmine", "zqmine asked", "zqmine replied", "zqmine box", "zqmine firewall"):
        assert word in text
        assert word in page
    for whole in (text, page):
        assert THEIRS not in whole
        assert str(other.id) not in whole
        assert "as a member" not in whole
        assert opening.KIND not in whole
    assert told["said_of_you"] == [{"answer": "not sure", "answered_on": clock.today().isoformat()}]
    assert told["post"][0]["organisation"].startswith("Testham")
    assert BeautifulSoup(page, "html5lib").find("h1").get_text() == "What WARP Hub has about you"
    assert "data.exported" in db.session.scalars(select(Audit.action)).all()


def _token(browser) -> dict[str, str]:
    page = browser.get_page("/account/data")
    return {"csrf_token": page.find("input", {"name": "csrf_token"})["value"]}


def _exported(browser):
    given = _token(browser)
    answer = browser.post("/account/data", headers={"Origin": "http://localhost"}, data=given)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.zip"'
    assert "no-store" in answer.headers["Cache-Control"]
    return answer


def test_a_letter_with_a_message_about_something_reported_is_known_by_one_name() -> None:
    assert UNTOLD_LETTERS == (opening.KIND,)


def test_a_mail_link_or_a_password_alone_gets_no_copy(signed_in, browser, two) -> None:
    me, _ = two
    for asking in (signed_in(me, Proof.MAILBOX), signed_in(me, Proof.PASSWORD), browser):
        assert asking.get("/account/data").status_code in (302, 303)


def test_the_operator_adds_deeds_and_deliveries(portal, two, tmp_path: Path) -> None:
    me, _ = two
    with portal.app_context():
        assert "rows written" in commands.export(me.email, tmp_path / "copy.zip")
    told, page = unzipped((tmp_path / "copy.zip").read_bytes())
    assert len(told["delivery"]) == 1
    assert {"action", "at"} == set(told["audit"][0])
    assert THEIRS not in json.dumps(told) + page
    with pytest.raises(commands.NobodyThere):
        commands.export("nobody@council.example", tmp_path / "copy.zip")


def test_whatever_goes_at_leaving_the_worker_may_remove(two) -> None:
    me, other = two
    assert clearing.clear_up(me.id) == 0
    people.step_down(me, db.session.scalars(select(factories.Warp)).one(), by=me.id)
    people.leave(me)
    assert clearing.clear_up(me.id) >= 5
    db.session.commit()
    for name, held in OF_A_PERSON.items():
        if held.at_leaving is AtLeaving.GOES and held.read in (Read.PLAIN, Read.WORKER):
            table = Model.metadata.tables[name]
            left = select(*[table.c[column] for column in held.whose])
            assert me.id not in {value for row in db.session.execute(left) for value in row}, name
    assert tokens.tokens_of(other.id)
