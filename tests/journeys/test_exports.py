"""Take the firewall list: from a warning to a token, from the token to a list, and no list without it."""

import urllib.error
import urllib.request
from base64 import b64encode

from tests.journeys.conftest import Reader
from tests.journeys.look import faults, spilling

FORTIOS = "FortiOS SSL-VPN: install 7.4.9 or switch it off"
OWNER = "lead-midshire@demo.example"


def test_take_the_firewall_list(reader: Reader) -> None:
    reader.become("lead-midshire")
    reader.go("/advisories")
    reader.follow(FORTIOS)
    reader.arrives(FORTIOS)
    reader.unfold("Copy for my firewall")
    domain = reader.page.locator("#block-domain").input_value()
    address = reader.page.locator("#fetch-domain").input_value()
    assert "[.]" not in domain
    _looks_well(reader)

    reader.follow("Connect a tool")
    reader.arrives("Connect a tool")
    _looks_well(reader)
    reader.page.get_by_role("button", name="Make a token").click()
    reader.arrives("Make a token")
    reader.press("Make the token")
    reader.sees("Enter what the token is for")
    name = f"Firewall {id(reader)}"
    reader.page.get_by_label("What is it for?").fill(name)
    reader.page.get_by_label("TLP:GREEN").check()
    _looks_well(reader)
    reader.press("Make the token")
    reader.arrives("Your new token")
    _looks_well(reader)
    token = reader.page.locator("#token").input_value()

    status, lines = _fetch(reader, address, token)
    assert status == 200
    assert domain in lines
    assert all(line.endswith(".example") for line in lines)

    reader.go("/account/tokens")
    reader.press(f"Stop {name}")
    reader.sees("The token is stopped.")
    assert _fetch(reader, address, token)[0] == 401


def test_the_list_of_warnings_comes_as_a_file(reader: Reader) -> None:
    reader.become("lead-midshire")
    reader.go("/advisories?severity=Act+today")
    with reader.page.expect_download() as download:
        reader.follow("Download this list for a spreadsheet (CSV)")
    assert download.value.suggested_filename.startswith("TLP-AMBER")
    table = download.value.path().read_text("utf-8-sig").splitlines()
    assert table[0].startswith('"Label"')
    assert any(FORTIOS in line for line in table)
    assert all('"Act today"' in line for line in table[1:])


def _fetch(reader: Reader, address: str, token: str) -> tuple[int, list[str]]:
    """Fetch as a firewall does, with nothing but the address, the user name and the token."""
    given = b64encode(f"{OWNER}:{token}".encode()).decode()
    asked = urllib.request.Request(reader.hub.here(address), headers={"Authorization": f"Basic {given}"})
    try:
        with urllib.request.urlopen(asked, timeout=15) as answer:
            return answer.status, answer.read().decode().splitlines()
    except urllib.error.HTTPError as error:
        return error.code, []


def _looks_well(reader: Reader) -> None:
    assert faults(reader.page) == []
    assert list(spilling(reader.page)) == []
