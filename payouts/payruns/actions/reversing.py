"""Taking money back from a transfer that was sent: asked by a person, or found at the provider."""

import datetime as dt

from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.failpoints import failpoint
from kernel.jobs.actions import start_job
from kernel.money import as_dollars
from kernel.refusals import Refusal
from payouts.ledger.actions import Booking, post
from payouts.ledger.rules import Source
from payouts.payruns import access
from payouts.payruns.actions.booking import MayNotHandle
from payouts.payruns.actions.second_person import refuse_who_asked
from payouts.payruns.jobs import Jobs
from payouts.payruns.models import (
    GapCode,
    ProviderGap,
    ReversalStatus,
    Transfer,
    TransferReversal,
    TransferStatus,
)
from payouts.payruns.rules import LOOK_UP_AFTER
from payouts.providers.actions import StripeIsSilent, StripeSaysNo, read_transfer, take_back
from payouts.providers.models import GatewayName
from payouts.providers.rules import Outcome, Receipt, ReversalFacts, ReversalOrder, TransferFacts

LEASE = dt.timedelta(seconds=120)
LEFT = [TransferStatus.SENT, TransferStatus.SETTLED]
NOTHING_CAME = [ReversalStatus.FAILED, ReversalStatus.WITHDRAWN]
OPEN = [ReversalStatus.READY, ReversalStatus.SENDING, ReversalStatus.UNKNOWN]


class MayNotReverse(Refusal):
    code = "may_not_reverse"
    message = _("Only people who approve pay runs may confirm that a payment is taken back.")


class ReversalIsDecided(Refusal):
    code = "reversal_is_decided"
    message = _("Somebody decided about this already.")


class NotReversible(Refusal):
    code = "not_reversible"
    message = _("Only a payment that was sent through Stripe can be taken back.")


class NoReason(Refusal):
    code = "no_reason"
    message = _("Write why this payment is taken back.")


class TooMuchBack(Refusal):
    code = "too_much_back"
    message = _("At most {left} of this payment can be taken back.")


@transaction.atomic
def ask_reversal(
    *, transfer_id: int, cents: int, reason: str, by: User | None, at: dt.datetime
) -> TransferReversal:
    """Ask that money comes back that went to the wrong shop or was too much. It waits until another
    person confirms it.

    Refuses people who don't handle runs, a payment that did not go through Stripe, a missing
    reason, and more than is left of the payment, with what others asked for.
    """
    if not access.may_handle(by):
        raise MayNotHandle
    transfer = Transfer.objects.select_for_update().get(pk=transfer_id)
    if transfer.gateway != GatewayName.STRIPE or transfer.status not in LEFT:
        raise NotReversible
    if not reason.strip():
        raise NoReason
    left = transfer.amount_cents - cents_back(transfer)
    if not 0 < cents <= left:
        raise TooMuchBack(left=as_dollars(left))
    number = TransferReversal.objects.count() + 1
    reversal = TransferReversal.objects.create(
        transfer=transfer,
        amount_cents=cents,
        key=f"reversal:{transfer.pk}:{number}",
        status=ReversalStatus.WAITING,
        reason=reason.strip()[:200],
        asked_at=at,
        asked_by=by,
    )
    audit.record(
        at=at, by=by, action="ask_reversal", subject=transfer, reason=reversal.reason, cents=cents
    )
    return reversal


@transaction.atomic
def confirm_reversal(*, reversal_id: int, by: User | None, at: dt.datetime) -> TransferReversal:
    """Another person says that a payment is taken back; a worker does it. The shop is owed it again
    then, so correct its fees, or hold its payouts, before the next run. Audited. Refuses people who
    don't approve runs, who asked for it, and what is decided."""
    if not access.may_approve(by):
        raise MayNotReverse
    reversal = waiting_reversal(reversal_id)
    refuse_who_asked(by, asked_by_id=reversal.asked_by_id)
    reversal.status, reversal.confirmed_at, reversal.confirmed_by = ReversalStatus.READY, at, by
    reversal.save(update_fields=["status", "confirmed_at", "confirmed_by"])
    audit.record(
        at=at,
        by=by,
        action="confirm_reversal",
        subject=reversal.transfer,
        reason=reversal.reason,
        cents=reversal.amount_cents,
    )
    start_job(Jobs.REVERSE, at=at, reversal_id=reversal.pk)
    return reversal


@transaction.atomic
def withdraw_reversal(*, reversal_id: int, by: User | None, at: dt.datetime) -> TransferReversal:
    """A payment is not taken back after all; nothing was sent. Who asked may do so, too. Audited.
    Refuses people who don't handle runs, and what is decided."""
    if not access.may_handle(by):
        raise MayNotHandle
    reversal = waiting_reversal(reversal_id)
    reversal.status = ReversalStatus.WITHDRAWN
    reversal.save(update_fields=["status"])
    audit.record(at=at, by=by, action="withdraw_reversal", subject=reversal.transfer)
    return reversal


def waiting_reversal(reversal_id: int) -> TransferReversal:
    """One about which nobody decided yet, under lock, after its transfer."""
    whose = TransferReversal.objects.values_list("transfer_id", flat=True).get(pk=reversal_id)
    transfer = lock_transfer(whose)
    reversal = TransferReversal.objects.select_for_update().get(pk=reversal_id)
    if reversal.status != ReversalStatus.WAITING:
        raise ReversalIsDecided
    reversal.transfer = transfer
    return reversal


def cents_back(transfer: Transfer) -> int:
    """What was taken back of a transfer, is being, or waits for another person."""
    live = transfer.reversals.exclude(status__in=NOTHING_CAME)
    return live.aggregate(cents=Sum("amount_cents"))["cents"] or 0


def send_reversal(*, reversal_id: int, at: dt.datetime) -> TransferReversal:
    """Ask the provider for one reversal and note its answer. Safe twice, side by side and after a
    crash anywhere; one nobody knows about is looked up before anything is sent."""
    reversal = claim_reversal(reversal_id=reversal_id, at=at)
    if reversal is None:
        return TransferReversal.objects.get(pk=reversal_id)
    if reversal.status == ReversalStatus.UNKNOWN and look_reversal_up(reversal=reversal, at=at):
        return TransferReversal.objects.get(pk=reversal_id)
    failpoint("reversal_claimed")
    receipt = take_back(
        order=ReversalOrder(
            key=reversal.key,
            transfer_reference=reversal.transfer.provider_reference,
            amount_cents=reversal.amount_cents,
            version=reversal.key_version,
        )
    )
    failpoint("reversal_answered")
    return note_reversal_receipt(reversal_id=reversal_id, receipt=receipt, at=at)


@transaction.atomic
def claim_reversal(*, reversal_id: int, at: dt.datetime) -> TransferReversal | None:
    """Lease one reversal, with its transfer; None when it is done or somebody is at it. It comes
    back as it was found, and is `sending` from now on."""
    is_free = Q(leased_until=None) | Q(leased_until__lte=at)
    found = (
        TransferReversal.objects.select_for_update(of=("self",))
        .select_related("transfer")
        .filter(is_free, pk=reversal_id, status__in=OPEN)
        .first()
    )
    if found is None:
        return None
    if found.status == ReversalStatus.SENDING:
        found.status = ReversalStatus.UNKNOWN  # its worker died: look before asking again
    TransferReversal.objects.filter(pk=reversal_id).update(
        status=found.status if found.status == "unknown" else ReversalStatus.SENDING,
        leased_until=at + LEASE,
        attempts=F("attempts") + 1,
        first_sent_at=found.first_sent_at or at,
    )
    return found


def look_reversal_up(*, reversal: TransferReversal, at: dt.datetime) -> bool:
    """Read the transfer again. True when that settled it, or nobody could say; False when the
    provider has no such reversal, which may be asked for again under another key."""
    try:
        facts = read_transfer(reference=reversal.transfer.provider_reference)
    except (StripeIsSilent, StripeSaysNo):
        TransferReversal.objects.filter(pk=reversal.pk, status=ReversalStatus.UNKNOWN).update(
            leased_until=at + LOOK_UP_AFTER
        )
        return True
    if facts is None:
        return True
    note_reversals(facts=facts, at=at)
    if TransferReversal.objects.filter(pk=reversal.pk, status=ReversalStatus.DONE).exists():
        return True
    reversal.key_version += 1
    TransferReversal.objects.filter(pk=reversal.pk).update(
        status=ReversalStatus.SENDING, key_version=reversal.key_version
    )
    return False


@transaction.atomic
def note_reversal_receipt(
    *, reversal_id: int, receipt: Receipt, at: dt.datetime
) -> TransferReversal:
    """Write down the answer to one reversal; a webhook may have been first."""
    whose = TransferReversal.objects.values_list("transfer_id", flat=True).get(pk=reversal_id)
    transfer = lock_transfer(whose)
    reversal = TransferReversal.objects.select_for_update().get(pk=reversal_id)
    if reversal.status in {ReversalStatus.DONE, ReversalStatus.FAILED}:
        return reversal
    if receipt.outcome == Outcome.SENT:
        finish_reversal(transfer=transfer, reversal=reversal, reference=receipt.reference, at=at)
        return reversal
    later = receipt.outcome in {Outcome.UNKNOWN, Outcome.LATER}
    reversal.status = ReversalStatus.UNKNOWN if later else ReversalStatus.FAILED
    reversal.leased_until = at + LOOK_UP_AFTER if later else None
    reversal.error = receipt.error[:200]
    reversal.save(update_fields=["status", "leased_until", "error"])
    return reversal


def lock_transfer(transfer_id: int) -> Transfer:
    """A transfer, locked, with the zone in which its shop counts days."""
    found = Transfer.objects.select_related("shop__station").select_for_update(of=("self",))
    return found.get(pk=transfer_id)


def finish_reversal(
    *, transfer: Transfer, reversal: TransferReversal, reference: str, at: dt.datetime
) -> None:
    """One reversal happened: the shop is owed that money again. Both rows are locked."""
    reversal.status, reversal.done_at = ReversalStatus.DONE, at
    reversal.provider_reference, reversal.error = reference[:80], ""
    reversal.leased_until = None
    reversal.save()
    booking = Booking(
        key=f"reversal:{reference}"[:80],
        shop_id=transfer.shop_id,
        booked_on=clock.local_day(at, transfer.shop.station.zone),
        cents=reversal.amount_cents,
    )
    post(source=Source.TRANSFER_REVERSED, bookings=[booking], at=at)


@transaction.atomic
def note_reversals(*, facts: TransferFacts, at: dt.datetime) -> int:
    """Write down every reversal that the provider has of one of our transfers and we have not; how
    many. One that nobody of ours asked for is booked, too, and opens a difference that a person has
    to look at: the money did come back."""
    whose = Transfer.objects.filter(provider_reference=facts.reference)
    transfer_id = whose.values_list("pk", flat=True).first()
    if transfer_id is None:
        return 0
    transfer = lock_transfer(transfer_id)
    known = set(transfer.reversals.values_list("provider_reference", flat=True))
    fresh = [one for one in facts.reversals if one.reference not in known]
    for one in sorted(fresh, key=lambda one: (one.made_at, one.reference)):
        note_found(transfer=transfer, found=one, at=at)
    return len(fresh)


def note_found(*, transfer: Transfer, found: ReversalFacts, at: dt.datetime) -> None:
    """One reversal found at the provider: the one of ours that waits under its key, or somebody
    else's; also a second one under a key of ours that has its end."""
    waiting = transfer.reversals.select_for_update().filter(status__in=OPEN)
    ours = waiting.filter(key=found.key or None).first()
    if ours is None:
        ours = TransferReversal(
            transfer=transfer,
            amount_cents=found.amount_cents,
            key=f"reversal:{found.reference}"[:80],
            asked_at=found.made_at,
        )
        ProviderGap.objects.get_or_create(
            code=GapCode.REVERSED_ELSEWHERE,
            provider_reference=found.reference,
            closed_at=None,
            defaults={
                "transfer": transfer,
                "cents": 0,
                "provider_cents": found.amount_cents,
                "first_seen_at": at,
            },
        )
    finish_reversal(transfer=transfer, reversal=ours, reference=found.reference, at=at)


def send_waiting_reversals(*, at: dt.datetime) -> int:
    """Go on with reversals whose worker died or whose answer was lost; how many there were."""
    is_free = Q(leased_until=None) | Q(leased_until__lte=at)
    waiting = TransferReversal.objects.filter(is_free, status__in=OPEN).order_by("pk")
    ids = list(waiting.values_list("pk", flat=True)[:100])
    for reversal_id in ids:
        send_reversal(reversal_id=reversal_id, at=at)
    return len(ids)
