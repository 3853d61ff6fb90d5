"""The pages of signing in."""

from flask import Blueprint
from werkzeug.exceptions import Unauthorized

from warp_hub.signin import (
    views_account,
    views_address,
    views_door,
    views_keys,
    views_letters,
    views_lost,
    views_recovery,
)
from warp_hub.signin.federation import offers, views_accounts, views_bindings
from warp_hub.signin.federation import views as views_federation

blueprint = Blueprint("signin", __name__)

for _routes in (
    views_door.ROUTES,
    views_letters.ROUTES,
    views_account.ROUTES,
    views_keys.ROUTES,
    views_address.ROUTES,
    views_recovery.ROUTES,
    views_federation.ROUTES,
    views_accounts.ROUTES,
    views_bindings.ROUTES,
):
    for _rule, _endpoint, _view, _methods in _routes:
        blueprint.add_url_rule(_rule, _endpoint, _view, methods=_methods)
offers.install(blueprint)
blueprint.app_errorhandler(Unauthorized)(views_lost.sign_in_again)
