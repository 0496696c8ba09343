"""Changes of cards: what they say, and what they mean for each shop."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import F, Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hubshops.deliveries.models import Outcome
from hubshops.shops.models import MemberRole, Membership, Shop
from kernel.refusals import Refusal
from payouts.rates import rules
from payouts.rates.models import (
    ChangeStatus,
    DayClass,
    RateAnswer,
    RateCard,
    RateChange,
    RateEffect,
    RateKind,
    SizeClass,
)
from payouts.rates.queries.simulation import (
    as_line,
    effects_of,
    lines_for_shop,
    lines_in_force,
)
from payouts.rates.rules import Difference, Line

TOLD = [ChangeStatus.PUBLISHED, ChangeStatus.APPROVED]


class UnknownChange(Refusal):
    code = "unknown_change"
    message = gettext_lazy("There is no change of a card with the number {number}.")


def get_change(change_id: int, *, lock: bool = False) -> RateChange:
    """One change with its card; the card is locked until the end of the transaction when asked."""
    found = RateChange.objects.filter(pk=change_id).first()
    if found is None:
        raise UnknownChange(number=change_id)
    if lock:
        RateCard.objects.select_for_update().get(pk=found.card_id)
    changes = RateChange.objects.select_related("card__station", "card__shop__station")
    return changes.select_related("drafted_by", "published_by", "approved_by").get(pk=found.pk)


def change_to_come(card: RateCard, today: dt.date) -> RateChange | None:
    """The change of a card that shops were told of, or that was approved, and does not hold yet."""
    return card.changes.filter(status__in=TOLD, effective_on__gt=today).first()


def open_change_of(card: RateCard) -> RateChange | None:
    """The draft or the published change of a card."""
    waiting = [ChangeStatus.DRAFT, ChangeStatus.PUBLISHED]
    return card.changes.filter(status__in=waiting).first()


def all_changes() -> QuerySet[RateChange]:
    """Every change, the newest first, with its card and its people."""
    return RateChange.objects.select_related(
        "card__station", "card__shop__station", "drafted_by", "approved_by"
    ).order_by("-pk")


def lines_of(change: RateChange) -> list[Line]:
    """What the new card says, in the order of a card."""
    return sorted(map(as_line, change.lines.all()), key=rules.card_order)


def differences_of(change: RateChange) -> list[Difference]:
    """Line by line what changes on the card itself."""
    day_before = change.effective_on - dt.timedelta(days=1)
    return rules.differences(lines_in_force(change.card, day_before), lines_of(change))


def differences_for(change: RateChange, shop: Shop) -> list[Difference]:
    """Line by line what changes for one shop, whose own lines go before its station's."""
    day_before = change.effective_on - dt.timedelta(days=1)
    own_card = RateCard.objects.filter(shop=shop).first()
    usual_card = RateCard.objects.filter(station=shop.station_id).first()
    own, usual = lines_in_force(own_card, day_before), lines_in_force(usual_card, day_before)
    new = lines_of(change)
    is_own = change.card.shop_id is not None
    after = lines_for_shop(new, usual) if is_own else lines_for_shop(own, new)
    return rules.differences(lines_for_shop(own, usual), after)


def effects_shown(change: RateChange) -> QuerySet[RateEffect]:
    """What a change means shop by shop, the one that loses most first, with its last answer."""
    answers = RateAnswer.objects.filter(change=change).order_by("-pk")
    by_shop = Prefetch("shop__rate_answers", queryset=answers, to_attr="answers_here")
    effects = change.effects.select_related("shop__station").prefetch_related(by_shop)
    return effects.order_by(F("new_cents") - F("now_cents"), "shop__name", "pk")


def sums_of(change: RateChange, drafted: Sequence[RateEffect] | None = None) -> dict[str, int]:
    """All shops together: `packages`, `now`, `new`, `difference` in cents, and how many shops would
    have earned `less`; of a draft, from what was just counted."""
    effects = list(change.effects.all()) if drafted is None else drafted
    now, new = sum(one.now_cents for one in effects), sum(one.new_cents for one in effects)
    return {
        "shops": len(effects),
        "packages": sum(one.packages for one in effects),
        "now": now,
        "new": new,
        "difference": new - now,
        "less": sum(1 for one in effects if one.difference_cents < 0),
    }


def changes_for_shop(shop: Shop) -> QuerySet[RateEffect]:
    """What a shop was told of, the newest first, with what it means for it."""
    effects = RateEffect.objects.filter(shop=shop).exclude(change__status=ChangeStatus.DRAFT)
    return effects.select_related("change__card").order_by("-change_id")


def effect_for(shop: Shop, change_id: int) -> RateEffect | None:
    """What one change means for a shop, if the shop was told of it."""
    return changes_for_shop(shop).filter(change_id=change_id).first()


def waiting_for(shop: Shop, today: dt.date) -> RateEffect | None:
    """The change a shop was told of that is still to come and that it has not answered."""
    coming = changes_for_shop(shop).filter(change__status__in=TOLD, change__effective_on__gt=today)
    answered = RateAnswer.objects.filter(shop=shop).values("change_id")
    return coming.exclude(change_id__in=answered).first()


def answer_of(change: RateChange, shop: Shop) -> RateAnswer | None:
    """What a shop said last."""
    return RateAnswer.objects.filter(change=change, shop=shop).order_by("-pk").first()


def owners_told(change: RateChange) -> list[tuple[Membership, RateEffect]]:
    """The owners of every shop that a change means something for. Two queries."""
    effects = {one.shop_id: one for one in change.effects.select_related("shop__station")}
    owners = Membership.objects.current().filter(
        shop__in=list(effects), role=MemberRole.OWNER, user__is_active=True
    )
    return [
        (one, effects[one.shop_id]) for one in owners.select_related("user").order_by("shop", "pk")
    ]


def words_of(line: Line) -> str:
    """What a line of a card is about, in words."""
    if line.kind == RateKind.TIER:
        return _("Extra for each package after the first %(count)s of a week") % {
            "count": line.beyond
        }
    asked = [
        str(choices(value).label)
        for choices, value in (
            (Outcome, line.outcome),
            (SizeClass, line.size),
            (DayClass, line.day_kind),
        )
        if value
    ]
    words = str(RateKind(line.kind).label)
    return f"{words}: {', '.join(asked)}" if asked else words


def changes_under_way() -> list[RateChange]:
    """Drafts and published cards, the oldest first."""
    waiting = [ChangeStatus.DRAFT, ChangeStatus.PUBLISHED]
    return list(all_changes().filter(status__in=waiting).order_by("pk"))


def effects_of_draft(change: RateChange, *, today: dt.date) -> list[RateEffect]:
    """What a draft would mean shop by shop if it were published today, the one that loses most
    first; not kept."""
    found = effects_of(change, today=today)
    shops = Shop.objects.in_bulk([one.shop_id for one in found])
    effects = [
        RateEffect(
            change=change,
            shop=shops[one.shop_id],
            packages=one.packages,
            then_cents=one.then_cents,
            now_cents=one.now_cents,
            new_cents=one.new_cents,
        )
        for one in found
    ]
    return sorted(effects, key=lambda one: (one.difference_cents, one.shop.name, one.shop_id))
