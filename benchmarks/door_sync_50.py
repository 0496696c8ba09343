"""How many calls with 50 deliveries each the phone's address takes a second."""

import datetime as dt
import itertools
import json
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from django.db import connection, transaction
from django.http import HttpRequest, JsonResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from benchmarks.harness import Figure
from hubshops.deliveries.actions.phones import NOTE_PHONE
from hubshops.deliveries.models import Delivery
from hubshops.packages.actions.custody import MOVE_CUSTODY
from hubshops.packages.models import Package, PackageEvent
from hubshops.shops.access import shop_member
from hubshops.shops.models import Shop
from kernel import clock
from kernel.accounts.models import User
from kernel.rows import as_array
from tests.factories import make_batch, make_member, make_shop

BATCH = 50
CALLS, PEER_CALLS, ROUNDS = 15, 3, 9
SYNC = "/api/v1/door/sync"
# Packages that wait at the shop, with the event by which they were counted in.
PACKAGES = """
WITH made AS (
    INSERT INTO package (station_id, service_day, tracking_id, recipient_name, address1, address2,
        city, state_code, postal_code, latitude, longitude, is_placed_by_zip, phone, instructions,
        requires, batch_id, state, shop_id, attempts, last_event_at)
    SELECT %(station)s, %(day)s, 'TBA' || lpad(n::text, 9, '0'), 'Ines Bell', n || ' Main St', '',
        'Fayetteville', 'AR', '72701', 36.08, -94.17, false, '', '', '', %(batch)s, 'AT_SHOP',
        %(shop)s, 0, %(at)s
    FROM generate_series(%(first)s::int, %(last)s::int) n
    RETURNING id
)
INSERT INTO package_event (package_id, shop_id, kind, from_state, to_state, happened_at,
    received_at, counted_at, reason, outcome, note)
SELECT id, %(shop)s, 'received', 'MANIFESTED', 'AT_SHOP', %(at)s, %(at)s, %(at)s, '', '', ''
FROM made
"""
numbers = itertools.count(1)


def measure() -> Figure:
    """Our address through the whole stack, the same rows by bare statements, and two naive ways."""
    shop = make_shop(daily_cap=50)
    sam = make_member(shop, "Sam", "helper")
    clients, batches = itertools.cycle(phones(sam)), waiting(shop)
    bare = Bare(shop, sam.pk)
    with override_settings(ROOT_URLCONF="benchmarks.door_sync_50"):
        cost = queries_of(next(clients), next(batches))
        ours, bulk, single, apart, limit = rates(
            (lambda: post(next(clients), SYNC, next(batches)), CALLS),
            (lambda: post(next(clients), "/bench/bulk/", next(batches)), CALLS),
            (lambda: post(next(clients), "/bench/single/", next(batches)), PEER_CALLS),
            (lambda: post_apart(next(clients), "/bench/single/", next(batches)), 1),
            (lambda: bare.write(next(batches)), CALLS),
        )
    if Delivery.objects.count() != PackageEvent.objects.filter(kind="delivered").count():
        raise SystemExit("a delivery was lost")
    return Figure(
        name="door_sync_50",
        unit="calls/s",
        ours=ours,
        limit=limit,
        peers={"one by one": apart, "saves in a call": single, "ORM in bulk": bulk},
        note=(
            f"a call with 50 deliveries, one process and one connection, all middleware, session,"
            f" sign-in, {cost} statements; limit: the lock, the events with their packages, the"
            f" deliveries and the phone by bare statements, nothing judged; peers: the same stack,"
            f" writing by the ORM; one by one: a call an act, as a phone without batches sends"
            f" them; saves in a call: all 50 in one call, each saved by itself"
        ),
    )


def phones(person: User) -> list[Client]:
    """Some sessions, so that none calls more often than one may."""
    found = [Client(headers={"host": "127.0.0.1"}) for _ in range(40)]
    for client in found:
        client.force_login(person)
    return found


def waiting(shop: Shop) -> Iterator[list[dict[str, Any]]]:
    """Calls' worth of acts on packages that wait at the shop; more are made when they run out."""
    at, day = clock.now(), clock.local_day(clock.now(), shop.zone)
    batch = make_batch(shop.station, day)
    while True:
        first = next(numbers) * 10_000
        facts = {"station": shop.station_id, "day": day, "batch": batch.pk, "shop": shop.pk}
        with connection.cursor() as cursor:
            cursor.execute(PACKAGES, facts | {"at": at, "first": first, "last": first + 9_999})
            cursor.execute("ANALYZE package, package_event")
        for start in range(first, first + 10_000, BATCH):
            yield [act(f"TBA{number:09d}", at) for number in range(start, start + BATCH)]


def act(tracking_id: str, at: dt.datetime) -> dict[str, Any]:
    """One delivery as a phone sends it."""
    return {
        "id": str(uuid.uuid4()),
        "act": "deliver",
        "tracking_id": tracking_id,
        "happened_at": at.isoformat(),
        "outcome": "front_door",
        "latitude": 36.0801,
        "longitude": -94.1702,
        "accuracy_m": 9,
        "note": "",
        "sequence": next(numbers),
    }


PHONE = {"protocol": 3, "device": str(uuid.uuid4()), "name": "Android · Chrome", "unsent": 0}


def post(client: Client, address: str, items: list[dict[str, Any]]) -> None:
    """One call; every act of it has to be recorded."""
    sent = json.dumps(PHONE | {"sent_at": clock.now().isoformat(), "items": items})
    answer = client.post(address, sent, content_type="application/json")
    body = answer.json()
    if any(one["result"] != "recorded" for one in body["receipts"]):
        raise SystemExit(f"not recorded: {body}")


def post_apart(client: Client, address: str, items: list[dict[str, Any]]) -> None:
    """The same acts, a call each."""
    for one in items:
        post(client, address, [one])


def queries_of(client: Client, items: list[dict[str, Any]]) -> int:
    """How many statements one call costs."""
    with CaptureQueriesContext(connection) as found:
        post(client, SYNC, items)
    return len(found)


def rates(*works: tuple[Callable[[], object], int]) -> list[float]:
    """Calls a second of each, the median of some rounds. They take turns, so that whatever else the
    machine does meets all of them."""
    found: list[list[float]] = [[] for _ in works]
    for call, _calls in works:
        call()
    for _round in range(ROUNDS):
        for place, (call, calls) in enumerate(works):
            start = time.perf_counter()
            for _ in range(calls):
                call()
            found[place].append(calls / (time.perf_counter() - start))
    return [statistics.median(one) for one in found]


# --- What can't be beaten: the same rows by bare statements ---------------------------------------

LOCK = """
SELECT id, tracking_id, service_day, state, attempts, shop_id FROM package
WHERE station_id = %s AND tracking_id = ANY (%s) AND shop_id = %s ORDER BY id FOR UPDATE
"""
DELIVER = """
INSERT INTO delivery (package_id, shop_id, event_id, outcome, delivered_at, delivered_on)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[],
    %s::date[])
"""


class Bare:
    """Writes what a call writes, by the driver alone, without looking at anything."""

    def __init__(self, shop: Shop, person: int) -> None:
        self.shop, self.person = shop, person
        connection.ensure_connection()
        self.line = connection.connection

    def write(self, items: list[dict[str, Any]]) -> None:
        """One call's rows in one transaction, and the answer as JSON."""
        at, shop, many = clock.now(), self.shop.pk, len(items)
        day = clock.local_day(at, self.shop.zone)
        with self.line.transaction(), psycopg.Cursor(self.line) as cursor:
            cursor.execute(
                LOCK, [self.shop.station_id, [one["tracking_id"] for one in items], shop]
            )
            found = {row[1]: row[0] for row in cursor.fetchall()}
            packages = [found[one["tracking_id"]] for one in items]
            none: list[None] = []
            columns = [packages, ["delivered"] * many, ["DELIVERED"] * many, [shop] * many]
            columns += [[at] * many, [at] * many, [one["id"] for one in items]]
            columns += [[self.person] * many, [""] * many, ["front_door"] * many]
            columns += [[36.0801] * many, [-94.1702] * many, [9.0] * many, [""] * many]
            columns += [none, none, [0] * many, [PHONE["device"]] * many]
            columns += [[one["sequence"] for one in items], none]
            said = [as_array(column) for column in columns]
            cursor.execute(MOVE_CUSTODY, [*said, said[0], at, said[0]])
            events = [row[1] for row in cursor.fetchall()]
            outcomes, days = ["front_door"] * many, [day] * many
            rows = [packages, [shop] * many, events, outcomes, [at] * many, days]
            cursor.execute(DELIVER, [as_array(column) for column in rows])
            cursor.execute(NOTE_PHONE, self.phone(at))
        json.dumps([{"id": one["id"], "result": "recorded"} for one in items])

    def phone(self, at: dt.datetime) -> dict[str, Any]:
        """The phone's own row."""
        return {
            "shop": self.shop.pk,
            "key": PHONE["device"],
            "user": self.person,
            "name": PHONE["name"],
            "protocol": 3,
            "at": at,
            "sequence": 1,
            "unsent": 0,
            "photos": 0,
            "oldest": None,
            "skew": 0.0,
        }


# --- What one would write without thinking of statements ------------------------------------------


def fields_of(request: HttpRequest, one: dict[str, Any], package: Package) -> dict[str, Any]:
    """An event's columns."""
    moment = dt.datetime.fromisoformat(one["happened_at"])
    return {
        "act_id": one["id"],
        "package": package,
        "shop": request.shop,
        "kind": "delivered",
        "from_state": package.state,
        "to_state": "DELIVERED",
        "happened_at": moment,
        "received_at": clock.now(),
        "counted_at": moment,
        "by": request.user,
        "outcome": one["outcome"],
        "latitude": one["latitude"],
        "longitude": one["longitude"],
        "accuracy_m": one["accuracy_m"],
        "device_id": PHONE["device"],
        "device_sequence": one["sequence"],
    }


def delivery_of(request: HttpRequest, one: dict[str, Any], event: PackageEvent) -> Delivery:
    """The delivery that an event makes."""
    return Delivery(
        package=event.package,
        shop=request.shop,
        event=event,
        outcome=one["outcome"],
        delivered_at=event.counted_at,
        delivered_on=clock.local_day(event.counted_at, request.shop.zone),
    )


def receipts(items: list[dict[str, Any]]) -> JsonResponse:
    """The same answer as ours."""
    words = {"result": "recorded", "reason": "", "message": "Delivered."}
    return JsonResponse({"receipts": [{"id": one["id"]} | words for one in items]})


@csrf_exempt
@shop_member
@transaction.atomic
def single(request: HttpRequest) -> JsonResponse:
    """Each act looked up and saved by itself."""
    items = json.loads(request.body)["items"]
    for one in items:
        with transaction.atomic():  # a bad act stops no other, as with ours
            package = Package.objects.select_for_update().get(
                shop=request.shop, tracking_id=one["tracking_id"]
            )
            if PackageEvent.objects.filter(act_id=one["id"]).exists():
                continue
            event = PackageEvent.objects.create(**fields_of(request, one, package))
            delivery_of(request, one, event).save()
            package.state, package.last_event_at = "DELIVERED", event.counted_at
            package.save(update_fields=["state", "last_event_at"])
    return receipts(items)


@csrf_exempt
@shop_member
@transaction.atomic
def bulk(request: HttpRequest) -> JsonResponse:
    """All acts by the ORM's bulk methods."""
    items = json.loads(request.body)["items"]
    wanted = [one["tracking_id"] for one in items]
    found = Package.objects.filter(shop=request.shop, tracking_id__in=wanted)
    packages = {one.tracking_id: one for one in found.select_for_update().order_by("pk")}
    known = set(
        PackageEvent.objects.filter(act_id__in=[one["id"] for one in items]).values_list(
            "act_id", flat=True
        )
    )
    items = [one for one in items if uuid.UUID(one["id"]) not in known]
    events = PackageEvent.objects.bulk_create(
        PackageEvent(**fields_of(request, one, packages[one["tracking_id"]])) for one in items
    )
    Delivery.objects.bulk_create(
        delivery_of(request, one, event) for one, event in zip(items, events, strict=True)
    )
    for package, event in zip(packages.values(), events, strict=True):
        package.state, package.last_event_at = "DELIVERED", event.counted_at
    Package.objects.bulk_update(packages.values(), ["state", "last_event_at"])
    return receipts(items)


urlpatterns = [
    path("bench/bulk/", bulk),
    path("bench/single/", single),
    path("", include("portal.urls")),
]
