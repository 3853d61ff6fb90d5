"""Which room writes which kind of letter; mail itself knows none of them."""

from collections.abc import Mapping

from warp_hub.advisories.mailbox import letters as mailbox
from warp_hub.alerts import letters as alerts
from warp_hub.alerts import notices, reminders
from warp_hub.custody import letters as custody
from warp_hub.desk import letters as desk
from warp_hub.digests import letters as digests
from warp_hub.digests import previews, runs
from warp_hub.discussions import letters as discussions
from warp_hub.discussions import telling
from warp_hub.exports import letters as exports
from warp_hub.joining import letters as joining
from warp_hub.mail import Render
from warp_hub.moving import letters as moving
from warp_hub.renewals import letters as renewals
from warp_hub.resharing import letters as resharing
from warp_hub.signin import letters as signin
from warp_hub.training import letters as training

LETTERS: Mapping[str, Render] = {
    notices.KIND: alerts.render,
    notices.KIND_OF_LIST: alerts.render,
    reminders.KIND: reminders.render,
    runs.KIND: digests.render,
    previews.TEST_KIND: digests.render_test,
    **custody.LETTERS,
    **desk.LETTERS,
    telling.KIND: discussions.render,
    **exports.LETTERS,
    **joining.LETTERS,
    **mailbox.LETTERS,
    **moving.LETTERS,
    **renewals.LETTERS,
    **resharing.LETTERS,
    **signin.LETTERS,
    **training.LETTERS,
}
