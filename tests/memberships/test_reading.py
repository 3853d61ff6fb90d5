"""Addresses, domains and names are read strictly and kept in one form."""

import pytest

from warp_hub.memberships.reading import LONGEST_NAME, Unreadable, mask, read_address, read_domain, read_name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("sam@leeds.gov.uk", "sam@leeds.gov.uk"),
        ("  Sam.Lee@LEEDS.gov.UK  ", "Sam.Lee@leeds.gov.uk"),
        ("sam@leeds.gov.uk.", "sam@leeds.gov.uk"),
        ("sam+warp@leeds.gov.uk", "sam+warp@leeds.gov.uk"),
        ("o'neill@derrystrabane.com", "o'neill@derrystrabane.com"),
        ("clerk@stoke.parish.gov.uk", "clerk@stoke.parish.gov.uk"),
    ],
)
def test_an_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert read_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "sam",
        "@leeds.gov.uk",
        "sam@",
        "sam@localhost",
        "sam@leeds..gov.uk",
        "sam@-leeds.gov.uk",
        "sam@leeds.gov.uk..",
        "sam@127.0.0.1",
        "sam@[127.0.0.1]",
        "sam@leeds.gov.uk\r\nBcc: all@evil.example",
        "sam\x00@leeds.gov.uk",
        "sam lee@leeds.gov.uk",
        ".sam@leeds.gov.uk",
        "sam@lееds.gov.uk",  # two Cyrillic letters
        "sam@xn--lds-ied.gov.uk",
        "ｓam@leeds.gov.uk",
        f"{'s' * 65}@leeds.gov.uk",
        f"sam@{'a.' * 130}uk",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable):
        read_address(typed)


@pytest.mark.parametrize("domain", ["gov.uk", "parish.gov.uk", "service.gov.uk", "tax.service.gov.uk", "gmail.com"])
def test_a_shared_domain_stands_for_nobody(domain: str) -> None:
    with pytest.raises(Unreadable):
        read_domain(domain)


def test_a_domain_is_kept_in_small_letters() -> None:
    assert read_domain(" @Leeds.GOV.uk. ") == "leeds.gov.uk"


@pytest.mark.parametrize(
    "typed",
    ["", "  ", "x" * (LONGEST_NAME + 1), "a\u202eb", "a\u200bb", "a\x00b", "=cmd|'/C calc'!A0", "＝1", "@SUM(1)"],
)
def test_what_hides_or_runs_is_no_name(typed: str) -> None:
    with pytest.raises(Unreadable):
        read_name(typed)


def test_a_name_is_one_line() -> None:
    assert read_name(" Cyngor  Sir\nYnys Môn ") == "Cyngor Sir Ynys Môn"


def test_a_masked_address_is_known_to_its_owner_alone() -> None:
    assert mask("sam.lee@leeds.gov.uk") == "s•••@leeds.gov.uk"
