"""What PostgreSQL refuses about events and the rows they speak of."""

import pytest
from django.db import IntegrityError, connection, transaction

from hubshops.packages.models import PackageEvent
from tests.factories import MORNING, make_package, make_person, make_shop

pytestmark = pytest.mark.django_db


def an_event(**fields):
    package = make_package()
    PackageEvent.objects.create(
        package=package,
        kind="announced",
        to_state="ANNOUNCED",
        happened_at=MORNING,
        received_at=MORNING,
        counted_at=MORNING,
        **fields,
    )


KEEPING = "package_event_keeps_its_shop, package_event_keeps_its_person"


def check_at_commit(statement, *arguments):
    """Run it, and what the commit would check for the events' sake."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        cursor.execute(f"SET CONSTRAINTS {KEEPING} IMMEDIATE")


@pytest.mark.parametrize(
    ("key", "words"), [("shop_id", "unknown shop"), ("by_id", "an unknown person")]
)
def test_an_event_names_nobody_who_does_not_exist(key, words):
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        an_event(**{key: 999_999_999})
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert not PackageEvent.objects.exists()


def test_a_shop_of_events_is_never_deleted():
    shop = make_shop()
    an_event(shop=shop)

    with pytest.raises(IntegrityError, match="a shop of events is never deleted"):
        check_at_commit("DELETE FROM shop WHERE id = %s", shop.pk)
    with pytest.raises(IntegrityError, match="a shop of events is never deleted"):
        check_at_commit("UPDATE shop SET id = id + 1000000 WHERE id = %s", shop.pk)


def test_a_person_of_events_is_never_deleted():
    sam = make_person("Sam")
    an_event(by=sam)

    with pytest.raises(IntegrityError, match="a person of events is never deleted"):
        check_at_commit("DELETE FROM person WHERE id = %s", sam.pk)


def test_a_shop_and_a_person_without_events_may_go():
    shop, sam = make_shop(), make_person("Sam")
    sam.emailaddress_set.all().delete()

    check_at_commit("DELETE FROM person WHERE id = %s", sam.pk)
    check_at_commit("DELETE FROM shop WHERE id = %s", shop.pk)
