"""Find by search: a word, an address as somebody wrote it in a mail, and nothing that is not one's own."""

from tests.journeys.conftest import DESK, Reader, Readers
from tests.journeys.look import faults, spilling

FORTIOS = "FortiOS SSL-VPN: install 7.4.9 or switch it off"


def test_find_by_search(reader: Reader) -> None:
    reader.become("lead-midshire").go("/")
    reader.follow("Search")
    reader.arrives("Search")
    _looks_well(reader)
    _ask(reader, "fortios")
    assert reader.page.locator("mark").first.inner_text() == "FortiOS"
    _looks_well(reader)
    reader.follow(FORTIOS)
    reader.arrives(FORTIOS)

    value = reader.page.locator("textarea[id^=values-]").first.input_value().splitlines()[0]
    assert "[.]" in value or "[:]" in value
    reader.go("/search")
    _ask(reader, value)
    reader.sees("You searched for")
    assert reader.page.locator("main code").first.inner_text() == value
    _looks_well(reader)
    reader.follow(FORTIOS)
    reader.arrives(FORTIOS)


def test_what_is_not_there_and_what_is_not_for_me_look_the_same(readers: Readers) -> None:
    reader = readers(DESK).become("lapsed")
    reader.go("/search")
    _ask(reader, "housing management")
    of_others = reader.page.locator("main p").all_inner_texts()
    _ask(reader, "sparrowhawk")
    assert reader.page.locator("main p").all_inner_texts() == of_others
    reader.sees("Nothing was found.")
    _looks_well(reader)
    stranger = readers(DESK)
    stranger.go("/search?q=fortios")
    stranger.arrives("Sign in")


def _ask(reader: Reader, words: str) -> None:
    box = reader.page.get_by_label("Words, an address, a file hash or a CVE")
    box.fill(words)
    box.press("Enter")
    reader.page.wait_for_url("**/search?q=*")


def _looks_well(reader: Reader) -> None:
    assert faults(reader.page) == []
    assert list(spilling(reader.page)) == []
