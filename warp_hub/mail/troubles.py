"""What can go wrong when a message is handed over."""


class CarrierDown(Exception):
    """No letter can go now: all wait, none fails. The text is for whoever looks after the hub."""


class PutOff(Exception):
    """The server asks to come back later with this letter."""


class Refused(Exception):
    """The server will not take this letter, today or later; `address` says that it refuses the address."""

    def __init__(self, reason: str, *, address: bool = False) -> None:
        super().__init__(reason)
        self.address = address


class Unclear(Exception):
    """The connection broke after the text was begun: nobody knows whether the server took it."""
