"""RSS, Atom and the list of what is exploited: words, labels and dates, and what came before."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from feeds import made, moments, opening, plain_html
from feeds.contract import Endpoint, Limits, StixObject
from tests.feeds.contract import taken
from tests.feeds.documents import kev_entry, kev_list, rss, rss_item

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:m="http://search.yahoo.com/mrss/"><title>Notices</title>
<entry><m:title>Not the title</m:title><title type="html">Patch &lt;b&gt;now&lt;/b&gt;</title><id>tag:n,2026:1</id>
<link rel="self" href="https://n.example/self"/><link href="https://n.example/1"/>
<published>2026-01-01T00:00:00Z</published><updated>2026-02-01T00:00:00+01:00</updated><category term="Critical"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>First</p><p><b>Second</b></p></div></content>
</entry></feed>"""


class _Source:
    """A file that a test rewrites, pulled on from where the last pull ended."""

    def __init__(self, kind: str, file: Path, limits: Limits) -> None:
        self.kind, self.file, self.limits = kind, file, replace(limits, now=lambda: NOW)
        self.cursor: str | None = None

    def pull(self, document: bytes | str) -> list[StixObject]:
        """Return the warnings and vulnerabilities that are new."""
        self.file.write_bytes(document if isinstance(document, bytes) else document.encode())
        pages = list(opening.pull(self.kind, Endpoint(str(self.file)), self.cursor, self.limits))
        self.cursor = pages[-1].cursor
        assert not [bad for page in pages for bad in page.bad]
        return [each for page in pages for each in page.objects if each.type != "identity"]


@pytest.fixture
def feed(tmp_path: Path, quick: Limits) -> _Source:
    return _Source("rss", tmp_path / "feed.xml", quick)


@pytest.fixture
def known(tmp_path: Path, quick: Limits) -> _Source:
    return _Source("kev", tmp_path / "known.json", quick)


def test_an_entry_becomes_a_warning_with_its_address_and_its_entry_kept(feed: _Source) -> None:
    (report,) = feed.pull(rss([rss_item(1, category="Networks", guid="N-1")]))
    assert report.data["name"] == "Notice 1"
    assert report.data["description"] == "Install the update."
    assert report.data["modified"] == "2025-01-01T00:00:01.000Z"
    assert report.data["labels"] == ["Networks"]
    reference = {"source_name": "Harbour notices", "url": "https://harbour.example/n/1", "external_id": "N-1"}
    assert report.data["external_references"] == [reference]
    assert report.original
    assert b"<title>Notice 1</title>" in report.original.content


def test_atom_is_read_with_its_own_titles_alone_and_its_last_change(feed: _Source) -> None:
    (report,) = feed.pull(ATOM)
    assert report.data["name"] == "Patch now"
    assert report.data["description"] == "First\n\n**Second**"
    assert (report.data["created"], report.data["modified"]) == ("2026-01-01T00:00:00.000Z", "2026-01-31T23:00:00.000Z")
    assert report.data["external_references"][0]["url"] == "https://n.example/1"
    assert report.data["labels"] == ["Critical"]


@pytest.mark.parametrize(
    ("title", "name", "labels"),
    [
        ("TLP:GREEN Patch now", "Patch now", ["GREEN"]),
        ("[TLP:AMBER+STRICT] Patch now", "Patch now", ["AMBER+STRICT"]),
        ("(tlp: white) - Patch now", "Patch now", ["CLEAR"]),
        ("Patch now (TLP:RED)", "Patch now", ["RED"]),
        ("TLP:CLEAR TLP:AMBER Patch now", "Patch now", ["CLEAR", "AMBER"]),
        ("TLP:PURPLE Patch now", "Patch now", ["PURPLE"]),
        ("Patch now", "Patch now", []),
    ],
)
def test_a_label_in_a_title_is_the_label(feed: _Source, title: str, name: str, labels: list[str]) -> None:
    (report,) = feed.pull(rss([rss_item(1, title=title)]))
    assert report.data["name"] == name
    assert report.data.get("object_marking_refs", []) == [made.label_ref(word) for word in labels]


def test_what_was_taken_is_not_taken_again_and_what_changed_in_silence_is_a_new_version(feed: _Source) -> None:
    first = rss_item(1)
    assert len(feed.pull(rss([first, rss_item(2, pubDate="")]))) == 2
    assert feed.pull(rss([first, rss_item(2, pubDate="")])) == []
    (changed,) = feed.pull(rss([rss_item(1, description="Install the other update.")]))
    assert changed.data["modified"] == moments.written(NOW)
    assert feed.pull(rss([first])) != []


def test_two_entries_of_one_name_are_one_and_no_pull_takes_them_for_changed(feed: _Source) -> None:
    twice = rss([rss_item(2, guid="N-1"), rss_item(1, guid="N-1")])
    (report,) = feed.pull(twice)
    assert report.data["name"] == "Notice 2"
    assert feed.pull(twice) == []


@pytest.mark.parametrize("depth", [2_000, 60_000])
def test_an_entry_whose_parts_lie_too_deep_costs_only_itself(tmp_path: Path, quick: Limits, depth: int) -> None:
    file, deep = tmp_path / "feed.xml", "<b>" * depth + "</b>" * depth
    within = "<item><title>Deep</title><link>https://n.example/9</link><description>{}</description>{}</item>"
    file.write_text(f"<rss><channel>{rss_item(1)}{within.format(deep, '')}{within.format('', deep)}</channel></rss>")
    objects, bad = [], []
    for page in opening.pull("rss", Endpoint(str(file)), None, quick):
        objects += [each.data["name"] for each in page.objects if each.type == "report"]
        bad += page.bad
    assert objects == ["Notice 1"]
    assert {each.reason for each in bad} == {"its parts lie too deep in one another"}
    assert {each.reason for one in bad for each in opening.again("rss", one.raw)} == {bad[0].reason}


def test_an_entry_without_a_date_is_dated_when_it_was_seen(feed: _Source) -> None:
    (report,) = feed.pull(rss([rss_item(1, pubDate="soon")]))
    assert report.data["modified"] == moments.written(NOW)


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("Plain *text* & <3\nsecond line", "Plain \\*text\\* & \\<3\nsecond line"),
        ("<p>One</p><p>Two <b>bold</b></p>", "One\n\nTwo **bold**"),
        ("<h1>Solution</h1><ul><li>a<li>b</ul>", "## Solution\n\n- a\n- b"),
        ('<a href="https://x.example/a(b)">here</a>', "[here](<https://x.example/a(b)>)"),
        ('<a href="javascript:alert(1)">here</a>', "here"),
        ("a<script>alert(1)</script><style>b{}</style>c", "ac"),
        ("&lt;script&gt; &amp; <br>next", "\\<script\\> &\nnext"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a | b |"),
    ],
)
def test_html_becomes_markdown_that_means_the_same(html: str, markdown: str) -> None:
    assert plain_html.markdown_of(html) == markdown


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Wed, 01 Jan 2025 00:00:00 +0200", "2024-12-31T22:00:00.000Z"),
        ("Wed, 01 Jan 2025 00:00:00 GMT", "2025-01-01T00:00:00.000Z"),
        ("Mon, 30 Feb 2026 00:00:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
        ("soon", None),
    ],
)
def test_dates_of_mail_are_read_or_not_at_all(written: str, read: str | None) -> None:
    assert moments.of_mail(written) == read


def _data(objects: list[StixObject]) -> list[dict[str, Any]]:
    return [each.data for each in objects]


def test_an_entry_of_the_list_says_since_when_it_is_exploited(known: _Source) -> None:
    (weak,) = _data(known.pull(kev_list([kev_entry(1)])))
    assert (weak["type"], weak["name"]) == ("vulnerability", "CVE-2025-10001")
    assert weak["x_warp_hub_exploited_since"] == "2025-01-02"
    assert weak["x_warp_hub_ransomware"] is True
    assert (weak["x_warp_hub_vendor"], weak["x_warp_hub_product"]) == ("Harbour Networks", "Gateway")
    assert weak["description"].endswith("## What to do\n\nInstall the update.")
    assert weak["external_references"][0] == {"source_name": "cve", "external_id": "CVE-2025-10001"}


def test_an_entry_that_changes_is_a_version_of_the_list_s_own_date(known: _Source) -> None:
    known.pull(kev_list([kev_entry(1), kev_entry(2)]))
    assert known.pull(kev_list([kev_entry(1), kev_entry(2)], dateReleased="2025-12-02T00:00:00Z")) == []
    changed = kev_entry(1, knownRansomwareCampaignUse="Unknown")
    (weak,) = _data(known.pull(kev_list([changed, kev_entry(2)], dateReleased="2025-12-03T00:00:00Z")))
    assert (weak["modified"], weak["created"]) == ("2025-12-03T00:00:00.000Z", "2025-01-02T00:00:00.000Z")
    assert "x_warp_hub_ransomware" not in weak


def test_a_vulnerability_that_the_list_names_twice_is_one_and_no_pull_takes_it_for_changed(known: _Source) -> None:
    twice = kev_list([kev_entry(1, dueDate="2026-01-01"), kev_entry(1, dueDate="2026-01-02")])
    assert len(known.pull(twice)) == 1
    assert known.pull(twice) == []


def test_a_bad_entry_of_the_list_is_reported_once_and_not_at_each_pull(tmp_path: Path, quick: Limits) -> None:
    file = tmp_path / "known.json"
    file.write_bytes(kev_list([kev_entry(1), json.dumps(kev_entry(2, cveID="")).encode()]))
    *_, page = opening.pull("kev", Endpoint(str(file)), None, quick)
    assert len(page.bad) == 1
    assert taken(opening.pull("kev", Endpoint(str(file)), page.cursor, quick)) == ([], [])
