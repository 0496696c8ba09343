"""Two of everything at once: nothing is booked, claimed, approved or sent twice, and nobody waits
for ever."""

import datetime as dt
import threading
import time

import pytest

from hubshops.deliveries.models import Delivery
from kernel.refusals import Refusal
from payouts.accruals import actions as accruals
from payouts.accruals.actions import sweeping
from payouts.accruals.models import Accrual
from payouts.adjustments import actions as adjustments
from payouts.payruns import actions as payruns
from payouts.payruns.models import PayRun, Transfer, TransferItem
from payouts.payruns.queries import get_run
from payouts.providers.actions import BankFile
from payouts.providers.models import PaymentFile, PaymentLine
from payouts.rates.actions import approve_change, withdraw_change
from payouts.rates.models import Rate
from payouts.rates.rules import Line
from payouts.statements.actions import issue_statements
from payouts.statements.models import Statement
from payouts.statements.queries import check_of_books
from payouts.statements.rules import is_clean, stops_payments
from tests.factories import (
    DAY,
    MORNING,
    make_delivery,
    make_member,
    make_shop,
    make_staff,
    make_station,
)
from tests.payouts.helpers import (
    LATER,
    agree,
    approve,
    change_card,
    earn,
    make_olga,
    make_pavel,
    plain,
    tier,
    void,
    write_card,
)
from tests.races.test_jobs import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def answer_of(act):
    try:
        return act()
    except Refusal as no:
        return no.sentence


def books_are_clean() -> bool:
    found = check_of_books(at=LATER)
    assert is_clean(found), found
    return True


def test_sweeps_side_by_side_book_each_fee_once(monkeypatch):
    monkeypatch.setattr(sweeping, "CHUNK", 7)
    for number in range(4):
        earn(make_shop(f"Shop {number}"), 9, cents=100 + number)
    for delivery in Delivery.objects.all()[:5]:
        void(delivery, at=LATER)
    booked = at_once(4, lambda _place: accruals.accrue_waiting(at=LATER))
    assert sum(count for count, _cents in booked) == 31
    assert Accrual.objects.count() == 31
    assert books_are_clean()


def test_a_delivery_voided_during_the_sweep_ends_balanced():
    shop = make_shop()
    earn(shop, 20)
    deliveries = list(shop.deliveries.all())

    def work(place: int) -> None:
        if place:
            accruals.accrue_waiting(at=LATER)
        else:
            for delivery in deliveries[:10]:
                void(delivery, at=LATER)

    at_once(3, work)
    accruals.accrue_waiting(at=LATER)
    assert books_are_clean()


def test_books_that_are_checked_while_fees_are_booked_are_clean():
    shops = [make_shop(f"Shop {number}") for number in range(3)]
    for shop in shops:
        earn(shop, 1)
    is_over = threading.Event()

    def work(place: int) -> list[str]:
        if place:
            while not is_over.is_set():
                for shop in shops:
                    make_delivery(shop=shop)
                accruals.accrue_waiting(at=LATER)
            return []
        checks = [check_of_books(at=LATER) for _ in range(40)]
        is_over.set()
        return [found for found in checks if stops_payments(found)]

    assert at_once(2, work)[0] == []


def test_two_drafts_claim_each_entry_once():
    olga = make_olga()
    for number in range(5):
        earn(make_shop(f"Shop {number}"))
    answers = at_once(
        3, lambda _place: answer_of(lambda: payruns.draft_run(through=DAY, by=olga, at=LATER))
    )
    runs = [one for one in answers if isinstance(one, PayRun)]
    assert len(runs) == 1
    assert TransferItem.objects.count() == 5
    assert books_are_clean()


def test_two_schedulers_at_the_same_second_draft_each_zones_week_once(caplog):
    """Twenty weeks in two zones, each asked for by two at once."""
    monday = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
    shops = [make_shop()]
    shops.append(make_shop("Zed's", station=make_station("WDC", zone="America/New_York")))
    for shop in shops:
        earn(shop, 1)
    for week in range(20):
        at = monday + week * dt.timedelta(days=7)
        for shop in shops:
            make_delivery(shop=shop, at=at - dt.timedelta(days=2))
        drafted = at_once(2, lambda _place, at=at: payruns.draft_weekly(at=at))
        assert len([run for runs in drafted for run in runs]) == 2
    weeks = PayRun.objects.values("zone", "through").distinct()
    assert weeks.count() == PayRun.objects.count() == 40
    assert not [one for one in caplog.records if one.levelname == "ERROR"]
    assert books_are_clean()


def test_a_sweep_during_a_draft_leaves_transfers_the_sum_of_their_lines():
    olga, shop = make_olga(), make_shop()
    earn(shop)
    accruals.accrue_waiting(at=LATER)
    for _ in range(30):
        make_delivery(shop=shop)

    def work(place: int) -> object:
        if place:
            return accruals.accrue_waiting(at=LATER)
        return payruns.draft_run(through=DAY, by=olga, at=LATER)

    at_once(3, work)
    assert books_are_clean()


def test_two_approvals_have_one_effect():
    olga, pavel = make_olga(), make_pavel()
    quinn = make_staff("Quinn", "finance_approver")
    earn(make_shop())
    run = payruns.draft_run(through=DAY, by=olga, at=LATER)
    people = [pavel, quinn, pavel]
    payruns.note_books_checked(run_ids=[run.pk], findings=0, at=LATER)
    at_once(
        3,
        lambda place: answer_of(
            lambda: payruns.approve_run(run_id=run.pk, by=people[place], at=LATER)
        ),
    )
    assert get_run(run.pk).status == "approved"
    assert books_are_clean()


def test_approving_and_cancelling_at_once_is_one_or_the_other():
    olga, pavel = make_olga(), make_pavel()
    earn(make_shop())
    run = payruns.draft_run(through=DAY, by=olga, at=LATER)
    payruns.note_books_checked(run_ids=[run.pk], findings=0, at=LATER)

    def work(place: int) -> object:
        act = [payruns.approve_run, payruns.cancel_run][place]
        return answer_of(lambda: act(run_id=run.pk, by=[pavel, olga][place], at=LATER))

    at_once(2, work)
    assert get_run(run.pk).status in {"approved", "cancelled"}
    assert books_are_clean()


@pytest.mark.parametrize("turn", range(4))
def test_granting_and_declining_an_objection_at_once_is_one_or_the_other(turn):
    olga, pavel, shop = make_olga(), make_pavel(), make_shop()
    earn(shop, 1)
    about, rosa = shop.deliveries.get(), make_member(shop, "Rosa")
    dispute = adjustments.open_dispute(
        shop=shop, about=about, cents=4_000, words="It was large.", by=rosa, at=LATER
    )
    made = adjustments.grant_dispute(
        dispute_id=dispute.pk, cents=4_000, words="A part.", by=olga, at=LATER
    )

    def work(place: int) -> object:
        words = {"words": "So.", "by": pavel, "at": LATER}
        if place:
            return answer_of(
                lambda: adjustments.decide_adjustment(
                    adjustment_id=made.pk, is_granted=True, **words
                )
            )
        time.sleep(turn * 0.005)
        return answer_of(lambda: adjustments.decline_dispute(dispute_id=dispute.pk, **words))

    at_once(2, work)
    dispute.refresh_from_db(), made.refresh_from_db()
    assert (dispute.status, made.status) in {("granted", "booked"), ("declined", "withdrawn")}
    accruals.accrue_waiting(at=LATER)
    assert books_are_clean()


def test_senders_side_by_side_send_each_transfer_once(monkeypatch):
    monkeypatch.setattr(BankFile, "most_at_once", 3)
    olga, pavel = make_olga(), make_pavel()
    for number in range(10):
        earn(make_shop(f"Shop {number}"), 1)
    run = payruns.draft_run(through=DAY, by=olga, at=LATER)
    approve(run, by=pavel, at=LATER)
    at_once(4, lambda _place: payruns.send_run(run_id=run.pk, at=LATER))
    assert get_run(run.pk).status == "confirming"
    assert PaymentFile.objects.count() == 1
    assert PaymentLine.objects.count() == 10
    assert set(Transfer.objects.values_list("attempts", flat=True)) == {1}
    assert books_are_clean()


def test_a_lease_that_ran_out_while_its_owner_still_works_pays_once(monkeypatch):
    """Both ask the gateway with the same key; one line is written and one entry booked."""
    olga, pavel = make_olga(), make_pavel()
    earn(make_shop())
    run = payruns.draft_run(through=DAY, by=olga, at=LATER)
    approve(run, by=pavel, at=LATER)
    monkeypatch.setattr(BankFile, "lease", dt.timedelta(seconds=-1))
    at_once(3, lambda _place: payruns.send_run(run_id=run.pk, at=LATER))
    assert PaymentLine.objects.count() == 1
    assert get_run(run.pk).status == "confirming"
    assert books_are_clean()


def test_two_issues_number_each_statement_once():
    olga, pavel = make_olga(), make_pavel()
    for number in range(6):
        earn(make_shop(f"Shop {number}"), 1)
    run = payruns.draft_run(through=DAY, by=olga, at=LATER)
    approve(run, by=pavel, at=LATER)
    payruns.send_run(run_id=run.pk, at=LATER)
    issued = at_once(3, lambda _place: issue_statements(at=LATER))
    assert sum(issued) == 6
    numbers = sorted(Statement.objects.values_list("number", flat=True))
    assert numbers == [f"HD-2026-{number:06d}" for number in range(1, 7)]
    assert books_are_clean()


def test_a_new_shop_gets_one_account_from_many_sweeps():
    shop = make_shop()
    agree(shop, 100)
    make_delivery(shop=shop)
    at_once(4, lambda _place: accruals.accrue_waiting(at=LATER))
    assert shop.accounts.count() == 1
    assert books_are_clean()


def test_weeks_are_topped_up_once_side_by_side():
    shop = make_shop(opened_at=MORNING - dt.timedelta(days=4))
    write_card(plain(150), Line("minimum", 1000), shop=shop)
    wednesday = MORNING + dt.timedelta(days=5)
    booked = at_once(3, lambda _place: accruals.top_up_weeks(at=wednesday))
    assert sorted(booked) == [(0, 0), (0, 0), (1, 7000)]
    assert books_are_clean()


def test_a_card_approved_and_withdrawn_at_once_goes_one_way():
    olga, shop = make_olga(), make_shop()
    approvers = [make_pavel(), make_staff("Una", "finance_approver")]
    write_card(plain(150), station=shop.station)
    change = change_card(plain(140), tier(9, 5), station=shop.station, by=olga, at=MORNING)

    def work(place: int) -> object:
        if place == 2:
            return answer_of(lambda: withdraw_change(change_id=change.pk, by=olga, at=LATER))
        by = approvers[place]
        return answer_of(lambda: approve_change(change_id=change.pk, by=by, at=LATER))

    at_once(3, work)
    change.refresh_from_db()
    lines = Rate.objects.filter(change=change).count()
    assert (change.status, lines) in {("approved", 2), ("withdrawn", 0)}
