"""By which words a pulled warning is found: its own, the newest, and no others."""

from tests import factories
from tests.advisories.conftest import Hub, fresh
from tests.advisories.stix_objects import made, newer, report
from warp_hub import db
from warp_hub.advisories import finding, queue
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing.visibility import search_visible
from warp_hub.tlp import Marking, Outlet, Viewer

BODY = "Attackers reach **gateways** &amp; firewalls.\n\n## What to do\n\nUpgrade to 7.4.9."


def _titles(query: str, viewer: Viewer) -> list[str]:
    fresh()
    return [item.title for item in db.session.scalars(search_visible(query, viewer))]


def test_a_pulled_warning_is_found_by_what_it_says_and_what_it_is_about(hub: Hub) -> None:
    feed = hub.feed(trusted=True)
    sam = viewer_of(factories.member(feed.warps[0]).id, Proof.FULL)
    links = [{"source_name": "cve", "external_id": "CVE-2026-1234"}, {"source_name": "vendor", "external_id": "VU-77"}]
    behind = made("malware", name="Emotet", is_family=True, marking=Marking.RED)
    first = report(behind, name="FortiOS", description=BODY, labels=["product: FortiGate"], external_references=links)
    hub.pull(feed, first, behind)
    for query in ("fortios", "gateways", "firewall", "upgrade 7.4.9", "fortigate", "CVE-2026-1234", "VU-77"):
        assert _titles(query, sam) == ["FortiOS"], query
    for query in ("emotet", "strong", "li"):
        assert _titles(query, sam) == [], query
    texts = finding.texts_of([hub.item(feed, first).id], sam, Outlet.SEARCH)
    assert "Attackers reach gateways & firewalls." in next(iter(texts.values()))


def test_a_newer_version_is_found_by_its_own_words_alone(hub: Hub) -> None:
    feed = hub.feed(trusted=True)
    sam = viewer_of(factories.member(feed.warps[0]).id, Proof.FULL)
    first = report(name="One", description="kestrel")
    hub.pull(feed, first)
    hub.pull(feed, newer(first, name="Two", description="osprey"))
    assert _titles("kestrel OR one", sam) == []
    assert _titles("osprey", sam) == _titles("two", sam) == ["Two"]


def test_a_note_is_found_by_the_members_it_is_for(hub: Hub) -> None:
    feed = hub.feed(trusted=True)
    sam = viewer_of(factories.member(feed.warps[0]).id, Proof.FULL)
    ann = viewer_of(factories.coordinator(feed.warps[0]).id, Proof.FULL)
    hub.pull(feed, warning := report())
    note = queue.write_note(hub.item(feed, warning), feed.warps[0].id, {"en": "We saw a *kestrel*"}, ann)
    db.session.commit()
    assert _titles("kestrel", sam) == [""]
    assert _titles("kestrel", viewer_of(factories.member(factories.warp()).id, Proof.FULL)) == []
    assert finding.note_texts_of([note.id], sam, Outlet.SEARCH) == {note.id: "We saw a kestrel"}
