"""Values come out of patterns as the OASIS parser finds them, never from what a pattern denies, and fast."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stix2patterns.v21.pattern import Pattern

from warp_hub.stix import IndicatorKind, IndicatorValue, indicator_values, observable_values
from warp_hub.stix.patterns import MOST_VALUES
from warp_hub.stix.values import LONGEST_VALUE

MD5 = "d41d8cd98f00b204e9800998ecf8427e"
SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def found(pattern: str) -> list[tuple[str, str]]:
    return [(value.kind.value, value.value) for value in indicator_values(pattern)]


@pytest.mark.parametrize(
    ("pattern", "values"),
    [
        ("[ipv4-addr:value = '192.0.2.1']", [("ipv4", "192.0.2.1")]),
        ("[ipv4-addr:value = '192.0.2.1/32']", [("ipv4", "192.0.2.1")]),
        ("[ipv4-addr:value ISSUBSET '192.0.2.0/24']", [("ipv4", "192.0.2.0/24")]),
        ("[ipv6-addr:value='2001:DB8:0:0::1']", [("ipv6", "2001:db8::1")]),
        ("[domain-name:value = 'Evil.Example.']", [("domain", "evil.example")]),
        ("[domain-name:value = 'evil[.]example']", [("domain", "evil.example")]),
        ("[domain-name:value = '192.0.2.1']", [("ipv4", "192.0.2.1")]),
        ("[domain-name:value = 'evil.example/gate.php']", [("url", "evil.example/gate.php")]),
        ("[url:value = 'hxxps://Evil.example/Path']", [("url", "https://Evil.example/Path")]),
        ("[url:value = 'evil.example']", [("domain", "evil.example")]),
        ("[email-addr:value = 'A@Evil.Example']", [("email", "a@evil.example")]),
        ("[email-message:from_ref.value = 'a@evil.example']", [("email", "a@evil.example")]),
        ("[email-message:subject = 'Your invoice']", [("email-subject", "Your invoice")]),
        (f"[file:hashes.MD5 = '{MD5.upper()}']", [("file-hash-md5", MD5)]),
        (f"[file:hashes.'SHA-1' = '{SHA1}']", [("file-hash-sha1", SHA1)]),
        (f"[file:hashes.'SHA-256' = '{SHA256}']", [("file-hash-sha256", SHA256)]),
        (f"[file:hashes.sha256 = '{SHA256}']", [("file-hash-sha256", SHA256)]),
        (f"[file:hashes.MD5 = '{SHA256}']", [("file-hash-sha256", SHA256)]),
        (
            "[file:hashes.ssdeep = '3:AXGBicFlgVNhBGcL6wCrFQEv:AXGH']",
            [("file-hash-other", "3:AXGBicFlgVNhBGcL6wCrFQEv:AXGH")],
        ),
        (f"[x509-certificate:hashes.'SHA-1' = '{SHA1}']", [("certificate-hash", SHA1)]),
        ("[file:name = 'a.exe' AND file:size = 25]", [("file-name", "a.exe")]),
        (r"[file:name = 'it\'s.exe']", [("file-name", "it's.exe")]),
        (r"[directory:path = 'C:\\Windows']", [("file-path", "C:\\Windows")]),
        (r"[windows-registry-key:key = 'HKLM\\Run']", [("registry-key", "HKLM\\Run")]),
        ("[process:command_line = 'cmd /c x']", [("command-line", "cmd /c x")]),
        ("[mutex:name = 'm']", [("mutex", "m")]),
        ("[mac-addr:value = 'AA-BB-CC-DD-EE-FF']", [("mac-address", "aa:bb:cc:dd:ee:ff")]),
        ("[autonomous-system:number = 64500]", [("as-number", "64500")]),
        ("[user-account:account_login = 'admin']", [("account", "admin")]),
        (
            "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'Bad/1']",
            [("user-agent", "Bad/1")],
        ),
        (
            "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '192.0.2.1'"
            " AND network-traffic:dst_port = 443 AND network-traffic:protocols[*] = 'tcp']",
            [("ipv4", "192.0.2.1")],
        ),
        ("[domain-name:resolves_to_refs[*].value = '192.0.2.7']", [("ipv4", "192.0.2.7")]),
        ("[app:id = 'com.evil.app']", [("other", "com.evil.app")]),
        ("[ipv4-addr:value IN ('192.0.2.1', '192.0.2.2')]", [("ipv4", "192.0.2.1"), ("ipv4", "192.0.2.2")]),
        (
            "[ipv4-addr:value = '192.0.2.1'] FOLLOWEDBY [file:name = 'x'] WITHIN 5 SECONDS",
            [("ipv4", "192.0.2.1"), ("file-name", "x")],
        ),
        ("[file:name = 'a' OR file:name = 'a']", [("file-name", "a")]),
        ("[file:created = t'2024-01-01T00:00:00Z']", []),
        ("[file:name = '']", []),
    ],
)
def test_a_value_is_read_with_its_kind(pattern: str, values: list[tuple[str, str]]) -> None:
    assert found(pattern) == values


@pytest.mark.parametrize(
    "pattern",
    [
        "[ipv4-addr:value != '192.0.2.1']",
        "[ipv4-addr:value <> '192.0.2.1']",
        "[ipv4-addr:value NOT = '192.0.2.1']",
        "[ipv4-addr:value not = '192.0.2.1']",
        "[ipv4-addr:value NOT='192.0.2.1']",
        "[ipv4-addr:value NOT IN ('192.0.2.1','192.0.2.2')]",
        "[ipv4-addr:value NOT ISSUBSET '192.0.2.0/24']",
        "[NOT ipv4-addr:value = '192.0.2.1']",
        "[NOT (ipv4-addr:value = '192.0.2.1')]",
        "NOT [ipv4-addr:value = '192.0.2.1']",
        "[url:value LIKE 'https://bank.example/%']",
        "[url:value MATCHES '^https://bank\\\\.example']",
        "[ipv4-addr:value > '192.0.2.1']",
        "",
    ],
)
def test_what_a_pattern_denies_or_only_resembles_is_no_indicator(pattern: str) -> None:
    assert found(pattern) == []


def test_a_value_that_looks_like_a_comparison_stays_a_value() -> None:
    assert found(r"[file:name = 'ipv4-addr:value = \'192.0.2.1\'']") == [("file-name", "ipv4-addr:value = '192.0.2.1'")]


@pytest.mark.parametrize("pattern_type", ["yara", "sigma", "snort", "suricata", "pcre"])
def test_other_languages_give_none(pattern_type: str) -> None:
    assert indicator_values("[ipv4-addr:value = '192.0.2.1']", pattern_type) == []


def test_a_pattern_without_a_type_is_a_stix_pattern() -> None:
    assert indicator_values("[ipv4-addr:value = '192.0.2.1']", None)


@pytest.mark.parametrize(
    "value", ["a\\x00b".replace("\\x00", "\x00"), "\ud800", "x" * (LONGEST_VALUE + 1), "é" * LONGEST_VALUE]
)
def test_what_cannot_be_stored_and_indexed_is_left_out(value: str) -> None:
    assert found(f"[file:name = '{value}']") == []


def test_a_broken_pattern_gives_what_can_be_read() -> None:
    assert found("[ipv4-addr:value = '192.0.2.1' OR (domain-name:value = 'evil.example") == [
        ("ipv4", "192.0.2.1"),
        ("domain", "evil.example"),
    ]


LITERALS = st.text(alphabet=st.characters(codec="ascii", exclude_characters="\x00"), max_size=12).map(
    lambda text: "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
)
PATHS = st.sampled_from(
    ("file:name", "url:value", "file:hashes.'SHA-256'", "x-y:a_b[*].c", "x:a[3].'d e'.f", "process:pid")
)
VERBS = st.sampled_from((" = ", "=", " != ", " NOT = ", " LIKE ", " NOT IN ", " IN "))
COMPARISONS = st.tuples(PATHS, VERBS, LITERALS).map(
    lambda parts: f"{parts[0]}{parts[1]}({parts[2]})" if "IN" in parts[1] else "".join(parts)
)
PATTERNS = st.recursive(
    COMPARISONS,
    lambda inner: st.tuples(inner, st.sampled_from([" AND ", " OR "]), inner).map(lambda parts: f"({''.join(parts)})"),
    max_leaves=8,
).map(lambda body: f"[{body}]")


@settings(max_examples=200, deadline=None)
@given(PATTERNS)
def test_the_oasis_parser_finds_the_same_comparisons(pattern: str) -> None:
    said = [
        literal
        for comparisons in Pattern(pattern).inspect().comparisons.values()
        for _, verb, literal in comparisons
        if verb in ("=", "IN")
    ]
    texts = {_meant(literal) for literal in said}

    ours = {value.value.lower() for value in indicator_values(pattern)}

    assert len(ours) <= len(texts)
    assert {text.lower() for text in texts if text.isalnum()} <= ours


def _meant(literal: str) -> str:
    quoted = literal.removeprefix("(").removesuffix(")")
    return quoted[1:-1].replace("\\'", "'").replace("\\\\", "\\")


@given(st.text(alphabet=st.sampled_from("[]():='\\.,*ab1 NOTINLIKE-"), max_size=200))
def test_no_text_crashes_the_scanner(pattern: str) -> None:
    assert all(isinstance(value, IndicatorValue) for value in indicator_values(pattern))


HOSTILE = {
    "escapes": "'" + "\\'" * 500_000,
    "one word": "a" * 1_000_000,
    "long path": "a:b" + ".b" * 400_000,
    "indexes": "a:b" + "[1]" * 300_000,
    "types": "a:" * 500_000,
    "spaces": "a:b" + " " * 1_000_000,
    "denials": "NOT " * 250_000,
    "denials apart": ("NOT" + " " * 100) * 9000,
    "open sets": "a:b IN (" * 100_000,
    "one set": "a:b IN (" + "'x'," * 200_000,
    "quotes": "'" * 1_000_000,
    "backslashes": "\\" * 1_000_000,
    "hyphens": "a-" * 500_000,
}


@pytest.mark.parametrize("pattern", HOSTILE.values(), ids=list(HOSTILE))
def test_a_megabyte_of_malice_takes_no_longer_than_its_length(pattern: str) -> None:
    started = time.process_time()
    indicator_values(pattern)

    assert time.process_time() - started < 2.5


def test_a_huge_pattern_gives_its_first_ten_thousand_values() -> None:
    terms = " OR ".join(f"domain-name:value = 'a{number}.example'" for number in range(20_000))

    assert len(indicator_values(f"[{terms}]")) == MOST_VALUES


@pytest.mark.parametrize(
    ("obj", "values"),
    [
        ({"type": "ipv4-addr", "value": "192.0.2.1"}, [("ipv4", "192.0.2.1")]),
        ({"type": "url", "value": "https://evil.example/"}, [("url", "https://evil.example/")]),
        (
            {"type": "file", "name": "a.exe", "hashes": {"MD5": MD5, "x": 7}},
            [("file-name", "a.exe"), ("file-hash-md5", MD5)],
        ),
        ({"type": "autonomous-system", "number": 64500, "name": "X"}, [("as-number", "64500")]),
        ({"type": "autonomous-system", "number": 10**5000}, []),
        ({"type": "email-message", "subject": "Hi", "is_multipart": False}, [("email-subject", "Hi")]),
        ({"type": "malware", "name": "Bad"}, []),
        ({"type": 7, "value": "x"}, []),
        ({}, []),
        (
            {"type": "observed-data", "objects": {"0": {"type": "domain-name", "value": "evil.example"}, "1": 5}},
            [("domain", "evil.example")],
        ),
    ],
)
def test_an_observed_object_tells_its_values(obj: dict[str, object], values: list[tuple[str, str]]) -> None:
    assert [(value.kind.value, value.value) for value in observable_values(obj)] == values


def test_kinds_have_plain_names() -> None:
    assert {kind.value for kind in IndicatorKind} >= {
        "ipv4",
        "ipv6",
        "domain",
        "url",
        "email",
        "file-hash-sha256",
        "file-name",
    }
