"""What every test may lean on."""

import pytest
from django.test import TransactionTestCase

from tests import database


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database, with a copy of what the migrations wrote."""
    with django_db_blocker.unblock():
        database.remember()


@pytest.fixture(scope="session", autouse=True)
def _committed_rows_are_removed():
    """Tests that really commit (races, faults, browsers) leave the database as they found it."""
    usual = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda self: database.restore()
    yield
    TransactionTestCase._fixture_teardown = usual


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: Playwright leaves a running loop in the main thread."""
    items.sort(key=lambda item: "browser" in item.keywords)
