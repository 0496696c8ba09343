"""The oracle of the fault tests: our books and Stripe's list tell the same story."""

import datetime as dt

from kernel import clock
from payouts.ledger.queries import balance_cents
from payouts.ledger.rules import Kind
from payouts.payruns.models import ON_THEIR_WAY, Transfer, TransferReversal
from payouts.statements.actions import issue_statements
from payouts.statements.queries import check_of_books
from payouts.statements.rules import is_clean
from tests.local_stripe.client import Remote


def assert_books(stripe: Remote, *, at: dt.datetime | None = None, gaps: bool = False) -> None:
    """Every transfer and reversal at Stripe is one of ours with the same amount, and the other way
    round; what is on its way is what the clearing account holds; the bank account gave what
    Stripe's list says; and the check of the books finds nothing (`gaps`: but differences)."""
    at = at or clock.now()
    there = {one["id"]: one["amount"] for one in stripe.transfers()}
    left = Transfer.objects.filter(status__in=["sent", "settled"], gateway="stripe")
    ours = dict(left.values_list("provider_reference", "amount_cents"))
    assert ours == there
    back = {
        row["id"]: row["amount"] for one in stripe.transfers() for row in one["reversals"]["data"]
    }
    done = TransferReversal.objects.filter(status="done")
    assert dict(done.values_list("provider_reference", "amount_cents")) == back
    waiting = Transfer.objects.filter(status__in=ON_THEIR_WAY)
    on_their_way = sum(waiting.values_list("amount_cents", flat=True))
    assert balance_cents(Kind.PAYOUT_CLEARING) == on_their_way
    by_file = Transfer.objects.filter(status__in=["sent", "settled"], gateway="bank_file")
    given = sum(by_file.values_list("amount_cents", flat=True))
    assert balance_cents(Kind.BANK) - given == sum(there.values()) - sum(back.values())
    issue_statements(at=at)
    found = check_of_books(at=at)
    if gaps:
        assert found.pop("provider_gaps")
    assert is_clean(found), found
