"""Nothing is taken from a shop before it was heard and another person decided."""

import datetime as dt

import pytest

from kernel.audit.models import Decision
from kernel.notifications.models import Mail
from payouts.adjustments.actions import (
    answer_deduction,
    decide_adjustment,
    give_up_balance,
    give_up_deduction,
    propose_adjustment,
    withdraw_adjustment,
)
from payouts.adjustments.actions.booking import OwesLessByNow
from payouts.adjustments.actions.deciding import MayNotDecide, NeedsAnotherPerson, ShopWasNotHeard
from payouts.adjustments.actions.proposing import (
    AlreadyDecided,
    MayNotPropose,
    NoSuchAdjustment,
    NothingToGiveUp,
    OnlyItsProposer,
    SayWhy,
    ShopIsNotClosed,
    WrongAmount,
)
from payouts.adjustments.models import Adjustment
from payouts.adjustments.queries import adjustment_gaps, owed_by
from payouts.adjustments.rules import ALONE_TIME, Why
from payouts.ledger.models import Entry
from payouts.ledger.queries import balance_cents, payable_cents, trial_balance_cents
from payouts.ledger.rules import Kind
from payouts.payruns.actions import draft_run, send_run
from payouts.statements.actions import issue_statements
from payouts.statements.models import Statement
from payouts.statements.queries import check_of_books, paper_of
from payouts.statements.rules import is_clean
from tests.factories import DAY, MORNING, close_by_hand, make_member, make_shop, make_staff
from tests.payouts.adjustments.helpers import HEARD, propose
from tests.payouts.helpers import LATER, approve, earn, make_olga, make_pavel, pay, void

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def rosa(shop):
    return make_member(shop, "Rosa")


@pytest.fixture
def olga():
    return make_olga()


@pytest.fixture
def pavel():
    return make_pavel()


def decide(adjustment, by, *, is_granted=True, words="As the photo shows.", at=HEARD):
    return decide_adjustment(
        adjustment_id=adjustment.pk, is_granted=is_granted, words=words, by=by, at=at
    )


def test_a_small_amount_for_the_shop_is_booked_at_once_and_told(shop, rosa, olga):
    adjustment = propose(shop, 1_500, olga)
    assert adjustment.status == "booked"
    assert payable_cents(shop.pk) == 1_500
    letter = Mail.objects.get()
    assert letter.to == rosa.email
    assert "$15.00 was added" in letter.body
    assert Decision.objects.filter(action="propose_adjustment").exists()


def test_a_large_amount_waits_for_another_person(shop, olga, pavel):
    adjustment = propose(shop, 2_501, olga)
    assert adjustment.status == "proposed"
    with pytest.raises(NeedsAnotherPerson, match="somebody else has to decide"):
        decide(adjustment, olga)
    assert payable_cents(shop.pk) == 0
    decide(adjustment, pavel)
    assert payable_cents(shop.pk) == 2_501


def test_many_small_amounts_of_one_person_for_one_shop_are_a_large_one(shop, olga, pavel):
    assert propose(shop, 1_500, olga).status == "booked"
    assert propose(shop, 1_000, olga).status == "booked"
    more = propose(shop, 1, olga)
    assert more.status == "proposed"
    with pytest.raises(NeedsAnotherPerson, match="somebody else has to decide"):
        decide(more, olga, at=MORNING)
    assert payable_cents(shop.pk) == 2_500
    assert propose(shop, 500, pavel).status == "booked"
    assert propose(make_shop("Zed's Laundry"), 500, olga).status == "booked"
    assert propose(shop, 500, olga, at=MORNING + ALONE_TIME).status == "booked"


def test_people_of_support_only_propose(shop):
    sue = make_staff("Sue", "support")
    adjustment = propose(shop, 500, sue)
    assert adjustment.status == "proposed"
    with pytest.raises(MayNotDecide):
        decide(adjustment, sue)
    with pytest.raises(MayNotPropose):
        propose(shop, 500, make_staff("Dora", "dispatcher"))
    assert Adjustment.objects.count() == 1


def test_a_deduction_waits_until_the_shop_was_heard(shop, rosa, olga, pavel):
    deduction = propose(shop, -4_000, olga)
    assert "proposes to take $40.00" in Mail.objects.get().body
    with pytest.raises(ShopWasNotHeard, match="has not answered yet"):
        decide(deduction, pavel, at=HEARD - dt.timedelta(seconds=1))
    assert not Entry.objects.exists()

    answer_deduction(
        adjustment_id=deduction.pk, shop=shop, by=rosa, text="It never came.", at=MORNING
    )
    decide(deduction, pavel, at=MORNING + dt.timedelta(hours=1))
    assert owed_by(shop) == 4_000
    assert payable_cents(shop.pk) == 0  # nothing is taken yet


def test_a_deduction_is_declined_in_words_and_costs_nothing(shop, rosa, olga, pavel):
    deduction = propose(shop, -4_000, olga)
    with pytest.raises(SayWhy):
        decide(deduction, pavel, is_granted=False, words=" ")
    decide(deduction, pavel, is_granted=False, words="The van kept it.")
    assert not Entry.objects.exists()
    assert "was declined" in Mail.objects.latest("pk").body
    with pytest.raises(AlreadyDecided):
        decide(deduction, pavel)


def test_nobody_answers_for_another_shop(shop, olga):
    deduction = propose(shop, -4_000, olga)
    other = make_shop("Zed's Laundry")
    zed = make_member(other, "Zed")
    with pytest.raises(NoSuchAdjustment):
        answer_deduction(adjustment_id=deduction.pk, shop=other, by=zed, text="No.", at=MORNING)
    deduction.refresh_from_db()
    assert deduction.answer == ""


def test_who_proposed_it_takes_it_back(shop, olga, pavel):
    deduction = propose(shop, -4_000, olga)
    with pytest.raises(OnlyItsProposer, match="Olga"):
        withdraw_adjustment(adjustment_id=deduction.pk, by=pavel, at=MORNING)
    withdraw_adjustment(adjustment_id=deduction.pk, by=olga, at=MORNING)
    with pytest.raises(AlreadyDecided):
        decide(deduction, pavel)
    assert not Entry.objects.exists()


@pytest.mark.parametrize("cents", [0, 1_000_001, -1_000_001])
def test_an_amount_is_some_money_and_no_slip_of_the_hand(shop, olga, cents):
    with pytest.raises(WrongAmount):
        propose(shop, cents, olga)


def test_no_adjustment_is_without_words(shop, olga):
    with pytest.raises(SayWhy):
        propose_adjustment(shop=shop, cents=500, why=Why.BONUS, words="  ", by=olga, at=MORNING)
    assert not Adjustment.objects.exists()


def test_each_payment_gives_back_a_quarter_until_nothing_is_left(shop, olga, pavel):
    earn(shop, 40, cents=250)  # $100.00
    decide(propose(shop, -4_000, olga), pavel)

    run = pay(olga, pavel, at=HEARD)
    assert run.cents == 7_500
    assert owed_by(shop) == 1_500
    earn(shop, 40, cents=250, at=HEARD)
    run = pay(olga, pavel, through=HEARD.date(), at=HEARD + dt.timedelta(days=1))
    assert run.cents == 8_500
    assert owed_by(shop) == 0
    assert trial_balance_cents() == 0
    issue_statements(at=HEARD + dt.timedelta(days=2))
    assert is_clean(check_of_books(at=HEARD + dt.timedelta(days=2)))
    paper = paper_of(Statement.objects.order_by("pk").first())
    assert [one["cents"] for one in paper.others] == [-2_500]
    assert paper.statement.corrections_cents == -2_500


@pytest.mark.parametrize("days", [0, 7])
def test_a_run_that_is_drafted_again_takes_no_second_quarter(shop, olga, pavel, days):
    from payouts.payruns.actions import cancel_run

    earn(shop, 40, cents=250)
    decide(propose(shop, -9_000, olga), pavel)
    first = draft_run(through=DAY + dt.timedelta(days=days), by=olga, at=HEARD)
    cancel_run(run_id=first.pk, reason="Too early.", by=olga, at=HEARD)
    second = draft_run(through=DAY, by=olga, at=HEARD)
    assert (first.cents, second.cents) == (7_500, 7_500)
    assert owed_by(shop) == 6_500


def test_an_adjustment_is_paid_with_the_next_run(shop, olga, pavel):
    earn(shop, 2, cents=175)
    propose(shop, 1_000, olga)
    run = pay(olga, pavel)
    assert run.cents == 1_350
    issue_statements(at=LATER)
    assert is_clean(check_of_books(at=LATER))


def test_a_closed_shops_negative_balance_is_given_up_by_two_people(shop, olga, pavel):
    earn(shop, 2, cents=175)
    pay(olga, pavel)
    for delivery in list(shop.deliveries.all()):
        void(delivery, at=LATER)
    check_day = LATER + dt.timedelta(days=1)
    with pytest.raises(ShopIsNotClosed):
        give_up_balance(shop=shop, words="Moved away.", by=olga, at=check_day)
    from payouts.accruals.actions import accrue_waiting

    accrue_waiting(at=LATER)
    close_by_hand(shop)
    adjustment = give_up_balance(shop=shop, words="Moved away.", by=olga, at=check_day)
    assert payable_cents(shop.pk) == -350
    with pytest.raises(NeedsAnotherPerson):
        decide(adjustment, olga)
    decide(adjustment, pavel)
    assert payable_cents(shop.pk) == 0
    assert balance_cents(Kind.BAD_DEBT) == -350
    issue_statements(at=HEARD)
    assert is_clean(check_of_books(at=HEARD))


def test_a_closed_shops_last_payment_may_be_small(shop, olga, pavel, settings):
    settings.LEAST_PAYOUT_CENTS = 1_000
    earn(shop, 2, cents=175)
    close_by_hand(shop)
    assert pay(olga, pavel).cents == 350


def test_the_rest_of_a_deduction_is_given_up_by_two_people(shop, olga, pavel):
    with pytest.raises(NothingToGiveUp):
        give_up_deduction(shop=shop, words="Enough.", by=olga, at=MORNING)
    decide(propose(shop, -4_000, olga), pavel)
    adjustment = give_up_deduction(shop=shop, words="Enough.", by=olga, at=HEARD)
    decide(adjustment, pavel)
    assert owed_by(shop) == 0
    assert balance_cents(Kind.BAD_DEBT) == -4_000
    assert not adjustment_gaps()


def test_sending_goes_on_while_an_adjustment_is_decided(shop, olga, pavel):
    earn(shop, 4, cents=250)
    run = draft_run(through=DAY, by=olga, at=LATER)
    propose(shop, 1_000, olga, at=LATER)
    approve(run, by=pavel, at=LATER)
    assert send_run(run_id=run.pk, at=LATER).cents == 1_000
    assert payable_cents(shop.pk) == 1_000  # joins the next run


def test_no_more_is_given_up_than_is_owed_by_then(shop, olga, pavel):
    earn(shop, 4, cents=250)
    decide(propose(shop, -400, olga), pavel)
    adjustment = give_up_deduction(shop=shop, words="Enough.", by=olga, at=HEARD)
    pay(olga, pavel, at=HEARD)  # takes a quarter of ten dollars meanwhile
    with pytest.raises(OwesLessByNow, match=r"owes \$1.50 by now"):
        decide(adjustment, pavel)
    assert owed_by(shop) == 150
