"""Taking a decided deduction from later payments, a part at a time."""

import datetime as dt
from collections.abc import Mapping

from payouts.adjustments.queries import owed_by_shops
from payouts.adjustments.rules import recovery_cents
from payouts.ledger.actions import Booking, post
from payouts.ledger.rules import Source


def recover(
    *, run_id: int, due: Mapping[int, tuple[int, int]], booked_on: dt.date, at: dt.datetime
) -> dict[int, int]:
    """Take from what each shop is due a part of what its deductions still owe, a quarter at most:
    shop → cents taken. `due`: shop → cents due, and cents taken before and not paid out. In the
    transaction of a draft, which holds the books; a draft that is rolled back took nothing."""
    owed = owed_by_shops()
    taken = {}
    for shop, owed_cents in owed.items():
        due_cents, before = due.get(shop, (0, 0))
        taken[shop] = recovery_cents(
            due_cents=due_cents, owed_cents=owed_cents, recovered_cents=before
        )
    taken = {shop: cents for shop, cents in taken.items() if cents}
    bookings = [
        Booking(f"{shop}:{run_id}", shop, booked_on, cents) for shop, cents in sorted(taken.items())
    ]
    post(source=Source.RECOVERED, bookings=bookings, at=at)
    return taken
