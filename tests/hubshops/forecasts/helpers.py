"""A shop's past, made quickly: packages that were given to it, without their events."""

import datetime as dt
import itertools
from collections.abc import Mapping

from hubshops.assignment.models import Assignment
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from hubshops.shops.models import Shop
from tests.factories import DAY, MORNING, make_batch

numbers = itertools.count(1)


def give(shop: Shop, counts: Mapping[dt.date, int]) -> None:
    """So many packages of each day, assigned to the shop, from a list of its own a day."""
    packages = []
    for day, count in counts.items():
        batch = make_batch(shop.station, day)
        packages += [
            Package(
                station=shop.station,
                service_day=day,
                tracking_id=f"P{next(numbers):09d}",
                recipient_name="Ines Bell",
                address1="1 Oak St",
                postal_code="72701",
                batch=batch,
                state=State.ASSIGNED,
                shop=shop,
                last_event_at=MORNING,
            )
            for _ in range(count)
        ]
    Package.objects.bulk_create(packages)
    taken = itertools.groupby(packages, key=lambda one: one.service_day)
    Assignment.objects.bulk_create(
        Assignment(
            package=package,
            shop=shop,
            service_day=day,
            slot=slot,
            cap=10_000,
            distance_m=0,
            made_at=MORNING,
        )
        for day, of_day in taken
        for slot, package in enumerate(of_day, 1)
    )


def weeks(number: int, count: int = 10, *, until: dt.date = DAY) -> dict[dt.date, int]:
    """`count` packages on each of the last days, `until` included."""
    return {until - dt.timedelta(days=ago): count for ago in range(7 * number)}
