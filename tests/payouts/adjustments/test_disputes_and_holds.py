"""A shop objects and silence is its friend; what is set aside comes back by itself."""

import datetime as dt

import pytest

from kernel.notifications.models import Mail
from payouts.accruals.actions import accrue_waiting
from payouts.adjustments.actions import (
    decide_adjustment,
    decline_dispute,
    end_holds,
    grant_dispute,
    open_dispute,
    place_hold,
    release_hold,
    settle_disputes,
    withdraw_adjustment,
)
from payouts.adjustments.actions.disputing import (
    AlreadyDisputed,
    ClaimTooMuch,
    DisputeIsDecided,
    GrantedAlready,
    TooManyDisputes,
)
from payouts.adjustments.actions.holding import HoldIsOver, MoreThanIsOwed
from payouts.adjustments.actions.proposing import (
    NoSuchAdjustment,
    SayWhy,
    SetAsideForAnother,
)
from payouts.adjustments.models import Adjustment, Dispute, Hold
from payouts.adjustments.queries import (
    adjustment_gaps,
    disputable_deduction,
    disputable_delivery,
    owed_by,
)
from payouts.adjustments.rules import DISPUTE_DAYS, HOLD_TIME, MOST_OPEN_DISPUTES
from payouts.ledger.queries import account_cents, payable_cents, trial_balance_cents
from payouts.ledger.rules import Kind
from payouts.payruns.actions import draft_run
from payouts.payruns.actions.approving import SetAsideSince
from payouts.statements.actions import issue_statements
from payouts.statements.queries import check_of_books
from payouts.statements.rules import is_clean
from tests.factories import DAY, MORNING, make_member, make_shop
from tests.payouts.adjustments.helpers import HEARD, propose
from tests.payouts.helpers import LATER, approve, earn, make_olga, make_pavel, pay, refused_by

pytestmark = pytest.mark.django_db
NEXT_DAY = LATER + dt.timedelta(days=1)
DUE = LATER + dt.timedelta(days=DISPUTE_DAYS)


@pytest.fixture
def shop():
    shop = make_shop()
    earn(shop, 2, cents=250)
    accrue_waiting(at=LATER)
    return shop


@pytest.fixture
def rosa(shop):
    return make_member(shop, "Rosa")


@pytest.fixture
def olga():
    return make_olga()


@pytest.fixture
def pavel():
    return make_pavel()


def object_to(shop, by, *, cents=75, words="This was a large one."):
    return open_dispute(
        shop=shop, about=shop.deliveries.first(), cents=cents, words=words, by=by, at=LATER
    )


def test_silence_grants_what_the_shop_claims(shop, rosa):
    dispute = object_to(shop, rosa)
    assert settle_disputes(at=DUE - dt.timedelta(seconds=1)) == 0
    assert settle_disputes(at=DUE) == 1
    assert settle_disputes(at=DUE) == 0
    dispute.refresh_from_db()
    assert (dispute.status, dispute.decided_by) == ("granted", None)
    assert payable_cents(shop.pk) == 575
    assert any("you were right" in letter.body for letter in Mail.objects.all())
    assert is_clean(check_of_books(at=DUE))


def test_silence_also_decides_over_what_one_person_proposed(shop, rosa, olga):
    dispute = object_to(shop, rosa, cents=4_000)
    grant_dispute(dispute_id=dispute.pk, cents=2_600, words="A part.", by=olga, at=LATER)
    assert payable_cents(shop.pk) == 500
    settle_disputes(at=DUE)
    assert payable_cents(shop.pk) == 4_500
    assert sorted(Adjustment.objects.values_list("status", flat=True)) == ["booked", "withdrawn"]


def test_a_small_claim_is_granted_by_one_person(shop, rosa, olga):
    dispute = object_to(shop, rosa)
    grant_dispute(dispute_id=dispute.pk, cents=75, words="You were right.", by=olga, at=LATER)
    dispute.refresh_from_db()
    assert dispute.status == "granted"
    assert payable_cents(shop.pk) == 575
    with pytest.raises(DisputeIsDecided):
        decline_dispute(dispute_id=dispute.pk, words="No.", by=olga, at=LATER)


def test_a_large_claim_takes_two_people(shop, rosa, olga, pavel):
    dispute = object_to(shop, rosa, cents=4_000)
    made = grant_dispute(dispute_id=dispute.pk, cents=4_000, words="Yes.", by=olga, at=LATER)
    dispute.refresh_from_db()
    assert dispute.status == "open"
    decide_adjustment(adjustment_id=made.pk, is_granted=True, words="", by=pavel, at=LATER)
    dispute.refresh_from_db()
    assert (dispute.status, payable_cents(shop.pk)) == ("granted", 4_500)


def test_a_no_is_said_in_words(shop, rosa, olga):
    dispute = object_to(shop, rosa)
    with pytest.raises(SayWhy):
        decline_dispute(dispute_id=dispute.pk, words="", by=olga, at=LATER)
    decline_dispute(dispute_id=dispute.pk, words="It weighed 400 g.", by=olga, at=LATER)
    assert settle_disputes(at=DUE) == 0
    assert payable_cents(shop.pk) == 500
    assert "It weighed 400 g." in Mail.objects.get().body


@pytest.mark.parametrize("cents", [0, 5_001])
def test_a_claim_about_a_package_has_a_limit(shop, rosa, cents):
    with pytest.raises(ClaimTooMuch, match=r"\$50.00"):
        object_to(shop, rosa, cents=cents)
    assert not Dispute.objects.exists()


def test_one_objection_stands_at_a_time(shop, rosa):
    object_to(shop, rosa)
    with pytest.raises(AlreadyDisputed):
        object_to(shop, rosa)
    assert Dispute.objects.count() == 1


def test_a_shop_has_no_more_objections_than_somebody_can_answer(shop, rosa):
    earn(shop, MOST_OPEN_DISPUTES)
    deliveries = list(shop.deliveries.all())
    for about in deliveries[:MOST_OPEN_DISPUTES]:
        open_dispute(shop=shop, about=about, cents=75, words="Large.", by=rosa, at=LATER)
    with pytest.raises(TooManyDisputes, match="20 of your objections"):
        open_dispute(shop=shop, about=deliveries[-1], cents=75, words="Large.", by=rosa, at=LATER)
    assert Dispute.objects.count() == MOST_OPEN_DISPUTES


def test_objections_have_thirty_days_and_stay_at_home(shop):
    delivery = shop.deliveries.first()
    assert disputable_delivery(shop, delivery.pk, at=LATER) == delivery
    assert disputable_delivery(shop, delivery.pk, at=LATER + dt.timedelta(days=40)) is None
    assert disputable_delivery(make_shop("Zed's Laundry"), delivery.pk, at=LATER) is None


def test_a_shop_objects_to_a_deduction_up_to_its_amount(shop, rosa, olga, pavel):
    deduction = propose(shop, -1_000, olga)
    assert disputable_deduction(shop, deduction.pk, at=HEARD) is None
    decide_adjustment(adjustment_id=deduction.pk, is_granted=True, words="So.", by=pavel, at=HEARD)
    about = disputable_deduction(shop, deduction.pk, at=HEARD)
    with pytest.raises(ClaimTooMuch, match=r"\$10.00"):
        open_dispute(shop=shop, about=about, cents=1_001, words="No.", by=rosa, at=HEARD)
    open_dispute(shop=shop, about=about, cents=1_000, words="It came back.", by=rosa, at=HEARD)
    settle_disputes(at=HEARD + dt.timedelta(days=DISPUTE_DAYS))
    assert payable_cents(shop.pk) == 1_500
    assert owed_by(shop) == 1_000  # both are kept; the next payments net them


def test_a_hold_sets_aside_and_comes_back_by_itself(shop, rosa, olga):
    place_hold(shop=shop, cents=300, words="A phone was stolen.", by=olga, at=LATER)
    assert payable_cents(shop.pk) == 200
    assert account_cents(shop.pk, Kind.SHOP_HELD) == 300
    assert "$3.00 of what" in Mail.objects.get().body
    assert not adjustment_gaps()
    assert end_holds(at=LATER + HOLD_TIME - dt.timedelta(seconds=1)) == 0
    assert end_holds(at=LATER + HOLD_TIME) == 1
    assert end_holds(at=LATER + HOLD_TIME) == 0
    assert payable_cents(shop.pk) == 500
    assert not adjustment_gaps()


def test_no_more_is_set_aside_than_is_owed(shop, olga):
    with pytest.raises(MoreThanIsOwed, match=r"\$5.00 is owed"):
        place_hold(shop=shop, cents=501, words="A phone.", by=olga, at=LATER)
    assert not Hold.objects.exists()
    assert payable_cents(shop.pk) == 500


def test_a_hold_is_given_free_once(shop, olga):
    hold = place_hold(shop=shop, cents=300, words="A phone.", by=olga, at=LATER)
    release_hold(hold_id=hold.pk, by=olga, at=LATER)
    with pytest.raises(HoldIsOver):
        release_hold(hold_id=hold.pk, by=olga, at=LATER)
    assert payable_cents(shop.pk) == 500


def test_a_deduction_takes_what_was_set_aside_first(shop, olga, pavel):
    hold = place_hold(shop=shop, cents=300, words="A phone.", by=olga, at=MORNING)
    deduction = propose(shop, -200, olga, hold=hold)
    decide_adjustment(adjustment_id=deduction.pk, is_granted=True, words="So.", by=pavel, at=HEARD)
    assert owed_by(shop) == 0
    assert payable_cents(shop.pk) == 300  # what was left of the hold is the shop's again
    assert account_cents(shop.pk, Kind.SHOP_HELD) == 0
    assert trial_balance_cents() == 0
    assert not adjustment_gaps()


def test_a_deduction_leaves_what_was_set_aside_for_something_else(shop, olga, pavel):
    phone = place_hold(shop=shop, cents=300, words="A phone.", by=olga, at=MORNING)
    box = propose(shop, -200, olga)
    mine = place_hold(shop=shop, cents=50, words="A box.", by=olga, at=MORNING, deduction=box)
    decide_adjustment(adjustment_id=box.pk, is_granted=True, words="So.", by=pavel, at=HEARD)
    phone.refresh_from_db(), mine.refresh_from_db()
    assert (phone.ended_at, phone.taken_cents) == (None, 0)
    assert (mine.ended_at, mine.taken_cents) == (HEARD, 50)
    assert owed_by(shop) == 150
    assert account_cents(shop.pk, Kind.SHOP_HELD) == 300
    assert not adjustment_gaps()


def test_what_is_set_aside_is_for_one_deduction_of_its_own_shop(shop, olga):
    hold = place_hold(shop=shop, cents=300, words="A phone.", by=olga, at=MORNING)
    flowers = make_shop("Sam's Flowers")
    with pytest.raises(SetAsideForAnother):
        propose(flowers, -200, olga, hold=hold)
    first = propose(shop, -200, olga, hold=hold)
    with pytest.raises(SetAsideForAnother):
        propose(shop, -100, olga, hold=hold)
    with pytest.raises(NoSuchAdjustment):
        earn(flowers, 1)
        accrue_waiting(at=LATER)
        place_hold(shop=flowers, cents=1, words="A box.", by=olga, at=LATER, deduction=first)
    assert Adjustment.objects.get() == first
    withdraw_adjustment(adjustment_id=first.pk, by=olga, at=LATER)
    second = propose(shop, -100, olga, hold=hold)
    hold.refresh_from_db()
    assert hold.deduction == second


@pytest.mark.parametrize(
    ("law", "statement"),
    [
        (
            "hold_taken_for_its_deduction",
            "UPDATE hold SET ended_at = now(), taken_cents = 1, deduction_id = NULL",
        ),
        (
            "for a deduction of its own shop",
            "UPDATE hold SET deduction_id = (SELECT max(id) FROM adjustment)",
        ),
    ],
)
def test_the_database_takes_a_hold_only_for_its_deduction(shop, olga, law, statement):
    place_hold(shop=shop, cents=300, words="A phone.", by=olga, at=MORNING)
    propose(make_shop("Sam's Flowers"), -200, olga)
    with refused_by(law) as cursor:
        cursor.execute(statement)


def test_what_is_set_aside_is_not_paid_although_the_run_ends_before_that_day(shop, olga, pavel):
    hold = place_hold(shop=shop, cents=300, words="A phone.", by=olga, at=NEXT_DAY)
    run = pay(olga, pavel, at=NEXT_DAY)
    assert (run.through, run.cents) == (DAY, 200)
    release_hold(hold_id=hold.pk, by=olga, at=NEXT_DAY)
    assert pay(olga, pavel, at=NEXT_DAY).cents == 300
    issue_statements(at=NEXT_DAY)
    assert is_clean(check_of_books(at=NEXT_DAY))


def test_a_run_is_not_approved_once_something_of_it_was_set_aside(shop, olga, pavel):
    flowers = make_shop("Sam's Flowers")
    earn(flowers, 1, cents=100)
    run = draft_run(through=DAY, by=olga, at=LATER)
    hold = place_hold(shop=shop, cents=300, words="A phone.", by=olga, at=LATER)
    with pytest.raises(SetAsideSince, match=r"\$3.00 of .* was set aside since"):
        approve(run, by=pavel, at=LATER)
    run.refresh_from_db()
    assert (run.status, payable_cents(shop.pk)) == ("drafted", 200)
    release_hold(hold_id=hold.pk, by=olga, at=LATER)
    approve(run, by=pavel, at=LATER)
    assert payable_cents(shop.pk) == 0
    assert is_clean(check_of_books(at=LATER))


def test_what_was_granted_once_is_not_claimed_again(shop, rosa, olga):
    first = object_to(shop, rosa, cents=2_000)
    grant_dispute(dispute_id=first.pk, cents=2_000, words="You were right.", by=olga, at=LATER)
    with pytest.raises(GrantedAlready, match=r"\$20.00 for this already, so at most \$30.00"):
        object_to(shop, rosa, cents=3_001)
    assert Dispute.objects.count() == 1
    object_to(shop, rosa, cents=3_000)


def test_a_deduction_is_given_back_once(shop, rosa, olga, pavel):
    deduction = propose(shop, -1_000, olga)
    decide_adjustment(adjustment_id=deduction.pk, is_granted=True, words="So.", by=pavel, at=HEARD)
    about = disputable_deduction(shop, deduction.pk, at=HEARD)
    asked = {"shop": shop, "about": about, "cents": 1_000, "words": "It came back.", "by": rosa}
    dispute = open_dispute(**asked, at=HEARD)
    grant_dispute(dispute_id=dispute.pk, cents=1_000, words="It did.", by=olga, at=HEARD)
    with pytest.raises(GrantedAlready):
        open_dispute(**asked, at=HEARD)
    settle_disputes(at=HEARD + dt.timedelta(days=DISPUTE_DAYS))
    assert payable_cents(shop.pk) == 1_500
