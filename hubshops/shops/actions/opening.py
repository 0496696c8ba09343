"""Opening shops, and changing what they promise."""

import datetime as dt

from django.db import connection, transaction
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext_lazy

from hubshops.shops import rules
from hubshops.shops.models import MemberRole, Membership, Shop, ShopStatus
from hubshops.stations.models import Station
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
    status: ShopStatus = ShopStatus.LIVE,
) -> Shop:
    """Open a shop under a slug of its own and invite its contact by mail as the owner: a live one,
    unless it has to get ready first.

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
        status=status,
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
        MemberRole.MANAGER: gettext_lazy("You can run the day and the team of {shop} now."),
        MemberRole.HELPER: gettext_lazy("You can deliver packages for {shop} now."),
    }
    return accounts.invite_person(
        email=email,
        name=name,
        language=get_language() or "en",
        at=at,
        subject=format_lazy(gettext_lazy("Your invitation to the pages of {shop}"), shop=shop.name),
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
