"""Somebody who applies to Midshire, and those who decide."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from tests import factories
from tests.portal import browser, portal, signed_in
from warp_hub import db, jobs, mail
from warp_hub.db.roles import RoleUrls
from warp_hub.joining import requests
from warp_hub.memberships import applications
from warp_hub.memberships.application_models import Application, ApplicationRequest
from warp_hub.memberships.models import MembershipKind, Organisation, OrganisationDomain, Person, Warp

__all__ = ["browser", "portal", "signed_in"]

TOLD = {
    "name": "Mei Zhang",
    "job": "Security manager",
    "language": "en",
    "organisation_name": "Fernhollow Town Council",
    "kind": MembershipKind.FULL,
    "why": "Our neighbours are members.",
}


def words(page: BeautifulSoup) -> str:
    """Return what a page says, on one line."""
    return " ".join(page.get_text(" ").split())


def sent(warp: Warp, email: str = "mei@fernhollow.gov.uk", **told: Any) -> Application:
    """Return an application that waits for a decision."""
    application = applications.begin(email, warp.id)
    applications.confirm(application)
    applications.save(application.id, **{**TOLD, **told})
    applications.send(application.id)
    db.session.commit()
    return application


def now(application: Application) -> Application:
    """Return an application as it is now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Application).where(Application.id == application.id)).one()


def with_domain(organisation: Organisation, *domains: str) -> Organisation:
    """Return the organisation with verified domains."""
    for domain in domains:
        db.session.add(OrganisationDomain(organisation_id=organisation.id, domain=domain))
    db.session.commit()
    return organisation


def answer_requests() -> None:
    """Do what the worker does with those who asked to apply."""
    for request_id in db.session.scalars(select(ApplicationRequest.id)).all():
        requests.answer(request_id)
    db.session.commit()


def written(app: Flask, kind: str, language: str = "en") -> mail.Rendered:
    """Return the newest letter of a kind as it would be written now."""
    db.session.commit()
    db.session.expunge_all()
    letter = db.session.scalars(
        select(mail.Letter).where(mail.Letter.kind == kind).order_by(mail.Letter.created_at.desc()).limit(1)
    ).one()
    reader = jobs.tasks.PEOPLE.load(letter.person_id)
    assert reader is not None
    with app.test_request_context(), force_locale(language):
        made = jobs.LETTERS[kind](letter, reader.viewer)
    assert isinstance(made, mail.Rendered), made
    return made


def link_in(letter: mail.Rendered) -> str:
    """Return the path of the first link that a letter leads to."""
    found = re.search(r"http://localhost:8000(/\S+\?\S+)", letter.text)
    assert found, letter.text
    return found[1]


@pytest.fixture
def midshire(database: RoleUrls) -> Warp:
    """Return a WARP."""
    return factories.warp("Midshire")


@pytest.fixture
def priya(midshire: Warp) -> Person:
    """Return its coordinator."""
    return factories.coordinator(midshire, name="Priya Shah")
