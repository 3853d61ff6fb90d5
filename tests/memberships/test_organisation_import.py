"""Organisations come from CSV files of any make; the same file twice changes nothing."""

import io
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests import factories
from warp_hub import audit, db
from warp_hub.memberships import organisations
from warp_hub.memberships.models import Membership, MembershipKind, Organisation, OrganisationDomain, State
from warp_hub.memberships.organisation_import import import_by_command, import_csv
from warp_hub.memberships.tables import FileRefused, Outcome

pytestmark = pytest.mark.usefixtures("database")

COUNCILS = Path(__file__).parents[3] / "shared" / "data" / "uk_councils.csv"


def taken(text: str | bytes, dry_run: bool = False) -> Outcome:
    return import_csv(io.BytesIO(text.encode() if isinstance(text, str) else text), dry_run)


def last_line(outcome: Outcome) -> str:
    return list(outcome.lines())[-1]


def names() -> list[str]:
    return list(db.session.scalars(select(Organisation.name).order_by(Organisation.name)))


def domains_of(name: str) -> dict[str, bool]:
    held = select(OrganisationDomain).join(Organisation).where(Organisation.name == name)
    return {row.domain: row.is_former for row in db.session.scalars(held)}


def test_a_file_is_taken_in_once() -> None:
    midshire = factories.warp(slug="midshire")
    file = (
        "Name,Short name,Type,Code,Region,Domains,Former domains,Alt names,Warp,Membership,Population\n"
        'Testham Council,Testham,District,TST,North,"testham.gov.example; mail.testham.gov.example",'
        "oldtest.gov.example,TC|Testham DC,midshire,full,1000\n"
        "Fictional Shared Services,,Supplier,,,fss.example,,,midshire,associate,\n"
    )

    first, second = taken(file), taken(file)

    assert list(first.lines()) == ["columns not used: Population", "added 2 changed 0 unchanged 0 refused 0"]
    assert last_line(second) == "added 0 changed 0 unchanged 2 refused 0"
    testham = db.session.scalars(select(Organisation).where(Organisation.code == "TST")).one()
    assert (testham.short_name, testham.kind, testham.region) == ("Testham", "District", "North")
    assert testham.also_known_as == ["TC", "Testham DC"]
    assert domains_of("Testham Council") == {
        "testham.gov.example": False,
        "mail.testham.gov.example": False,
        "oldtest.gov.example": True,
    }
    kinds = db.session.execute(select(Membership.kind, Membership.warp_id, Membership.state)).all()
    assert sorted(kinds) == [
        (MembershipKind.ASSOCIATE, midshire.id, State.ACTIVE),
        (MembershipKind.FULL, midshire.id, State.ACTIVE),
    ]


def test_a_second_file_changes_what_it_says_and_takes_nothing_away() -> None:
    taken("name,code,region,domain,alt_names\nTestham Council,TST,North,testham.gov.example,TC\n")

    outcome = taken("code,name,region,domain,alt_names\nTST,Testham City Council,,new.gov.example,TCC\n")

    assert last_line(outcome) == "added 0 changed 1 unchanged 0 refused 0"
    testham = db.session.scalars(select(Organisation)).one()
    assert (testham.name, testham.region, testham.also_known_as) == ("Testham City Council", "North", ["TC", "TCC"])
    assert set(domains_of("Testham City Council")) == {"testham.gov.example", "new.gov.example"}
    changed = db.session.scalars(select(audit.Audit).where(audit.Audit.action == "organisation.changed")).one()
    assert changed.detail["changed"] == ["name", "also_known_as", "domains"]


def test_an_organisation_without_a_code_is_found_by_its_name_and_gets_its_code() -> None:
    taken("name\nTestham Council\n")

    outcome = taken("name,code\nTESTHAM COUNCIL,TST\nTestham council,TS2\n")

    assert last_line(outcome) == "added 1 changed 1 unchanged 0 refused 0"
    assert sorted(db.session.scalars(select(Organisation.code))) == ["TS2", "TST"]


def test_a_dry_run_says_the_same_and_changes_nothing() -> None:
    file = "name,domain\nTestham Council,testham.gov.example\n,\n=1+1,\n"

    tried = taken(file, dry_run=True)

    assert names() == []
    assert db.session.scalar(select(func.count()).select_from(audit.Audit)) == 0
    assert list(tried.lines()) == list(taken(file).lines())
    assert names() == ["Testham Council"]


def test_a_bad_line_is_refused_with_its_number_and_the_good_ones_arrive() -> None:
    factories.warp(slug="midshire")
    outcome = taken(
        "name,domain,warp,membership\n"
        '"Testham\nCouncil",testham.gov.example,midshire,\n'
        ",x.gov.example,,\n"
        "=HYPERLINK(evil),,,\n"
        "Shared,gov.uk,,\n"
        "\n"
        "Nowhere Council,,eastmarch,\n"
        "Half Council,,midshire,half\n"
        "Short\n"
        "testham council,,,\n"
        "Good Council,good.gov.example,,\n"
    )

    assert dict(outcome.refused) == {
        4: "name is empty",
        5: "name begins with =, which a spreadsheet would run as a formula",
        6: "the domain 'gov.uk': gov.uk is shared by many organisations",
        8: "there is no WARP 'eastmarch'",
        9: "membership must be full or associate",
        10: "has 1 cell, the first line has 4",
        11: "is the same organisation as line 2",
    }
    assert names() == ["Good Council", "Testham Council"]
    assert last_line(outcome) == "added 2 changed 0 unchanged 0 refused 7"


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffname;region\r\nYnys Môn;Wales\r\n".encode(),
        "name\tregion\r\nYnys Môn\tWales\r\n".encode("cp1252"),
        "name,region\nYnys Môn,Wales\n".encode("utf-16"),
    ],
    ids=["Excel with semicolons", "Excel of old with tabs", "Unicode text of Excel"],
)
def test_files_of_any_make_are_read(content: bytes) -> None:
    assert last_line(taken(content)) == "added 1 changed 0 unchanged 0 refused 0"
    assert names() == ["Ynys Môn"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"region,code\nNorth,1\n", "no column name"),
        (b'name\n"Testham\n', "stops being a table"),
        (b"PK\x03\x04\x00\x00" * 50, "no column name"),
        (b"name\n" + b"x" * 200_000 + b"\n", "stops being a table"),
    ],
)
def test_what_is_no_table_is_refused_as_a_whole(content: bytes, said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        taken(content)
    assert names() == []


def test_characters_that_the_database_cannot_keep_refuse_their_line_alone() -> None:
    outcome = taken(b"name,region\nTest\x00ham,North\nTestham,No\x00rth\nGood,North\n")

    assert [line for line, _ in outcome.refused] == [2, 3]
    assert names() == ["Good"]


def test_a_membership_that_ended_is_not_brought_back_by_a_list() -> None:
    midshire = factories.warp(slug="midshire")
    file = "name,warp\nTestham Council,midshire\n"
    taken(file)
    organisations.lapse(db.session.scalars(select(Organisation)).one(), midshire)

    outcome = taken(file)

    assert list(outcome.lines()) == [
        "line 2: its membership is lapsed and stays so",
        "added 0 changed 0 unchanged 1 refused 0",
    ]


def test_a_domain_in_use_is_not_made_former_and_a_former_one_may_be_in_use_again() -> None:
    taken("name,domain,former_domains\nTestham,one.gov.example,two.gov.example\n")
    outcome = taken("name,domain,former_domains\nTestham,two.gov.example,one.gov.example\n")

    assert domains_of("Testham") == {"one.gov.example": False, "two.gov.example": False}
    assert last_line(outcome) == "added 0 changed 1 unchanged 0 refused 0"


@pytest.mark.real_data
def test_the_councils_of_the_united_kingdom_arrive_once() -> None:
    first = list(import_by_command(COUNCILS))
    second = list(import_by_command(COUNCILS))

    assert first[-1] == "added 397 changed 0 unchanged 0 refused 0"
    assert second[-1] == "added 0 changed 0 unchanged 397 refused 0"
    shared = (
        select(OrganisationDomain.domain)
        .where(OrganisationDomain.is_former.is_(False))
        .group_by(OrganisationDomain.domain)
        .having(func.count() == 2)
    )
    assert sorted(db.session.scalars(shared)) == [
        "adur-worthing.gov.uk",
        "lewes-eastbourne.gov.uk",
        "southnorfolkandbroadland.gov.uk",
    ]
    assert len(organisations.find_organisations_by_address("sam@adur-worthing.gov.uk")) == 2
