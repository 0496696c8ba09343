"""How fast a shop's today page is served, with 50 packages on it and a month behind it."""

import datetime as dt

from django.contrib.auth import get_user
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from benchmarks.harness import Figure, median_seconds
from hubshops.deliveries.models import Delivery
from hubshops.manifests.models import Manifest, ManifestLine
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from hubshops.shops.access import shop_member
from kernel import clock
from payouts.rates.actions import agree_rate
from payouts.rates.queries import rate_on
from portal.home import queries
from tests.factories import ZONE, make_member, make_packages, make_shop

REQUESTS = 100
PEER_REQUESTS = 12
STATES = {
    State.DELIVERED: 20,
    State.OUT_FOR_DELIVERY: 20,
    State.AT_SHOP: 6,
    State.ATTEMPTED: 2,
    State.RETURN_PENDING: 2,
}
finished: dict[str, bytes] = {}


def bare(request: HttpRequest) -> HttpResponse:
    """The finished page for a signed-in person: what the stack alone costs."""
    get_user(request)
    return HttpResponse(finished["page"])


@shop_member
def naive(request: HttpRequest) -> HttpResponse:
    """The same template fed by objects that each fetch what they need."""
    shop, day = request.shop, clock.local_day(clock.now(), request.shop.zone)
    packages = []
    for package in Package.objects.filter(shop=shop, service_day=day):
        line = ManifestLine.objects.filter(package=package, withdrawn_in=None).first()
        package.stop = line.stop if line else None
        package.name = package.recipient_name
        package.is_delivered = Delivery.objects.filter(package=package, voided_by=None).exists()
        package.latest = package.events.order_by("-pk").first()
        packages.append(package)
    cents = sum(
        rate_on(one.shop, one.delivered_on).amount_cents
        for one in Delivery.objects.filter(shop=shop, delivered_on=day, voided_by=None)
    )
    today = queries.Today(
        door=queries.DoorDay(day, shop.zone, packages),
        manifest=str(Manifest.objects.filter(shop=shop, service_day=day).first() or ""),
        earned=queries.Earned(cents, len(packages), None),
        next_day=None,
    )
    return render(request, "home/today.html", {"today": today, "day": day})


urlpatterns = [
    path("bench/bare/", bare),
    path("bench/naive/", naive),
    path("", include("portal.urls")),
]


def measure() -> Figure:
    """Our page through the whole stack, the finished bytes through it, and the naive page."""
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(rosa())
    with override_settings(ROOT_URLCONF="benchmarks.today_page"):
        finished["page"] = client.get("/shop/").content
        cost = queries_of(client, "/shop/")
        peer_cost = queries_of(client, "/bench/naive/")
        ours = rate(client, "/shop/", REQUESTS)
        limit = rate(client, "/bench/bare/", REQUESTS)
        peer = rate(client, "/bench/naive/", PEER_REQUESTS)
    return Figure(
        name="today_page",
        unit="requests/s",
        ours=ours,
        limit=limit,
        peers={"a query per row": peer},
        note=(
            f"one process, all middleware, session and sign-in; 50 packages today, 1,500 before:"
            f" {cost} queries; limit: the finished bytes through the same stack; peer: the same"
            f" template with each row fetching its own facts, {peer_cost} queries"
        ),
    )


def rosa() -> object:
    """An owner whose shop has 50 packages today and a month of delivered ones."""
    now = clock.now()
    day = clock.local_day(now, ZONE)
    shop = make_shop()
    agree_rate(shop=shop, amount_cents=275, first_day=day, at=now)
    manifest = Manifest.objects.create(shop=shop, service_day=day, number="M", published_at=now)
    packages = [
        package
        for state, count in STATES.items()
        for package in make_packages(count, shop=shop, state=state, day=day, at=now)
    ]
    ManifestLine.objects.bulk_create(
        ManifestLine(manifest=manifest, package=package, stop=stop)
        for stop, package in enumerate(packages, 1)
    )
    for ago in range(1, 31):
        before = {"day": day - dt.timedelta(days=ago), "at": now - dt.timedelta(days=ago)}
        make_packages(50, shop=shop, state=State.DELIVERED, **before)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return make_member(shop)


def queries_of(client: Client, address: str) -> int:
    """How many statements one page costs."""
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def rate(client: Client, address: str, requests: int) -> float:
    """Requests a second, the median of three rounds."""

    def ask() -> None:
        for _ in range(requests):
            client.get(address)

    return requests / median_seconds(ask)
