"""Letting new shops have more after good days."""

import datetime as dt

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from hubshops.ramps import queries
from hubshops.shops.actions import step_cap
from hubshops.shops.models import CapStep, MemberRole, Membership, Shop, StepReason
from kernel.notifications.actions import send_letter


def grow_caps(*, at: dt.datetime) -> int:
    """Give every live shop on its way into its cap the step that its days earned; how many got one.
    Each in a transaction of its own; safe twice: days before a step count once."""
    growing = Shop.objects.live().filter(ramp_cap__isnull=False, holds_ramp=False)
    ids = list(growing.order_by("pk").values_list("pk", flat=True))
    return sum(grow_cap(shop_id=shop_id, at=at) is not None for shop_id in ids)


@transaction.atomic
def grow_cap(*, shop_id: int, at: dt.datetime) -> CapStep | None:
    """One shop's step, if its days earned one and it does not hold. Its owners are told."""
    locked = Shop.objects.select_for_update(of=["self"], no_key=True).select_related("station")
    shop = locked.get(pk=shop_id)
    growth = queries.growth_of(shop)
    if growth is None or shop.holds_ramp or growth.next_cap <= growth.cap:
        return None
    before, cap, day = growth.cap, growth.next_cap, growth.checks[-1].day
    reason = StepReason.REACHED if cap == shop.daily_cap else StepReason.GREW
    step = step_cap(shop=shop, cap=cap, reason=reason, at=at, day=day)
    tell_of_step(shop, step, before=before, at=at)
    return step


def tell_of_step(shop: Shop, step: CapStep, *, before: int, at: dt.datetime) -> None:
    """One letter to each owner, in her language."""
    owners = Membership.objects.current().filter(
        shop=shop, role=MemberRole.OWNER, user__is_active=True
    )
    for one in owners.select_related("user").order_by("pk"):
        send_letter(
            to=one.user.email,
            person=one.user,
            subject=format_lazy(_("You get up to {cap} packages a day now"), cap=step.cap),
            template="ramps/mail/step.txt",
            facts={"person": one.user, "shop": shop, "step": step, "before": before},
            language=one.user.language,
            at=at,
        )
