"""What would tell who wrote a text is found however it is written; what belongs to the attacker is left alone."""

import pytest

from warp_hub.text.identifying import Kind, Known, find_identifiers, replace_all

LEEDS = Known(("Leeds City Council", "Leeds"), ("leeds.gov.uk",), ("Sam Archer", "sam.archer@leeds.gov.uk"))
READING = Known(("Reading Borough Council", "Reading"), ("reading.gov.uk",))
BATH = Known(("Bath and North East Somerset Council",))
NOBODY = Known()


def found(text: str, known: Known = LEEDS) -> list[tuple[str, Kind]]:
    return [(each.found, each.kind) for each in find_identifiers(text, known)]


def words(text: str, known: Known = LEEDS) -> list[str]:
    return [word for word, _kind in found(text, known)]


@pytest.mark.parametrize(
    "written",
    [
        "Leeds City Council",
        "leeds city council",
        "LEEDS",
        "Leeds-City-Council",
        "Leeds City\nCouncil",
        "Leeds | City | Council",
        "Leeds   Council",
        "City of Leeds",
        "leedscitycouncil",
        "LeedsCC",
        "L E E D S",
        "Lее\u0501s",  # three Cyrillic letters
        "Le\u200beds",
        "Le\u00adeds",
        "Ｌｅｅｄｓ",
        "𝐋𝐞𝐞𝐝𝐬",
        "Ĺéédś",
        "%6Ceeds",
        "=4Ceeds",
        "Lee-\nds",
    ],
)
def test_a_name_is_found_however_it_is_written(written: str) -> None:
    assert words(f"We at {written}, too") == [written]


def test_a_possessive_stays_and_a_plural_goes_with_the_name() -> None:
    text = "Leeds’s servers and both Leedss"
    assert replace_all(text, find_identifiers(text, LEEDS)) == "[council name]’s servers and both [council name]"


@pytest.mark.parametrize(
    ("names", "text", "expected"),
    [
        (("Telford & Wrekin Council",), "Telford and Wrekin; Wrekin", ["Telford and Wrekin", "Wrekin"]),
        (("Bath and North East Somerset Council",), "Bath & NE Somerset", ["Bath & NE Somerset"]),
        (("Royal Borough of Windsor and Maidenhead",), "RBWM; Maidenhead", ["RBWM", "Maidenhead"]),
        (("Internal Revenue Service",), "the I.R.S. and IRS", ["I.R.S", "IRS"]),
        (("Department for Education",), "the DfE, Department for\nEducation", ["DfE", "Department for\nEducation"]),
        (("Cyngor Caerdydd",), "yng Nghaerdydd, Gyngor Caerdydd", ["Nghaerdydd", "Gyngor Caerdydd"]),
        (("Cardiff Council / Cyngor Caerdydd",), "Cardiff, Caerdydd", ["Cardiff", "Caerdydd"]),
        (("St John's Ambulance",), "St. Johns Ambulance", ["St. Johns Ambulance"]),
        (("Matanuska-Susitna (Mat-Su) Borough",), "in Mat-Su", ["Mat-Su"]),
        (("Ynys Môn",), "Ynys Mo\u0302n", ["Ynys Mo\u0302n"]),
    ],
)
def test_other_names_follow_from_the_full_one(names: tuple[str, ...], text: str, expected: list[str]) -> None:
    assert words(text, Known(names)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Reading the log, we saw it",
        "reading council minutes",
        "after reading",
        "Readings were high",
        "Bath time",
        "lcc",
    ],
)
def test_an_ordinary_word_is_no_name_without_its_company(text: str) -> None:
    assert found(text, Known((*READING.names, *BATH.names, "Leeds City Council"))) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Reading Council was hit", "Reading Council"),
        ("the Borough of Reading", "Reading"),
        ("staff in Reading saw it", "Reading"),
        ("Reading's network", "Reading"),
        ("RBC was hit", "RBC"),
    ],
)
def test_an_ordinary_word_in_company_is_a_name(text: str, expected: str) -> None:
    assert words(text, READING) == [expected]


def test_a_neighbour_in_another_sentence_is_no_company() -> None:
    assert found("We told the council. Reading the log took hours.", READING) == []


def test_a_city_of_the_same_name_with_new_before_it_is_another() -> None:
    assert words("New York is not York", Known(("City of York Council",))) == ["York"]


@pytest.mark.parametrize(
    "written",
    [
        "leeds.gov.uk",
        "mail.leeds.gov.uk",
        "leeds[.]gov[.]uk",
        "leeds(dot)gov(dot)uk",
        "leeds dot gov dot uk",
        "leeds . gov . uk",
        "LEEDS.GOV.UK",
        "leedsgov.onmicrosoft.com",
    ],
)
def test_an_own_domain_is_found_however_it_is_written(written: str) -> None:
    assert found(f"see {written} for it") == [(written, Kind.DOMAIN)]


@pytest.mark.parametrize("written", ["Midhsire", "Midshir", "Middshire", "Midshyre"])
def test_a_name_with_one_slip_is_found_with_its_capital(written: str) -> None:
    known = Known(("Midshire County Council",))
    assert found(f"at {written} and {written.lower()}", known) == [(written, Kind.SHORT_NAME)]
    assert found(f"on {written.lower()}-council.com", known) == [(f"{written.lower()}-council.com", Kind.LOOK_ALIKE)]


def test_a_short_name_with_one_slip_is_another_word() -> None:
    assert found("Leads, Feeds and Needs; the Westmarch team", Known(("Leeds City Council", "Westmark Council"))) == []


def test_a_mailbox_of_ours_is_found_in_words() -> None:
    assert found("ask jo at leeds dot gov dot uk") == [("jo at leeds dot gov dot uk", Kind.OWN_EMAIL)]


@pytest.mark.parametrize("written", ["sam.archer@leeds.gov.uk", "leeds.council@mail.example", "it@leeds-gov-uk.com"])
def test_a_mailbox_that_names_us_is_told_from_one_that_does_not(written: str) -> None:
    assert found(f"from {written}, to jo@x.example") == [(written, Kind.OWN_EMAIL), ("jo@x.example", Kind.EMAIL)]


def test_whom_a_phishing_address_was_sent_to_is_read_in_base64() -> None:
    assert found("https://evil.example/login#c2FtQGxlZWRzLmdvdi51aw==") == [
        ("c2FtQGxlZWRzLmdvdi51aw==", Kind.OWN_EMAIL)
    ]
    assert found("bGVlZHMuZ292LnVr and aGVsbG8gd29ybGQ=") == [("bGVlZHMuZ292LnVr", Kind.DOMAIN)]


@pytest.mark.parametrize(
    "imitation", ["leeds-gov-uk[.]com", "leeds.gov.uk.evil.example", "l33ds-council.com", "login-leeds.com"]
)
def test_an_address_that_imitates_us_is_said_to(imitation: str) -> None:
    assert found(f"They used {imitation}.") == [(imitation, Kind.LOOK_ALIKE)]


@pytest.mark.parametrize(
    "theirs",
    [
        "185.220.101.7",
        "hxxps://evil[.]example/gate.php",
        "bad.onmicrosoft.com",
        "d41d8cd98f00b204e9800998ecf8427e",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "2001:db8::1",
        r"\\evil.example\share",
        r"HKLM\Software\Run",
        r"C:\Windows\Temp\a.exe",
        r"C:\\Windows\\Temp\\a.exe",
        r"\\root\SecurityCenter2",
        "/etc/rc.local",
        "CVE-2026-012345",
        "T1566.001",
        "01-02-2026 10:30",
        "FortiOS version 10.1.2.3",
        "Kentucky and feeds",
        "needs leads",
    ],
)
def test_what_is_the_attackers_or_nobodys_is_left_alone(theirs: str) -> None:
    assert found(f"We saw {theirs} there", Known((*LEEDS.names, "Kent"), LEEDS.domains)) == []


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("jo@council.example", Kind.EMAIL),
        ("jo[at]council[.]example", Kind.EMAIL),
        ("jo%40council.example", Kind.EMAIL),
        ("0113 496 0000", Kind.PHONE),
        ("(0113) 496-0000", Kind.PHONE),
        ("+44 (0)113 496 0000", Kind.PHONE),
        ("07700900123", Kind.PHONE),
        ("0113 496 0000 ext. 123", Kind.PHONE),
        ("+1 212 555 0100", Kind.PHONE),
        ("LS1 1UR", Kind.POSTCODE),
        ("ls11ur", Kind.POSTCODE),
        ("dc01.corp.local", Kind.HOST),
        ("fileserver[.]internal", Kind.HOST),
        (r"\\FS01\finance\payroll", Kind.HOST),
        (r"\\10.1.2.3\c$", Kind.HOST),
        (r"LDSNT\sarcher", Kind.ACCOUNT),
        ("S-1-5-21-1004336348-1177238915-682003330-512", Kind.ACCOUNT),
        ("10.20.30.40", Kind.PRIVATE_ADDRESS),
        ("192.168[.]1[.]0/24", Kind.PRIVATE_ADDRESS),
        ("172.16.0.9", Kind.PRIVATE_ADDRESS),
        ("127.0.0.1", Kind.PRIVATE_ADDRESS),
        ("169.254.1.1", Kind.PRIVATE_ADDRESS),
        ("::1", Kind.PRIVATE_ADDRESS),
        ("fe80::1", Kind.PRIVATE_ADDRESS),
        ("fd12:3456::1", Kind.PRIVATE_ADDRESS),
    ],
)
def test_what_leads_to_a_person_or_into_a_network_is_found_whoever_wrote(written: str, kind: Kind) -> None:
    assert found(f"see {written}, then", NOBODY) == [(written, kind)]


@pytest.mark.parametrize("text", ["x86 4gb", "L2 3rd party", "M2 2TB disk", "in 2019 2nd"])
def test_a_quantity_is_no_postcode(text: str) -> None:
    assert found(text, NOBODY) == []


def test_two_numbers_after_each_other_are_two() -> None:
    assert words("0113 496 0000 0113 496 0001", NOBODY) == ["0113 496 0000", "0113 496 0001"]


@pytest.mark.parametrize("written", ["Sam Archer", "sam archer", "Archer, Sam", "S. Archer", "sarcher", "sam_archer"])
def test_who_writes_is_found_under_their_own_name(written: str) -> None:
    assert found(f"ask {written} about it") == [(written, Kind.PERSON)]


def test_the_surname_alone_needs_its_capital_and_the_first_name_says_nothing() -> None:
    assert found("Archer and an archer; Sam and the SAM file") == [("Archer", Kind.PERSON)]


@pytest.mark.parametrize("before", ["שלום ", "👩🏽‍🚒 ", "e\u0301\u0301 ", "\u202eabc\u202c ", "ﷺ ", "\r\n"])
def test_offsets_are_those_of_the_text_as_it_was_written(before: str) -> None:
    text = f"{before}Leeds said {before}jo@council.example"
    for finding in find_identifiers(text, LEEDS):
        assert text[finding.start : finding.end] == finding.found
    assert words(text) == ["Leeds", "jo@council.example"]


def test_a_suggestion_that_is_in_the_text_is_found_no_more() -> None:
    known = Known(("Name Council", "Council Name"), (), ("Phone Number",))
    text = "Name Council told Phone Number on 0113 496 0000"
    replaced = replace_all(text, find_identifiers(text, known))
    assert replaced == "[council name] told [person's name] on [phone number]"
    assert find_identifiers(replaced, known) == []
