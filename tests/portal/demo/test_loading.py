"""A few days of the sample network, made by the product's own actions, and played on."""

import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

import pytest

from hubshops.cases.models import Case
from hubshops.deliveries.models import Conflict, DayCheck, DayClose, Device, Proof, StrayAct
from hubshops.documents.queries import what_is_missing
from hubshops.drops.models import Handover
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from hubshops.shops.models import Shop
from payouts.statements.queries import check_of_books
from payouts.statements.rules import is_clean
from portal.demo import queries, rules
from portal.demo.actions import OnlyInTheDemo, load_sample_network
from portal.demo.actions.people import ROSAS
from portal.demo.rules import Trouble

pytestmark = [pytest.mark.django_db, pytest.mark.long]
NOON = dt.datetime(2026, 11, 20, 12, 30, tzinfo=ZoneInfo("America/Chicago"))
TODAY = NOON.date()


def load(at: dt.datetime) -> None:
    load_sample_network(at=at, report=lambda done, total: None)


def facts() -> dict[str, object]:
    """What a second load must leave as it is."""
    return {
        "handovers": sorted(Handover.objects.values_list("pk", "status", "taken_at")),
        "cases": sorted(Case.objects.values_list("cause", "status")),
        "rows": [one.objects.count() for one in (Conflict, StrayAct, DayClose, DayCheck, Proof)],
    }


def test_it_loads_only_in_the_demo(settings):
    settings.DEMO = False
    with pytest.raises(OnlyInTheDemo):
        load(NOON)
    assert not Package.objects.exists()


def test_a_few_days_are_signed_closed_checked_and_played_on(settings, monkeypatch):
    settings.DEMO = True
    monkeypatch.setattr(rules, "HISTORY_DAYS", 3)  # the whole story takes four weeks
    load(NOON)

    rosas = Shop.objects.get(slug=ROSAS)
    assert (rosas.status, what_is_missing(rosas.dossier)) == ("live", [])
    past = Handover.objects.filter(service_day__lt=TODAY)
    assert Counter(past.values_list("status", flat=True)).keys() == {"agreed", "disputed"}
    assert past.get(status="disputed").remarks.get().kind == "short"
    todays = Handover.objects.get(shop__slug=ROSAS, service_day=TODAY)
    assert todays.status == "opened"
    mine = Package.objects.filter(shop__slug=ROSAS, service_day=TODAY)
    assert mine.filter(state=State.MANIFESTED).count() == rules.LEFT_TO_COUNT
    [(package, code)] = [one for one in queries.codes_of_today() if one[0].shop.slug == ROSAS]
    assert package.state == State.OUT_FOR_DELIVERY
    assert len(code) == 6
    closed = set(DayClose.objects.filter(shop__slug=ROSAS).values_list("day", "agrees"))
    assert closed == {(TODAY - dt.timedelta(days=ago), True) for ago in (1, 2, 3)}
    assert not DayCheck.objects.exclude(gap=0, not_counted_in=0).exists()
    kinds = Counter(Case.objects.values_list("kind", "status"))
    assert kinds == {("drop", "waiting_ops"): 1, ("stray", "open"): 1, ("conflict", "open"): 1}
    assert set(Proof.objects.values_list("kind", flat=True)) >= {"photo", "code"}
    held = dict(Device.objects.values_list("user__email", "unsent"))
    assert held == {"sam@demo.test": 2, "rosa@demo.test": 0}
    assert is_clean(check_of_books(at=NOON))

    before = facts()
    load(NOON)
    assert facts() == before, "again is harmless"

    tomorrow = NOON + dt.timedelta(days=1)
    load(tomorrow)
    todays.refresh_from_db()
    assert todays.status == "agreed"
    assert todays.taken_count == mine.count()
    assert Case.objects.count() == sum(kinds.values()), "what went wrong went wrong once"
    assert is_clean(check_of_books(at=tomorrow))


def test_each_trouble_has_its_day_and_only_once():
    first_day = TODAY - dt.timedelta(days=rules.HISTORY_DAYS)
    days = [first_day + dt.timedelta(days=number) for number in range(60)]
    met = [trouble for day in days if (trouble := rules.trouble_on(day, first_day))]
    assert sorted(met) == sorted(Trouble)
    assert all(rules.day_of(one, first_day) <= TODAY - dt.timedelta(days=2) for one in Trouble)


@pytest.mark.parametrize(
    ("trouble", "given", "taken"),
    [
        (None, 30, 30),
        (Trouble.DAMAGED, 30, 30),
        (Trouble.SHORT, 31, 30),
        (Trouble.DIFFERS, 31, 30),
        (Trouble.MOVED, 31, 31),
        (Trouble.CONFLICT, 30, 30),
    ],
)
def test_driver_and_shop_count_what_there_was(trouble, given, taken):
    assert rules.said_at_the_van(30, 2, trouble) == ((given, 2), (taken, 2))
