"""A portal's rows seen from outside its processes, for tests that kill those: makes what phones
need, and says afterwards what became of it. `python -m tests.faults.door_process COMMAND …` prints
JSON; `VAR_DIR` names the portal."""

import datetime as dt
import itertools
import json
import os
import secrets
import sys
from collections import Counter

RATE_CENTS = 185


def make_phones(name: str, phones: str, packages: str, hours_ago: str) -> dict[str, object]:
    """A shop with some phones signed in, each with packages of its own that were counted in
    `hours_ago`; the key of each phone's session, and its packages."""
    from django.test import Client

    from hubshops.packages.models import FeedBatch
    from hubshops.packages.rules import State
    from hubshops.shops.models import MemberRole
    from hubshops.stations.models import Station
    from kernel import clock
    from payouts.rates.actions import agree_rate
    from tests import factories
    from tests.factories import ZONE, make_member, make_packages, make_shop, make_station

    factories.numbers = itertools.count(1000 * (FeedBatch.objects.count() + 1))  # not those before
    at = clock.now() - dt.timedelta(hours=int(hours_ago))
    day = clock.local_day(at, ZONE)
    station = Station.objects.first() or make_station()
    shop = make_shop(name, station=station)
    agree_rate(shop=shop, amount_cents=RATE_CENTS, first_day=day - dt.timedelta(days=2), at=at)
    made = []
    for number in range(int(phones)):
        sam = make_member(shop, f"{name}-{number}", MemberRole.HELPER)
        browser = Client()
        browser.force_login(sam)
        mine = make_packages(int(packages), shop=shop, state=State.AT_SHOP, day=day, at=at)
        made.append(
            {
                "session": browser.cookies["sessionid"].value,
                "token": secrets.token_hex(16),
                "tracking_ids": [one.tracking_id for one in mine],
            }
        )
    return {"shop": shop.slug, "day": str(day), "phones": made}


def look(shop: str) -> dict[str, object]:
    """What the portal has of a shop's acts, with fees booked and the books checked."""
    from hubshops.deliveries.models import Delivery
    from hubshops.packages.models import Package, PackageEvent
    from hubshops.shops.models import Shop
    from kernel import clock
    from payouts.accruals.actions import accrue_waiting
    from payouts.accruals.models import Accrual
    from payouts.statements.queries import check_of_books
    from payouts.statements.rules import is_clean

    found = Shop.objects.get(slug=shop)
    accrue_waiting(at=clock.now())
    events = PackageEvent.objects.filter(shop=found, act_id__isnull=False).order_by("pk")
    standing = Delivery.objects.standing().filter(shop=found)
    fees = Accrual.objects.filter(shop=found).values_list("delivery__package_id", "amount_cents")
    report = check_of_books(at=clock.now())
    return {
        "events": [
            {
                "act": str(event.act_id),
                "tracking_id": event.package.tracking_id,
                "kind": event.kind,
                "happened_at": event.happened_at.isoformat(),
                "received_at": event.received_at.isoformat(),
                "counted_at": event.counted_at.isoformat(),
                "sequence": event.device_sequence,
            }
            for event in events.select_related("package")
        ],
        "states": dict(Package.objects.filter(shop=found).values_list("tracking_id", "state")),
        "deliveries": standing.count(),
        "most_deliveries": max(Counter(standing.values_list("package", flat=True)).values()),
        "fees": [cents for _package, cents in fees],
        "most_fees": max(Counter(package for package, _cents in fees).values()),
        "books": None if is_clean(report) else str(report),
    }


COMMANDS = {"make_phones": make_phones, "look": look}


def main(command: str, *words: str) -> None:
    """Run one command on the portal that `VAR_DIR` names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")
    import django

    django.setup()
    sys.stdout.write(json.dumps(COMMANDS[command](*words)) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
