"""Tables of warnings: filtered as the page, harmless in a spreadsheet, bearing label and owner, recorded."""

import csv
import io
from datetime import timedelta
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests import factories
from tests.exports.conftest import with_values
from warp_hub import audit, clock, db
from warp_hub.advisories.models import Advisory
from warp_hub.exports import defender, files, warnings
from warp_hub.memberships.models import Person, Warp
from warp_hub.memberships.viewers import Proof
from warp_hub.sharing.models import Item, Severity
from warp_hub.tlp import Marking

pytestmark = pytest.mark.usefixtures("database")
FILE = "/exports/warnings.csv"


def warning(marking: Marking = Marking.GREEN, **given_: Any) -> Item:
    """Return a warning with words of its own."""
    item = factories.item(marking, **given_)
    words: dict[str, Any] = {"body": {}, "to_do": {}, "links": [], "received_at": clock.now(), "modified": clock.now()}
    db.session.add(Advisory(id=item.id, stix_id=f"report--{uuid4()}", **words))
    db.session.commit()
    return item


def _rows(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200
    text = answer.data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_member_takes_the_list_away(signed_in: Any, sam: Person, midshire: Warp) -> None:
    warning(Marking.GREEN, title="Patch the gateway", summary="In short", pap="PAP:GREEN", restrictions="Ask first")
    warning(Marking.AMBER, title="For Midshire", to=[midshire], published=timedelta(hours=-2))
    answer = signed_in(sam).get(FILE)
    headings, newest, older = _rows(answer)
    assert headings[0] == "Label"
    assert newest[:4] == [
        "TLP:GREEN",
        "What you may do with these addresses: PAP:GREEN; Ask first",
        "Patch the gateway",
        "In short",
    ]
    assert older[0] == "TLP:AMBER"
    assert newest[8].startswith("http://localhost:8000/advisories/")
    assert newest[9] == sam.email
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.headers["X-TLP"] == "TLP:AMBER"
    assert "TLP-AMBER warnings " in unquote(answer.headers["Content-Disposition"])
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("proof", "titles"), [(Proof.FULL, ["amber", "green"]), (Proof.MAILBOX, ["green"])])
def test_nothing_is_in_the_file_that_may_not_leave(
    signed_in: Any, sam: Person, midshire: Warp, proof: Proof, titles: list[str]
) -> None:
    warning(Marking.GREEN, title="green")
    warning(Marking.AMBER, title="amber", to=[midshire])
    warning(Marking.AMBER, title="others", to=[factories.warp("Westmarch")])
    warning(Marking.RED, title="red", to=[sam])
    warning(Marking.GREEN, title="early", embargo_until=clock.now() + timedelta(days=1), early=[sam])
    warning(Marking.GREEN, title="withdrawn", withdrawn_at=clock.now())
    assert sorted(row[2] for row in _rows(signed_in(sam, proof).get(FILE))[1:]) == titles


def test_the_file_is_filtered_as_the_page(signed_in: Any, sam: Person) -> None:
    source = uuid4()
    warning(title="now", severity=Severity.ACT_TODAY)
    warning(title="later", severity=Severity.THIS_WEEK, originator=source)
    page = signed_in(sam).get_page(f"/advisories?severity=This+week&source={source}&page=1")
    link = page.find("a", string="Download this list for a spreadsheet (CSV)")["href"]
    assert [row[2] for row in _rows(signed_in(sam).get(link))[1:]] == ["later"]
    assert [row[2] for row in _rows(signed_in(sam).get(f"{FILE}?severity=x&source=x"))[1:]] == ["later", "now"]


def test_a_file_that_is_cut_says_so(signed_in: Any, sam: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        warning(title=f"number {number}")
    monkeypatch.setattr(warnings.newest, "__defaults__", (2,))
    rows = _rows(signed_in(sam).get(FILE))
    assert len(rows) == 4
    assert rows[-1][2] == "Only the newest 2 warnings are in this file."


@pytest.mark.parametrize(
    "start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "＋1", "＠x", "|x"]
)
def test_no_cell_is_run_as_a_formula(signed_in: Any, sam: Person, start: str) -> None:
    warning(title=f'{start}",HYPERLINK("http://evil.example")')
    (_, row) = _rows(signed_in(sam).get(FILE))
    assert row[2].startswith("'")
    assert len(row) == 11


@given(st.lists(st.lists(st.text(max_size=30), min_size=2, max_size=2), max_size=5))
def test_every_table_is_read_back_with_as_many_rows_and_no_formula(cells: list[list[str]]) -> None:
    table = files.table(["a", "b"], cells).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table, newline="")))
    assert [len(row) for row in rows] == [2] * (len(cells) + 1)
    assert not [cell for row in rows for cell in row if cell.startswith(files.FORMULA) or "\n" in cell or "\r" in cell]


def test_taking_a_file_is_recorded_without_what_is_in_it(signed_in: Any, sam: Person) -> None:
    warning(title="Patch the gateway")
    signed_in(sam).get(FILE)
    row = db.session.scalars(select(audit.Audit).where(audit.Audit.action == "export.warnings")).one()
    assert (row.actor, row.detail) == (sam.id, {"count": 1, "label": "TLP:GREEN"})


def test_defender_gets_what_it_imports(signed_in: Any, sam: Person) -> None:
    with_values(Marking.GREEN, "198.51.100.7", "203.0.113.0/24", kind="ipv4")
    rows = _rows(signed_in(sam).get("/exports/defender.csv?kind=ip"))
    assert rows[0] == list(defender.COLUMNS)
    assert len(rows) == 2
    assert dict(zip(*rows, strict=True)) | {"ExpirationTime": ""} == {
        "IndicatorType": "IpAddress",
        "IndicatorValue": "198.51.100.7",
        "ExpirationTime": "",
        "Action": "Block",
        "Severity": "Medium",
        "Title": "WARP Hub TLP:GREEN",
        "Description": "From a warning in WARP Hub under TLP:GREEN",
        "RecommendedActions": "",
        "RbacGroups": "",
        "Category": "",
        "MitreTechniques": "",
        "GenerateAlert": "TRUE",
    }


def test_defender_takes_no_more_than_it_can(signed_in: Any, sam: Person) -> None:
    with_values(Marking.GREEN, *(f"{number}.value.example" for number in range(defender.MOST + 5)))
    assert len(_rows(signed_in(sam).get("/exports/defender.csv?kind=nonsense"))) == defender.MOST + 1
