"""The canaries' finder itself: whatever form a canary leaves in, it is found."""

import base64
import codecs
import gzip
import json
import quopri
import zlib
from collections.abc import Callable
from urllib.parse import quote
from uuid import uuid4

import pytest
from itsdangerous import URLSafeTimedSerializer

from warp_hub.clock import now
from warp_hub.pages.paging import write_place
from warp_hub.proof.searching import Mark, Register, cookie_text, unpacked

MARK = Mark("GREEN published", "title")


def _at(alignment: int) -> Callable[[str], str]:
    return lambda canary: base64.b64encode(b"x" * alignment + canary.encode() + b" and more").decode()


FORMS: dict[str, Callable[[str], str]] = {
    "plain": lambda canary: f"<h1>{canary}</h1>",
    "upper-case": str.upper,
    "cut off": lambda canary: f"{canary[:9]}…",
    "percent": lambda canary: "".join(f"%{ord(letter):02X}" for letter in canary),
    "percent twice": lambda canary: quote("".join(f"%{ord(letter):02X}" for letter in canary)),
    "HTML": lambda canary: "".join(f"&#{ord(letter)};" for letter in canary),
    "HTML by hexadecimal": lambda canary: "".join(f"&#x{ord(letter):x};" for letter in canary),
    "JSON": lambda canary: "".join(f"\\u{ord(letter):04x}" for letter in canary),
    "JSON of text": lambda canary: json.dumps({"name": canary}),
    "base64": _at(0),
    "base64 after one byte": _at(1),
    "base64 after two bytes": _at(2),
    "base64 of capitals": lambda canary: _at(1)(canary.upper()),
    "base64 within other letters": lambda canary: f"ab{_at(2)(canary)}",
    "base64 over lines": lambda canary: base64.encodebytes(b"y" * 70 + canary.encode() + b"y" * 70).decode(),
    "base64 for addresses": lambda canary: base64.urlsafe_b64encode(b"\xff\xfe" + canary.encode()).decode(),
    "quoted-printable": lambda canary: "".join(f"={ord(letter):02X}" for letter in canary),
    "quoted-printable over lines": lambda canary: quopri.encodestring(b"a " * 33 + canary.encode() * 2).decode(),
    "a folded header": lambda canary: f"Subject: {canary[:10]}\r\n {canary[10:]}",
    "rot13": lambda canary: codecs.encode(canary, "rot13"),
    "hexadecimal": lambda canary: canary.encode().hex(),
    "backwards": lambda canary: canary[::-1],
}


@pytest.mark.parametrize("form", FORMS)
def test_a_canary_is_found_in_each_form(form: str) -> None:
    register = Register()
    canary = register.new(*_where())
    register.new("another", "title")
    assert set(register.found_in(FORMS[form](canary))) == {MARK}


def _where() -> tuple[str, str]:
    return MARK.row, MARK.field


def test_an_id_is_found_plain_and_inside_the_place_of_a_page() -> None:
    register = Register()
    item_id = register.note_id(*_where(), uuid4())
    assert set(register.found_in(f'<a href="/advisories/{item_id}">')) == {MARK}
    assert set(register.found_in(f"?before={write_place(now(), item_id)}")) == {MARK}


def test_bodies_are_unpacked_and_the_form_cookie_is_read() -> None:
    for pack, name in ((gzip.compress, "gzip"), (zlib.compress, "deflate")):
        assert unpacked(pack(b"zq7"), name) == b"zq7"
    packed = base64.urlsafe_b64encode(zlib.compress(b'{"title": "zq7"}')).decode().rstrip("=")
    assert "zq7" in cookie_text(f".{packed}.time.signature")
    assert "zq7" in cookie_text(base64.urlsafe_b64encode(b'{"t": "zq7"}').decode().rstrip("=") + ".time.signature")
    assert cookie_text("en").startswith("en")


def test_what_a_long_signed_link_packed_is_found() -> None:
    register = Register()
    canary = register.new(*_where())
    item_id = register.note_id("another", "id", uuid4())
    packed = URLSafeTimedSerializer("secret").dumps([str(item_id), {"next": f"/{canary}/" + "again/" * 40}])
    assert packed.startswith(".eJ")
    assert set(register.found_in(f"https://hub.example/open?link={packed}")) == {MARK, Mark("another", "id")}


def test_an_id_in_a_short_signed_link_is_found() -> None:
    register = Register()
    item_id = register.note_id(*_where(), uuid4())
    signed = URLSafeTimedSerializer("secret").dumps([str(item_id), {}])
    assert not signed.startswith(".eJ")
    assert set(register.found_in(f"https://hub.example/open?link={signed}")) == {MARK}


def test_nothing_is_found_where_nothing_is() -> None:
    register = Register()
    canary = register.new(*_where())
    for text in ("", "zq7", "<p>zq700000000</p>", canary[1:], str(uuid4())):
        assert register.found_in(text) == {}


def test_no_two_canaries_begin_alike() -> None:
    register = Register()
    assert len({register.new("row", str(number))[:9] for number in range(5000)}) == 5000
