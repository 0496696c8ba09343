"""A new card takes nobody by surprise: its effect is counted on each shop's own weeks, shops are
told, notice passes, a second person approves, and then it holds by itself."""

import datetime as dt

import pytest

from hubshops.shops.actions import (
    ask_pause,
    ask_to_leave,
    go_live,
    lift_suspension,
    suspend_shop,
    turn_shops,
)
from hubshops.shops.models import Pause, Shop, ShopStatus, SuspensionReason
from kernel.audit.models import Decision
from kernel.notifications.models import Mail
from payouts.accruals.actions import accrue_waiting
from payouts.accruals.models import Accrual
from payouts.payruns.actions import draft_run
from payouts.payruns.queries import snapshot_of
from payouts.rates import actions
from payouts.rates.actions import agree_rate, answer_change, approve_change, draft_change
from payouts.rates.models import AnswerKind, Rate, RateAnswer, RateChange, RateEffect
from payouts.rates.queries import rate_on, window
from payouts.rates.rules import Line
from tests.factories import DAY, MORNING, make_delivery, make_member, make_shop, make_staff
from tests.payouts.helpers import (
    approve,
    beyond_cap,
    change_card,
    make_olga,
    make_pavel,
    plain,
    promise,
    refused_by,
    tier,
    write_card,
)

pytestmark = pytest.mark.django_db
LATER = MORNING + dt.timedelta(hours=8)
LAST_WEEK = MORNING - dt.timedelta(days=7)
IN_20_DAYS = DAY + dt.timedelta(days=20)


@pytest.fixture
def olga():
    return make_olga()


@pytest.fixture
def pavel():
    return make_pavel()


@pytest.fixture
def shop():
    shop = make_shop(opened_at=MORNING - dt.timedelta(days=200))
    write_card(plain(150), station=shop.station)
    return shop


def effects(change: RateChange) -> dict[str, tuple[int, int, int, int]]:
    return {
        one.shop.name: (one.packages, one.then_cents, one.now_cents, one.new_cents)
        for one in change.effects.select_related("shop")
    }


def test_a_change_is_drafted_published_approved_and_then_holds(shop, olga, pavel):
    make_delivery(shop=shop, at=LAST_WEEK)
    change = change_card(plain(140), tier(50, 20), station=shop.station, by=olga, at=MORNING)
    assert (change.lowers, change.notice_days) == (True, 14)
    assert rate_on(shop, IN_20_DAYS).amount_cents == 150
    approve_change(change_id=change.pk, by=pavel, at=LATER)
    assert rate_on(shop, IN_20_DAYS - dt.timedelta(days=1)).amount_cents == 150
    assert rate_on(shop, IN_20_DAYS).amount_cents == 140
    assert Rate.objects.filter(change=change).count() == 2
    assert list(Decision.objects.order_by("pk").values_list("action", flat=True)) == [
        "draft_rates",
        "publish_rates",
        "approve_rates",
    ]
    again = approve_change(change_id=change.pk, by=pavel, at=LATER)
    assert again.approved_at == LATER
    assert Rate.objects.filter(change=change).count() == 2


def test_what_was_earned_before_its_day_is_not_touched(shop, olga, pavel):
    make_delivery(shop=shop, at=MORNING)
    accrue_waiting(at=LATER)
    change = change_card(plain(140), station=shop.station, by=olga, at=MORNING)
    approve_change(change_id=change.pk, by=pavel, at=LATER)
    for days in (19, 20):
        make_delivery(shop=shop, at=MORNING + dt.timedelta(days=days))
    accrue_waiting(at=LATER + dt.timedelta(days=21))
    fees = Accrual.objects.order_by("delivery_id").values_list("amount_cents", flat=True)
    assert list(fees) == [150, 150, 140]


def test_each_shop_sees_its_own_last_twelve_whole_weeks(shop, olga):
    first, end = window(DAY)
    assert (first, end) == (dt.date(2026, 8, 24), dt.date(2026, 11, 16))
    other = make_shop("Zed's Laundry", opened_at=shop.opened_at)
    own = make_shop("Ana's Flowers", opened_at=shop.opened_at)
    write_card(plain(300), shop=own)
    noon = dt.timedelta(days=1) * (DAY - first).days
    for one, days in ((shop, 0), (shop, -1), (shop, 83), (shop, 84), (other, 5), (own, 5)):
        make_delivery(shop=one, at=MORNING - noon + dt.timedelta(days=days))
    make_delivery(shop=other, at=MORNING - noon + dt.timedelta(days=5), weight_g=15_000)
    change = change_card(
        plain(140), plain(260, size="large"), station=shop.station, by=olga, at=MORNING
    )
    assert effects(change) == {
        "Rosa's Bodega": (2, 300, 300, 280),
        "Zed's Laundry": (2, 300, 300, 400),
    }


def test_then_is_what_held_then_and_now_is_what_holds_now(shop, olga):
    make_delivery(shop=shop, at=LAST_WEEK)
    three_days_ago = MORNING - dt.timedelta(days=3)
    agree_rate(
        station=shop.station, amount_cents=170, first_day=DAY, at=three_days_ago - dt.timedelta(1)
    )
    change = change_card(plain(160), station=shop.station, by=olga, at=MORNING)
    assert effects(change) == {"Rosa's Bodega": (1, 150, 170, 160)}
    assert change.lowers


def test_a_simulation_counts_tiers_minimums_peaks_and_extras_as_the_sweep_books_them(olga):
    shop = make_shop(daily_cap=2, weekdays="5", opened_at=MORNING - dt.timedelta(days=12))
    peak = Line("peak", 9, first_on=DAY - dt.timedelta(days=7), end_on=DAY)
    write_card(plain(100), peak, station=shop.station)
    promise(
        75,
        station=shop.station,
        at=MORNING - dt.timedelta(days=30),
        first_day=DAY - dt.timedelta(days=20),
    )
    for _ in range(3):
        make_delivery(shop=shop, at=LAST_WEEK)
    beyond_cap(make_delivery(shop=shop, at=LAST_WEEK), day=DAY - dt.timedelta(days=7))
    lines = [plain(100), Line("over_cap", 80), tier(2, 10), tier(3, 25), Line("minimum", 900)]
    change = change_card(*lines, station=shop.station, by=olga, at=MORNING)
    then = 4 * 109 + 75
    assert effects(change) == {"Rosa's Bodega": (4, then, then, 900)}
    change.status = "withdrawn"
    change.withdrawn_at = MORNING
    change.save()
    lines[-1] = Line("minimum", 100)
    change = change_card(*lines, station=shop.station, by=olga, at=MORNING)
    assert effects(change) == {"Rosa's Bodega": (4, then, then, 4 * 109 + 80 + 10 + 25)}
    assert not change.lowers


def test_without_notice_nothing_falls(shop, olga):
    change = draft_change(
        station=shop.station,
        lines=[plain(149)],
        effective_on=DAY + dt.timedelta(days=13),
        reason="Less",
        by=olga,
        at=MORNING,
    )
    with pytest.raises(actions.NoticeTooShort) as no:
        actions.publish_change(change_id=change.pk, by=olga, at=MORNING)
    assert no.value.sentence == (
        "Some shop could earn less by this card, so it needs 14 days' notice: it can hold from"
        " 2026-12-04 on."
    )
    change.refresh_from_db()
    assert change.status == "draft"
    assert not RateEffect.objects.exists() and not Mail.objects.exists()


def test_what_only_adds_may_begin_tomorrow(shop, olga, pavel):
    lines = [plain(150), plain(190, size="large"), Line("minimum", 3000)]
    change = change_card(*lines, station=shop.station, by=olga, at=MORNING, days=1)
    assert not change.lowers
    approve_change(change_id=change.pk, by=pavel, at=LATER)
    assert rate_on(shop, DAY + dt.timedelta(days=1)).change == change


def test_owners_read_their_own_effect_in_their_own_language(shop, olga):
    make_delivery(shop=shop, at=LAST_WEEK)
    make_member(shop, "Rosa", language="en")
    make_member(shop, "Sam", "helper", email="sam@shop.test")
    change_card(plain(140), station=shop.station, by=olga, at=MORNING)
    [mail] = Mail.objects.all()
    assert mail.to == "rosa@shop.test"
    assert mail.subject == "Your fees from Thu Dec 10, and what that means for you"
    assert "you delivered 1 package" in mail.body
    assert "that is $1.50; by the new card it would have been $1.40." in mail.body
    assert "That is $0.10 less." in mail.body
    assert "free of charge" in mail.body
    assert f"/shop/earnings/rates/{RateChange.objects.get().pk}/" in mail.body


def test_whoever_wrote_it_does_not_approve_it(shop, olga):
    change = change_card(plain(140), station=shop.station, by=olga, at=MORNING)
    with pytest.raises(actions.SamePerson):
        approve_change(change_id=change.pk, by=olga, at=LATER)
    assert Rate.objects.count() == 1


@pytest.mark.parametrize("roles", [("dispatcher",), ("finance_approver",)])
def test_who_does_not_draft_writes_no_card(shop, roles):
    with pytest.raises(actions.MayNotDraft):
        change_card(plain(140), station=shop.station, by=make_staff("Una", *roles), at=MORNING)
    assert not RateChange.objects.exists()


def test_a_drafter_does_not_approve(shop, olga):
    change = change_card(plain(140), station=shop.station, by=olga, at=MORNING)
    with pytest.raises(actions.MayNotApprove):
        approve_change(change_id=change.pk, by=make_staff("Una", "finance_drafter"), at=LATER)


def test_not_approved_in_time_it_is_withdrawn_by_itself_and_shops_hear_of_it(shop, olga, pavel):
    make_member(shop, "Rosa")
    change = change_card(plain(140), station=shop.station, by=olga, at=MORNING)
    late = MORNING + dt.timedelta(days=20)
    with pytest.raises(actions.TooLate):
        approve_change(change_id=change.pk, by=pavel, at=late)
    assert actions.lapse_changes(at=late - dt.timedelta(days=1)) == 0
    assert actions.lapse_changes(at=late) == 1
    assert actions.lapse_changes(at=late) == 0
    change.refresh_from_db()
    assert change.status == "withdrawn"
    assert Mail.objects.order_by("-pk").first().subject == "Your fees stay as they are"
    assert rate_on(shop, IN_20_DAYS).amount_cents == 150


def test_while_a_card_is_on_its_way_nothing_else_is_agreed(shop, olga, pavel):
    change = change_card(plain(160), station=shop.station, by=olga, at=MORNING)
    with pytest.raises(actions.ChangeUnderWay):
        agree_rate(
            station=shop.station, amount_cents=200, first_day=DAY + dt.timedelta(2), at=MORNING
        )
    with pytest.raises(actions.PublishedAlready):
        change_card(plain(170), station=shop.station, by=olga, at=MORNING)
    approve_change(change_id=change.pk, by=pavel, at=LATER)
    with pytest.raises(actions.PublishedAlready):
        change_card(plain(170), station=shop.station, by=olga, at=MORNING)
    with pytest.raises(actions.HoldsAlready):
        actions.withdraw_change(change_id=change.pk, by=olga, at=LATER)


def test_a_fee_never_falls_by_an_agreement(shop):
    with pytest.raises(actions.FeeWouldFall) as no:
        agree_rate(
            station=shop.station, amount_cents=149, first_day=DAY + dt.timedelta(1), at=MORNING
        )
    assert no.value.sentence.startswith("This would pay less than the $1.50 agreed before.")
    with pytest.raises(actions.FeeWouldFall):
        agree_rate(shop=shop, amount_cents=149, first_day=DAY + dt.timedelta(days=1), at=MORNING)
    assert Rate.objects.count() == 1


def test_a_draft_is_written_again_as_often_as_one_likes(shop, olga):
    terms = {"effective_on": IN_20_DAYS, "reason": "Less", "by": olga, "at": MORNING}
    first = draft_change(station=shop.station, lines=[plain(140), tier(5, 5)], **terms)
    again = draft_change(station=shop.station, lines=[plain(130)], **terms)
    assert first.pk == again.pk
    assert [line.amount_cents for line in again.lines.all()] == [130]


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        ([plain(150, size="large")], actions.NoCard),
        ([plain(150), tier(5, 20), tier(9, 10)], actions.NoCard),
        ([plain(10_001)], actions.FeeOutOfRange),
        ([plain(150), Line("peak", 5, first_on=DAY, end_on=IN_20_DAYS)], actions.PeakOutOfPlace),
    ],
)
def test_lines_that_are_no_card_are_refused(shop, olga, lines, refusal):
    with pytest.raises(refusal):
        change_card(*lines, station=shop.station, by=olga, at=MORNING)
    assert not RateChange.objects.exists()


def test_a_lower_extra_keeps_what_a_shop_was_asked_for(shop, olga, pavel):
    promise(75, station=shop.station)
    later_day = IN_20_DAYS + dt.timedelta(days=1)
    beyond_cap(make_delivery(shop=shop), day=later_day)
    change = change_card(
        plain(150), Line("over_cap", 50), station=shop.station, by=olga, at=MORNING
    )
    with pytest.raises(actions.ExtraWasPromised):
        approve_change(change_id=change.pk, by=pavel, at=LATER)
    assert Rate.objects.count() == 2


def test_a_frozen_run_is_approved_as_it_was_while_a_rate_is_changed(shop, olga, pavel):
    make_delivery(shop=shop, at=MORNING)
    accrue_waiting(at=LATER)
    run = draft_run(through=DAY, by=olga, at=LATER)
    before = snapshot_of(run)
    change = change_card(plain(140), station=shop.station, by=olga, at=LATER)
    approve_change(change_id=change.pk, by=pavel, at=LATER)
    assert snapshot_of(run) == before == run.snapshot
    approved = approve(run, by=pavel, at=LATER)
    assert (approved.status, approved.cents) == ("approved", 150)


# What a shop says


def answer(change: RateChange, shop: Shop, what: str, *, by, at=LATER) -> RateAnswer:
    return answer_change(change=change, shop=shop, answer=what, by=by, at=at)


def test_a_shop_accepts_and_may_say_something_else_later(shop, olga):
    rosa = make_member(shop, "Rosa")
    change = change_card(plain(140), station=shop.station, by=olga, at=MORNING)
    first = answer(change, shop, AnswerKind.ACCEPTED, by=rosa)
    assert answer(change, shop, AnswerKind.ACCEPTED, by=rosa) == first
    answer(change, shop, AnswerKind.LEAVES, by=rosa)
    assert RateAnswer.objects.count() == 2


def test_a_pause_begins_after_the_cut_off_before_the_first_day(shop, olga, pavel):
    rosa = make_member(shop, "Rosa")
    change = change_card(plain(140), station=shop.station, by=olga, at=MORNING)
    answer(change, shop, AnswerKind.PAUSES, by=rosa)
    cut_off = shop.station.cut_off(IN_20_DAYS)
    assert actions.begin_pauses(at=cut_off) == 0, "nobody approved it yet"
    approve_change(change_id=change.pk, by=pavel, at=LATER)
    assert actions.begin_pauses(at=cut_off - dt.timedelta(seconds=1)) == 0
    assert Shop.objects.get(pk=shop.pk).status == ShopStatus.LIVE
    assert actions.begin_pauses(at=cut_off) == 1
    assert actions.begin_pauses(at=cut_off) == 0
    assert Shop.objects.get(pk=shop.pk).status == ShopStatus.PAUSED


def pausing(shop, olga, pavel, rosa) -> dt.datetime:
    """A shop pauses with a new card; the moment from which it does."""
    change = change_card(plain(140), station=shop.station, by=olga, at=MORNING)
    answer(change, shop, AnswerKind.PAUSES, by=rosa)
    approve_change(change_id=change.pk, by=pavel, at=LATER)
    return shop.station.cut_off(IN_20_DAYS)


def test_a_pause_that_runs_already_loses_its_end(shop, olga, pavel):
    rosa = make_member(shop, "Rosa")
    cut_off = pausing(shop, olga, pavel, rosa)
    day = dt.timedelta(days=1)
    spans = {"first_day": IN_20_DAYS - 3 * day, "last_day": IN_20_DAYS + 2 * day}
    ask_pause(shop=shop, **spans, at=LATER, by=rosa)
    turn_shops(at=cut_off - 3 * day)
    assert actions.begin_pauses(at=cut_off) == 1
    turn_shops(at=cut_off + 3 * day)
    assert Shop.objects.get(pk=shop.pk).status == ShopStatus.PAUSED
    pause = Pause.objects.get()
    assert (pause.first_day, pause.last_day, pause.ended_at) == (spans["first_day"], None, None)


def test_a_suspended_shop_pauses_as_it_said_once_it_may_go_on(shop, olga, pavel):
    cut_off = pausing(shop, olga, pavel, make_member(shop, "Rosa"))
    suspend_shop(shop=shop, reason=SuspensionReason.PAPERS, at=LATER)
    assert actions.begin_pauses(at=cut_off) == 1
    assert Shop.objects.get(pk=shop.pk).status == ShopStatus.SUSPENDED
    lift_suspension(shop=shop, reason=SuspensionReason.PAPERS, at=cut_off + dt.timedelta(days=2))
    assert Shop.objects.get(pk=shop.pk).status == ShopStatus.PAUSED


def test_a_pause_that_could_not_begin_is_not_done(shop, olga, pavel):
    new = make_shop("New", station=shop.station, status="preparing")
    cut_off = pausing(new, olga, pavel, make_member(new, "Ana"))
    assert actions.begin_pauses(at=cut_off) == 0
    assert RateAnswer.objects.get().done_at is None
    go_live(shop=new, at=cut_off, by=None)
    assert actions.begin_pauses(at=cut_off) == 1
    assert Shop.objects.get(pk=new.pk).status == ShopStatus.PAUSED


def test_a_shop_that_left_meanwhile_need_not_pause(shop, olga, pavel):
    rosa = make_member(shop, "Rosa")
    cut_off = pausing(shop, olga, pavel, rosa)
    ask_to_leave(shop=shop, last_day=DAY, at=LATER, by=rosa)
    turn_shops(at=cut_off)
    assert actions.begin_pauses(at=cut_off) == 1
    assert RateAnswer.objects.get().done_at == cut_off
    assert not Pause.objects.exists()


def test_the_last_word_counts(shop, olga, pavel):
    rosa = make_member(shop, "Rosa")
    change = change_card(plain(140), station=shop.station, by=olga, at=MORNING)
    answer(change, shop, AnswerKind.LEAVES, by=rosa)
    answer(change, shop, AnswerKind.ACCEPTED, by=rosa)
    approve_change(change_id=change.pk, by=pavel, at=LATER)
    assert actions.begin_pauses(at=shop.station.cut_off(IN_20_DAYS)) == 0
    assert Shop.objects.get(pk=shop.pk).status == ShopStatus.LIVE


def test_after_its_first_day_or_when_withdrawn_there_is_nothing_to_answer(shop, olga):
    rosa = make_member(shop, "Rosa")
    change = change_card(plain(140), station=shop.station, by=olga, at=MORNING)
    with pytest.raises(actions.AnswerTooLate):
        answer(change, shop, AnswerKind.PAUSES, by=rosa, at=MORNING + dt.timedelta(days=20))
    actions.withdraw_change(change_id=change.pk, by=olga, at=LATER)
    with pytest.raises(actions.NothingToAnswer):
        answer(change, shop, AnswerKind.PAUSES, by=rosa)
    assert not RateAnswer.objects.exists()


# The laws, tried in SQL


@pytest.mark.parametrize(
    ("law", "statement"),
    [
        (
            "rate_change_second_person_approves",
            "UPDATE rate_change SET status = 'approved', approved_at = now(),"
            " approved_by_id = drafted_by_id",
        ),
        (
            "what was published stands still",
            "UPDATE rate_change SET effective_on = effective_on - 19",
        ),
        ("what was published stands still", "UPDATE rate_change SET lowers = false"),
        ("what was published stands still", "UPDATE rate_change SET notice_days = 1"),
        ("a change goes its way only", "UPDATE rate_change SET status = 'draft'"),
        (
            "rate_change_status_says_what_was_done",
            "UPDATE rate_change SET status = 'approved'",
        ),
        ("written while it is a draft", "UPDATE rate_change_line SET amount_cents = 1"),
        ("written while it is a draft", "DELETE FROM rate_change_line"),
        (
            "written while it is a draft",
            "INSERT INTO rate_change_line (change_id, kind, amount_cents)"
            " SELECT id, 'minimum', 5 FROM rate_change",
        ),
        ("append-only", "UPDATE rate_effect SET new_cents = 0"),
        ("never deleted", "DELETE FROM rate_change"),
        (
            "rate_change_one_at_a_time",
            "INSERT INTO rate_change (card_id, status, effective_on, reason, lowers, notice_days,"
            " drafted_at, drafted_by_id) SELECT card_id, 'draft', effective_on, '', false, 0,"
            " now(), drafted_by_id FROM rate_change",
        ),
        (
            "holds once it is approved",
            "INSERT INTO rate (card_id, kind, amount_cents, valid, agreed_at, change_id)"
            " SELECT card_id, 'tier', 1, daterange(effective_on, NULL), now(), id"
            " FROM rate_change",
        ),
        (
            "a fee falls only by a published change",
            "UPDATE rate SET valid = daterange(NULL, '2027-01-01');"
            " INSERT INTO rate (card_id, kind, amount_cents, valid, agreed_at)"
            " SELECT card_id, kind, amount_cents - 1, daterange('2027-01-01', NULL), now()"
            " FROM rate",
        ),
        (
            "a fee falls only by a published change",
            "WITH card AS (INSERT INTO rate_card (shop_id) SELECT id FROM shop RETURNING id)"
            " SELECT 1; INSERT INTO rate (card_id, kind, amount_cents, valid, agreed_at)"
            " SELECT id, 'delivery', 149, daterange('2027-01-01', NULL), now()"
            " FROM rate_card WHERE shop_id IS NOT NULL",
        ),
        ("ended, never edited", "UPDATE rate SET amount_cents = 1"),
        ("ended, never edited", "UPDATE rate SET valid = '[2026-01-01,)'"),
        ("ended, never deleted", "DELETE FROM rate"),
        (
            "rate_asks_what_its_kind_may",
            "INSERT INTO rate (card_id, kind, size, amount_cents, valid, agreed_at)"
            " SELECT card_id, 'minimum', 'large', 5, '(,)', now() FROM rate",
        ),
        (
            "rate_asks_what_its_kind_may",
            "INSERT INTO rate (card_id, kind, amount_cents, valid, agreed_at)"
            " SELECT card_id, 'tier', 5, '(,)', now() FROM rate",
        ),
        (
            "rate_peak_has_its_days",
            "INSERT INTO rate (card_id, kind, amount_cents, valid, agreed_at)"
            " SELECT card_id, 'peak', 5, '[2027-01-01,)', now() FROM rate",
        ),
    ],
)
def test_the_laws_of_cards_hold_in_sql(shop, olga, law, statement):
    make_delivery(shop=shop, at=LAST_WEEK)
    change_card(plain(140), station=shop.station, by=olga, at=MORNING)
    with refused_by(law) as cursor:
        cursor.execute(statement)
    assert rate_on(shop, IN_20_DAYS).amount_cents == 150


@pytest.mark.parametrize(
    ("law", "facts"),
    [
        ("rate_change_keeps_its_notice", "lowers = true, effective_on = '2026-12-03'"),
        ("rate_change_reaches_no_day_that_began", "lowers = false, effective_on = '2026-11-20'"),
        ("rate_change_published_by_somebody", "lowers = false, published_by_id = NULL"),
    ],
)
def test_a_draft_is_published_by_the_law_or_not_at_all(shop, olga, law, facts):
    draft_change(
        station=shop.station,
        lines=[plain(140)],
        effective_on=IN_20_DAYS,
        reason="Less",
        by=olga,
        at=MORNING,
    )
    published = "published_by_id = drafted_by_id, " if "published_by_id" not in facts else ""
    with refused_by(law) as cursor:
        cursor.execute(
            "UPDATE rate_change SET status = 'published', published_at = now(), notice_days = 14,"
            f" published_on = '2026-11-20', {published}{facts}"
        )


def test_a_change_that_takes_from_a_shop_says_so(shop, olga):
    change = draft_change(
        station=shop.station,
        lines=[plain(140)],
        effective_on=DAY + dt.timedelta(days=2),
        reason="Less",
        by=olga,
        at=MORNING,
    )
    RateEffect.objects.create(
        change=change, shop=shop, packages=1, then_cents=150, now_cents=150, new_cents=140
    )
    with refused_by("a change that takes from a shop lowers") as cursor:
        cursor.execute(
            "UPDATE rate_change SET status = 'published', published_at = now(), notice_days = 14,"
            " published_on = '2026-11-20', published_by_id = drafted_by_id, lowers = false"
        )
