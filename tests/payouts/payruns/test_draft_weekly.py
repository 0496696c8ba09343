"""The week that the calendar drafts: once, when it is over everywhere, for any approver."""

import datetime as dt

import pytest

from kernel.accounts.models import User
from payouts.payruns import tasks
from payouts.payruns.actions import approve_run, cancel_run, draft_run, draft_weekly
from payouts.payruns.models import PayRun
from payouts.payruns.rules import week_over
from tests.factories import DAY, make_delivery, make_shop, make_station
from tests.payouts.helpers import earn, make_olga, make_pavel, refused_by

pytestmark = pytest.mark.django_db
PEOPLE = f'"{User._meta.db_table}"'
SUNDAY = dt.date(2026, 11, 22)
# Monday 00:30 in Chicago, when it is still Sunday in Honolulu; and nine hours later.
OVER_HERE = dt.datetime(2026, 11, 23, 6, 30, tzinfo=dt.UTC)
OVER_EVERYWHERE = OVER_HERE + dt.timedelta(hours=9)


@pytest.fixture
def shop():
    make_station("HNL", zone="Pacific/Honolulu")
    shop = make_shop(station=make_station())
    earn(shop)
    return shop


@pytest.mark.parametrize(
    ("days", "through"),
    [
        ([], None),
        ([dt.date(2026, 11, 23)], SUNDAY),
        ([dt.date(2026, 11, 23), SUNDAY], SUNDAY - dt.timedelta(days=7)),
        ([dt.date(2026, 11, 28)], SUNDAY),
    ],
)
def test_a_week_is_over_once_it_is_over_in_every_zone(days, through):
    assert week_over(days) == through


def test_it_is_drafted_once_when_it_is_over_in_every_zone(shop):
    assert draft_weekly(at=OVER_HERE) is None
    assert not PayRun.objects.exists()
    run = draft_weekly(at=OVER_EVERYWHERE)
    assert (run.through, run.drafted_by, run.shops, run.cents) == (SUNDAY, None, 1, 350)
    make_delivery(shop=shop)
    assert draft_weekly(at=OVER_EVERYWHERE + dt.timedelta(hours=1)) is None
    assert PayRun.objects.count() == 1


@pytest.mark.parametrize("make_person", [make_olga, make_pavel])
def test_any_approver_may_approve_it(shop, make_person):
    run = draft_weekly(at=OVER_EVERYWHERE)
    approved = approve_run(run_id=run.pk, by=make_person(), at=OVER_EVERYWHERE)
    assert approved.status == "approved"


def test_what_people_drafted_or_cancelled_is_left_to_them(shop):
    olga = make_olga()
    by_hand = draft_run(through=SUNDAY, by=olga, at=OVER_EVERYWHERE)
    assert draft_weekly(at=OVER_EVERYWHERE) is None
    cancel_run(run_id=by_hand.pk, by=olga, at=OVER_EVERYWHERE)
    by_itself = draft_weekly(at=OVER_EVERYWHERE)
    cancel_run(run_id=by_itself.pk, by=olga, at=OVER_EVERYWHERE)
    assert draft_weekly(at=OVER_EVERYWHERE) is None


def test_nothing_due_is_no_run():
    make_shop()
    assert draft_weekly(at=OVER_EVERYWHERE) is None
    assert not PayRun.objects.exists()


def test_it_is_off_unless_the_portal_is_set_to_it(shop, settings, monkeypatch):
    monkeypatch.setattr("kernel.clock.now", lambda: OVER_EVERYWHERE)
    tasks.draft_weekly()
    assert not PayRun.objects.exists()
    settings.WEEKLY_DRAFTS = True
    tasks.draft_weekly()
    assert PayRun.objects.get().through == SUNDAY


def test_staff_read_that_the_calendar_drafted_it(shop, client):
    draft_weekly(at=OVER_EVERYWHERE)
    client.force_login(make_pavel())
    assert "the calendar" in client.get("/ops/payruns/").content.decode()


@pytest.mark.parametrize(
    ("law", "change"),
    [
        ("pay_run_of_the_calendar_once_a_week", "true, NULL"),
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
            "INSERT INTO pay_run (through, status, shops, cents, snapshot, drafted_at,"
            " approved_snapshot, is_weekly, drafted_by_id)"
            f" SELECT through, 'drafted', 0, 0, '', drafted_at, '', {change} FROM pay_run"
        )
    assert PayRun.objects.count() == 1


def test_days_before_the_week_are_paid_with_it(shop):
    make_delivery(shop=shop, at=OVER_HERE - dt.timedelta(days=9), day=DAY)
    assert draft_weekly(at=OVER_EVERYWHERE).cents == 3 * 175
