"""Opening shops, changing what they promise, and letting people work for them."""

import datetime as dt

from django.db import connection, transaction
from django.utils import formats
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext_lazy

from hubshops.shops import rules
from hubshops.shops.models import (
    DayOff,
    MemberRole,
    Membership,
    Shop,
    ShopStatus,
    Suspension,
    SuspensionReason,
)
from hubshops.stations.models import Station
from kernel import clock
from kernel.accounts import actions as accounts
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.refusals import Refusal


@transaction.atomic
def open_shop(
    *,
    station: Station,
    name: str,
    trade: str,
    contact_name: str,
    email: str,
    phone: str,
    address1: str,
    city: str,
    state: str,
    postal_code: str,
    latitude: float,
    longitude: float,
    radius_m: int,
    daily_cap: int,
    weekdays: str,
    at: dt.datetime,
    by: User | None = None,
    travel_mode: str | None = None,
) -> Shop:
    """Open a live shop under a slug of its own and invite its contact by mail as the owner.

    The facts are taken as judged: forms and feeds refuse what cannot be, the table's laws the rest.
    A shop that did not say how it gets around is taken to do so as is usual for its radius.
    """
    shop = Shop(
        station=station,
        name=name,
        trade=trade,
        contact_name=contact_name,
        email=email.lower(),
        phone=phone,
        address1=address1,
        city=city,
        state=state,
        postal_code=postal_code,
        latitude=latitude,
        longitude=longitude,
        radius_m=radius_m,
        daily_cap=daily_cap,
        weekdays=weekdays,
        travel_mode=travel_mode or rules.usual_travel(radius_m),
        opened_at=at,
    )
    shop.slug = free_slug(name)
    shop.save(force_insert=True)
    owner = invite(shop=shop, email=email, name=contact_name, at=at)
    Membership.objects.create(shop=shop, user=owner, role=MemberRole.OWNER, started_at=at)
    audit.record(at=at, by=by, action="open_shop", subject=shop, station=station.code)
    return shop


def free_slug(name: str) -> str:
    """A slug nobody has. Holds a lock until the transaction ends, so that two openings of the same
    name get two slugs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('shop_slug'))")
    wish = rules.slug_of(name)
    taken = set(Shop.objects.filter(slug__startswith=wish).values_list("slug", flat=True))
    slug, number = wish, 2
    while slug in taken:
        slug, number = f"{wish}-{number}", number + 1
    return slug


def invite(*, shop: Shop, email: str, name: str, at: dt.datetime, role: str = MemberRole.OWNER):
    """The person of this address, new or known, with a letter that says what she may do."""
    may_do = {
        MemberRole.OWNER: gettext_lazy(
            "{shop} is a partner shop now. You can see its packages, its people and its money."
        ),
        MemberRole.HELPER: gettext_lazy("You can deliver packages for {shop} now."),
    }
    return accounts.invite_person(
        email=email,
        name=name,
        language=get_language() or "en",
        at=at,
        subject=format_lazy(gettext_lazy("You work with {shop} now"), shop=shop.name),
        intro=format_lazy(may_do[MemberRole(role)], shop=shop.name),
    )


class PromisedMore(Refusal):
    code = "promised_more"
    message = gettext_lazy(
        "{shop} was promised {minimum} packages a day, more than a cap of {cap}. Agree a smaller"
        " number with the shop first."
    )


@transaction.atomic
def save_shop(
    *, station: Station, name: str, address1: str, at: dt.datetime, by: User | None = None, **facts
) -> tuple[Shop, str]:
    """Open a shop or bring a known one up to date: `opened`, `updated` or `unchanged`.

    Same station, same name and same street (case and dots aside) is the same shop. Its people stay
    as they are: a changed contact in a file gives nobody a key. Refuses a cap below the number of
    packages that the shop was promised.
    """
    shop = find_shop(station=station, name=name, address1=address1)
    if shop is None:
        return (
            open_shop(station=station, name=name, address1=address1, at=at, by=by, **facts),
            "opened",
        )
    facts["email"] = facts["email"].lower()
    changed = [field for field, value in facts.items() if getattr(shop, field) != value]
    if not changed:
        return shop, "unchanged"
    cap = facts.get("daily_cap", shop.daily_cap)
    if facts.get("daily_minimum", shop.daily_minimum) > cap:
        raise PromisedMore(shop=shop.name, minimum=shop.daily_minimum, cap=cap)
    for field in changed:
        setattr(shop, field, facts[field])
    shop.save(update_fields=changed)
    audit.record(at=at, by=by, action="update_shop", subject=shop, fields=changed)
    return shop, "updated"


def find_shop(*, station: Station, name: str, address1: str) -> Shop | None:
    """The station's shop of this name at this street, locked for a change."""
    namesakes = Shop.objects.select_for_update(no_key=True).filter(
        station=station, name__iexact=name
    )
    street = rules.street_key(address1)
    for shop in namesakes.order_by("pk"):
        if rules.street_key(shop.address1) == street:
            return shop
    return None


class AlreadyOnTheTeam(Refusal):
    code = "already_on_the_team"
    message = gettext_lazy("{email} works for this shop already.")


@transaction.atomic
def invite_helper(
    *,
    shop: Shop,
    email: str,
    name: str,
    role: str = MemberRole.HELPER,
    at: dt.datetime,
    by: User | None = None,
) -> Membership:
    """Let a person work for the shop from now on; she gets a letter with a link to set a password.

    Refuses somebody who works there already.
    """
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    email = email.strip().lower()
    if shop.memberships.current().filter(user__email=email).exists():
        raise AlreadyOnTheTeam(email=email)
    person = invite(shop=shop, email=email, name=name, at=at, role=role)
    membership = Membership.objects.create(shop=shop, user=person, role=role, started_at=at)
    audit.record(at=at, by=by, action="invite_member", subject=membership, role=role)
    return membership


class NotOnTheTeam(Refusal):
    code = "not_on_the_team"
    message = gettext_lazy("This person does not work for the shop any more.")


class LastOwnerStays(Refusal):
    code = "last_owner_stays"
    message = gettext_lazy(
        "A shop needs an owner. Make another person owner first, then remove this one."
    )


@transaction.atomic
def end_membership(
    *, shop: Shop, membership_id: int, at: dt.datetime, by: User | None = None
) -> Membership:
    """End a person's work for the shop; what she did stays. Refuses to remove the last owner."""
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    membership = shop.memberships.current().filter(pk=membership_id).select_related("user").first()
    if membership is None:
        raise NotOnTheTeam
    owners = shop.memberships.current().filter(role=MemberRole.OWNER)
    if membership.role == MemberRole.OWNER and owners.count() == 1:
        raise LastOwnerStays
    membership.ended_at = at
    membership.save(update_fields=["ended_at"])
    audit.record(at=at, by=by, action="end_membership", subject=membership, role=membership.role)
    return membership


@transaction.atomic
def let_us_ask(*, shop: Shop, may_ask: bool, at: dt.datetime, by: User | None) -> bool:
    """Whether the station may ask the shop to take more than its cap; False when nothing changed.
    What was asked before stays open. Audited."""
    locked = Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    if locked.takes_overflow == may_ask:
        return False
    locked.takes_overflow = may_ask
    locked.save(update_fields=["takes_overflow"])
    audit.record(at=at, by=by, action="let_us_ask", subject=shop, may_ask=may_ask)
    return True


@transaction.atomic
def pause_shop(*, shop: Shop, reason: str, at: dt.datetime, by: User | None) -> bool:
    """The shop gets no packages any more, as it asked; False unless it was live. What it holds it
    still delivers, and what it earned it is still paid. Audited."""
    locked = Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    if locked.status != ShopStatus.LIVE:
        return False
    locked.status = ShopStatus.PAUSED
    locked.save(update_fields=["status"])
    audit.record(at=at, by=by, action="pause_shop", subject=shop, reason=reason)
    return True


CAN_BE_SUSPENDED = {ShopStatus.LIVE, ShopStatus.PAUSED, ShopStatus.SUSPENDED}


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
    """This reason is gone; without another one the shop is again what it was before, live or paused
    by itself. False when it did not stand. Audited."""
    locked = Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    standing = locked.suspensions.filter(ended_at=None)
    ended = standing.filter(reason=reason).first()
    if ended is None:
        return False
    ended.ended_at = at
    ended.save(update_fields=["ended_at"])
    if locked.status == ShopStatus.SUSPENDED and not standing.exists():
        locked.status = ended.status_before
        locked.save(update_fields=["status"])
    audit.record(at=at, by=by, action="lift_suspension", subject=shop, reason=str(reason))
    return True


class DayHasPassed(Refusal):
    code = "day_has_passed"
    message = gettext_lazy("{day} is over. Choose a day that is still to come.")


class CutOffHasPassed(Refusal):
    code = "cut_off_has_passed"
    message = gettext_lazy(
        "{day} could be changed until {time} on {day_before}. Call us if something has come up."
    )


@transaction.atomic
def take_day_off(
    *, shop: Shop, day: dt.date, until: dt.date | None = None, at: dt.datetime, by: User | None
) -> list[dt.date]:
    """The shop takes no packages on `day`, or on each day from `day` through `until`; the days that
    were not off before.

    Refuses the whole span when its first day is over or past the station's cut-off. Packages that
    are planned for such a day stay where they are: staff move them.
    """
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    check_still_open(shop, day, at)
    length = ((until or day) - day).days + 1
    span = [day + dt.timedelta(days=number) for number in range(length)]
    known = set(DayOff.objects.filter(shop=shop, day__in=span).values_list("day", flat=True))
    new = [one for one in span if one not in known]
    DayOff.objects.bulk_create(DayOff(shop=shop, day=one) for one in new)
    if new:
        days = [one.isoformat() for one in new]
        audit.record(at=at, by=by, action="take_day_off", subject=shop, days=days)
    return new


@transaction.atomic
def work_after_all(*, shop: Shop, day: dt.date, at: dt.datetime, by: User | None) -> bool:
    """The shop works on a day that was off; False when it was not off. Refuses as taking it off
    does."""
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    check_still_open(shop, day, at)
    gone, _by_table = DayOff.objects.filter(shop=shop, day=day).delete()
    if gone:
        audit.record(at=at, by=by, action="work_after_all", subject=shop, days=[day.isoformat()])
    return bool(gone)


def check_still_open(shop: Shop, day: dt.date, at: dt.datetime) -> None:
    """Refuse a day that is over, and one whose cut-off at the station has passed."""
    if day < clock.local_day(at, shop.zone):
        raise DayHasPassed(day=long_day(day))
    cut_off = shop.station.cut_off(day)
    if at >= cut_off:
        raise CutOffHasPassed(
            day=long_day(day),
            time=f"{formats.time_format(cut_off, 'g:i a').replace('.', '')} {cut_off:%Z}",
            day_before=long_day(cut_off.date()),
        )


def long_day(day: dt.date) -> str:
    """“Friday, November 27”."""
    return formats.date_format(day, "l, F j")
