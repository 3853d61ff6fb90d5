"""Addresses made harmless and meant again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warp_hub.text import defang, refang

PAIRS = [
    ("https://evil.example/a.b?x=1.2", "hxxps://evil[.]example/a.b?x=1.2"),
    ("HTTP://Evil.Example", "HxxP://Evil[.]Example"),
    ("ftp://files.evil.example/x", "fxp://files[.]evil[.]example/x"),
    ("http://192.0.2.1:8080/x", "hxxp://192[.]0[.]2[.]1:8080/x"),
    ("192.0.2.1", "192[.]0[.]2[.]1"),
    ("192.0.2.0/24", "192[.]0[.]2[.]0/24"),
    ("evil.example", "evil[.]example"),
    ("evil.example/a.php", "evil[.]example/a.php"),
    ("someone@evil.example", "someone[@]evil[.]example"),
    ("2001:db8::1", "2001[:]db8[:][:]1"),
    ("d41d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427e"),
]


@pytest.mark.parametrize(("address", "harmless"), PAIRS)
def test_an_address_is_made_harmless(address: str, harmless: str) -> None:
    assert defang(address) == harmless


@pytest.mark.parametrize(("address", "harmless"), PAIRS)
def test_a_harmless_address_is_meant_again(address: str, harmless: str) -> None:
    assert refang(harmless).lower() == address.lower()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("hXXp://evil(.)example", "http://evil.example"),
        ("h**ps://evil[dot]example", "https://evil.example"),
        ("hxxps[:]//evil{.}example", "https://evil.example"),
        ("someone(at)evil[.]example", "someone@evil.example"),
    ],
)
def test_the_usual_ways_of_others_are_understood(written: str, meant: str) -> None:
    assert refang(written) == meant


@given(st.text(max_size=200))
def test_nothing_stays_clickable(text: str) -> None:
    assert not defang(text).lower().startswith(("http://", "https://", "ftp://"))
