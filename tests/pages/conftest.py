"""The tiny app as a stranger, a member and a coordinator see it."""

from uuid import UUID

import pytest
from flask import Flask

from tests.page_client import PageClient
from tests.pages.sample import SOMEBODY, sample_app, sample_app_for, visitor


def client_of(app: Flask) -> PageClient:
    app.test_client_class = PageClient
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client


@pytest.fixture
def stranger() -> PageClient:
    return client_of(sample_app())


@pytest.fixture
def member() -> PageClient:
    return client_of(sample_app_for(visitor(person=SOMEBODY)))


@pytest.fixture
def coordinator() -> PageClient:
    return client_of(sample_app_for(visitor(person=SOMEBODY, coordinates=frozenset({UUID(int=1)}))))
