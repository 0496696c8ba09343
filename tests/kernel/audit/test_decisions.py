"""What people decided is written down and stays."""

import pytest
from django.db import IntegrityError, connection, transaction

from kernel.audit.actions import record
from kernel.audit.models import Decision
from tests.factories import MORNING, make_shop, make_staff

pytestmark = pytest.mark.django_db


def test_a_decision_names_who_what_and_why():
    olga, shop = make_staff("Olga"), make_shop()
    record(at=MORNING, by=olga, action="suspend_shop", subject=shop, reason="No insurance", days=7)
    decision = Decision.objects.get()
    assert (decision.by, decision.subject, decision.subject_id) == (olga, "shop", str(shop.pk))
    assert (decision.reason, decision.facts) == ("No insurance", {"days": 7})


@pytest.mark.parametrize(
    "change",
    ["UPDATE decision SET reason = ''", "DELETE FROM decision", "TRUNCATE decision"],
)
def test_nobody_rewrites_a_decision(change):
    record(at=MORNING, by=None, action="open_shop", subject=make_shop())
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
        connection.cursor().execute(change)
    assert Decision.objects.count() == 1
