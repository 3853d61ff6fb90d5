"""What is read out of mails, documents and pages as people paste them; the samples are labelled by hand."""

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from feeds.opening import Fetched
from tests.advisories.pdf_files import pdf
from warp_hub.advisories.reading_given import Unreadable, from_document
from warp_hub.advisories.reading_in import LONGEST, Draft, read_in
from warp_hub.advisories.reading_labels import marking_in, severity_in
from warp_hub.advisories.reading_page import markdown_of_page
from warp_hub.advisories.reading_values import read_values
from warp_hub.tlp import Marking

SAMPLES = tomllib.loads(Path(__file__).with_name("pasted.toml").read_text("utf-8"))["sample"]


def _read(sample: dict[str, Any]) -> Draft:
    text = markdown_of_page(sample["text"]) if sample.get("is_page") else sample["text"]
    return read_in(text, sample.get("name", ""))


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample["what"] for sample in SAMPLES])
def test_a_sample_is_read_as_a_person_reads_it(sample: dict[str, Any]) -> None:
    found = _read(sample)
    said = {
        "title": found.title,
        "label": found.marking.value if found.marking else "",
        "severity": found.severity.value if found.severity else "",
        "cves": list(found.cves),
        "products": list(found.products),
        "values": [one.value for one in found.indicators],
        "links": list(found.links),
    }
    assert said == {name: sample[name] for name in said}
    assert sample.get("begins", "") in found.body[:200]
    assert sample.get("advice", "") in found.to_do
    assert bool(found.to_do) is ("advice" in sample)
    for left_out in sample.get("without", ()):
        assert left_out not in f"{found.body}{found.to_do}"


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("TLP:AMBER+STRICT", "TLP:AMBER+STRICT"),
        ("TLP: Amber + Strict", "TLP:AMBER+STRICT"),
        ("TLP:AMBER\nSTRICT", "TLP:AMBER+STRICT"),
        ("TLP-AMBER-STRICT", "TLP:AMBER+STRICT"),
        ("tlp_amber", "TLP:AMBER"),
        ("TLP WHITE", "TLP:CLEAR"),
        ("TLP:WHITE (TLP v1)", "TLP:CLEAR"),
        ("TLP 2.0: GREEN", "TLP:GREEN"),
        ("TLPv1 – Red", "TLP:RED"),
        ("Traffic Light Protocol: amber", "TLP:AMBER"),
        ("Traffic Light Protocol (TLP:GREEN)", "TLP:GREEN"),
        ("**TLP:** AMBER", "TLP:AMBER"),
        ("ＴＬＰ：ＲＥＤ", "TLP:RED"),
        ("TLP:GREEN above, TLP:AMBER below, see TLP:CLEAR", "TLP:AMBER"),
        ("TLP:PURPLE", None),
        ("TLP:GREEN, in part TLP:UNCLEAR", None),
        ("TLP:AMBER/GREEN", None),
        ("Read the TLP guide at first.org/tlp", None),
        ("an amber light", None),
        ("", None),
    ],
)
def test_a_label_is_read_however_people_write_it_and_several_as_the_strictest(written: str, label: str | None) -> None:
    assert marking_in(f"Hello\n{written}\nPatch now.") == (Marking(label) if label else None)


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("It is being actively exploited.", "Act today"),
        ("There is no evidence that it is being exploited. Severity: high", "This week"),
        ("A non-critical flaw, medium severity", "For information"),
        ("CVSS v3.1 base score: 9.8", "Act today"),
        ("CVSS 7.5", "This week"),
        ("CVSS:3.1/AV:N/AC:L 4.3", "For information"),
        ("Vector: CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "Act today"),
        ("For information only.", "For information"),
        ("A new guide is out.", None),
    ],
)
def test_how_soon_to_act_is_read_and_what_is_denied_does_not_count(said: str, word: str | None) -> None:
    assert severity_in(said) == word


def test_links_of_governments_makers_and_the_sender_are_not_made_things_to_block() -> None:
    told = """Indicators of compromise:
- www.ncsc[.]gov[.]uk and hxxps://msrc.microsoft[.]com/update
- sender.example
- hxxps://github[.]com/evil/tool and github[.]com
- ncsc-gov.uk[.]example
- 8.8.8.8, 10.0.0.7, 198.51.100.9
"""
    found = read_values(told, "sender.example")
    assert [one.value for one in found.indicators] == [
        "https://github.com/evil/tool",
        "ncsc-gov.uk.example",
        "198.51.100.9",
    ]
    assert "https://msrc.microsoft.com/update" in found.links


def test_the_number_of_a_version_is_no_address() -> None:
    told = "Upgrade to 7.4.9.1 or later; versions before 9.1.0.4 are affected. Block 198.51.100.9 and 2001:db8::7."
    assert [one.value for one in read_values(told).indicators] == ["198.51.100.9"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html", b"<title>Other</title><!-- <main> --><main><h1>Caf\xe9 tills</h1><p>Unplug them.</p></main>"),
        ("text/plain", "Caf\u00e9 tills\n\nUnplug them.".encode("utf-8-sig")),
        ("application/pdf", pdf("Caf\u00e9 tills", "Unplug them.")),
    ],
)
def test_a_document_of_the_web_is_read_whatever_it_is_and_kept_as_it_came(kind: str, body: bytes) -> None:
    given = from_document(Fetched(kind, body, "https://news.example/2026/tills.html"))
    found = read_in(given.said, given.name)
    assert found.title.endswith("tills")
    assert "Unplug them." in found.body
    assert found.links == (() if kind == "application/pdf" else ("https://news.example/2026/tills.html",))
    assert (given.original.media_type, given.original.content) == (kind, body)


def test_a_page_without_words_is_refused_plainly() -> None:
    with pytest.raises(Unreadable, match="no words"):
        from_document(Fetched("text/html", b"<main><script>go()</script></main>", "https://news.example/"))


@pytest.mark.parametrize(
    "hostile", ["TLP:", "[.]", "From: a\n", "<main", "CVE-2026-", "1.", "\n#", "[", "<!--", "TLP:AMBER + ", "a@"]
)
def test_reading_a_hostile_text_takes_no_longer_than_its_length_asks(hostile: str) -> None:
    many = f"Hello\n\nx{hostile * (LONGEST // len(hostile))}"
    before = time.process_time()
    read_in(many, "x")
    markdown_of_page(many)
    assert time.process_time() - before < 5
