"""From getting ready to the agreed cap, step by step."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy

from hubshops.shops import rules
from hubshops.shops.models import CapStep, Shop, ShopStatus, StepReason
from kernel import clock
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.refusals import Refusal


class NotGettingReady(Refusal):
    code = "not_getting_ready"
    message = gettext_lazy("{shop} is not getting ready: its status is “{status}”.")


@transaction.atomic
def go_live(*, shop: Shop, at: dt.datetime, by: User | None) -> Shop:
    """A shop that was getting ready is open from now on and gets packages from the next plan on:
    few at first, when it agreed to more than that. Audited. Refuses a shop that was not getting
    ready."""
    locked = (
        Shop.objects.select_for_update(of=["self"], no_key=True)
        .select_related("station")
        .get(pk=shop.pk)
    )
    if locked.status != ShopStatus.PREPARING:
        raise NotGettingReady(shop=locked.name, status=locked.get_status_display())
    locked.status, locked.opened_at = ShopStatus.LIVE, at
    locked.save(update_fields=["status", "opened_at"])
    if locked.daily_cap > rules.START_CAP:
        step_cap(shop=locked, cap=rules.START_CAP, reason=StepReason.STARTED, at=at, by=by)
    audit.record(at=at, by=by, action="go_live", subject=locked)
    return locked


@transaction.atomic
def step_cap(
    *,
    shop: Shop,
    cap: int,
    reason: StepReason,
    at: dt.datetime,
    day: dt.date | None = None,
    by: User | None = None,
) -> CapStep:
    """Write down what a new shop gets a day from now on, and let it get that. `day` is the last one
    that counted for it. The caller locked the shop; the last step ends its way into the cap."""
    is_last = reason in {StepReason.REACHED, StepReason.LIFTED}
    day = day or clock.local_day(at, shop.zone)
    step = CapStep.objects.create(
        shop=shop, at=at, day=day, cap=cap, reason=reason, is_last=is_last, by=by
    )
    shop.ramp_cap = None if is_last else cap
    shop.save(update_fields=["ramp_cap"])
    return step


@transaction.atomic
def lift_ramp(*, shop: Shop, by: User | None, at: dt.datetime) -> bool:
    """Staff let a new shop have all it agreed to at once; False when it has that already.
    Audited."""
    locked = (
        Shop.objects.select_for_update(of=["self"], no_key=True)
        .select_related("station")
        .get(pk=shop.pk)
    )
    if locked.ramp_cap is None:
        return False
    step_cap(shop=locked, cap=locked.daily_cap, reason=StepReason.LIFTED, at=at, by=by)
    audit.record(at=at, by=by, action="lift_ramp", subject=locked, cap=locked.daily_cap)
    return True


@transaction.atomic
def hold_ramp(*, shop: Shop, is_held: bool, at: dt.datetime, by: User | None) -> bool:
    """Whether a new shop stays at its number of packages for now; False when nothing changed.
    Audited."""
    locked = Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    if locked.holds_ramp == is_held:
        return False
    locked.holds_ramp = is_held
    locked.save(update_fields=["holds_ramp"])
    audit.record(at=at, by=by, action="hold_ramp", subject=locked, is_held=is_held)
    return True
