"""A coordinator makes a key, is told what opening a record means, opens none that is not there, destroys the key."""

from tests.journeys.conftest import PHONE, Reader, Readers
from tests.journeys.look import faults, spilling

PASSPHRASE = "seven otters paint the harbour"
NO_RECORD = "/desk/records/5e5f4a1c-2a3b-4c5d-8e6f-7a8b9c0d1e2f/open"


def test_a_key_is_made_used_and_destroyed(reader: Reader) -> None:
    """The national team takes no reports, so that nobody else waits for this key."""
    reader.become("national").go("/account")
    reader.follow("Your key")
    reader.arrives("Your key")
    reader.press("Make your key")
    reader.arrives("Make your key")
    _fill(reader, "New passphrase", "too short")
    reader.press("Make your key")
    reader.sees("Use 20 or more characters")
    _fill(reader, "New passphrase", PASSPHRASE)
    _fill(reader, "The same passphrase again", PASSPHRASE)
    reader.press("Make your key")
    reader.sees("Your key is made.")

    reader.go(NO_RECORD)
    reader.sees("Other members will not be told who you are.")
    reader.page.get_by_label("Why do you need to know who sent this?").fill("The police ask for it today.")
    for passphrase, said in (("wrong", "The passphrase is not right"), (PASSPHRASE, "or is not there")):
        _fill(reader, "The passphrase of your key", passphrase)
        reader.press("Open the record")
        reader.sees(said)
    assert reader.page.get_by_label("Why do you need to know who sent this?").input_value().startswith("The police")

    reader.go("/account/key")
    reader.follow("Destroy your key")
    reader.press("Destroy your key")
    reader.sees("Your key is destroyed.")


def test_what_is_refused_is_sound_in_a_browser_too(readers: Readers) -> None:
    found = readers(PHONE, bypass_csp=True).become("national")
    for path, button in (("/account/key/make", "Make your key"), (NO_RECORD, "")):
        found.go(path)
        if button:
            found.press(button)
            found.sees("There is a problem")
        assert [*faults(found.page), *spilling(found.page)] == []


def _fill(reader: Reader, label: str, words: str) -> None:
    reader.page.get_by_label(label, exact=True).fill(words)
