"""How a transfer's money is written into the books, and given back to its shop."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.accounts.models import User
from kernel.refusals import Refusal
from payouts.ledger.actions import Booking, post
from payouts.ledger.rules import Source
from payouts.payruns import queries
from payouts.payruns.models import PayRun, Transfer, TransferItem


class MayNotHandle(Refusal):
    code = "may_not_handle_runs"
    message = _("Only people who draft or approve pay runs may do this.")


class RunHasMovedOn(Refusal):
    code = "run_has_moved_on"
    message = _("Pay run {number} is “{status}”, so this can no longer be done.")


def moved_on(run: PayRun) -> RunHasMovedOn:
    """The refusal that says where a run is by now."""
    return RunHasMovedOn(number=run.pk, status=run.get_status_display())


def transfers_to_book(run: PayRun) -> list[Transfer]:
    """A run's transfers with the zones in which their shops count days."""
    return list(run.transfers.select_related("shop__station").order_by("pk"))


def bookings_of(
    transfers: list[Transfer], *, at: dt.datetime, reverses: dict[str, int] | None = None
) -> list[Booking]:
    """One entry a transfer, on the local day of its shop."""
    return [
        Booking(
            key=transfer.key,
            shop_id=transfer.shop_id,
            booked_on=clock.local_day(at, transfer.shop.station.zone),
            cents=transfer.amount_cents,
            reverses_id=(reverses or {}).get(transfer.key),
        )
        for transfer in transfers
    ]


def release(
    *, transfers: list[Transfer], was_booked: bool, at: dt.datetime, by: User | None = None
) -> None:
    """Give up the claims of these transfers, and book their money back to the shops when it was
    booked as on its way."""
    TransferItem.objects.filter(transfer__in=transfers, released_at=None).update(released_at=at)
    if was_booked:
        approvals = queries.approval_entries([transfer.key for transfer in transfers])
        bookings = bookings_of(transfers, at=at, reverses=approvals)
        post(source=Source.TRANSFER_RELEASED, bookings=bookings, at=at, by=by)
