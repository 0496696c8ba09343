"""The worked month of docs/money.md is read out of the document and played: each entry it tells is
the one that the books get, in that order, and no other."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hubshops.assignment.models import Answer, OverflowOffer
from hubshops.deliveries.models import Delivery
from payouts.accruals.actions import accrue_waiting
from payouts.adjustments.actions import (
    answer_deduction,
    decide_adjustment,
    give_up_balance,
    give_up_deduction,
    grant_dispute,
    open_dispute,
    place_hold,
    propose_adjustment,
    release_hold,
)
from payouts.adjustments.models import Adjustment, Hold
from payouts.adjustments.rules import Why
from payouts.ledger.models import Posting
from payouts.ledger.queries import balance_cents, payable_cents
from payouts.ledger.rules import Kind, Source
from payouts.payruns.actions import cancel_run, draft_run, send_run
from payouts.payruns.models import PayRun
from payouts.rates.actions import agree_rate
from payouts.statements.actions import issue_statements
from payouts.statements.models import Statement
from payouts.statements.queries import check_of_books
from payouts.statements.rules import is_clean
from tests.factories import ZONE, close_by_hand, make_delivery, make_member, make_shop
from tests.payouts.helpers import approve, beyond_cap, make_olga, make_pavel, promise, void

pytestmark = pytest.mark.django_db
DOCUMENT = Path(__file__).parents[2] / "docs" / "money.md"
OPENED = dt.datetime(2026, 10, 1, 9, tzinfo=ZoneInfo(ZONE)).astimezone(dt.UTC)
steps: dict[str, Callable[["Month"], object]] = {}


def told(sentence: str):
    """What the month does when the document says this."""

    def keep(step):
        steps[sentence] = step
        return step

    return keep


@dataclass
class Line:
    """One row of the document's table."""

    on: dt.date
    sentence: str
    entry: tuple[str, ...]  # source, debit, credit, booked on, cents; empty: nothing is booked
    owed_cents: int


def section(title: str) -> list[list[str]]:
    """The rows of the table below a heading, their cells without decoration."""
    text = DOCUMENT.read_text(encoding="utf-8").split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines[2:]]


def cents_of(dollars: str) -> int:
    """`−$1.75` as −175."""
    return int(re.sub(r"[$.,]", "", dollars).replace("−", "-"))


def day_of(words: str) -> dt.date:
    """`Nov 2` of 2026."""
    return dt.datetime.strptime(f"{words} 2026", "%b %d %Y").date()


def lines() -> list[Line]:
    """The month, row by row; an empty day or sentence is that of the row before."""
    found: list[Line] = []
    for on, sentence, source, debit, credit, booked, cents, owed in section("A worked month"):
        entry = (source, debit, credit, str(day_of(booked)), str(cents_of(cents))) if source else ()
        day = day_of(on) if on else found[-1].on
        found.append(Line(day, sentence, entry, cents_of(owed)))
    return found


class Month:
    """Rosa's shop, Olga and Pavel, and the day it is."""

    def __init__(self) -> None:
        self.shop = make_shop(opened_at=OPENED)
        self.rosa = make_member(self.shop, "Rosa")
        self.olga, self.pavel = make_olga(), make_pavel()
        agree_rate(shop=self.shop, amount_cents=175, first_day=dt.date(2026, 10, 1), at=OPENED)
        promise(75, shop=self.shop, first_day=dt.date(2026, 10, 2), at=OPENED)
        self.it_is(dt.date(2026, 11, 1))

    def it_is(self, day: dt.date) -> None:
        """Ten in the morning of a day at the shop."""
        self.day = day
        self.at = dt.datetime.combine(day, dt.time(10), ZoneInfo(ZONE)).astimezone(dt.UTC)

    def deliver(self, count: int) -> list[Delivery]:
        """Packages reach their doors."""
        return [make_delivery(shop=self.shop, at=self.at, day=self.day) for _ in range(count)]

    def take_back(self, count: int) -> None:
        """The newest deliveries did not happen."""
        for one in Delivery.objects.standing().order_by("-pk")[:count]:
            void(one, at=self.at)
        accrue_waiting(at=self.at)

    def decide(self) -> None:
        """Pavel decides what waits."""
        waiting = Adjustment.objects.get(status="proposed")
        decide_adjustment(
            adjustment_id=waiting.pk, is_granted=True, words="Seen", by=self.pavel, at=self.at
        )

    def draft(self) -> None:
        """Olga drafts what was earned up to yesterday."""
        draft_run(through=self.day - dt.timedelta(days=1), by=self.olga, at=self.at)

    def approve(self) -> None:
        """Pavel approves the newest run."""
        approve(PayRun.objects.first(), by=self.pavel, at=self.at)


@told("20 packages are delivered, $1.75 each.")
def _(month):
    month.deliver(20)
    accrue_waiting(at=month.at)


@told("10 packages are delivered, 2 of them beyond the cap: $0.75 each on top.")
def _(month):
    OverflowOffer.objects.create(
        shop=month.shop,
        service_day=month.day,
        extra=9,
        offered_at=month.at,
        answer=Answer.YES,
        answered_at=month.at,
        answered_by=month.rosa,
    )
    for one in month.deliver(10)[:2]:
        beyond_cap(one, day=month.day)
    accrue_waiting(at=month.at)


@told("Olga sets $3.00 aside while a count is looked into.")
def _(month):
    place_hold(shop=month.shop, cents=300, words="A count", by=month.olga, at=month.at)


@told("One package never was delivered: the shop corrects it.")
def _(month):
    month.take_back(1)


@told("The count was right: Pavel gives the $3.00 free.")
def _(month):
    release_hold(hold_id=Hold.objects.get().pk, by=month.pavel, at=month.at)


@told("Olga drafts a run up to the day before.")
def _(month):
    month.draft()


@told("Pavel approves it.")
def _(month):
    month.approve()


@told("It is sent; a statement is issued.")
def _(month):
    send_run(run_id=PayRun.objects.first().pk, at=month.at)
    issue_statements(at=month.at)


@told("Olga grants $10.00 for a day of waiting.")
def _(month):
    propose_adjustment(
        shop=month.shop, cents=1000, why=Why.GOODWILL, words="Late", by=month.olga, at=month.at
    )


@told("Olga proposes to deduct $20.00 for a lost box: nothing is booked.")
def _(month):
    propose_adjustment(
        shop=month.shop, cents=-2000, why=Why.PACKAGE_LOST, words="Box", by=month.olga, at=month.at
    )


@told("Rosa tells her side; Olga sets $5.00 aside.")
def _(month):
    waiting = Adjustment.objects.get(status="proposed")
    answer_deduction(
        adjustment_id=waiting.pk, shop=month.shop, by=month.rosa, text="No", at=month.at
    )
    place_hold(
        shop=month.shop,
        cents=500,
        words="The box",
        by=month.olga,
        at=month.at,
        deduction=Adjustment.objects.get(amount_cents__lt=0),
    )


@told("Pavel decides it, in writing.")
def _(month):
    month.decide()


@told("24 packages are delivered, $1.75 each.")
def _(month):
    month.deliver(24)
    accrue_waiting(at=month.at)


@told("Pavel cancels it.")
def _(month):
    cancel_run(run_id=PayRun.objects.first().pk, by=month.pavel, at=month.at)


@told("10 packages that were paid never were delivered.")
def _(month):
    month.take_back(10)


@told("Rosa objects to a fee; Olga grants $2.00. A fee of $2.00 is agreed from the next day on.")
def _(month):
    about = Delivery.objects.standing().first()
    dispute = open_dispute(
        shop=month.shop, about=about, cents=200, words="Heavy", by=month.rosa, at=month.at
    )
    grant_dispute(dispute_id=dispute.pk, cents=200, words="Yes", by=month.olga, at=month.at)
    tomorrow = month.day + dt.timedelta(days=1)
    agree_rate(shop=month.shop, amount_cents=200, first_day=tomorrow, at=month.at)


@told("12 packages are delivered, $2.00 each.")
def _(month):
    month.deliver(12)
    accrue_waiting(at=month.at)


@told("Olga proposes to give up what is left of the deduction; Pavel decides.")
def _(month):
    give_up_deduction(shop=month.shop, words="It is enough", by=month.olga, at=month.at)
    month.decide()


@told("One more that was paid never was delivered.")
def _(month):
    month.take_back(1)


@told("The shop closes; Olga proposes to write off what it owes; Pavel decides.")
def _(month):
    close_by_hand(month.shop)
    give_up_balance(shop=month.shop, words="It left", by=month.olga, at=month.at)
    month.decide()


def booked() -> list[tuple[str, ...]]:
    """Every posting so far, as the document writes it."""
    found = Posting.objects.order_by("pk").values_list(
        "entry__source_type", "debit__kind", "credit__kind", "entry__booked_on", "amount_cents"
    )
    return [tuple(str(word) for word in row) for row in found]


def test_the_books_of_the_document_are_the_books():
    month, rows = Month(), lines()
    expected: list[tuple[str, ...]] = []
    for place, line in enumerate(rows):
        if line.sentence:
            month.it_is(line.on)
            steps[line.sentence](month)
        expected += [line.entry] if line.entry else []
        is_last = place + 1 == len(rows) or rows[place + 1].sentence
        if is_last:
            assert booked() == expected, line.sentence
            assert payable_cents(month.shop.pk) == line.owed_cents, line.sentence
    untold = set(Source) - {entry[0] for entry in expected}
    assert untold == {Source.TRANSFER_REVERSED, Source.REFERRED}
    found = check_of_books(at=month.at)
    assert is_clean(found), found
    chained = Statement.objects.order_by("pk").values_list("opening_cents", "closing_cents")
    assert list(chained) == [(0, 0)] * 3
    ends = {kind: cents_of(cents) for kind, cents in section("How the month ends")}
    assert ends == {str(kind): balance_cents(kind) for kind in Kind}
    assert sum(ends.values()) == 0
