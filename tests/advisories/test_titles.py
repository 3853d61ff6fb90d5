"""What a warning is called and told in short, whatever its source makes of both."""

import pytest

from warp_hub.advisories import titles


@pytest.mark.parametrize(
    ("title", "readable"),
    [
        ("2025-01-30-phishing-domain-mimicking-DeepSeek.json", "Phishing domain mimicking DeepSeek"),
        ("2024-Boggy-Serpens_uses-AutodialDLL.txt", "Boggy Serpens uses AutodialDLL"),
        ("FortiOS 7.4.9", "FortiOS 7.4.9"),
        ("log4j2.xml", "Log4j2"),
        (".json", ".json"),
    ],
)
def test_a_title_that_is_a_files_name_becomes_words(title: str, readable: str) -> None:
    assert titles.readable(title) == readable


@pytest.mark.parametrize(
    ("told", "short"),
    [
        (
            "Patch now\n\n10 min read\n\nA flaw lets anybody run commands on the gateway.",
            "A flaw lets anybody run commands on the gateway.",
        ),
        (
            "Patch now: a flaw lets anybody run commands on the gateway.",
            "a flaw lets anybody run commands on the gateway.",
        ),
        ("Patch now", "Patch now"),
        ("   ", ""),
    ],
)
def test_in_short_is_what_says_more_than_the_title(told: str, short: str) -> None:
    assert titles.in_short({"description": told}, "Patch now") == short
