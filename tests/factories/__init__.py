"""Rows for tests, each with sensible defaults. Named people: Rosa owns, Sam delivers for her, Olga
is staff, Pavel approves, Zed is a stranger. Packages are made through their events, as in life."""

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

from django.utils.text import slugify

from hubshops.deliveries.models import Delivery, Outcome
from hubshops.packages.models import FeedBatch, Package, PackageEvent
from hubshops.packages.rules import EventKind, State
from hubshops.shops.models import MemberRole, Membership, Shop
from hubshops.stations.models import Station
from kernel.accounts.models import StaffRole, User

ZONE = "America/Chicago"
DAY = dt.date(2026, 11, 20)
MORNING = dt.datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo(ZONE))
PASSWORD = "correct horse battery"
numbers = itertools.count(1)

# State -> the events that lead there, each with the state it ends in.
WAYS: dict[State, list[tuple[EventKind, State]]] = {}
_way = [(EventKind.ANNOUNCED, State.ANNOUNCED)]
WAYS[State.ANNOUNCED] = list(_way)
for _kind, _state in [
    (EventKind.ASSIGNED, State.ASSIGNED),
    (EventKind.MANIFESTED, State.MANIFESTED),
    (EventKind.RECEIVED, State.AT_SHOP),
]:
    _way.append((_kind, _state))
    WAYS[_state] = list(_way)
WAYS[State.OUT_FOR_DELIVERY] = [*_way, (EventKind.LOADED, State.OUT_FOR_DELIVERY)]
WAYS[State.DELIVERED] = [*_way, (EventKind.DELIVERED, State.DELIVERED)]
WAYS[State.ATTEMPTED] = [*_way, (EventKind.ATTEMPTED, State.ATTEMPTED)]
WAYS[State.RETURN_PENDING] = [*_way, (EventKind.ATTEMPTED, State.RETURN_PENDING)]
WAYS[State.RETURNED_TO_STATION] = [
    *WAYS[State.RETURN_PENDING],
    (EventKind.RETURNED, State.RETURNED_TO_STATION),
]
WAYS[State.SHORT] = [*WAYS[State.MANIFESTED], (EventKind.SHORT, State.SHORT)]
WAYS[State.REJECTED_AT_DROP] = [
    *WAYS[State.MANIFESTED],
    (EventKind.REJECTED, State.REJECTED_AT_DROP),
]


def make_person(name: str = "Zed", *, email: str = "", password: str = PASSWORD, **fields) -> User:
    """A person whose e-mail address is verified, so that she can sign in."""
    from allauth.account.models import EmailAddress

    email = email or f"{name.lower()}@shop.test"
    user = User.objects.create_user(email, password, name=name, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def show_again(client) -> None:
    """The signed-in person shows once more who she is, as before money and people are changed."""
    assert client.post("/account/reauthenticate/", {"password": PASSWORD}).status_code == 302


def make_staff(name: str = "Olga", *roles: str, **fields) -> User:
    """A member of staff with these roles (a dispatcher when none is named)."""
    user = make_person(name, **fields)
    for role in roles or ("dispatcher",):
        StaffRole.objects.create(user=user, role=role, granted_at=MORNING)
    return user


def let_through(application) -> None:
    """Excuse everybody who would deliver from a background check, or who applied when nobody is
    named: as far as that goes, a yes is possible."""
    from hubshops.reviews.models import BackgroundCheck

    asked = {"name": application.contact_name, "email": application.email}
    for person in application.people.all() or [application.people.create(**asked)]:
        check = BackgroundCheck.objects.create(
            person=person, token=f"t{next(numbers)}", asked_at=MORNING
        )
        check.status, check.reason = "excused", "Does not deliver."
        check.save()


def make_station(code: str = "FAY", **fields) -> Station:
    """A depot in Fayetteville, Arkansas."""
    defaults = {
        "name": "Fayetteville North",
        "city": "Fayetteville",
        "state": "AR",
        "latitude": 36.0822,
        "longitude": -94.1719,
        "zone": ZONE,
        "opened_at": MORNING,
    }
    return Station.objects.create(code=code, **defaults | fields)


def make_shop(name: str = "Rosa's Bodega", *, station: Station | None = None, **fields) -> Shop:
    """A live shop near the station, open every day, with room for 50 packages within 5 km."""
    station = station or Station.objects.first() or make_station()
    defaults = {
        "slug": slugify(name),
        "trade": "bodega",
        "contact_name": "Rosa",
        "email": "rosa@shop.test",
        "phone": "479-555-0100",
        "address1": "100 W Center St",
        "city": station.city,
        "state": station.state,
        "postal_code": "72701",
        "latitude": station.latitude,
        "longitude": station.longitude,
        "radius_m": 5000,
        "daily_cap": 50,
        "weekdays": "1234567",
        "opened_at": MORNING - dt.timedelta(days=60),
    }
    return Shop.objects.create(station=station, name=name, **defaults | fields)


def close_by_hand(shop: Shop) -> None:
    """A shop left and was closed, whatever is left of it."""
    for status in ("offboarding", "closed"):
        shop.status = status
        shop.save(update_fields=["status"])


def make_member(shop: Shop, name: str = "Rosa", role: str = MemberRole.OWNER, **fields) -> User:
    """A person who works for `shop`; existing people are taken by name."""
    email = fields.pop("email", f"{name.lower()}@shop.test")
    user = User.objects.filter(email=email).first() or make_person(name, email=email, **fields)
    Membership.objects.create(shop=shop, user=user, role=role, started_at=shop.opened_at)
    return user


def make_batch(station: Station, day: dt.date = DAY) -> FeedBatch:
    """A feed of its own for this station and day."""
    return FeedBatch.objects.create(
        station=station,
        service_day=day,
        version=FeedBatch.objects.filter(station=station, service_day=day).count() + 1,
        fingerprint=f"{next(numbers):064d}",
        loaded_at=MORNING,
    )


def make_package(
    *,
    shop: Shop | None = None,
    state: State = State.ANNOUNCED,
    station: Station | None = None,
    day: dt.date = DAY,
    at: dt.datetime = MORNING,
    **fields,
) -> Package:
    """One package in `state`, with the events that lead there."""
    return make_packages(1, shop=shop, state=state, station=station, day=day, at=at, **fields)[0]


def make_packages(
    count: int,
    *,
    shop: Shop | None = None,
    state: State = State.ANNOUNCED,
    station: Station | None = None,
    day: dt.date = DAY,
    at: dt.datetime = MORNING,
    **fields,
) -> list[Package]:
    """`count` packages in `state` a little way from the station, each with its history."""
    if shop is None and state != State.ANNOUNCED:
        shop = Shop.objects.first() or make_shop(station=station)
    station = station or (shop.station if shop else Station.objects.first() or make_station())
    batch = make_batch(station, day)
    defaults = {
        "recipient_name": "Ines Bell",
        "city": station.city,
        "state_code": station.state,
        "postal_code": "72701",
    }
    packages = []
    for _ in range(count):
        number = next(numbers)
        row = {
            "tracking_id": f"TBA{number:09d}",
            "address1": f"{100 + number} N College Ave",
            "latitude": station.latitude + (number % 40) * 0.0003,
            "longitude": station.longitude + (number % 17) * 0.0004,
        }
        packages.append(
            Package(
                station=station,
                service_day=day,
                batch=batch,
                state=state,
                shop=shop if state != State.ANNOUNCED else None,
                attempts=sum(kind == EventKind.ATTEMPTED for kind, _ in WAYS[state]),
                last_event_at=at,
                **defaults | row | fields,
            )
        )
    Package.objects.bulk_create(packages)
    make_history(packages, state, at)
    return packages


def make_history(packages: list[Package], state: State, at: dt.datetime) -> None:
    """The events that lead each package to `state`; a delivered one gets its Delivery."""
    for package in packages:
        before = ""
        for kind, after in WAYS[state]:
            event = PackageEvent.objects.create(
                package=package,
                shop=package.shop if after != State.ANNOUNCED else None,
                kind=kind,
                from_state=before,
                to_state=after,
                happened_at=at,
                received_at=at,
                counted_at=at,
                reason="NOT_HOME" if kind == EventKind.ATTEMPTED else "",
                outcome=Outcome.FRONT_DOOR if kind == EventKind.DELIVERED else "",
            )
            before = after
        if state == State.DELIVERED:
            Delivery.objects.create(
                package=package,
                shop=package.shop,
                event=event,
                outcome=Outcome.FRONT_DOOR,
                delivered_at=at,
                delivered_on=at.astimezone(ZoneInfo(package.station.zone)).date(),
            )


def make_delivery(*, shop: Shop | None = None, at: dt.datetime = MORNING, **fields) -> Delivery:
    """One delivered package's delivery."""
    package = make_package(shop=shop, state=State.DELIVERED, at=at, **fields)
    return Delivery.objects.get(package=package)
