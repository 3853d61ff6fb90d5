"""create_app: settings, database, hooks, rooms; one screen, top to bottom."""

from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from warp_hub import access, config, db, pages
from warp_hub.advisories import finding as warnings_found
from warp_hub.advisories.views import blueprint as advisories
from warp_hub.advisories.views_desk import blueprint as desk_warnings
from warp_hub.advisories.views_originals import blueprint as desk_originals
from warp_hub.advisories.views_same import blueprint as desk_same
from warp_hub.advisories.views_source_forms import blueprint as desk_source_forms
from warp_hub.advisories.views_sources import blueprint as desk_sources
from warp_hub.advisories.views_writing import blueprint as desk_writing
from warp_hub.alerts.views_answer_times import blueprint as desk_answers
from warp_hub.alerts.views_answers import blueprint as answers
from warp_hub.alerts.views_interests import blueprint as my_systems
from warp_hub.config import Settings
from warp_hub.custody import passphrases
from warp_hub.custody.views import blueprint as custody
from warp_hub.db import roles
from warp_hub.demo import views as demo
from warp_hub.desk.views import blueprint as desk
from warp_hub.desk.views_settings import blueprint as desk_settings
from warp_hub.desk.views_stand_in import blueprint as desk_stand_in
from warp_hub.digests.views import blueprint as digests
from warp_hub.directory.views import blueprint as directory
from warp_hub.directory.views_contact_sheet import blueprint as contact_sheet
from warp_hub.directory.views_organisation import blueprint as organisation
from warp_hub.directory.views_organisations import blueprint as desk_organisations
from warp_hub.directory.views_people import blueprint as desk_people
from warp_hub.directory.views_places import blueprint as desk_places
from warp_hub.directory.views_roles import blueprint as desk_roles
from warp_hub.discussions.views import blueprint as discussions
from warp_hub.discussions.views_replies import blueprint as replies
from warp_hub.exports.views import blueprint as exports
from warp_hub.home.views import blueprint as home
from warp_hub.incidents.views import blueprint as incidents
from warp_hub.incidents.views_desk import blueprint as desk_reports
from warp_hub.incidents.views_report import blueprint as report
from warp_hub.joining import at_the_door
from warp_hub.joining import requests as applying
from warp_hub.joining.views import blueprint as joining
from warp_hub.joining.views_agreement import blueprint as agreements
from warp_hub.joining.views_desk import blueprint as desk_joining
from warp_hub.joining.views_desk_agreement import blueprint as desk_agreement
from warp_hub.moving.views import blueprint as moving
from warp_hub.moving.views_link import blueprint as moving_link
from warp_hub.operations.views import blueprint as operations
from warp_hub.renewals.views import blueprint as renewals
from warp_hub.renewals.views_account import blueprint as leaving
from warp_hub.renewals.views_desk import blueprint as desk_renewals
from warp_hub.resharing.views import blueprint as resharing
from warp_hub.resharing.views_desk import blueprint as desk_sharing
from warp_hub.search import views as search
from warp_hub.sharing import guard
from warp_hub.signin import other_secrets, throttle, visitors, visitors_tools
from warp_hub.signin.views import blueprint as signin
from warp_hub.training.views import blueprint as training
from warp_hub.training.views_desk import blueprint as desk_training

ROOMS = (
    home,
    advisories,
    desk_warnings,
    desk_same,
    desk_originals,
    desk_writing,
    desk_sources,
    desk_source_forms,
    report,
    incidents,
    desk_reports,
    answers,
    desk_answers,
    my_systems,
    training,
    desk_training,
    digests,
    directory,
    contact_sheet,
    desk_people,
    organisation,
    desk_organisations,
    desk_places,
    desk_roles,
    exports,
    search.blueprint,
    desk,
    desk_settings,
    desk_stand_in,
    discussions,
    replies,
    resharing,
    desk_sharing,
    joining,
    agreements,
    desk_joining,
    desk_agreement,
    moving,
    moving_link,
    operations,
    renewals,
    leaving,
    desk_renewals,
    signin,
    custody,
)
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def create_app(settings: Settings, as_role: db.Role = "web") -> Flask:
    """Return the portal as a WSGI application; the database is opened at the first request.

    The worker makes it too, to write letters, and connects as itself.
    """
    config.use(settings)
    app = Flask("warp_hub", static_folder=None, template_folder=None)
    app.config.from_mapping(_flask_settings(settings))
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    guard.connect(roles.urls(settings).of(as_role), as_role, pool_size=settings.threads + 2)

    pages.install(app)
    visitors.install(app)
    passphrases.judge_with(other_secrets.fault_of)
    access.admit(app, visitors.load_visitor, visitors_tools.load_tool)
    at_the_door.install(app)
    applying.limit_with(partial(throttle.turn_of, "letter"))
    for room in ROOMS:
        app.register_blueprint(room)
    search.install(app, warnings_found.TEXTS)
    if settings.demo:
        demo.install(app)
    return app


def _flask_settings(settings: Settings) -> dict[str, object]:
    host = urlsplit(settings.base_url).hostname or "localhost"
    return {
        "BASE_URL": settings.base_url,
        "SECRET_KEY": settings.secret(),
        "TRUSTED_HOSTS": [host, *LOOPBACK] if host in LOOPBACK else [host],
        "MAX_CONTENT_LENGTH": 12 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 512 * 1024,
        "MAX_FORM_PARTS": 500,
        "SESSION_COOKIE_NAME": "__Host-warp_hub_form" if settings.is_https else "warp_hub_form",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=settings.session_hours),
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_TIMEZONE": "Europe/London",
    }
