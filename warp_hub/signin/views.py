"""The pages of signing in."""

from flask import Blueprint

from warp_hub.signin import views_account, views_door, views_letters
from warp_hub.signin.federation import offers, views_bindings
from warp_hub.signin.federation import views as views_federation

blueprint = Blueprint("signin", __name__)

for _routes in (
    views_door.ROUTES,
    views_letters.ROUTES,
    views_account.ROUTES,
    views_federation.ROUTES,
    views_bindings.ROUTES,
):
    for _rule, _endpoint, _view, _methods in _routes:
        blueprint.add_url_rule(_rule, _endpoint, _view, methods=_methods)
offers.install(blueprint)
