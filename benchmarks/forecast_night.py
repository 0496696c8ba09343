"""How many shops an evening's forecasts take a second, with eight weeks of packages behind each."""

import datetime as dt
import os
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from benchmarks.harness import Figure, seconds
from hubshops.forecasts.actions import make_forecasts, write_down
from hubshops.forecasts.models import Forecast
from hubshops.forecasts.queries import facts_of
from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from tests.factories import DAY, ZONE, make_station

SHOPS = max(int(1_000 * float(os.environ.get("BENCH_SCALE", "1"))), 10)
DAYS, A_DAY = 56, 20
SAMPLE = min(100, SHOPS)
EVENING = dt.datetime.combine(DAY, dt.time(20), ZoneInfo(ZONE))

SHOP_ROWS = """
INSERT INTO shop (station_id, slug, name, trade, contact_name, email, phone, address1, city, state,
    postal_code, latitude, longitude, radius_m, daily_cap, weekdays, status, opened_at,
    daily_minimum, takes_overflow, takes_signature, takes_code, travel_mode)
SELECT %(station)s, 'shop-' || n, 'Shop ' || n, 'bodega', '', 'a@b.test', '', '1 Main St',
    'Fayetteville', 'AR', '72701', 36, -94, 5000, 50, '1234567', 'live', now(), 0, false, true,
    true, 'walk'
FROM generate_series(1, %(shops)s) n
"""
# Day by day as life writes them, some 20 a day; packages are left out: forecasts don't read them.
GIVEN = """
INSERT INTO assignment (package_id, shop_id, service_day, slot, cap, distance_m, explanation,
    made_at)
SELECT row_number() OVER (), s.id, d::date, slot, 50, 0, '{}', now()
FROM generate_series(%(last)s::date - %(days)s + 1, %(last)s::date, '1 day') d
CROSS JOIN shop s
CROSS JOIN LATERAL generate_series(
    1, %(a_day)s - 4 + ((s.id * 7 + extract(doy FROM d)::int * 5) %% 9)
) slot
"""
LISTS = """
INSERT INTO feed_batch (station_id, service_day, fingerprint, file_name, accepted, updated,
    unchanged, rejected, loaded_at)
SELECT %(station)s, d::date, 'list ' || d, '', 0, 0, 0, '[]', now()
FROM generate_series(%(last)s::date - %(days)s + 1, %(last)s::date, '1 day') d
"""


def measure() -> Figure:
    """Our evening, the reading of its facts alone, and a shop after the other."""
    station = make_station()
    seed(station)
    shops = list(Shop.objects.order_by("pk"))
    limit = SHOPS / seconds(lambda: facts_of(shops, DAY))
    ours = SHOPS / seconds(lambda: make_forecasts(station=station, made_on=DAY, at=EVENING))
    if Forecast.objects.count() != 7 * SHOPS:
        raise SystemExit("the evening was not written down")
    again = seconds(lambda: make_forecasts(station=station, made_on=DAY, at=EVENING))
    Forecast.objects.all().delete()
    peer = SAMPLE / seconds(lambda: one_by_one(shops[:SAMPLE]))
    return Figure(
        name="forecast_night",
        unit="shops/s",
        ours=ours,
        limit=limit,
        peers={"shop by shop": peer},
        note=(
            f"{SHOPS:,} shops, {DAYS} days of some {A_DAY} packages each; the same evening again"
            f" {again:.2f} s; limit: reading what was given, without forecasting or writing; peer:"
            f" three statements a shop, {SAMPLE} shops"
        ),
    )


def seed(station: Station) -> None:
    """Shops and what they got."""
    facts = {"station": station.pk, "shops": SHOPS, "last": DAY, "days": DAYS, "a_day": A_DAY}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in (SHOP_ROWS, GIVEN, LISTS):
            cursor.execute(statement, facts)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) assignment")


def one_by_one(shops: list[Shop]) -> None:
    """A transaction a shop."""
    for shop in shops:
        write_down([shop], DAY)
