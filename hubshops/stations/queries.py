"""Finding a station."""

from django.utils.translation import gettext_lazy as _

from hubshops.stations.models import Station
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
