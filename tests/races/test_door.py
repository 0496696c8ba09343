"""Several phones at once, on real connections: one event an act, nothing doubled, no deadlock."""

import datetime as dt
import os
import random
import threading
import uuid
from collections.abc import Callable

import pytest
from django.db import connection

from hubshops.deliveries.actions import record_acts
from hubshops.deliveries.models import Conflict, Delivery, Device, StrayAct
from hubshops.deliveries.rules import Act, ActKind, Phone, Receipt, replay
from hubshops.packages.actions import move_custody
from hubshops.packages.models import Package, PackageEvent
from hubshops.packages.rules import EventKind, Move, State
from payouts.accruals.actions import accrue_waiting
from payouts.accruals.models import Accrual
from payouts.rates.actions import agree_rate
from tests.factories import DAY, MORNING, make_batch, make_member, make_packages, make_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
NOON = MORNING + dt.timedelta(hours=3)
EVENING = MORNING + dt.timedelta(hours=12)
# `make seeds` tries 500.
SEEDS = int(os.environ.get("DOOR_SEEDS", "40"))


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


def test_one_phone_that_sends_twice_at_once_is_one_device_and_one_stray_act():
    shop, zeds = make_shop(), make_shop("Zed's Florist")
    sam = make_member(shop, "Sam", "helper")
    packages = make_packages(12, shop=shop, state=State.MANIFESTED)
    moves = [
        Move(
            package_id=package.pk,
            kind=EventKind.ASSIGNED,
            to_state=State.ASSIGNED,
            shop_id=zeds.pk,
            happened_at=MORNING,
        )
        for package in packages
    ]
    move_custody(moves=moves, at=MORNING)
    acts, phone = deliveries_of(packages), Phone(key=uuid.uuid4(), protocol=3, unsent=0)

    def send() -> list[Receipt]:
        return record_acts(shop=shop, by=sam, acts=acts, at=NOON, phone=phone)

    answers = at_once(send, send, send)
    for receipts in zip(*answers, strict=True):
        results = sorted(receipt.result for receipt in receipts)
        assert results == ["already_recorded"] * 2 + ["recorded"]
        assert {receipt.reason for receipt in receipts} == {"under_review"}
    assert (StrayAct.objects.count(), Device.objects.count()) == (12, 1)


# --- Two helpers with the same packages, offline, in opposite orders ------------------------------


def taken_over(shop, count: int) -> list[Package]:
    """Packages at the shop, made in two statements."""
    batch = make_batch(shop.station)
    packages = Package.objects.bulk_create(
        Package(
            station=shop.station,
            service_day=DAY,
            batch=batch,
            tracking_id=f"S{batch.pk}-{number}",
            recipient_name="Ines Bell",
            address1=f"{number} N College Ave",
            postal_code="72701",
            last_event_at=MORNING,
        )
        for number in range(count)
    )
    moves = [
        Move(
            package_id=package.pk,
            kind=EventKind.RECEIVED,
            to_state=State.AT_SHOP,
            shop_id=shop.pk,
            happened_at=MORNING,
        )
        for package in packages
    ]
    move_custody(moves=moves, at=MORNING)
    return packages


def what_she_did(roll: random.Random, packages: list[Package]) -> list[Act]:
    """One act a package, each at a moment of its own: mostly delivered, now and then not."""
    acts = []
    for number, package in enumerate(packages, 1):
        moment = MORNING + dt.timedelta(minutes=2 * number, seconds=roll.randrange(100))
        facts = {"happened_at": moment, "sequence": number}
        is_delivered = roll.random() < 0.8
        words = (
            {"act": ActKind.DELIVER, "outcome": roll.choice(["front_door", "neighbour"])}
            if is_delivered
            else {"act": ActKind.ATTEMPT, "reason": roll.choice(["NOT_HOME", "REFUSED", "MISSING"])}
        )
        acts.append(Act(id=uuid.uuid4(), tracking_id=package.tracking_id, **facts, **words))
    return acts


def calls_of(roll: random.Random, acts: list[Act]) -> list[list[Act]]:
    """Her acts in calls of any size; an answer that gets lost makes her send the call again, alone
    or with what came since."""
    calls, start = [], 0
    while start < len(acts):
        end = start + roll.randint(1, 50)
        calls.append(acts[start:end])
        if roll.random() < 0.3:
            calls.append(acts[max(0, start - roll.randint(0, 9)) : end])
        start = end
    return calls


def contradicts(one: Act, other: Act) -> bool:
    """Whether what two helpers did can't both be the whole truth, whoever was heard first."""
    delivered = [act for act in (one, other) if act.act == ActKind.DELIVER]
    if len(delivered) == 2:
        return True
    tried = [act for act in (one, other) if act.act == ActKind.ATTEMPT]
    return bool(delivered and tried) and tried[0].happened_at >= delivered[0].happened_at


@pytest.mark.django_db(transaction=False)
@pytest.mark.parametrize("seed", range(SEEDS))
def test_sixty_packages_on_two_phones_in_opposite_orders_earn_one_fee_each(seed):
    roll = random.Random(seed)
    shop = make_shop()
    agree_rate(shop=shop, amount_cents=275, first_day=DAY, at=MORNING)
    packages = taken_over(shop, 60)
    helpers = {make_member(shop, name, "helper"): uuid.uuid4() for name in ("Sam", "Ana")}
    did = [what_she_did(roll, order) for order in (packages, packages[::-1])]
    waiting = [calls_of(roll, acts) for acts in did]
    refused = []
    while any(waiting):
        which = roll.choice([n for n, calls in enumerate(waiting) if calls])
        by, key = list(helpers.items())[which]
        acts = waiting[which].pop(0)
        phone = Phone(key=key, protocol=3)
        receipts = record_acts(shop=shop, by=by, acts=acts, at=EVENING, phone=phone)
        pairs = zip(acts, receipts, strict=True)
        refused += [act.act for act, receipt in pairs if receipt.result == "refused"]
    assert set(refused) <= {ActKind.ATTEMPT}, "a delivery is never refused"
    sams, anas = ({act.tracking_id: act for act in acts} for acts in did)
    delivered = {key for key in sams if ActKind.DELIVER in (sams[key].act, anas[key].act)}
    standing = Delivery.objects.standing().values_list("package__tracking_id", flat=True)
    assert sorted(standing) == sorted(delivered)
    clashes = Conflict.objects.values_list("package__tracking_id", flat=True)
    assert sorted(clashes) == sorted(key for key in sams if contradicts(sams[key], anas[key]))
    accrue_waiting(at=EVENING)
    assert Accrual.objects.count() == len(delivered)
    agree()
