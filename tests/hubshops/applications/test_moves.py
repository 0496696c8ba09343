"""An application moves only along the table of its states."""

import pytest
from django.db import IntegrityError, connection, transaction

from hubshops.applications import rules
from hubshops.applications.models import ApplicationMove, ApplicationStatus
from tests.hubshops.applications.test_actions import apply

pytestmark = pytest.mark.django_db
HAS_A_SHOP = "application_approved_iff_it_has_a_shop"


def test_the_table_is_the_rule():
    known = {(move.source, move.target) for move in ApplicationMove.objects.all()}
    assert known == {(one, other) for one, others in rules.MOVES.items() for other in others}
    assert rules.MOVES.keys() == set(ApplicationStatus.values)


@pytest.fixture
def application():
    """One that may be in any state as far as its other laws go: only the moves decide."""
    application = apply()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE application DROP CONSTRAINT {HAS_A_SHOP}")
        cursor.execute("UPDATE application SET decision_reason = 'Because', saved_at = now()")
    return application


@pytest.mark.parametrize("one", ApplicationStatus.values)
def test_what_is_not_in_the_table_is_refused_by_the_database(application, one):
    for other in ApplicationStatus.values:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("UPDATE application SET status = %s", [one])
            cursor.execute("SET LOCAL session_replication_role = origin")
        if other in rules.MOVES[one] or other == one:
            change(other)
        else:
            with pytest.raises(IntegrityError, match="may not go"):
                change(other)


def change(status: str) -> None:
    """Write a state by hand."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE application SET status = %s", [status])
