"""What a hostile or broken source sends, by family (F1 to F18): documents and addresses.

Other rooms use it to try the whole way of a warning: each of `BAD_OBJECTS` must be refused alone, each of
`STRANGE_OBJECTS` taken, each of `NOT_STIX` refused as a whole, each of `HOSTILE_ADDRESSES` never called.
What a server does wrong is in `misbehaviour`.
"""

import json
from typing import Any

from tests.feeds.samples import indicator, moment, stix_id, without

SECRET = "correct-horse-battery"


def _raw(**changes: Any) -> bytes:
    return json.dumps(indicator(900, **changes)).encode()


def _with(fragment: bytes) -> bytes:
    """Return a sound object with a piece of JSON of any kind written into it."""
    return _raw()[:-1] + b", " + fragment + b"}"


BAD_OBJECTS: dict[str, bytes] = {
    "F7 the same name twice": _with(b'"name": "second"'),
    "F7 the same name twice deep inside": _with(b'"x_in": {"a": [{"b": 1, "b": 2}]}'),
    "F7 NaN": _with(b'"x_score": NaN'),
    "F7 Infinity": _with(b'"x_score": -Infinity'),
    "F7 1e999": _with(b'"x_score": 1e999'),
    "F7 an integer of 5,000 digits": _with(b'"x_count": ' + b"9" * 5000),
    "F7 2^63": _with(b'"x_count": 9223372036854775808'),
    "F7 a lone surrogate": _with(b'"x_note": "\\ud83d"'),
    "F7 a lone surrogate as a name": _with(b'"x_\\udc00": 1'),
    "F7 NUL": _with(b'"x_note": "a\\u0000b"'),
    "F7 NUL as a name": _with(b'"x_\\u0000": 1'),
    "F7 bytes that are not UTF-8": _with(b'"x_note": "\xff\xfe"'),
    "F7 a control character": _with(b'"x_note": "a\nb"'),
    "F7 a wrong escape": _with(b'"x_note": "\\x41"'),
    "F7 a name without quotes": _with(b"x_note: 1"),
    "F7 nested 400 deep": _with(b'"x_deep": ' + b"[" * 400 + b"]" * 400),
    "F7 nested 100,000 deep": _with(b'"x_deep": ' + b"[" * 100_000 + b"]" * 100_000),
    "F7 larger than an object may be": _with(b'"x_long": "' + b"x" * 1_100_000 + b'"'),
    "F7 a million names": _with(b'"x_names": {' + b",".join(b'"%d":0' % n for n in range(120_000)) + b"}"),
    "F8 30 February": _raw(modified="2026-02-30T00:00:00Z"),
    "F8 the year 0": _raw(created="0000-01-01T00:00:00Z"),
    "F8 second 60": _raw(modified="2026-01-01T00:00:60Z"),
    "F8 24:00": _raw(modified="2026-01-01T24:00:00Z"),
    "F8 no zone": _raw(modified="2026-01-01T00:00:00"),
    "F8 another zone": _raw(modified="2026-01-01T00:00:00+00:00"),
    "F8 a week date": _raw(valid_from="2026-W01-1"),
    "F8 a short date": _raw(modified="20260101"),
    "F8 digits of another script": _raw(modified="٢٠٢٦-01-01T00:00:00Z"),
    "F8 a number for a time": _raw(modified=1767225600),
    "F9 no time at all": json.dumps(without(indicator(900), "created", "modified")).encode(),
    "F10 an id of another type": _raw(id=stix_id("malware", 900)),
    "F10 an id that is no id": _raw(id="indicator--1"),
    "F10 an id with a tail": _raw(id=stix_id("indicator", 900) + "\n"),
    "F10 an id that is a list": _raw(id=["indicator", 900]),
    "F10 no id": json.dumps(without(indicator(900), "id")).encode(),
    "F10 no type": json.dumps(without(indicator(900), "type")).encode(),
    "F10 a type that is markup": _raw(type="<script>"),
    "F11 a marking that is not a list": _raw(
        object_marking_refs="marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"
    ),
    "F11 markings that are numbers": _raw(object_marking_refs=[1]),
    "F11 granular markings that are text": _raw(granular_markings="red"),
    "F14 a bundle in a bundle": json.dumps({"type": "bundle", "id": stix_id("bundle", 1), "objects": []}).encode(),
    "F14 references that are no list": json.dumps(
        {
            "type": "report",
            "spec_version": "2.1",
            "id": stix_id("report", 1),
            "created": moment(1),
            "modified": moment(1),
        }
        | {"name": "R", "published": moment(1), "object_refs": {"0": "x"}}
    ).encode(),
    "F7 a number for an object": b"12",
    "F7 a list for an object": b"[[[]]]",
    "F7 null for an object": b"null",
}

STRANGE_OBJECTS: dict[str, dict[str, Any]] = {
    "F8 the year 9999": indicator(901, modified="9999-12-31T23:59:59.999Z"),
    "F8 ten digits of a second": indicator(902, modified="2026-01-01T00:00:00.1234567891Z"),
    "F9 changed before it was made": indicator(903, created="2026-01-02T00:00:00Z", modified="2026-01-01T00:00:00Z"),
    "F11 a marking nobody knows": indicator(904, object_marking_refs=[stix_id("marking-definition", 1)]),
    "F12 markup": indicator(905, name="<script>alert(1)</script>", description="<img src=x onerror=alert(1)>"),
    "F12 a formula": indicator(906, name='=HYPERLINK("http://evil.example")', labels=["@SUM(1)"]),
    "F12 line breaks of mail": indicator(907, name="a\r\nBcc: all@example.org"),
    "F13 text that runs backwards": indicator(908, name="invoice\u202efdp.exe", description="\u200b\u2028"),
    "F13 ten thousand marks on a letter": indicator(909, name="a" + "\u0301" * 10_000),
    "F13 escape codes of a terminal": indicator(910, name="\u001b[2J\u001b[31mred"),
    "F14 a report of itself": {
        "type": "report",
        "spec_version": "2.1",
        "id": stix_id("report", 911),
        "created": moment(1),
        "modified": moment(1),
        "name": "Itself",
        "published": moment(1),
        "object_refs": [stix_id("report", 911)] * 10_000,
    },
    "F15 a pattern of 900 kB": indicator(912, pattern="[ipv4-addr:value = '" + "a" * 900_000 + "']"),
    "F10 a custom type": {
        "type": "x-acme-thing",
        "id": stix_id("x-acme-thing", 1),
        "pattern": 7,
        "anything": [None, 1.5],
    },
    "F7 an escaped escape that is no NUL": indicator(913, description="\\u0000 written out"),
}

NOT_STIX: dict[str, bytes] = {
    "F16 a web page": b"<!DOCTYPE html><html><body>Please sign in</body></html>",
    "F16 a web page after blanks": b"\r\n  <html><body>Please sign in</body></html>",
    "F18 STIX 1": b'<?xml version="1.0"?><stix:STIX_Package xmlns:stix="http://stix.mitre.org/stix-1"/>',
    "F18 XML with an entity": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "F18 a MISP event": json.dumps({"Event": {"info": "x", "Attribute": []}}).encode(),
    "F18 a CSAF advisory": json.dumps({"document": {"category": "csaf_security_advisory"}}).encode(),
    "F7 JSON lines": b"\n".join(json.dumps(indicator(n)).encode() for n in range(3)),
    "F7 nothing": b"",
    "F7 blanks": b"   \n",
    "F7 half a document": json.dumps({"type": "bundle", "objects": [indicator(1), indicator(2)]}).encode()[:-40],
    "F7 UTF-16": json.dumps({"objects": []}).encode("utf-16"),
    "F7 a word": b"hello",
    "F7 open brackets without end": b'{"objects": [' + b"[" * 3_000_000,
    "F7 an open string without end": b'{"objects": ["' + b'\\"' * 1_500_000,
    "F7 two lists of objects": b'{"objects": [], "objects": []}',
    "F6 a zip file": b"PK\x03\x04" + bytes(100),
}


HOSTILE_ADDRESSES = [
    "http://127.0.0.1/", "http://127.1/", "http://0x7f000001/", "http://2130706433/", "http://0177.0.0.1/", "http://0/",
    "http://１２７.0.0.1/", "http://127。0。0。1/", "http://user@127.0.0.1/", "http://user:pass@example.org/", "http://[::1]/",
    "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://[2001:0:7f00:1::]/",
    "http://localhost/", "http://localhost./", "http://169.254.169.254/latest/meta-data/", "http://[fe80::1]/",
    "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/", "http://100.64.0.1/", "http://[fc00::1]/",
    "http://0.0.0.0/", "http://[::]/", "http://224.0.0.1/", "http://255.255.255.255/", "http://[fe80::1%25lo]/",
    "file:///etc/passwd", "ftp://example.org/", "gopher://127.0.0.1/", "javascript:alert(1)", "//example.org/",
    "example.org",
    "http://example.org\\@127.0.0.1/", "http://exa mple.org/", "http://example.org:0/", "http://example.org:99999/",
    "http:///path", "http://-/", "http://example.org\r\nHost: evil/", "http://[::1", "http://1.2.3/", "http://0xa.0.0.1/",
]  # fmt: skip
