"""CSAF: what a warning says, whom it may reach, how grave it is; and feeds whose documents come and go."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from feeds import csaf_document, made, opening
from feeds.contract import Endpoint, FeedError, Limits, NotStix, Page, StixObject
from tests.feeds.contract import taken
from tests.feeds.dialects import encoded
from tests.feeds.documents import Json, csaf, rolie, vulnerability
from tests.feeds.samples import moment
from tests.feeds.servers import LoopbackServer, Reply, Request, serving

LIMITS = Limits()


def _read(document: Json) -> dict[str, list[StixObject]]:
    """Return what a document becomes, by type."""
    found: dict[str, list[StixObject]] = {}
    for each in csaf_document.read(encoded(document), LIMITS):
        assert isinstance(each, StixObject)
        found.setdefault(each.type, []).append(each)
    return found


def read_report(document: Json) -> dict[str, Any]:
    (report,) = _read(document)["report"]
    return report.data


def _graded(**changes: Any) -> dict[str, Any]:
    return read_report(csaf(1, changes={"vulnerabilities": [vulnerability(1, **changes)]}))


def test_an_advisory_becomes_a_warning_with_what_stands_behind_it() -> None:
    found = _read(csaf(1))
    (report,), (weakness,), (product,), (publisher,) = (
        found[kind] for kind in ("report", "vulnerability", "software", "identity")
    )
    label = made.label_ref("GREEN")
    assert report.data["name"] == "Gateway warning 1"
    assert report.data["external_references"][0] == {
        "source_name": "Harbour Networks",
        "external_id": "HN-1",
        "url": "https://harbour.example/a/1",
    }
    assert report.data["object_refs"] == [weakness.id, product.id]
    assert (report.data["created_by_ref"], publisher.data["name"]) == (publisher.id, "Harbour Networks")
    assert (weakness.data["name"], weakness.data["x_warp_hub_cvss"]) == ("CVE-2025-10001", 9.1)
    assert product.data["name"] == "Gateway"
    assert product.data["vendor"] == "Harbour Networks"
    assert product.data["cpe"] == "cpe:2.3:a:harbour:gateway:*:*:*:*:*:*:*:*"
    assert all(one.data["object_marking_refs"] == [label] for one in (report, weakness, product))


def test_the_document_itself_is_kept_byte_for_byte_with_the_warning_alone() -> None:
    raw = encoded(csaf(1))
    kept = [each.original for each in csaf_document.read(raw, LIMITS) if isinstance(each, StixObject) and each.original]
    assert [(one.name, one.media_type, one.content) for one in kept] == [("hn-1.json", "application/json", raw)]


def test_what_to_do_stands_right_behind_the_summary_and_the_fix_comes_first() -> None:
    told = read_report(csaf(1))["description"]
    assert told.startswith("An attacker can pass the gateway.\n\n## What to do\n\n- Install version 2.")
    assert "<https://harbour.example/2>\n- Close the port." in told
    assert "**CVE-2025-10001** (CVSS 9.1): The gateway lets strangers in" in told
    assert "Affected: Harbour Networks Gateway 1\nFixed in: Harbour Networks Gateway 2" in told


def test_what_announces_a_list_that_is_not_there_is_no_advice() -> None:
    announced = {"category": "mitigation", "details": "Do the following:", "product_ids": ["P1"]}
    remedies = [announced, {"category": "mitigation", "details": "Close the port."}]
    assert "## What to do\n\n- Close the port.\n\n" in _graded(remediations=remedies)["description"]


def test_without_remedies_the_notes_that_recommend_say_what_to_do() -> None:
    notes = [
        {"category": "summary", "text": "Short."},
        {"category": "legal_disclaimer", "title": "Legal", "text": "As is."},
        {"category": "general", "title": "Recommended practices", "text": "Keep it off the internet."},
    ]
    told = read_report(csaf(1, notes=notes, changes={"vulnerabilities": []}))["description"]
    assert told == "Short.\n\n## What to do\n\nKeep it off the internet."


@pytest.mark.parametrize("word", ["WHITE", "CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED", "tlp:amber+strict"])
def test_labels_of_both_versions_of_tlp_are_read(word: str) -> None:
    known = made.label_ref(word.upper().removeprefix("TLP:"))
    assert read_report(csaf(1, tlp=word))["object_marking_refs"] == [known]
    assert known != made.label_ref("PURPLE")


def test_without_a_label_there_is_none_and_limits_in_words_go_along() -> None:
    assert "object_marking_refs" not in read_report(csaf(1, tlp=None))
    for nothing in ("Disclosure is not limited", "Copyright © 2026 Harbour Networks. All rights reserved."):
        assert "marking-definition" not in _read(csaf(1, distribution={"text": nothing}))
    found = _read(csaf(1, tlp=None, distribution={"text": "For operators of water works only."}))
    (limits,) = found["marking-definition"]
    assert limits.data["definition"] == {"statement": "For operators of water works only."}
    assert all(one.data["object_marking_refs"] == [limits.id] for one in found["report"] + found["software"])


def test_the_highest_score_of_any_version_counts_and_version_two_only_alone() -> None:
    scores = [{"cvss_v2": {"baseScore": 10.0}, "cvss_v3": {"baseScore": 7.5}, "products": ["P1"]}]
    metrics = [{"content": {"cvss_v4": {"baseScore": 8.7}}, "products": ["P1"]}]
    assert _graded(scores=scores)["x_warp_hub_cvss"] == 7.5
    assert _graded(scores=scores, metrics=metrics)["x_warp_hub_cvss"] == 8.7
    assert _graded(scores=[{"cvss_v2": {"baseScore": 6}}])["x_warp_hub_cvss"] == 6.0


def test_a_vex_that_says_not_affected_alarms_nobody() -> None:
    harmless = {"known_not_affected": ["P1"]}
    threats = [{"category": "impact", "details": "The code is not in it.", "product_ids": ["P1"]}]
    document = csaf(
        1,
        category="csaf_vex",
        changes={"vulnerabilities": [vulnerability(1, product_status=harmless, threats=threats, remediations=[])]},
    )
    found = _read(document)
    report = found["report"][0].data
    assert "x_warp_hub_cvss" not in report
    assert "software" not in found
    assert (
        "Not affected: Harbour Networks Gateway 1\nWhy it is not affected: The code is not in it."
        in (report["description"])
    )


def test_the_words_of_a_publisher_grade_a_warning_and_attacks_go_before() -> None:
    severity = read_report(csaf(1, aggregate_severity={"text": "Important"}))["x_warp_hub_severity"]
    exploited = [{"category": "exploit_status", "details": "Publicly Disclosed:No;Exploited:Yes"}]
    assert severity == "high"
    assert _graded(threats=exploited)["x_warp_hub_exploited"] is True
    assert "x_warp_hub_exploited" not in _graded(threats=[{"category": "exploit_status", "details": "Exploited:No"}])


def test_the_last_revision_dates_a_warning_and_a_withdrawn_one_is_revoked() -> None:
    tracking = {
        "id": "HN-1",
        "initial_release_date": "2026-01-01T00:00:00+01:00",
        "current_release_date": "2026-01-02T00:00:00Z",
        "revision_history": [{"date": "2026-01-03T12:00:00.25Z"}, {"date": "never"}],
    }
    report = read_report(csaf(1, tracking=tracking, category="csaf_withdrawn"))
    assert report["created"] == "2025-12-31T23:00:00.000Z"
    assert report["modified"] == "2026-01-03T12:00:00.250Z"
    assert report["revoked"] is True


def test_one_product_of_many_versions_is_one_and_packages_are_found_by_what_they_run_on() -> None:
    tree = {
        "branches": [
            {
                "category": "vendor",
                "name": "Penguin",
                "branches": [
                    {
                        "category": "product_name",
                        "name": "Penguin Linux 9",
                        "product": {"product_id": "L9", "name": "Penguin Linux 9"},
                    },
                    {
                        "category": "architecture",
                        "name": "x86",
                        "branches": [
                            {
                                "category": "product_version",
                                "name": "telnet-1.2.x86",
                                "product": {"product_id": "telnet", "name": "telnet-1.2.x86"},
                            }
                        ],
                    },
                ],
            }
        ],
        "relationships": [
            {
                "full_product_name": {"product_id": "L9:telnet", "name": "telnet of Penguin Linux 9"},
                "product_reference": "telnet",
                "relates_to_product_reference": "L9",
            }
        ],
    }
    weak = vulnerability(1, product_status={"fixed": ["L9:telnet"]})
    (product,) = _read(csaf(1, changes={"product_tree": tree, "vulnerabilities": [weak]}))["software"]
    assert (product.data["vendor"], product.data["name"]) == ("Penguin", "Penguin Linux 9")


@dataclass
class _Publisher:
    """A publisher whose feed and documents a test changes."""

    documents: dict[str, Json] = field(default_factory=dict)
    dates: dict[str, str] = field(default_factory=dict)
    fails: Callable[[str], Reply | None] = field(default=lambda _: None)

    def publish(self, number: int, when: str = "") -> None:
        self.documents[f"/d/{number}"] = csaf(number)
        self.dates[f"/d/{number}"] = when or moment(number)

    def __call__(self, request: Request) -> Reply:
        if request.path == "/feed.json":
            return Reply(rolie([(path, path, when) for path, when in self.dates.items()]))
        return self.fails(request.path) or Reply(self.documents[request.path])


@contextmanager
def _published(*numbers: int) -> Iterator[tuple[_Publisher, LoopbackServer, Endpoint]]:
    publisher = _Publisher()
    for number in numbers:
        publisher.publish(number)
    with serving(publisher) as server:
        yield publisher, server, Endpoint(server.url("/feed.json"), allow_private=True)


def _pull(endpoint: Endpoint, limits: Limits, cursor: str | None = None) -> tuple[list[str], list[str], str | None]:
    pages: list[Page] = list(opening.pull("csaf", endpoint, cursor, limits))
    names = [each.data["name"] for page in pages for each in page.objects if each.type == "report"]
    return names, [bad.reason for page in pages for bad in page.bad], pages[-1].cursor


def test_a_second_pull_of_a_feed_asks_only_for_what_is_new_even_if_it_is_dated_back(quick: Limits) -> None:
    with _published(100, 200) as (publisher, server, endpoint):
        _, _, cursor = _pull(endpoint, quick)
        publisher.publish(150)
        publisher.publish(200, moment(300))
        before = len(server.requests)
        names, bad, _ = _pull(endpoint, quick, cursor)
        asked = [request.path for request in server.requests[before:]]
    assert names == ["Gateway warning 150", "Gateway warning 200"]
    assert asked == ["/feed.json", "/d/150", "/d/200"]
    assert not bad


def test_documents_that_are_refused_today_stop_no_other_and_come_when_they_are_let_go(quick: Limits) -> None:
    refused = {f"/d/{number}": Reply({}, 403) for number in (1, 2, 3, 4)}
    with _published(1, 2, 3, 4, 5) as (publisher, _, endpoint):
        publisher.fails = refused.get
        names, bad, cursor = _pull(endpoint, quick)
        assert names == ["Gateway warning 5"]
        assert bad == ["The source does not let us read this (403)."] * 4
        publisher.fails = lambda _: None
        names, bad, _ = _pull(endpoint, quick, cursor)
    assert names == [f"Gateway warning {number}" for number in (1, 2, 3, 4)]
    assert not bad


def test_a_document_that_is_gone_is_reported_and_one_that_cannot_be_had_today_comes_tomorrow(quick: Limits) -> None:
    with _published(1, 2, 3) as (publisher, _, endpoint):
        publisher.fails = lambda path: {"/d/1": Reply({}, 404), "/d/2": Reply({}, 503)}.get(path)
        names, bad, cursor = _pull(endpoint, quick)
        assert names == ["Gateway warning 3"]
        assert bad == ["The source has nothing at this address (404)."]
        publisher.fails = lambda _: None
        names, bad, _ = _pull(endpoint, quick, cursor)
    assert names == ["Gateway warning 2"]
    assert not bad


def test_a_publisher_that_is_down_is_not_asked_for_each_document(quick: Limits) -> None:
    with _published(*range(20)) as (publisher, server, endpoint):
        publisher.fails = lambda _: Reply({}, 503)
        with pytest.raises(FeedError, match="fault of its own"):
            _pull(endpoint, Limits(tries=1, sleep=lambda _: None))
        assert len(server.requests) < 6


def test_no_request_follows_an_entry_to_another_host(quick: Limits) -> None:
    with serving(lambda _: Reply(csaf(9))) as other, _published(1) as (publisher, _, endpoint):
        publisher.dates[other.url("/d/9")] = moment(9)
        publisher.dates["file:///etc/passwd"] = moment(10)
        names, bad, _ = _pull(endpoint, quick)
        assert other.connections == 0
    assert names == ["Gateway warning 1"]
    assert len(bad) == 2


def test_an_entry_dated_into_the_future_does_not_silence_the_feed(quick: Limits) -> None:
    with _published(1) as (publisher, _, endpoint):
        publisher.publish(2, "9999-01-01T00:00:00Z")
        _, _, cursor = _pull(endpoint, quick)
        publisher.publish(3, "2026-11-01T00:00:00Z")
        names, _, cursor = _pull(endpoint, quick, cursor)
        assert names == ["Gateway warning 3"]
        assert _pull(endpoint, quick, cursor)[0] == []


def test_one_document_at_an_address_is_read_again_only_when_it_changed(quick: Limits) -> None:
    shown = [csaf(1)]
    with serving(lambda _: Reply(shown[0])) as server:
        endpoint = Endpoint(server.url("/a.json"), allow_private=True)
        names, _, cursor = _pull(endpoint, quick)
        assert names == ["Gateway warning 1"]
        assert _pull(endpoint, quick, cursor)[0] == []
        shown[0] = csaf(1, title="Another title")
        assert _pull(endpoint, quick, cursor)[0] == ["Another title"]


def test_a_folder_is_read_with_its_years_and_a_bad_file_is_named(tmp_path: Path, quick: Limits) -> None:
    (tmp_path / "2025").mkdir()
    (tmp_path / "2025" / "a.json").write_bytes(encoded(csaf(1)))
    (tmp_path / "b.json").write_bytes(b"{}")
    found, bad = taken(opening.pull("csaf", Endpoint(str(tmp_path)), None, quick))
    assert [each.data["name"] for each in found if each.type == "report"] == ["Gateway warning 1"]
    assert [each.reason for each in bad] == ["b.json: This is JSON, but not a CSAF document."]


def test_a_feed_in_a_file_and_a_publisher_s_own_page_say_what_to_enter(tmp_path: Path, quick: Limits) -> None:
    file = tmp_path / "feed.json"
    file.write_bytes(encoded(rolie([])))
    with pytest.raises(NotStix, match="enter its https address"):
        _pull(Endpoint(str(file)), quick)
    with serving(lambda _: Reply({"distributions": []})) as server, pytest.raises(NotStix, match="ROLIE feeds"):
        _pull(Endpoint(server.url("/"), allow_private=True), quick)
