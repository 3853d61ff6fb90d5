"""Signing in with an account at Microsoft, in a browser that goes there and comes back; and who does not come in."""

import time
from collections.abc import Iterator

import pytest

from tests.journeys.conftest import WELCOME, Reader
from tests.journeys.look import faults, faults_everywhere, spilling
from tests.signin.provider import OTHER, OTHER_TENANT, TENANT, Provider

LABEL = "sam.lee@testham.example"


@pytest.fixture
def microsoft(provider: Provider) -> Iterator[Provider]:
    """Return a Microsoft that behaves, and will for whoever comes next."""
    provider.behave()
    yield provider
    provider.behave()


def test_an_account_elsewhere_is_bound_connected_used_and_taken_away(reader: Reader, microsoft: Provider) -> None:
    reader.become("lead-midshire").go("/account")
    reader.follow("People, names and mail domains of Ashcombe Borough Council")
    reader.follow("Sign in with the accounts people have at work")
    _looks_well(reader)
    reader.press("Set up")
    reader.sees("Say whether it does")
    _looks_well(reader)
    reader.page.get_by_label("Microsoft", exact=True).check()
    reader.page.get_by_label("Tenant ID").fill(TENANT)
    reader.page.get_by_label("Yes, always").check()
    reader.press("Set up")
    reader.sees("It counts here once a coordinator of your WARP has said yes")
    bound = reader.page.url

    reader.go("/account/keys/accounts")
    reader.follow("Connect my Microsoft account")
    reader.arrives("Connect your Microsoft account")
    reader.sees(LABEL)
    assert faults_everywhere(reader.page) == []
    reader.press("Connect this account")
    reader.sees("Your Microsoft account is connected.")

    _sign_out_and_come_by_microsoft(reader)
    reader.arrives("Confirm that it is you")
    assert not reader.page.get_by_label("Password").count(), "there is none to give"
    assert faults_everywhere(reader.page) == []
    microsoft.claims = {"auth_time": int(time.time())}
    reader.follow("Sign in at Microsoft once more")
    reader.arrives("Add a passkey")
    reader.become("coordinator-midshire").go("/desk/organisations?q=ashcombe")
    reader.follow("Ashcombe Borough Council")
    reader.sees("Waits for your yes")
    reader.follow("Sign in with the accounts people have at work")
    _looks_well(reader)
    reader.press("Yes, let its second factor count")
    reader.sees("From now on its second factor counts here.")
    _sign_out_and_come_by_microsoft(reader)
    reader.arrives(WELCOME)

    reader.become("lead-midshire").go("/account/keys/accounts")
    reader.press("Disconnect")
    reader.sees("The account is not connected any more.")
    reader.go(bound)
    reader.press("Take it off")
    reader.sees("Its accounts sign nobody in any more.")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"oid": OTHER, "preferred_username": "lead-midshire@demo.example"}, "This account does not open WARP Hub"),
        ({"tid": OTHER_TENANT}, "Signing in with Microsoft did not work"),
        ({"iss": "https://elsewhere.example/v2.0"}, "Signing in with Microsoft did not work"),
    ],
    ids=["the address of somebody else", "wrong tenant", "wrong issuer"],
)
def test_who_is_nobody_here_does_not_come_in(
    reader: Reader, microsoft: Provider, told: dict[str, str], said: str
) -> None:
    microsoft.claims = dict(told)
    reader.go("/sign-in")
    reader.press("Sign in with Microsoft")
    reader.arrives(said)
    assert "code=" not in reader.page.url
    _looks_well(reader)
    reader.go("/account")
    reader.arrives("Sign in")


def _sign_out_and_come_by_microsoft(reader: Reader) -> None:
    reader.go("/sign-out")
    reader.press("Sign out of this device")
    reader.go("/sign-in")
    reader.press("Sign in with Microsoft")


def _looks_well(reader: Reader) -> None:
    assert [*faults(reader.page), *spilling(reader.page)] == []
