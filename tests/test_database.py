"""The suite's own ground: committed tests leave nothing behind."""

import pytest
from django.db import connection

from hubshops.deliveries.models import Reason
from kernel.accounts.models import User
from tests import database
from tests.factories import make_person


@pytest.mark.django_db(transaction=True)
def test_restore_brings_back_what_migrations_wrote_and_nothing_else():
    before = list(Reason.objects.order_by("code").values())
    make_person("Rosa")
    Reason.objects.filter(code="NOT_HOME").update(label="Changed")
    Reason.objects.filter(code="WEATHER").delete()
    database.restore()
    assert list(Reason.objects.order_by("code").values()) == before
    assert before
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_restore_leaves_every_trigger_awake():
    database.restore()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled <> 'O' AND NOT tgisinternal")
        assert cursor.fetchall() == []


@pytest.mark.django_db
def test_no_table_is_looked_at_between_tests_so_that_plans_are_the_same_in_every_run():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class c WHERE relkind = 'r' AND relname <> 'django_migrations'"
            " AND relnamespace = 'public'::regnamespace"
            " AND NOT coalesce('autovacuum_enabled=off' = ANY (reloptions), false)"
        )
        assert cursor.fetchall() == []
