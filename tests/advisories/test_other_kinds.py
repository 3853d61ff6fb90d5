"""Warnings from CSAF, RSS and lists of what is exploited: in the hub, on a page, and their originals at the desk."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import factories
from tests.advisories.conftest import Hub
from tests.advisories.stix_objects import Feed, newer, report
from tests.conftest import REAL_DATA
from tests.feeds.dialects import encoded
from tests.feeds.documents import csaf, kev_entry, kev_list, rss, rss_item
from tests.feeds.samples import moment
from tests.feeds.servers import Reply, Request, serving
from tests.portal import browser, portal, signed_in
from warp_hub import db
from warp_hub.advisories.models import Advisory, SourceKind
from warp_hub.advisories.originals import Original
from warp_hub.sharing.models import Delivery, Item, ItemKind, Severity, Subject
from warp_hub.tlp import Marking, Outlet

__all__ = ["browser", "portal", "signed_in"]

FOLDER = REAL_DATA / "advisories"


def _warnings(hub: Hub) -> dict[str, Item]:
    return {item.title: item for item in hub.rows(Item) if item.kind is ItemKind.ADVISORY}


def test_a_csaf_advisory_is_a_warning_with_its_words_its_label_and_its_products(hub: Hub) -> None:
    feed = hub.feed(kind=SourceKind.CSAF, trusted=True, marking=Marking.AMBER)
    feed.file.write_bytes(encoded(csaf(1)))
    assert hub.pull(feed).line() == "fetched 4 stored 4 updated 0 duplicate 0 quarantined 0"
    warning = _warnings(hub)["Gateway warning 1"]
    assert (warning.marking, warning.severity) == (Marking.GREEN, Severity.ACT_TODAY)
    assert {item.marking for item in hub.rows(Item) if item.title != "Harbour Networks"} == {Marking.GREEN}
    (advisory,) = hub.rows(Advisory)
    assert (advisory.external_id, advisory.cvss) == ("HN-1", 9.1)
    assert "Install version 2." in advisory.to_do["en"]
    assert "Install version 2." not in advisory.body["en"]
    about = {(subject.kind, subject.value) for subject in hub.rows(Subject)}
    assert {("cve", "CVE-2025-10001"), ("product", "Gateway"), ("vendor", "Harbour Networks")} <= about


def test_a_newer_advisory_is_the_same_warning_with_the_newer_original_and_a_withdrawn_one_goes(hub: Hub) -> None:
    feed = hub.feed(kind=SourceKind.CSAF, trusted=True)
    for title, when, category in (("First", 1, "csaf_base"), ("Second", 2, "csaf_base"), ("Gone", 3, "csaf_withdrawn")):
        tracking = {"id": "HN-1", "current_release_date": moment(when), "initial_release_date": moment(1)}
        raw = encoded(csaf(1, title=title, tracking=tracking, category=category))
        feed.file.write_bytes(raw)
        hub.pull(feed)
        assert list(_warnings(hub)) == [title]
        assert [row.content for row in hub.rows(Original)] == [raw]
    assert _warnings(hub)["Gone"].withdrawn_at is not None


def test_a_label_that_nobody_knows_holds_a_warning_back(hub: Hub) -> None:
    feed = hub.feed(kind=SourceKind.RSS, trusted=True)
    feed.file.write_bytes(
        rss([rss_item(1, title="TLP:PURPLE Notice 1"), rss_item(2, title="TLP:CLEAR TLP:RED Notice 2")])
    )
    hub.pull(feed)
    held, strict = _warnings(hub)["Notice 1"], _warnings(hub)["Notice 2"]
    assert held.held
    assert held.published_at is None
    assert strict.marking is Marking.RED


@pytest.mark.parametrize("list_comes", ["before", "after", "between"])
def test_a_list_that_one_warp_reads_makes_nothing_urgent_for_another(hub: Hub, list_comes: str) -> None:
    ours, theirs = factories.warp(), factories.warp("Westmarch")
    listed = hub.feed(ours, kind=SourceKind.KEV, trusted=True)
    listed.file.write_bytes(kev_list([kev_entry(1, cveID="CVE-2026-1000")]))
    feeds = {"Ours": hub.feed(ours), "Theirs": hub.feed(theirs), "Both": hub.feed(ours, theirs)}
    sent = {name: report(name=name, description="CVE-2026-1000", labels=["low"]) for name in feeds}

    def pull(change: str = "") -> None:
        for name, feed in feeds.items():
            hub.pull(feed, newer(sent[name], name=name + change) if change else sent[name])

    if list_comes == "before":
        hub.pull(listed)
    pull()
    if list_comes != "before":
        hub.pull(listed)
    if list_comes == "between":
        pull(", changed")
    urgent = {title[:4] for title, item in _warnings(hub).items() if item.severity is Severity.ACT_TODAY}
    assert urgent == {"Ours"}


def test_what_is_known_to_be_exploited_is_knowledge_and_no_warning(hub: Hub) -> None:
    feed = hub.feed(kind=SourceKind.KEV, trusted=True)
    feed.file.write_bytes(kev_list([kev_entry(n) for n in range(30)]))
    assert hub.pull(feed).stored == 30
    assert _warnings(hub) == {}
    assert hub.pull(feed).fetched == 0


@contextmanager
def _real(kind: SourceKind, folder: Path) -> Iterator[str]:
    """Lend the address at which the real documents of a kind are served, as their publisher serves them."""
    if kind is SourceKind.KEV:
        yield str(FOLDER / "kev_2025-08-25.json")
        return
    documents = {path.name.removeprefix("cisa_"): path.read_bytes() for path in FOLDER.glob("cisa_va-*.json")}
    feed = (FOLDER / "cisa-csaf-it-feed-tlp-white.json").read_bytes()

    def answer(request: Request) -> Reply:
        name = request.path.rpartition("/")[2]
        moved = re.sub(rb"https://[^\"]+/csaf_files/", b"/csaf_files/", feed)
        return Reply(moved) if "feed" in name else Reply(documents[name]) if name in documents else Reply({}, 404)

    with serving(answer) as server:
        yield server.url("/csaf_files/IT/white/feed.json")


@pytest.mark.real_data
@pytest.mark.parametrize("kind", [SourceKind.CSAF, SourceKind.KEV])
def test_real_documents_of_real_publishers_arrive_once(hub: Hub, kind: SourceKind, tmp_path: Path) -> None:
    with _real(kind, tmp_path) as url:
        feed = hub.feed(kind=kind, url=url, trusted=True)
        first, again = hub.pull(feed), hub.pull(feed)
    assert first.stored
    assert (first.quarantined, again.stored, again.updated) == (0, 0, 0)
    assert len(_warnings(hub)) == (0 if kind is SourceKind.KEV else 4)


@pytest.mark.real_data
def test_every_real_advisory_of_a_folder_is_a_warning_that_says_what_to_do(hub: Hub, tmp_path: Path) -> None:
    for path in FOLDER.glob("*.json"):
        shutil.copy(path, tmp_path / path.name)
    feed = hub.feed(kind=SourceKind.CSAF, url=str(tmp_path), trusted=True)
    first, again = hub.pull(feed), hub.pull(feed)
    assert (first.quarantined, again.stored, again.updated) == (2, 0, 0)
    aside = {row.reason.partition(":")[0] for row in hub.aside(feed)}
    assert aside == {"cisa-csaf-it-feed-tlp-white.json", "kev_2025-08-25.json"}
    advisories = hub.rows(Advisory)
    assert len(advisories) == len(hub.rows(Original)) == 16
    without = [row.external_id for row in advisories if not row.to_do]
    assert without == ["RHSA-2019:1862"]  # it only says that support ends
    assert all(row.body["en"] and row.links for row in advisories)
    assert {item.marking for item in _warnings(hub).values()} == {Marking.CLEAR, Marking.GREEN}


@pytest.fixture
def desk(hub: Hub, signed_in: Any) -> tuple[Hub, Any, Any, Any]:
    """Lend a desk with a source that serves it, its coordinator's browser and one of another WARP's."""
    here, there = factories.warp("Here"), factories.warp("There")
    mine, other = factories.coordinator(here), factories.coordinator(there)
    db.session.commit()
    return hub, here, signed_in(mine), signed_in(other)


def _address(item: Item) -> str:
    return f"/desk/warnings/{item.id}/original"


def test_the_original_is_downloaded_at_the_desk_and_nowhere_else(desk: Any, browser: Any) -> None:
    hub, here, mine, other = desk
    feed: Feed = hub.feed(here, kind=SourceKind.CSAF)
    raw = encoded(csaf(1))
    feed.file.write_bytes(raw)
    hub.pull(feed)
    warning = _warnings(hub)["Gateway warning 1"]
    page = mine.get(f"/desk/warnings/{warning.id}").text
    assert _address(warning) in page
    assert "csaf_version" in page
    answer = mine.get(_address(warning))
    assert answer.data == raw
    shown = answer.headers["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename\*=UTF-8''TLP-GREEN%20original%20[\d-]{10}\.json", shown)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.mimetype == "application/octet-stream"
    assert [(row.item_id, row.outlet) for row in hub.rows(Delivery)] == [(warning.id, Outlet.FILE)]
    assert other.get(_address(warning)).status_code == 404
    assert browser.get(_address(warning)).status_code != 200


def test_of_stix_the_stored_object_is_the_original_and_what_is_red_does_not_travel(desk: Any) -> None:
    hub, here, mine, _ = desk
    feed = hub.feed(here, kind=SourceKind.RSS)
    feed.file.write_bytes(rss([rss_item(1, title="TLP:RED Notice 1")]))
    hub.pull(feed)
    red = _warnings(hub)["Notice 1"]
    assert mine.get(f"/desk/warnings/{red.id}").status_code == 200
    assert mine.get(_address(red)).status_code == 404
    plain, sent = hub.feed(here), {"type": "report", "spec_version": "2.1", "id": f"report--{red.id}", "name": "Plain"}
    sent |= {"created": moment(1), "modified": moment(1), "published": moment(1), "object_refs": [f"report--{red.id}"]}
    hub.pull(plain, sent)
    assert json.loads(mine.get(_address(_warnings(hub)["Plain"])).data) == sent
