"""The way of a cent in three taps: deposit, package, photo and rule. And what comes next."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from hubshops.deliveries.models import Delivery, Proof
from hubshops.forecasts.queries import outlook_of
from hubshops.packages.models import PackageEvent
from hubshops.packages.rules import EventKind, State
from hubshops.shops.actions import suspend_shop
from hubshops.shops.models import SuspensionReason
from kernel.ids import new_id
from payouts.accruals.actions import accrue_waiting
from payouts.payruns.actions import draft_run, draft_weekly
from payouts.payruns.models import Transfer
from payouts.statements.actions import issue_statements
from payouts.statements.models import OwnCosts
from payouts.statements.queries import next_payout, upcoming_of, week_ahead
from payouts.statements.rules import Earned
from tests.factories import (
    DAY,
    MORNING,
    make_delivery,
    make_member,
    make_package,
    make_shop,
    make_staff,
    make_station,
)
from tests.payouts.adjustments.helpers import propose
from tests.payouts.helpers import LATER, agree, earn, make_olga, make_pavel, on_hold, pay, void

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def evening():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def rosa(shop, client):
    client.force_login(make_member(shop, "Rosa"))
    return client


@pytest.fixture
def paid(shop):
    """One payment for three packages."""
    earn(shop, 3)
    pay(make_olga(), make_pavel())
    issue_statements(at=LATER)
    return Transfer.objects.get()


def make_photographed(shop) -> tuple[Delivery, Proof]:
    """A delivery with a photo of its door."""
    package = make_package(shop=shop, state=State.AT_SHOP)
    seen = {"happened_at": MORNING, "received_at": MORNING, "counted_at": MORNING}
    event = PackageEvent.objects.create(
        package=package,
        shop=shop,
        kind=EventKind.DELIVERED,
        from_state=State.AT_SHOP,
        to_state=State.DELIVERED,
        act_id=new_id(),
        **seen,
    )
    type(package).objects.filter(pk=package.pk).update(state=State.DELIVERED)
    delivery = Delivery.objects.create(
        package=package,
        shop=shop,
        event=event,
        outcome="FRONT_DOOR",
        delivered_at=MORNING,
        delivered_on=DAY,
    )
    photo = Proof.objects.create(
        shop=shop,
        act_id=event.act_id,
        kind="photo",
        fingerprint="f" * 64,
        file="2026/11/door.jpg",
        width=800,
        height=600,
        size=1000,
        received_at=MORNING,
        by=make_member(shop, "Sam", "helper"),
    )
    return delivery, photo


def words(response) -> str:
    """A page's text in one line."""
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_a_deposit_opens_to_its_packages_and_a_package_to_its_photo_and_its_rule(rosa, shop):
    agree(shop, 175)
    delivery, photo = make_photographed(shop)
    earn(shop, 2)
    pay(make_olga(), make_pavel())
    issue_statements(at=LATER)
    paid = Transfer.objects.get()
    earnings = words(rosa.get("/shop/earnings/"))
    deposit_url = reverse("statements:deposit", args=[paid.pk])
    assert deposit_url in earnings
    deposit = words(rosa.get(deposit_url))
    package_url = reverse("statements:package", args=[delivery.package_id])
    assert package_url in deposit
    assert f"/shop/door/proofs/{photo.pk}/" in deposit
    assert deposit.count('class="money-line"') == 3
    assert "$5.25" in deposit
    assert "HD-2026-000001" in deposit
    package = words(rosa.get(package_url))
    assert f"/shop/door/proofs/{photo.pk}/" in package
    assert "your own rate" in package
    assert "$1.75" in package
    assert deposit_url in package


def test_a_deposit_lists_what_no_package_explains(rosa, shop):
    earn(shop, 2)
    propose(shop, 1_000, make_olga(), words="For the van that came late.")
    pay(make_staff("Kim", "finance_drafter"), make_pavel())
    deposit = words(rosa.get(reverse("statements:deposit", args=[Transfer.objects.get().pk])))
    assert "For the van that came late." in deposit
    assert "Other corrections" in deposit
    assert "$13.50" in deposit


def test_a_package_that_was_taken_back_shows_both_lines(rosa, shop, paid):
    delivery = void(shop.deliveries.first(), at=LATER)
    accrue_waiting(at=LATER)
    page = words(rosa.get(reverse("statements:package", args=[delivery.package_id])))
    assert "Taken back" in page
    assert "−$1.75" in page
    assert "<h1>$0.00</h1>" in page


def test_a_draft_that_nobody_approved_is_no_deposit(rosa, shop):
    earn(shop, 2)
    draft_run(through=DAY, by=make_olga(), at=LATER)
    url = reverse("statements:deposit", args=[Transfer.objects.get().pk])
    assert rosa.get(url).status_code == 404


@pytest.mark.parametrize("name", ["deposit", "package", "costs"])
def test_helpers_staff_and_other_owners_open_none_of_it(client, shop, paid, name):
    keys = {"deposit": [paid.pk], "package": [shop.deliveries.first().package_id], "costs": []}
    url = reverse(f"statements:{name}", args=keys[name])
    assert client.get(url).status_code == 302
    people = [make_member(shop, "Sam", "helper"), make_staff("Kim", "support")]
    if name != "costs":
        people.append(make_member(make_shop("Zed's Laundry"), "Zed"))
    for person in people:
        client.force_login(person)
        assert client.get(url).status_code == 404


def test_a_long_deposit_comes_in_pages_at_the_same_cost(rosa, shop, django_assert_max_num_queries):
    agree(shop, 175)
    for number in range(101):
        make_delivery(shop=shop, at=MORNING + dt.timedelta(seconds=number))
    pay(make_olga(), make_pavel())
    url = reverse("statements:deposit", args=[Transfer.objects.get().pk])
    with django_assert_max_num_queries(14):
        assert words(rosa.get(url)).count('class="money-line"') == 100
    assert words(rosa.get(url + "?page=2")).count('class="money-line"') == 1


def test_the_next_deposit_names_the_day_it_is_at_the_bank(rosa, shop):
    earn(shop, 2)
    accrue_waiting(at=LATER)
    page = words(rosa.get("/shop/earnings/"))  # Friday, November 20
    assert "At your bank by <b>Wed Nov 25</b>, for your work through Sun Nov 22." in page


def test_a_suspended_shop_is_promised_its_deposit_as_any_other(rosa, shop):
    earn(shop, 2)
    accrue_waiting(at=LATER)
    suspend_shop(shop=shop, reason=SuspensionReason.PAPERS, at=LATER)
    page = words(rosa.get("/shop/earnings/"))
    assert "Payments to you are on hold" not in page
    assert "At your bank by <b>Wed Nov 25</b>" in page


def test_what_is_being_checked_and_what_follows_are_told_apart(rosa, shop):
    earn(shop, 2, at=MORNING - dt.timedelta(days=7))
    draft_run(through=DAY - dt.timedelta(days=5), by=make_olga(), at=LATER)
    make_delivery(shop=shop)
    accrue_waiting(at=LATER)
    total = next_payout(shop, today=DAY).total_cents
    first, second = upcoming_of(shop, today=DAY, total_cents=total).deposits
    assert (first.cents, first.is_checked, first.day.arrives_on) == (
        350,
        True,
        dt.date(2026, 11, 24),
    )
    assert (second.cents, second.is_checked) == (175, False)
    page = words(rosa.get("/shop/earnings/"))
    assert '<p class="big">$3.50</p>' in page
    assert "After that $1.75 so far, by Wed Nov 25." in page


@pytest.mark.parametrize("by_calendar", [True, False])
def test_a_week_that_is_over_is_promised_apart_until_its_zone_is_drafted(shop, by_calendar):
    earn(shop, 2, at=MORNING - dt.timedelta(days=7))
    make_delivery(shop=shop)
    accrue_waiting(at=LATER)
    sunday = DAY - dt.timedelta(days=5)

    def promised() -> list[tuple]:
        ahead = upcoming_of(shop, today=DAY, total_cents=525)
        return [(one.day.through, one.cents, one.is_checked) for one in ahead.deposits]

    this_week = (DAY + dt.timedelta(days=2), 175, False)
    assert promised() == [(sunday, 350, False), this_week]
    other = make_shop("Zed's", station=make_station("WDC", zone="America/New_York"))
    earn(other, 1, at=MORNING - dt.timedelta(days=7))
    draft_run(through=sunday, zone=other.zone, by=make_olga(), at=LATER)
    assert promised() == [(sunday, 350, False), this_week]
    if by_calendar:
        draft_weekly(at=LATER)
    else:
        draft_run(through=sunday, by=make_staff("Kim", "finance_drafter"), at=LATER)
    assert promised() == [(sunday, 350, True), this_week]


def test_what_a_drafted_week_left_over_joins_the_next_one(shop):
    earn(shop, 2, at=MORNING - dt.timedelta(days=7))
    draft_weekly(at=LATER)
    make_delivery(shop=shop, at=MORNING - dt.timedelta(days=6))
    accrue_waiting(at=LATER)
    ahead = upcoming_of(shop, today=DAY, total_cents=525).deposits
    assert [(one.cents, one.day.through) for one in ahead] == [
        (350, DAY - dt.timedelta(days=5)),
        (175, DAY + dt.timedelta(days=2)),
    ]


def test_a_hold_promises_no_day(rosa, shop):
    earn(shop, 2)
    accrue_waiting(at=LATER)
    on_hold(shop=shop, by=make_olga(), at=LATER, reason="The name does not match.")
    page = words(rosa.get("/shop/earnings/"))
    assert "Payments to you are on hold" in page
    assert "At your bank by" not in page
    assert "The name does not match." not in page


def test_below_zero_is_told_in_words_and_promises_nothing(rosa, shop, paid):
    void(shop.deliveries.first(), at=LATER)
    accrue_waiting(at=LATER)
    page = words(rosa.get("/shop/earnings/"))
    assert "Your balance is below zero by $1.75" in page
    assert "nothing is charged to your bank" in page
    assert "At your bank by <b>" not in page


def test_the_week_ahead_is_a_band_from_known_days(shop):
    assert week_ahead(shop, today=DAY, days=[Earned(DAY, 3, 525)]) is None
    assert outlook_of(shop, DAY).bands == []


def test_an_hour_is_reckoned_from_what_the_owner_types(rosa, shop):
    earn(shop, 4, at=MORNING - dt.timedelta(days=1))
    accrue_waiting(at=LATER)
    assert "Say how long a day takes" in words(rosa.get("/shop/earnings/"))
    typed = {"minutes_a_day": "30", "miles_a_day": "2", "cents_a_mile": "72.5"}
    answer = rosa.post(reverse("statements:costs"), typed)
    assert answer.status_code == 302
    page = words(rosa.get("/shop/earnings/"))
    assert '<p class="big">$11.10</p>' in page  # $7.00 less $1.45 for half an hour
    assert "Only owners of your shop see this." in page
    rosa.post(reverse("statements:costs"), {"do": "forget"})
    assert not OwnCosts.objects.exists()


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"minutes_a_day": "0", "miles_a_day": "1", "cents_a_mile": "1"}, "at least one minute"),
        ({"minutes_a_day": "1441", "miles_a_day": "1", "cents_a_mile": "1"}, "1,440 minutes"),
        ({"minutes_a_day": "60", "miles_a_day": "", "cents_a_mile": "1"}, "0 is an answer"),
    ],
)
def test_a_day_that_cannot_be_is_refused(rosa, typed, complaint):
    answer = rosa.post(reverse("statements:costs"), typed)
    assert answer.status_code == 422
    assert complaint in answer.content.decode()
    assert not OwnCosts.objects.exists()


def test_no_page_of_staff_knows_what_an_owner_typed():
    from django.contrib import admin

    assert OwnCosts not in admin.site._registry
