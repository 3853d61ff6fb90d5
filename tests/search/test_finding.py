"""Searching for words: what is found, what is shown of it, and that nothing else is told."""

from urllib.parse import quote
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests import factories
from warp_hub import db
from warp_hub.db import session
from warp_hub.memberships.viewers import Proof
from warp_hub.proof.refusing import _TOKEN
from warp_hub.search.places import GROUPS
from warp_hub.sharing.models import ItemKind, ItemVersion, Reference
from warp_hub.sharing.visibility import house_read
from warp_hub.tlp import Marking


@pytest.fixture
def warp(database):
    return factories.warp()


@pytest.fixture
def sam(warp, signed_in):
    """A full member, signed in."""
    return signed_in(factories.member(warp))


def _text(reader, query: str, more: str = "") -> str:
    return reader.get_page(f"/search?q={quote(query)}{more}").main.get_text(" ", strip=True)


def test_the_search_page_asks_in_one_box_and_says_what_it_searches(sam) -> None:
    page = sam.get_page("/search")
    assert page.title.string == "Search - WARP Hub"
    assert page.find("form", role="search").find("input", {"name": "q"})
    assert "You can search warnings" in page.main.get_text()
    assert page.find("a", href="/search", string="Search")


def test_a_word_of_the_title_or_of_the_text_finds_a_thing_and_is_marked(sam, written) -> None:
    written(title="FortiOS: install 7.4.9", summary="Attackers reach gateways from outside.")
    page = sam.get_page("/search?q=gateway")
    assert [mark.string for mark in page.main.find_all("mark")] == ["gateways"]
    assert page.main.find("h2").get_text() == "Warnings (1)"
    assert sam.get_page("/search?q=fortios").main.find("mark").string == "FortiOS"
    assert page.title.string == "Search - WARP Hub"


def test_what_is_found_is_escaped_and_only_our_marks_are_marks(sam, written) -> None:
    written(
        title="<script>alert(1)</script> \x02gateway\x03 down", summary='<img src=x onerror="x"> gateway & \x02more'
    )
    page = sam.get_page("/search?q=gateway")
    assert page.main.find(["script", "img"]) is None
    assert "<script>alert(1)</script>" in page.main.get_text()
    assert [mark.string for mark in page.main.find_all("mark")] == ["gateway", "gateway"]


def test_welsh_is_found_with_its_accents_and_without(sam, written) -> None:
    written(title="Ymosodiad ar gyflenwr dŵr", says="Mae’r cynghorau’n ymateb.")
    for query in ("dŵr", "dwr", "cynghorau", "DŴR"):
        assert "Ymosodiad" in _text(sam, query), query


def test_each_sort_of_thing_stands_under_its_heading_with_its_own_address(sam, written) -> None:
    kinds = {
        ItemKind.ADVISORY: "/advisories",
        ItemKind.SHARED_INCIDENT: "/incidents",
        ItemKind.QUESTION: "/discussions",
        ItemKind.TRAINING_SESSION: "/training",
    }
    made = {kind: written(kind=kind, title=f"Ransomware {kind}") for kind in kinds}
    written(kind=ItemKind.SUPPORT, title="Ransomware behind a warning")
    page = sam.get_page("/search?q=ransomware").main
    assert [h.get_text() for h in page.find_all("h2")] == [
        f"{n} (1)" for n in ("Warnings", "Incidents", "Questions", "Training")
    ]
    assert [a["href"] for a in page.select("h3 a")] == [f"{kinds[kind]}/{made[kind].id}" for kind in kinds]


def test_a_note_is_found_on_the_warning_it_is_about_by_whoever_may_have_both(warp, sam, written) -> None:
    warning = written(title="Civica outage")
    hidden = written(Marking.AMBER, to=[factories.warp("Elsewhere")], title="Not for us")
    for about in (warning, hidden):
        written(Marking.AMBER, to=[warp], kind=ItemKind.NOTE, about_id=about.id, title="", says="kestrel tested")
    links = [a["href"] for a in sam.get_page("/search?q=kestrel").main.select("h3 a")]
    assert links == [f"/advisories/{warning.id}"]
    assert "Civica outage" in _text(sam, "kestrel")
    assert "Not for us" not in _text(sam, "kestrel")


def test_the_best_come_first_and_all_of_them_page_by_page(sam, written) -> None:
    for number in range(27):
        written(title=f"Notice {number}", says="kestrel")
    best = written(title="Kestrel in the title")
    page = sam.get_page("/search?q=kestrel").main
    assert page.find("h2").get_text() == "Warnings (28)"
    assert len(page.select("h3 a")) == 5
    assert page.select("h3 a")[0]["href"] == f"/advisories/{best.id}"
    every = sam.get_page(next(a for a in page.find_all("a") if a.get_text().startswith("See all"))["href"]).main
    assert len(every.select("h2 a")) == 25
    older = sam.get_page(every.find("a", rel="next")["href"]).main
    assert len(older.select("h2 a")) == 3


def test_counts_go_no_further_than_is_of_use(sam, written, monkeypatch) -> None:
    from warp_hub.search import finding, wording

    for module in (finding, wording):
        monkeypatch.setattr(module, "MOST_COUNTED", 3)
    for _ in range(6):
        written(says="kestrel")
    assert sam.get_page("/search?q=kestrel").main.find("h2").get_text() == "Warnings (more than 3)"


@pytest.mark.parametrize("marking", list(Marking))
def test_who_finds_what_follows_the_rule_and_red_is_never_found(marking, warp, signed_in, written) -> None:
    named = factories.member(warp)
    to = [named] if marking is Marking.RED else [warp]
    written(marking, to=to, title="Kestrel", says="osprey", values=(("domain", "evil.example"),))
    readers = {
        "named": signed_in(named),
        "associate": signed_in(factories.member(warp, factories.MembershipKind.ASSOCIATE)),
        "by mail": signed_in(named, Proof.MAILBOX),
        "elsewhere": signed_in(factories.member(factories.warp("Elsewhere"))),
        "lapsed": signed_in(factories.person(factories.organisation(warp, state=factories.State.LAPSED))),
    }
    finding = {
        Marking.CLEAR: {"named", "associate", "by mail", "elsewhere"},
        Marking.GREEN: {"named", "associate", "by mail", "elsewhere"},
        Marking.AMBER: {"named", "associate"},
        Marking.AMBER_STRICT: {"named"},
        Marking.RED: set(),
    }[marking]
    for query in ("osprey", "evil"):
        found = {name for name, reader in readers.items() if "Kestrel" in _text(reader, query)}
        assert found == finding, query


def test_early_notices_drafts_and_what_was_withdrawn_are_not_found(warp, signed_in, written) -> None:
    ann = factories.coordinator(warp, at=factories.organisation(warp))
    from datetime import timedelta

    from warp_hub import clock

    written(title="kestrel early", embargo_until=clock.now() + timedelta(days=1), early=[ann])
    written(title="kestrel waiting", published=None, kept_by=[warp])
    written(title="kestrel gone", withdrawn_at=clock.now())
    assert "Nothing was found." in _text(signed_in(ann), "kestrel")


def test_nothing_there_and_nothing_for_you_are_the_same_page_byte_for_byte(warp, sam, written) -> None:
    def ask(query: str) -> bytes:
        return _TOKEN.sub(b"", sam.get(f"/search?q={query}").data)

    empty = {
        query: ask(query)
        for query in ("kestrel", "203.0.113.7", "-kestrel", "CVE-2026-1234", "kes", "osprey OR kestrel")
    }
    asked = factories.member(factories.warp("Elsewhere"))
    written(
        Marking.AMBER,
        to=[asked],
        title="Kestrel",
        says="kestrel",
        values=(("ipv4", "203.0.113.7"), ("domain", "kestrel.example")),
        cves=("CVE-2026-1234",),
    )
    written(Marking.RED, to=[asked], title="Kestrel")
    assert {query: ask(query) for query in empty} == empty


HOSTILE = (
    "x" * 10_000,
    "kestrel " * 1_250,
    "kest\0rel",
    "\ud800\udfff",
    "& | ! ( ) : * < -> \\ ' \" %",
    '"unclosed',
    "-",
    "OR OR OR",
    "' OR 1=1 --",
    "%' ~* '",
    "the",
    "!!!",
    "-nothing",
    "<script>alert(1)</script>",
    "http://[::1",
    "10.0.0.0/999",
    "\U0010ffff" * 5,
    "\x02\x03",
)


def test_whatever_is_typed_is_answered_calmly(sam, written) -> None:
    written(title="Kestrel", says="kestrel")
    for query in HOSTILE:
        given = quote(query.encode("utf-8", "surrogatepass"))
        assert sam.get(f"/search?q={given}").status_code == 200, query[:40]
    for more in ("kind=nonsense", "kind=warnings&before=nonsense", "kind=warnings&after=", "q=again"):
        assert sam.get(f"/search?q=kestrel&{more}").status_code == 200, more


def test_what_was_asked_is_neither_logged_nor_kept(sam, written, caplog) -> None:
    written(title="Kestrel")
    with caplog.at_level("DEBUG"):
        assert "Kestrel" in _text(sam, "kestrel")
        assert "Nothing was found" in _text(sam, "osprey the")
    assert not [record for record in caplog.records if "osprey" in record.getMessage()]
    cookies = [str(cookie.value) for cookie in sam._cookies.values()]
    assert not any("osprey" in cookie for cookie in cookies)


def test_nobody_searches_without_signing_in(browser) -> None:
    assert browser.get("/search?q=x").headers["Location"].startswith("/sign-in")


def test_a_search_is_asked_not_posted(sam) -> None:
    assert sam.post("/search", data={"q": "x"}).status_code in (400, 405)


def test_an_address_leads_to_the_warning_that_names_what_holds_it(warp, sam, written) -> None:
    source = factories.warp("A source").id
    behind = written(kind=ItemKind.SUPPORT, originator=source, values=(("ipv4", "203.0.113.7"),))
    warning = written(title="Botnet", originator=source)
    other = written(title="Of another source")
    hidden = written(Marking.AMBER, to=[factories.warp("Elsewhere")], title="Not for us", originator=source)
    named = select(ItemVersion.stix_id).where(ItemVersion.item_id == behind.id)
    with db.acting("work"):
        stix_id = session.scalar(house_read(named, "leak test"))
    session.add_all(Reference(item_id=of.id, target=stix_id) for of in (warning, other, hidden))
    session.commit()
    page = sam.get_page("/search?q=203.0.113.7").main
    assert page.find("h2").get_text() == "You searched for an address"
    assert [a["href"] for a in page.select("li li a")] == [f"/advisories/{warning.id}"]
    assert page.find("code").get_text() == "203[.]0[.]113[.]7"
    assert page.find("a", href=lambda href: href and "203.0" in href and "search" not in href) is None


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("evil.example", "evil[.]example"),
        ("EVIL[.]Example", "evil[.]example"),
        ("evil.exa", "evil[.]example"),
        ("bad.example/pa", "hxxps://bad[.]example/path"),
        ("hxxps://bad[.]example/path", "hxxps://bad[.]example/path"),
        ("2001:DB8:0::7", "2001[:]db8[:][:]7"),
        ("D41D8CD9", "d41d8cd98f00b204e9800998ecf8427e"),
        ("cve-2026-12", "CVE-2026-1234"),
        ("cve-2026-1234", "CVE-2026-1234"),
    ],
)
def test_values_are_found_whole_or_by_their_beginning_however_they_are_written(
    sam, written, typed: str, found: str
) -> None:
    written(
        title="Kestrel",
        values=(
            ("domain", "evil.example"),
            ("url", "https://bad.example/path"),
            ("ipv6", "2001:db8::7"),
            ("file-hash-md5", "d41d8cd98f00b204e9800998ecf8427e"),
        ),
        cves=("CVE-2026-1234",),
    )
    page = sam.get_page(f"/search?q={quote(typed)}").main
    assert [code.get_text() for code in page.find_all("code")] == [found]
    assert "Kestrel" in page.get_text()


def test_a_beginning_that_is_too_short_or_too_common_tells_so(sam, written) -> None:
    written(title="Many", values=tuple(("ipv4", f"10.9.8.{number}") for number in range(60)))
    assert "Nothing was found." in _text(sam, "10")
    page = sam.get_page("/search?q=10.9.").main
    assert len(page.find_all("code")) == 50
    assert "There are more. Type more of it to see the others." in page.get_text()


def test_every_kind_that_a_reader_can_search_has_a_place() -> None:
    not_searched = {ItemKind.SUPPORT, ItemKind.RECALL, ItemKind.MEETING_PAPER}
    assert {group.kind for group in GROUPS} == set(ItemKind) - not_searched


def test_a_value_bears_the_strictest_label_of_what_says_it_and_where_it_leads(warp, sam, written) -> None:
    source = uuid4()
    warning = written(title="Leads here", originator=source)
    for marking in (Marking.AMBER, Marking.AMBER_STRICT, Marking.CLEAR):
        kind = {"kind": ItemKind.SUPPORT, "originator": source, "to": [warp]}
        behind = written(marking, values=(("domain", "evil.example"),), **kind)
        its_id = house_read(select(ItemVersion.stix_id).where(ItemVersion.item_id == behind.id), "test")
        session.add(Reference(item_id=warning.id, target=session.scalars(its_id).one()))
    session.commit()
    lines = sam.get_page("/search?q=evil.example").main.select(".warp-item li")
    assert [(line.find("strong").text, line.a.text) for line in lines] == [("TLP:AMBER+STRICT", "Leads here")]
