from tests.portal import browser, portal, signed_in

__all__ = ["browser", "portal", "signed_in"]
