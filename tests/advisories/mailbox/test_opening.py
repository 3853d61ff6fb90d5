"""A mail of any shape: what is text is read, what is not is named, and what is an attack costs next to nothing."""

import base64
import time
from collections.abc import Callable
from email.message import EmailMessage

import pytest

from tests.advisories.mailbox.post import ADVISORY, mail, raw
from warp_hub.advisories.mailbox import opening, parts
from warp_hub.advisories.mailbox.opening import Mail, Unreadable, open_mail

ROBIN = "robin@testham.example"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
    b"4 0 obj<</Length 42>>stream\nBT /F 12 Tf 9 99 Td (CVE-2024-3400) Tj ET \nendstream endobj\n"
    b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
    b"xref\n0 0\ntrailer<</Root 1 0 R/Size 6>>\nstartxref\n0\n%%EOF\n"
)
# A busy machine takes its time; an attack that works takes minutes.
SECONDS = 20.0


def _opened(made: EmailMessage) -> Mail:
    return open_mail(raw(made))


def test_text_is_read_however_it_is_packed() -> None:
    html = EmailMessage()
    html["From"], html["Subject"] = ROBIN, "=?utf-8?q?Rhybudd:_gwendid_ym_mh=C5=B5er?="
    html.set_content("<style>p {color: red}</style><p>Patch <b>FortiOS</b> today.</p>", subtype="html", cte="base64")
    read = _opened(html)
    assert (read.subject, read.own_words) == ("Rhybudd: gwendid ym mhŵer", "Patch **FortiOS** today.")

    both = mail(ROBIN, "In plain words.")
    both.add_alternative("<p>In <b>HTML</b></p>", subtype="html")
    assert _opened(both).own_words == "In plain words."

    latin = mail(ROBIN)
    latin.set_content("caf\xe9 \u20ac", charset="windows-1252", cte="8bit")
    assert _opened(latin).own_words == "caf\xe9 \u20ac"


def test_what_is_passed_on_is_read_and_the_rest_is_named() -> None:
    made = mail(ROBIN, "See below and attached.")
    made.add_attachment(mail("alerts@ncsc.example", ADVISORY, subject="NCSC alert"))
    made.add_attachment(b"Block 192.0.2.7", maintype="text", subtype="plain", filename="iocs.txt")
    inner = raw(mail("cert@ncsc.example", "In a file.", subject="Saved mail"))
    made.add_attachment(inner, maintype="application", subtype="octet-stream", filename="saved.eml")
    made.add_attachment(b"MZ" * 99, maintype="application", subtype="x-msdownload", filename="fix.exe")
    made.add_attachment(b"%PDF-1.4 broken", maintype="application", subtype="pdf", filename="broken.pdf")
    made.add_attachment(PDF, maintype="application", subtype="pdf", filename="advisory.pdf")
    read = open_mail(raw(made).replace(b'filename="fix.exe"', b"filename*=utf-8''..%2Ffix%0D%0ABcc:%20x.exe"))

    assert read.own_words == "See below and attached."
    for said in (
        "From: alerts@ncsc.example",
        "Subject: NCSC alert",
        "CVE-2024-21762",
        "192.0.2.7",
        "Saved mail",
        "In a file.",
        "CVE-2024-3400",
    ):
        assert said in read.passed_on, said
    assert read.not_read == ("../fix Bcc: x.exe", "broken.pdf")


def test_the_same_mail_by_two_ways_is_the_same_and_another_is_not() -> None:
    made = mail(ROBIN)
    once = open_mail(raw(made))
    again = open_mail(b"From robin Mon Jan  1\nReceived: by b\r\nReceived: by a\r\n" + made.as_bytes() + b"\n")
    assert once.digest == again.digest
    changed = raw(made).replace(b"CVE-2024-21762", b"CVE-2024-21763")
    assert open_mail(changed).digest != once.digest
    assert open_mail(raw(mail(ROBIN))).digest != once.digest  # another Message-ID


@pytest.mark.parametrize(
    ("headers", "of_machine", "answered"),
    [
        ({}, False, True),
        ({"Auto_Submitted": "no"}, False, True),
        ({"Auto_Submitted": "auto-replied; x=y"}, True, False),
        ({"Auto_Submitted": "auto-generated"}, False, False),  # a rule that forwards
        ({"Return_Path": "<>"}, True, False),
        ({"Precedence": "bulk"}, False, False),
        ({"List_Id": "<x.example>"}, False, False),
    ],
)
def test_who_is_answered(headers: dict[str, str], of_machine: bool, answered: bool) -> None:
    read = _opened(mail(ROBIN, **headers))
    assert (read.is_reply_of_a_machine, read.may_be_answered) == (of_machine, answered)


HEAD = f"From: {ROBIN}\r\nSubject: x\r\nMIME-Version: 1.0\r\n".encode()


def _nested(levels: int, kind: bytes) -> bytes:
    opened = b"".join(b"Content-Type: %s; boundary=b%d\r\n\r\n--b%d\r\n" % (kind, at, at) for at in range(levels))
    return HEAD + opened + b"\r\ndeep\r\n"


def _with(content_type: str, body: bytes, encoding: str = "8bit") -> bytes:
    return HEAD + f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode() + body


HOSTILE: dict[str, Callable[[], bytes]] = {
    "nested multiparts": lambda: _nested(5_000, b"multipart/mixed"),
    "nested multiparts within the bound": lambda: _nested(55, b"multipart/mixed"),
    "nested mails": lambda: HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 5_000 + b"deep",
    "nested mails in a file": lambda: _with(
        'application/octet-stream; name="a.eml"',
        base64.b64encode(b"Content-Type: message/rfc822\r\n\r\n" * 9_000),
        "base64",
    ),
    "hidden boundaries": lambda: _nested(2_000, b"multipart/digest").replace(b"boundary=", b"boundary*0="),
    "ten thousand parts": lambda: _with("multipart/mixed; boundary=b", b"--b\r\n\r\nx\r\n" * 10_000 + b"--b--"),
    "ten thousand files": lambda: _with(
        "multipart/mixed; boundary=b", b"--b\r\nContent-Disposition: attachment; filename=a.exe\r\n\r\nx\r\n" * 10_000
    ),
    "a boundary on every line": lambda: _with("multipart/mixed; boundary=b", b"--b\r\n" * 190_000),
    "a head without an end": lambda: b"X: " + b"a" * 9_000_000,
    "a hundred thousand headers": lambda: HEAD + b"X-A: b\r\n" * 100_000 + b"\r\nx",
    "a long subject": lambda: HEAD.replace(b"x\r\n", b"=?utf-8?q?" + b"=41" * 80_000 + b"?=\r\n", 1) + b"\r\nx",
    "a long sender": lambda: b"From: " + b'"a' * 60_000 + b" <robin@testham.example>\r\n\r\nx",
    "nine megabytes of lines": lambda: HEAD + b"\r\n" + b"\n" * 9_000_000,
    "nine megabytes in one line": lambda: HEAD + b"\r\n" + b"a" * 9_000_000,
    "html that opens and never closes": lambda: _with("text/html", b"<div><!--" * 100_000),
    "html of tags": lambda: _with("text/html", b"<b>" * 300_000),
    "broken base64": lambda: _with("text/plain", b"====\xff\xfe!!" * 9_999, "base64"),
    "broken quoted-printable": lambda: _with("text/plain", b"=ZZ=\r\n=" * 9_999, "quoted-printable"),
    "uuencode": lambda: _with("text/plain", b"begin 666 /etc/passwd\r\n#0V%T\r\n`\r\nend\r\n", "x-uuencode"),
    "a character set that is none": lambda: _with('text/plain; charset="\xa0x"', b"caf\xe9"),
    "a character set that unpacks": lambda: _with("text/plain; charset=zlib", b"x\x9c" * 999),
    "a character set that grows slow": lambda: _with("text/plain; charset=punycode", b"a-" * 400_000),
    "lone halves of characters": lambda: _with("text/plain; charset=utf-16", b"\xd8\x00" * 999),
    "nothing at all": lambda: b"",
    "nothing but zeros": lambda: b"\0" * 100_000,
    "a picture of a mail": lambda: bytes(range(256)) * 4_000,
    "a pdf that grows": lambda: _with(
        'application/pdf; name="a.pdf"',
        base64.b64encode(b"%PDF-1.7\n" + b"1 0 obj <</Length 99999999>> stream\n" * 9_999),
        "base64",
    ),
}


@pytest.mark.parametrize("family", HOSTILE)
def test_no_shape_of_a_mail_costs_much_or_breaks_anything(family: str) -> None:
    content = HOSTILE[family]()
    begun = time.monotonic()
    try:
        read = open_mail(content)
    except Unreadable:
        pass
    else:
        assert len(read.own_words) + len(read.passed_on) <= parts.LONGEST_WHOLE + 100
        assert len(read.not_read) <= parts.MOST_NAMED
        assert "\n" not in read.subject
        assert "\n" not in "".join(read.not_read)
        assert not read.sender or read.sender == ROBIN
    assert time.monotonic() - begun < SECONDS


def test_a_mail_larger_than_any_is_not_opened() -> None:
    with pytest.raises(Unreadable):
        open_mail(HEAD + b"\r\n" + b"a" * opening.LARGEST)
