"""What the front page asks of the network."""

from dataclasses import dataclass

from hubshops.stations.models import Station
from hubshops.stations.queries import all_stations
from kernel.geo import distance_m
from kernel.zips import place_of_zip
from portal.public import rules


@dataclass(frozen=True)
class Area:
    """What we know of a ZIP code: the nearest station, how far it is, and whether vans come."""

    zip_code: str
    station: Station | None = None
    distance_m: float | None = None
    is_near: bool = False


def look_at_area(zip_code: str) -> Area:
    """The nearest station to the middle of a ZIP code; no station when nobody knows the code."""
    place = place_of_zip(zip_code)
    stations = all_stations() if place else []
    if not stations:
        return Area(zip_code)
    metres, station = min(
        ((distance_m(*place, each.latitude, each.longitude), each) for each in stations),
        key=lambda pair: pair[0],
    )
    return Area(zip_code, station, metres, rules.is_within_reach(metres))
