"""What a hostile or broken source sends that speaks no STIX (CSAF, RSS, KEV, MISP), by family, as `hostile` has it."""

import json
from typing import Any

from tests.feeds.documents import attribute, csaf, event, kev_entry, manifest, rss, rss_item, vulnerability
from tests.feeds.hostile import NOT_STIX
from tests.feeds.samples import indicator, moment

Json = dict[str, Any]


def _csaf(**changes: Any) -> bytes:
    return json.dumps(csaf(900, **changes)).encode()


def _tracked(**changes: Any) -> bytes:
    whole = csaf(900)
    whole["document"]["tracking"] = {"id": "HN-900", "current_release_date": moment(1)} | changes
    return json.dumps(whole).encode()


def _weak(**changes: Any) -> Json:
    return csaf(901, changes={"vulnerabilities": [vulnerability(1, **changes)]})


def _branches(depth: int) -> Json:
    tree: Json = {"category": "product_version", "name": "1", "product": {"product_id": "P1", "name": "Deep"}}
    for _ in range(depth):
        tree = {"category": "product_family", "name": "x", "branches": [tree]}
    return {"product_tree": {"branches": [tree]}}


_FLAT = _csaf()

BAD_CSAF: dict[str, bytes] = {
    "F7 the same name twice": _FLAT[:-1] + b', "document": {}}',
    "F7 NaN": _FLAT[:-1] + b', "x": NaN}',
    "F7 an integer of 5,000 digits": _FLAT[:-1] + b', "x": ' + b"9" * 5_000 + b"}",
    "F7 nested 100,000 deep": _FLAT[:-1] + b', "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "F7 half a document": _FLAT[:-40],
    "F7 bytes that are not UTF-8": _FLAT[:-1] + b', "x": "\xff\xfe"}',
    "F7 a crowd of lists": _FLAT[:-1] + b', "x": [' + b"[]," * 300_000 + b"1]}",
    "F7 a number": b"12",
    "F7 a list": b"[]",
    "F7 a document that is a list": b'{"document": []}',
    "F7 no title": _csaf(title=" ", notes=[]).replace(b'"title": " "', b'"title": 7'),
    "F8 30 February": _tracked(current_release_date="2026-02-30T00:00:00Z"),
    "F8 a week date": _tracked(current_release_date="2026-W01-1"),
    "F8 no date": _tracked(current_release_date=None),
    "F9 an older version of CSAF": _csaf(csaf_version="1.2"),
    "F10 no id": _tracked(id=""),
    "F10 an id that is a list": _tracked(id=["x"]),
    "F16 a web page": NOT_STIX["F16 a web page"],
    "F18 XML with an entity": NOT_STIX["F18 XML with an entity"],
}

STRANGE_CSAF: dict[str, Any] = {
    "F7 half a character": _FLAT.replace(b"Gateway warning", b"\\ud83d \\u0000 warning"),
    "F8 the year 9999": csaf(902, tracking={"id": "HN-902", "current_release_date": "9999-12-31T23:59:59Z"}),
    "F8 another zone": csaf(903, tracking={"id": "HN-903", "current_release_date": "2026-01-01T00:00:00.5+05:30"}),
    "F11 a label nobody knows": csaf(904, tlp="PURPLE"),
    "F11 a label that is a list": csaf(905, tlp=["GREEN"]),
    "F12 markup": csaf(906, title="<script>alert(1)</script>", notes=[{"text": "<img src=x onerror=alert(1)>"}]),
    "F12 links that run": csaf(907, references=[{"url": "javascript:alert(1)", "summary": "x"}] * 5_000),
    "F13 text that runs backwards": csaf(908, title="invoice\u202efdp.exe \x1b[2J"),
    "F13 ten thousand marks on a letter": csaf(909, title="a" + "\u0301" * 10_000),
    "F14 branches 300 deep": csaf(910, changes=_branches(300)),
    "F14 products made of each other": csaf(
        911,
        changes={
            "product_tree": {
                "relationships": [
                    {
                        "full_product_name": {"product_id": one, "name": one},
                        "product_reference": other,
                        "relates_to_product_reference": one,
                    }
                    for one, other in (("P1", "P2"), ("P2", "P1"))
                ]
            }
        },
    ),
    "F14 ten thousand products": csaf(
        912,
        changes={
            "product_tree": {"full_product_names": [{"product_id": f"P{n}", "name": f"N{n}"} for n in range(9_999)]}
        },
    ),
    "F14 a thousand vulnerabilities": csaf(913, changes={"vulnerabilities": [vulnerability(n) for n in range(999)]}),
    "F7 a score that is a word": _weak(scores=[{"cvss_v3": {"baseScore": "high"}, "products": "P1"}]),
    "F7 a score that is true": _weak(scores=[{"cvss_v4": {"baseScore": True}}, {"cvss_v2": 7}, None]),
    "F7 a score of a million": _weak(scores=[{"cvss_v3": {"baseScore": 1e6}, "products": [["P1"]]}]),
    "F7 parts of other types": csaf(
        914, notes={"text": 1}, references=7, publisher=[], changes={"vulnerabilities": {}}
    ),
    "F7 nothing where a list should be": csaf(915, changes={"vulnerabilities": [None, 3, "x"], "product_tree": []}),
    "F15 advice of half a megabyte": _weak(remediations=[{"category": 4, "details": "x" * 500_000}]),
}

NOT_CSAF = {name: raw for name, raw in NOT_STIX.items() if "CSAF" not in name} | {
    "F7 STIX": json.dumps({"type": "bundle", "objects": [indicator(1)]}).encode(),
    "F7 a KEV list": b'{"vulnerabilities": []}',
}

BAD_RSS: dict[str, bytes] = {
    "F7 nothing in it": b"<item></item>",
    "F7 words alone": b"<item><description>x</description></item>",
    "F7 a title of blanks": b"<item><title> \n </title><description>y</description></item>",
    "F12 a link that runs": b"<item><link>javascript:alert(1)</link><description>w</description></item>",
    "F1 a link to a file": b"<item><link>file:///etc/passwd</link><description>z</description></item>",
}

STRANGE_RSS: dict[str, Any] = {
    "F8 no date": rss_item(901, pubDate=""),
    "F8 a date that is none": rss_item(902, pubDate="yesterday"),
    "F8 30 February": rss_item(903, pubDate="Mon, 30 Feb 2026 00:00:00 GMT"),
    "F8 the year 9999": rss_item(904, pubDate="Fri, 31 Dec 9999 23:59:59 -1200"),
    "F11 a label nobody knows": rss_item(905, title="TLP:PURPLE Notice 905"),
    "F11 two labels": rss_item(906, title="TLP:CLEAR TLP:RED Notice 906"),
    "F12 markup": rss_item(907, description="<script>alert(1)</script><img src=x onerror=alert(1)><b>Bold"),
    "F12 a link that runs": rss_item(908, description='<a href="javascript:alert(1)">here</a>'),
    "F12 a formula": rss_item(909, title='=HYPERLINK("http://evil.example") 909'),
    "F13 text that runs backwards": rss_item(910, title="invoice\u202efdp.exe 910"),
    "F13 ten thousand marks on a letter": rss_item(911, title="a" + "\u0301" * 10_000),
    "F14 lists in lists": rss_item(912, description="<ul><li>" * 5_000),
    "F15 unclosed tags": rss_item(913, description="<a <a " * 9_000 + "<!" * 9_000),
    "F7 an id of a megabyte": rss_item(914, guid="x" * 1_000_000),
    "F7 characters by number": rss_item(915, title="x").replace(b"<title>x", b"<title>&#x1F600; &#8238; 915"),
    "F14 an entry in an entry": rss_item(916).replace(b"</item>", rss_item(917) + b"</item>"),
}

_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))

NOT_RSS = {
    name: raw for name, raw in NOT_STIX.items() if name.startswith(("F16", "F18 STIX", "F18 XML", "F6", "F7 "))
} | {
    "F7 STIX": json.dumps({"type": "bundle", "objects": []}).encode(),
    "F7 half a feed": rss([rss_item(1)])[:-10],
    "F7 an encoding nobody knows": b'<?xml version="1.0" encoding="x-none"?><rss/>',
    "F7 a picture": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "F14 elements 200,000 deep": b"<rss>" + b"<a>" * 200_000,
    "F18 a file as an entity": b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><item>&x;</item></rss>',
    "F18 an address as an entity": b'<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1:1/"> %x;]><rss/>',
    "F18 a definition elsewhere": b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/rss.dtd"><rss/>',
    "F18 a billion laughs": f'<!DOCTYPE r [<!ENTITY l0 "ha">{_LAUGHS}]><rss><item>&l11;</item></rss>'.encode(),
    "F18 quadratic growth": f'<!DOCTYPE r [<!ENTITY a "{"a" * 50_000}">]><rss>{"&a;" * 5_000}</rss>'.encode(),
    "F18 a million columns": b"<rss " + b" ".join(b'a%d="1"' % n for n in range(500_000)) + b"/>",
    "F18 a million parts": b"<rss>" + b"<a/>" * 1_000_000 + b"</rss>",
}


def _kev(**changes: Any) -> bytes:
    return json.dumps(kev_entry(900, **changes)).encode()


_ENTRY = _kev()

BAD_KEV: dict[str, bytes] = {
    "F7 the same name twice": _ENTRY[:-1] + b', "cveID": "CVE-2025-1"}',
    "F7 NaN": _ENTRY[:-1] + b', "x": NaN}',
    "F7 a number": b"12",
    "F7 a list": b"[[]]",
    "F7 nothing": b"null",
    "F7 nested 100,000 deep": _ENTRY[:-1] + b', "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "F7 larger than an entry may be": _kev(notes="x" * 1_100_000),
    "F8 30 February": _kev(dateAdded="2025-02-30"),
    "F8 no date": _kev(dateAdded=None),
    "F10 no number": _kev(cveID=""),
    "F10 a number that is markup": _kev(cveID="<script>"),
    "F10 a number that is a list": _kev(cveID=["CVE-2025-10900"]),
}

STRANGE_KEV: dict[str, Any] = {
    "F7 half a character": _kev(cveID="CVE-2025-10901", shortDescription="\ud83d \x00"),
    "F8 the year 9999": kev_entry(902, dateAdded="9999-12-31"),
    "F12 markup": kev_entry(903, shortDescription="<script>alert(1)</script>", product="<b>"),
    "F12 links that run": kev_entry(904, notes="javascript:alert(1) ; http://[::1 ; " * 100),
    "F7 parts of other types": kev_entry(905, vendorProject=7, product=[], notes={}, knownRansomwareCampaignUse=True),
}

NOT_KEV = NOT_STIX | {
    "F7 STIX": json.dumps({"type": "bundle", "objects": [indicator(1)]}).encode(),
    "F7 a CSAF advisory": _csaf(),
    "F7 no list": b'{"catalogVersion": "1", "vulnerabilities": {}}',
    "F7 two lists": b'{"catalogVersion": "1", "vulnerabilities": [], "vulnerabilities": []}',
}


def _event(**changes: Any) -> bytes:
    return json.dumps(event(900, **changes)).encode()


_WHOLE = _event()

BAD_MISP: dict[str, bytes] = {
    "F7 the same name twice": _WHOLE[:-1] + b', "Event": {}}',
    "F7 NaN": _WHOLE[:-1] + b', "x": NaN}',
    "F7 an integer of 5,000 digits": _WHOLE[:-1] + b', "x": ' + b"9" * 5_000 + b"}",
    "F7 nested 100,000 deep": _WHOLE[:-1] + b', "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "F7 half an event": _WHOLE[:-40],
    "F7 bytes that are not UTF-8": _WHOLE[:-1] + b', "x": "\xff\xfe"}',
    "F7 a crowd of attributes": _WHOLE[:-1] + b', "x": [' + b"[]," * 300_000 + b"1]}",
    "F7 a number": b"12",
    "F7 a list": b"[]",
    "F7 an event that is a list": b'{"Event": []}',
    "F7 no title": _event(info=" "),
    "F7 a title that is a number": _event(info=7),
    "F10 no name": _event(uuid=""),
    "F10 a name that is a path": _event(uuid="../../../../etc/passwd"),
    "F10 another event than the list says": _event(uuid="1" * 8 + "-2222-3333-4444-" + "5" * 12).replace(
        b'{"uuid', b'{ "uuid'
    ),
    "F16 a web page": NOT_STIX["F16 a web page"],
    "F18 XML with an entity": NOT_STIX["F18 XML with an entity"],
}

STRANGE_MISP: dict[str, Any] = {
    "F7 half a character": event(901, info="\ud83d \x00 campaign", Attribute=[attribute(1, "url", "\udc00\x00")]),
    "F7 parts of other types": event(
        902, Attribute={"x": 1}, Object=[7, {"Attribute": "x"}], Orgc=[], EventReport={}, date=7, threat_level_id=[]
    ),
    "F7 attributes that are none": event(903, Attribute=[None, 3, {}, {"type": ["ip-dst"], "value": {}}]),
    "F8 no time": event(904, timestamp=None),
    "F8 a time that is none": event(905, timestamp="yesterday"),
    "F8 the year 9999": event(906, timestamp="253402300799"),
    "F8 30 February": event(907, date="2025-02-30"),
    "F11 a label nobody knows": event(908, Tag=[{"name": "tlp:purple"}]),
    "F11 a label that is a list": event(909, Tag=[{"name": ["tlp:red"]}]),
    "F11 labels that are a word": event(910, Tag="tlp:red"),
    "F12 markup": event(911, info="<script>alert(1)</script>", EventReport=[{"content": "<img src=x onerror=a()>"}]),
    "F12 links that run": event(912, Attribute=[attribute(n, "link", "javascript:alert(1)") for n in range(999)]),
    "F12 a pattern in a value": event(
        913, Attribute=[attribute(1, "domain", "a.example' OR ipv4-addr:value = '8.8.8.8"), attribute(2, "ip-dst", "'")]
    ),
    "F13 text that runs backwards": event(914, info="invoice\u202efdp.exe \x1b[2J"),
    "F13 ten thousand marks on a letter": event(915, info="a" + "\u0301" * 10_000),
    "F14 twelve thousand attributes": event(916, Attribute=[attribute(n, "md5", f"{n:032x}") for n in range(12_000)]),
    "F14 the same attribute a thousand times": event(917, Attribute=[attribute(1)] * 1_000),
    "F15 a value of a megabyte": event(918, Attribute=[attribute(1, "url", "http://x.example/" + "a" * 1_000_000)]),
    "F15 a report of a megabyte": event(919, EventReport=[{"name": "R", "content": "@[a](b) x" * 120_000}]),
}

NOT_MISP = {name: raw for name, raw in NOT_STIX.items() if "half a document" not in name} | {
    "F7 STIX": json.dumps({"type": "bundle", "objects": [indicator(1)]}).encode(),
    "F7 half a list": json.dumps(manifest([event(1)])).encode()[:-9],
    "F7 a list of lists": b"[[], []]",
    "F7 a feed for people": b'{"feeds": [{"url": "https://harbour.example/"}]}',
}
