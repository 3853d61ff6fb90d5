"""A coordinator pastes a list: it is looked at in words, put in once, and only where it is theirs to put in."""

import io
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.moving.conftest import named, words
from tests.page_client import parse
from tests.portal import PortalClient
from warp_hub import audit, db, mail
from warp_hub.memberships import authority, organisation_import, organisations, people
from warp_hub.memberships.authority import NotTheirs
from warp_hub.memberships.models import MembershipKind, Organisation, Person, State, Warp
from warp_hub.memberships.tables import decoded
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.moving import columns, putting_in

COUNCILS = Path(__file__).parents[3] / "shared" / "data" / "uk_councils.csv"
PAGE = "/desk/people/import"
LIST = (
    "Council\tFirst name\tSurname\tE-mail address\tPhone\n"
    "Testham Council\tSam\tLee\tsam@testham.gov.example\t1\n"
    "Testham Council\tAli\tKhan\tali@testham.gov.example\t2\n"
    '"Other\nCouncil"\tMei\tZhang\tmei@other.gov.example\t3\n'
    "Testham Council\tNo\tAddress\t\t4\n"
)


def checked(desk: PortalClient, table: str, **answers: str) -> str:
    """Return the words of the page after the list was checked."""
    return words(desk.post_form(PAGE, button="Check the list", table=table, **answers))


def put_in(desk: PortalClient, table: str, **answers: str) -> str:
    """Return the words of the page after the list was put in at once."""
    return words(desk.post_form(PAGE, button="Check the list", table=table, do="put-in", **answers))


def taken(table: str, warp: Warp, by: Person, **options: bool) -> putting_in.PutIn:
    """Put a list in without a page, and say what came of it."""
    sheet = columns.read_list(table)
    done = putting_in.put_in(sheet, columns.guessed(sheet), warp, by.id, dry_run=False, **options)
    db.session.commit()
    return done


def waiting(done: putting_in.PutIn) -> dict[int, str]:
    return {one.line: one.why for one in done.needs_you}


def called(name: str) -> Organisation:
    return db.session.scalars(select(Organisation).where(Organisation.name == name)).one()


def state_of(email: str, organisation: str) -> State:
    post = people.find_post(named(email), called(organisation))
    assert post is not None
    return post.state


def test_a_list_is_looked_at_in_words_and_put_in_once(desk: PortalClient, warp: Warp) -> None:
    told = checked(desk, LIST)

    assert "Ready to add: 2 organisations, 3 people, 1 row needs you" in told
    assert "6 Testham Council, No, Address, 4 has no e-mail address" in told
    assert people.find_person_by_email("sam@testham.gov.example") is None

    told = put_in(desk, LIST)
    assert "Added: 2 organisations, 3 people, 1 row needs you" in told
    assert "Council First name Surname E-mail address Phone Testham Council No Address 4" in told  # what is left
    assert named("mei@other.gov.example").name == "Mei Zhang"
    assert state_of("mei@other.gov.example", "Other Council") is State.INVITED
    assert organisations.find_membership(called("Testham Council"), warp).state is State.ACTIVE  # type: ignore[union-attr]
    assert not viewer_of(named("sam@testham.gov.example").id, Proof.FULL).is_member
    assert db.session.scalar(select(func.count()).select_from(mail.Letter)) == 0

    again = checked(desk, LIST)
    assert "0 organisations, 0 people, 1 row needs you 5 are here already" in again
    assert "Add them" not in again


def test_columns_are_chosen_on_the_page_and_guessed_anew_for_another_list(desk: PortalClient) -> None:
    page = desk.post_form(PAGE, button="Check the list", table="who\twhere\nSam Lee\tTestham Council\n")
    assert "Error:" in page.title.text
    assert "Say which column has the e-mail addresses or the organisations" in words(page)

    odd = "who\twhere\treach\nSam Lee\tTestham Council\tsam@testham.gov.example\n"
    page = desk.post_form(PAGE, button="Check the list", table=odd)
    assert page.select_one("select[name=email] option[selected]").text.startswith("reach")  # known by what stands there

    form = {field["name"]: field.get("value", "") for field in page.select("form[method=post] input[name]")}
    form |= {"table": odd, "name": "0", "organisation": "1", "email": "2", "do": "check"}
    answer = desk.post(PAGE, data=form, headers={"Origin": "http://localhost"})
    assert "1 organisation, 1 person, 0 rows need you" in " ".join(answer.text.split())

    answer = desk.post(PAGE, data=form | {"table": LIST}, headers={"Origin": "http://localhost"})
    assert "2 organisations, 3 people, 1 row needs you" in " ".join(answer.text.split())

    refused = desk.post(PAGE, data=form | {"email": "99"}, headers={"Origin": "http://localhost"})
    assert "Error:" in refused.text


OUTLOOK = (
    '"Title","First Name","Last Name","Company","Job Title","Business Street","E-mail Address","E-mail Type"\n'
    '"","Zoë","O\'Brien","Testham Council","the ""Boss""","1 High St\n\n2nd floor","zoe@testham.gov.example","SMTP"\n'
)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(OUTLOOK.encode(), id="utf-8"),
        pytest.param(OUTLOOK.replace("\n", "\r\n").encode("utf-8-sig"), id="with a mark"),
        pytest.param(OUTLOOK.encode("cp1252"), id="cp1252"),
        pytest.param(OUTLOOK.encode("utf-16"), id="utf-16"),
        pytest.param(b"sep=;\n" + OUTLOOK.replace('","', '";"').encode(), id="says its delimiter"),
    ],
)
def test_files_are_read_as_programs_write_them(content: bytes) -> None:
    sheet = columns.read_list(decoded(content))
    places = {name: sheet.headings[place] for name, place in columns.guessed(sheet).items()}

    assert places == {
        "first_name": "First Name",
        "last_name": "Last Name",
        "organisation": "Company",
        "email": "E-mail Address",
    }
    assert [cells[1] for _number, cells in sheet.lines] == ["Zoë"]


def test_a_file_is_uploaded_and_a_spreadsheet_itself_is_refused(desk: PortalClient) -> None:
    def sent(content: bytes) -> str:
        form = desk.get_page(PAGE).select_one("form[method=post]")
        assert form is not None
        data: dict[str, Any] = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
        data |= {"file": (io.BytesIO(content), "contacts.csv"), "table": "", "notes_domains": "", "do": "check"}
        page = parse(desk.post(PAGE, data=data, headers={"Origin": "http://localhost"}).text)
        assert len(page.select(".govuk-error-summary li")) == ("Error" in page.title.text)
        return words(page)

    assert "1 organisation, 1 person, 0 rows need you" in sent(OUTLOOK.encode("utf-16"))
    assert "This is the spreadsheet itself" in sent(b"PK\x03\x04 and so on")
    assert "The list is longer than 400 KB" in sent(b"x" * 500_000)
    assert "The list has more than 2,000 rows" in sent(b"email\n" + b"a@b.example\n" * 10_000)
    assert "stops being a table after line 2" in sent(b'email,name\n"a@b.example,x\n')
    assert "Paste a list or choose a file" in sent(b"")
    assert "The list has no rows under its headings" in sent(b"email,name\n")


def test_hostile_cells_wait_for_somebody_and_the_good_ones_do_not(warp: Warp, priya: Person) -> None:
    done = taken(
        "organisation,name,email,post,language,code,domains\n"
        "Good Council,Sam Lee,sam@good.gov.example,Main contact,cy,,good.gov.example\n"
        '=HYPERLINK("http://evil"),A B,a@good.gov.example,,,,\n'
        "Good Council,=1+1,b@good.gov.example,,,,\n"
        "Good Council,C\x07C,c@good.gov.example,,,,\n"
        "Good Council,D\u202eD,d@good.gov.example,,,,\n"
        "Good Council,E E,e@xn--gd-hia.example,,,,\n"
        "Good Council,F F,f@good.gov.example,boss,,,\n"
        "Good Council,G G,g@good.gov.example,,fr,,\n"
        "Good Council,H H\n"
        "Good Council,Sam Other,SAM@good.gov.example,,,,\n"
        "Good Council,Sam Lee,sam@good.gov.example,,,,\n"
        "Loose Council,I I,i@loose.example,,,,gov.uk\n",
        warp,
        priya,
    )

    assert waiting(done) == {
        3: "name begins with =, which a spreadsheet would run as a formula",
        4: "name begins with =, which a spreadsheet would run as a formula",
        5: "name has characters that cannot be seen",
        6: "name has characters that cannot be seen",
        7: "email has letters in its domain that look like others",
        8: "post must be officer or lead",
        9: "language must be en or cy",
        10: "has 2 cells, the first line has 7",
        11: "has the address of line 2, but another name",
        13: "the domain 'gov.uk': gov.uk is shared by many organisations",
    }
    assert (done.organisations.added, done.people.added, done.people.unchanged) == (1, 1, 1)
    assert (named("sam@good.gov.example").name, named("sam@good.gov.example").language) == ("Sam Lee", "cy")


def test_a_list_without_headings_and_one_of_organisations_alone_are_understood(warp: Warp, priya: Person) -> None:
    bare = columns.read_list("Sam Lee\tTestham Council\tsam@testham.gov.example\n")
    assert (columns.guessed(bare), [number for number, _cells in bare.lines]) == ({"email": 2}, [1])

    done = taken("name,type,domain\nTestham Council,District,testham.gov.example\n", warp, priya)
    assert (done.organisations.added, done.people.added, waiting(done)) == (1, 0, {})


def test_a_person_of_another_warp_looks_as_new_as_any_and_stays_what_they_are(warp: Warp, priya: Person) -> None:
    westmarch = factories.warp("Westmarch")
    owen = factories.member(westmarch, name="Owen Pritchard", email="owen@west.gov.example", language="cy")
    gone = factories.member(westmarch, email="gone@west.gov.example", state=State.SUSPENDED)
    boss = factories.coordinator(westmarch, email="boss@west.gov.example", name="Ffion Morgan")

    done = taken(
        "council,name,email,language\n"
        "Testham Council,Mallory,owen@west.gov.example,en\n"
        "Testham Council,New Person,new@testham.gov.example,\n"
        "Testham Council,Gone,gone@west.gov.example,\n"
        "Testham Council,Not Ffion,boss@west.gov.example,\n"
        "Testham Council,Mallory,owen@west.gov.example,\n",
        warp,
        priya,
    )

    assert (done.people.added, done.people.changed, done.people.unchanged) == (3, 0, 1)
    assert waiting(done) == {4: "gone@west.gov.example cannot be put in by a list: ask the operator"}
    assert (owen.name, owen.language, boss.name) == ("Owen Pritchard", "cy", "Ffion Morgan")
    assert gone.state is State.SUSPENDED
    assert state_of("owen@west.gov.example", "Testham Council") is State.INVITED
    assert warp.id not in viewer_of(owen.id, Proof.FULL).amber
    # To be on a list gives whoever wrote it no say over somebody who stands elsewhere.
    assert not authority.may_manage(priya.id, owen.id)
    assert authority.may_manage(priya.id, named("new@testham.gov.example").id)


def test_a_body_of_another_warp_is_neither_taken_over_nor_opened(warp: Warp, priya: Person) -> None:
    westmarch = factories.warp("Westmarch")
    theirs = organisations.add_organisation("Kestrelton City Council", short_name="Kestrelton", code="KES")
    shared = organisations.add_organisation("Border Council", code="BOR", domains=["border.gov.example"])
    organisations.join(theirs, westmarch)
    for of in (warp, westmarch):
        organisations.join(shared, of)

    done = taken(
        "organisation,code,name,email,domains,kind\n"
        "Kestrelton City Council,,Mallory,m@evil.example,,\n"
        "Kestrelton,,Mallory,m2@evil.example,,\n"
        "Anything,KES,Mallory,m3@evil.example,evil.example,\n"
        "Border Council,BOR,Mallory,m4@evil.example,evil.example,Supplier\n"
        "Border Council,BOR,Beth Lee,beth@border.gov.example,,\n",
        warp,
        priya,
    )

    elsewhere = "belongs to another WARP of this hub: the operator can add it to yours as well"
    assert waiting(done) == {
        2: elsewhere,
        4: elsewhere,
        5: "evil.example is not a domain of Border Council, which another WARP looks after too",
    }
    assert done.organisations.added == 1  # "Kestrelton" is a body of its own here: nothing is told of the other's
    assert (shared.kind, organisations.find_organisations_by_address("x@evil.example")) == ("", [])
    assert organisations.find_membership(theirs, warp) is None
    assert state_of("beth@border.gov.example", "Border Council") is State.INVITED


def test_a_shared_domain_is_asked_about_and_never_guessed(warp: Warp, priya: Person) -> None:
    for name in ("North Council", "South Council"):
        taken(f"organisation,domain,other\n{name},shared.gov.example,\n", warp, priya)
    taken("organisation,domain,alt_names\nEast Council,east.gov.example,EC|East DC\n", warp, priya)

    done = taken(
        "council,name,email\n"
        ",Ann A,ann@shared.gov.example\n"
        ",Bob B,bob@east.gov.example\n"
        "East DC,Cat C,cat@east.gov.example\n"
        "EAST COUNCIL,Col C,col@east.gov.example\n"
        "Eastern Council,Dan D,dan@east.gov.example\n"
        ",Eve E,eve@nowhere.example\n"
        ",Fay F,fay@gmail.com\n"
        "New Council,Gus G,gus@new.gov.example\n",
        warp,
        priya,
        notes_domains=True,
    )

    assert waiting(done) == {
        2: "names no organisation, and shared.gov.example belongs to North Council, South Council",
        6: "is new, but East Council has this mail domain: use that name, or give a code or a domain of its own",
        7: "names no organisation, and nowhere.example belongs to no member",
        8: "names no organisation",
    }
    assert state_of("bob@east.gov.example", "East Council") is State.INVITED
    assert state_of("cat@east.gov.example", "East Council") is State.INVITED
    assert state_of("col@east.gov.example", "East Council") is State.INVITED  # and its name is as it was
    assert [one.name for one in organisations.find_organisations_by_address("x@new.gov.example")] == ["New Council"]


def test_what_changed_since_and_who_may_not_be_more_is_said(warp: Warp, priya: Person) -> None:
    rows = [f"Testham Council,P {n},p{n}@testham.gov.example,lead" for n in range(4)]
    done = taken("\n".join(["organisation,name,email,post", *rows]), warp, priya)
    assert waiting(done) == dict.fromkeys((4, 5), "Testham Council has 2 main contacts already")
    assert people.find_person_by_email("p3@testham.gov.example") is None

    organisations.suspend(called("Testham Council"), warp, "away")
    done = taken("organisation,name,email,post\n" + rows[0], warp, priya)
    assert waiting(done) == {2: "its membership is not active: decide about that first"}


def test_nobody_decides_by_a_list_about_the_place_of_their_own_organisation(warp: Warp, priya: Person) -> None:
    supplier, newcomer = factories.organisation(warp, kind=MembershipKind.ASSOCIATE), factories.organisation()
    mallory, ines = factories.coordinator(warp, at=supplier), factories.coordinator(warp, at=newcomer)
    to_be_full, to_be_in = f"organisation,membership\n{supplier.name},full\n", f"council\n{newcomer.name}\n"
    for table, by in ((to_be_full, mallory), (to_be_in, ines)):
        assert list(waiting(taken(table, warp, by))) == [2]
    assert organisations.find_membership(supplier, warp).kind is MembershipKind.ASSOCIATE  # type: ignore[union-attr]
    assert organisations.find_membership(newcomer, warp) is None
    assert not waiting(taken(to_be_full, warp, priya)) | waiting(taken(to_be_in, warp, priya))
    assert organisations.find_membership(supplier, warp).kind is MembershipKind.FULL  # type: ignore[union-attr]


def test_whom_a_list_gives_another_name_has_it_on_record(warp: Warp, priya: Person) -> None:
    rows = "organisation,name,email\nTestham Council,{},sam@testham.gov.example\n"
    for name in ("Sam Lee", "Sam Hartley", "Sam Hartley"):
        taken(rows.format(name), warp, priya)
    noted = select(audit.Audit.actor, audit.Audit.detail).where(audit.Audit.action == "person.renamed")
    assert db.session.execute(noted).all() == [(priya.id, {"person": str(named("sam@testham.gov.example").id)})]


def test_another_warps_coordinator_puts_nothing_in(warp: Warp, desk: PortalClient, priya: Person) -> None:
    westmarch = factories.warp("Westmarch")
    ffion = factories.coordinator(westmarch)

    with pytest.raises(NotTheirs):
        taken(LIST, warp, ffion)
    form = {field["name"]: field.get("value", "") for field in desk.get_page(PAGE).select("input[name]")}
    answer = desk.post(PAGE, data=form | {"warp": str(westmarch.id), "table": LIST, "do": "put-in"})
    assert answer.status_code == 404
    assert people.find_person_by_email("sam@testham.gov.example") is None


@pytest.mark.real_data
def test_every_council_of_the_country_comes_once_by_page_and_by_command(warp: Warp, desk: PortalClient) -> None:
    real = COUNCILS.read_text()
    sheet = columns.read_list(real)
    assert columns.guessed(sheet)["organisation"] == sheet.headings.index("name")

    page = desk.post_form(PAGE, button="Check the list", table=real, do="put-in")
    assert "Nobody has been written to yet" in words(page)
    assert db.session.scalar(select(func.count()).select_from(Organisation)) == 398  # and the coordinator's own
    with COUNCILS.open("rb") as file:
        told = list(organisation_import.import_csv(file).lines())
    assert told[-1] == "added 0 changed 0 unchanged 397 refused 0"
    assert "0 organisations, 0 people, 0 rows need you 397 are here already" in checked(desk, real)
