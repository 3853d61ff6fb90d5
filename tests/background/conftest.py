"""Jobs are tried inside the whole app, with letters going into a folder."""

from tests.mail.conftest import mail_folder
from tests.portal import portal

__all__ = ["mail_folder", "portal"]
