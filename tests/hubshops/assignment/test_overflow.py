"""A shop takes more than its cap only when it said yes, and no more than that."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from hubshops.assignment.actions import (
    AlreadyAsked,
    AnswerTooLate,
    AskForLess,
    CannotBeAsked,
    CannotMove,
    OfferIsClosed,
    TooLateToAsk,
    answer_overflow,
    lapse_offers,
    move_packages,
    offer_overflow,
    plan_day,
    withdraw_offer,
)
from hubshops.assignment.models import Answer, Assignment, OverflowOffer
from hubshops.assignment.queries import askable, day_plan, open_offer_of
from hubshops.assignment.rules import Cause, answer_by, shares
from hubshops.packages.models import Package
from hubshops.shops.actions import let_us_ask
from hubshops.shops.models import DayOff, MemberRole, Shop
from kernel.audit.models import Decision
from kernel.notifications.models import Mail
from tests.factories import (
    DAY,
    MORNING,
    make_member,
    make_packages,
    make_shop,
    make_staff,
    make_station,
)

pytestmark = pytest.mark.django_db
EVE = MORNING - dt.timedelta(days=1)


@pytest.fixture
def station():
    return make_station()


@pytest.fixture
def shop(station):
    return make_shop(station=station, daily_cap=3, takes_overflow=True)


@pytest.fixture
def rosa(shop):
    return make_member(shop, "Rosa")


@pytest.fixture
def olga():
    return make_staff("Olga")


def plan(station, at=EVE):
    return plan_day(station=station, service_day=DAY, at=at)


def ask(shop, extra=2, *, at=EVE, by=None):
    return offer_overflow(shop=shop, service_day=DAY, extra=extra, at=at, by=by)


def answer(offer, by, *, is_yes=True, at=EVE):
    return answer_overflow(shop=offer.shop, offer_id=offer.pk, is_yes=is_yes, at=at, by=by)


@pytest.fixture
def full_day(station, shop, rosa):
    """Eight packages, and the one shop takes three."""
    packages = make_packages(8, station=station, at=EVE)
    plan(station)
    return packages


@pytest.fixture
def agreed(full_day, shop, rosa, olga):
    return answer(ask(shop, by=olga), rosa)


def test_after_a_yes_the_plan_fills_the_cap_and_what_was_agreed_and_no_more(station, shop, agreed):
    found = plan(station)
    rows = Assignment.objects.order_by("slot").values_list("slot", "cap", "offer")
    assert list(rows) == [
        (1, 3, None),
        (2, 3, None),
        (3, 3, None),
        (4, 3, agreed.pk),
        (5, 3, agreed.pk),
    ]
    assert (found.assigned, found.loads[0].cap, found.loads[0].room) == (5, 5, 0)
    assert set(found.unplaced.values()) == {Cause.FULL}
    assert len(found.unplaced) == 3
    assert plan(station).assigned == 5


@pytest.mark.parametrize("is_yes", [None, False])
def test_without_a_yes_the_cap_holds(station, shop, rosa, full_day, is_yes):
    offer = ask(shop)
    if is_yes is not None:
        answer(offer, rosa, is_yes=is_yes)
    assert plan(station).assigned == 3


def test_after_a_yes_the_packages_wait_for_the_next_plan(station, agreed):
    assert day_plan(station, DAY).waiting == 5


def test_moving_by_hand_uses_what_was_agreed_and_stops_there(station, shop, agreed, full_day, olga):
    waiting = list(Package.objects.unplaced().order_by("pk"))

    def move(packages, version):
        move_packages(
            station=station,
            service_day=DAY,
            package_ids=[one.pk for one in packages],
            to_shop=shop,
            version=version,
            at=EVE,
            by=olga,
        )

    with pytest.raises(CannotMove):
        move(waiting[:3], 0)
    move(waiting[:2], 0)
    rows = Assignment.objects.filter(slot__gt=3).values_list("slot", "offer")
    assert list(rows) == [(4, agreed.pk), (5, agreed.pk)]


INSERT = """
INSERT INTO assignment (package_id, shop_id, service_day, slot, cap, distance_m, explanation,
                        made_at, offer_id)
VALUES (%s, %s, %s, %s, %s, 0, '{}', now(), %s)
"""


def insert(package, shop, slot, offer, *, day=DAY, cap=3):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT, [package.pk, shop.pk, day, slot, cap, offer])


def test_the_table_takes_no_slot_above_the_cap_without_the_yes_of_that_shop_and_day(
    station, shop, rosa, olga, full_day
):
    package = Package.objects.unplaced().first()
    with pytest.raises(IntegrityError, match="assignment_within_cap"):
        insert(package, shop, 4, None)
    offer = ask(shop)
    with pytest.raises(IntegrityError, match="did not agree"):
        insert(package, shop, 4, offer.pk)
    answer(offer, rosa)
    with pytest.raises(IntegrityError, match="did not agree"):
        insert(package, shop, 6, offer.pk)
    with pytest.raises(IntegrityError, match="did not agree"):
        insert(package, shop, 4, offer.pk, day=DAY + dt.timedelta(days=1))
    with pytest.raises(IntegrityError, match="did not agree"):
        insert(package, make_shop("Zed's", station=station), 4, offer.pk)
    with pytest.raises(IntegrityError, match="assignment_within_cap"), transaction.atomic():
        Assignment.objects.filter(slot=3).update(offer=offer)
    insert(package, shop, 5, offer.pk)
    with pytest.raises(IntegrityError, match="did not agree"), transaction.atomic():
        Assignment.objects.filter(slot=5).update(slot=6)


def test_what_a_slot_stands_on_is_never_changed(agreed):
    for change in ({"answer": ""}, {"answer": "no"}, {"extra": 1}, {"service_day": DAY}):
        with pytest.raises(IntegrityError, match="ends once"), transaction.atomic():
            OverflowOffer.objects.filter(pk=agreed.pk).update(**change)
    with pytest.raises(IntegrityError, match="ends once"), transaction.atomic():
        OverflowOffer.objects.filter(pk=agreed.pk).delete()


def test_an_open_offer_asks_for_what_it_asked_for(full_day, shop):
    offer = ask(shop)
    with pytest.raises(IntegrityError, match="ends once"), transaction.atomic():
        OverflowOffer.objects.filter(pk=offer.pk).update(extra=9)


@pytest.mark.parametrize(
    ("law", "facts"),
    [
        ("overflow_offer_asks_for_one", {"extra": 0}),
        ("overflow_answer_has_a_person_and_a_time", {"answer": "yes"}),
        ("overflow_answer_has_a_person_and_a_time", {"answer": "no", "answered_at": EVE}),
        ("overflow_answer_has_a_person_and_a_time", {"answered_at": EVE}),
        ("overflow_answer_has_a_person_and_a_time", {"answer": "maybe", "answered_at": EVE}),
        ("overflow_answer_has_a_person_and_a_time", {"answer": "lapsed"}),
    ],
)
def test_an_offer_that_breaks_its_law_is_refused(shop, law, facts):
    row = {"shop": shop, "service_day": DAY, "extra": 2, "offered_at": EVE} | facts
    with pytest.raises(IntegrityError, match=law), transaction.atomic():
        OverflowOffer.objects.create(**row)


def test_a_shop_day_has_one_open_or_accepted_offer(shop, rosa):
    row = {"shop": shop, "service_day": DAY, "extra": 2, "offered_at": EVE}
    first = OverflowOffer.objects.create(**row)
    with pytest.raises(IntegrityError, match="overflow_offer_once"), transaction.atomic():
        OverflowOffer.objects.create(**row)
    answer(first, rosa, is_yes=False)
    second = OverflowOffer.objects.create(**row)
    answer(second, rosa)
    with pytest.raises(IntegrityError, match="overflow_offer_once"), transaction.atomic():
        OverflowOffer.objects.create(**row)


def test_only_shops_that_let_us_ask_and_reach_a_full_door_are_asked(station, shop, full_day):
    make_shop("Not opted in", station=station, daily_cap=1)
    make_shop("Too far", station=station, latitude=37.5, takes_overflow=True)
    paused = make_shop("Paused", station=station, takes_overflow=True, status="paused_by_shop")
    off = make_shop("Off", station=station, takes_overflow=True)
    DayOff.objects.create(shop=off, day=DAY)
    Shop.objects.filter(name="Not opted in").update(daily_cap=1)
    plan(station)  # the shop that is not opted in takes one
    found = askable(station, DAY)
    assert (found.full, [one.shop for one in found.candidates]) == (4, [shop])
    assert (found.candidates[0].reaches, found.candidates[0].suggested) == (4, 4)
    for other in (paused, off, Shop.objects.get(name="Not opted in")):
        with pytest.raises(CannotBeAsked):
            ask(other)
    with pytest.raises(AskForLess, match="1 to 4"):
        ask(shop, 5)
    with pytest.raises(AskForLess):
        ask(shop, 0)
    assert not OverflowOffer.objects.exists()


def test_nobody_is_asked_while_there_is_room(station, shop):
    make_packages(3, station=station, at=EVE)
    plan(station)
    assert askable(station, DAY).candidates == []
    with pytest.raises(CannotBeAsked):
        ask(shop)


def test_a_shop_is_asked_once_and_again_after_a_no(shop, rosa, full_day):
    first = ask(shop)
    with pytest.raises(AlreadyAsked):
        ask(shop)
    answer(first, rosa, is_yes=False)
    answer(ask(shop), rosa)
    with pytest.raises(AlreadyAsked):
        ask(shop)


def test_owners_get_a_letter_that_names_nobody(shop, rosa, full_day):
    make_member(shop, "Sam", MemberRole.HELPER)
    ask(shop)
    letter = Mail.objects.get(subject__startswith="Can you take more")
    assert letter.to == rosa.email
    assert "2 more packages than usual" in letter.body
    assert "/shop/" in letter.body
    assert "Ines" not in letter.body
    assert "College" not in letter.body


def test_what_people_decided_is_audited(shop, rosa, olga, full_day):
    answer(ask(shop, by=olga), rosa, is_yes=False)
    withdraw_offer(shop=shop, offer_id=ask(shop, by=olga).pk, at=EVE, by=olga)
    let_us_ask(shop=shop, may_ask=False, at=EVE, by=rosa)
    found = list(Decision.objects.order_by("pk").values_list("action", "by"))
    assert found == [
        ("offer_overflow", olga.pk),
        ("answer_overflow", rosa.pk),
        ("offer_overflow", olga.pk),
        ("withdraw_offer", olga.pk),
        ("let_us_ask", rosa.pk),
    ]


def test_the_same_answer_twice_is_one_and_another_is_refused(shop, rosa, olga, full_day):
    offer = answer(ask(shop), rosa)
    assert answer(offer, rosa).pk == offer.pk
    with pytest.raises(OfferIsClosed):
        answer(offer, rosa, is_yes=False)
    with pytest.raises(OfferIsClosed):
        withdraw_offer(shop=shop, offer_id=offer.pk, at=EVE, by=olga)
    offer.refresh_from_db()
    assert offer.answer == Answer.YES


def test_a_withdrawn_offer_can_not_be_answered(shop, rosa, olga, full_day):
    offer = ask(shop)
    withdraw_offer(shop=shop, offer_id=offer.pk, at=EVE, by=olga)
    with pytest.raises(OfferIsClosed):
        answer(offer, rosa)


def test_another_shops_offer_can_not_be_answered(station, shop, rosa, full_day):
    offer = ask(shop)
    zeds = make_shop("Zed's Flowers", station=station)
    with pytest.raises(OfferIsClosed):
        answer_overflow(shop=zeds, offer_id=offer.pk, is_yes=True, at=EVE, by=rosa)


def test_from_six_on_the_day_it_is_too_late(station, shop, rosa, full_day):
    due = answer_by(DAY, station.zone)
    offer = ask(shop)
    with pytest.raises(AnswerTooLate):
        answer(offer, rosa, at=due)
    assert lapse_offers(at=due - dt.timedelta(seconds=1)) == 0
    assert open_offer_of(shop, due) == []
    assert (lapse_offers(at=due), lapse_offers(at=due)) == (1, 0)
    offer.refresh_from_db()
    assert (offer.answer, offer.answered_at, offer.answered_by) == (Answer.LAPSED, due, None)
    with pytest.raises(AnswerTooLate):
        answer(offer, rosa, at=due)
    with pytest.raises(TooLateToAsk):
        ask(shop, at=due)


def test_six_is_six_at_the_station_on_the_days_the_clock_changes():
    for day, utc in ((dt.date(2026, 3, 8), 11), (dt.date(2026, 11, 1), 12)):
        moment = answer_by(day, "America/Chicago").astimezone(dt.UTC)
        assert (moment.date(), moment.hour) == (day, utc)


def test_each_door_is_asked_of_the_nearest_shop():
    doors = [{"a": 5, "b": 9}, {"a": 5, "b": 2}, {"b": 1}, {}, {"a": 3, "b": 3}]
    assert shares(doors) == {"a": 2, "b": 2}


def test_a_slot_below_the_cap_is_filled_first_when_one_gets_free(station, shop, agreed):
    plan(station)
    gone = Assignment.objects.get(slot=2)
    gone.delete()
    Package.objects.filter(pk=gone.package_id).update(state="CANCELLED", shop=None)
    plan(station)
    rows = Assignment.objects.order_by("slot").values_list("slot", "offer")
    assert [slot for slot, _offer in rows] == [1, 2, 3, 4, 5]
    assert [bool(offer) for _slot, offer in rows] == [False, False, False, True, True]
