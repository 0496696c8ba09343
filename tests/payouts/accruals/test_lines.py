"""Each package is priced by the line of its card that fits best, and keeps that line."""

import contextlib
import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubshops.deliveries.models import Delivery, Outcome
from payouts.accruals.actions import accrue_waiting
from payouts.accruals.models import Accrual
from payouts.accruals.queries import lines_of_day, waiting, wrong_accruals, wrong_entries
from payouts.ledger.models import Posting
from payouts.rates import rules
from payouts.rates.actions import agree_rate
from payouts.rates.models import Rate
from payouts.rates.queries import holidays_between, rate_on
from payouts.rates.rules import Line
from payouts.statements.queries import check_of_books
from payouts.statements.rules import is_clean
from tests.factories import DAY, MORNING, make_delivery, make_shop, make_station
from tests.payouts.helpers import beyond_cap, plain, refused_by, tier, void, write_card

pytestmark = pytest.mark.django_db
LATER = MORNING + dt.timedelta(hours=8)
SIZES = {
    "small": {"weight_g": 300, "length_mm": 100, "width_mm": 100, "height_mm": 10},
    "standard": {},
    "large": {"weight_g": 12_000},
}


def deliver(shop, *, outcome: str = "front_door", size: str = "standard", at=MORNING) -> Delivery:
    delivery = make_delivery(shop=shop, at=at, **SIZES[size])
    delivery.outcome = outcome
    delivery.save(update_fields=["outcome"])
    return delivery


def amounts(kind: str = "fee") -> list[int]:
    found = Accrual.objects.filter(kind=kind).order_by("delivery_id")
    return list(found.values_list("amount_cents", flat=True))


def test_each_package_keeps_the_line_that_priced_it():
    shop = make_shop()
    usual, mail_room, large = write_card(
        plain(150), plain(130, outcome="mail_room"), plain(190, size="large"), shop=shop
    )
    deliver(shop)
    deliver(shop, outcome="mail_room")
    deliver(shop, size="large", outcome="mail_room")
    assert accrue_waiting(at=LATER) == (3, 470)
    found = Accrual.objects.order_by("delivery_id").values_list("rate_id", "amount_cents")
    assert list(found) == [(usual.pk, 150), (mail_room.pk, 130), (large.pk, 190)]
    assert Posting.objects.get().amount_cents == 470
    assert is_clean(check_of_books(at=LATER))
    assert {line["rate_size"] for line in lines_of_day(shop_id=shop.pk, day=DAY)} == {"", "large"}


def test_own_lines_go_before_the_stations_kind_by_kind():
    shop = make_shop()
    write_card(plain(120), plain(200, size="large"), tier(1, 7), station=shop.station)
    write_card(plain(150), shop=shop)
    deliver(shop, size="large")
    deliver(shop)
    assert accrue_waiting(at=LATER) == (2, 307)
    assert amounts("tier") == [7]


def test_a_package_that_no_line_fits_waits_and_the_others_are_booked():
    shop = make_shop()
    write_card(plain(190, size="large"), shop=shop)
    deliver(shop, size="large")
    deliver(shop)
    assert accrue_waiting(at=LATER) == (1, 190)
    assert [(row["packages"], row["has_rate"]) for row in waiting()] == [(1, False)]
    agree_rate(shop=shop, amount_cents=150, first_day=DAY, at=MORNING)
    assert accrue_waiting(at=LATER) == (1, 150)
    assert is_clean(check_of_books(at=LATER))


def test_holidays_weekends_and_weekdays_have_their_lines():
    shop = make_shop()
    write_card(
        plain(150), plain(170, day_kind="weekend"), plain(200, day_kind="holiday"), shop=shop
    )
    for days in (0, 1, 3, 6):  # Friday, Saturday, Monday, and Thursday: Thanksgiving
        deliver(shop, at=MORNING + dt.timedelta(days=days))
    accrue_waiting(at=LATER + dt.timedelta(days=7))
    assert amounts() == [150, 170, 150, 200]


def test_a_busy_day_pays_more_on_its_days_only_and_is_taken_back_with_the_fee():
    shop = make_shop()
    peak = Line("peak", 50, first_on=DAY, end_on=DAY + dt.timedelta(days=1))
    write_card(plain(150), peak, station=shop.station)
    delivery = deliver(shop)
    deliver(shop, at=MORNING + dt.timedelta(days=1))
    assert accrue_waiting(at=LATER + dt.timedelta(days=1)) == (2, 350)
    assert amounts("peak") == [50]
    void(delivery, at=LATER + dt.timedelta(days=1))
    assert accrue_waiting(at=LATER + dt.timedelta(days=1)) == (1, -200)
    assert amounts("peak_reversal") == [-50]
    assert (wrong_accruals(), wrong_entries()) == ([], [])


def test_extras_of_one_package_add_up_in_one_entry():
    shop = make_shop(daily_cap=2)
    peak = Line("peak", 50, first_on=DAY, end_on=DAY + dt.timedelta(days=9))
    write_card(plain(150), peak, tier(1, 7), Line("over_cap", 75), shop=shop)
    for _ in range(2):
        beyond_cap(deliver(shop))
    assert accrue_waiting(at=LATER) == (2, 2 * (150 + 50 + 75) + 7)
    assert Posting.objects.get().amount_cents == 557
    assert is_clean(check_of_books(at=LATER))


def test_a_tier_begins_beyond_its_number_and_ends_with_the_week():
    shop = make_shop()
    write_card(plain(100), tier(2, 10), tier(4, 25), shop=shop)
    for _ in range(3):
        deliver(shop)  # Friday
    accrue_waiting(at=LATER)
    assert amounts("tier") == [10]
    for days in (1, 1, 3):  # two on Saturday, one on Monday of the next week
        deliver(shop, at=MORNING + dt.timedelta(days=days))
    accrue_waiting(at=LATER + dt.timedelta(days=4))
    assert amounts("tier") == [10, 10, 25]


def test_a_late_package_of_an_earlier_day_gets_the_tier_and_takes_it_from_nobody():
    shop = make_shop()
    write_card(plain(100), tier(2, 10), shop=shop)
    for _ in range(3):
        deliver(shop, at=MORNING + dt.timedelta(days=1))
    accrue_waiting(at=LATER + dt.timedelta(days=1))
    late = deliver(shop)
    accrue_waiting(at=LATER + dt.timedelta(days=1))
    assert Accrual.objects.get(kind="tier", delivery=late).amount_cents == 10
    assert amounts("tier") == [10, 10]


def test_taken_back_and_delivered_again_a_week_gives_no_tier_twice():
    shop = make_shop()
    write_card(plain(100), tier(2, 10), shop=shop)
    first, *_others = [deliver(shop) for _ in range(3)]
    accrue_waiting(at=LATER)
    void(first, at=LATER)
    accrue_waiting(at=LATER)
    assert sum(amounts("tier")) == 10, "the third keeps its tier"
    deliver(shop)
    accrue_waiting(at=LATER)
    assert (sum(amounts("tier")), amounts("tier_reversal")) == (10, [])


class Undo(Exception):
    """Ends an example and takes all of it back."""


PACKAGES = st.tuples(
    st.sampled_from(Outcome.values[:3]), st.sampled_from(sorted(SIZES)), st.integers(0, 6)
)
ASKS = st.fixed_dictionaries(
    {
        "outcome": st.sampled_from(["", *Outcome.values[:3]]),
        "size": st.sampled_from(["", *SIZES]),
        "day_kind": st.sampled_from(["", "weekday", "weekend", "holiday"]),
    }
)
BOTH = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@BOTH
@given(
    own=st.lists(st.tuples(ASKS, st.integers(1, 400)), max_size=4),
    usual=st.lists(st.tuples(ASKS, st.integers(1, 400)), max_size=4),
    packages=st.lists(PACKAGES, min_size=1, max_size=6),
)
def test_the_statement_prices_as_the_rules_do(own, usual, packages):
    with contextlib.suppress(Undo), transaction.atomic():
        shop = make_shop()
        own_lines = [plain(cents, **asks) for asks, cents in own]
        own_lines = list({line.place: line for line in own_lines}.values())
        usual_lines = [plain(111), *(plain(cents, **asks) for asks, cents in usual)]
        usual_lines = list({line.place: line for line in usual_lines}.values())
        write_card(*own_lines, shop=shop)
        write_card(*usual_lines, station=shop.station)
        free = set(holidays_between(DAY, DAY))
        expected = []
        for outcome, size, days in packages:
            deliver(shop, outcome=outcome, size=size, at=MORNING + dt.timedelta(days=days))
            facts = {
                "outcome": outcome,
                "size": size,
                "day_kind": rules.day_kind_of(DAY + dt.timedelta(days=days), free),
            }
            line = rules.best_line(own_lines, **facts) or rules.best_line(usual_lines, **facts)
            expected.append(line.amount_cents)
        accrue_waiting(at=LATER + dt.timedelta(days=7))
        assert amounts() == expected
        assert wrong_accruals() == wrong_entries() == []
        raise Undo


TIERS = [tier(2, 10), tier(4, 25)]


STEPS = st.sampled_from(["deliver", "deliver", "deliver", "book", "book", 0, 1, 2])


@BOTH
@given(steps=st.lists(STEPS, min_size=6, max_size=24))
def test_whatever_the_order_a_week_earns_its_tiers_and_never_less(steps):
    """A number takes one of the standing deliveries back; the model is `rules.next_tiers`."""
    with contextlib.suppress(Undo), transaction.atomic():
        shop = make_shop()
        write_card(plain(100), *TIERS, shop=shop)
        most = 0
        for step in [*steps, "book"]:
            standing = list(Delivery.objects.standing().order_by("pk"))
            if step == "deliver":
                deliver(shop)
            elif step == "book":
                accrue_waiting(at=LATER)
                most = max(most, len(standing))
                cents = sum(amounts("tier")) + sum(amounts("tier_reversal"))
                assert rules.tier_total(TIERS, len(standing)) <= cents
                assert cents <= rules.tier_total(TIERS, most)
            elif standing:
                void(standing[step % len(standing)], at=LATER)
        assert wrong_accruals() == wrong_entries() == []
        raise Undo


NEW_YORK = "America/New_York"


def moment(day: str, clock: str, fold: int = 0) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo(NEW_YORK), fold=fold)


@pytest.mark.parametrize(
    ("sunday", "hours"), [(dt.date(2026, 3, 8), 167), (dt.date(2026, 11, 1), 169)]
)
def test_f17_weeks_of_the_clock_change_hold_each_delivery_once(sunday, hours):
    station = make_station("NYC", zone=NEW_YORK, opened_at=moment("2026-01-01", "08:00"))
    shop = make_shop(station=station, opened_at=moment("2026-01-01", "08:00"))
    write_card(plain(100), tier(2, 10), shop=shop)
    monday, next_monday = rules.week_of(sunday)
    starts = [
        dt.datetime.combine(day, dt.time(), ZoneInfo(NEW_YORK)) for day in (monday, next_monday)
    ]
    assert (starts[1].astimezone(dt.UTC) - starts[0].astimezone(dt.UTC)) == dt.timedelta(
        hours=hours
    )
    day = str(sunday)
    moments = [
        moment(str(monday - dt.timedelta(days=1)), "23:59:59"),
        moment(str(monday), "00:00:00"),
        moment(str(sunday - dt.timedelta(days=1)), "23:59:59"),
        moment(day, "00:00:00"),
        moment(day, "01:30:00"),
        moment(day, "01:30:00", fold=1),
        moment(day, "23:59:59"),
        moment(str(next_monday), "00:00:00"),
    ]
    for at in moments:
        make_delivery(shop=shop, at=at.astimezone(dt.UTC))
    accrue_waiting(at=moments[-1] + dt.timedelta(days=1))
    weeks = [
        rules.week_of(day)[0]
        for day in Accrual.objects.filter(kind="fee")
        .order_by("delivery_id")
        .values_list("delivered_on", flat=True)
    ]
    assert [weeks.count(monday + dt.timedelta(days=7 * number)) for number in (-1, 0, 1)] == [
        1,
        6,
        1,
    ]
    assert amounts() == [100] * 8
    assert len(amounts("tier")) == 4  # six in the week, two of them before the tier


def test_f18_a_fee_that_changes_in_the_middle_of_a_week():
    station = make_station("NYC", zone=NEW_YORK, opened_at=moment("2026-01-01", "08:00"))
    shop = make_shop(station=station, opened_at=moment("2026-01-01", "08:00"))
    agree_rate(shop=shop, amount_cents=150, first_day=DAY, at=MORNING)
    wednesday = dt.date(2026, 11, 25)
    agree_rate(shop=shop, amount_cents=175, first_day=wednesday, at=MORNING)
    for at in (
        moment("2026-11-24", "23:59:59"),
        moment("2026-11-25", "00:00:00"),
        moment("2026-11-25", "12:00:00"),
    ):
        make_delivery(shop=shop, at=at.astimezone(dt.UTC))
    accrue_waiting(at=moment("2026-11-26", "00:00:00"))
    assert amounts() == [150, 175, 175]
    assert Accrual.objects.values("rate_id").distinct().count() == 2
    with refused_by("rate_no_overlap") as cursor:
        cursor.execute(
            "INSERT INTO rate (card_id, kind, amount_cents, valid, agreed_at)"
            " SELECT card_id, kind, 200, '[2026-11-27,2026-11-28)', now() FROM rate LIMIT 1"
        )
    assert rate_on(shop, wednesday - dt.timedelta(days=1)).amount_cents == 150
    assert Rate.objects.count() == 2
