"""What one person agrees on a page: up to the market's card at once, more with a second person."""

import datetime as dt
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from kernel import clock
from kernel.accounts.models import User
from kernel.refusals import Refusal
from payouts.rates import queries
from payouts.rates.actions.agreeing import MOST_CENTS, FeeOutOfRange, agree_rate
from payouts.rates.actions.changing import PublishedAlready, draft_change, publish_change
from payouts.rates.models import Rate, RateCard, RateChange, RateKind
from payouts.rates.rules import Line, takes_two_people


class SayWhyMore(Refusal):
    code = "say_why_more"
    message = _(
        "This is more than the market’s card pays, so another person approves it and the shop reads"
        " why. Write a sentence."
    )


class DraftStands(Refusal):
    code = "draft_of_rates_stands"
    message = _("{person} is writing a new card here. Finish or withdraw that first.")


@transaction.atomic
def propose_fee(
    *,
    shop: Shop | None = None,
    station: Station | None = None,
    amount_cents: int,
    first_day: dt.date,
    reason: str = "",
    kind: str = RateKind.DELIVERY,
    at: dt.datetime,
    by: User,
) -> tuple[Rate | RateChange, bool]:
    """Agree a fee, or an extra beyond the cap, as a page does: what the market's card pays, or the
    very first fee, at once (`agree_rate`). More than that is published as a new card with this one
    line changed, and holds from `first_day` once another person approved it. Whether something
    changed. Refuses what `agree_rate` or publishing refuses, more without a sentence, and to write
    over somebody's draft."""
    card = queries.card_of(shop=shop, station=station)
    now, market = queries.paid_by_the_card_and_the_market(
        shop=shop, station=station, kind=kind, day=first_day
    )
    if not takes_two_people(kind=kind, cents=amount_cents, now_cents=now, market_cents=market):
        return agree_rate(
            shop=shop,
            station=station,
            amount_cents=amount_cents,
            first_day=first_day,
            kind=kind,
            at=at,
            by=by,
        )
    check_may_be_published(card, amount_cents=amount_cents, reason=reason)
    today = clock.local_day(at, (shop or station).zone)
    change = draft_change(
        shop=shop,
        station=station,
        lines=lines_with(card, kind, amount_cents, first_day=first_day, today=today),
        effective_on=first_day,
        reason=reason,
        at=at,
        by=by,
    )
    return publish_change(change_id=change.pk, at=at, by=by), True


def check_may_be_published(card: RateCard | None, *, amount_cents: int, reason: str) -> None:
    """Refuse what can't be published as a new card by itself."""
    if not amount_cents <= MOST_CENTS:
        raise FeeOutOfRange
    if not reason.strip():
        raise SayWhyMore
    standing = queries.open_change_of(card) if card else None
    if standing and standing.published_at:
        raise PublishedAlready(day=standing.effective_on)
    if standing:
        raise DraftStands(person=standing.drafted_by)


def lines_with(
    card: RateCard | None, kind: str, cents: int, *, first_day: dt.date, today: dt.date
) -> list[Line]:
    """A card as it is, busy days to come with it, but for this one line."""
    plain = Line(kind, cents)
    kept = [one for one in queries.lines_in_force(card, today) if one.place != plain.place]
    peaks = queries.peaks_after(card, first_day)
    return [plain, *kept, *(replace(one, first_on=max(one.first_on, first_day)) for one in peaks)]
