"""MISP feeds: what an event says as a warning, what is to be looked for and what is not, labels, and versions."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from feeds import made, misp, opening
from feeds.contract import BadObject, Endpoint, FeedError, Limits, NotStix, StixObject
from tests.feeds.contract import taken
from tests.feeds.documents import Json, attribute, event, manifest, named, seconds
from tests.feeds.misp_server import misp_feed
from tests.feeds.servers import Reply, Request, serving

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HASH = "d41d8cd98f00b204e9800998ecf8427e"
SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


class _Feed:
    """A folder that a test rewrites, pulled on from where the last pull ended."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.folder, self.limits = folder, replace(limits, now=lambda: NOW)
        self.cursor: str | None = None

    def pull(self, *members: Json) -> list[StixObject]:
        listed = manifest([*members])
        (self.folder / "manifest.json").write_text(json.dumps(listed))
        for uuid, member in zip(listed, members, strict=True):
            (self.folder / f"{uuid}.json").write_text(json.dumps(member))
        pages = list(opening.pull("misp", Endpoint(str(self.folder)), self.cursor, self.limits))
        self.cursor = pages[-1].cursor
        assert not [bad for page in pages for bad in page.bad]
        return [each for page in pages for each in page.objects]


@pytest.fixture
def feed(tmp_path: Path, quick: Limits) -> _Feed:
    return _Feed(tmp_path, quick)


def _of(found: list[StixObject], kind: str) -> list[dict[str, Any]]:
    return [each.data for each in found if each.type == kind]


def _read(**changes: Any) -> list[StixObject]:
    found = misp.again(json.dumps(event(1, **changes)).encode(), Limits())
    assert all(isinstance(each, StixObject) for each in found)
    return [each for each in found if isinstance(each, StixObject)]


def _patterns(*attributes: Json) -> list[str]:
    return [one["pattern"] for one in _of(_read(Attribute=[*attributes]), "indicator")]


def test_an_event_is_a_warning_whose_own_name_stays_with_its_values_and_its_document() -> None:
    found = _read()
    (report,), (value,), (publisher,) = (_of(found, kind) for kind in ("report", "indicator", "identity"))
    assert (report["name"], publisher["name"]) == ("Campaign 1", "Harbour CERT")
    assert report["external_references"] == [{"source_name": "MISP", "external_id": named("event 1")}]
    assert report["object_refs"] == [value["id"]]
    assert (report["created"], report["modified"]) == ("2025-01-01T00:00:00.000Z", "2025-01-01T00:00:01.000Z")
    assert report[made.SEVERITY] == "high"
    assert report["object_marking_refs"] == value["object_marking_refs"] == [made.label_ref("GREEN")]
    assert [json.loads(each.original.content)["Event"]["info"] for each in found if each.original] == ["Campaign 1"]


@pytest.mark.parametrize(
    ("kind", "value", "pattern"),
    [
        ("ip-src", "198.51.100.7", "[ipv4-addr:value = '198.51.100.7']"),
        ("ip-dst", "2001:db8::/32", "[ipv6-addr:value = '2001:db8::/32']"),
        ("ip-dst|port", "198.51.100.7|443", "[ipv4-addr:value = '198.51.100.7']"),
        ("domain", "bad.example", "[domain-name:value = 'bad.example']"),
        ("hostname", "www.bad.example", "[domain-name:value = 'www.bad.example']"),
        ("domain|ip", "b.example|192.0.2.1", "[domain-name:value = 'b.example' OR ipv4-addr:value = '192.0.2.1']"),
        ("url", "http://bad.example/a|b", "[url:value = 'http://bad.example/a|b']"),
        ("md5", HASH, f"[file:hashes.MD5 = '{HASH}']"),
        ("sha256", SHA256, f"[file:hashes.'SHA-256' = '{SHA256}']"),
        ("filename|sha256", f"a.exe|{SHA256}", f"[file:hashes.'SHA-256' = '{SHA256}']"),
        ("malware-sample", f"a.exe|{HASH}", f"[file:hashes.MD5 = '{HASH}']"),
        ("email-src", "a@bad.example", "[email-addr:value = 'a@bad.example']"),
        ("filename", "it's \\ here", "[file:name = 'it\\'s \\\\ here']"),
    ],
)
def test_each_type_that_is_to_be_looked_for_has_its_pattern(kind: str, value: str, pattern: str) -> None:
    assert _patterns(attribute(1, kind, value)) == [pattern]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("ip-dst", "not an address"),
        ("md5", "not a hash"),
        ("filename|md5", "no hash at all"),
        ("target-user", "sam"),
        ("whois-registrant-email", "a@b.example"),
        ("url", "x" * 3_000),
        ("a type of tomorrow", "x"),
    ],
)
def test_what_is_no_value_of_its_type_or_of_no_type_we_read_is_not_looked_for(kind: str, value: str) -> None:
    assert _patterns(attribute(1, kind, value)) == []


def test_what_is_not_to_be_looked_for_is_told_in_words_and_cannot_be_clicked_and_victims_are_left_out() -> None:
    found = _read(
        Attribute=[
            attribute(1, "url", "http://bad.example/a", to_ids=False, comment="Seen once", category="x"),
            attribute(2, "ip-dst", "198.51.100.9", to_ids=False),
            attribute(3, "target-org", "Midshire Council", to_ids=False),
            attribute(4, "comment", "They call the service desk first.", to_ids=False),
            attribute(5, "link", "https://harbour.example/told", to_ids=False),
        ],
        EventReport=[{"name": "How it went", "content": "First @[attribute](x) this."}],
        Object=[{"name": "file", "Attribute": [attribute(6, "filename", "a.exe", to_ids=False, comment="Loader")]}],
    )
    (report,) = _of(found, "report")
    assert not _of(found, "indicator")
    assert report["description"] == (
        "They call the service desk first.\n\n## How it went\n\nFirst  this.\n\n"
        "## Also named\n\n- ip-dst: 198[.]51[.]100[.]9\n- filename: a[.]exe (Loader)"
    )
    links = [each.get("url") for each in report["external_references"]]
    assert links == [None, "http://bad.example/a", "https://harbour.example/told"]
    assert "Midshire" not in json.dumps([each.data for each in found])


def test_objects_techniques_and_weaknesses_stand_behind_it_and_a_vector_grades_it() -> None:
    score = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"
    weak = [
        attribute(1, "vulnerability", "CVE-2025-10001", object_relation="id"),
        attribute(2, "text", score, object_relation="cvss-string", to_ids=False),
    ]
    tags = ['misp-galaxy:mitre-attack-pattern="Phishing - T1566"', 'misp-galaxy:threat-actor="Sand Fox"', "tlp:green"]
    found = _read(Object=[{"name": "vulnerability", "Attribute": weak}], Tag=[{"name": name} for name in tags])
    (report,), (technique,), (weakness,) = (_of(found, kind) for kind in ("report", "attack-pattern", "vulnerability"))
    assert technique["external_references"][0]["external_id"] == "T1566"
    assert weakness["name"] == "CVE-2025-10001"
    assert report[made.CVSS] == 7.5
    assert report["labels"] == ["mitre attack pattern: Phishing - T1566", "threat actor: Sand Fox"]
    assert {technique["id"], weakness["id"]} <= set(report["object_refs"])


@pytest.mark.parametrize(
    ("tags", "refs"),
    [
        (["tlp:white"], ["CLEAR"]),
        (["TLP:AMBER+STRICT"], ["AMBER+STRICT"]),
        (["tlp:green", "tlp:red"], ["GREEN", "RED"]),
        (["tlp:unclear"], ["UNCLEAR"]),
        (["TLP：RED"], ["RED"]),
        (["tlp=red"], ["=RED"]),
        (["osint"], []),
    ],
)
def test_tags_of_tlp_are_the_label_and_one_that_nobody_knows_is_no_label_we_know(
    tags: list[str], refs: list[str]
) -> None:
    (report,) = _of(_read(Tag=[{"name": tag} for tag in tags]), "report")
    assert report.get("object_marking_refs", []) == [made.label_ref(word) for word in refs]


def test_a_tag_that_cannot_be_read_may_have_been_the_label_and_so_is_none_we_know() -> None:
    many = [{"name": f"tag {n}"} for n in range(500)]
    assert _of(_read(Tag=[*many, {"name": "tlp:red"}]), "report")[0]["object_marking_refs"] == [made.label_ref("RED")]
    for told in ("tlp:red", [{"name": ["tlp:red"]}], [7], {"name": "tlp:red"}):
        (report,) = _of(_read(Tag=told), "report")
        assert report["object_marking_refs"] == [made.label_ref("unreadable")]


def test_the_chatham_house_rule_pap_and_the_label_of_one_attribute_go_along() -> None:
    stricter = attribute(1, Tag=[{"name": "tlp:amber"}, {"name": "PAP:RED"}])
    found = _read(Tag=[{"name": "tlp:green"}, {"name": "tlp:ex:chr"}, {"name": "pap:amber"}], Attribute=[stricter])
    said = {each["id"]: each["definition"]["statement"] for each in _of(found, "marking-definition")}
    assert set(said.values()) == {"TLP:EX:CHR", "PAP:AMBER", "PAP:RED"}
    (value,), (report,) = _of(found, "indicator"), _of(found, "report")
    shown = [said.get(ref, ref) for ref in value["object_marking_refs"]]
    assert shown == [made.label_ref("GREEN"), "TLP:EX:CHR", "PAP:AMBER", made.label_ref("AMBER"), "PAP:RED"]
    assert [said.get(ref, ref) for ref in report["object_marking_refs"]] == shown[:3]


@pytest.mark.parametrize("label", ["tlp:red", "tlp:purple", ["tlp:red"]])
def test_what_has_a_label_of_its_own_is_in_no_words_link_or_original_of_a_wider_event(label: object) -> None:
    tags = {"Tag": [{"name": label}], "to_ids": False}
    told = [
        attribute(1, "threat-actor", "Sand Fox", **tags),
        attribute(2, "comment", "The Sand Fox was here.", **tags),
        attribute(3, "link", "https://harbour.example/sand-fox", **tags),
        attribute(4, "domain", "sand-fox.example", **(tags | {"to_ids": True})),
    ]
    found = _read(Attribute=told)
    (value,) = _of(found, "indicator")
    assert len(value["object_marking_refs"]) == 2
    rest = json.dumps([each.data for each in found if each.type != "indicator"]).lower()
    assert "sand" not in rest
    assert not [each for each in found if each.original]
    same = _read(Attribute=[attribute(1, "threat-actor", "Sand Fox", to_ids=False, Tag=[{"name": "tlp:green"}])])
    assert "Sand Fox" in _of(same, "report")[0]["description"]
    assert [each for each in same if each.original]


def test_only_what_changed_is_read_again_and_a_change_is_a_newer_version_of_the_same(feed: _Feed) -> None:
    first = feed.pull(event(1), event(2))
    assert [each["name"] for each in _of(first, "report")] == ["Campaign 1", "Campaign 2"]
    assert feed.pull(event(1), event(2)) == []
    later = event(1, info="Campaign one", timestamp=str(seconds(500)), Attribute=[attribute(1, deleted=True)])
    changed = feed.pull(later, event(2), event(3))
    reports = _of(changed, "report")
    assert [each["name"] for each in reports] == ["Campaign 3", "Campaign one"]
    assert reports[1]["id"] == _of(first, "report")[0]["id"]
    assert reports[1]["modified"] == "2025-01-01T00:08:20.000Z"
    gone = next(each for each in _of(changed, "indicator") if each.get("revoked"))
    assert gone["id"] == _of(first, "indicator")[0]["id"]
    assert gone["id"] not in reports[1]["object_refs"]


def test_what_changed_in_the_list_without_a_newer_time_is_a_version_of_now(feed: _Feed) -> None:
    feed.pull(event(1))
    listed = json.loads((feed.folder / "manifest.json").read_text())
    listed[named("event 1")]["Tag"] = [{"name": "tlp:red"}]
    (feed.folder / "manifest.json").write_text(json.dumps(listed))
    (feed.folder / f"{named('event 1')}.json").write_text(json.dumps(event(1, Tag=[{"name": "tlp:red"}])))
    (page,) = opening.pull("misp", Endpoint(str(feed.folder)), feed.cursor, feed.limits)
    assert {each.modified for each in page.objects if each.type == "report"} == {"2026-05-01T12:00:00.000Z"}


def test_an_event_that_is_missing_today_is_asked_for_again_and_stops_no_other(quick: Limits) -> None:
    members = [event(1), event(2)]
    whole, lost = misp_feed([*members]), {named("event 1")}

    def answer(request: Request) -> Any:
        return Reply({}, 404) if any(name in request.path for name in lost) else whole(request)

    with serving(answer) as server:
        endpoint = Endpoint(server.url("/feed/manifest.json?key=a"), allow_private=True)
        (page,) = opening.pull("misp", endpoint, None, quick)
        assert [each.data["name"] for each in page.objects if each.type == "report"] == ["Campaign 2"]
        assert len(page.bad) == 1
        lost.clear()
        (page,) = opening.pull("misp", endpoint, page.cursor, quick)
        assert [each.data["name"] for each in page.objects if each.type == "report"] == ["Campaign 1"]
    assert all(request.query == {"key": "a"} for request in server.requests)


def test_a_server_that_is_down_ends_the_run_and_nothing_is_taken_for_read(quick: Limits) -> None:
    whole = misp_feed([event(n) for n in range(9)])
    limits = replace(quick, tries=1)

    def answer(request: Request) -> Any:
        return whole(request) if "manifest" in request.path else Reply({}, 503)

    with serving(answer) as server:
        endpoint = Endpoint(server.url("/"), allow_private=True)
        with pytest.raises(FeedError):
            list(opening.pull("misp", endpoint, None, limits))
        assert len(server.requests) == 4


def test_what_was_read_before_a_server_went_down_is_handed_over_first(quick: Limits) -> None:
    members = [event(n) for n in range(6)]
    whole, up = misp_feed([*members]), {named(f"event {n}") for n in range(3)} | {"manifest"}

    def answer(request: Request) -> Any:
        return whole(request) if any(name in request.path for name in up) else Reply({}, 503)

    with serving(answer) as server:
        pages = opening.pull("misp", Endpoint(server.url("/"), allow_private=True), None, replace(quick, tries=1))
        page = next(pages)
        assert [each.data["name"] for each in page.objects if each.type == "report"] == [
            f"Campaign {n}" for n in range(3)
        ]
        with pytest.raises(FeedError):
            next(pages)
        up |= {named(f"event {n}") for n in range(6)}
        again = opening.pull("misp", Endpoint(server.url("/"), allow_private=True), page.cursor, quick)
        assert [each.data["name"] for each in taken(again)[0] if each.type == "report"] == [
            "Campaign 3",
            "Campaign 4",
            "Campaign 5",
        ]


def test_another_event_than_the_list_says_is_refused(tmp_path: Path, quick: Limits) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(manifest([event(1)])))
    (tmp_path / f"{named('event 1')}.json").write_text(json.dumps(event(2)))
    (page,) = opening.pull("misp", Endpoint(str(tmp_path)), None, quick)
    assert [bad.reason for bad in page.bad] == ["it is another event than the list says"]
    assert not page.objects


def test_an_event_of_very_many_values_keeps_its_warning(quick: Limits) -> None:
    many = [attribute(n, "md5", f"{n:032x}") for n in range(12_000)]
    found = misp.again(json.dumps(event(1, Attribute=many)).encode(), quick)
    assert not [each for each in found if isinstance(each, BadObject)]
    assert len(_of([each for each in found if isinstance(each, StixObject)], "indicator")) == 12_000


@pytest.mark.parametrize("raw", [b"[]", b'{"response": []}', b'{"objects": []}', b'{"Event": []}'])
def test_what_is_no_event_is_not_read_again_as_one(raw: bytes) -> None:
    with pytest.raises(NotStix):
        misp.again(raw, Limits())
