"""Short ways for the tests of money."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper

from hubshops.deliveries.models import Delivery
from hubshops.packages.models import PackageEvent
from hubshops.packages.rules import EventKind, State
from hubshops.shops.models import Shop
from payouts.rates.actions import agree_rate
from payouts.rates.models import Rate
from tests.factories import DAY, MORNING


def agree(shop: Shop, cents: int) -> Rate:
    """A fee of this shop's own, from the beginning."""
    return agree_rate(shop=shop, amount_cents=cents, first_day=DAY, at=MORNING)[0]


def void(delivery: Delivery, *, at: dt.datetime, reason: str = "KEYING_ERROR") -> Delivery:
    """The shop amends a delivery: the package is back on its shelf."""
    package = delivery.package
    delivery.voided_by = PackageEvent.objects.create(
        package=package,
        shop=delivery.shop,
        kind=EventKind.AMENDED,
        from_state=State.DELIVERED,
        to_state=State.AT_SHOP,
        happened_at=at,
        received_at=at,
        counted_at=at,
        reason=reason,
        amends=delivery.event,
    )
    delivery.save(update_fields=["voided_by"])
    package.state = State.AT_SHOP
    package.save(update_fields=["state"])
    return delivery


@contextmanager
def refused_by(law: str) -> Iterator[CursorWrapper]:
    """PostgreSQL refuses what happens inside, by the law of this name."""
    with (
        pytest.raises(DatabaseError, match=law),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        yield cursor
