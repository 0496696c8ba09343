"""What a shop says of itself: it holds at once, but name and address once staff said yes."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from hubshops.shops.actions.letters import tell_owners
from hubshops.shops.models import FactsChange, FactsChangeStatus, Shop
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.refusals import Refusal

# What the shop's own people change, and what holds from that moment on.
OWN_FACTS = {
    "contact_name",
    "email",
    "phone",
    "opens_at",
    "closes_at",
    "busy_from",
    "busy_until",
    "travel_mode",
    "max_weight_g",
    "max_side_mm",
    "takes_signature",
    "takes_code",
}


@transaction.atomic
def save_profile(
    *, shop: Shop, facts: Mapping[str, Any], at: dt.datetime, by: User | None
) -> list[str]:
    """Keep what a shop says of itself; the names of what changed. The next plan goes by it, what is
    planned already stays. Audited, without the words."""
    strange = set(facts) - OWN_FACTS
    if strange:
        raise ValueError(f"not a shop's own to change: {sorted(strange)}")
    locked = Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    changed = sorted(name for name, value in facts.items() if getattr(locked, name) != value)
    for name in changed:
        setattr(locked, name, facts[name])
    if changed:
        locked.save(update_fields=changed)
        audit.record(at=at, by=by, action="save_profile", subject=shop, fields=changed)
    return changed


class NothingNew(Refusal):
    code = "nothing_new"
    message = gettext_lazy("This is what we have already.")


class ChangeWaits(Refusal):
    code = "change_waits"
    message = gettext_lazy("A change is waiting already. Take it back first.")


@transaction.atomic
def ask_facts_change(
    *, shop: Shop, facts: Mapping[str, str], at: dt.datetime, by: User
) -> FactsChange:
    """Ask for another name or address. Nothing changes before staff said yes. Audited. Refuses what
    is true already, and a second wish while one waits."""
    locked = Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    before = {name: getattr(locked, name) for name in FactsChange.FACTS}
    wish = before | {name: facts[name].strip() for name in FactsChange.FACTS if name in facts}
    if wish == before:
        raise NothingNew
    if locked.facts_changes.filter(status=FactsChangeStatus.WAITING).exists():
        raise ChangeWaits
    change = FactsChange.objects.create(shop=shop, asked_at=at, asked_by=by, before=before, **wish)
    audit.record(at=at, by=by, action="ask_facts_change", subject=change)
    return change


class ChangeIsDecided(Refusal):
    code = "change_is_decided"
    message = gettext_lazy("This was decided or taken back already. Nothing was changed.")


def hold_change(change_id: int) -> FactsChange:
    """A change that still waits, its shop held. Refuses one that is decided."""
    found = FactsChange.objects.filter(pk=change_id).values_list("shop_id", flat=True).first()
    Shop.objects.select_for_update(no_key=True).filter(pk=found).first()
    waiting = FactsChange.objects.filter(pk=change_id, status=FactsChangeStatus.WAITING)
    change = waiting.select_related("shop__station").first()
    if change is None:
        raise ChangeIsDecided
    return change


@transaction.atomic
def withdraw_facts_change(*, change_id: int, at: dt.datetime, by: User) -> FactsChange:
    """The shop takes its wish back. Audited. Refuses one that is decided."""
    change = hold_change(change_id)
    change.status = FactsChangeStatus.WITHDRAWN
    change.save(update_fields=["status"])
    audit.record(at=at, by=by, action="withdraw_facts_change", subject=change)
    return change


class SayWhyNot(Refusal):
    code = "say_why_not"
    message = gettext_lazy("Write a sentence for the shop: why not.")


@transaction.atomic
def accept_facts_change(
    *, change_id: int, latitude: float, longitude: float, at: dt.datetime, by: User
) -> FactsChange:
    """The new name and address hold from now on, at this place. Audited; the owners get a letter.
    Refuses what is decided."""
    change = hold_change(change_id)
    shop = change.shop
    for name in FactsChange.FACTS:
        setattr(shop, name, getattr(change, name))
    shop.latitude, shop.longitude = latitude, longitude
    shop.save(update_fields=[*FactsChange.FACTS, "latitude", "longitude"])
    return decide(change, FactsChangeStatus.ACCEPTED, "", at=at, by=by)


@transaction.atomic
def refuse_facts_change(*, change_id: int, answer: str, at: dt.datetime, by: User) -> FactsChange:
    """Everything stays as it was, and the owners read why. Audited. Refuses a no without words, and
    what is decided."""
    if not answer.strip():
        raise SayWhyNot
    return decide(
        hold_change(change_id), FactsChangeStatus.REFUSED, answer.strip()[:300], at=at, by=by
    )


def decide(
    change: FactsChange, status: FactsChangeStatus, answer: str, *, at: dt.datetime, by: User
) -> FactsChange:
    """Write down what was decided, and tell the owners."""
    change.status, change.answer = status, answer
    change.decided_at, change.decided_by = at, by
    change.save(update_fields=["status", "answer", "decided_at", "decided_by"])
    audit.record(at=at, by=by, action="decide_facts_change", subject=change, status=str(status))
    tell_owners(
        change.shop,
        "facts_change",
        lambda: gettext("Your new name or address"),
        at=at,
        change=change,
    )
    return change
