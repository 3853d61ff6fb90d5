"""The pages of signing in."""

from flask import Blueprint

from warp_hub.signin import views_account, views_door, views_letters

blueprint = Blueprint("signin", __name__)

for _routes in (views_door.ROUTES, views_letters.ROUTES, views_account.ROUTES):
    for _rule, _endpoint, _view, _methods in _routes:
        blueprint.add_url_rule(_rule, _endpoint, _view, methods=_methods)
