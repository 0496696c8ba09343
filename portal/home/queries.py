"""A shop's day on one page."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from hubshops.agreements.queries import Ask, ask_of
from hubshops.assignment.models import OverflowOffer
from hubshops.assignment.queries import open_offer_of
from hubshops.deliveries.models import Device
from hubshops.deliveries.queries import DoorDay, DoorPackage, day_to_close, door_day, last_close
from hubshops.documents.queries import Paper, dossier_of_shop, what_is_missing
from hubshops.forecasts.queries import Outlook, outlook_of
from hubshops.manifests.models import Manifest, Ring
from hubshops.manifests.queries import Change, latest_change, open_rings
from hubshops.packages.rules import BEFORE_THE_DROP, NOT_TAKEN, State
from hubshops.practice.queries import (
    has_practiced,
    has_to_sign_first,
    is_practicing,
    missing_papers,
)
from hubshops.shops.models import Membership, Shop, ShopStatus
from hubshops.shops.queries import leaving_of, pause_of
from hubshops.shops.rules import next_day
from kernel import clock
from kernel.rows import rows
from payouts.providers.queries import PayState, pay_state_of
from payouts.rates.models import RateEffect, RateKind
from payouts.rates.queries import fees_on, rate_on, waiting_for
from portal.home import rules

MOST_PHONES = 20
PHONES_SEEN_WITHIN = dt.timedelta(days=7)
NEVER_HERE = sorted({*BEFORE_THE_DROP, *NOT_TAKEN, State.CANCELLED})


@dataclass(frozen=True)
class Earned:
    """What a day's deliveries come to so far: booked fees, and the rate for those that wait."""

    cents: int
    packages: int
    rate_cents: int | None


@dataclass(frozen=True)
class Phone:
    """A phone of the shop as it was heard of last: whose, and how much it still held then."""

    name: str
    held: int
    seen_at: dt.datetime


@dataclass(frozen=True)
class Today:
    """A shop's day: what to do now, what went wrong, its manifest (or the alarm that it is not
    ready) and, for owners, the money so far; what may come tomorrow, and the day of tomorrow's list
    when it is out already."""

    door: DoorDay
    manifest: str
    earned: Earned | None
    next_day: dt.date | None
    change: Change | None = None
    ring: Ring | None = None
    outlook: Outlook | None = None
    next_list: dt.date | None = None
    phones: tuple[Phone, ...] = ()
    unclosed: dt.date | None = None
    is_closed: bool = False

    @property
    def holding(self) -> list[Phone]:
        """The phones that had not sent everything."""
        return [one for one in self.phones if one.held]

    @property
    def job(self) -> rules.Job:
        """The one thing to do now."""
        return rules.job_now(
            total=self.door.total,
            coming=len(self.door.coming),
            left=self.door.left,
            to_give_back=len(self.door.to_give_back),
            has_worked=has_worked(self.door),
            is_closed=self.is_closed,
        )

    @property
    def to_retry(self) -> list[DoorPackage]:
        """Packages of earlier days that are still to be delivered."""
        return [one for one in self.door.earlier if one.state != State.RETURN_PENDING]


def today_of(shop: Shop, day: dt.date, *, with_money: bool) -> Today:
    """A shop's day. Twelve queries at most, however many packages."""
    tomorrow = day + dt.timedelta(days=1)
    lists = {one.service_day: one for one in lists_of(shop, (day, tomorrow))}
    manifest = lists.get(day)
    outlook = outlook_of(shop, day)
    door = door_day(shop, day)
    to_close = day_to_close(shop, day)
    return Today(
        door=door,
        manifest=manifest.number if manifest else "",
        earned=earned_on(shop, day) if with_money else None,
        next_day=next_day(day, shop.weekdays, outlook.off),
        change=latest_change(manifest) if manifest else None,
        ring=ring_about(door, shop),
        outlook=outlook,
        next_list=tomorrow if tomorrow in lists else None,
        phones=phones_of(shop, day),
        unclosed=to_close if to_close < day else None,
        is_closed=last_close(shop, day) is not None,
    )


def has_worked(door: DoorDay) -> bool:
    """Whether anything came in, went out or was given back on this day."""
    return any(
        one.state not in NEVER_HERE and clock.local_day(one.last_event_at, door.zone) == door.day
        for one in door.packages
    )


def phones_of(shop: Shop, day: dt.date) -> tuple[Phone, ...]:
    """The shop's phones that were heard of lately, those that held most first. One query."""
    since = clock.day_start(day, shop.zone) - PHONES_SEEN_WITHIN
    holding = Q(unsent__gt=0) | Q(unsent_photos__gt=0)
    lately = Device.objects.filter(shop=shop).filter(holding | Q(last_seen_at__gte=since))
    found = lately.select_related("user").order_by("-unsent", "-unsent_photos", "pk")[:MOST_PHONES]
    return tuple(
        Phone(str(one.user).split()[0], one.unsent + one.unsent_photos, one.last_seen_at)
        for one in found
    )


def lists_of(shop: Shop, days: Collection[dt.date]) -> QuerySet[Manifest]:
    """A shop's manifests of some days. One query."""
    return Manifest.objects.filter(shop=shop, service_day__in=days).order_by("service_day", "pk")


EARNED = """
    SELECT count(DISTINCT d.id) AS packages, count(a.id) FILTER (WHERE a.kind = 'fee') AS booked,
           coalesce(sum(a.amount_cents), 0)::bigint AS cents
    FROM delivery d LEFT JOIN accrual a ON a.delivery_id = d.id AND a.kind NOT LIKE '%%reversal'
    WHERE d.shop_id = %s AND d.delivered_on = %s AND d.voided_by_id IS NULL
"""


def earned_on(shop: Shop, day: dt.date) -> Earned:
    """The money of one day so far, provisional: what is booked, and the rate for what waits."""
    [found] = rows(EARNED, [shop.pk, day])
    rate = rate_on(shop, day)
    waiting = found["packages"] - found["booked"]
    return Earned(
        cents=found["cents"] + waiting * (rate.amount_cents if rate else 0),
        packages=found["packages"],
        rate_cents=rate.amount_cents if rate else None,
    )


def new_card_of(shop: Shop, day: dt.date) -> RateEffect | None:
    """A new card of fees that is to come and that the shop has not answered. One query."""
    return waiting_for(shop, day)


@dataclass(frozen=True)
class Readiness:
    """What a shop that gets ready has done already."""

    is_signed: bool
    is_practicing: bool
    has_practiced: bool
    pay: PayState
    missing: list[Paper]
    holds_up: list[Paper]

    @property
    def papers_to_bring(self) -> list[Paper]:
        """Missing papers whose next step is with the shop; the others are with us."""
        return [paper for paper in self.missing if paper.needs_its_holder]


@dataclass(frozen=True)
class Rest:
    """A pause or a leaving that the shop asked for: `pause`, `leave`, or `left` after its last
    day; from when, and until when if that is known."""

    kind: str
    first_day: dt.date
    last_day: dt.date | None = None


def rest_of(shop: Shop, day: dt.date) -> Rest | None:
    """The pause or the leaving that is planned or under way; None where the shop only works. Two
    queries at most."""
    if leaving := leaving_of(shop):
        kind = "leave" if day <= leaving.last_day else "left"
        return Rest(kind, leaving.last_day, leaving.last_day)
    pause = pause_of(shop)
    return Rest("pause", pause.first_day, pause.last_day) if pause else None


def readiness_of(shop: Shop) -> Readiness | None:
    """What is left before a shop's first packages; None when it gets them. Seven queries, none for
    a shop that does not get ready."""
    if shop.status != ShopStatus.PREPARING:
        return None
    return Readiness(
        is_signed=not has_to_sign_first(shop),
        is_practicing=is_practicing(shop),
        has_practiced=has_practiced(shop),
        pay=pay_state_of(shop),
        missing=what_is_missing(dossier_of_shop(shop)),
        holds_up=missing_papers(shop),
    )


def ask_to_sign(shop: Shop, day: dt.date) -> Ask | None:
    """What the shop's owner should sign; the list of a shop that gets ready says so itself. One
    query."""
    return None if shop.status == ShopStatus.PREPARING else ask_of(shop, day)


@dataclass(frozen=True)
class Asked:
    """What the station asks a shop to take beyond its cap, and the extra each package earns."""

    offer: OverflowOffer
    cents: int | None


def asked_of(shop: Shop, at: dt.datetime) -> list[Asked]:
    """What a shop may still answer. One query, two more an offer."""
    return [
        Asked(one, fees_on([shop], one.service_day, RateKind.OVER_CAP)[shop.pk])
        for one in open_offer_of(shop, at)
    ]


def ring_about(door: DoorDay, shop: Shop) -> Ring | None:
    """The alarm that this shop's list is not ready. One query, none while no package waits for a
    list."""
    if not any(one.state == State.ASSIGNED for one in door.packages):
        return None
    return next(iter(open_rings(door.day, shop=shop)), None)


def shops_to_choose(user: object) -> list[Membership]:
    """The shops a person works for now, by name."""
    current = Membership.objects.current().filter(user=user).select_related("shop__station")
    return list(current.order_by("shop__name", "pk"))
