"""Coming in: from a letter to a password, a second step, out again, and in with both."""

import time

import pyotp

from tests.journeys.conftest import WELCOME, Reader
from tests.journeys.look import faults, faults_everywhere
from warp_hub.signin.codes import STEP_SECONDS

PASSWORD = "lantern gravel marmalade"
NEWCOMERS = iter(("officer-midshire", "associate-midshire", "lead-westmarch", "reader-midshire"))  # one for each way


def choose_a_password(reader: Reader, address: str) -> "Phone":
    """Go from the letter to a session with a second step; return the phone with the codes."""
    before = len(reader.hub.letters(address, "reset_link"))
    reader.go("/sign-in/password")
    reader.page.get_by_label("E-mail address").fill(address)
    reader.press("Send the link")
    letter = reader.hub.wait_for_letter(address, "reset_link", after=before)

    reader.go(letter.link("Choose a new password"))
    reader.arrives("Choose a new password")
    assert faults_everywhere(reader.page) == []
    reader.page.get_by_label("New password", exact=True).fill(PASSWORD)
    reader.press("Save and continue")
    return _set_up_codes(reader)


class Phone:
    """An authenticator app: shows codes, each of which is good once."""

    def __init__(self, secret: str) -> None:
        self._app = pyotp.TOTP(secret)
        self._step = int(time.time()) // STEP_SECONDS - 1

    def next_code(self) -> str:
        """Return a code that was not shown before: that of now, or of the next half minute."""
        self._step = max(self._step + 1, int(time.time()) // STEP_SECONDS)
        return self.same_code()

    def same_code(self) -> str:
        """Return the code shown last."""
        return self._app.at(self._step * STEP_SECONDS)


def _set_up_codes(reader: Reader) -> Phone:
    reader.arrives("Set up your second step")
    _look(reader)
    reader.unfold("I cannot use the picture")
    phone = Phone(reader.page.locator("details code").inner_text().replace(" ", ""))
    reader.page.get_by_label("Code").fill(phone.next_code())
    reader.press("Finish")
    return phone


def _look(reader: Reader) -> None:
    assert faults(reader.page) == []


def test_in_by_password_and_code(reader: Reader) -> None:
    address = f"{next(NEWCOMERS)}@demo.example"
    phone = choose_a_password(reader, address)
    reader.arrives(WELCOME)
    reader.go("/account")
    reader.press("Sign out")

    reader.follow("Sign in")
    reader.page.get_by_label("E-mail address").fill(address)
    reader.page.get_by_label("Password", exact=True).fill("not this one at all")
    reader.press("Continue")
    reader.sees("The e-mail address or the password is not right")
    _look(reader)

    reader.page.get_by_label("Password", exact=True).fill(PASSWORD)
    reader.press("Continue")
    reader.arrives("Enter your code")
    assert faults_everywhere(reader.page) == []
    reader.page.get_by_label("Code").fill(phone.same_code())
    reader.press("Sign in")
    reader.sees("This code is not right or has been used.")

    reader.page.get_by_label("Code").fill(phone.next_code())
    reader.press("Sign in")
    reader.arrives(WELCOME)
    reader.go("/account")
    reader.sees("You are fully signed in.")
