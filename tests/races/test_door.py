"""Several phones at once, on real connections: one event an act, nothing doubled, no deadlock."""

import datetime as dt
import random
import threading
import uuid
from collections.abc import Callable

import pytest
from django.db import connection

from hubshops.deliveries.actions import record_acts
from hubshops.deliveries.models import Delivery
from hubshops.deliveries.rules import Act, ActKind, Receipt, replay
from hubshops.packages.models import Package, PackageEvent
from hubshops.packages.rules import State
from tests.factories import MORNING, make_member, make_packages, make_shop

pytestmark = pytest.mark.django_db(transaction=True)
NOON = MORNING + dt.timedelta(hours=3)


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run works side by side, each on a connection of its own; an error in one is an error."""
    start, results = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        try:
            start.wait()
            results[place] = work()
        except Exception as problem:
            results[place] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


def deliveries_of(packages: list[Package]) -> list[Act]:
    return [
        Act(uuid.uuid4(), ActKind.DELIVER, one.tracking_id, NOON, outcome="front_door")
        for one in packages
    ]


def sender(shop, by, acts: list[Act]) -> Callable[[], list[Receipt]]:
    return lambda: record_acts(shop=shop, by=by, acts=acts, at=NOON)


def agree() -> None:
    """Every package is what its events say; delivered means one standing delivery."""
    for package in Package.objects.all():
        standing = replay(package.events.order_by("pk"))
        assert (standing.state, standing.attempts) == (package.state, package.attempts)
        count = Delivery.objects.standing().filter(package=package).count()
        assert count == (package.state == State.DELIVERED)


def test_the_same_acts_sent_by_two_processes_at_once_are_recorded_once():
    shop = make_shop()
    sam = make_member(shop, "Sam", "helper")
    acts = deliveries_of(make_packages(40, shop=shop, state=State.AT_SHOP))
    answers = at_once(*[sender(shop, sam, acts) for _ in range(4)])
    for receipts in zip(*answers, strict=True):
        results = sorted(receipt.result for receipt in receipts)
        assert results == ["already_recorded"] * 3 + ["recorded"]
    assert PackageEvent.objects.filter(kind="delivered").count() == 40
    assert Delivery.objects.count() == 40
    agree()


def test_two_people_deliver_the_same_packages_in_opposite_orders():
    shop = make_shop()
    sam, rosa = make_member(shop, "Sam", "helper"), make_member(shop, "Rosa")
    packages = make_packages(40, shop=shop, state=State.OUT_FOR_DELIVERY)
    one, other = deliveries_of(packages), deliveries_of(packages[::-1])
    answers = at_once(sender(shop, sam, one), sender(shop, rosa, other))
    reasons = [receipt.reason for receipts in answers for receipt in receipts]
    assert sorted(reasons) == [""] * 40 + ["delivered_again"] * 40
    assert Delivery.objects.standing().count() == 40
    agree()


def test_one_id_for_two_packages_at_once_is_one_act():
    shop = make_shop()
    sam = make_member(shop, "Sam", "helper")
    one, two = make_packages(2, shop=shop, state=State.AT_SHOP)
    same = uuid.uuid4()
    acts = [Act(same, ActKind.LOAD, package.tracking_id, NOON) for package in (one, two)]
    answers = at_once(sender(shop, sam, acts[:1]), sender(shop, sam, acts[1:]))
    results = sorted((receipts[0].result, receipts[0].reason) for receipts in answers)
    assert results == [("recorded", ""), ("refused", "id_used")]
    assert PackageEvent.objects.filter(act_id=same).count() == 1
    agree()


@pytest.mark.parametrize("seed", range(6))
def test_many_phones_say_many_things_at_once(seed):
    roll = random.Random(seed)
    shop = make_shop()
    people = [make_member(shop, name, "helper") for name in ("Sam", "Ana", "Lee")]
    packages = make_packages(15, shop=shop, state=State.MANIFESTED)
    said = [
        ("receive", {}),
        ("load", {}),
        ("deliver", {"outcome": "front_door"}),
        ("attempt", {"reason": "NOT_HOME"}),
        ("amend", {"reason": "KEYING_ERROR"}),
        ("amend", {"outcome": "neighbour"}),
        ("return", {}),
    ]

    def phone(person) -> Callable[[], None]:
        acts = []
        for _ in range(60):
            kind, words = roll.choice(said)
            package = roll.choice(packages)
            acts.append(Act(uuid.uuid4(), ActKind(kind), package.tracking_id, NOON, **words))
        acts += roll.sample(acts, 10)

        def send() -> None:
            for start in range(0, len(acts), 14):
                record_acts(shop=shop, by=person, acts=acts[start : start + 14], at=NOON)

        return send

    at_once(*[phone(person) for person in people])
    agree()
