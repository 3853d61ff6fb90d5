"""What the demonstration's members write: invented, harmless to publish, and enough of it."""

import json
from collections import Counter

import pytest

from warp_hub.demo import community, questions, reports, sessions, supplier
from warp_hub.incidents import indicators
from warp_hub.text.identifying import Known, find_identifiers

COUNCILS = tuple(name for names in (*community.COUNCILS.values(), *community.ASSOCIATES.values()) for name in names)
PEOPLE = tuple(name for name, _, _ in community.PERSONAS.values())


def test_there_are_as_many_of_each_as_a_visitor_should_find() -> None:
    states = Counter(report["then"] for report in reports.told())
    assert states.total() == 25
    assert {"released", "withdrawn", "approved", "waiting", "declined"} == set(states)
    assert {report["promise"] for report in reports.told()} == {"named", "anonymised"}
    assert sum("by_phone" in report for report in reports.told()) == 2
    assert len(questions.told()) == 15
    assert any(one["booked"] > one.get("places", 1000) for one in sessions.told())


@pytest.mark.parametrize("report", reports.told(), ids=lambda report: report["title"] or report["what"][:40])
def test_a_report_names_nobody(report) -> None:
    text = "\n".join([report["title"], *(report[part] for part in reports.PARTS)])
    assert find_identifiers(text, Known(names=COUNCILS, people=PEOPLE)) == []
    assert indicators.parse(report.get("look_for", ())).unread == ()


def test_everybody_who_speaks_is_somebody_of_the_community() -> None:
    known = {*COUNCILS, *community.PERSONAS}
    speakers = {question["by"] for question in questions.told()}
    speakers |= {reply["by"] for question in questions.told() for reply in question.get("replies", ())}
    assert speakers <= known
    assert {report["at"] for report in reports.told()} <= set(COUNCILS)
    assert community.LAPSED not in speakers | {report["at"] for report in reports.told()}


def test_the_bulletin_repeats_the_suppliers_notice_by_its_number() -> None:
    number = json.loads(supplier.NOTICE.read_text())["document"]["tracking"]["id"]
    assert f">{number}</guid>" in supplier.REPEATED.read_text()
