"""Finding a station and its keys."""

import datetime as dt

from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from hubshops.stations.models import Station, StationKey
from kernel.refusals import Refusal


class UnknownStation(Refusal):
    code = "unknown_station"
    message = _("There is no station with the code {code}.")


def get_station(code: str) -> Station:
    """The station with this code, whatever its case. Refuses a code that nobody opened."""
    station = Station.objects.filter(code=code.strip().upper()).first()
    if station is None:
        raise UnknownStation(code=code.strip() or "“”")
    return station


def all_stations() -> list[Station]:
    """Every station, by code."""
    return list(Station.objects.order_by("code"))


def station_zones() -> list[str]:
    """The time zones in which stations count their days, by name. One query."""
    return list(Station.objects.order_by("zone").values_list("zone", flat=True).distinct())


def keys_of(station: Station) -> list[StationKey]:
    """A station's keys, the working ones first, the newest first. One query."""
    keys = StationKey.objects.filter(station=station).select_related("made_by", "revoked_by")
    return list(keys.order_by(F("revoked_at").desc(nulls_first=True), "-made_at", "-pk"))


def stations_with_keys(at: dt.datetime) -> list[Station]:
    """Every station by code, each with `working_keys`, how many keys open its door."""
    is_working = Q(keys__in=StationKey.objects.working(at))
    return list(
        Station.objects.annotate(working_keys=Count("keys", filter=is_working)).order_by("code")
    )
