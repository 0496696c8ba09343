"""Stopping a shop for a reason that is not its own wish, until that reason is gone."""

import datetime as dt

from django.db import transaction

from hubshops.shops.models import Shop, ShopStatus, Suspension, SuspensionReason
from hubshops.shops.queries import leaving_of, pause_of
from kernel.accounts.models import User
from kernel.audit import actions as audit

CAN_BE_SUSPENDED = {ShopStatus.LIVE, ShopStatus.PAUSED, ShopStatus.SUSPENDED}


def asked_status(shop: Shop) -> ShopStatus:
    """What a shop that works is by its own word. Its pause may have ended, or begun, while it was
    suspended."""
    leaving, pause = leaving_of(shop), pause_of(shop)
    if leaving and leaving.begun_at:
        return ShopStatus.OFFBOARDING
    return ShopStatus.PAUSED if pause and pause.begun_at else ShopStatus.LIVE


@transaction.atomic
def suspend_shop(
    *, shop: Shop, reason: SuspensionReason, at: dt.datetime, by: User | None = None
) -> bool:
    """The shop gets no packages until this reason is gone; False when it stands already, or the
    shop neither works nor rests. It is no pause of the shop's own. What it holds it still delivers,
    and what it earned it is still paid. Audited."""
    locked = Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    standing = locked.suspensions.filter(ended_at=None)
    if locked.status not in CAN_BE_SUSPENDED or standing.filter(reason=reason).exists():
        return False
    first = standing.order_by("pk").first()
    before = first.status_before if first else locked.status
    Suspension.objects.create(shop=shop, reason=reason, status_before=before, began_at=at)
    locked.status = ShopStatus.SUSPENDED
    locked.save(update_fields=["status"])
    audit.record(at=at, by=by, action="suspend_shop", subject=shop, reason=str(reason))
    return True


@transaction.atomic
def lift_suspension(
    *, shop: Shop, reason: SuspensionReason, at: dt.datetime, by: User | None = None
) -> bool:
    """This reason is gone; without another one the shop is what it asked for by now: it leaves, it
    pauses, or it is live, whatever it was before. False when it did not stand. Audited."""
    locked = Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    standing = locked.suspensions.filter(ended_at=None)
    ended = standing.filter(reason=reason).first()
    if ended is None:
        return False
    ended.ended_at = at
    ended.save(update_fields=["ended_at"])
    if locked.status == ShopStatus.SUSPENDED and not standing.exists():
        locked.status = asked_status(locked)
        locked.save(update_fields=["status"])
    audit.record(at=at, by=by, action="lift_suspension", subject=shop, reason=str(reason))
    return True
