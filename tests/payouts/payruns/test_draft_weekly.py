"""The weeks that the calendar drafts: each zone's once, when it is over there, for any approver."""

import datetime as dt
import json

import pytest
from django.core.management import call_command
from django.db import connection

from hubshops.deliveries.models import Delivery
from kernel.accounts.models import User
from payouts.accruals.actions import accrue_waiting
from payouts.payruns import queries, tasks
from payouts.payruns.actions import cancel_run, draft_run, draft_weekly
from payouts.payruns.actions.drafting import BooksAreOff, UnknownZone
from payouts.payruns.models import PayRun
from payouts.payruns.rules import week_end
from tests.factories import DAY, MORNING, ZONE, make_delivery, make_shop, make_station
from tests.payouts.helpers import approve, earn, make_olga, make_pavel, refused_by

pytestmark = pytest.mark.django_db
PEOPLE = f'"{User._meta.db_table}"'
FAR = "Pacific/Honolulu"
SUNDAY = dt.date(2026, 11, 22)
WEEK = dt.timedelta(days=7)
# Monday 00:30 in Chicago, when it is still Sunday in Honolulu; and nine hours later.
OVER_HERE = dt.datetime(2026, 11, 23, 6, 30, tzinfo=dt.UTC)
OVER_EVERYWHERE = OVER_HERE + dt.timedelta(hours=9)


@pytest.fixture
def shop():
    shop = make_shop(station=make_station())
    earn(shop)
    return shop


@pytest.fixture
def far(shop):
    """Zed's shop, whose day is four hours behind Rosa's."""
    far = make_shop("Zed's Laundry", station=make_station("HNL", zone=FAR))
    earn(far, 1)
    return far


@pytest.mark.parametrize(
    ("today", "through"),
    [
        (dt.date(2026, 11, 23), SUNDAY),
        (dt.date(2026, 11, 28), SUNDAY),
        (SUNDAY, SUNDAY - WEEK),
    ],
)
def test_a_week_is_over_with_its_sunday(today, through):
    assert week_end(today) == through


def test_each_zones_week_is_drafted_once_as_soon_as_it_is_over_there(shop, far):
    (here,) = draft_weekly(at=OVER_HERE)
    assert (here.zone, here.through, here.drafted_by) == (ZONE, SUNDAY, None)
    assert (here.shops, here.cents) == (1, 350)
    make_delivery(shop=shop)
    (there,) = draft_weekly(at=OVER_EVERYWHERE)
    assert (there.zone, there.through, there.shops, there.cents) == (FAR, SUNDAY, 1, 175)
    assert draft_weekly(at=OVER_EVERYWHERE + dt.timedelta(hours=1)) == []
    assert PayRun.objects.count() == 2


def test_a_run_of_a_zone_claims_nothing_of_other_zones(shop, far):
    olga = make_olga()
    run = draft_run(through=DAY, zone=FAR, by=olga, at=OVER_EVERYWHERE)
    assert list(run.transfers.values_list("shop", flat=True)) == [far.pk]
    rest = draft_run(through=DAY, by=olga, at=OVER_EVERYWHERE)
    assert (rest.zone, rest.shops, rest.cents) == ("", 1, 350)


def test_a_shop_of_another_zone_without_a_fee_is_not_listed_as_held(shop):
    far = make_shop("Zed's Laundry", station=make_station("HNL", zone=FAR))
    make_delivery(shop=far)
    run = draft_run(through=DAY, zone=ZONE, by=make_olga(), at=OVER_EVERYWHERE)
    assert queries.held_of(run) == []


def test_books_that_are_off_in_one_zone_do_not_keep_the_others(shop, far):
    accrue_waiting(at=OVER_EVERYWHERE)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE accrual SET amount_cents = 1 WHERE shop_id = %s", [shop.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    with pytest.raises(BooksAreOff, match="in 1 entries"):
        draft_weekly(at=OVER_EVERYWHERE)
    assert PayRun.objects.get().zone == FAR


def test_a_zone_without_a_station_is_refused(shop):
    with pytest.raises(UnknownZone, match=r"Europe/Paris\. There are: America/Chicago"):
        draft_run(through=DAY, zone="Europe/Paris", by=make_olga(), at=OVER_HERE)
    assert not PayRun.objects.exists()


@pytest.mark.parametrize("make_person", [make_olga, make_pavel])
def test_any_approver_may_approve_it(shop, make_person):
    (run,) = draft_weekly(at=OVER_EVERYWHERE)
    approved = approve(run, by=make_person(), at=OVER_EVERYWHERE)
    assert approved.status == "approved"


@pytest.mark.parametrize("zone", ["", ZONE])
def test_what_people_drafted_or_cancelled_is_left_to_them(shop, zone):
    olga = make_olga()
    by_hand = draft_run(through=SUNDAY, zone=zone, by=olga, at=OVER_EVERYWHERE)
    assert draft_weekly(at=OVER_EVERYWHERE) == []
    cancel_run(run_id=by_hand.pk, by=olga, at=OVER_EVERYWHERE)
    (by_itself,) = draft_weekly(at=OVER_EVERYWHERE)
    cancel_run(run_id=by_itself.pk, by=olga, at=OVER_EVERYWHERE)
    assert draft_weekly(at=OVER_EVERYWHERE) == []


def test_a_run_of_one_zone_by_hand_leaves_the_other_to_the_calendar(shop, far):
    draft_run(through=SUNDAY, zone=ZONE, by=make_olga(), at=OVER_EVERYWHERE)
    assert [run.zone for run in draft_weekly(at=OVER_EVERYWHERE)] == [FAR]


# The week that ends with the change of the clocks: an hour before midnight, local, and at midnight.
@pytest.mark.parametrize(
    ("zone", "sunday", "over_at"),
    [
        (ZONE, dt.date(2026, 11, 1), dt.datetime(2026, 11, 2, 6, tzinfo=dt.UTC)),  # back: CST
        ("America/New_York", dt.date(2026, 11, 1), dt.datetime(2026, 11, 2, 5, tzinfo=dt.UTC)),
        (ZONE, dt.date(2027, 3, 14), dt.datetime(2027, 3, 15, 5, tzinfo=dt.UTC)),  # on: CDT
        ("America/New_York", dt.date(2027, 3, 14), dt.datetime(2027, 3, 15, 4, tzinfo=dt.UTC)),
        ("America/Phoenix", dt.date(2026, 11, 1), dt.datetime(2026, 11, 2, 7, tzinfo=dt.UTC)),
        ("America/Phoenix", dt.date(2027, 3, 14), dt.datetime(2027, 3, 15, 7, tzinfo=dt.UTC)),
    ],
)
def test_a_week_in_which_the_clock_changes_ends_at_its_own_midnight(zone, sunday, over_at):
    shop = make_shop(station=make_station("ONE", zone=zone))
    earn(shop, 1, at=MORNING - 4 * WEEK)
    make_delivery(shop=shop, at=over_at - dt.timedelta(minutes=1), day=sunday)
    make_delivery(shop=shop, at=over_at, day=sunday + dt.timedelta(days=1))
    before = queries.weeks_to_draft(at=over_at - dt.timedelta(minutes=1))
    assert before == {zone: sunday - WEEK}
    (run,) = draft_weekly(at=over_at)
    assert (run.zone, run.through) == (zone, sunday)
    days = Delivery.objects.filter(accruals__entry__transfer_items__transfer__run=run)
    assert max(days.values_list("delivered_on", flat=True)) == sunday


def test_of_two_zones_that_change_the_clock_each_is_drafted_at_its_own_midnight():
    for zone in ("America/New_York", ZONE):
        earn(make_shop(zone, station=make_station(zone[-3:], zone=zone)), 1, at=MORNING - 3 * WEEK)
    sunday = dt.date(2026, 11, 1)
    midnight = dt.datetime(2026, 11, 2, 5, tzinfo=dt.UTC)  # in New York, an hour before Chicago's
    drafted = {
        hours: [run.zone for run in draft_weekly(at=midnight + dt.timedelta(hours=hours))]
        for hours in range(3)
    }
    assert drafted == {0: ["America/New_York"], 1: [ZONE], 2: []}
    assert set(PayRun.objects.values_list("through", flat=True)) == {sunday}


def test_nothing_due_is_no_run():
    make_shop()
    assert draft_weekly(at=OVER_EVERYWHERE) == []
    assert not PayRun.objects.exists()


def test_it_is_off_unless_the_portal_is_set_to_it(shop, settings, monkeypatch):
    monkeypatch.setattr("kernel.clock.now", lambda: OVER_EVERYWHERE)
    tasks.draft_weekly()
    assert not PayRun.objects.exists()
    settings.WEEKLY_DRAFTS = True
    tasks.draft_weekly()
    assert PayRun.objects.get().through == SUNDAY


def test_staff_read_that_the_calendar_drafted_it_and_for_which_zone(shop, client):
    (run,) = draft_weekly(at=OVER_EVERYWHERE)
    client.force_login(make_pavel())
    page = client.get("/ops/payruns/").text
    assert "the calendar" in page
    assert ZONE in page
    assert f"shops in the time zone {ZONE} earned" in client.get(f"/ops/payruns/{run.pk}/").text


def test_a_run_is_compared_with_runs_of_its_own_zone(shop, far):
    olga = make_olga()
    first = draft_run(through=SUNDAY, zone=ZONE, by=olga, at=OVER_EVERYWHERE)
    other = draft_run(through=SUNDAY, zone=FAR, by=olga, at=OVER_EVERYWHERE)
    assert queries.run_before(first) is queries.run_before(other) is None
    make_delivery(shop=shop, at=OVER_EVERYWHERE + WEEK - dt.timedelta(days=2))
    second = draft_run(through=SUNDAY + WEEK, zone=ZONE, by=olga, at=OVER_EVERYWHERE + WEEK)
    assert queries.run_before(second) == first
    assert queries.usual_cents(second) == first.cents == 350
    (mover,) = queries.movers_of(second)
    assert (mover.shop_id, mover.change_cents) == (shop.pk, -175)


def test_the_first_run_of_a_zone_says_that_there_is_nothing_to_compare_it_with(shop, client):
    draft_run(through=DAY, by=make_olga(), at=OVER_HERE)
    make_delivery(shop=shop, at=OVER_HERE - dt.timedelta(days=1))
    (run,) = draft_weekly(at=OVER_EVERYWHERE)
    client.force_login(make_pavel())
    assert "This is the first run of this time zone" in client.get(f"/ops/payruns/{run.pk}/").text


@pytest.mark.parametrize(
    ("law", "change"),
    [
        ("pay_run_of_the_calendar_once_a_zone_and_week", "true, NULL"),
        ("pay_run_of_the_calendar_iff_nobody_drafted_it", "false, NULL"),
        (
            "pay_run_of_the_calendar_iff_nobody_drafted_it",
            f"true, (SELECT min(id) FROM {PEOPLE})",
        ),
    ],
)
def test_the_laws_of_the_calendars_runs_hold_in_sql(shop, law, change):
    make_olga()
    draft_weekly(at=OVER_EVERYWHERE)
    with refused_by(law) as cursor:
        cursor.execute(
            "INSERT INTO pay_run (through, zone, status, shops, cents, snapshot, drafted_at,"
            " approved_snapshot, is_weekly, drafted_by_id)"
            f" SELECT through, zone, 'drafted', 0, 0, '', drafted_at, '', {change} FROM pay_run"
        )
    assert PayRun.objects.count() == 1


def test_a_run_of_a_zone_never_pays_a_shop_of_another_in_sql(shop, far):
    run = draft_run(through=DAY, zone=FAR, by=make_olga(), at=OVER_EVERYWHERE)
    with refused_by("a run of a zone pays shops of that zone") as cursor:
        cursor.execute("ALTER TABLE transfer DISABLE TRIGGER transfer_joins")
        cursor.execute(
            "INSERT INTO transfer (run_id, shop_id, amount_cents, gateway, payee_reference, key,"
            " status, attempts, provider_reference, error)"
            " VALUES (%s, %s, 5, 'bank_file', 'z', 'z', 'pending', 0, '', '')",
            [run.pk, shop.pk],
        )
    assert run.transfers.count() == 1


def test_days_before_the_week_are_paid_with_it(shop):
    make_delivery(shop=shop, at=OVER_HERE - dt.timedelta(days=9), day=DAY)
    (run,) = draft_weekly(at=OVER_EVERYWHERE)
    assert run.cents == 3 * 175


def test_the_terminal_drafts_all_zones_or_the_one_it_is_told(shop, far, capsys, monkeypatch):
    monkeypatch.setattr("kernel.clock.now", lambda: OVER_EVERYWHERE)
    by = ["--by", make_olga().email, "--through", str(DAY), "--json"]
    call_command("pay_run", "draft", *by, "--zone", FAR)
    one = json.loads(capsys.readouterr().out)
    assert (one["zone"], one["shops"], one["cents"]) == (FAR, 1, 175)
    call_command("pay_run", "draft", *by)
    rest = json.loads(capsys.readouterr().out)
    assert (rest["zone"], rest["shops"], rest["cents"]) == ("", 1, 350)
