"""A day of the sample network: lists in the morning, vans, doors, and the books at night."""

import csv
import datetime as dt
import io
from collections.abc import Iterator

from hubshops.cases.actions import open_cases
from hubshops.deliveries.actions import check_day
from hubshops.drops.actions import open_day
from hubshops.drops.models import Handover
from hubshops.forecasts.actions import make_forecasts
from hubshops.manifests.actions import plan_and_publish
from hubshops.packages.actions import ingest_feed
from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from kernel import clock
from kernel.geo import distance_m
from payouts.accruals.actions import accrue_waiting
from portal.demo import rules
from portal.demo.actions.doors import play_shop_day
from portal.demo.actions.paydays import PAY_ZONE
from portal.demo.actions.people import ROSAS, Row, read_rows
from portal.demo.actions.shop_days import ShopDay
from portal.demo.actions.troubles import move_one_away
from portal.demo.rules import Trouble

IS_NEXT_DOOR_M = 50.0


def play_day(*, day: dt.date, first_day: dt.date, at: dt.datetime) -> None:
    """Every station sends its list, the day is planned, vans and doors are told of, the books are
    checked, and the fees booked."""
    doors, names = read_rows("addresses"), read_rows("names")
    for row in read_rows("stations"):
        station = Station.objects.get(code=row["code"])
        if day > clock.local_day(at, station.zone):
            continue
        dawn = min(clock.day_start(day, station.zone) + dt.timedelta(hours=5), at)
        shops = list(Shop.objects.filter(station=station).order_by("slug"))
        local = [door for door in doors if door["station"] == station.code]
        rows = rules.feed_rows(
            code=station.code,
            day=day,
            usual=int(row["packages_a_day"]),
            doors=local,
            names=names,
            with_code=door_with_code(shops, local),
        )
        ingest_feed(
            station=station,
            service_day=day,
            content=as_csv(rows),
            file_name=f"{station.code}-{day}.csv",
            at=dawn,
        )
        plan_and_publish(station=station, service_day=day, at=dawn)
        for one in shop_days(station, shops, day=day, first_day=first_day, at=at, dawn=dawn):
            play_shop_day(one)
        play_evening(station=station, day=day, at=at)
    open_cases(at=min(at, clock.day_start(day, PAY_ZONE) + dt.timedelta(hours=18)))
    accrue_waiting(at=min(at, clock.day_start(day + dt.timedelta(days=1), "UTC")))


def door_with_code(shops: list[Shop], doors: list[Row]) -> Row | None:
    """The door next to Rosa's whose people always order what needs a code; None elsewhere."""
    rosas = next((shop for shop in shops if shop.slug == ROSAS), None)
    if rosas is None:
        return None
    here = rosas.latitude, rosas.longitude

    def away_m(door: Row) -> float:
        return distance_m(*here, float(door["latitude"]), float(door["longitude"]))

    return min((door for door in doors if away_m(door) > IS_NEXT_DOOR_M), key=away_m)


def as_csv(rows: list[Row]) -> bytes:
    """Rows as the station would send them."""
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def shop_days(
    station: Station,
    shops: list[Shop],
    *,
    day: dt.date,
    first_day: dt.date,
    at: dt.datetime,
    dawn: dt.datetime,
) -> Iterator[ShopDay]:
    """The day of each shop with its hand-over, once somebody opened those of the day, and with
    what goes wrong there."""
    trouble = rules.trouble_on(day, first_day) if station.code == rules.TROUBLED else None
    moved = None
    if trouble == Trouble.MOVED:
        moved = move_one_away(station=station, day=day, at=dawn + dt.timedelta(minutes=70))
    open_day(station=station, service_day=day, at=dawn)
    first_vans = Handover.objects.filter(shop__station=station, service_day=day, number=1)
    handovers = {one.shop_id: one for one in first_vans}
    window = rules.day_window(day, station.zone, at)
    for shop in shops:
        shop.station = station  # known: one query less a shop
        what = trouble if shop.slug == ROSAS else None
        if moved and moved.shop_id == shop.pk:
            what = Trouble.SHORT
        yield ShopDay(
            shop=shop,
            day=day,
            at=at,
            window=window,
            handover=handovers.get(shop.pk),
            trouble=what,
            about=moved.tracking_id if moved and what else "",
            is_shown=(day - first_day).days >= rules.HISTORY_DAYS - rules.SHOWN_DAYS,
        )


def play_evening(*, station: Station, day: dt.date, at: dt.datetime) -> None:
    """At eleven the day's books are checked; after the station's cut-off, what is expected of the
    next days is written down."""
    night = clock.day_start(day + dt.timedelta(days=1), station.zone) - dt.timedelta(hours=1)
    if night <= at:
        check_day(station=station, day=day, at=night)
    evening = station.cut_off(day + dt.timedelta(days=1))
    if evening <= at:
        make_forecasts(station=station, made_on=day, at=evening)
