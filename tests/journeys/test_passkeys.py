"""Passkeys in a real browser: on the laptop, on a key that is carried, copied, at another address; and staying in."""

from playwright.sync_api import CDPSession, expect

from tests.journeys.conftest import PHONE, WELCOME, Reader, Readers
from tests.journeys.look import faults, faults_everywhere

WHO = "coordinator-westmarch"


class Keyring:
    """The authenticators of one browser, as Chromium lets tests have them."""

    def __init__(self, reader: Reader) -> None:
        self._chromium: CDPSession = reader.context.new_cdp_session(reader.page)
        self._chromium.send("WebAuthn.enable")

    def plug_in(self, transport: str) -> str:
        """Have a laptop's own authenticator ("internal") or a key that is carried ("usb")."""
        options = {
            "protocol": "ctap2",
            "transport": transport,
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        made = self._chromium.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return str(made["authenticatorId"])

    def take_out(self, authenticator: str) -> None:
        """Have it no more."""
        self._chromium.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": authenticator})

    def turn_back(self, authenticator: str) -> None:
        """Make what is in it a copy of long ago: its count begins anew."""
        named = {"authenticatorId": authenticator}
        for key in self._chromium.send("WebAuthn.getCredentials", named)["credentials"]:
            self._chromium.send("WebAuthn.removeCredential", named | {"credentialId": key["credentialId"]})
            self._chromium.send("WebAuthn.addCredential", named | {"credential": key | {"signCount": 0}})


def add(reader: Reader, name: str) -> None:
    reader.go("/account/keys")
    reader.press("Add a passkey")
    reader.arrives("Add a passkey")
    assert faults(reader.page) == []
    reader.page.get_by_label("Name of this passkey").fill(name)
    reader.press("Add a passkey")
    reader.sees("Your passkey is saved.")


def sign_out_and_use_a_key(reader: Reader) -> None:
    reader.go("/sign-out")
    reader.press("Sign out of this device")
    reader.go("/sign-in")
    reader.press("Use a passkey")


def test_in_by_a_passkey_on_the_laptop_and_by_one_that_is_carried(readers: Readers) -> None:
    reader = readers().become(WHO)
    keys = Keyring(reader)
    laptop = keys.plug_in("internal")
    add(reader, "Work laptop")
    assert faults(reader.page) == []
    sign_out_and_use_a_key(reader)
    reader.arrives(WELCOME)

    keys.take_out(laptop)
    carried = keys.plug_in("usb")
    add(reader, "Blue key")
    reader.sees("Work laptop")
    reader.follow("Rename Blue key")
    assert faults_everywhere(reader.page) == []
    reader.page.get_by_label("Name").fill("Green key")
    reader.press("Save")
    reader.sees("Green key")
    sign_out_and_use_a_key(reader)
    reader.arrives(WELCOME)

    reader.go("/account/keys")
    reader.follow("Remove Work laptop")
    assert faults_everywhere(reader.page) == []
    reader.press("Remove")
    reader.sees("Green key")
    expect(reader.page.get_by_text("Work laptop")).to_have_count(0)

    keys.turn_back(carried)
    sign_out_and_use_a_key(reader)
    reader.sees("it may have been copied")
    assert faults(reader.page) == []
    keys.take_out(carried)


def test_at_another_address_or_without_scripts_the_password_stands_there(readers: Readers) -> None:
    reader = readers(PHONE)
    keys = Keyring(reader)
    keys.plug_in("internal")
    reader.page.goto(reader.hub.here("/sign-in").replace("localhost", "127.0.0.1"))
    reader.press("Use a passkey")
    reader.sees("No passkey was used.")
    assert faults(reader.page) == []

    plain = readers(PHONE, scripts=False)
    plain.go("/sign-in")
    expect(plain.page.get_by_role("button", name="Use a passkey")).to_have_count(0)
    expect(plain.page.get_by_label("Password", exact=True)).to_be_visible()


def test_before_the_time_is_up_a_warning_and_what_was_typed_comes_back(readers: Readers) -> None:
    reader = readers().become(WHO)
    reader.page.clock.install()
    reader.go("/account/keys")
    dialog = reader.page.get_by_role("dialog")
    expect(dialog).to_have_count(0)
    reader.page.clock.fast_forward("56:00")
    expect(dialog).to_be_visible()
    assert faults(reader.page) == []
    reader.press("Stay signed in")
    expect(dialog).to_have_count(0)

    elsewhere = readers().become(WHO)
    elsewhere.go("/account/sessions")
    reader.go("/account/interests")
    elsewhere.press("Sign out everywhere else")
    reader.page.locator("main form button[type=submit]").first.click()
    reader.arrives("Sign in to go on")
    assert faults(reader.page) == []
