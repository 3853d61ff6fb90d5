"""The pages of signing in."""

from flask import Blueprint

from warp_hub.signin.views import account, door, letters

blueprint = Blueprint("signin", __name__)

for _routes in (door.ROUTES, letters.ROUTES, account.ROUTES):
    for _rule, _endpoint, _view, _methods in _routes:
        blueprint.add_url_rule(_rule, _endpoint, _view, methods=_methods)
