"""Whether the hub is alive and ready, for machines; nothing about anyone."""

from flask import Blueprint, Response
from sqlalchemy import text

from warp_hub import access
from warp_hub.db import migrate, session

blueprint = Blueprint("operations", __name__)


@blueprint.get("/healthz")
@access.audience("public")
def alive() -> Response:
    """Say that the process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@access.audience("public")
def ready() -> Response:
    """Say that the database answers with this program's schema; 503 otherwise."""
    applied = session.scalar(text("SELECT version_num FROM alembic_version"))
    if applied != migrate.newest():
        return Response("the schema is not this version's\n", 503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")
