"""Recording acts: what is written, what is answered, and that a refusal writes nothing."""

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from hubshops.deliveries.actions import record_acts
from hubshops.deliveries.models import REASON_LABELS, Delivery, Reason
from hubshops.deliveries.rules import Act, ActKind, Receipt
from hubshops.packages.models import Package, PackageEvent
from hubshops.packages.rules import State
from tests.factories import (
    MORNING,
    make_delivery,
    make_member,
    make_package,
    make_packages,
    make_shop,
)

pytestmark = pytest.mark.django_db
NOON = MORNING + dt.timedelta(hours=3)


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def sam(shop):
    return make_member(shop, "Sam", "helper")


def act(kind: str, package: Package | str, **facts: object) -> Act:
    tracking_id = package if isinstance(package, str) else package.tracking_id
    facts = {"id": uuid.uuid4(), "happened_at": NOON} | facts
    return Act(act=ActKind(kind), tracking_id=tracking_id, **facts)


def delivered(package: Package, **facts: object) -> Act:
    return act("deliver", package, **({"outcome": "front_door"} | facts))


def results(receipts: list[Receipt]) -> list[tuple[str, str]]:
    return [(receipt.result, receipt.reason) for receipt in receipts]


def written() -> tuple[int, int, list[tuple[str, int]]]:
    """Everything an act may change."""
    packages = Package.objects.order_by("pk").values_list("state", "attempts")
    return PackageEvent.objects.count(), Delivery.objects.count(), list(packages)


def send(shop, by, *acts: Act, at: dt.datetime = NOON, **how: object) -> list[Receipt]:
    return record_acts(shop=shop, by=by, acts=acts, at=at, **how)


def test_a_day_at_the_door_is_written_down(shop, sam):
    package = make_package(shop=shop, state=State.MANIFESTED)
    receipts = send(
        shop, sam, act("receive", package), act("load", package), delivered(package, note="blue")
    )
    assert results(receipts) == [("recorded", "")] * 3
    assert [receipt.message for receipt in receipts] == [
        "Counted in.",
        "Taken along.",
        "Delivered.",
    ]
    package.refresh_from_db()
    assert (package.state, package.attempts) == (State.DELIVERED, 0)
    assert package.last_event_at == NOON
    event = PackageEvent.objects.order_by("pk").last()
    assert (event.kind, event.outcome, event.note) == ("delivered", "front_door", "blue")
    assert (event.by, event.shop, event.from_state) == (sam, shop, State.OUT_FOR_DELIVERY)


def test_a_delivery_is_the_fact_that_earns(shop, sam):
    package = make_package(shop=shop, state=State.AT_SHOP)
    send(shop, sam, delivered(package, outcome="neighbour"))
    delivery = Delivery.objects.get()
    assert (delivery.package, delivery.shop, delivery.outcome) == (package, shop, "neighbour")
    assert (delivery.delivered_at, delivery.delivered_on) == (NOON, dt.date(2026, 11, 20))
    assert delivery.event == PackageEvent.objects.get(kind="delivered")


def test_late_in_the_evening_counts_for_the_stations_day(shop, sam):
    package = make_package(shop=shop, state=State.AT_SHOP)
    late = MORNING.replace(hour=22, minute=30)
    send(shop, sam, delivered(package, happened_at=late.astimezone(dt.UTC)), at=late)
    assert Delivery.objects.get().delivered_on == dt.date(2026, 11, 20)


def test_the_same_act_again_is_one_act_with_the_same_answer(shop, sam):
    package = make_package(shop=shop, state=State.AT_SHOP)
    once = act("attempt", package, reason="NOT_HOME")
    first = send(shop, sam, once)
    before = written()
    again = send(shop, sam, once)
    assert results(again) == [("already_recorded", "")]
    assert again[0].message == first[0].message == "Keep it. Try again tomorrow."
    assert written() == before


def test_the_same_act_twice_in_one_batch_is_one_act(shop, sam):
    package = make_package(shop=shop, state=State.AT_SHOP)
    once = delivered(package)
    assert results(send(shop, sam, once, once)) == [("recorded", ""), ("already_recorded", "")]
    assert PackageEvent.objects.filter(kind="delivered").count() == 1
    assert Delivery.objects.count() == 1


def test_an_act_of_another_shop_is_not_told_apart_from_a_used_id(shop, sam):
    package = make_package(shop=shop, state=State.AT_SHOP)
    once = delivered(package)
    send(shop, sam, once)
    other = make_shop("Zed's Florist")
    zed = make_member(other, "Zed")
    mine = make_package(shop=other, state=State.AT_SHOP)
    before = written()
    for stolen in (once, delivered(mine, id=once.id)):
        [receipt] = send(other, zed, stolen)
        assert (receipt.result, receipt.reason) == ("refused", "id_used")
        assert "another act" in receipt.message
    assert written() == before


def test_an_id_used_for_something_else_is_refused(shop, sam):
    one, two = make_packages(2, shop=shop, state=State.AT_SHOP)
    first = act("load", one)
    send(shop, sam, first)
    before = written()
    again = send(shop, sam, act("load", two, id=first.id), delivered(one, id=first.id))
    assert results(again) == [("refused", "id_used")] * 2
    assert written() == before


def test_foreign_and_unknown_packages_are_refused_in_the_same_words(shop, sam):
    other = make_shop("Zed's Florist")
    theirs = make_package(shop=other, state=State.AT_SHOP)
    nobodys = make_package(station=shop.station)
    before = written()
    receipts = send(shop, sam, act("load", theirs), act("load", nobodys), act("load", "TBA-none"))
    assert results(receipts) == [("refused", "not_on_your_list")] * 3
    assert len({receipt.message for receipt in receipts}) == 1
    assert written() == before


def test_a_tracking_id_belongs_to_the_shops_station(shop, sam):
    from tests.factories import make_station

    far = make_shop("Far Shop", station=make_station("EAU"))
    theirs = make_package(shop=far, state=State.AT_SHOP, tracking_id="TBA-SAME")
    mine = make_package(shop=shop, state=State.AT_SHOP, tracking_id="TBA-SAME")
    send(shop, sam, act("load", "TBA-SAME"))
    theirs.refresh_from_db(), mine.refresh_from_db()
    assert (mine.state, theirs.state) == (State.OUT_FOR_DELIVERY, State.AT_SHOP)


def test_a_refused_act_writes_nothing_and_stops_no_other(shop, sam):
    here, not_here = (
        make_package(shop=shop, state=State.AT_SHOP),
        make_package(shop=shop, state=State.MANIFESTED),
    )
    before = PackageEvent.objects.count()
    receipts = send(shop, sam, delivered(not_here), delivered(here), act("deliver", here))
    assert results(receipts) == [
        ("refused", "not_received"),
        ("recorded", ""),
        ("refused", "outcome_needed"),
    ]
    assert receipts[0].message == "Count this package in first."
    assert PackageEvent.objects.count() == before + 1
    not_here.refresh_from_db()
    assert not_here.state == State.MANIFESTED


def test_a_second_delivery_is_kept_without_a_second_fee(shop, sam):
    package = make_package(shop=shop, state=State.AT_SHOP)
    send(shop, sam, delivered(package))
    rosa = make_member(shop, "Rosa")
    later = delivered(package, outcome="neighbour", happened_at=NOON + dt.timedelta(hours=1))
    [receipt] = send(shop, rosa, later, at=NOON + dt.timedelta(hours=1))
    assert (receipt.result, receipt.reason) == ("recorded", "delivered_again")
    assert "already, on Nov 20 at 12:00 pm" in receipt.message
    assert Delivery.objects.get().outcome == "front_door"
    second = PackageEvent.objects.get(kind="delivered_again")
    assert second.amends == PackageEvent.objects.get(kind="delivered")
    [again] = send(shop, rosa, later)
    assert (again.result, again.message) == ("already_recorded", receipt.message)


def test_two_deliveries_in_one_batch(shop, sam):
    package = make_package(shop=shop, state=State.AT_SHOP)
    twice = [delivered(package), delivered(package)]
    receipts = send(shop, sam, *twice)
    assert results(receipts) == [("recorded", ""), ("recorded", "delivered_again")]
    first, second = PackageEvent.objects.filter(kind__startswith="deliver").order_by("pk")
    assert second.amends == first
    assert send(shop, sam, twice[1])[0].message == receipts[1].message


def test_tries_lead_back_to_the_station(shop, sam):
    package = make_package(shop=shop, state=State.AT_SHOP)
    send(shop, sam, act("attempt", package, reason="NOT_HOME"))
    [receipt] = send(shop, sam, act("attempt", package, reason="NO_ACCESS"))
    assert receipt.message == "Give it back to the driver with the next drop."
    package.refresh_from_db()
    assert (package.state, package.attempts) == (State.RETURN_PENDING, 2)
    send(shop, sam, act("return", package))
    package.refresh_from_db()
    assert package.state == State.RETURNED_TO_STATION
    assert not Delivery.objects.exists()


# --- Corrections ---------------------------------------------------------------------------------


def test_another_place_than_was_said(shop, sam):
    package = make_package(shop=shop, state=State.AT_SHOP)
    send(shop, sam, delivered(package))
    send(shop, sam, act("amend", package, outcome="mail_room"))
    assert Delivery.objects.get().outcome == "mail_room"
    first, amendment = PackageEvent.objects.filter(outcome__gt="").order_by("pk")
    assert (first.outcome, amendment.outcome, amendment.amends) == (
        "front_door",
        "mail_room",
        first,
    )


def test_not_delivered_after_all(shop, sam):
    package = make_package(shop=shop, state=State.AT_SHOP)
    send(shop, sam, delivered(package))
    send(shop, sam, act("amend", package, reason="NOT_HOME"))
    package.refresh_from_db()
    assert (package.state, package.attempts) == (State.ATTEMPTED, 1)
    assert Delivery.objects.get().voided_by == PackageEvent.objects.get(kind="amended")
    send(shop, sam, delivered(package))
    assert Delivery.objects.standing().count() == 1
    assert Delivery.objects.count() == 2


def test_delivered_after_all_counts_when_it_happened(shop, sam):
    package = make_package(shop=shop, state=State.AT_SHOP)
    send(shop, sam, act("attempt", package, reason="NOT_HOME"))
    tomorrow = NOON + dt.timedelta(days=1)
    send(shop, sam, act("amend", package, outcome="neighbour", happened_at=tomorrow), at=tomorrow)
    delivery = Delivery.objects.get()
    assert (delivery.delivered_at, delivery.outcome) == (NOON, "neighbour")
    assert delivery.event == PackageEvent.objects.get(kind="amended")
    package.refresh_from_db()
    assert (package.state, package.attempts) == (State.DELIVERED, 0)


def test_a_wrong_tap_is_taken_back(shop, sam):
    package = make_package(shop=shop, state=State.OUT_FOR_DELIVERY)
    send(shop, sam, delivered(package))
    send(shop, sam, act("amend", package, reason="KEYING_ERROR"))
    package.refresh_from_db()
    assert (package.state, package.attempts) == (State.OUT_FOR_DELIVERY, 0)
    assert not Delivery.objects.standing().exists()


def test_done_and_corrected_in_one_batch(shop, sam):
    """A phone that was offline all day sends an act and its corrections together."""
    one, two, three = make_packages(3, shop=shop, state=State.AT_SHOP)
    receipts = send(
        shop,
        sam,
        delivered(one),
        act("amend", one, outcome="neighbour"),
        delivered(two),
        act("amend", two, reason="NOT_HOME"),
        delivered(two),
        act("attempt", three, reason="NOT_HOME"),
        act("amend", three, outcome="mail_room"),
    )
    assert {receipt.result for receipt in receipts} == {"recorded"}
    first, amendment = one.events.filter(outcome__gt="").order_by("pk")
    assert amendment.amends == first
    assert Delivery.objects.get(package=one).outcome == "neighbour"
    assert Delivery.objects.filter(package=two).count() == 2
    assert Delivery.objects.standing().get(package=two).event == two.events.last()
    assert Delivery.objects.get(package=three).event.kind == "amended"


def test_a_note_may_follow(shop, sam):
    package = make_package(shop=shop, state=State.AT_SHOP)
    send(shop, sam, delivered(package))
    send(shop, sam, act("amend", package, note="Behind the blue door"))
    noted = PackageEvent.objects.get(kind="amended")
    assert noted.note == "Behind the blue door"
    assert noted.amends == PackageEvent.objects.get(kind="delivered")
    package.refresh_from_db()
    assert package.state == State.DELIVERED


# --- Clocks --------------------------------------------------------------------------------------


def test_a_phone_with_an_impossible_clock_is_not_believed(shop, sam):
    package = make_package(shop=shop, state=State.AT_SHOP)
    asleep = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    send(shop, sam, delivered(package, happened_at=asleep))
    event = PackageEvent.objects.get(kind="delivered")
    assert (event.happened_at, event.received_at, event.counted_at) == (asleep, NOON, NOON)


def test_a_replay_believes_the_clock_it_is_told(shop, sam):
    package = make_package(shop=shop, state=State.AT_SHOP)
    ahead = NOON + dt.timedelta(days=2)
    send(shop, sam, delivered(package, happened_at=ahead), is_replay=True)
    event = PackageEvent.objects.get(kind="delivered")
    assert (event.counted_at, event.received_at) == (ahead, ahead)


def test_a_person_may_be_named_per_act(shop, sam):
    rosa = make_member(shop, "Rosa")
    package = make_package(shop=shop, state=State.AT_SHOP)
    send(shop, sam, act("load", package, by_id=rosa.pk))
    assert PackageEvent.objects.get(kind="loaded").by == rosa


# --- Costs and laws ------------------------------------------------------------------------------


def statements(shop, by, acts) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        send(shop, by, *acts)
    return len(queries)


def test_two_hundred_acts_cost_as_many_statements_as_two(shop, sam):
    few = make_packages(2, shop=shop, state=State.AT_SHOP)
    many = make_packages(200, shop=shop, state=State.AT_SHOP)
    cost = statements(shop, sam, [delivered(package) for package in few])
    assert statements(shop, sam, [delivered(package) for package in many]) == cost
    assert cost <= 9
    one = statements(shop, sam, [act("amend", few[0], reason="NOT_HOME")])
    all_amended = [act("amend", package, reason="NOT_HOME") for package in many]
    assert statements(shop, sam, all_amended) == one


def test_nothing_to_record_costs_little(shop, sam):
    assert send(shop, sam) == []


def test_law_a_package_is_delivered_at_most_once(shop):
    package = make_package(shop=shop, state=State.DELIVERED)
    event = PackageEvent.objects.filter(package=package).first()
    with (
        pytest.raises(IntegrityError, match="package_delivered_at_most_once"),
        connection.cursor() as sql,
    ):
        sql.execute(
            "INSERT INTO delivery (package_id, shop_id, event_id, outcome, delivered_at,"
            " delivered_on) VALUES (%s, %s, %s, 'front_door', now(), current_date)",
            [package.pk, shop.pk, event.pk],
        )


def test_law_an_event_makes_at_most_one_delivery(shop):
    package = make_package(shop=shop, state=State.DELIVERED)
    event = Delivery.objects.get(package=package).event
    Delivery.objects.update(voided_by=event)
    with pytest.raises(IntegrityError, match="event_id"), connection.cursor() as sql:
        sql.execute(
            "INSERT INTO delivery (package_id, shop_id, event_id, outcome, delivered_at,"
            " delivered_on) VALUES (%s, %s, %s, 'front_door', now(), current_date)",
            [package.pk, shop.pk, event.pk],
        )


def test_law_an_act_is_one_event(shop, sam):
    package = make_package(shop=shop, state=State.AT_SHOP)
    once = act("load", package)
    send(shop, sam, once)
    with pytest.raises(IntegrityError, match="act_id"), connection.cursor() as sql:
        sql.execute(
            "INSERT INTO package_event (act_id, package_id, kind, from_state, to_state,"
            " happened_at, received_at, counted_at, reason, outcome, note)"
            " VALUES (%s, %s, 'loaded', '', 'AT_SHOP', now(), now(), now(), '', '', '')",
            [once.id, package.pk],
        )


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE package_event SET note = 'x'",
        "DELETE FROM package_event",
        "TRUNCATE package_event CASCADE",
    ],
)
def test_law_events_are_append_only(shop, change):
    make_package(shop=shop, state=State.AT_SHOP)
    with connection.cursor() as sql:
        sql.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as sql,
    ):
        sql.execute(change)


def test_translators_find_every_label_the_table_starts_with():
    labels = Reason.objects.values_list("label", flat=True)
    assert sorted(labels) == sorted(REASON_LABELS)


def test_a_delivery_is_never_deleted():
    make_delivery()
    with (
        pytest.raises(DatabaseError, match="delivery is never deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM delivery")
    assert Delivery.objects.count() == 1
